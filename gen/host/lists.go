package host

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// lowerList spells the lowering of strings, lists and maps to new memory.
func (s *side) lowerList(b *gogen.Body, op *abi.Op) {
	value := b.PlainArg(op.Args[0])
	if op.Code == abi.LowerString || op.Bulk {
		lower := call("LowerString", value)
		if op.Bulk {
			lower = gogen.HostLowerNums.Qual().Call(jen.Id("call"), value)
		}
		names := make([]jen.Code, 2)
		for i, v := range op.Results {
			names[i] = b.Define(v)
		}
		b.Emit(jen.List(names...).Op(":=").Add(lower))
		return
	}
	ptr := b.Define(op.Results[0])
	b.Emit(ptr.Clone().Op(":=").Add(call("LowerList", jen.Len(value.Clone()), jen.Lit(int(op.Size)), jen.Lit(int(op.Align)))))
	b.Set(op.Results[1], gogen.Pure, jen.Uint32().Call(jen.Len(value.Clone())))

	scope := b.Scope.Inner()
	i, block := scope.Declare("i"), &op.Blocks[0]
	at := scope.Declare("at")
	place := jen.Id(at).Op(":=").Add(ptr.Clone()).Op("+").Uint32().Call(jen.Id(i)).Op("*").Lit(int(op.Size))
	if op.Code == abi.LowerMap {
		key := scope.Declare("key")
		stmts, _ := b.Loop(scope, block, jen.Id(at), jen.Id(key), value.Clone().Index(jen.Id(key)))
		sorted := gogen.HostSortedKeys
		if s.g.plan.Resolve.Dealias(s.g.plan.Resolve.Kind(op.Type).(*wit.Map).Key) == wit.Bool {
			sorted = gogen.HostSortedBools
		}
		b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(key)).Op(":=").Range().Add(sorted.Qual().Call(value.Clone()))).
			Block(append([]jen.Code{place}, stmts...)...))
		return
	}
	item := scope.Declare("item")
	stmts, _ := b.Loop(scope, block, jen.Id(at), jen.Id(item))
	if len(stmts) == 0 { // elements of size 0
		return
	}
	b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(item)).Op(":=").Range().Add(value.Clone())).
		Block(append([]jen.Code{place}, stmts...)...))
}

// liftList spells the lifting of strings, lists and maps.
func (s *side) liftList(b *gogen.Body, op *abi.Op) {
	ptr, n := b.Arg(op.Args[0]), b.Arg(op.Args[1])
	v := op.Results[0]
	if op.Code == abi.LiftString {
		b.Set(v, gogen.Read, call("LiftString", ptr, n))
		return
	}
	size, align := jen.Lit(int(op.Size)), jen.Lit(int(op.Align))
	args := []jen.Code{jen.Id("call"), ptr, n, size, align}
	scope := b.Scope.Inner()
	switch k := s.g.plan.Resolve.Kind(op.Type).(type) {
	case *wit.List:
		element := s.g.plan.GoType(k.Type)
		if op.Bulk {
			b.Set(v, gogen.Read, gogen.HostLiftNumbers.Qual().Types(element).Call(jen.Id("call"), ptr, n))
			return
		}
		if op.Size == 0 {
			list := b.Define(v)
			b.Emit(jen.List(jen.Id("_"), list).Op(":=").Add(gogen.HostLiftList.Qual().Types(element).Call(args...)))
			return
		}
		region := b.Local("region")
		list := b.Define(v)
		b.Emit(jen.List(jen.Id(region), list).Op(":=").Add(gogen.HostLiftList.Qual().Types(element).Call(args...)))
		i, item := scope.Declare("i"), scope.Declare("item")
		stmts, results := b.Loop(scope, &op.Blocks[0], jen.Id(item))
		stmts = append([]jen.Code{jen.Id(item).Op(":=").Id(region).Index(jen.Id(i).Op("*").Lit(int(op.Size)), jen.Empty())}, stmts...)
		b.Emit(jen.For(jen.Id(i).Op(":=").Range().Add(list.Clone())).Block(append(stmts, list.Clone().Index(jen.Id(i)).Op("=").Add(results[0]))...))
	case *wit.Map:
		region := b.Local("region")
		m := b.Define(v)
		b.Emit(jen.List(jen.Id(region), m).Op(":=").Add(gogen.HostLiftMap.Qual().Types(s.g.plan.GoType(k.Key), s.g.plan.GoType(k.Value)).Call(args...)))
		item := scope.Declare("item")
		stmts, results := b.Loop(scope, &op.Blocks[0], jen.Id(item))
		b.Emit(jen.For(jen.Id(item).Op(":=").Range().Qual("slices", "Chunk").Call(jen.Id(region), size.Clone())).
			Block(append(stmts, m.Clone().Index(results[0]).Op("=").Add(results[1]))...))
	default:
		panic(fmt.Sprintf("host: unhandled kind %T", k))
	}
}

