package meter

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// customs returns the custom sections of a module, and the names in its name section by subsection.
func customs(t *testing.T, in []byte) (names []string, nameSection []subsection) {
	t.Helper()
	for s := range core.NewCursor(in, 0).Sections() {
		if s.ID != core.CustomSection {
			continue
		}
		name := s.Custom()
		names = append(names, name)
		if name == "name" {
			var ok bool
			if nameSection, ok = readNames(s.Content); !ok {
				t.Fatal("the name section is malformed")
			}
		}
	}
	return names, nameSection
}

func readAssocs(s subsection) map[uint32]string {
	all := map[uint32]string{}
	core.NewCursor(s.data, 0).NameMap(func(index uint32, name string) { all[index] = name })
	return all
}

// TestNames: names stay, and what is added has names too.
func TestNames(t *testing.T) {
	nameMap := func(pairs ...any) []byte {
		var items [][]byte
		for i := 0; i < len(pairs); i += 2 {
			items = append(items, seq(u(uint32(pairs[i].(int))), str(pairs[i+1].(string))))
		}
		return vec(items...)
	}
	sub := func(id byte, content []byte) []byte { return append([]byte{id}, sized(content)...) }
	module := func(names []byte) []byte {
		return wasm(
			sec(1, vec(sig("", ""))), sec(3, vec(u(0))), sec(6, vec(seq([]byte{typeI64, 1}, i64(0), []byte{opcodeEnd}))),
			sec(10, vec(body(""))), custom("name", names),
		)
	}
	in := module(seq(
		sub(0, str("module")), sub(1, nameMap(0, "run")), sub(2, vec(seq(u(0), nameMap(0, "x")))), sub(3, vec(seq(u(0), nameMap(0, "label")))),
		sub(7, nameMap(0, "counter")), sub(9, nameMap(0, "data")),
	))
	out := mustRewrite(t, in, Config{}).Wasm
	_, subs := customs(t, out)
	var ids []byte
	for _, s := range subs {
		ids = append(ids, s.id)
		switch s.id {
		case core.NamesOfFunctions:
			if got := readAssocs(s); got[0] != "run" || got[1] != "!meter/refill" || len(got) != 2 {
				t.Errorf("functions %v", got)
			}
		case core.NamesOfGlobals:
			if got := readAssocs(s); got[0] != "counter" || got[1] != "!meter/slice" || len(got) != 1+globalCount {
				t.Errorf("globals %v", got)
			}
		}
	}
	if !slices.Equal(ids, []byte{0, 1, 2, 7, 9}) {
		t.Errorf("subsections %v", ids)
	}

	// A malformed section is replaced: this one makes wazero allocate 60 GB.
	_, subs = customs(t, mustRewrite(t, module(sub(1, u(1<<32-1))), Config{}).Wasm)
	if len(subs) != 2 || len(readAssocs(subs[0])) != 1 {
		t.Errorf("subsections %v of a malformed section", subs)
	}
	// Without one, the added names are there.
	_, subs = customs(t, mustRewrite(t, functions(1, nil), Config{}).Wasm)
	if len(subs) != 2 {
		t.Errorf("subsections %v of no section", subs)
	}
}

// TestTrapNamesTheGuest: the stack of a trap shows the guest's own function.
func TestTrapNamesTheGuest(t *testing.T) {
	in := append(endless["loop"], custom("name", seq([]byte{core.NamesOfFunctions}, sized(vec(seq(u(0), str("spin"))))))...)
	mod, c := metered(t, newRuntime(t), in, Config{})
	c.SetFuel(10)
	_, err := mod.ExportedFunction("run").Call(context.Background(), 0)
	if err == nil || !strings.Contains(err.Error(), ".!meter/refill()") || !strings.Contains(err.Error(), ".spin(i32)") {
		t.Errorf("error %v", err)
	}
}

