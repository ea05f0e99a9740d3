package maker_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/testing/witrand"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/link"
	"github.com/witgen/witgen/parser/resolve"
)

// oddGuest makes core modules that nearly fit a world.
type oddGuest struct {
	*rand.Rand
	// odds is one in how many things is changed.
	odds     int
	adapters []component.Adapter
}

func (g *oddGuest) odd() bool { return g.IntN(g.odds) == 0 }

// sig changes a signature, or leaves it.
func (g *oddGuest) sig(s abi.Signature) abi.Signature {
	if !g.odd() {
		return s
	}
	core := abi.Core(g.IntN(4))
	switch g.IntN(4) {
	case 0:
		s.Params = append(s.Params[:len(s.Params):len(s.Params)], core)
	case 1:
		s.Results = []abi.Core{core}
	case 2:
		s.Results = nil
	default:
		s.Params = s.Params[:len(s.Params)/2]
	}
	return s
}

// name changes a name, or leaves it.
func (g *oddGuest) name(s string) string {
	if !g.odd() {
		return s
	}
	switch g.IntN(4) {
	case 0:
		return s + "x"
	case 1:
		return ""
	case 2:
		return strings.Replace(s, "[", "[[", 1)
	default:
		return strings.Replace(s, "/", "#", 1)
	}
}

func coreTypesOf(list []abi.Core) []wasm.ValType {
	out := make([]wasm.ValType, len(list))
	for i, c := range list {
		out[i] = [...]wasm.ValType{abi.I32: wasm.I32, abi.I64: wasm.I64, abi.F32: wasm.F32, abi.F64: wasm.F64}[c]
	}
	return out
}

// module makes a core module with functions that trap.
func (g *oddGuest) module(imports, exports []comptest.CoreFuncDef, memory wasm.Limits) []byte {
	var m wasm.Module
	typ := func(s abi.Signature) uint32 {
		return m.Type(wasm.FuncType(coreTypesOf(s.Params), coreTypesOf(s.Results)))
	}
	for _, f := range imports {
		if g.odd() {
			continue
		}
		t := wasm.Extern{Kind: wasm.FuncKind, Func: typ(g.sig(f.Sig))}
		if g.odd() {
			t = wasm.Extern{Kind: wasm.GlobalKind, Global: wasm.Global{Type: wasm.I32}}
		}
		for range 1 + g.IntN(g.odds)/(g.odds-1) { // now and then twice
			m.Import(wasm.Import{Module: g.name(f.Module), Name: g.name(f.Name), Type: t})
		}
	}
	for _, f := range g.adapters {
		if g.odd() {
			m.Import(wasm.Import{Module: f.Name, Name: "touch", Type: wasm.Extern{Kind: wasm.FuncKind, Func: typ(g.sig(abi.Signature{Results: i32}))}})
		}
	}
	names := make(map[string]bool)
	for _, f := range exports {
		name := g.name(f.Name)
		if g.odd() || names[name] {
			continue
		}
		names[name] = true
		if g.odd() {
			m.Export(name, wasm.GlobalKind, m.Global(wasm.Global{Type: wasm.I32}, wasm.I32Const(0)))
			continue
		}
		m.Export(name, wasm.FuncKind, m.Func(typ(g.sig(f.Sig)), nil, wasm.I(wasm.OpUnreachable)))
	}
	if !g.odd() {
		index := m.Memory(memory)
		if !names["memory"] {
			m.Export("memory", wasm.MemoryKind, index)
		}
	}
	return m.Bytes()
}

// TestNewIsValid: what New writes is valid, code included, and what it refuses it refuses
// with a reason, whatever a core module is like.
func TestNewIsValid(t *testing.T) {
	made, refused := 0, 0
	memories := []wasm.Limits{{Min: 1}, {Min: 1}, {Min: 1, Max: 2, HasMax: true}, {Min: 1, Addr64: true}, {Min: 1, Max: 2, HasMax: true, Shared: true}}
	for seed := range uint64(60) {
		res, err := resolve.Source("random.wit", witrand.File(seed, witrand.Synchronous(1)), resolve.Options{AllFeatures: true})
		if err != nil {
			continue // A world uses an interface in ways that do not go together.
		}
		r, pkg := res.Resolve, res.Main
		worlds := r.Packages[pkg].Worlds
		for n, id := range worlds {
			for round := range uint64(4) {
				g := &oddGuest{Rand: rand.New(rand.NewPCG(seed, round)), odds: []int{1 << 30, 100, 30, 8}[round]}
				g.adapters = []component.Adapter{{Name: "old", Wasm: stackAdapter(t, seed%2 == 0)}}
				if other := worlds[(n+1)%len(worlds)]; round%2 == 0 && other != id {
					imports, exports := (&comptest.Guest{R: r, World: r.Worlds[other]}).Functions()
					wasm, err := component.Embed((&oddGuest{Rand: g.Rand, odds: g.odds}).module(imports, append(exports, comptest.CoreFuncDef{Name: "touch", Sig: abi.Signature{Results: i32}}), memories[0]), r, other, component.UTF8)
					if err != nil {
						t.Fatal(err)
					}
					g.adapters = append(g.adapters, component.Adapter{Name: "other", Wasm: wasm})
				}
				imports, exports := (&comptest.Guest{R: r, World: r.Worlds[id]}).Functions()
				core, err := component.Embed(g.module(imports, exports, memories[g.IntN(len(memories))]), r, id, binary.OptionKind(g.IntN(3)))
				if err != nil {
					t.Fatal(err)
				}
				wasm, err := component.New(core, component.NewOptions{Adapters: g.adapters})
				if err != nil {
					if strings.Contains(err.Error(), "the component that was made is not valid") {
						t.Errorf("seed %d, world %q, round %d: %v", seed, r.Worlds[id].Name, round, err)
					}
					refused++
					continue
				}
				made++
				c, err := binary.Decode(wasm)
				if err == nil {
					err = component.Validate(c)
				}
				if err == nil {
					_, err = link.CheckCode(t.Context(), wasm)
				}
				if err != nil {
					t.Fatalf("seed %d, world %q, round %d: the component is not valid: %v", seed, r.Worlds[id].Name, round, err)
				}
			}
		}
	}
	if made < 50 || refused < 50 {
		t.Errorf("%d components were made, and %d refused", made, refused)
	}
}