// loadFixed spells the loading of a list<T, N>.
func (s *side) loadFixed(b *gogen.Body, op *abi.Op, area *jen.Statement) {
	list := b.Define(op.Results[0])
	b.Emit(jen.Var().Add(list.Clone()).Add(s.g.plan.GoType(b.Type(op.Results[0]))))
	if op.Size == 0 {
		return
	}
	if op.Bulk {
		b.Emit(gogen.HostLiftArray.Qual().Call(list.Clone().Index(jen.Empty(), jen.Empty()), from(area, op.Offset)))
		return
	}
	scope := b.Scope.Inner()
	i, item := scope.Declare("i"), scope.Declare("item")
	stmts, results := b.Loop(scope, &op.Blocks[0], jen.Id(item))
	stmts = append([]jen.Code{jen.Id(item).Op(":=").Add(area).Index(plus(op.Offset, jen.Id(i).Op("*").Lit(int(op.Size))), jen.Empty())}, stmts...)
	b.Emit(jen.For(jen.Id(i).Op(":=").Range().Add(list.Clone())).Block(append(stmts, list.Clone().Index(jen.Id(i)).Op("=").Add(results[0]))...))
}

func plus(offset uint32, index *jen.Statement) *jen.Statement {
	if offset == 0 {
		return index
	}
	return jen.Lit(int(offset)).Op("+").Add(index)
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
	scope := b.Scope.Inner()
	i, item, place := scope.Declare("i"), scope.Declare("item"), scope.Declare("at")
	stmts, _ := b.Loop(scope, &op.Blocks[0], jen.Id(place), jen.Id(item))
	if len(stmts) == 0 { // elements of size 0
		return
	}
	stmts = append([]jen.Code{jen.Id(place).Op(":=").Add(at(ptr, op.Offset)).Op("+").Uint32().Call(jen.Id(i)).Op("*").Lit(int(op.Size))}, stmts...)
	b.Emit(jen.For(jen.List(jen.Id(i), jen.Id(item)).Op(":=").Range().Add(value)).Block(stmts...))
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
		b.Set(op.Results[0], gogen.Read, call("LowerOwn", number, arg))
	case abi.LowerBorrow:
		lower := "LowerBorrow"
		if s.f != nil && s.f.Kind == wit.Method && op.Args[0] == s.program.Params[0] {
			lower, arg = "LowerSelf", arg.Dot("Handle")
		}
		b.Set(op.Results[0], gogen.Read, call(lower, number, arg))
	case abi.LiftOwn:
		b.Set(op.Results[0], gogen.Read, gogen.HostLiftOwn.Qual().Types(lifted).Call(jen.Id("call"), number, arg))
	default: // abi.LiftBorrow
		b.Set(op.Results[0], gogen.Read, gogen.HostLiftBorrow.Qual().Types(lifted).Call(jen.Id("call"), number, arg))
	}
}
