package fresh_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host/meter"
	"github.com/witgen/witgen/canonicalabi/host/meter/fresh"
	"github.com/witgen/witgen/canonicalabi/host/meter/verify"
	"github.com/witgen/witgen/internal/wasm"
)

var (
	v128      = wasm.ValType{Code: wasm.CodeV128}
	externRef = wasm.ValType{Code: wasm.CodeExternRef}
)

// lane is i64x2.extract_lane.
func lane(n byte) wasm.Code { return append(wasm.I(0xfd01d), n) }

// v128Const is a vector of 16 equal bytes.
func v128Const(b byte) wasm.Code {
	code := wasm.I(wasm.OpV128Const)
	for range 16 {
		code = append(code, b)
	}
	return code
}

// state is a module with all kinds of state. see returns a part of it by its number,
// and change(n) sets all of it to n, where externrefs are n and functions return n or 0.
func state() *wasm.Module {
	m := &wasm.Module{}
	i32, i64 := []wasm.ValType{wasm.I32}, []wasm.ValType{wasm.I64}
	toI64 := m.Type(wasm.FuncType(nil, i64))
	change := m.Type(wasm.FuncType([]wasm.ValType{wasm.I32, externRef}, nil))
	none := m.Type(wasm.FuncType(nil, nil))
	grow := m.Type(wasm.FuncType(i32, i32))
	extern := m.Type(wasm.FuncType(nil, []wasm.ValType{externRef}))

	for _, t := range []struct {
		typ  wasm.ValType
		init wasm.Code
	}{
		{wasm.I32, wasm.I32Const(1)}, {wasm.I64, wasm.I64Const(1)}, {wasm.F32, wasm.F32Const(1)}, {wasm.F64, wasm.F64Const(1)},
		{v128, v128Const(1)}, {wasm.FuncRef, wasm.I(wasm.OpRefFunc, 0)}, {externRef, wasm.RefNull(wasm.CodeExternRef)},
	} {
		m.Global(wasm.Global{Type: t.typ, Mutable: true}, t.init)
	}
	m.Global(wasm.Global{Type: wasm.I32}, wasm.I32Const(1)) // which cannot change
	m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 3, Max: 9, HasMax: true}})
	m.Table(wasm.Table{Elem: externRef, Limits: wasm.Limits{Min: 20_000}})
	m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}}) // scratch
	m.Memory(wasm.Limits{Min: 1})
	m.Element(0, 0, 0, 0)
	// Passive segments: of data, and of functions.
	m.Data = append(m.Data, []byte{1, 4, 1, 2, 3, 4})
	m.Elements = append(m.Elements, []byte{1, 0, 2, 0, 1})

	m.Func(toI64, nil, wasm.I64Const(1)) // function 0
	m.Func(toI64, nil, wasm.I64Const(0)) // function 1
	see := func(name string, code ...wasm.Code) {
		m.Export(name, wasm.FuncKind, m.Func(toI64, nil, code...))
	}
	get := func(n uint32) wasm.Code { return wasm.I(wasm.OpGlobalGet, n) }
	set := func(n uint32) wasm.Code { return wasm.I(wasm.OpGlobalSet, n) }
	call := func(ref wasm.Code) wasm.Code {
		return wasm.Seq(wasm.I32Const(0), ref, wasm.I(wasm.OpTableSet, 2), wasm.I32Const(0), wasm.I(wasm.OpCallIndirect, toI64, 2))
	}
	see("see i32", get(0), wasm.I(wasm.OpI64ExtendI32U))
	see("see i64", get(1))
	see("see f32", get(2), wasm.I(0xbc), wasm.I(wasm.OpI64ExtendI32U))
	see("see f64", get(3), wasm.I(0xbd))
	see("see v128, low", get(4), lane(0))
	see("see v128, high", get(4), lane(1))
	see("see funcref", call(get(5)))
	for i := range int32(3) {
		see(fmt.Sprintf("see table 0, %d", i), call(wasm.Seq(wasm.I32Const(i), wasm.I(wasm.OpTableGet, 0))))
	}
	see("see table 0's size", wasm.I(wasm.OpTableSize, 0), wasm.I(wasm.OpI64ExtendI32U))
	m.Export("see externref", wasm.FuncKind, m.Func(extern, nil, get(6)))
	for _, i := range []int32{0, 8191, 8192, 19_999} {
		m.Export(fmt.Sprintf("see table 1, %d", i), wasm.FuncKind, m.Func(extern, nil, wasm.I32Const(i), wasm.I(wasm.OpTableGet, 1)))
	}

	n, ref := wasm.I(wasm.OpLocalGet, 0), wasm.I(wasm.OpLocalGet, 1)
	code := wasm.Seq(
		n, set(0), n, wasm.I(wasm.OpI64ExtendI32U), set(1),
		n, wasm.I(0xb3), set(2), n, wasm.I(0xb8), set(3), // f32.convert_i32_u, f64.convert_i32_u
		n, wasm.I(0xfd00f), set(4), // i8x16.splat
		wasm.I(wasm.OpRefFunc, 1), set(5), ref, set(6),
		wasm.I32Const(0), wasm.I(wasm.OpRefFunc, 1), wasm.I32Const(3), wasm.I(wasm.OpTableFill, 0),
		wasm.I32Const(0), ref, wasm.I32Const(20_000), wasm.I(wasm.OpTableFill, 1))
	m.Export("change", wasm.FuncKind, m.Func(change, nil, code))
	m.Export("grow table", wasm.FuncKind, m.Func(grow, nil, wasm.RefNull(wasm.CodeFuncRef), n, wasm.I(wasm.OpTableGrow, 0)))
	m.Export("drop data", wasm.FuncKind, m.Func(none, nil, wasm.I(wasm.OpDataDrop, 0)))
	m.Export("drop elements", wasm.FuncKind, m.Func(none, nil, wasm.I32Const(0), wasm.If(), wasm.I(wasm.OpElemDrop, 1)))
	m.Export("init", wasm.FuncKind, m.Func(none, nil,
		wasm.I32Const(0), wasm.I32Const(0), wasm.I32Const(1), wasm.I(wasm.OpTableInit, 1, 2)))
	return m
}

