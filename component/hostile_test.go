package component_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
)

// Hostile binaries must end in an error or a result within these bounds, which are
// far above what they take and far below what they ask for.
const (
	hostileTime   = 10 * time.Second
	hostileMemory = 1 << 30
)

// within runs f and checks how long it took and how much it allocated.
func within(t *testing.T, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if took > hostileTime {
		t.Errorf("it took %v", took)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > hostileMemory {
		t.Errorf("it allocated %d bytes", n)
	}
}

// TestHugeCounts: a count of 2^32-1 of anything ends where the bytes end.
func TestHugeCounts(t *testing.T) {
	const count = "\xff\xff\xff\xff\x0f"
	for name, section := range map[string]string{
		"core instances": "\x02" + count, "core types": "\x03" + count, "instances": "\x05" + count, "aliases": "\x06" + count, "types": "\x07" + count,
		"canon": "\x08" + count, "imports": "\x0a" + count, "exports": "\x0b" + count, "values": "\x0c" + count,
		"start arguments": "\x09\x00" + count, "fields": "\x07\x01\x72" + count, "cases": "\x07\x01\x71" + count, "flags": "\x07\x01\x6e" + count,
		"declarators": "\x07\x01\x41" + count, "module declarators": "\x03\x01\x50" + count, "core parameters": "\x03\x01\x60" + count,
		"rec group": "\x03\x01\x4e" + count, "options": "\x08\x01\x01\x00\x00" + count, "arguments": "\x05\x01\x00\x00" + count,
		"attributes": "\x0a\x01\x02\x01a" + count, "name": "\x00" + count, "module": "\x01" + count,
	} {
		t.Run(name, func(t *testing.T) {
			within(t, func() {
				if _, err := component.Decode(comptest.Binary(section + strings.Repeat("\x00", 64))); err == nil {
					t.Error("it decodes")
				}
			})
		})
	}
}

// bombs are valid in form, and small for what they ask.
func bombs() map[string]*component.Component {
	list := make(map[string]*component.Component)
	idx := func(i int) component.ValType { return component.ValType{Index: uint32(i)} }

	doubling := &component.Component{}
	doubling.Add(&component.TypeDef{Type: &component.Tuple{Types: []component.ValType{{Prim: component.U8}}}})
	for i := range 90 {
		doubling.Add(&component.TypeDef{Type: &component.Tuple{Types: []component.ValType{idx(i), idx(i)}}})
	}
	list["tuples of two of the one before"] = doubling

	deep := &component.Component{}
	deep.Add(&component.TypeDef{Type: &component.List{Elem: component.ValType{Prim: component.U8}}})
	for i := range 100_000 {
		deep.Add(&component.TypeDef{Type: &component.List{Elem: idx(i)}})
	}
	list["lists of lists"] = deep

	instances := &component.Component{}
	instances.Add(&component.TypeDef{Type: &component.InstanceType{Decls: []component.Def{&component.ExportDecl{Name: component.Named("r"), Type: component.ExternType{Sort: component.SortType, Bound: component.BoundSub}}}}})
	for i := range 60 {
		outer := &component.Alias{Sort: component.SortType, Target: component.AliasOuter, Count: 1, Index: uint32(i)}
		instances.Add(&component.TypeDef{Type: &component.InstanceType{Decls: []component.Def{
			outer,
			&component.ExportDecl{Name: component.Named("a"), Type: component.ExternType{Sort: component.SortInstance}},
			&component.ExportDecl{Name: component.Named("b"), Type: component.ExternType{Sort: component.SortInstance}},
		}}})
	}
	list["instances of two of the one before"] = instances

	inner := &component.Component{}
	inner.Add(&component.Import{Name: component.Named("r"), Type: component.ExternType{Sort: component.SortType, Bound: component.BoundSub}})
	inner.Add(&component.TypeDef{Type: &component.Own{Resource: 0}})
	inner.Add(&component.TypeDef{Type: &component.Func{Params: []component.Field{{Name: "a", Type: idx(1)}}}})
	for i := range 2000 {
		inner.Add(&component.Import{Name: component.Named(fmt.Sprintf("f%d", i)), Type: component.ExternType{Sort: component.SortFunc, Index: 2}})
		inner.Add(&component.Export{Name: component.Named(fmt.Sprintf("g%d", i)), Sort: component.SortFunc, Index: uint32(2 * i)})
	}
	many := &component.Component{}
	many.Add(inner)
	many.Add(&component.Import{Name: component.Named("r"), Type: component.ExternType{Sort: component.SortType, Bound: component.BoundSub}})
	many.Add(&component.TypeDef{Type: &component.Own{Resource: 0}})
	many.Add(&component.TypeDef{Type: &component.Func{Params: []component.Field{{Name: "a", Type: idx(1)}}}})
	many.Add(&component.Import{Name: component.Named("f"), Type: component.ExternType{Sort: component.SortFunc, Index: 2}})
	args := []component.Arg{{Name: "r", Sort: component.SortType, Index: 0}}
	for i := range 2000 {
		args = append(args, component.Arg{Name: fmt.Sprintf("f%d", i), Sort: component.SortFunc, Index: 0})
	}
	for range 300 {
		many.Add(&component.Instance{Args: args})
	}
	list["instances of a large component"] = many

	crossing := &component.Component{}
	for range 40_000 {
		crossing.Add(&component.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm}}}})
	}
	list["core types"] = crossing

	names := &component.Component{}
	names.Add(&component.TypeDef{Type: &component.Func{}})
	for i := range 50_000 {
		names.Add(&component.Import{Name: component.Named(fmt.Sprintf("f%d", i)), Type: component.ExternType{Sort: component.SortFunc}})
	}
	list["imports"] = names

	huge := &component.Component{}
	huge.Add(&component.TypeDef{Type: &component.FixedList{Elem: component.ValType{Prim: component.U64}, Length: 1 << 31}})
	list["a list of 2^31"] = huge
	return list
}

func TestBombs(t *testing.T) {
	for name, c := range bombs() {
		t.Run(name, func(t *testing.T) {
			wasm := c.Encode()
			c, err := component.Decode(wasm)
			if err != nil {
				t.Fatal(err)
			}
			within(t, func() { component.Validate(c) })
			within(t, func() { component.Analyze(c) })
			within(t, func() { component.DecodeWIT(wasm) })
			within(t, func() { component.Inspect(wasm) })
		})
	}
}
