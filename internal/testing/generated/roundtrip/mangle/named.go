package mangle

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/big"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/fixed"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/many"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/named"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/records"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/sets"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/variants"
)

// Point swaps the coordinates, which are changed.
func Point(v named.Point) named.Point { return named.Point{X: Int(v.Y), Y: Int(v.X)} }

// Person changes every field.
func Person(v named.Person) named.Person {
	return named.Person{
		Name:   String(v.Name),
		Age:    Int(v.Age),
		Height: Option(Float[float32])(v.Height),
		Tags:   List(String)(v.Tags),
	}
}

// Colour returns the next colour.
func Colour(v named.Colour) named.Colour { return Enum[named.Colour](3)(v) }

// Access turns every flag over.
func Access(v named.Access) named.Access { return Flags[named.Access](3)(v) }

// Shape goes on to the next case, except where that has a type of its own.
func Shape(v named.Shape) named.Shape {
	switch v := v.(type) {
	case named.ShapeNothing:
		return named.ShapeDot{Value: named.Point{X: 1, Y: 2}}
	case named.ShapeDot:
		return named.ShapePath{Value: []named.Point{v.Value, Point(v.Value)}}
	case named.ShapeCircle:
		return named.ShapeCircle{Value: Float(v.Value)}
	case named.ShapeLabel:
		return named.ShapeLabel{Value: String(v.Value)}
	case named.ShapePath:
		if len(v.Value) == 0 {
			return named.ShapeNothing{}
		}
		return named.ShapePath{Value: List(Point)(v.Value)}
	default:
		panic("mangle: not a shape")
	}
}

// Matrix changes every number.
func Matrix(v fixed.Matrix) fixed.Matrix {
	return fixed.Matrix{
		Rows: [2][3]float32{{-v.Rows[1][2], -v.Rows[1][1], -v.Rows[1][0]}, {-v.Rows[0][2], -v.Rows[0][1], -v.Rows[0][0]}},
		Name: String(v.Name),
	}
}

// Padded changes every field.
func Padded(v records.Padded) records.Padded {
	return records.Padded{
		A: Int(v.A), B: Int(v.B), C: Int(v.C), D: Int(v.D), E: Int(v.E), F: Int(v.F), G: !v.G,
		H: -v.H, I: Int(v.I), J: -v.J, K: Char(v.K), L: Int(v.L), M: Int(v.M), N: Int(v.N),
	}
}

// Nested changes every field.
func Nested(v records.Nested) records.Nested {
	return records.Nested{
		P:      Point(v.P),
		Q:      Option(Point)(v.Q),
		Who:    Person(v.Who),
		C:      Colour(v.C),
		Access: Access(v.Access),
		S:      Shape(v.S),
		T:      Tuple2(Int[uint8], String)(v.T),
	}
}

// Tiny changes the field.
func Tiny(v records.Tiny) records.Tiny { return records.Tiny{V: Int(v.V)} }

// Wrapper changes every field.
func Wrapper(v records.Wrapper) records.Wrapper {
	return records.Wrapper{Inner: Tiny(v.Inner), Type: String(v.Type), Func: !v.Func}
}

// Only changes the payload.
func Only(v variants.Only) variants.Only {
	return variants.OnlyOne{Value: Int(v.(variants.OnlyOne).Value)}
}

// Numbers goes on to the other case.
func Numbers(v variants.Numbers) variants.Numbers {
	switch v := v.(type) {
	case variants.NumbersA:
		return variants.NumbersB{Value: float32(v.Value)}
	case variants.NumbersB:
		return variants.NumbersA{Value: truncate(float64(v.Value))}
	default:
		panic("mangle: not numbers")
	}
}

// truncate is a conversion that is the same on every machine.
func truncate(v float64) uint32 {
	if v >= 0 && v < 1<<32 {
		return uint32(v)
	}
	return 7
}

// Wide goes on to the other case.
func Wide(v variants.Wide) variants.Wide {
	switch v := v.(type) {
	case variants.WideA:
		return variants.WideB{Value: float64(v.Value)}
	case variants.WideB:
		return variants.WideA{Value: uint64(truncate(v.Value))}
	default:
		panic("mangle: not wide")
	}
}

