package plan

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/internal/wasm"
)

// wide are components with n definitions of one kind.
var wide = map[string]func(c *binary.Component, n int){
	"types": func(c *binary.Component, n int) {
		for range n {
			c.Add(&binary.TypeDef{Type: &binary.PrimType{Prim: binary.U32}})
		}
	},
	"types of types": func(c *binary.Component, n int) {
		c.Add(&binary.TypeDef{Type: &binary.PrimType{Prim: binary.U32}})
		for i := range n {
			c.Add(&binary.TypeDef{Type: &binary.Tuple{Types: []binary.ValType{{Index: uint32(min(i, 1))}}}})
		}
	},
	"functions": func(c *binary.Component, n int) {
		for range n {
			c.Add(&binary.TypeDef{Type: &binary.Func{}})
		}
	},
	"a function of many parameters": func(c *binary.Component, n int) {
		f := &binary.Func{}
		for i := range n {
			f.Params = append(f.Params, binary.Field{Name: fmt.Sprint("p", i), Type: binary.ValType{Prim: binary.U32}})
		}
		c.Add(&binary.TypeDef{Type: f})
	},
	"resources": func(c *binary.Component, n int) {
		for range n {
			c.Add(&binary.TypeDef{Type: &binary.Resource{Rep: coretype.I32}})
		}
	},
	"imports": func(c *binary.Component, n int) {
		c.Add(&binary.TypeDef{Type: &binary.Func{}})
		for i := range n {
			c.Add(&binary.Import{Name: binary.Named(fmt.Sprint("f", i)), Type: binary.ExternType{Sort: binary.SortFunc}})
		}
	},
	"exports": func(c *binary.Component, n int) {
		c.Add(&binary.TypeDef{Type: &binary.Func{}})
		c.Add(&binary.Import{Name: binary.Named("f"), Type: binary.ExternType{Sort: binary.SortFunc}})
		for i := range n {
			c.Add(&binary.Export{Name: binary.Named(fmt.Sprint("e", i)), Sort: binary.SortFunc})
		}
	},
	"lowered functions": func(c *binary.Component, n int) {
		c.Add(&binary.TypeDef{Type: &binary.Func{}})
		c.Add(&binary.Import{Name: binary.Named("f"), Type: binary.ExternType{Sort: binary.SortFunc}})
		for range n {
			c.Add(&binary.Canon{Op: binary.CanonLower})
		}
	},
	"instances": func(c *binary.Component, n int) {
		for range n {
			c.Add(&binary.Instance{Exports: []binary.InlineExport{}})
		}
	},
	"an instance of many exports": func(c *binary.Component, n int) {
		c.Add(&binary.TypeDef{Type: &binary.Func{}})
		c.Add(&binary.Import{Name: binary.Named("f"), Type: binary.ExternType{Sort: binary.SortFunc}})
		inst := &binary.Instance{}
		for i := range n {
			inst.Exports = append(inst.Exports, binary.InlineExport{Name: binary.Named(fmt.Sprint("e", i)), Sort: binary.SortFunc})
		}
		c.Add(inst)
	},
	"core instances": func(c *binary.Component, n int) {
		for range n {
			c.Add(&binary.CoreInstance{Exports: []binary.CoreExport{}})
		}
	},
	"aliases": func(c *binary.Component, n int) {
		c.Add(&binary.TypeDef{Type: &binary.Func{}})
		inner := &binary.Component{}
		for range n {
			inner.Add(&binary.Alias{Sort: binary.SortType, Target: binary.AliasOuter, Count: 1})
		}
		c.Add(inner)
	},
	"core modules": func(c *binary.Component, n int) {
		for range n {
			c.Add(&binary.CoreModule{Bytes: []byte(wasm.Preamble)})
		}
	},
	"custom sections": func(c *binary.Component, n int) {
		for range n {
			c.Add(&binary.Custom{Name: "x"})
		}
	},
}

// TestDefinitionsTakeMemoryInProportion counts the bytes that reading, checking and
// planning a component allocate: they are in proportion to binary.DefinitionBytes, whatever
// the definitions.
func TestDefinitionsTakeMemoryInProportion(t *testing.T) {
	const most = 300 // bytes for each of DefinitionBytes
	for name, build := range wide {
		var taken [2]uint64
		for i, n := range []int{2000, 16_000} {
			c := &binary.Component{}
			build(c, n)
			b := c.Encode()
			size := binary.DefinitionBytes(b)
			if size < 6*uint64(n) {
				t.Errorf("%s: %d definitions count as %d bytes", name, n, size)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := New(b); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			runtime.ReadMemStats(&after)
			taken[i] = after.TotalAlloc - before.TotalAlloc
			t.Logf("%s: %d bytes for each of %d", name, taken[i]/size, size)
			if taken[i] > most*size+1<<20 {
				t.Errorf("%s: %d definitions, which count as %d bytes, take %d", name, n, size, taken[i])
			}
		}
		if taken[1] > 12*taken[0]+1<<20 {
			t.Errorf("%s: eight times as many take %d bytes, and not %d", name, taken[1], taken[0])
		}
	}
}
