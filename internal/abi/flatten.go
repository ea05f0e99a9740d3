package abi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/wit"
)

// The limits on flat parameters and results (CanonicalABI.md, "Flattening").
// What exceeds them goes through memory.
const (
	MaxFlatParams  = 16
	MaxFlatResults = 1
)

// FlatCount returns the number of core values that t flattens to, without
// making them. It stops at the largest uint64.
func (a *ABI) FlatCount(t wit.Type) uint64 { return a.layout(t).flat }

// Flat returns the core types that t flattens to (CanonicalABI.md,
// "Flattening"). The caller must not change them. A type may flatten to more
// values than memory holds: see FlatCount.
func (a *ABI) Flat(t wit.Type) []Core {
	switch t := a.dealias(t).(type) {
	case wit.Prim:
		return flatPrims[t]
	case wit.TypeID:
		flat, ok := a.flats[t]
		if !ok {
			flat = a.flatKind(a.Resolve.Types[t].Kind)
			a.flats[t] = flat
		}
		return flat
	default:
		panic(fmt.Sprintf("abi: unhandled type %T", t))
	}
}

var flatPrims = map[wit.Prim][]Core{
	wit.Bool: {I32}, wit.U8: {I32}, wit.U16: {I32}, wit.U32: {I32}, wit.U64: {I64},
	wit.S8: {I32}, wit.S16: {I32}, wit.S32: {I32}, wit.S64: {I64},
	wit.F32: {F32}, wit.F64: {F64}, wit.Char: {I32},
	wit.String: {I32, I32}, wit.ErrorContext: {I32},
}

func (a *ABI) flatKind(k wit.Kind) []Core {
	switch k := k.(type) {
	case *wit.Record:
		return a.flatAll(fieldTypes(k))
	case *wit.Tuple:
		return a.flatAll(k.Types)
	case *wit.Variant, *wit.Option, *wit.Result:
		return a.flatVariant(caseTypes(k))
	case *wit.List, *wit.Map:
		return []Core{I32, I32}
	case *wit.FixedList:
		flat := a.Flat(k.Type)
		if len(flat) == 0 {
			return nil // however many there are
		}
		return slices.Repeat(flat, int(k.Size))
	case *wit.Enum, *wit.Flags, *wit.Own, *wit.Borrow, *wit.Stream, *wit.Future, *wit.Resource:
		return []Core{I32}
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}

func (a *ABI) flatAll(types []wit.Type) []Core {
	var flat []Core
	for _, t := range types {
		flat = append(flat, a.Flat(t)...)
	}
	return flat
}

// flatVariant is the discriminant and then, place by place, a core type that
// holds what any of the cases has there.
func (a *ABI) flatVariant(cases []wit.Type) []Core {
	flat := []Core{I32}
	for _, t := range cases {
		if t == nil {
			continue
		}
		for i, c := range a.Flat(t) {
			if i+1 < len(flat) {
				flat[i+1] = join(flat[i+1], c)
			} else {
				flat = append(flat, c)
			}
		}
	}
	return flat
}

// join returns the core type that holds the bits of both.
func join(a, b Core) Core {
	switch {
	case a == b:
		return a
	case a == I32 && b == F32, a == F32 && b == I32:
		return I32
	default:
		return I64
	}
}

// Signature is the type of a core function.
type Signature struct {
	Params  []Core `json:"params"`
	Results []Core `json:"results"`
}

// String returns the signature as the runtime and the tests write it: the
// parameters, "->" and the results, parted by spaces.
func (s Signature) String() string {
	var b strings.Builder
	for _, t := range s.Params {
		b.WriteString(t.String() + " ")
	}
	b.WriteString("->")
	for _, t := range s.Results {
		b.WriteString(" " + t.String())
	}
	return b.String()
}

// Lift returns the type of the core function behind an exported f (canon lift,
// synchronous; CanonicalABI.md, "Flattening", flatten_functype). Where f is
// async, it is the type for a canon lift without the async option.
func (a *ABI) Lift(f *wit.Function) Signature {
	s := Signature{Params: a.coreParams(f)}
	switch {
	case f.Result == nil:
	case a.ResultInMemory(f):
		s.Results = []Core{I32}
	default:
		s.Results = a.Flat(f.Result)
	}
	return s
}

// Lower returns the type of the core function that an imported f becomes (canon
// lower, synchronous). Where the result goes through memory, the last parameter
// points to where the caller wants it. Where f is async, it is the type for a
// canon lower without the async option.
func (a *ABI) Lower(f *wit.Function) Signature {
	s := Signature{Params: a.coreParams(f)}
	switch {
	case f.Result == nil:
	case a.ResultInMemory(f):
		s.Params = append(s.Params[:len(s.Params):len(s.Params)], I32)
	default:
		s.Results = a.Flat(f.Result)
	}
	return s
}

func (a *ABI) coreParams(f *wit.Function) []Core {
	if a.ParamsInMemory(f) {
		return []Core{I32}
	}
	return a.flatAll(paramTypes(f))
}

// ParamsInMemory reports whether f's parameters are too many to pass flat.
func (a *ABI) ParamsInMemory(f *wit.Function) bool {
	var n uint64
	for _, p := range f.Params {
		n = satAdd(n, a.FlatCount(p.Type))
	}
	return n > MaxFlatParams
}

// ResultInMemory reports whether f's result is too large to return flat.
func (a *ABI) ResultInMemory(f *wit.Function) bool {
	return f.Result != nil && a.FlatCount(f.Result) > MaxFlatResults
}

func paramTypes(f *wit.Function) []wit.Type {
	types := make([]wit.Type, len(f.Params))
	for i, p := range f.Params {
		types[i] = p.Type
	}
	return types
}
