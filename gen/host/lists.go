package host

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// isStrings reports whether a type is list<string>.
func (s *side) isStrings(t wit.Type) bool {
	list, ok := s.g.plan.Resolve.Kind(t).(*wit.List)
	return ok && s.g.plan.Resolve.Dealias(list.Type) == wit.String
}

// lowerList spells the lowering of strings, lists and maps to new memory. What goes to
// the guest as it is goes to the stack at once.
func (s *side) lowerList(b *gogen.Body, op *abi.Op) {
	if i := s.stackPlace(op); i >= 0 {
		value := b.Arg(op.Args[0])
		var put *jen.Statement
		switch {
		case op.Code == abi.LowerString:
			put = call("PutString", jen.Lit(i), value)
		case op.Bulk:
			put = gogen.HostPutNumbers.Qual().Call(jen.Id("call"), jen.Lit(i), value)
		case s.isStrings(op.Type):
			put = call("PutStrings", jen.Lit(i), value)
		}
		if put != nil {
			b.Emit(put)
			s.put = append(s.put, op.Results...)
			return
		}
	}
	value := b.PlainArg(op.Args[0])
	var lower *jen.Statement
	switch {
	case op.Code == abi.LowerString:
		lower = call("LowerString", value)
	case op.Bulk:
		lower = gogen.HostLowerNums.Qual().Call(jen.Id("call"), value)
	case s.isStrings(op.Type):
		lower = call("LowerStrings", value)
	default:
		ptr := b.Define(op.Results[0])
		b.Emit(ptr.Clone().Op(":=").Add(call("LowerList", jen.Len(value.Clone()), jen.Lit(int(op.Size)), jen.Lit(int(op.Align)))))
		b.Set(op.Results[1], gogen.Pure, jen.Uint32().Call(jen.Len(value.Clone())))
		s.storeElements(b, op, value, ptr)
		return
	}
	names := make([]jen.Code, 2)
	for i, v := range op.Results {
		names[i] = b.Define(v)
	}
	b.Emit(jen.List(names...).Op(":=").Add(lower))
}

// stackPlace returns the place among the parameters of the guest's function of what a
// string, list or map is lowered to, and -1 where it is not passed as it is.
func (s *side) stackPlace(op *abi.Op) int {
	for i := range s.program.Body {
		if callCore := &s.program.Body[i]; callCore.Code == abi.CallCore {
			return slices.Index(callCore.Args, op.Results[0])
		}
	}
	return -1
}

// Store implements gogen.Side.
func (s *side) Store(b *gogen.Body, op *abi.Op, area abi.Value, offset uint32) {
	ptr := at(b.Arg(area), offset)
	switch {
	case op.Code == abi.LowerString:
		b.Emit(call("StoreString", ptr, b.Arg(op.Args[0])))
	case op.Bulk:
		b.Emit(gogen.HostStoreNums.Qual().Call(jen.Id("call"), ptr, b.Arg(op.Args[0])))
	case s.isStrings(op.Type):
		b.Emit(call("StoreStrings", ptr, b.Arg(op.Args[0])))
	default: // the list's own place is written last, should it overlap the elements
		value := b.PlainArg(op.Args[0])
		list := call("LowerList", jen.Len(value.Clone()), jen.Lit(int(op.Size)), jen.Lit(int(op.Align)))
		elements := list
		if op.Size != 0 {
			elements = b.Define(op.Results[0])
			b.Emit(elements.Clone().Op(":=").Add(list))
			s.storeElements(b, op, value, elements)
		}
		b.Emit(call("StoreList", ptr, elements.Clone(), jen.Len(value.Clone())))
	}
}

