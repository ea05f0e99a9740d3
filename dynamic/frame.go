package dynamic

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// frame is the run of one Program over a call. Where an operation reports false,
// the call has failed, or guest values may take no more room, and the Program ends
// there; operations on a call that has failed do nothing, so those that only lower
// do not ask.
type frame struct {
	*world
	call *bind.Call
	f    *Function
	p    *abi.Program
	// cores and values hold the values by their numbers: core values as wazero has
	// them, in 64 bits.
	cores  []uint64
	values []any
	// result is what ReturnValue returned; lowered what ReturnCore did in the Program
	// of a type.
	result  any
	lowered []uint64
	// invoke calls the implementation of an import.
	invoke func(args []any) (any, bool)
}

func (w *world) frame(call *bind.Call, f *Function, p *abi.Program) *frame {
	return &frame{world: w, call: call, f: f, p: p, cores: make([]uint64, len(p.Values)), values: make([]any, len(p.Values))}
}

// setCore sets a core value, cut to the width of its type.
func (fr *frame) setCore(v abi.Value, bits uint64) {
	switch core := fr.p.Values[v].Core; core {
	case abi.I32, abi.F32:
		bits = uint64(uint32(bits))
	case abi.I64, abi.F64:
	default:
		panic(fmt.Sprintf("dynamic: unhandled core type %s", core))
	}
	fr.cores[v] = bits
}

func (fr *frame) core(v abi.Value) uint32 { return uint32(fr.cores[v]) }

// lifted sets a value that came out of the guest. The room that it takes is
// counted beside what the runtime counts itself: an interface value may point to
// as much again.
func (fr *frame) lifted(v abi.Value, x any) bool {
	fr.values[v] = x
	return bind.Room[[2]uint64](fr.call)
}

func (fr *frame) run(ops []abi.Op) bool {
	for i := range ops {
		if !fr.operation(&ops[i]) {
			return false
		}
	}
	return true
}

func (fr *frame) operation(op *abi.Op) bool {
	switch op.Code {
	case abi.Const:
		fr.setCore(op.Results[0], op.Imm)
	case abi.Bitcast:
		fr.setCore(op.Results[0], fr.cores[op.Args[0]])
	case abi.LowerScalar:
		fr.setCore(op.Results[0], fr.lowerScalar(op.Type, fr.values[op.Args[0]]))
	case abi.LiftScalar:
		return fr.lifted(op.Results[0], fr.liftScalar(op.Type, fr.cores[op.Args[0]]))
	case abi.LoadScalar, abi.LoadCore, abi.LoadDisc:
		return fr.load(op)
	case abi.StoreScalar, abi.StoreCore, abi.StoreDisc:
		fr.store(op)
	case abi.Realloc:
		fr.setCore(op.Results[0], uint64(fr.call.Realloc(op.Size, op.Align)))
	case abi.View:
		fr.setCore(op.Results[0], fr.cores[op.Args[0]])
		return fr.call.CheckArea(fr.core(op.Args[0]), op.Size, op.Align)
	case abi.LowerString:
		ptr, n := fr.call.LowerString(fr.values[op.Args[0]].(string))
		fr.setCore(op.Results[0], uint64(ptr))
		fr.setCore(op.Results[1], uint64(n))
	case abi.LiftString:
		return fr.lifted(op.Results[0], fr.call.LiftString(fr.core(op.Args[0]), fr.core(op.Args[1])))
	case abi.LowerList, abi.LowerMap:
		return fr.lowerList(op)
	case abi.LiftList:
		return fr.liftList(op, fr.core(op.Args[0]), fr.core(op.Args[1]))
	case abi.LiftMap:
		return fr.liftMap(op)
	case abi.StoreFixed:
		return fr.storeFixed(op)
	case abi.LoadFixed:
		n := fr.resolve.Kind(fr.p.Values[op.Results[0]].Type).(*wit.FixedList).Size
		return fr.liftList(op, fr.core(op.Args[0])+op.Offset, n)
	case abi.Unpack:
		fr.unpack(op)
	case abi.Pack:
		return fr.pack(op)
	case abi.Switch:
		return fr.switchCase(op)
	case abi.SwitchDisc:
		return fr.switchDisc(op)
	case abi.LowerOwn, abi.LowerBorrow, abi.LiftOwn, abi.LiftBorrow:
		return fr.handle(op)
	case abi.StoreNamed, abi.LoadNamed, abi.LowerNamed, abi.LiftNamed:
		return fr.named(op)
	case abi.CallCore:
		return fr.callCore(op)
	case abi.CallValue:
		return fr.callValue(op)
	case abi.PostReturn: // the end of the call does it
	case abi.ReturnValue:
		if len(op.Args) > 0 {
			fr.result = fr.values[op.Args[0]]
		}
	case abi.ReturnCore:
		if fr.p.Kind == abi.LowerType {
			for _, v := range op.Args {
				fr.lowered = append(fr.lowered, fr.cores[v])
			}
			return true
		}
		for i, v := range op.Args {
			fr.call.Stack[i] = fr.cores[v]
		}
	default:
		panic(fmt.Sprintf("dynamic: unhandled operation %s", op.Code))
	}
	return true
}

