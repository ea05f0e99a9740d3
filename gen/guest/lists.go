package guest

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// lowerList spells the lowering of strings, lists and maps.
func (s *side) lowerList(b *gogen.Body, op *abi.Op) {
	if op.Code == abi.LowerString || s.inPlace(op) {
		lower := gogen.GuestLowerString
		if op.Code != abi.LowerString {
			lower = gogen.GuestLowerSlice
		}
		value := b.PlainArg(op.Args[0])
		b.Set(op.Results[0], gogen.Effect, lower.Qual().Call(s.arenaArg(), value.Clone()))
		b.Set(op.Results[1], gogen.Pure, jen.Uint32().Call(jen.Len(value)))
		return
	}
	value := b.PlainArg(op.Args[0])
	if lower := s.lowerElements(op, value); lower != nil {
		b.Set(op.Results[0], gogen.Effect, lower)
		b.Set(op.Results[1], gogen.Pure, jen.Uint32().Call(jen.Len(value.Clone())))
		return
	}
	ptr := b.Define(op.Results[0])
	size := int(op.Size)
	b.Emit(ptr.Clone().Op(":=").Add(s.arena.Clone()).Dot("List").Call(jen.Len(value.Clone()), jen.Lit(size)))
	b.Set(op.Results[1], gogen.Pure, jen.Uint32().Call(jen.Len(value.Clone())))

	scope := b.Scope.Inner()
	i, place := scope.Declare("i"), scope.Declare("at")
	first := jen.Id(place).Op(":=").Add(gogen.GuestPointerTo.Qual()).Call(ptr.Clone().Op("+").Uint32().Call(jen.Id(i)).Op("*").Lit(size))
	if op.Code == abi.LowerMap {
		key := scope.Declare("key")
		stmts, _ := b.Loop(scope, &op.Blocks[0], jen.Id(place), jen.Id(key), value.Clone().Index(jen.Id(key)))
		keys := gogen.GuestSortedKeys
		if s.g.plan.Resolve.Dealias(s.g.plan.Resolve.Kind(op.Type).(*wit.Map).Key) == wit.Bool {
			keys = gogen.GuestSortedBools
		}
		b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(key)).Op(":=").Range().Add(keys.Qual().Call(value.Clone()))).
			Block(append([]jen.Code{first}, stmts...)...))
		return
	}
	item := scope.Declare("item")
	stmts, _ := b.Loop(scope, &op.Blocks[0], jen.Id(place), jen.Id(item))
	if len(stmts) == 0 { // elements of size 0
		return
	}
	b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(item)).Op(":=").Range().Add(value.Clone())).
		Block(append([]jen.Code{first}, stmts...)...))
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

// lowerElements spells the lowering of a list by one call, where its elements are
// strings or of a named type that is lowered with the arena, and is nil for other
// lists.
func (s *side) lowerElements(op *abi.Op, value *jen.Statement) *jen.Statement {
	list, ok := s.g.plan.Resolve.Kind(op.Type).(*wit.List)
	if !ok {
		return nil
	}
	if s.g.plan.Resolve.Dealias(list.Type) == wit.String {
		return gogen.GuestLowerStrings.Qual().Call(s.arenaArg(), value.Clone())
	}
	body := op.Blocks[0].Body
	if len(body) != 1 || body[0].Code != abi.StoreNamed || !s.arenaFor(body[0].Type) {
		return nil
	}
	store := jen.Id(s.helper(abi.StoreType, body[0].Type))
	return gogen.GuestLowerList.Qual().Call(s.arenaArg(), value.Clone(), jen.Lit(int(op.Size)), store)
}

