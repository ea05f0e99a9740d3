package link_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

const (
	values  = "test:subject/values@1.2.3"
	rebuild = "build it with the bindings of this world"
)

// guest returns a guest that write has changed before its missing parts were
// added.
func guest(imports []string, write func(g *hosttest.Guest)) []byte {
	g := hosttest.NewGuest(imports...)
	if write != nil {
		write(g)
	}
	return g.Bytes()
}

// replaced returns a guest of which one string is replaced by another of the same
// length, as in another version of an interface.
func replaced(old, new string, imports ...string) []byte {
	return []byte(strings.ReplaceAll(string(guest(imports, nil)), old, new))
}

func exporting(name string, kind wasmtest.Kind) []byte {
	return guest(nil, func(g *hosttest.Guest) {
		g.NoMemory = true
		g.Memory(1, -1)
		g.Table(1, 1)
		g.Func("->", "")
		g.Export(name, kind, 0)
	})
}

func function(name, signature string) []byte {
	return guest(nil, func(g *hosttest.Guest) { g.ExportFunc(name, signature, "", wasmtest.Unreachable) })
}

// importing is a guest that imports something the helpers do not know.
func importing(module, name, signature string) []byte {
	g := &hosttest.Guest{NoMemory: true}
	g.Module.Import(module, name, signature)
	return g.Bytes()
}

