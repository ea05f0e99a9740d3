package guest

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// lowerList spells the lowering of strings, lists and maps to core values.
func (s *side) lowerList(b *gogen.Body, op *abi.Op) {
	value := b.PlainArg(op.Args[0])
	length := jen.Uint32().Call(jen.Len(value.Clone()))
	if lower := s.lowerWhole(op, value, "Lower"); lower != nil {
		b.Set(op.Results[0], gogen.Effect, lower)
		b.Set(op.Results[1], gogen.Pure, length)
		return
	}
	ptr := b.Define(op.Results[0])
	b.Emit(ptr.Clone().Op(":=").Add(s.arena.Clone()).Dot("List").Call(jen.Len(value.Clone()), jen.Lit(int(op.Size))))
	b.Set(op.Results[1], gogen.Pure, length)
	s.storeElements(b, op, value, ptr)
}

// Store implements gogen.Side.
func (s *side) Store(b *gogen.Body, op *abi.Op, area abi.Value, offset uint32) {
	ptr, at := b.Arg(area), jen.Lit(int(offset))
	if s.lowersWhole(op) {
		b.Emit(s.lowerWhole(op, b.Arg(op.Args[0]), "Store", ptr, at))
		return
	}
	value := b.PlainArg(op.Args[0])
	list := gogen.GuestNewList.Qual().Call(s.arenaArg(), ptr, at, jen.Len(value.Clone()), jen.Lit(int(op.Size)))
	if op.Size == 0 {
		b.Emit(list)
		return
	}
	elements := b.Define(op.Results[0])
	b.Emit(elements.Clone().Op(":=").Add(list))
	s.storeElements(b, op, value, elements)
}

// lowersWhole reports whether the runtime lowers a list or string by one call.
func (s *side) lowersWhole(op *abi.Op) bool { return s.lowerWhole(op, jen.Empty(), "Lower") != nil }

// wholes are what lowers and lifts lists and strings by one call.
var wholes = map[string]struct{ text, slice, strings, list gogen.Symbol }{
	"Lower": {gogen.GuestLowerString, gogen.GuestLowerSlice, gogen.GuestLowerStrings, gogen.GuestLowerList},
	"Store": {gogen.GuestStoreString, gogen.GuestStoreSlice, gogen.GuestStoreStrings, gogen.GuestStoreList},
	"Lift":  {gogen.GuestLiftString, gogen.GuestLiftSlice, gogen.GuestLiftStrings, gogen.GuestLiftList},
	"Load":  {gogen.GuestLoadString, gogen.GuestLoadSlice, gogen.GuestLoadStrings, gogen.GuestLoadList},
}

// lowerWhole spells the lowering of a list or string by one call: to core values, or
// to memory at a place. It is nil for a list whose elements the runtime does not know.
func (s *side) lowerWhole(op *abi.Op, value *jen.Statement, verb string, place ...jen.Code) *jen.Statement {
	by := wholes[verb]
	args := append([]jen.Code{s.arenaArg()}, append(place, value.Clone())...)
	if op.Code == abi.LowerString {
		return by.text.Qual().Call(args...)
	}
	list, ok := s.g.plan.Resolve.Kind(op.Type).(*wit.List)
	switch {
	case !ok:
		return nil
	case s.inPlace(op):
		return by.slice.Qual().Call(args...)
	case s.g.plan.Resolve.Dealias(list.Type) == wit.String:
		return by.strings.Qual().Call(args...)
	}
	body := op.Blocks[0].Body
	if len(body) != 1 || body[0].Code != abi.StoreNamed || !s.arenaFor(abi.StoreType, body[0].Type) {
		return nil
	}
	store := jen.Id(s.helper(abi.StoreType, body[0].Type))
	return by.list.Qual().Call(append(args, jen.Lit(int(op.Size)), store)...)
}

