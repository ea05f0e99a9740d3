package component_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
)

func TestReadModule(t *testing.T) {
	r, pkg := comptest.WITOf(t, "package a:b; world w { export run: func(); }")
	core := comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "m", Name: "f"}, {Module: "m", Name: "g"}}, []comptest.CoreFuncDef{{Name: "run", Sig: abi.Signature{}}}, true)
	want := &component.Module{Imports: []component.ModuleImport{{Module: "m", Name: "f"}, {Module: "m", Name: "g"}}, Exports: []string{"memory", "run"}}
	got, err := component.ReadModule(core)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("it differs (-want +got):\n%s", diff)
	}
	embedded, err := component.Embed(core, r, comptest.WorldNamed(t, r, pkg, "w"), component.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	if got, err = component.ReadModule(embedded); err != nil || !got.HasWIT {
		t.Errorf("with metadata: %+v, %v", got, err)
	}
	for name, test := range map[string]struct {
		wasm []byte
		rule string
	}{
		"cut off":     {core[:len(core)-1], "at offset"},
		"a component": {(&binary.Component{}).Encode(), "the module does not start with"},
		"bodies":      {append([]byte(wasm.Preamble), 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0), "1 functions without a body"},
	} {
		if _, err := component.ReadModule(test.wasm); err == nil || !strings.Contains(err.Error(), test.rule) {
			t.Errorf("%s: got %v, want %q", name, err, test.rule)
		}
	}
}

func TestInspectModule(t *testing.T) {
	r, pkg := comptest.WITOf(t, "package a:b; world w { export run: func(); }")
	core := comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "m", Name: "f"}}, []comptest.CoreFuncDef{{Name: "run"}}, true)
	core, err := component.Embed(core, r, comptest.WorldNamed(t, r, pkg, "w"), component.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	text := comptest.Inspected(t, core)
	for _, want := range []string{"core module: ", "\n  import \"m\" \"f\": func () -> ()\n", "\n  export \"run\": func () -> ()\n", "\n  custom \"component-type\": "} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if _, err := component.Inspect(core[:20]); err == nil {
		t.Error("half a module is shown")
	}
}