// TestLinkErrors compiles guests that do not fit the world. The error names the
// world, the item and the remedy on one line.
func TestLinkErrors(t *testing.T) {
	for name, test := range map[string]struct {
		wasm         []byte
		item, detail string
	}{
		"nothing":                       {wasm: nil, detail: "the guest is not WebAssembly: 0 bytes"},
		"text":                          {wasm: []byte("(module ())"), detail: `the guest is not WebAssembly: 11 bytes that start with "(module "; pass the contents of a .wasm file`},
		"another version":               {wasm: []byte("\x00asm\x02\x00\x00\x00"), detail: "the guest's version of WebAssembly, 02000000, is not supported"},
		"empty component":               {wasm: []byte("\x00asm\x0d\x00\x01\x00"), item: "export " + values, detail: "the guest does not export this interface; " + rebuild},
		"malformed component":           {wasm: []byte("\x00asm\x0d\x00\x01\x00\x01\x05\x01"), detail: "the guest is not a valid component: "},
		"malformed":                     {wasm: []byte("\x00asm\x01\x00\x00\x00\x01\x05\x01"), detail: "the guest is not a valid WebAssembly module"},
		"cut off":                       {wasm: guest(nil, nil)[:300], detail: "the guest is not a valid WebAssembly module"},
		"empty module":                  {wasm: []byte("\x00asm\x01\x00\x00\x00"), item: "export " + values, detail: "the guest does not export this interface; " + rebuild},
		"missing function":              {wasm: replaced("#nothing", "#nothin_"), item: "export " + values + "#nothing", detail: "the guest does not export this function; " + rebuild},
		"missing function of the world": {wasm: replaced("\x03run", "\x03ran"), item: "export run", detail: "the guest does not export this function"},
		"wrong signature":               {wasm: function(values+"#add", "i32 -> i64"), item: "export " + values + "#add", detail: "the guest's function is of type (i32) -> (i64), where the world says (i32, i32) -> (i32); " + rebuild},
		"no parameters":                 {wasm: function("run", "->"), item: "export run", detail: "the guest's function is of type () -> (), where the world says (i32) -> (i64); " + rebuild},
		"memory as function":            {wasm: exporting(values+"#add", wasmtest.KindMemory), item: "export " + values + "#add", detail: "the guest exports a memory of this name, and it must be a function; " + rebuild},
		"table as function":             {wasm: exporting("run", wasmtest.KindTable), item: "export run", detail: "the guest exports a table of this name"},
		"global as realloc":             {wasm: exporting("cabi_realloc", wasmtest.KindGlobal), item: "export cabi_realloc", detail: "the guest exports a global of this name, and it must be a function"},
		"function as memory":            {wasm: exporting("memory", wasmtest.KindFunc), item: "export memory", detail: "the guest exports a function of this name, and it must be a memory"},
		"global as post-return":         {wasm: exporting("cabi_post_"+values+"#echo-string", wasmtest.KindGlobal), item: "export cabi_post_" + values + "#echo-string", detail: "the guest exports a global"},
		"memory as destructor":          {wasm: exporting("test:subject/shop@1.2.3#[dtor]item", wasmtest.KindMemory), item: "export test:subject/shop@1.2.3#[dtor]item", detail: "the guest exports a memory"},
		"destructor's signature":        {wasm: function("test:subject/shop@1.2.3#[dtor]item", "i32 -> i32"), item: "export test:subject/shop@1.2.3#[dtor]item", detail: "a destructor takes the resource's representation and returns nothing, (i32) -> (), and this one is of type (i32) -> (i32); build the guest"},
		"post-return's signature": {wasm: function("cabi_post_"+values+"#echo-string", "->"), item: "export cabi_post_" + values + "#echo-string",
			detail: "a post-return function takes the results of its function and returns nothing, and this one is of type () -> (); build the guest"},
		"realloc's signature":                 {wasm: function("cabi_realloc", "i32 i32 -> i32"), item: "export cabi_realloc", detail: "the guest's function is of type (i32, i32) -> (i32), and must be of type (i32, i32, i32, i32) -> (i32); " + rebuild},
		"_initialize's signature":             {wasm: function("_initialize", "i32 ->"), item: "export _initialize", detail: "the guest's function is of type (i32) -> (), and must be of type () -> (); " + rebuild},
		"command":                             {wasm: function("_start", "->"), item: "export _start", detail: "the guest is a command, which ends when it has run; build it as a library, with -buildmode=c-shared"},
		"exports of a higher major version":   {wasm: replaced("values@1.2.3", "values@2.0.0"), item: "export " + values, detail: "the guest exports test:subject/values@2.0.0, whose version is not compatible; " + rebuild},
		"import of another major version":     {wasm: importing("test:subject/store@2.0.0", "take", "i32 ->"), item: "import test:subject/store@2.0.0#take", detail: "the guest imports it, and the world has test:subject/store@1.2.3, whose version is not compatible; " + rebuild},
		"import of a pre-release":             {wasm: importing("test:subject/store@1.2.3-rc.1", "take", "i32 ->"), item: "import test:subject/store@1.2.3-rc.1#take", detail: "is not compatible"},
		"unknown module":                      {wasm: importing("env", "abort", "i32 ->"), item: "import env#abort", detail: "the guest imports it, and the world does not; " + rebuild},
		"unknown function":                    {wasm: importing("test:subject/store@1.2.3", "steal", "i32 ->"), item: "import test:subject/store@1.2.3#steal", detail: "the guest imports a function that the world's interface does not have; " + rebuild},
		"unknown function of the world":       {wasm: importing("$root", "print", "i32 i32 ->"), item: "import print", detail: "does not have"},
		"signature of an import":              {wasm: importing("test:subject/store@1.2.3", "take", "i64 ->"), item: "import test:subject/store@1.2.3#take", detail: "the guest takes the function to be of type (i64) -> (), where the world says (i32) -> (); " + rebuild},
		"signature of an import of the world": {wasm: importing("$root", "log", "i32 ->"), item: "import log", detail: "to be of type (i32) -> ()"},
		"one import of two types": {wasm: func() []byte {
			g := &hosttest.Guest{NoMemory: true}
			g.Module.Import("$root", "log", "i32 i32 ->")
			g.Module.Import("$root", "log", "i32 ->")
			return g.Bytes()
		}(), item: "import log", detail: "to be of type (i32) -> ()"},
		"resource of nobody":         {wasm: importing("[export]test:subject/shop@1.2.3", "[resource-new]crown", "i32 -> i32"), item: "import [export]test:subject/shop@1.2.3#[resource-new]crown", detail: "the guest asks for a resource that its exports in this world do not define; " + rebuild},
		"resource of the host":       {wasm: importing("[export]test:subject/shop@1.2.3", "[resource-rep]entry", "i32 -> i32"), item: "import [export]test:subject/shop@1.2.3#[resource-rep]entry"},
		"resource-new of an import":  {wasm: importing("test:subject/store@1.2.3", "[resource-new]entry", "i32 -> i32"), item: "import test:subject/store@1.2.3#[resource-new]entry", detail: "does not have"},
		"signature of resource-drop": {wasm: importing("test:subject/store@1.2.3", "[resource-drop]entry", "i32 -> i32"), item: "import test:subject/store@1.2.3#[resource-drop]entry", detail: "where the world says (i32) -> ()"},
		"import of memory": {wasm: func() []byte {
			g := &hosttest.Guest{NoMemory: true}
			g.ImportItem("env", "memory", wasmtest.KindMemory, wasmtest.Limits(1, -1))
			return g.Bytes()
		}(), item: "import env#memory", detail: "the guest imports its memory; it must define and export it"},
		"import of a table": {wasm: func() []byte {
			g := &hosttest.Guest{NoMemory: true}
			g.ImportItem("env", "table", wasmtest.KindTable, append([]byte{0x70}, wasmtest.Limits(1, -1)...))
			return g.Bytes()
		}(), item: "import env#table", detail: "the guest imports a table, and a host supplies functions only; the guest must define it itself"},
		"import of a global": {wasm: func() []byte {
			g := &hosttest.Guest{NoMemory: true}
			g.ImportItem("$root", "log", wasmtest.KindGlobal, []byte{0x7f, 0})
			return g.Bytes()
		}(), item: "import log", detail: "the guest imports a global"},
		"unknown function of WASI":   {wasm: importing("wasi_snapshot_preview1", "fd_fly", "i32 -> i32"), item: "import wasi_snapshot_preview1#fd_fly", detail: "WASI preview 1 has no such function; build the guest for wasip1"},
		"signature of a WASI import": {wasm: importing("wasi_snapshot_preview1", "fd_close", "i64 -> i32"), item: "import wasi_snapshot_preview1#fd_close", detail: "the guest takes the function to be of type (i64) -> (i32), and it is of type (i32) -> (i32); build the guest for wasip1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugin, err := subject.Compile(context.Background(), test.wasm)
			var link *host.LinkError
			if plugin != nil || !errors.As(err, &link) {
				t.Fatalf("got %T %v; want a LinkError", err, err)
			}
			if link.World != "test:subject/subject@1.2.3" || link.Item != test.item || !strings.Contains(link.Detail, test.detail) {
				t.Errorf("got item %q, detail %q; want %q, %q", link.Item, link.Detail, test.item, test.detail)
			}
			if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, link.World) || !strings.Contains(text, link.Detail) {
				t.Errorf("not one line with the world and the detail: %q", text)
			}
		})
	}
}

