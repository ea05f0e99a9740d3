package component

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

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
				if _, err := Decode(wasmOf(section + strings.Repeat("\x00", 64))); err == nil {
					t.Error("it decodes")
				}
			})
		})
	}
}

// bombs are valid in form, and small for what they ask.
func bombs() map[string]*Component {
	list := make(map[string]*Component)
	idx := func(i int) ValType { return ValType{Index: uint32(i)} }

	doubling := &Component{}
	doubling.Add(&TypeDef{Type: &Tuple{[]ValType{{Prim: U8}}}})
	for i := range 90 {
		doubling.Add(&TypeDef{Type: &Tuple{[]ValType{idx(i), idx(i)}}})
	}
	list["tuples of two of the one before"] = doubling

	deep := &Component{}
	deep.Add(&TypeDef{Type: &List{ValType{Prim: U8}}})
	for i := range 100_000 {
		deep.Add(&TypeDef{Type: &List{idx(i)}})
	}
	list["lists of lists"] = deep

	instances := &Component{}
	instances.Add(&TypeDef{Type: &InstanceType{[]Def{&ExportDecl{Name: Named("r"), Type: ExternType{Sort: SortType, Bound: BoundSub}}}}})
	for i := range 60 {
		outer := &Alias{Sort: SortType, Target: AliasOuter, Count: 1, Index: uint32(i)}
		instances.Add(&TypeDef{Type: &InstanceType{[]Def{
			outer,
			&ExportDecl{Name: Named("a"), Type: ExternType{Sort: SortInstance}},
			&ExportDecl{Name: Named("b"), Type: ExternType{Sort: SortInstance}},
		}}})
	}
	list["instances of two of the one before"] = instances

	inner := &Component{}
	inner.Add(&Import{Name: Named("r"), Type: ExternType{Sort: SortType, Bound: BoundSub}})
	inner.Add(&TypeDef{Type: &Own{0}})
	inner.Add(&TypeDef{Type: &Func{Params: []Field{{"a", idx(1)}}}})
	for i := range 2000 {
		inner.Add(&Import{Name: Named(fmt.Sprintf("f%d", i)), Type: ExternType{Sort: SortFunc, Index: 2}})
		inner.Add(&Export{Name: Named(fmt.Sprintf("g%d", i)), Sort: SortFunc, Index: uint32(2 * i)})
	}
	many := &Component{}
	many.Add(inner)
	many.Add(&Import{Name: Named("r"), Type: ExternType{Sort: SortType, Bound: BoundSub}})
	many.Add(&TypeDef{Type: &Own{0}})
	many.Add(&TypeDef{Type: &Func{Params: []Field{{"a", idx(1)}}}})
	many.Add(&Import{Name: Named("f"), Type: ExternType{Sort: SortFunc, Index: 2}})
	args := []Arg{{"r", SortType, 0}}
	for i := range 2000 {
		args = append(args, Arg{fmt.Sprintf("f%d", i), SortFunc, 0})
	}
	for range 300 {
		many.Add(&Instance{Args: args})
	}
	list["instances of a large component"] = many

	crossing := &Component{}
	for range 40_000 {
		crossing.Add(&CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm}}}})
	}
	list["core types"] = crossing

	names := &Component{}
	names.Add(&TypeDef{Type: &Func{}})
	for i := range 50_000 {
		names.Add(&Import{Name: Named(fmt.Sprintf("f%d", i)), Type: ExternType{Sort: SortFunc}})
	}
	list["imports"] = names

	huge := &Component{}
	huge.Add(&TypeDef{Type: &FixedList{ValType{Prim: U64}, 1 << 31}})
	list["a list of 2^31"] = huge
	return list
}

func TestBombs(t *testing.T) {
	for name, c := range bombs() {
		t.Run(name, func(t *testing.T) {
			wasm := c.Encode()
			c, err := Decode(wasm)
			if err != nil {
				t.Fatal(err)
			}
			within(t, func() { Validate(c) })
			within(t, func() { Analyze(c) })
			within(t, func() { DecodeWIT(wasm) })
			within(t, func() { Inspect(wasm) })
		})
	}
}
