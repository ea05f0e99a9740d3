package gowasm

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// samples are the functions of sample_test.go by the names that they are exported under.
var samples = map[string]any{
	"arithmetic": arithmetic, "wide": wide, "signed": signed, "compare": compare, "loops": loops, "choose": choose,
	"results": results, "globals": globals, "constants": constants,
}

func instantiate(t *testing.T, wasm []byte) api.Module {
	t.Helper()
	ctx := t.Context()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	t.Cleanup(func() { rt.Close(ctx) })
	m, err := rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName("main"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestSameAsGo: compiled functions return what they do when the Go compiler compiles
// them.
func TestSameAsGo(t *testing.T) {
	text, err := os.ReadFile("sample_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range samples {
		names = append(names, name)
	}
	slices.Sort(names)
	files := map[string]string{"sample.go": string(text)}
	wasm, err := Compile(files, Options{Exports: names})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Compile(files, Options{Exports: names}); err != nil || !bytes.Equal(wasm, again) {
		t.Errorf("a second compilation gives another module, or %v", err)
	}
	m := instantiate(t, wasm)
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range names {
		f := reflect.ValueOf(samples[name])
		for range 2000 {
			args := make([]uint64, f.Type().NumIn())
			values := make([]reflect.Value, len(args))
			for n := range args {
				args[n] = random.Uint64() >> random.IntN(64)
				if random.IntN(4) == 0 {
					args[n] = -args[n]
				}
				if n > 0 && random.IntN(4) == 0 {
					args[n] = args[0]
				}
				typ := f.Type().In(n)
				if typ.Size() == 4 {
					args[n] = uint64(uint32(args[n]))
				}
				values[n] = reflect.ValueOf(args[n]).Convert(typ)
			}
			got, err := m.ExportedFunction(name).Call(t.Context(), args...)
			if err != nil {
				t.Fatal(err)
			}
			want := f.Call(values)[0]
			if value := reflect.ValueOf(got[0]).Convert(want.Type()); value.Interface() != want.Interface() {
				t.Fatalf("%s%v returns %v, and Go's %v", name, args, value, want)
			}
		}
	}
}

// TestOnlyWhatIsUsed: a module holds what its exports need, as constants have it.
func TestOnlyWhatIsUsed(t *testing.T) {
	files := map[string]string{"a.go": `package p

const wanted = true

//go:wasmimport one f
func f(a uint32) uint32

//go:wasmimport two g
func g()

//go:wasmimport instruction i32.load
func load(at uint32) uint32

//go:wasmexport plain
func plain(a uint32) uint32 {
	if wanted && a > 1 {
		return f(a)
	}
	return a
}
`, "b.go": `package p

//go:wasmexport other
func other() { helper() }

func helper() { g(); load(0) }
`}
	for _, c := range []struct {
		exports   []string
		constants map[string]bool
		want      string
	}{
		{[]string{"plain"}, nil, "[one.f]"},
		{[]string{"plain"}, map[string]bool{"wanted": false}, "[]"},
		{[]string{"other"}, nil, "[two.g] memory"},
		{[]string{"other", "plain"}, nil, "[one.f two.g] memory"},
	} {
		wasm, err := Compile(files, Options{Exports: c.exports, Constants: c.constants})
		if err != nil {
			t.Fatal(err)
		}
		rt := wazero.NewRuntimeWithConfig(t.Context(), wazero.NewRuntimeConfigInterpreter())
		defer rt.Close(t.Context())
		m, err := rt.CompileModule(t.Context(), wasm)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range m.ImportedFunctions() {
			module, name, _ := f.Import()
			names = append(names, module+"."+name)
		}
		got := fmt.Sprint(names)
		if len(m.ImportedMemories()) > 0 {
			got += " memory"
		}
		if got != c.want {
			t.Errorf("%v with %v imports %s, want %s", c.exports, c.constants, got, c.want)
		}
	}
}

// TestTraps: panic and a division by zero trap.
func TestTraps(t *testing.T) {
	wasm, err := Compile(map[string]string{"a.go": `package p

//go:wasmexport f
func f(a, b uint32) uint32 {
	if a == 7 {
		panic("seven")
	}
	return a / b
}
`}, Options{Exports: []string{"f"}})
	if err != nil {
		t.Fatal(err)
	}
	m := instantiate(t, wasm)
	for _, c := range []struct {
		a, b uint64
		want string
	}{{8, 2, ""}, {7, 2, "unreachable"}, {8, 0, "divide by zero"}} {
		_, err := m.ExportedFunction("f").Call(t.Context(), c.a, c.b)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("f(%d, %d): %v", c.a, c.b, err)
		}
	}
}

// TestRefused: what cannot be compiled is an error with its place.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"func f(a uint32) uint32 { return b }", "x.go:4:34: undefined: b"},
		{"func f(", "x.go:4:8: expected"},
		{"func f() { for { continue", "x.go:4"},
		{"func f(a string) {}", "the type string is not supported"},
		{"func f(a uint8) {}", "the type uint8 is not supported"},
		{"func f() { a := 5; _ = a }", "the type int is not supported"},
		{"func f(a []uint32) {}", "the type []uint32 is not supported"},
		{"func f(a ...uint32) {}", "variadic"},
		{"func f() (a uint32) { return 1 }", "results with names"},
		{"func f(a, b uint32) uint32 { return a << b }", "the count of a shift must be a constant"},
		{"func f(a uint32) uint32 { return a << 32 }", "the count of a shift is 32"},
		{"func f(a, b int32) int32 { return a / b }", "the division of signed integers"},
		{"func f() { defer f() }", "the statement *ast.DeferStmt is not supported"},
		{"func f() { L: for { break L } }", "the statement *ast.LabeledStmt is not supported"},
		{"func f(a uint32) { switch a { case 1: fallthrough; case 2: } }", "fallthrough"},
		{"func f() { func() {}() }", "only functions of the package can be called"},
		{"func f() { g := f; g() }", "f is not a variable"},
		{"func f(a int32) { for range a {} }", "a range is over uint32 or uint64"},
		{"func f() { h() }\nfunc h()", "h has neither a body nor a directive"},
		{"func f() { h() }\n//go:wasmimport instruction i32.fly\nfunc h()", `there is no instruction "i32.fly"`},
		{"func f() { h() }\n//go:wasmimport instruction br\nfunc h()", "the instruction br has immediates"},
		{"type t uint32\nfunc f() {}\nfunc (t) m() {}", "methods are not supported"},
		{"func f[T any]() {}", "type parameters are not supported"},
		{"func f() {}\nvar v = g()\nfunc g() uint32 { return 1 }", "v must start at a constant"},
		{"func f() {}\nimport \"os\"", "x.go:5"},
		{"func g() {}", `no function is exported as "f"`},
	} {
		source := strings.Replace("package p\n\n//go:wasmexport f\n"+c.source, "//go:wasmexport f\nfunc g", "func g", 1)
		if strings.HasPrefix(c.source, "type t") {
			source = "package p\n\n" + strings.Replace(c.source, "func f", "//go:wasmexport f\nfunc f", 1)
		}
		_, err := Compile(map[string]string{"x.go": source}, Options{Exports: []string{"f"}})
		var failed *Error
		if !errors.As(err, &failed) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.source, err, c.want)
		}
	}
	if _, err := Compile(map[string]string{"x.go": "package p\nconst c = 5"}, Options{Constants: map[string]bool{"c": true}}); err == nil || !strings.Contains(err.Error(), "no constant c") {
		t.Errorf("a constant that is a number: %v", err)
	}
}