// A compatible version is taken for the world's, in both directions.
func TestCompatibleVersions(t *testing.T) {
	for _, version := range []string{"1.0.0", "1.9.9", "1.2.4"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			wasm := []byte(strings.ReplaceAll(string(hosttest.NewEcho("log").Bytes()), "@1.2.3", "@"+version))
			plugin, err := subject.Compile(ctx, wasm)
			if err != nil {
				t.Fatal(err)
			}
			defer plugin.Close(ctx)
			inst, err := plugin.Instantiate(ctx, (&hosttest.Host{}).Imports())
			if err != nil {
				t.Fatal(err)
			}
			if s, err := inst.Values().EchoString(ctx, "through"); s != "through" || err != nil {
				t.Errorf("%q, %v", s, err)
			}
		})
	}
}

// Of two versions of an interface that a guest exports, the world's own is
// called, and otherwise the later one.
func TestVersionIsChosen(t *testing.T) {
	ctx := t.Context()
	for versions, want := range map[[2]string]int32{{"1.2.3", "1.10.0"}: 1, {"1.10.0", "1.9.0"}: 1, {"1.9.0", "1.10.0"}: 2} {
		g := hosttest.NewGuest()
		g.NoStubs = true
		for i, version := range versions {
			for _, short := range hosttest.Exports() {
				if name, rest, ok := strings.Cut(hosttest.ExportName(short), "values@1.2.3"); ok {
					code := []wasmtest.Code{wasmtest.Unreachable}
					if short == "values.add" {
						code = []wasmtest.Code{wasmtest.I32(uint32(i + 1))}
					}
					g.ExportFunc(name+"values@"+version+rest, hosttest.Signature(short), "", code...)
				}
			}
		}
		for _, short := range hosttest.Exports() {
			if !strings.HasPrefix(short, "values.") {
				g.ExportFunc(hosttest.ExportName(short), hosttest.Signature(short), "", wasmtest.Unreachable)
			}
		}
		plugin, err := subject.Compile(ctx, g.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		defer plugin.Close(ctx)
		inst, err := plugin.Instantiate(ctx, subject.Imports{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := inst.Values().Add(ctx, 0, 0); got != want || err != nil {
			t.Errorf("%v: the function of version number %d is called, %v; want %d", versions, got, err, want)
		}
	}
}

// A nil field of Imports is an error of Instantiate only where the guest imports
// the interface.
func TestImportsThatAreNeeded(t *testing.T) {
	ctx := t.Context()
	for name, test := range map[string]struct {
		imports []string
		have    subject.Imports
		item    string
		detail  string
	}{
		"none":          {have: subject.Imports{}},
		"only a drop":   {imports: []string{"store.[resource-drop]entry"}},
		"own resources": {imports: []string{"shop.[resource-new]item"}},
		"there":         {imports: []string{"store.take"}, have: subject.Imports{Store: &hosttest.Host{}}},
		"missing":       {imports: []string{"store.take"}, have: subject.Imports{Values: &hosttest.Host{}}, item: "import test:subject/store@1.2.3", detail: "the guest imports it: set Imports.Store"},
		"world's own":   {imports: []string{"log"}, item: "import $root", detail: "the guest imports it: set Imports.World"},
	} {
		t.Run(name, func(t *testing.T) {
			plugin, err := subject.Compile(ctx, guest(test.imports, nil))
			if err != nil {
				t.Fatal(err)
			}
			defer plugin.Close(ctx)
			inst, err := plugin.Instantiate(ctx, test.have)
			if test.item == "" {
				if err != nil || inst == nil {
					t.Fatal(err)
				}
				return
			}
			var link *host.LinkError
			if !errors.As(err, &link) || link.Item != test.item || link.Detail != test.detail {
				t.Errorf("got %T %v", err, err)
			}
		})
	}
}
