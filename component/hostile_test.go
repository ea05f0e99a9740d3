package component_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
)

// hostileMemory bounds the memory that a hostile binary may take until it ends in an
// error or a result. It is far above what they take, and far below what they ask for.
const hostileMemory = 1 << 30

// hangs is how long a hostile binary may take. They take less than a second on an idle
// machine, and what they ask for would take years.
const hangs = 5 * time.Minute

// within runs f and checks how much it allocated, and that it ends.
func within(t *testing.T, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	guard := time.AfterFunc(hangs, func() { panic(t.Name() + " hangs") })
	f()
	guard.Stop()
	runtime.ReadMemStats(&after)
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
				if _, err := binary.Decode(comptest.Binary(section + strings.Repeat("\x00", 64))); err == nil {
					t.Error("it decodes")
				}
			})
		})
	}
}

// bombs are valid in form, and small for what they ask.
func bombs() map[string]*binary.Component {
	list := make(map[string]*binary.Component)
	idx := func(i int) binary.ValType { return binary.ValType{Index: uint32(i)} }

	doubling := &binary.Component{}
	doubling.Add(&binary.TypeDef{Type: &binary.Tuple{Types: []binary.ValType{{Prim: binary.U8}}}})
	for i := range 90 {
		doubling.Add(&binary.TypeDef{Type: &binary.Tuple{Types: []binary.ValType{idx(i), idx(i)}}})
	}
	list["tuples of two of the one before"] = doubling

	deep := &binary.Component{}
	deep.Add(&binary.TypeDef{Type: &binary.List{Elem: binary.ValType{Prim: binary.U8}}})
	for i := range 100_000 {
		deep.Add(&binary.TypeDef{Type: &binary.List{Elem: idx(i)}})
	}
	list["lists of lists"] = deep

	instances := &binary.Component{}
	instances.Add(&binary.TypeDef{Type: &binary.InstanceType{Decls: []binary.Def{&binary.ExportDecl{Name: binary.Named("r"), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}}}}})
	for i := range 60 {
		outer := &binary.Alias{Sort: binary.SortType, Target: binary.AliasOuter, Count: 1, Index: uint32(i)}
		instances.Add(&binary.TypeDef{Type: &binary.InstanceType{Decls: []binary.Def{
			outer,
			&binary.ExportDecl{Name: binary.Named("a"), Type: binary.ExternType{Sort: binary.SortInstance}},
			&binary.ExportDecl{Name: binary.Named("b"), Type: binary.ExternType{Sort: binary.SortInstance}},
		}}})
	}
	list["instances of two of the one before"] = instances

	inner := &binary.Component{}
	inner.Add(&binary.Import{Name: binary.Named("r"), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}})
	inner.Add(&binary.TypeDef{Type: &binary.Own{Resource: 0}})
	inner.Add(&binary.TypeDef{Type: &binary.Func{Params: []binary.Field{{Name: "a", Type: idx(1)}}}})
	for i := range 2000 {
		inner.Add(&binary.Import{Name: binary.Named(fmt.Sprintf("f%d", i)), Type: binary.ExternType{Sort: binary.SortFunc, Index: 2}})
		inner.Add(&binary.Export{Name: binary.Named(fmt.Sprintf("g%d", i)), Sort: binary.SortFunc, Index: uint32(2 * i)})
	}
	many := &binary.Component{}
	many.Add(inner)
	many.Add(&binary.Import{Name: binary.Named("r"), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}})
	many.Add(&binary.TypeDef{Type: &binary.Own{Resource: 0}})
	many.Add(&binary.TypeDef{Type: &binary.Func{Params: []binary.Field{{Name: "a", Type: idx(1)}}}})
	many.Add(&binary.Import{Name: binary.Named("f"), Type: binary.ExternType{Sort: binary.SortFunc, Index: 2}})
	args := []binary.Arg{{Name: "r", Sort: binary.SortType, Index: 0}}
	for i := range 2000 {
		args = append(args, binary.Arg{Name: fmt.Sprintf("f%d", i), Sort: binary.SortFunc, Index: 0})
	}
	for range 300 {
		many.Add(&binary.Instance{Args: args})
	}
	list["instances of a large component"] = many

	crossing := &binary.Component{}
	for range 40_000 {
		crossing.Add(&binary.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm}}}})
	}
	list["core types"] = crossing

	names := &binary.Component{}
	names.Add(&binary.TypeDef{Type: &binary.Func{}})
	for i := range 50_000 {
		names.Add(&binary.Import{Name: binary.Named(fmt.Sprintf("f%d", i)), Type: binary.ExternType{Sort: binary.SortFunc}})
	}
	list["imports"] = names

	huge := &binary.Component{}
	huge.Add(&binary.TypeDef{Type: &binary.FixedList{Elem: binary.ValType{Prim: binary.U64}, Length: 1 << 31}})
	list["a list of 2^31"] = huge
	return list
}

func TestBombs(t *testing.T) {
	for name, c := range bombs() {
		t.Run(name, func(t *testing.T) {
			wasm := c.Encode()
			c, err := binary.Decode(wasm)
			if err != nil {
				t.Fatal(err)
			}
			within(t, func() { component.Validate(c) })
			within(t, func() { check.Analyze(t.Context(), c) })
			within(t, func() { component.DecodeWIT(wasm) })
			within(t, func() { component.Inspect(wasm) })
		})
	}
}