// named runs the Program of a type: on memory at an offset, or on core values.
func (fr *frame) named(op *abi.Op) bool {
	kind := typeKinds[op.Code]
	p := fr.f.program.named[programKey{kind, op.Type.(wit.TypeID)}]
	inner := fr.frame(fr.call, fr.f, p)
	for i, v := range op.Args {
		inner.values[p.Params[i]] = fr.values[v]
		inner.cores[p.Params[i]] = fr.cores[v]
	}
	switch kind {
	case abi.LoadType, abi.StoreType:
		inner.setCore(p.Params[0], uint64(fr.core(op.Args[0])+op.Offset))
	}
	ok := inner.run(p.Body)
	switch kind {
	case abi.LoadType, abi.LiftType:
		fr.values[op.Results[0]] = inner.result
	case abi.LowerType:
		if !ok {
			return false
		}
		for i, v := range op.Results {
			fr.setCore(v, inner.lowered[i])
		}
	}
	return ok
}

// typeKinds are the kinds of Programs that operations on named types run.
var typeKinds = map[abi.Code]abi.Kind{
	abi.LoadNamed: abi.LoadType, abi.StoreNamed: abi.StoreType, abi.LowerNamed: abi.LowerType, abi.LiftNamed: abi.LiftType,
}

// callCore calls the guest.
func (fr *frame) callCore(op *abi.Op) bool {
	for i, v := range op.Args {
		fr.call.Stack[i] = fr.cores[v]
	}
	if !fr.call.Invoke() {
		return false
	}
	for i, v := range op.Results {
		fr.setCore(v, fr.call.Stack[i])
	}
	return true
}

// callValue calls the host's implementation of an import.
func (fr *frame) callValue(op *abi.Op) bool {
	args := make([]any, len(op.Args))
	for i, v := range op.Args {
		args[i] = fr.values[v]
	}
	if !fr.call.OK() {
		return false
	}
	result, ok := fr.invoke(args)
	if ok && len(op.Results) > 0 {
		fr.values[op.Results[0]] = result
	}
	return ok
}

// handle lifts and lowers resources.
func (fr *frame) handle(op *abi.Op) bool {
	arg := op.Args[0]
	switch k := fr.resolve.Kind(op.Type).(type) {
	case *wit.Own:
		number := fr.number(k.Resource)
		if op.Code == abi.LowerOwn {
			fr.setCore(op.Results[0], uint64(fr.call.LowerOwn(number, fr.values[arg])))
			return true
		}
		return fr.lifted(op.Results[0], bind.LiftOwn[any](fr.call, number, fr.core(arg)))
	case *wit.Borrow:
		number := fr.number(k.Resource)
		if op.Code == abi.LowerBorrow {
			fr.setCore(op.Results[0], uint64(fr.call.LowerBorrow(number, fr.values[arg])))
			return true
		}
		return fr.lifted(op.Results[0], bind.LiftBorrow[any](fr.call, number, fr.core(arg)))
	default:
		panic(fmt.Sprintf("dynamic: unhandled kind %T", k))
	}
}

// number returns the number of a resource among those of the function's interface.
func (fr *frame) number(id wit.TypeID) int {
	return fr.f.group.numbers[fr.resolve.Dealias(id).(wit.TypeID)]
}