// storeElements spells the loops that store the elements of a list or map.
func (s *side) storeElements(b *gogen.Body, op *abi.Op, value, ptr *jen.Statement) {
	outer := b.Scope.Inner()
	start, part := outer.Pass("start"), outer.Pass("part")
	scope := outer.Inner()
	i, block := scope.Pass("i"), &op.Blocks[0]
	at := scope.Pass("at")
	place := func(start *jen.Statement) *jen.Statement {
		return jen.Id(at).Op(":=").Add(start).Op("+").Uint32().Call(jen.Id(i)).Op("*").Lit(int(op.Size))
	}
	if op.Code == abi.LowerMap {
		key := scope.Pass("key")
		item, bind := b.MapItem(op, scope, value, key)
		stmts, _ := b.Loop(scope, block, jen.Id(at), jen.Id(key), item)
		keys := gogen.HostSortedKeys.Qual().Call(jen.Id("call"), value.Clone(), jen.Lit(int(op.Size)))
		if s.g.plan.Resolve.Dealias(s.g.plan.Resolve.Kind(op.Type).(*wit.Map).Key) == wit.Bool {
			keys = gogen.HostSortedBools.Qual().Call(value.Clone())
		}
		b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(key)).Op(":=").Range().Add(keys)).
			Block(slices.Concat([]jen.Code{place(ptr.Clone())}, bind, stmts)...))
		return
	}
	item := scope.Pass("item")
	stmts, _ := b.Loop(scope, block, jen.Id(at), jen.Id(item))
	if len(stmts) == 0 { // elements have no size
		return
	}
	each := func(list, start *jen.Statement) *jen.Statement {
		return jen.For(jen.List(jen.Id(i), jen.Id(item)).Op(":=").Range().Add(list)).Block(append([]jen.Code{place(start)}, stmts...)...)
	}
	if op.Code == abi.StoreFixed {
		if s.inOneGo(op, op.Type) {
			b.Emit(each(value.Clone(), ptr.Clone()))
			return
		}
		list := b.Local("list")
		b.Emit(jen.Id(list).Op(":=").Add(value)) // an array must be addressable to be sliced
		value = jen.Id(list).Index(jen.Empty(), jen.Empty())
	}
	pieces := gogen.HostLowerPieces.Qual().Call(jen.Id("call"), ptr.Clone(), value.Clone(), jen.Lit(int(op.Size)))
	b.Emit(jen.For(jen.List(jen.Id(start), jen.Id(part)).Op(":=").Range().Add(pieces)).Block(each(jen.Id(part), jen.Id(start))))
}

// mostInOneGo is the largest size of a list<T, N> in bytes that is lifted or lowered in one
// go, and not in pieces.
const mostInOneGo = 1024

// inOneGo reports whether a list<T, N> is lifted or lowered in one go.
func (s *side) inOneGo(op *abi.Op, t wit.Type) bool {
	return uint64(op.Size)*uint64(s.g.plan.Resolve.Kind(t).(*wit.FixedList).Size) <= mostInOneGo
}

// liftList spells the lifting of strings, lists and maps.
func (s *side) liftList(b *gogen.Body, op *abi.Op) {
	if i := slices.Index(s.program.Params, op.Args[0]); i >= 0 && s.program.Kind == abi.HandleImport {
		list, _ := s.g.plan.Resolve.Kind(op.Type).(*wit.List)
		switch v := op.Results[0]; {
		case op.Code == abi.LiftString:
			b.Set(v, gogen.Read, call("TakeString", jen.Lit(i)))
			return
		case op.Bulk:
			b.Set(v, gogen.Read, gogen.HostTakeNumbers.Qual().Types(s.g.plan.GoType(list.Type)).Call(jen.Id("call"), jen.Lit(i)))
			return
		case s.isStrings(op.Type):
			b.Set(v, gogen.Read, call("TakeStrings", jen.Lit(i)))
			return
		}
	}
	s.lift(b, op, "Lift", b.Arg(op.Args[0]), b.Arg(op.Args[1]))
}

// Load implements gogen.Side.
func (s *side) Load(b *gogen.Body, op *abi.Op, area abi.Value, offset uint32) {
	s.lift(b, op, "Load", from(b.Arg(area), offset))
}