// Mixed goes on to the next case.
func Mixed(v variants.Mixed) variants.Mixed {
	switch v := v.(type) {
	case variants.MixedA:
		return variants.MixedB{Value: float64(v.Value)}
	case variants.MixedB:
		return variants.MixedC{Value: float32(v.Value)}
	case variants.MixedC:
		return variants.MixedD{Value: -int64(truncate(float64(v.Value)))}
	case variants.MixedD:
		return variants.MixedA{Value: uint32(v.Value)}
	default:
		panic("mangle: not mixed")
	}
}

// Texts changes the payload; a text that is empty becomes none, and the reverse.
func Texts(v variants.Texts) variants.Texts {
	switch v := v.(type) {
	case variants.TextsS:
		if v.Value == "" {
			return variants.TextsNone{}
		}
		return variants.TextsS{Value: String(v.Value)}
	case variants.TextsN:
		return variants.TextsL{Value: []float64{float64(v.Value), 1.5}}
	case variants.TextsL:
		return variants.TextsN{Value: uint64(len(v.Value))}
	case variants.TextsNone:
		return variants.TextsS{}
	default:
		panic("mangle: not texts")
	}
}

// Tuples changes the payload.
func Tuples(v variants.Tuples) variants.Tuples {
	switch v := v.(type) {
	case variants.TuplesA:
		return variants.TuplesB{Value: types.Tuple2[uint64, float64]{F0: v.Value.F1, F1: float64(v.Value.F0)}}
	case variants.TuplesB:
		return variants.TuplesA{Value: types.Tuple3[float32, uint64, uint8]{F0: float32(v.Value.F1), F1: v.Value.F0, F2: 9}}
	case variants.TuplesC:
		return variants.TuplesC{Value: String(v.Value)}
	case variants.TuplesD:
		d := v.Value
		return variants.TuplesD{Value: types.Tuple4[float32, float32, float32, float32]{F0: d.F3, F1: -d.F2, F2: d.F1, F3: d.F0}}
	default:
		panic("mangle: not tuples")
	}
}

// Outer changes the payload.
func Outer(v variants.Outer) variants.Outer {
	switch v := v.(type) {
	case variants.OuterIn:
		return variants.OuterIn{Value: Mixed(v.Value)}
	case variants.OuterOpt:
		return variants.OuterOpt{Value: Option(Wide)(v.Value)}
	case variants.OuterRes:
		return variants.OuterRes{Value: Result(Texts, Numbers)(v.Value)}
	case variants.OuterShape:
		return variants.OuterShape{Value: Shape(v.Value)}
	case variants.OuterUnit:
		return v
	default:
		panic("mangle: not an outer")
	}
}

// Large changes the payload.
func Large(v big.Large) big.Large {
	switch v := v.(type) {
	case big.LargeText:
		return big.LargeText{Value: String(v.Value)}
	case big.LargeBig:
		b := &v.Value
		for _, n := range []*uint64{
			&b.F0, &b.F1, &b.F2, &b.F3, &b.F4, &b.F5, &b.F6, &b.F7, &b.F8, &b.F9, &b.F10, &b.F11, &b.F12, &b.F13, &b.F14,
		} {
			*n = Int(*n)
		}
		b.F15, b.F16 = -b.F15, -b.F16
		return v
	case big.LargeList:
		return big.LargeList{Value: List(Outer)(v.Value)}
	default:
		panic("mangle: not a large")
	}
}

// V257 changes the payload, and goes on from case 2 to case 255.
func V257(v many.V257) many.V257 {
	switch v := v.(type) {
	case many.V257C0:
		return many.V257C0{Value: String(v.Value)}
	case many.V257C1:
		return many.V257C256{Value: []uint16{uint16(v.Value), 3}}
	case many.V257C2:
		return many.V257C255{}
	case many.V257C256:
		return many.V257C1{Value: uint64(len(v.Value))}
	default:
		return v
	}
}

// Some changes every field.
func Some(v many.Some) many.Some {
	return many.Some{
		A: Int(v.A),
		B: Enum[many.E256](256)(v.B),
		C: Enum[many.E257](257)(v.C),
		D: V257(v.D),
		E: Enum[many.E256](256)(v.E),
	}
}

// Sets turns every flag over.
func Sets(v sets.All) sets.All {
	return sets.All{
		A: Flags[sets.F1](1)(v.A), B: Flags[sets.F8](8)(v.B), C: Flags[sets.F9](9)(v.C),
		D: Flags[sets.F16](16)(v.D), E: Flags[sets.F17](17)(v.E), F: Flags[sets.F32](32)(v.F),
	}
}
