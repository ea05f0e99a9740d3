package plan

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/wasm"
)

// section returns a section of n items.
func section(id binary.SectionID, n int, item func(w *wasm.Writer, i int)) []byte {
	var w wasm.Writer
	w.Byte(byte(id))
	w.Sized(func() {
		w.Uint32(uint32(n))
		for i := range n {
			item(&w, i)
		}
	})
	return w.Buf
}

// whole returns a section that is one definition.
func whole(id binary.SectionID, content []byte) []byte {
	var w wasm.Writer
	w.Byte(byte(id))
	w.Bytes(content)
	return w.Buf
}

func componentOf(sections ...[]byte) []byte {
	file := []byte{0, 'a', 's', 'm', 0x0d, 0, 1, 0}
	for _, s := range sections {
		file = append(file, s...)
	}
	return file
}

// instanceType writes the type of an instance that exports n functions without parameters.
func instanceType(w *wasm.Writer, n int, name func(i int) string) {
	w.Byte(0x42)
	w.Uint32(uint32(n + 1))
	w.Byte(1, 0x40, 0, 1, 0)
	for i := range n {
		w.Byte(4, 0)
		w.Name(name(i))
		w.Byte(1, 0)
	}
}

// TestPlanningIsBounded: names of megabytes, wide types, and instances that are made or looked
// through again and again take no more than in proportion to the definitions of a component, or
// are refused before they do.
func TestPlanningIsBounded(t *testing.T) {
	const n, long = 2000, 1 << 20
	longName := strings.Repeat("a", long)
	numbered := func(i int) string { return fmt.Sprint("f", i) }
	item := func(bytes ...byte) func(*wasm.Writer, int) { return func(w *wasm.Writer, _ int) { w.Byte(bytes...) } }
	importOf := func(name string, sort, index byte) []byte {
		return section(binary.ImportSection, 1, func(w *wasm.Writer, _ int) { w.Byte(0); w.Name(name); w.Byte(sort, index) })
	}
	var m wasm.Module
	m.Func(m.Type(wasm.FuncType(nil, nil)), nil)
	m.Memory(wasm.Limits{Min: 1})
	m.Export("f", wasm.FuncKind, 0)
	m.Export("m", wasm.MemoryKind, 0)
	core := append(whole(binary.CoreModuleSection, m.Bytes()), section(binary.CoreInstanceSection, 1, item(0, 0, 0))...)
	core = append(core, section(binary.AliasSection, 2, func(w *wasm.Writer, i int) { w.Byte(0, byte(2*i), 1, 0); w.Name("fm"[i : i+1]) })...)
	function := section(binary.TypeSection, 1, item(0x40, 0, 1, 0))
	longInstance := func(w *wasm.Writer, _ int) { instanceType(w, 1, func(int) string { return longName }) }
	// An instance of it has a resource and many types of handles of it.
	exporting := componentOf(section(binary.TypeSection, 1, item(0x3f, 0x7f, 0)),
		section(binary.ExportSection, 1, func(w *wasm.Writer, _ int) { w.Byte(0); w.Name("r"); w.Byte(3, 0, 0) }),
		section(binary.TypeSection, 1, item(0x69, 1)),
		section(binary.ExportSection, 1000, func(w *wasm.Writer, i int) { w.Byte(0); w.Name(numbered(i)); w.Byte(3, 2, 0) }))
	for name, c := range map[string]struct {
		file    []byte
		refused string
	}{
		"functions exported under a long name": {file: componentOf(core, function,
			section(binary.CanonSection, n, item(0, 0, 0, 0, 0)),
			section(binary.InstanceSection, 1, func(w *wasm.Writer, _ int) {
				w.Byte(1)
				w.Uint32(n)
				for i := range n {
					w.Byte(0)
					w.Name(numbered(i))
					w.Byte(1)
					w.Uint32(uint32(i))
				}
			}),
			section(binary.ExportSection, 1, func(w *wasm.Writer, _ int) { w.Byte(0); w.Name(longName); w.Byte(5, 0, 0) }))},
		"aliases of a function under a long name": {file: componentOf(
			section(binary.TypeSection, 1, func(w *wasm.Writer, _ int) { instanceType(w, 1, numbered) }),
			importOf(longName, 5, 0),
			section(binary.AliasSection, n, func(w *wasm.Writer, _ int) { w.Byte(1, 0, 0); w.Name("f0") }))},
		"resources in an instance with a long name": {file: componentOf(
			section(binary.TypeSection, 1, func(w *wasm.Writer, _ int) {
				w.Byte(0x42, 2, 1, 0x42)
				w.Uint32(n)
				for i := range n {
					w.Byte(4, 0)
					w.Name(numbered(i))
					w.Byte(3, 1)
				}
				w.Byte(4, 0)
				w.Name(longName)
				w.Byte(5, 0)
			}),
			importOf("a", 5, 0)), refused: "steps to instantiate"},
		"instances that differ under a long name": {file: componentOf(
			whole(binary.ComponentSection, componentOf(section(binary.TypeSection, 1, longInstance), importOf("a", 5, 0))),
			section(binary.TypeSection, 1, longInstance),
			importOf("a", 5, 0),
			section(binary.InstanceSection, n, func(w *wasm.Writer, _ int) { w.Byte(0, 0, 1); w.Name("a"); w.Byte(5, 0) })), refused: "too much work"},
		"instances of a component in a long file": {file: componentOf(whole(binary.ComponentSection, exporting),
			section(binary.InstanceSection, n, item(0, 0, 0)),
			whole(binary.CustomSection, append([]byte{1, 'x'}, make([]byte, long)...))), refused: "too much work"},
		"instances of a component with a long module": {file: componentOf(whole(binary.ComponentSection, exporting),
			section(binary.InstanceSection, n, item(0, 0, 0)),
			whole(binary.CoreModuleSection, append((&wasm.Module{}).Bytes(), whole(0, append([]byte{1, 'x'}, make([]byte, long)...))...))), refused: "too much work"},
		"aliases of a large instance": {file: componentOf(
			section(binary.TypeSection, 1, func(w *wasm.Writer, _ int) {
				w.Byte(0x42, 2, 1)
				instanceType(w, n, numbered)
				w.Byte(4, 0)
				w.Name("i")
				w.Byte(5, 0)
			}),
			importOf("a", 5, 0),
			section(binary.AliasSection, n, func(w *wasm.Writer, _ int) { w.Byte(5, 0, 0); w.Name("i") })), refused: "too much work"},
		"functions with many parameters": {file: componentOf(
			section(binary.TypeSection, 1, func(w *wasm.Writer, _ int) {
				w.Byte(0x40)
				w.Uint32(n)
				for i := range n {
					w.Name(numbered(i))
					w.Byte(0x7d)
				}
				w.Byte(1, 0)
			}),
			importOf("a", 1, 0), core,
			section(binary.CanonSection, n, item(1, 0, 0, 1, 3, 0))), refused: "too much work"},
		"functions of a large type, in many instances": {file: componentOf(core, function,
			section(binary.CanonSection, 1, item(0, 0, 0, 0, 0)),
			whole(binary.ComponentSection, componentOf(
				section(binary.TypeSection, n, item(0x6f, 1, 0x7d)),
				section(binary.TypeSection, 2, func(w *wasm.Writer, i int) {
					if i == 1 {
						w.Byte(0x40, 1)
						w.Name("p")
						w.Int64(n)
						w.Byte(1, 0)
						return
					}
					w.Byte(0x6f)
					w.Uint32(n)
					for i := range n {
						w.Int64(int64(i))
					}
				}),
				section(binary.ImportSection, 1, func(w *wasm.Writer, _ int) { w.Byte(0); w.Name("a"); w.Byte(1); w.Uint32(n + 1) }),
				core,
				section(binary.CanonSection, 1, item(1, 0, 0, 1, 3, 0)))),
			section(binary.TypeSection, n, item(0x6f, 1, 0x7d)),
			section(binary.TypeSection, 2, func(w *wasm.Writer, i int) {
				if i == 1 {
					w.Byte(0x40, 1)
					w.Name("p")
					w.Int64(n + 1)
					w.Byte(1, 0)
					return
				}
				w.Byte(0x6f)
				w.Uint32(n)
				for i := range n {
					w.Int64(int64(i + 1))
				}
			}),
			section(binary.ImportSection, 1, func(w *wasm.Writer, _ int) { w.Byte(0); w.Name("a"); w.Byte(1); w.Uint32(n + 2) }),
			section(binary.InstanceSection, 200, func(w *wasm.Writer, _ int) { w.Byte(0, 0, 1); w.Name("a"); w.Byte(1, 1) })), refused: "steps to instantiate"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := New(c.file)
			runtime.ReadMemStats(&after)
			if c.refused == "" && err != nil || c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)) {
				t.Errorf("got %v, want %q", err, c.refused)
			}
			// Garbage counts too.
			if got := after.TotalAlloc - before.TotalAlloc; got > 256<<20 {
				t.Errorf("%d MiB are allocated, for a file of %d KiB", got>>20, len(c.file)>>10)
			} else {
				t.Logf("%d MiB for %d KiB", got>>20, len(c.file)>>10)
			}
		})
	}
}