// lift spells the lifting of what lies at a place: a pointer and a length, or an area
// that holds them.
func (s *side) lift(b *gogen.Body, op *abi.Op, verb string, place ...jen.Code) {
	v := op.Results[0]
	symbols := map[string][3]gogen.Symbol{
		"Lift": {gogen.HostLiftNumbers, gogen.HostLiftList, gogen.HostLiftMap},
		"Load": {gogen.HostLoadNumbers, gogen.HostLoadList, gogen.HostLoadMap},
	}[verb]
	size, align := jen.Lit(int(op.Size)), jen.Lit(int(op.Align))
	args := append([]jen.Code{jen.Id("call")}, place...)
	switch {
	case op.Code == abi.LiftString:
		b.Set(v, gogen.Read, call(verb+"String", place...))
		return
	case s.isStrings(op.Type):
		b.Set(v, gogen.Read, call(verb+"Strings", place...))
		return
	}
	switch k := s.g.plan.Resolve.Kind(op.Type).(type) {
	case *wit.List:
		element := s.g.plan.GoType(k.Type)
		if op.Bulk {
			b.Set(v, gogen.Read, symbols[0].Qual().Types(element).Call(args...))
			return
		}
		lifted := symbols[1].Qual().Types(element).Call(append(args, size, align)...)
		if op.Size == 0 {
			b.Emit(jen.List(jen.Id("_"), b.Define(v)).Op(":=").Add(lifted))
			return
		}
		region := b.Scope.Pass("region")
		list := b.Define(v)
		b.Emit(jen.List(jen.Id(region), list).Op(":=").Add(lifted))
		s.loadElements(b, op, list, jen.Id(region))
	case *wit.Map:
		region := b.Scope.Pass("region")
		m := b.Define(v)
		b.Emit(jen.List(jen.Id(region), m).Op(":=").Add(symbols[2].Qual().Types(s.g.plan.GoType(k.Key), s.g.plan.GoType(k.Value)).Call(append(args, size, align)...)))
		scope := b.Scope.Inner()
		area := scope.Pass("area")
		stmts, results := b.Loop(scope, &op.Blocks[0], jen.Id(area))
		b.Emit(jen.For(jen.Id(area).Op(":=").Range().Add(gogen.HostEntries.Qual().Call(jen.Id("call"), jen.Id(region), size.Clone()))).
			Block(append(stmts, m.Clone().Index(results[0]).Op("=").Add(results[1]))...))
	default:
		panic(fmt.Sprintf("host: unhandled kind %T", k))
	}
}

// loadElements spells the loops that load the elements of a list, which lie in a region.
func (s *side) loadElements(b *gogen.Body, op *abi.Op, list, region *jen.Statement) {
	scope := b.Scope.Inner()
	inner, part := jen.Id(scope.Pass("region")), jen.Id(scope.Pass("part"))
	loop := s.loadEach(b, op, scope.Inner(), part, inner, 0)
	pieces := gogen.HostLiftPieces.Qual().Call(jen.Id("call"), region.Clone(), list.Clone(), jen.Lit(int(op.Size)))
	b.Emit(jen.For(jen.List(inner.Clone(), part.Clone()).Op(":=").Range().Add(pieces)).Block(loop))
}

// loadEach spells the loop that loads elements, which lie in a region from an offset on.
func (s *side) loadEach(b *gogen.Body, op *abi.Op, scope *gogen.Scope, list, region *jen.Statement, offset uint32) *jen.Statement {
	i, area := scope.Pass("i"), scope.Pass("area")
	from := jen.Id(i).Op("*").Lit(int(op.Size))
	if offset > 0 {
		from = jen.Lit(int(offset)).Op("+").Add(from)
	}
	stmts, results := b.Loop(scope, &op.Blocks[0], jen.Id(area))
	set := list.Clone().Index(jen.Id(i)).Op("=").Add(results[0])
	stmts = append([]jen.Code{jen.Id(area).Op(":=").Add(region.Clone()).Index(from, jen.Empty())}, append(stmts, set)...)
	return jen.For(jen.Id(i).Op(":=").Range().Add(list.Clone())).Block(stmts...)
}