// unpack takes the parts out of a record, tuple or list<T, N>.
func (fr *frame) unpack(op *abi.Op) {
	switch v := fr.values[op.Args[0]].(type) {
	case value.Record:
		for i, f := range fr.resolve.Kind(op.Type).(*wit.Record).Fields {
			fr.values[op.Results[i]] = v[f.Name]
		}
	case value.Tuple:
		for i, e := range v {
			fr.values[op.Results[i]] = e
		}
	default:
		i := 0
		for e := range value.Elements(v) {
			fr.values[op.Results[i]] = e
			i++
		}
	}
}

// pack makes a record, tuple or list<T, N> of its parts.
func (fr *frame) pack(op *abi.Op) bool {
	var packed any
	ok := true
	switch k := fr.resolve.Kind(op.Type).(type) {
	case *wit.Record:
		// A map has room for up to twice as many entries as it holds, and more.
		ok = bind.Room[[8]uint64](fr.call)
		r := make(value.Record, len(k.Fields))
		for i, f := range k.Fields {
			r[f.Name] = fr.values[op.Args[i]]
			ok = bind.Room[[10]uint64](fr.call)
		}
		packed = r
	case *wit.Tuple:
		t := make(value.Tuple, len(op.Args))
		for i, v := range op.Args {
			t[i] = fr.values[v]
			ok = bind.Room[any](fr.call)
		}
		packed = t
	case *wit.FixedList:
		list := value.NewList(fr.resolve.Dealias(k.Type), len(op.Args))
		for _, v := range op.Args {
			list.Append(fr.values[v])
			ok = bind.Room[any](fr.call)
		}
		packed = list.Value()
	default:
		panic(fmt.Sprintf("dynamic: unhandled kind %T", k))
	}
	return fr.lifted(op.Results[0], packed) && ok
}

// switchCase lowers a variant, option or result by the block of its case.
func (fr *frame) switchCase(op *abi.Op) bool {
	index, payload := fr.caseOf(op.Type, fr.values[op.Args[0]])
	block := &op.Blocks[index]
	if len(block.Params) > 0 {
		fr.values[block.Params[0]] = payload
	}
	if !fr.run(block.Body) {
		return false
	}
	for i, v := range op.Results {
		fr.setCore(v, fr.cores[block.Results[i]])
	}
	return true
}

// caseOf returns the number of a value's case, and its payload.
func (fr *frame) caseOf(t wit.Type, v any) (index int, payload any) {
	switch v := v.(type) {
	case value.Option:
		some, ok := v.Get()
		if !ok {
			return 0, nil
		}
		return 1, some
	case value.Result:
		payload, failure, ok := v.Get()
		if !ok {
			return 1, failure
		}
		return 0, payload
	case value.Variant:
		for i, c := range fr.resolve.Kind(t).(*wit.Variant).Cases {
			if c.Name == v.Case {
				return i, v.Value
			}
		}
	}
	panic(fmt.Sprintf("dynamic: a %T was not checked", v))
}

// switchDisc lifts a variant, option or result by its discriminant.
func (fr *frame) switchDisc(op *abi.Op) bool {
	disc := fr.core(op.Args[0])
	if uint64(disc) >= uint64(len(op.Blocks)) {
		fr.call.BadDiscriminant(disc, uint32(len(op.Blocks)))
		return false
	}
	block := &op.Blocks[disc]
	if !fr.run(block.Body) {
		return false
	}
	var payload any
	if len(block.Results) > 0 {
		payload = fr.values[block.Results[0]]
	}
	v := op.Results[0]
	switch k := fr.resolve.Kind(op.Type).(type) {
	case *wit.Variant:
		return bind.Room[value.Variant](fr.call) && fr.lifted(v, value.Variant{Case: k.Cases[disc].Name, Value: payload})
	case *wit.Option:
		if disc == 0 {
			return fr.lifted(v, value.None())
		}
		return bind.Room[value.Option](fr.call) && fr.lifted(v, value.Some(payload))
	case *wit.Result:
		if disc == 0 {
			return bind.Room[value.Result](fr.call) && fr.lifted(v, value.OK(payload))
		}
		return bind.Room[value.Result](fr.call) && fr.lifted(v, value.Err(payload))
	default:
		panic(fmt.Sprintf("dynamic: unhandled kind %T", k))
	}
}