// dataCount adds the section that wazero wants of a module with memory.init and data.drop
// behind its element section.
func dataCount(m []byte) []byte {
	for s := range wasm.NewCursor(m, 0).Sections() {
		if s.ID == wasm.CodeSection {
			return slices.Concat(m[:s.Start], []byte{byte(wasm.DataCountSection), 1, 1}, m[s.Start:])
		}
	}
	panic("no code")
}

type instance struct {
	t *testing.T
	api.Module
}

func start(t *testing.T, module []byte) instance {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2|experimental.CoreFeaturesExtendedConst))
	t.Cleanup(func() { _ = r.Close(ctx) })
	mod, err := r.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		t.Fatal(err)
	}
	return instance{t, mod}
}

func (i instance) call(name string, params ...uint64) uint64 {
	i.t.Helper()
	results, err := i.ExportedFunction(name).Call(context.Background(), params...)
	if err != nil {
		i.t.Fatalf("%s: %v", name, err)
	}
	return append(results, 0)[0]
}

// sees returns all that the instance sees.
func (i instance) sees() []string {
	i.t.Helper()
	var list []string
	for name := range i.ExportedFunctionDefinitions() {
		if strings.HasPrefix(name, "see ") {
			list = append(list, fmt.Sprintf("%s: %#x", name, i.call(name)))
		}
	}
	slices.Sort(list)
	return list
}