// storeElements spells the loop that stores the elements of a list or map.
func (s *side) storeElements(b *gogen.Body, op *abi.Op, value, ptr *jen.Statement) {
	scope := b.Scope.Inner()
	i, place := scope.Pass("i"), scope.Pass("at")
	first := jen.Id(place).Op(":=").Add(gogen.GuestPointerTo.Qual()).Call(ptr.Clone().Op("+").Uint32().Call(jen.Id(i)).Op("*").Lit(int(op.Size)))
	if op.Code == abi.LowerMap {
		key := scope.Pass("key")
		item, bind := b.MapItem(op, scope, value, key)
		stmts, _ := b.Loop(scope, &op.Blocks[0], jen.Id(place), jen.Id(key), item)
		stmts = append(bind, stmts...)
		keys := gogen.GuestSortedKeys
		if s.g.plan.Resolve.Dealias(s.g.plan.Resolve.Kind(op.Type).(*wit.Map).Key) == wit.Bool {
			keys = gogen.GuestSortedBools
		}
		b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(key)).Op(":=").Range().Add(keys.Qual().Call(value.Clone()))).
			Block(append([]jen.Code{first}, stmts...)...))
		return
	}
	item := scope.Pass("item")
	stmts, _ := b.Loop(scope, &op.Blocks[0], jen.Id(place), jen.Id(item))
	if len(stmts) > 0 { // elements have a size
		b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(item)).Op(":=").Range().Add(value.Clone())).
			Block(append([]jen.Code{first}, stmts...)...))
	}
}

// inPlace reports whether the elements of a list lie in a Go slice as they do in the
// host's memory: numbers, and records and tuples of numbers, whose fields
// WebAssembly aligns as WIT does.
func (s *side) inPlace(op *abi.Op) bool {
	list, ok := s.g.plan.Resolve.Kind(op.Type).(*wit.List)
	return ok && (op.Bulk || s.numbers(list.Type))
}

// numbers reports whether a type is a record or tuple that holds only numbers.
func (s *side) numbers(t wit.Type) bool {
	var parts []wit.Type
	switch k := s.g.plan.Resolve.Kind(t).(type) {
	case *wit.Record:
		for _, f := range k.Fields {
			parts = append(parts, f.Type)
		}
	case *wit.Tuple:
		parts = k.Types
	default:
		return false
	}
	for _, part := range parts {
		switch s.g.plan.Resolve.Dealias(part) {
		case wit.U8, wit.U16, wit.U32, wit.U64, wit.S8, wit.S16, wit.S32, wit.S64, wit.F32, wit.F64:
		default:
			if !s.numbers(part) {
				return false
			}
		}
	}
	return len(parts) > 0
}

// liftList spells the lifting of strings, lists and maps from core values.
func (s *side) liftList(b *gogen.Body, op *abi.Op) {
	if lifted := s.liftWhole(op, "Lift", b.Arg(op.Args[0]), b.Arg(op.Args[1])); lifted != nil {
		b.Set(op.Results[0], gogen.Read, lifted)
		return
	}
	s.loadElements(b, op, b.PlainArg(op.Args[0]), b.PlainArg(op.Args[1]))
}

// Load implements gogen.Side.
func (s *side) Load(b *gogen.Body, op *abi.Op, area abi.Value, offset uint32) {
	ptr := b.Arg(area)
	if lifted := s.liftWhole(op, "Load", ptr, jen.Lit(int(offset))); lifted != nil {
		b.Set(op.Results[0], gogen.Read, lifted)
		return
	}
	var words [2]*jen.Statement // the address and the length
	for i, v := range op.Args {
		name := b.Local(b.Program.Values[v].Hint)
		b.Emit(jen.Id(name).Op(":=").Add(load(jen.Uint32(), ptr.Clone(), jen.Lit(int(offset)+4*i))))
		words[i] = jen.Id(name)
	}
	s.loadElements(b, op, words[0], words[1])
}

// liftWhole spells the lifting of a list or string by one call, as lowerWhole does the
// lowering: place is an address and a length, or what points to them and an offset.
func (s *side) liftWhole(op *abi.Op, verb string, place ...jen.Code) *jen.Statement {
	by := wholes[verb]
	if op.Code == abi.LiftString {
		return by.text.Qual().Call(place...)
	}
	list, ok := s.g.plan.Resolve.Kind(op.Type).(*wit.List)
	switch {
	case !ok:
		return nil
	case s.inPlace(op):
		return by.slice.Qual().Types(s.g.plan.GoType(list.Type)).Call(place...)
	case s.g.plan.Resolve.Dealias(list.Type) == wit.String:
		return by.strings.Qual().Call(place...)
	}
	body := op.Blocks[0].Body
	if len(body) != 1 || body[0].Code != abi.LoadNamed || s.borrowsIn(abi.LoadType, body[0].Type) {
		return nil
	}
	load := jen.Id(s.helper(abi.LoadType, body[0].Type))
	return by.list.Qual().Call(append(place, jen.Lit(int(op.Size)), load)...)
}