// TestCustomSections: sections with offsets into the code go, the others stay in their places.
func TestCustomSections(t *testing.T) {
	var sections [][]byte
	for _, name := range []string{"producers", ".debug_info", ".debug_line", "sourceMappingURL", "external_debug_info", "linking", "reloc.CODE", "metadata.code.branch_hint", "target_features", "component-type:x"} {
		sections = append(sections, custom(name, []byte{1, 2, 3}))
	}
	in := wasm(append(sections[:4:4], append([][]byte{sec(1, vec())}, sections[4:]...)...)...)
	names, _ := customs(t, mustRewrite(t, in, Config{}).Wasm)
	if want := []string{"producers", "target_features", "component-type:x", "name"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

// TestEmptyModule: a module with nothing in it can be metered, and one that only imports.
func TestEmptyModule(t *testing.T) {
	r := newRuntime(t)
	mod, c := metered(t, r, wasm(), Config{Stack: true})
	if c.Fuel() != Unlimited || globalValue(mod, "!meter/cause") != 0 {
		t.Errorf("fuel %d", c.Fuel())
	}
	if err := c.Start(context.Background()); err != nil {
		t.Error(err)
	}
	if _, err := NewController(instantiate(t, r, wasm())); err == nil {
		t.Error("a module that was not rewritten has a controller")
	}
}

// TestSameOutput: rewriting is a function of its input, so that wazero's cache on disk works, and it
// leaves the input alone.
func TestSameOutput(t *testing.T) {
	in := leavingModule(leaving["br_table"])
	before := bytes.Clone(in)
	one, two := mustRewrite(t, in, Config{Stack: true}), mustRewrite(t, in, Config{Stack: true})
	if !bytes.Equal(one.Wasm, two.Wasm) {
		t.Error("two runs differ")
	}
	if !bytes.Equal(in, before) {
		t.Error("the input changed")
	}
	// What was rewritten once is not rewritten again: its names are reserved.
	wantError(t, one.Wasm, Config{}, ErrUnsupported, "reserved export name")
}

// TestBulk compares long bulk operations, which are split, with wazero's own: overlapping both ways, and
// out of bounds, which must write nothing.
func TestBulk(t *testing.T) {
	const pages = 64
	ops := map[string][]byte{"copy": {opcodeMisc, miscMemoryCopy, 0, 0}, "fill": {opcodeMisc, miscMemoryFill, 0}}
	r := newRuntime(t)
	for name, op := range ops {
		in := wasm(
			sec(1, vec(sig(ti+ti+ti, ""))), sec(3, vec(u(0))), sec(5, vec([]byte{0, pages})),
			sec(7, vec(exportFunc("run", 0), seq(str("memory"), []byte{2, 0}))),
			sec(10, vec(body("", []byte{opcodeLocalGet, 0, opcodeLocalGet, 1, opcodeLocalGet, 2}, op))),
		)
		for _, args := range [][]uint64{
			{0, 7, 0}, {0, 7, 1}, {5, 9, shortBytes}, {5, 9, shortBytes + 1}, {0, 1, units.PieceBytes}, {0, 1, units.PieceBytes + 1},
			{0, 1000, 3*units.PieceBytes + 17}, {1000, 0, 3*units.PieceBytes + 17}, {units.PieceBytes, 0, 5 * units.PieceBytes}, {0, units.PieceBytes, 5 * units.PieceBytes},
			{100, 100, 4 * units.PieceBytes}, {0, 0, pages << 16}, {1, 0, pages << 16}, {0, 1, pages << 16}, {1 << 31, 0, 1 << 31}, {1, 1, 1<<32 - 1},
		} {
			t.Run(fmt.Sprint(name, args), func(t *testing.T) {
				plain := instantiate(t, r, in)
				mod, _ := metered(t, r, in, Config{})
				defer plain.Close(context.Background())
				defer mod.Close(context.Background())
				a, _ := plain.Memory().Read(0, pages<<16)
				b, _ := mod.Memory().Read(0, pages<<16)
				for i := range a {
					a[i] = byte(i*7 + i>>8)
				}
				copy(b, a)
				_, wantTrap := call(plain, "run", args...)
				_, trap := call(mod, "run", args...)
				if trap != wantTrap || !bytes.Equal(a, b) {
					t.Errorf("trap %q, want %q; memory equal: %v", trap, wantTrap, bytes.Equal(a, b))
				}
			})
		}
	}
}

// TestTableBulk does the same for tables, whose elements are told apart by calling them.
func TestTableBulk(t *testing.T) {
	const size = 5 * units.PieceElements / 2
	in := wasm(
		sec(1, vec(sig("", ti), sig(ti+ti+ti, ""), sig(ti, ti))),
		sec(3, vec(u(0), u(0), u(1), u(1), u(2), u(1))),
		sec(4, vec(append([]byte{typeFuncRef, 0}, u(size)...))),
		sec(7, vec(exportFunc("fill", 2), exportFunc("copy", 3), exportFunc("get", 4), exportFunc("init", 5))),
		sec(9, vec(seq([]byte{1, 0}, vec(u(0), u(1))))),
		sec(10, vec(
			body("", i32(10)), body("", i32(11)),
			// fill(at, function, n): element 0 of the table holds the function
			body("", []byte{opcodeLocalGet, 0, opcodeLocalGet, 1, 0x25, 0, opcodeLocalGet, 2, opcodeMisc, miscTableFill, 0}),
			body("", []byte{opcodeLocalGet, 0, opcodeLocalGet, 1, opcodeLocalGet, 2, opcodeMisc, miscTableCopy, 0, 0}),
			body("", []byte{opcodeLocalGet, 0, 0x11, 0, 0}),
			body("", []byte{opcodeLocalGet, 0, opcodeLocalGet, 1, opcodeLocalGet, 2, opcodeMisc, miscTableInit, 0, 0}),
		)),
	)
	r := newRuntime(t)
	plain := instantiate(t, r, in)
	mod, c := metered(t, r, in, Config{})
	steps := []struct {
		name string
		args []uint64
	}{
		{"init", []uint64{0, 0, 2}}, {"fill", []uint64{2, 0, size - 2}}, {"fill", []uint64{1000, 1, 2 * units.PieceElements}},
		{"copy", []uint64{5, 0, 2*units.PieceElements + 1}}, {"copy", []uint64{0, 900, 2*units.PieceElements + 1}}, {"copy", []uint64{1, 0, size}}, {"fill", []uint64{1, 1, size}},
		{"init", []uint64{0, 1, 2}},
	}
	for _, s := range steps {
		_, want := call(plain, s.name, s.args...)
		if _, trap := call(mod, s.name, s.args...); trap != want {
			t.Fatalf("%s %v: trap %q, want %q", s.name, s.args, trap, want)
		}
		for i := uint64(0); i < size; i += 97 {
			want, _ := call(plain, "get", i)
			got, _ := call(mod, "get", i)
			if !slices.Equal(got, want) {
				t.Fatalf("after %s %v: element %d is %v, want %v", s.name, s.args, i, got, want)
			}
		}
	}
	c.SetFuel(1000)
	if _, trap := call(mod, "fill", 0, 1, size); trap == "" || c.Cause() != OutOfFuel {
		t.Errorf("trap %q, cause %v", trap, c.Cause())
	}
}