func rewrite(t *testing.T, m []byte) []byte {
	t.Helper()
	out, err := fresh.Rewrite(m, fresh.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if err := verify.Saved(out); err != nil {
		t.Error(err)
	}
	return out
}

// metered rewrites a module for metering too, and verifies that it stops in time.
func metered(t *testing.T, m []byte) []byte {
	t.Helper()
	out, err := meter.Rewrite(m, meter.Config{Stack: true, Limits: meter.DefaultLimits()})
	if err != nil {
		t.Fatal(err)
	}
	if err := verify.Module(out.Wasm, verify.Config{Stack: true}); err != nil {
		t.Fatal(err)
	}
	return out.Wasm
}

func TestRestore(t *testing.T) {
	plain := rewrite(t, dataCount(state().Bytes()))
	for name, module := range map[string][]byte{"plain": plain, "metered": metered(t, plain)} {
		t.Run(name, func(t *testing.T) {
			i := start(t, module)
			i.call("change", 5, 77) // the start
			want := i.sees()
			if got := i.call(fresh.Save); got != fresh.OK {
				t.Fatalf("Save returns %d", got)
			}
			for n := range uint64(3) {
				before := i.sees()
				i.call("change", n, n)
				if got := i.sees(); slices.Equal(got, before) {
					t.Fatal("nothing has changed")
				}
				if got := i.call(fresh.Restore); got != fresh.OK {
					t.Fatalf("Restore returns %d", got)
				}
				if got := i.sees(); !slices.Equal(got, want) {
					t.Errorf("after Restore: %q\nwant %q", got, want)
				}
			}
		})
	}
}

func TestCannotRestore(t *testing.T) {
	module := rewrite(t, dataCount(state().Bytes()))
	for _, test := range []struct {
		function string
		params   []uint64
		want     uint64
	}{
		{"grow table", []uint64{1}, fresh.Table},
		{"grow table", []uint64{0}, fresh.OK},
		{"drop data", nil, fresh.Segment},
		{"drop elements", nil, fresh.Segment},
		{"init", nil, fresh.OK},
	} {
		i := start(t, module)
		i.call("grow table", 2) // before Save all is allowed
		i.call(fresh.Save)
		if got := i.call(fresh.Restore); got != fresh.OK {
			t.Errorf("Restore returns %d where nothing was done", got)
		}
		i.call(test.function, test.params...)
		if got := i.call(fresh.Restore); got != test.want {
			t.Errorf("Restore returns %d after %s(%v), want %d", got, test.function, test.params, test.want)
		}
	}
	i := start(t, module)
	i.call("drop data")
	i.call(fresh.Save)
	if got := i.call(fresh.Restore); got != fresh.OK {
		t.Errorf("Restore returns %d after a segment was dropped before Save", got)
	}
}

// Drops matter only where something can see them.
func TestDropsThatNobodySees(t *testing.T) {
	m := &wasm.Module{}
	none := m.Type(wasm.FuncType(nil, nil))
	m.Memory(wasm.Limits{Min: 1})
	m.Data = append(m.Data, []byte{1, 1, 7})
	m.Export("drop", wasm.FuncKind, m.Func(none, nil, wasm.I(wasm.OpDataDrop, 0)))
	in := dataCount(m.Bytes())
	if out := rewrite(t, in); string(out) != string(in) {
		t.Error("a module without state is rewritten")
	}
}

// A module that names the additions is refused: it could change the saved state.
func TestForeignIndices(t *testing.T) {
	base := func() *wasm.Module {
		m := state()
		m.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(0))
		return m
	}
	// The indices behind the module's own.
	const global, table, function = 9, 3, 23
	for name, spoil := range map[string]func(m *wasm.Module, none, ref uint32){
		"global.get": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I(wasm.OpGlobalGet, global), wasm.I(wasm.OpDrop))
		},
		"global.set": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I32Const(0), wasm.I(wasm.OpGlobalSet, global))
		},
		"table.get": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I32Const(0), wasm.I(wasm.OpTableGet, table), wasm.I(wasm.OpDrop))
		},
		"table.set": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I32Const(0), wasm.RefNull(wasm.CodeFuncRef), wasm.I(wasm.OpTableSet, table))
		},
		"table.copy": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I32Const(0), wasm.I32Const(0), wasm.I32Const(0), wasm.I(wasm.OpTableCopy, table, 0))
		},
		"table.copy from": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I32Const(0), wasm.I32Const(0), wasm.I32Const(0), wasm.I(wasm.OpTableCopy, 0, table))
		},
		"table.init": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I32Const(0), wasm.I32Const(0), wasm.I32Const(0), wasm.I(wasm.OpTableInit, 1, table))
		},
		"call_indirect": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I32Const(0), wasm.I(wasm.OpCallIndirect, none, table))
		},
		"call": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I(wasm.OpCall, function+1), wasm.I(wasm.OpDrop))
		},
		"ref.func": func(m *wasm.Module, none, _ uint32) {
			m.Func(none, nil, wasm.I(wasm.OpRefFunc, function+1), wasm.I(wasm.OpDrop))
		},
		"export of a function": func(m *wasm.Module, _, _ uint32) { m.Export("x", wasm.FuncKind, function) },
		"export of a global":   func(m *wasm.Module, _, _ uint32) { m.Export("x", wasm.GlobalKind, global) },
		"export of a table":    func(m *wasm.Module, _, _ uint32) { m.Export("x", wasm.TableKind, table) },
		"element":              func(m *wasm.Module, _, _ uint32) { m.Element(0, function) },
		"elements of a table": func(m *wasm.Module, _, _ uint32) {
			m.Elements = append(m.Elements, []byte{2, table, 0x41, 0, 0x0b, 0, 0})
		},
		"start": func(m *wasm.Module, _, _ uint32) { f := uint32(function); m.Start = &f },
		"initial value": func(m *wasm.Module, _, _ uint32) {
			m.Global(wasm.Global{Type: wasm.I32}, wasm.I(wasm.OpGlobalGet, global+1))
		},
		"initial function": func(m *wasm.Module, _, _ uint32) {
			m.Global(wasm.Global{Type: wasm.FuncRef}, wasm.I(wasm.OpRefFunc, function))
		},
	} {
		m := base()
		if got := uint32(len(m.Functions)); got != function {
			t.Fatalf("the module has %d functions", got)
		}
		if _, err := fresh.Rewrite(dataCount(m.Bytes()), fresh.Limits{}); err != nil {
			t.Fatal(err)
		}
		spoil(m, m.Type(wasm.FuncType(nil, nil)), 0)
		var bad *fresh.Error
		if _, err := fresh.Rewrite(dataCount(m.Bytes()), fresh.Limits{}); !errors.As(err, &bad) || !bad.Malformed || !strings.Contains(bad.Rule, "out of range") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestReservedNames(t *testing.T) {
	m := state()
	m.Export(fresh.Save, wasm.FuncKind, 0)
	if _, err := fresh.Rewrite(m.Bytes(), fresh.Limits{}); err == nil {
		t.Error("a reserved name of an export is taken")
	}
	m = &wasm.Module{}
	m.Import(wasm.Import{Module: "a", Name: fresh.Restore, Type: wasm.Extern{Kind: wasm.FuncKind, Func: m.Type(wasm.FuncType(nil, nil))}})
	if _, err := fresh.Rewrite(m.Bytes(), fresh.Limits{}); err == nil {
		t.Error("a reserved name of an import is taken")
	}
}

// A reference that is never null has no value for a copy to start with.
func TestReferencesThatAreNeverNull(t *testing.T) {
	m := &wasm.Module{}
	m.Type(wasm.FuncType(nil, nil))
	m.Func(0, nil)
	m.Global(wasm.Global{Type: wasm.ValType{Code: wasm.CodeRef}, Mutable: true}, wasm.I(wasm.OpRefFunc, 0))
	var bad *fresh.Error
	if _, err := fresh.Rewrite(m.Bytes(), fresh.Limits{}); !errors.As(err, &bad) || bad.Malformed {
		t.Errorf("got %v", err)
	}
}

// A memory with a maximum gets a page more, whether it is defined or imported.
func TestMemories(t *testing.T) {
	m := &wasm.Module{}
	m.Import(wasm.Import{Module: "a", Name: "b", Type: wasm.Extern{Kind: wasm.MemoryKind, Memory: wasm.Limits{Min: 1, Max: 5, HasMax: true}}})
	m.Memory(wasm.Limits{Min: 1, Max: 7, HasMax: true})
	m.Memory(wasm.Limits{Min: 1, Max: 1 << 16, HasMax: true})
	m.Memory(wasm.Limits{Min: 1})
	var got []uint64
	for s := range wasm.NewCursor(rewrite(t, m.Bytes()), 0).Sections() {
		switch s.ID {
		case wasm.ImportSection:
			s.Content.Count()
			got = append(got, s.Content.Import().Type.Memory.Max)
		case wasm.MemorySection:
			for range s.Content.Items() {
				got = append(got, s.Content.Limits().Max)
			}
		}
	}
	if want := []uint64{6, 8, 1 << 16, 0}; !slices.Equal(got, want) {
		t.Errorf("the maxima are %d, want %d", got, want)
	}
}

// The rewriter makes modules of modules, and returns an error for malformed ones.
func FuzzRewrite(f *testing.F) {
	f.Add(state().Bytes())
	f.Add(dataCount(state().Bytes()))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := fresh.Rewrite(in, fresh.Limits{})
		if err != nil {
			return
		}
		if _, err := meter.Rewrite(in, meter.Config{Limits: meter.DefaultLimits()}); err != nil {
			return
		}
		if err := verify.Saved(out); err != nil {
			t.Error(err)
		}
		made, err := meter.Rewrite(out, meter.Config{Stack: true})
		if err != nil {
			t.Fatalf("a module that can be metered cannot once it is rewritten: %v", err)
		}
		if err := verify.Module(made.Wasm, verify.Config{Stack: true}); err != nil {
			t.Error(err)
		}
	})
}