// loadElements spells the loop that loads the elements of a list or map at an
// address.
func (s *side) loadElements(b *gogen.Body, op *abi.Op, ptr, n *jen.Statement) {
	v := op.Results[0]
	list := b.Define(v)
	if op.Size == 0 && op.Code == abi.LiftList { // there is nothing at the address
		b.Emit(list.Op(":=").Make(s.g.plan.GoType(op.Type), n))
		return
	}
	b.Emit(list.Clone().Op(":=").Make(s.g.plan.GoType(op.Type), n.Clone()))
	scope := b.Scope.Inner()
	i, place := scope.Pass("i"), scope.Pass("at")
	stmts, results := b.Loop(scope, &op.Blocks[0], jen.Id(place))
	index, subject := jen.Uint32().Call(jen.Id(i)), list.Clone()
	set := list.Clone().Index(jen.Id(i)).Op("=")
	switch k := s.g.plan.Resolve.Kind(op.Type).(type) {
	case *wit.List:
		set.Add(results[0])
	case *wit.Map:
		index, subject = jen.Id(i), n
		set = list.Clone().Index(results[0]).Op("=").Add(results[1])
	default:
		panic(fmt.Sprintf("guest: unhandled kind %T", k))
	}
	first := jen.Id(place).Op(":=").Add(gogen.GuestPointerTo.Qual()).Call(ptr.Clone().Op("+").Add(index).Op("*").Lit(int(op.Size)))
	stmts = append([]jen.Code{first}, stmts...)
	b.Emit(jen.For(jen.Id(i).Op(":=").Range().Add(subject)).Block(append(stmts, set)...))
}

// element spells the pointer to an element of some bytes in the list at ptr.
func element(ptr *jen.Statement, i string, size int) *jen.Statement {
	return gogen.GuestAt.Qual().Call(ptr, jen.Uint32().Call(jen.Id(i)).Op("*").Lit(size))
}

// loadFixed spells the loading of a list<T, N>.
func (s *side) loadFixed(b *gogen.Body, op *abi.Op, ptr *jen.Statement) {
	v := op.Results[0]
	if op.Bulk {
		b.Set(v, gogen.Read, gogen.GuestLoadArray.Qual().Types(s.g.plan.GoType(op.Type)).Call(ptr, jen.Lit(int(op.Offset))))
		return
	}
	list := b.Define(v)
	b.Emit(jen.Var().Add(list.Clone()).Add(s.g.plan.GoType(op.Type)))
	if op.Size == 0 {
		return
	}
	scope := b.Scope.Inner()
	i, place := scope.Pass("i"), scope.Pass("at")
	stmts, results := b.Loop(scope, &op.Blocks[0], jen.Id(place))
	first := jen.Id(place).Op(":=").Add(element(at(ptr, op.Offset), i, int(op.Size)))
	stmts = append([]jen.Code{first}, stmts...)
	b.Emit(jen.For(jen.Id(i).Op(":=").Range().Add(list.Clone())).
		Block(append(stmts, list.Clone().Index(jen.Id(i)).Op("=").Add(results[0]))...))
}

// storeFixed spells the storing of a list<T, N>.
func (s *side) storeFixed(b *gogen.Body, op *abi.Op, ptr *jen.Statement) {
	value := b.Arg(op.Args[1])
	if op.Bulk {
		b.Emit(gogen.GuestStoreArray.Qual().Call(ptr, jen.Lit(int(op.Offset)), value))
		return
	}
	scope := b.Scope.Inner()
	i, item, place := scope.Pass("i"), scope.Pass("item"), scope.Pass("at")
	stmts, _ := b.Loop(scope, &op.Blocks[0], jen.Id(place), jen.Id(item))
	if len(stmts) == 0 { // elements of size 0
		return
	}
	first := jen.Id(place).Op(":=").Add(element(at(ptr, op.Offset), i, int(op.Size)))
	b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(item)).Op(":=").Range().Add(value)).
		Block(append([]jen.Code{first}, stmts...)...))
}
