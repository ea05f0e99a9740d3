package host

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// A load reads from a Go slice that begins at the pointer; a store writes to an
// address, which is a number. A View that is stored through stays a number.

// load spells the operations that read memory.
func (s *side) load(b *gogen.Body, op *abi.Op) {
	area := b.Arg(op.Args[0])
	switch op.Code {
	case abi.LoadScalar:
		b.Set(op.Results[0], gogen.Read, s.loadScalar(op, area))
	case abi.LoadCore:
		b.Set(op.Results[0], gogen.Read, little(area, op.Offset, 4))
	case abi.LoadDisc:
		b.Set(op.Results[0], gogen.Read, little(area, op.Offset, op.Size))
	case abi.LoadNamed:
		load := s.g.helper(abi.LoadType, op.Type)
		b.Set(op.Results[0], gogen.Read, jen.Id(load).Call(jen.Id("call"), from(area, op.Offset)))
	default: // abi.LoadFixed
		s.loadFixed(b, op, area)
	}
}

// view checks an area that the guest points to.
func (s *side) view(b *gogen.Body, op *abi.Op) {
	v := op.Results[0]
	size, align := jen.Lit(int(op.Size)), jen.Lit(int(op.Align))
	switch {
	case op == s.viewed: // by the call
	case s.storesTo(v):
		place := slices.Index(s.program.Params, op.Args[0])
		b.Emit(b.SetName(v, b.Local("area")).Op(":=").Add(call("ResultArea", jen.Lit(place), size, align)))
	default:
		area := b.Scope.Pass("area")
		b.Emit(jen.Id(area).Op(":=").Add(call("Area", b.Arg(op.Args[0]), size, align)))
		b.SetName(v, area)
	}
}

// storesTo reports whether a View is stored through, at any depth.
func (s *side) storesTo(v abi.Value) bool {
	var find func(ops []abi.Op) bool
	find = func(ops []abi.Op) bool {
		for i := range ops {
			switch op := &ops[i]; op.Code {
			case abi.StoreScalar, abi.StoreCore, abi.StoreDisc, abi.StoreNamed, abi.StoreFixed:
				if op.Args[0] == v {
					return true
				}
			}
			for _, block := range ops[i].Blocks {
				if find(block.Body) {
					return true
				}
			}
		}
		return false
	}
	return find(s.program.Body)
}

// from spells the part of an area that begins at an offset.
func from(area *jen.Statement, offset uint32) *jen.Statement {
	if offset == 0 {
		return area
	}
	return area.Index(jen.Lit(int(offset)), jen.Empty())
}

// little spells the unsigned number of some bytes at an offset of an area.
func little(area *jen.Statement, offset, size uint32) *jen.Statement {
	switch size {
	case 1:
		return area.Index(jen.Lit(int(offset)))
	case 2:
		return gogen.HostUint16.Qual().Call(from(area, offset))
	case 4:
		return gogen.HostUint32.Qual().Call(from(area, offset))
	case 8:
		return gogen.HostUint64.Qual().Call(from(area, offset))
	default:
		panic(fmt.Sprintf("host: no number has %d bytes", size))
	}
}

// loadScalar spells a scalar in memory.
func (s *side) loadScalar(op *abi.Op, area *jen.Statement) *jen.Statement {
	t := s.g.plan.Resolve.Dealias(op.Type)
	switch t {
	case wit.F32:
		return gogen.HostFloat32.Qual().Call(from(area, op.Offset))
	case wit.F64:
		return gogen.HostFloat64.Qual().Call(from(area, op.Offset))
	}
	bits := little(area, op.Offset, op.Size)
	switch t {
	case wit.Bool:
		return bits.Op("!=").Lit(0)
	case wit.U8, wit.U16, wit.U32, wit.U64:
		return bits
	case wit.S8, wit.S16, wit.S32, wit.S64:
		return s.g.plan.GoType(t).Call(bits)
	case wit.Char:
		return call("LiftChar", bits)
	default:
		if _, ok := s.g.plan.Resolve.Kind(t).(*wit.Enum); ok && op.Size != 4 {
			bits = jen.Uint32().Call(bits)
		}
		return s.liftScalar(op.Type, bits)
	}
}