// A table that nothing changes is not saved.
func TestWhatChangesATable(t *testing.T) {
	three := wasm.Seq(wasm.I32Const(0), wasm.I32Const(0), wasm.I32Const(0))
	for name, test := range map[string]struct {
		code   wasm.Code
		export bool
		want   int
	}{
		"nothing":       {nil, false, 2},
		"table.get":     {wasm.Seq(wasm.I32Const(0), wasm.I(wasm.OpTableGet, 0), wasm.I(wasm.OpDrop)), false, 2},
		"table.size":    {wasm.Seq(wasm.I(wasm.OpTableSize, 0), wasm.I(wasm.OpDrop)), false, 2},
		"call_indirect": {wasm.Seq(wasm.I32Const(0), wasm.I(wasm.OpCallIndirect, 0, 0)), false, 2},
		"table.set":     {wasm.Seq(wasm.I32Const(0), wasm.RefNull(wasm.CodeFuncRef), wasm.I(wasm.OpTableSet, 0)), false, 3},
		"table.grow":    {wasm.Seq(wasm.RefNull(wasm.CodeFuncRef), wasm.I32Const(0), wasm.I(wasm.OpTableGrow, 0), wasm.I(wasm.OpDrop)), false, 3},
		"table.fill":    {wasm.Seq(wasm.I32Const(0), wasm.RefNull(wasm.CodeFuncRef), wasm.I32Const(0), wasm.I(wasm.OpTableFill, 0)), false, 3},
		"table.copy":    {wasm.Seq(three, wasm.I(wasm.OpTableCopy, 0, 1)), false, 3},
		"table.init":    {wasm.Seq(three, wasm.I(wasm.OpTableInit, 0, 0)), false, 3},
		"export":        {nil, true, 3},
	} {
		m := &wasm.Module{}
		none := m.Type(wasm.FuncType(nil, nil))
		for range 2 {
			m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 3, Max: 9, HasMax: true}})
		}
		m.Elements = append(m.Elements, []byte{1, 0, 1, 0})
		m.Func(none, nil, test.code)
		if test.export {
			m.Export("table", wasm.TableKind, 0)
		}
		got := 0
		for s := range wasm.NewCursor(rewrite(t, m.Bytes()), 0).Sections() {
			if s.ID == wasm.TableSection {
				got = int(s.Content.Count())
			}
		}
		if got != test.want {
			t.Errorf("%s: %d tables, want %d", name, got, test.want)
		}
	}
}

