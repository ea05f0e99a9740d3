package interp_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/interp"
	"github.com/witgen/witgen/wit"
)

// What one side lowers, the other lifts to the same: parameters and results of
// random functions, through exports and imports.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newTypes()
		f := m.function(t)
		a := abi.New(m.Resolve)
		if _, _, ok := a.TooLarge(f); ok {
			t.Skip("too large")
		}
		args := make([]interp.Value, len(f.Params))
		for i, p := range f.Params {
			args[i] = m.value(t, p.Type)
		}
		var result interp.Value
		if f.Result != nil {
			result = m.value(t, f.Result)
		}
		pairs := []struct{ caller, callee abi.Kind }{
			{abi.CallExport, abi.HandleExport},
			{abi.CallImport, abi.HandleImport},
		}
		for _, pair := range pairs {
			shared := &guest{memory: make([]byte, 1<<20), next: 8, handles: map[uint32]interp.Value{}}
			caller, callee := shared.machine(a), shared.machine(a)
			caller.Core = func(cores []uint64) ([]uint64, error) { return callee.Handle(program(t, a, pair.callee, f), cores) }
			callee.Implementation = func(got []interp.Value) (interp.Value, error) {
				if diff := cmp.Diff(args, got); diff != "" {
					t.Fatalf("%s: parameters (-lowered +lifted):\n%s", pair.caller, diff)
				}
				return result, nil
			}
			got, err := caller.Call(program(t, a, pair.caller, f), args)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(result, got); diff != "" {
				t.Fatalf("%s: result (-lowered +lifted):\n%s", pair.caller, diff)
			}
		}
	})
}