// liftScalar spells the lifting of char, enums and flags.
func (s *side) liftScalar(t wit.Type, core *jen.Statement) *jen.Statement {
	if s.g.plan.Resolve.Dealias(t) == wit.Char {
		return call("LiftChar", core)
	}
	switch k := s.g.plan.Resolve.Kind(t).(type) {
	case *wit.Enum:
		return s.g.plan.GoType(t).Call(call("LiftEnum", core, jen.Lit(len(k.Cases))))
	case *wit.Flags:
		if n := len(k.Flags); n%8 != 0 || n == 24 {
			core = core.Op("&").Id(fmt.Sprintf("0x%x", uint64(1)<<n-1))
		}
		return s.g.plan.GoType(t).Call(core)
	default:
		panic(fmt.Sprintf("host: unhandled kind %T", k))
	}
}

// lowerScalar spells the lowering of char, enums and flags to 32 bits. It fails the
// call where the host's value is not among theirs; parameters are checked before.
func (s *side) lowerScalar(t wit.Type, value *jen.Statement) *jen.Statement {
	if s.program.Kind == abi.CallExport {
		return jen.Uint32().Call(value)
	}
	if s.g.plan.Resolve.Dealias(t) == wit.Char {
		return call("LowerChar", value)
	}
	switch k := s.g.plan.Resolve.Kind(t).(type) {
	case *wit.Enum:
		return call("LowerEnum", jen.Uint32().Call(value), jen.Lit(len(k.Cases)))
	case *wit.Flags:
		return call("LowerFlags", jen.Uint32().Call(value), jen.Lit(len(k.Flags)))
	default:
		panic(fmt.Sprintf("host: unhandled kind %T", k))
	}
}

// store spells the operations that write memory.
func (s *side) store(b *gogen.Body, op *abi.Op) {
	ptr := b.Arg(op.Args[0])
	switch op.Code {
	case abi.StoreScalar:
		s.storeScalar(b, op, at(ptr, op.Offset))
	case abi.StoreCore:
		b.Emit(call("StoreUint32", at(ptr, op.Offset), b.Arg(op.Args[1])))
	case abi.StoreDisc:
		b.Emit(call(fmt.Sprintf("StoreUint%d", 8*op.Size), at(ptr, op.Offset), jen.Lit(int(op.Imm))))
	case abi.StoreNamed:
		store := s.g.helper(abi.StoreType, op.Type)
		b.Emit(jen.Id(store).Call(jen.Id("call"), at(ptr, op.Offset), b.Arg(op.Args[1])))
	default: // abi.StoreFixed
		s.storeFixed(b, op, ptr)
	}
}

// StoreCase implements gogen.Side.
func (s *side) StoreCase(b *gogen.Body, op, store *abi.Op, yes *jen.Statement) *jen.Statement {
	method := "StoreOK"
	if _, ok := s.g.plan.Resolve.Kind(op.Type).(*wit.Option); ok {
		method = "StoreSome"
	}
	return call(method, at(b.Arg(store.Args[0]), store.Offset), yes)
}

// Case implements gogen.Side.
func (s *side) Case(b *gogen.Body, op *abi.Op) *jen.Statement {
	method := "OK"
	if _, ok := s.g.plan.Resolve.Kind(op.Type).(*wit.Option); ok {
		method = "Some"
	}
	disc := op.Args[0]
	if def := b.Def(disc); def != nil && def.Code == abi.LoadDisc {
		return call("Load"+method, b.Arg(disc))
	}
	return call("Lift"+method, b.Arg(disc))
}

// at spells a pointer at an offset of another.
func at(ptr *jen.Statement, offset uint32) *jen.Statement {
	if offset == 0 {
		return ptr
	}
	return ptr.Op("+").Lit(int(offset))
}

// storeScalar spells the store of a scalar.
func (s *side) storeScalar(b *gogen.Body, op *abi.Op, ptr *jen.Statement) {
	value := b.Arg(op.Args[1])
	store := fmt.Sprintf("StoreUint%d", 8*op.Size)
	switch t := s.g.plan.Resolve.Dealias(op.Type); t {
	case wit.Bool:
		store = "StoreBool"
	case wit.U8, wit.U16, wit.U32, wit.U64:
	case wit.S8, wit.S16, wit.S32, wit.S64:
		value = jen.Id(fmt.Sprintf("uint%d", 8*op.Size)).Call(value)
	case wit.F32:
		store = "StoreFloat32"
	case wit.F64:
		store = "StoreFloat64"
	default: // char, enum, flags
		value = s.lowerScalar(op.Type, value)
		if op.Size != 4 {
			value = jen.Id(fmt.Sprintf("uint%d", 8*op.Size)).Call(value)
		}
	}
	b.Emit(call(store, ptr, value))
}