// loadFixed spells the loading of a list<T, N>.
func (s *side) loadFixed(b *gogen.Body, op *abi.Op, area *jen.Statement) {
	t := b.Type(op.Results[0])
	list := b.Define(op.Results[0])
	b.Emit(jen.Var().Add(list.Clone()).Add(s.g.plan.GoType(t)))
	all := list.Clone().Index(jen.Empty(), jen.Empty())
	switch {
	case op.Size == 0:
	case op.Bulk:
		b.Emit(gogen.HostLiftArray.Qual().Call(jen.Id("call"), all, from(area, op.Offset)))
	case s.inOneGo(op, t):
		b.Emit(s.loadEach(b, op, b.Scope.Inner(), list, area, op.Offset))
	default:
		end := op.Offset + op.Size*s.g.plan.Resolve.Kind(t).(*wit.FixedList).Size
		s.loadElements(b, op, all, area.Clone().Index(jen.Lit(int(op.Offset)), jen.Lit(int(end))))
	}
}

// storeFixed spells the storing of a list<T, N>.
func (s *side) storeFixed(b *gogen.Body, op *abi.Op, ptr *jen.Statement) {
	value := b.PlainArg(op.Args[1])
	if op.Bulk {
		list := b.Local("numbers")
		b.Emit(
			jen.Id(list).Op(":=").Add(value), // an array must be addressable to be sliced
			gogen.HostStoreArray.Qual().Call(jen.Id("call"), at(ptr, op.Offset), jen.Id(list).Index(jen.Empty(), jen.Empty())))
		return
	}
	s.storeElements(b, op, value, at(ptr, op.Offset))
}

// handle spells the lifting and lowering of resources.
func (s *side) handle(b *gogen.Body, op *abi.Op) {
	var resource wit.TypeID
	switch k := s.g.plan.Resolve.Kind(op.Type).(type) {
	case *wit.Own:
		resource = k.Resource
	case *wit.Borrow:
		resource = k.Resource
	default:
		panic(fmt.Sprintf("host: unhandled kind %T", k))
	}
	number := jen.Id(s.g.names.numbers[s.g.definition(resource)])
	arg := b.Arg(op.Args[0])
	lifted := s.g.plan.GoType(op.Type)
	switch op.Code {
	case abi.LowerOwn:
		s.lowered(b, op, call("LowerOwn", number, arg))
	case abi.LowerBorrow:
		lower := "LowerBorrow"
		if s.f != nil && s.f.Kind == wit.Method && op.Args[0] == s.program.Params[0] {
			lower, arg = "LowerSelf", arg.Dot("Handle")
		}
		s.lowered(b, op, call(lower, number, arg))
	case abi.LiftOwn:
		b.Set(op.Results[0], gogen.Read, gogen.HostLiftOwn.Qual().Types(lifted).Call(jen.Id("call"), number, arg))
	default: // abi.LiftBorrow
		b.Set(op.Results[0], gogen.Read, gogen.HostLiftBorrow.Qual().Types(lifted).Call(jen.Id("call"), number, arg))
	}
}

// lowered sets the result of op, which lowers a handle, and puts it on the stack where
// it goes to the guest.
func (s *side) lowered(b *gogen.Body, op *abi.Op, handle *jen.Statement) {
	if i := s.stackPlace(op); i >= 0 {
		b.Emit(jen.Id("call").Dot("Stack").Index(jen.Lit(i)).Op("=").Uint64().Call(handle))
		s.put = append(s.put, op.Results...)
		return
	}
	b.Set(op.Results[0], gogen.Read, handle)
}