func program(t *rapid.T, a *abi.ABI, kind abi.Kind, f *wit.Function) *abi.Program {
	p := a.Program(kind, f)
	if err := a.Verify(p); err != nil {
		t.Fatal(err)
	}
	for _, id := range a.NamedIn(p) {
		for _, kind := range a.TypeKinds(id) {
			if err := a.Verify(a.TypeProgram(kind, id)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p
}

var errNoHandle = errors.New("no such handle")

// guest is a memory, its realloc and its handles.
type guest struct {
	memory  []byte
	next    uint32
	handles map[uint32]interp.Value
}

func (g *guest) machine(a *abi.ABI) *interp.Machine {
	return &interp.Machine{ABI: a, Memory: func() []byte { return g.memory }, Realloc: g.realloc, Handles: g}
}

func (g *guest) realloc(align, size uint32) (uint32, error) {
	ptr := (g.next + align - 1) &^ (align - 1)
	if uint64(ptr)+uint64(size) > uint64(len(g.memory)) {
		return 0, errors.New("out of memory")
	}
	g.next = ptr + size
	return ptr, nil
}

func (g *guest) Lower(_ wit.Type, v interp.Value) (uint32, error) {
	handle := uint32(len(g.handles) + 1)
	g.handles[handle] = v
	return handle, nil
}

func (g *guest) Lift(_ wit.Type, handle uint32) (interp.Value, error) {
	v, ok := g.handles[handle]
	if !ok {
		return nil, errNoHandle
	}
	return v, nil
}

// types makes random types and values of them.
type types struct {
	*wit.Resolve
	resource wit.TypeID
}

func newTypes() *types {
	m := &types{Resolve: new(wit.Resolve)}
	m.resource = m.add("res", &wit.Resource{})
	return m
}

func (m *types) add(name string, k wit.Kind) wit.TypeID {
	m.Types = append(m.Types, &wit.TypeDef{Name: name, Kind: k})
	return wit.TypeID(len(m.Types) - 1)
}

func (m *types) function(t *rapid.T) *wit.Function {
	f := &wit.Function{Name: "f", Resource: -1}
	for i := range rapid.IntRange(0, 5).Draw(t, "params") {
		f.Params = append(f.Params, wit.Param{Name: fmt.Sprintf("p%d", i), Type: m.random(t, 4)})
	}
	f.Result = m.optional(t, 4)
	return f
}

func (m *types) optional(t *rapid.T, depth int) wit.Type {
	if rapid.Bool().Draw(t, "absent") {
		return nil
	}
	return m.random(t, depth)
}

func (m *types) some(t *rapid.T, depth int) []wit.Type {
	list := make([]wit.Type, rapid.IntRange(1, 5).Draw(t, "parts"))
	for i := range list {
		list[i] = m.random(t, depth)
	}
	return list
}

func (m *types) random(t *rapid.T, depth int) wit.Type {
	kinds := 17
	if depth == 0 {
		kinds = 5
	}
	kind := rapid.IntRange(0, kinds-1).Draw(t, "kind")
	name := fmt.Sprintf("t%d", len(m.Types))
	switch kind {
	case 0, 1:
		return wit.Prim(rapid.IntRange(0, int(wit.String)).Draw(t, "prim"))
	case 2:
		return m.add(name, &wit.Enum{Cases: make([]wit.Label, rapid.SampledFrom([]int{1, 2, 256, 257, 65536, 65537}).Draw(t, "cases"))})
	case 3:
		return m.add(name, &wit.Flags{Flags: make([]wit.Label, rapid.IntRange(1, 32).Draw(t, "flags"))})
	case 4:
		if rapid.Bool().Draw(t, "own") {
			return m.add("", &wit.Own{Resource: m.resource})
		}
		return m.add("", &wit.Borrow{Resource: m.resource})
	case 5:
		return m.add(name, &wit.Alias{Type: m.random(t, depth-1)})
	case 6, 7:
		r := &wit.Record{}
		for i, f := range m.some(t, depth-1) {
			r.Fields = append(r.Fields, wit.Field{Name: fmt.Sprintf("f%d", i), Type: f})
		}
		return m.add(name, r)
	case 8, 9:
		v := &wit.Variant{}
		for range rapid.SampledFrom([]int{1, 2, 3, 5, 300}).Draw(t, "cases") {
			v.Cases = append(v.Cases, wit.Case{Name: "c"})
		}
		for i := range v.Cases[:min(5, len(v.Cases))] {
			v.Cases[i].Type = m.optional(t, depth-1)
		}
		return m.add(name, v)
	case 10:
		return m.add("", &wit.Tuple{Types: m.some(t, depth-1)})
	case 11:
		return m.add("", &wit.Option{Type: m.random(t, depth-1)})
	case 12:
		return m.add("", &wit.Result{OK: m.optional(t, depth-1), Err: m.optional(t, depth-1)})
	case 13, 14:
		return m.add("", &wit.List{Type: m.random(t, depth-1)})
	case 15:
		return m.add("", &wit.FixedList{Type: m.random(t, depth-1), Size: rapid.Uint32Range(1, 4).Draw(t, "size")})
	default:
		return m.add("", &wit.Map{Key: wit.Prim(rapid.IntRange(0, int(wit.String)).Draw(t, "key")), Value: m.random(t, depth-1)})
	}
}

// value draws a value of type t.
func (m *types) value(t *rapid.T, typ wit.Type) interp.Value {
	switch k := m.Kind(typ).(type) {
	case nil:
		return primValue(t, m.Dealias(typ).(wit.Prim))
	case *wit.Enum:
		return interp.Case{Index: rapid.IntRange(0, len(k.Cases)-1).Draw(t, "case")}
	case *wit.Flags:
		return interp.Flags(rapid.Uint64Range(0, 1<<len(k.Flags)-1).Draw(t, "flags"))
	case *wit.Own, *wit.Borrow:
		return rapid.Int().Draw(t, "resource")
	case *wit.Record:
		list := make([]interp.Value, len(k.Fields))
		for i, f := range k.Fields {
			list[i] = m.value(t, f.Type)
		}
		return list
	case *wit.Tuple:
		list := make([]interp.Value, len(k.Types))
		for i, f := range k.Types {
			list[i] = m.value(t, f)
		}
		return list
	case *wit.Variant:
		payloads := make([]wit.Type, len(k.Cases))
		for i, c := range k.Cases {
			payloads[i] = c.Type
		}
		return m.caseValue(t, payloads...)
	case *wit.Option:
		return m.caseValue(t, nil, k.Type)
	case *wit.Result:
		return m.caseValue(t, k.OK, k.Err)
	case *wit.List:
		return m.listValue(t, rapid.IntRange(0, 3).Draw(t, "length"), k.Type)
	case *wit.FixedList:
		return m.listValue(t, int(k.Size), k.Type)
	case *wit.Map:
		list := make([]interp.Value, rapid.IntRange(0, 3).Draw(t, "length"))
		for i := range list {
			list[i] = []interp.Value{m.value(t, k.Key), m.value(t, k.Value)}
		}
		return list
	default:
		panic(fmt.Sprintf("unhandled kind %T", k))
	}
}

func (m *types) listValue(t *rapid.T, n int, elem wit.Type) interp.Value {
	list := make([]interp.Value, n)
	for i := range list {
		list[i] = m.value(t, elem)
	}
	return list
}

func (m *types) caseValue(t *rapid.T, payloads ...wit.Type) interp.Value {
	c := interp.Case{Index: rapid.IntRange(0, len(payloads)-1).Draw(t, "case")}
	if payloads[c.Index] != nil {
		c.Payload = m.value(t, payloads[c.Index])
	}
	return c
}

func primValue(t *rapid.T, p wit.Prim) interp.Value {
	switch p {
	case wit.Bool:
		return rapid.Bool().Draw(t, "bool")
	case wit.U8:
		return uint64(rapid.Uint8().Draw(t, "u8"))
	case wit.U16:
		return uint64(rapid.Uint16().Draw(t, "u16"))
	case wit.U32:
		return uint64(rapid.Uint32().Draw(t, "u32"))
	case wit.U64:
		return rapid.Uint64().Draw(t, "u64")
	case wit.S8:
		return int64(rapid.Int8().Draw(t, "s8"))
	case wit.S16:
		return int64(rapid.Int16().Draw(t, "s16"))
	case wit.S32:
		return int64(rapid.Int32().Draw(t, "s32"))
	case wit.S64:
		return rapid.Int64().Draw(t, "s64")
	case wit.F32:
		f := rapid.Uint32().Draw(t, "f32")
		if f&0x7f800000 == 0x7f800000 {
			f = 0x7fc00000 // of all NaNs, the one that crosses unchanged
		}
		return interp.F32(f)
	case wit.F64:
		f := rapid.Uint64().Draw(t, "f64")
		if f&0x7ff<<52 == 0x7ff<<52 {
			f = 0x7ff8 << 48
		}
		return interp.F64(f)
	case wit.Char:
		return rapid.Rune().Draw(t, "char")
	case wit.String:
		return rapid.String().Draw(t, "string")
	default:
		panic(fmt.Sprintf("unhandled primitive type %s", p))
	}
}

// Whatever a guest hands over, lifting ends in a value or a trap.
func TestLiftAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newTypes()
		f := m.function(t)
		a := abi.New(m.Resolve)
		if _, _, ok := a.TooLarge(f); ok {
			t.Skip("too large")
		}
		g := &guest{memory: make([]byte, 256), handles: map[uint32]interp.Value{1: "one"}}
		for i := range g.memory {
			g.memory[i] = rapid.SampledFrom([]byte{0, 1, 2, 8, 16, 64, 0x80, 0xff}).Draw(t, "byte")
		}
		machine := g.machine(a)
		entered := false
		machine.Implementation = func([]interp.Value) (interp.Value, error) {
			entered = true
			return nil, errors.New("entered")
		}
		p := a.Program(abi.HandleExport, f)
		cores := make([]uint64, len(p.Params))
		for i := range cores {
			cores[i] = rapid.SampledFrom([]uint64{0, 1, 2, 8, 16, 64, 248, 256, 1 << 28, 1<<32 - 1, 1<<64 - 1}).Draw(t, "core")
		}
		_, err := machine.Handle(p, cores)
		if trap := new(interp.Trap); !entered && !errors.As(err, &trap) && !errors.Is(err, errNoHandle) {
			t.Fatal(err)
		}
	})
}
