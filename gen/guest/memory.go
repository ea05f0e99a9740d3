package guest

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// lowerScalar spells the lowering of char, enums and flags to 32 bits.
func (s *side) lowerScalar(t wit.Type, value *jen.Statement) *jen.Statement {
	if s.g.plan.Resolve.Dealias(t) == wit.Char {
		return gogen.GuestLowerChar.Qual().Call(value)
	}
	return jen.Uint32().Call(s.checked(t, value))
}

// checked spells an enum or flags value to lower: it panics for a number that is not a
// value of the type. A type of which every number is a value needs no check.
func (s *side) checked(t wit.Type, value *jen.Statement) *jen.Statement {
	switch k := s.g.plan.Resolve.Kind(t).(type) {
	case *wit.Enum:
		if n := len(k.Cases); n != 1<<8 && n != 1<<16 {
			return gogen.GuestLowerEnum.Qual().Call(value, jen.Lit(n), jen.Lit(s.g.goName(t)))
		}
	case *wit.Flags:
		if n := len(k.Flags); n != 8 && n != 16 && n != 32 {
			return gogen.GuestLowerFlags.Qual().Call(value, hex(uint64(1)<<n-1), jen.Lit(s.g.goName(t)))
		}
	default:
		panic(fmt.Sprintf("guest: unhandled kind %T", k))
	}
	return value
}

func hex(n uint64) *jen.Statement { return jen.Id(fmt.Sprintf("%#x", n)) }

// load spells the operations that read memory.
func (s *side) load(b *gogen.Body, op *abi.Op) {
	v, ptr, offset := op.Results[0], b.Arg(op.Args[0]), jen.Lit(int(op.Offset))
	switch op.Code {
	case abi.LoadScalar:
		if s.g.plan.Resolve.Dealias(op.Type) == wit.Bool {
			b.Set(v, gogen.Read, gogen.GuestLoadBool.Qual().Call(ptr, offset))
			return
		}
		goType := s.g.plan.GoType(op.Type)
		switch s.g.plan.Resolve.Kind(op.Type).(type) {
		case *wit.Enum, *wit.Flags: // one Load for all of a size
			b.Set(v, gogen.Read, goType.Call(load(unsigned(op.Size), ptr, offset)))
		default:
			b.Set(v, gogen.Read, load(goType, ptr, offset))
		}
	case abi.LoadCore:
		b.Set(v, gogen.Read, load(jen.Uint32(), ptr, offset))
	case abi.LoadDisc:
		b.Set(v, gogen.Read, load(unsigned(op.Size), ptr, offset))
	case abi.LoadNamed:
		b.Set(v, gogen.Read, s.named(abi.LoadType, op.Type, at(ptr, op.Offset)))
	default: // abi.LoadFixed
		s.loadFixed(b, op, ptr)
	}
}

// load spells the number of a type at an offset.
func load(t, ptr, offset jen.Code) *jen.Statement {
	return gogen.GuestLoad.Qual().Types(t).Call(ptr, offset)
}

// unsigned is the Go type of a number of some bytes.
func unsigned(size uint32) *jen.Statement { return jen.Id(fmt.Sprintf("uint%d", 8*size)) }

// store spells the operations that write memory.
func (s *side) store(b *gogen.Body, op *abi.Op) {
	ptr, offset := b.Arg(op.Args[0]), jen.Lit(int(op.Offset))
	switch op.Code {
	case abi.StoreScalar:
		s.storeScalar(b, op, ptr)
	case abi.StoreCore:
		b.Emit(gogen.GuestStore.Qual().Call(ptr, offset, b.Arg(op.Args[1])))
	case abi.StoreDisc:
		b.Emit(gogen.GuestStore.Qual().Call(ptr, offset, unsigned(op.Size).Call(jen.Lit(int(op.Imm)))))
	case abi.StoreNamed:
		b.Emit(s.named(abi.StoreType, op.Type, at(ptr, op.Offset), b.Arg(op.Args[1])))
	default: // abi.StoreFixed
		s.storeFixed(b, op, ptr)
	}
}

// Case implements gogen.Side.
func (s *side) Case(b *gogen.Body, op *abi.Op) *jen.Statement {
	lift, load := gogen.GuestLiftOK, gogen.GuestLoadOK
	if _, ok := s.g.plan.Resolve.Kind(op.Type).(*wit.Option); ok {
		lift, load = gogen.GuestLiftSome, gogen.GuestLoadSome
	}
	disc := b.Arg(op.Args[0])
	if def := b.Def(op.Args[0]); def != nil && def.Code == abi.LoadDisc {
		return load.Qual().Call(b.Arg(def.Args[0]), jen.Lit(int(def.Offset)))
	}
	return lift.Qual().Call(disc)
}

// StoreCase implements gogen.Side.
func (s *side) StoreCase(b *gogen.Body, op, store *abi.Op, yes *jen.Statement) *jen.Statement {
	by := gogen.GuestStoreOK
	if _, ok := s.g.plan.Resolve.Kind(op.Type).(*wit.Option); ok {
		by = gogen.GuestStoreSome
	}
	return by.Qual().Call(b.Arg(store.Args[0]), jen.Lit(int(store.Offset)), yes)
}

// storeScalar spells the store of a scalar.
func (s *side) storeScalar(b *gogen.Body, op *abi.Op, ptr jen.Code) {
	offset, value := jen.Lit(int(op.Offset)), b.Arg(op.Args[1])
	store := gogen.GuestStore
	switch t := s.g.plan.Resolve.Dealias(op.Type).(type) {
	case wit.Prim:
		switch t {
		case wit.Bool:
			store = gogen.GuestStoreBool
		case wit.Char:
			value = gogen.GuestLowerChar.Qual().Call(value)
		}
	default: // one Store for all of a size
		value = unsigned(op.Size).Call(s.checked(t, value))
	}
	b.Emit(store.Qual().Call(ptr, offset, value))
}

// at spells a pointer at an offset of another.
func at(ptr *jen.Statement, offset uint32) *jen.Statement {
	if offset == 0 {
		return ptr
	}
	return gogen.GuestAt.Qual().Call(ptr, jen.Lit(int(offset)))
}
