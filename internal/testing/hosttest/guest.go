package hosttest

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/shop"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/store"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// Version is that of the world's package.
const Version = "@1.2.3"

// Area is where guests put the results that do not fit on the stack; memory from
// Heap on is what their realloc gives out.
const (
	Area = 64
	Heap = 1024
)

// Guest is a guest of the world in the making. Functions of the world go by short
// names: "values.add", "shop.[method]item.value", "run"; imports likewise, with
// "log" for the world's own.
type Guest struct {
	wasmtest.Module
	// Heap is the global that holds where free memory begins.
	Heap uint32
	// Realloc is the index of a realloc that gives out memory and frees none; it
	// is exported, unless the test exports another.
	Realloc uint32
	imports map[string]uint32
	// NoMemory and NoStubs leave the memory out, and the functions that are not
	// defined.
	NoMemory, NoStubs bool
}

// NewGuest begins a guest that imports functions.
func NewGuest(imports ...string) *Guest {
	g := &Guest{imports: map[string]uint32{}}
	for _, short := range imports {
		module, name, signature := importOf(short)
		g.imports[short] = g.Module.Import(module, name, signature)
	}
	g.Heap = g.Global("i32", wasmtest.I32(Heap))
	return g
}

// Import returns the index of an imported function.
func (g *Guest) Import(short string) uint32 {
	index, ok := g.imports[short]
	if !ok {
		panic("hosttest: the guest does not import " + short)
	}
	return index
}

// Call calls an imported function.
func (g *Guest) Call(short string) wasmtest.Code { return wasmtest.Call(g.Import(short)) }

// Define defines a function of the world.
func (g *Guest) Define(short, locals string, code ...wasmtest.Code) {
	name, signature := exportOf(short)
	g.ExportFunc(name, signature, locals, code...)
}

// DefineRaw defines a function of the world by its body in binary: locals and code.
func (g *Guest) DefineRaw(short string, body []byte) {
	name, signature := exportOf(short)
	g.Export(name, wasmtest.KindFunc, g.RawFunc(signature, body))
}

// Post defines the post-return function of a function of the world.
func (g *Guest) Post(short string, code ...wasmtest.Code) {
	name, signature := exportOf(short)
	_, results, _ := strings.Cut(signature, "->")
	g.ExportFunc("cabi_post_"+name, results+" ->", "", code...)
}

// Dtor defines the destructor of a resource of the guest's: item or crate.
func (g *Guest) Dtor(resource, locals string, code ...wasmtest.Code) {
	g.ExportFunc("test:subject/shop"+Version+"#[dtor]"+resource, "i32 ->", locals, code...)
}

// Bytes returns the module. Of what the world exports and the guest does not
// define, values.add adds, and the rest traps.
func (g *Guest) Bytes() []byte {
	if !g.NoMemory && !g.Exports("memory") {
		g.Export("memory", wasmtest.KindMemory, g.Memory(1, -1))
	}
	if !g.NoMemory && !g.Exports("cabi_realloc") {
		g.Realloc = g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "i32", g.bump()...)
	}
	if !g.NoStubs {
		for _, short := range Exports() {
			name, signature := exportOf(short)
			switch {
			case g.Exports(name):
			case short == "values.add":
				g.ExportFunc(name, signature, "", wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32Add)
			default:
				g.ExportFunc(name, signature, "", wasmtest.Unreachable)
			}
		}
	}
	return g.Module.Bytes()
}

// bump is a realloc that gives out memory and frees none.
func (g *Guest) bump() []wasmtest.Code {
	const old, oldSize, align, size, ptr = 0, 1, 2, 3, 4
	return []wasmtest.Code{
		wasmtest.Get(old), wasmtest.If( // smaller memory is the same
			wasmtest.Get(size), wasmtest.Get(oldSize), wasmtest.I32LeU, wasmtest.If(wasmtest.Get(old), wasmtest.Return)),
		wasmtest.GlobalGet(g.Heap), wasmtest.Get(align), wasmtest.I32Add, wasmtest.I32(1), wasmtest.I32Sub,
		wasmtest.I32(0), wasmtest.Get(align), wasmtest.I32Sub, wasmtest.I32And, wasmtest.Tee(ptr),
		wasmtest.Get(size), wasmtest.I32Add, wasmtest.GlobalSet(g.Heap),
		wasmtest.Loop(
			wasmtest.GlobalGet(g.Heap), wasmtest.MemorySize, wasmtest.I32(16), wasmtest.I32Shl, wasmtest.I32GtU,
			wasmtest.If(
				wasmtest.I32(1), wasmtest.MemoryGrow, wasmtest.I32(0xffffffff), wasmtest.I32Eq, wasmtest.If(wasmtest.Unreachable),
				wasmtest.Br(1))),
		wasmtest.Get(old), wasmtest.If(wasmtest.Get(ptr), wasmtest.Get(old), wasmtest.Get(oldSize), wasmtest.MemoryCopy),
		wasmtest.Get(ptr),
	}
}

// Words stores 32-bit words from an address on.
func Words(at uint32, words ...uint32) wasmtest.Code {
	var code wasmtest.Code
	for i, w := range words {
		code = wasmtest.Seq(code, wasmtest.I32(at+4*uint32(i)), wasmtest.I32(w), wasmtest.Store32(0))
	}
	return code
}

// Return stores words in the Area and leaves its address.
func Return(words ...uint32) wasmtest.Code {
	return wasmtest.Seq(Words(Area, words...), wasmtest.I32(Area))
}

// Exports returns the short names of what the world exports.
func Exports() []string {
	list := []string{"run"}
	for prefix, i := range map[string]*bind.Interface{"values.": &values.Descriptor, "shop.": &shop.Descriptor} {
		for _, f := range i.Functions {
			list = append(list, prefix+f.Name)
		}
	}
	return list
}

// ExportName returns the core name of a function of the world.
func ExportName(short string) string {
	name, _ := exportOf(short)
	return name
}

// Signature returns the core signature of a function that the world exports.
func Signature(short string) string {
	_, signature := exportOf(short)
	return signature
}

func exportOf(short string) (name, signature string) {
	if short == "run" {
		return short, "i32 -> i64"
	}
	prefix, name, _ := strings.Cut(short, ".")
	return "test:subject/" + prefix + Version + "#" + name, string(function(prefix, name).Export)
}

func importOf(short string) (module, name, signature string) {
	if short == "log" {
		return "$root", short, "i32 i32 ->"
	}
	prefix, name, _ := strings.Cut(short, ".")
	module = "test:subject/" + prefix + Version
	switch {
	case strings.HasPrefix(name, "[resource-drop]"):
		signature = "i32 ->"
	case strings.HasPrefix(name, "[resource-"):
		signature = "i32 -> i32"
	default:
		signature = string(function(prefix, name).Import)
	}
	if prefix == "shop" { // the guest defines its resources
		module = "[export]" + module
	}
	return module, name, signature
}

func function(prefix, name string) *bind.Function {
	i := map[string]*bind.Interface{"values": &values.Descriptor, "store": &store.Descriptor, "shop": &shop.Descriptor}[prefix]
	for k := range i.Functions {
		if f := &i.Functions[k]; f.Name == name {
			return f
		}
	}
	panic(fmt.Sprintf("hosttest: the world has no function %s.%s", prefix, name))
}
