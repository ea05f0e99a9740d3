package abi

import (
	"fmt"
	"strconv"

	"github.com/witgen/witgen/wit"
)

// lowerFlat lowers v of type t to core values (CanonicalABI.md, "Flat
// Lowering").
func (b *builder) lowerFlat(v Value, t wit.Type) []Value {
	if id, ok := b.a.outlinedFlat(t, b.limit); ok && !b.isWhole(t) {
		cores := b.cores(b.a.Flat(t), b.hint(v))
		b.do(Op{Code: LowerNamed, Type: id, Args: []Value{v}, Results: cores})
		return cores
	}
	return b.lowerFlatInline(v, t)
}

// lowerFlatInline is lowerFlat for what has no Program of its own, and the body of
// those Programs.
func (b *builder) lowerFlatInline(v Value, t wit.Type) []Value {
	switch k := b.a.kind(t).(type) {
	case nil: // a primitive
		if b.a.dealias(t) == wit.String {
			ptr, length := b.lowerString(v, t)
			return []Value{ptr, length}
		}
		return []Value{b.lowerScalar(v, t)}
	case *wit.Enum, *wit.Flags:
		return []Value{b.lowerScalar(v, t)}
	case *wit.Own, *wit.Borrow:
		return []Value{b.lowerHandle(v, t)}
	case *wit.List, *wit.Map:
		ptr, length := b.lowerList(v, t)
		return []Value{ptr, length}
	case *wit.Record, *wit.Tuple, *wit.FixedList:
		fields := b.unpack(v, t)
		var cores []Value
		for _, field := range fields {
			cores = append(cores, b.lowerFlat(field, b.p.Values[field].Type)...)
		}
		return cores
	case *wit.Variant, *wit.Option, *wit.Result:
		return b.lowerFlatVariant(v, t)
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}

// lowerFlatVariant gives the discriminant and the payload in the joined types,
// zeros where a case has less than others.
func (b *builder) lowerFlatVariant(v Value, t wit.Type) []Value {
	joined := b.a.Flat(t)
	op := Op{Code: Switch, Type: t, Args: []Value{v}}
	for i, c := range b.cases(t) {
		var params []Value
		if c.Type != nil {
			params = []Value{b.value(c.Type, c.Name)}
		}
		op.Blocks = append(op.Blocks, b.block(params, func() []Value {
			results := []Value{b.constant(I32, uint64(i))}
			if c.Type != nil {
				for _, core := range b.lowerFlat(params[0], c.Type) {
					results = append(results, b.bitcast(core, joined[len(results)]))
				}
			}
			for len(results) < len(joined) {
				results = append(results, b.constant(joined[len(results)], 0))
			}
			return results
		}))
	}
	op.Results = b.cores(joined, b.hint(v))
	b.do(op)
	return op.Results
}

// liftFlat lifts a value of type t from the first of cores, which it takes away
// (CanonicalABI.md, "Flat Lifting").
func (b *builder) liftFlat(cores *[]Value, t wit.Type, hint string) Value {
	if id, ok := b.a.outlinedFlat(t, b.limit); ok && !b.isWhole(t) {
		n := len(b.a.Flat(t))
		v := b.value(t, hint)
		b.do(Op{Code: LiftNamed, Type: id, Args: (*cores)[:n:n], Results: []Value{v}})
		*cores = (*cores)[n:]
		return v
	}
	return b.liftFlatInline(cores, t, hint)
}

// liftFlatInline is liftFlat for what has no Program of its own, and the body of
// those Programs.
func (b *builder) liftFlatInline(cores *[]Value, t wit.Type, hint string) Value {
	switch k := b.a.kind(t).(type) {
	case nil: // a primitive
		if b.a.dealias(t) == wit.String {
			return b.liftPair(LiftString, take(cores), take(cores), t, hint)
		}
		return b.valueOp(t, hint, Op{Code: LiftScalar, Args: []Value{take(cores)}})
	case *wit.Enum, *wit.Flags:
		return b.valueOp(t, hint, Op{Code: LiftScalar, Args: []Value{take(cores)}})
	case *wit.Own, *wit.Borrow:
		return b.liftHandle(take(cores), t, hint)
	case *wit.List, *wit.Map:
		return b.liftList(take(cores), take(cores), t, hint)
	case *wit.Record, *wit.Tuple, *wit.FixedList:
		var values []Value
		for _, f := range b.fields(t) {
			values = append(values, b.liftFlat(cores, f.Type, f.Name))
		}
		return b.valueOp(t, hint, Op{Code: Pack, Args: values})
	case *wit.Variant, *wit.Option, *wit.Result:
		return b.liftFlatVariant(cores, t, hint)
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}

func (b *builder) liftFlatVariant(cores *[]Value, t wit.Type, hint string) Value {
	disc := take(cores)
	n := len(b.a.Flat(t)) - 1
	joined := (*cores)[:n]
	*cores = (*cores)[n:]
	op := Op{Code: SwitchDisc, Args: []Value{disc}}
	for _, c := range b.cases(t) {
		op.Blocks = append(op.Blocks, b.block(nil, func() []Value {
			if c.Type == nil {
				return nil
			}
			payload := make([]Value, 0, n)
			for i, core := range b.a.Flat(c.Type) {
				payload = append(payload, b.bitcast(joined[i], core))
			}
			return []Value{b.liftFlat(&payload, c.Type, c.Name)}
		}))
	}
	return b.valueOp(t, hint, op)
}

// take removes the first value.
func take(values *[]Value) Value {
	v := (*values)[0]
	*values = (*values)[1:]
	return v
}

func (b *builder) constant(c Core, bits uint64) Value {
	return b.coreOp(c, "", Op{Code: Const, Imm: bits})
}

// bitcast returns v as a value of type c.
func (b *builder) bitcast(v Value, c Core) Value {
	if b.p.Values[v].Core == c {
		return v
	}
	return b.coreOp(c, b.hint(v), Op{Code: Bitcast, Args: []Value{v}})
}

func (b *builder) lowerScalar(v Value, t wit.Type) Value {
	return b.coreOp(b.a.Flat(t)[0], b.hint(v), Op{Code: LowerScalar, Type: t, Args: []Value{v}})
}

func (b *builder) lowerHandle(v Value, t wit.Type) Value {
	code := LowerOwn
	if _, ok := b.a.kind(t).(*wit.Borrow); ok {
		code = LowerBorrow
	}
	return b.coreOp(I32, b.hint(v), Op{Code: code, Type: t, Args: []Value{v}})
}

func (b *builder) liftHandle(core Value, t wit.Type, hint string) Value {
	code := LiftOwn
	if _, ok := b.a.kind(t).(*wit.Borrow); ok {
		code = LiftBorrow
	}
	return b.valueOp(t, hint, Op{Code: code, Args: []Value{core}})
}

func (b *builder) lowerString(v Value, t wit.Type) (ptr, length Value) {
	return b.lowerPair(v, Op{Code: LowerString, Type: t})
}

// lowerPair appends an operation that turns v into a pointer and a length.
func (b *builder) lowerPair(v Value, op Op) (ptr, length Value) {
	ptr, length = b.core(I32, suffix(b.hint(v), "-ptr")), b.core(I32, suffix(b.hint(v), "-len"))
	op.Args, op.Results = []Value{v}, []Value{ptr, length}
	b.do(op)
	return ptr, length
}

func suffix(hint, end string) string {
	if hint == "" {
		return end[1:]
	}
	return hint + end
}

// liftPair appends an operation that lifts a value from a pointer and a length.
func (b *builder) liftPair(code Code, ptr, length Value, t wit.Type, hint string) Value {
	return b.valueOp(t, hint, Op{Code: code, Args: []Value{ptr, length}})
}

// lowerList lowers a list or map to a pointer and a length (CanonicalABI.md,
// "Storing", store_list_into_range).
func (b *builder) lowerList(v Value, t wit.Type) (ptr, length Value) {
	switch k := b.a.kind(t).(type) {
	case *wit.List:
		op := b.element(Op{Code: LowerList, Type: t}, k.Type)
		op.Blocks = []Block{b.storeBlock([]wit.Type{k.Type}, []string{"item"})}
		return b.lowerPair(v, op)
	case *wit.Map:
		types := []wit.Type{k.Key, k.Value}
		l := b.a.recordLayout(types)
		op := Op{Code: LowerMap, Type: t, Size: uint32(l.size), Align: l.align}
		op.Blocks = []Block{b.storeBlock(types, []string{"key", "value"})}
		return b.lowerPair(v, op)
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}

// liftList lifts a list or map from a pointer and a length (CanonicalABI.md,
// "Loading", load_list_from_range).
func (b *builder) liftList(ptr, length Value, t wit.Type, hint string) Value {
	op := Op{Args: []Value{ptr, length}}
	switch k := b.a.kind(t).(type) {
	case *wit.List:
		op.Code = LiftList
		op = b.element(op, k.Type)
		op.Blocks = []Block{b.loadBlock([]wit.Type{k.Type}, []string{"item"})}
	case *wit.Map:
		types := []wit.Type{k.Key, k.Value}
		l := b.a.recordLayout(types)
		op.Code, op.Size, op.Align = LiftMap, uint32(l.size), l.align
		op.Blocks = []Block{b.loadBlock(types, []string{"key", "value"})}
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
	return b.valueOp(t, hint, op)
}

// element sets what a list operation says of its elements of type t.
func (b *builder) element(op Op, t wit.Type) Op {
	op.Size, op.Align, op.Bulk = uint32(b.a.Size(t)), b.a.Align(t), b.a.bulk(t)
	return op
}

// bulk reports whether elements of type t are plain numbers. A bool or a char
// is not: not all of its bits are free.
func (a *ABI) bulk(t wit.Type) bool {
	switch a.dealias(t) {
	case wit.U8, wit.U16, wit.U32, wit.U64, wit.S8, wit.S16, wit.S32, wit.S64, wit.F32, wit.F64:
		return true
	}
	return false
}

// storeBlock is the block of an operation that lowers elements: a pointer and
// the parts of the element, laid out like a record, to memory.
func (b *builder) storeBlock(types []wit.Type, hints []string) Block {
	ptr := b.core(I32, "ptr")
	params := []Value{ptr}
	for i, t := range types {
		params = append(params, b.value(t, hints[i]))
	}
	return b.block(params, func() []Value {
		for i, offset := range b.a.offsets(types) {
			b.store(ptr, offset, params[i+1], types[i])
		}
		return nil
	})
}

// loadBlock is the block of an operation that lifts elements from memory.
func (b *builder) loadBlock(types []wit.Type, hints []string) Block {
	ptr := b.core(I32, "ptr")
	return b.block([]Value{ptr}, func() []Value {
		var results []Value
		for i, offset := range b.a.offsets(types) {
			results = append(results, b.load(ptr, offset, types[i], hints[i]))
		}
		return results
	})
}

// unpack appends the Unpack of v, if it has parts.
func (b *builder) unpack(v Value, t wit.Type) []Value {
	op := Op{Code: Unpack, Type: t, Args: []Value{v}}
	for _, f := range b.fields(t) {
		op.Results = append(op.Results, b.value(f.Type, f.Name))
	}
	b.do(op)
	return op.Results
}

// fields returns the parts of a record, tuple or list<T, N>, with names.
func (b *builder) fields(t wit.Type) []wit.Field {
	switch k := b.a.kind(t).(type) {
	case *wit.Record:
		return k.Fields
	case *wit.Tuple:
		fields := make([]wit.Field, len(k.Types))
		for i, t := range k.Types {
			fields[i] = wit.Field{Name: "f" + strconv.Itoa(i), Type: t}
		}
		return fields
	case *wit.FixedList:
		fields := make([]wit.Field, k.Size)
		for i := range fields {
			fields[i] = wit.Field{Name: "item" + strconv.Itoa(i), Type: k.Type}
		}
		return fields
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}

// cases returns the cases of a variant, option or result, in the order of
// their discriminants. Their names suit the payload.
func (b *builder) cases(t wit.Type) []wit.Case {
	switch k := b.a.kind(t).(type) {
	case *wit.Variant:
		return k.Cases
	case *wit.Option:
		return []wit.Case{{Name: "none"}, {Name: "value", Type: k.Type}}
	case *wit.Result:
		return []wit.Case{{Name: "ok", Type: k.OK}, {Name: "err", Type: k.Err}}
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}