// The verifier finds what a mistake in the rewriter would leave out, wherever it is.
func TestMutationsAreFound(t *testing.T) {
	out := rewrite(t, dataCount(state().Bytes()))
	var at []wasm.Section
	for s := range wasm.NewCursor(out, 0).Sections() {
		if s.ID == wasm.CodeSection {
			at = append(at, s)
		}
	}
	code := at[0].Content
	n := int(code.Count())
	mutants := 0
	for k := range n {
		body := code.Sub(code.Uint32())
		for range body.Items() {
			body.Uint32()
			body.ValType()
		}
		body.Expr(func(i wasm.Instr) {
			// The index of each instruction of Save and Restore that has one becomes another, and
			// what tells of drops is left out.
			added := k >= n-2
			switch {
			case added && (i.Op == wasm.OpGlobalGet || i.Op == wasm.OpGlobalSet):
			case added && i.Op == wasm.OpTableCopy:
			case !added && i.Op == wasm.OpGlobalSet && i.X == 15: // the global of drops
			default:
				return
			}
			mutant := slices.Clone(out)
			last := i.Offset + 1
			if i.Op == wasm.OpTableCopy {
				last++
			}
			mutant[last] ^= 1
			mutants++
			if err := verify.Saved(mutant); err == nil {
				t.Errorf("the verifier takes a module whose %v at offset %#x names another index", i.Op, i.Offset)
			}
		})
	}
	if mutants < 2*2*7+2*2+2 {
		t.Errorf("there were %d mutants", mutants)
	}
	for name, m := range map[string][]byte{
		"nothing saved":        dataCount(state().Bytes()),
		"Save is named":        named(out, wasm.FuncKind, 23),
		"a home is named":      named(out, wasm.GlobalKind, 8),
		"a home of a table is": named(out, wasm.TableKind, 3),
	} {
		if err := verify.Saved(m); err == nil {
			t.Errorf("%s: the verifier takes it", name)
		}
	}
}

// named adds an export to a module.
func named(m []byte, kind wasm.Kind, index uint32) []byte {
	var w wasm.Writer
	w.Preamble()
	for s := range wasm.NewCursor(m, 0).Sections() {
		w.Section(s.ID, func() {
			if s.ID != wasm.ExportSection {
				w.Byte(s.Data...)
				return
			}
			n := s.Content.Count()
			w.Uint32(n + 1)
			w.Byte(s.Content.Rest()...)
			w.Export(wasm.Export{Name: "named", Kind: kind, Index: index})
		})
	}
	return w.Buf
}

func TestLimits(t *testing.T) {
	m := dataCount(state().Bytes())
	ended := errors.New("ended")
	for _, limits := range []fresh.Limits{{Globals: 7}, {Tables: 2}, {Done: func() error { return ended }}} {
		if _, err := fresh.Rewrite(m, limits); err == nil {
			t.Errorf("%+v: no error", limits)
		}
	}
	if _, err := fresh.Rewrite(m, fresh.Limits{Globals: 8, Tables: 3}); err != nil {
		t.Error(err)
	}
}
