package abi

import (
	"fmt"

	"github.com/witgen/witgen/wit"
)

// store lowers v of type t to ptr+offset (CanonicalABI.md, "Storing").
func (b *builder) store(ptr Value, offset uint32, v Value, t wit.Type) {
	if id, ok := b.a.outlined(t, b.limit); ok && !b.isWhole(t) {
		b.do(Op{Code: StoreNamed, Type: id, Offset: offset, Args: []Value{ptr, v}})
		return
	}
	b.storeInline(ptr, offset, v, t)
}

// storeInline is store for what has no Program of its own, and the body of
// those Programs.
func (b *builder) storeInline(ptr Value, offset uint32, v Value, t wit.Type) {
	switch k := b.a.kind(t).(type) {
	case nil: // a primitive
		if b.a.dealias(t) == wit.String {
			b.storePair(ptr, offset, v, t, b.lowerString)
			return
		}
		b.storeScalar(ptr, offset, v, t)
	case *wit.Enum, *wit.Flags:
		b.storeScalar(ptr, offset, v, t)
	case *wit.Own, *wit.Borrow:
		b.storeCore(ptr, offset, b.lowerHandle(v, t))
	case *wit.List, *wit.Map:
		b.storePair(ptr, offset, v, t, b.lowerList)
	case *wit.FixedList:
		op := b.element(Op{Code: StoreFixed, Type: t, Offset: offset, Args: []Value{ptr, v}}, k.Type)
		op.Blocks = []Block{b.storeBlock([]wit.Type{k.Type}, []string{"item"})}
		b.do(op)
	case *wit.Record, *wit.Tuple:
		fields := b.unpack(v, t)
		types := b.types(fields)
		for i, o := range b.a.offsets(types) {
			b.store(ptr, offset+o, fields[i], types[i])
		}
	case *wit.Variant, *wit.Option, *wit.Result:
		b.storeVariant(ptr, offset, v, t)
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}

func (b *builder) types(values []Value) []wit.Type {
	types := make([]wit.Type, len(values))
	for i, v := range values {
		types[i] = b.p.Values[v].Type
	}
	return types
}

func (b *builder) storeScalar(ptr Value, offset uint32, v Value, t wit.Type) {
	b.do(Op{Code: StoreScalar, Type: t, Offset: offset, Size: uint32(b.a.Size(t)), Args: []Value{ptr, v}})
}

func (b *builder) storeCore(ptr Value, offset uint32, core Value) {
	b.do(Op{Code: StoreCore, Offset: offset, Args: []Value{ptr, core}})
}

// storePair lowers v and stores the pointer and the length.
func (b *builder) storePair(ptr Value, offset uint32, v Value, t wit.Type, lower func(Value, wit.Type) (Value, Value)) {
	start, length := lower(v, t)
	b.storeCore(ptr, offset, start)
	b.storeCore(ptr, offset+4, length)
}

func (b *builder) storeVariant(ptr Value, offset uint32, v Value, t wit.Type) {
	cases := b.cases(t)
	payload := offset + uint32(b.a.payloadOffset(caseTypes(b.a.kind(t))))
	op := Op{Code: Switch, Type: t, Args: []Value{v}}
	for i, c := range cases {
		var params []Value
		if c.Type != nil {
			params = []Value{b.value(c.Type, c.Name)}
		}
		op.Blocks = append(op.Blocks, b.block(params, func() []Value {
			b.do(Op{Code: StoreDisc, Imm: uint64(i), Offset: offset, Size: DiscriminantSize(len(cases)), Args: []Value{ptr}})
			if c.Type != nil {
				b.store(ptr, payload, params[0], c.Type)
			}
			return nil
		}))
	}
	b.do(op)
}

// load lifts a value of type t from ptr+offset (CanonicalABI.md, "Loading").
func (b *builder) load(ptr Value, offset uint32, t wit.Type, hint string) Value {
	if id, ok := b.a.outlined(t, b.limit); ok && !b.isWhole(t) {
		v := b.value(t, hint)
		b.do(Op{Code: LoadNamed, Type: id, Offset: offset, Args: []Value{ptr}, Results: []Value{v}})
		return v
	}
	return b.loadInline(ptr, offset, t, hint)
}

// loadInline is load for what has no Program of its own, and the body of those
// Programs.
func (b *builder) loadInline(ptr Value, offset uint32, t wit.Type, hint string) Value {
	switch k := b.a.kind(t).(type) {
	case nil: // a primitive
		if b.a.dealias(t) == wit.String {
			start, length := b.loadPair(ptr, offset, hint)
			return b.liftPair(LiftString, start, length, t, hint)
		}
		return b.loadScalar(ptr, offset, t, hint)
	case *wit.Enum, *wit.Flags:
		return b.loadScalar(ptr, offset, t, hint)
	case *wit.Own, *wit.Borrow:
		return b.liftHandle(b.loadCore(ptr, offset, hint), t, hint)
	case *wit.List, *wit.Map:
		start, length := b.loadPair(ptr, offset, hint)
		return b.liftList(start, length, t, hint)
	case *wit.FixedList:
		op := b.element(Op{Code: LoadFixed, Offset: offset, Args: []Value{ptr}}, k.Type)
		op.Blocks = []Block{b.loadBlock([]wit.Type{k.Type}, []string{"item"})}
		return b.valueOp(t, hint, op)
	case *wit.Record, *wit.Tuple:
		fields := b.fields(t)
		types := make([]wit.Type, len(fields))
		for i, f := range fields {
			types[i] = f.Type
		}
		values := make([]Value, len(fields))
		for i, o := range b.a.offsets(types) {
			values[i] = b.load(ptr, offset+o, types[i], fields[i].Name)
		}
		return b.valueOp(t, hint, Op{Code: Pack, Args: values})
	case *wit.Variant, *wit.Option, *wit.Result:
		return b.loadVariant(ptr, offset, t, hint)
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}

func (b *builder) loadScalar(ptr Value, offset uint32, t wit.Type, hint string) Value {
	return b.valueOp(t, hint, Op{Code: LoadScalar, Offset: offset, Size: uint32(b.a.Size(t)), Args: []Value{ptr}})
}

func (b *builder) loadCore(ptr Value, offset uint32, hint string) Value {
	return b.coreOp(I32, hint, Op{Code: LoadCore, Offset: offset, Args: []Value{ptr}})
}

// loadPair loads the pointer and the length of a string, list or map.
func (b *builder) loadPair(ptr Value, offset uint32, hint string) (start, length Value) {
	start = b.loadCore(ptr, offset, suffix(hint, "-ptr"))
	length = b.loadCore(ptr, offset+4, suffix(hint, "-len"))
	return start, length
}

func (b *builder) loadVariant(ptr Value, offset uint32, t wit.Type, hint string) Value {
	cases := b.cases(t)
	payload := offset + uint32(b.a.payloadOffset(caseTypes(b.a.kind(t))))
	disc := b.coreOp(I32, suffix(hint, "-case"), Op{Code: LoadDisc, Offset: offset, Size: DiscriminantSize(len(cases)), Args: []Value{ptr}})
	op := Op{Code: SwitchDisc, Args: []Value{disc}}
	for _, c := range cases {
		op.Blocks = append(op.Blocks, b.block(nil, func() []Value {
			if c.Type == nil {
				return nil
			}
			return []Value{b.load(ptr, payload, c.Type, c.Name)}
		}))
	}
	return b.valueOp(t, hint, op)
}
