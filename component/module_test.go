package component

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
)

func TestReadModule(t *testing.T) {
	r, pkg := witOf(t, "package a:b; world w { export run: func(); }")
	core := coreModuleOf([]coreFuncDef{{module: "m", name: "f"}, {module: "m", name: "g"}}, []coreFuncDef{{name: "run", sig: abi.Signature{}}}, true)
	want := &Module{Imports: []ModuleImport{{"m", "f"}, {"m", "g"}}}
	got, err := ReadModule(core)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("it differs (-want +got):\n%s", diff)
	}
	embedded, err := Embed(core, r, worldNamed(t, r, pkg, "w"), UTF8)
	if err != nil {
		t.Fatal(err)
	}
	if got, err = ReadModule(embedded); err != nil || !got.HasWIT {
		t.Errorf("with metadata: %+v, %v", got, err)
	}
	for name, test := range map[string]struct {
		wasm []byte
		rule string
	}{
		"cut off":     {core[:len(core)-1], "at offset"},
		"a component": {(&Component{}).Encode(), "the module does not start with"},
		"bodies":      {append([]byte(wasm.Preamble), 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0), "1 functions without a body"},
	} {
		if _, err := ReadModule(test.wasm); err == nil || !strings.Contains(err.Error(), test.rule) {
			t.Errorf("%s: got %v, want %q", name, err, test.rule)
		}
	}
}

func TestInspectModule(t *testing.T) {
	r, pkg := witOf(t, "package a:b; world w { export run: func(); }")
	core := coreModuleOf([]coreFuncDef{{module: "m", name: "f"}}, []coreFuncDef{{name: "run"}}, true)
	core, err := Embed(core, r, worldNamed(t, r, pkg, "w"), UTF8)
	if err != nil {
		t.Fatal(err)
	}
	text := inspected(t, core)
	for _, want := range []string{"core module: ", "\n  import \"m\" \"f\": func () -> ()\n", "\n  export \"run\": func () -> ()\n", "\n  custom \"component-type\": "} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if _, err := Inspect(core[:20]); err == nil {
		t.Error("half a module is shown")
	}
}