// liftElements spells the lifting of a list by one call, as lowerElements does
// the lowering.
func (s *side) liftElements(op *abi.Op, list *wit.List, ptr, n *jen.Statement) *jen.Statement {
	if s.g.plan.Resolve.Dealias(list.Type) == wit.String {
		return gogen.GuestLiftStrings.Qual().Call(ptr, n)
	}
	body := op.Blocks[0].Body
	if len(body) != 1 || body[0].Code != abi.LoadNamed || s.borrowsIn(body[0].Type) {
		return nil
	}
	return gogen.GuestLiftList.Qual().Call(ptr, n, jen.Lit(int(op.Size)), jen.Id(s.helper(abi.LoadType, body[0].Type)))
}

// liftList spells the lifting of strings, lists and maps.
func (s *side) liftList(b *gogen.Body, op *abi.Op) {
	v := op.Results[0]
	if op.Code == abi.LiftString {
		b.Set(v, gogen.Read, gogen.GuestLiftString.Qual().Call(b.Args(op.Args)...))
		return
	}
	switch k := s.g.plan.Resolve.Kind(op.Type).(type) {
	case *wit.List:
		if s.inPlace(op) {
			b.Set(v, gogen.Read, gogen.GuestLiftSlice.Qual().Types(s.g.plan.GoType(k.Type)).Call(b.Args(op.Args)...))
			return
		}
		if op.Size == 0 { // there is nothing at the pointer
			args := b.Args(op.Args)
			b.Set(v, gogen.Read, jen.Make(s.g.plan.GoType(op.Type), args[1]))
			return
		}
		ptr, n := b.PlainArg(op.Args[0]), b.Arg(op.Args[1])
		if lifted := s.liftElements(op, k, ptr, n); lifted != nil {
			b.Set(v, gogen.Read, lifted)
			return
		}
		list := b.Define(v)
		b.Emit(list.Clone().Op(":=").Make(s.g.plan.GoType(op.Type), n))
		scope := b.Scope.Inner()
		i, place := scope.Declare("i"), scope.Declare("at")
		stmts, results := b.Loop(scope, &op.Blocks[0], jen.Id(place))
		first := jen.Id(place).Op(":=").Add(gogen.GuestPointerTo.Qual()).Call(ptr.Op("+").Uint32().Call(jen.Id(i)).Op("*").Lit(int(op.Size)))
		stmts = append([]jen.Code{first}, stmts...)
		b.Emit(jen.For(jen.Id(i).Op(":=").Range().Add(list.Clone())).
			Block(append(stmts, list.Clone().Index(jen.Id(i)).Op("=").Add(results[0]))...))
	case *wit.Map:
		ptr, n := b.PlainArg(op.Args[0]), b.PlainArg(op.Args[1])
		m := b.Define(v)
		b.Emit(m.Clone().Op(":=").Make(s.g.plan.GoType(op.Type), n.Clone()))
		scope := b.Scope.Inner()
		i, place := scope.Declare("i"), scope.Declare("at")
		stmts, results := b.Loop(scope, &op.Blocks[0], jen.Id(place))
		first := jen.Id(place).Op(":=").Add(gogen.GuestPointerTo.Qual()).Call(ptr.Op("+").Id(i).Op("*").Lit(int(op.Size)))
		stmts = append([]jen.Code{first}, stmts...)
		b.Emit(jen.For(jen.Id(i).Op(":=").Range().Add(n)).
			Block(append(stmts, m.Clone().Index(results[0]).Op("=").Add(results[1]))...))
	default:
		panic(fmt.Sprintf("guest: unhandled kind %T", k))
	}
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
	i, place := scope.Declare("i"), scope.Declare("at")
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
	i, item, place := scope.Declare("i"), scope.Declare("item"), scope.Declare("at")
	stmts, _ := b.Loop(scope, &op.Blocks[0], jen.Id(place), jen.Id(item))
	if len(stmts) == 0 { // elements of size 0
		return
	}
	first := jen.Id(place).Op(":=").Add(element(at(ptr, op.Offset), i, int(op.Size)))
	b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(item)).Op(":=").Range().Add(value)).
		Block(append([]jen.Code{first}, stmts...)...))
}
