package component_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/testing/witrand"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// TestInteropNewBytes: New makes most of the components that wasm-tools makes, byte for
// byte but for the sections that say who made them and what things are called.
func TestInteropNewBytes(t *testing.T) {
	run := wasmTools(t)
	same, differ := 0, 0
	compare := func(name string, core []byte) {
		ours, err := component.New(core, component.NewOptions{})
		file := filepath.Join(t.TempDir(), "theirs.wasm")
		msg, theirErr := run(core, "component", "new", "-o", file)
		if err != nil || theirErr != nil {
			if err == nil || theirErr == nil {
				t.Errorf("%s: here %v, there %v %s", name, err, theirErr, msg)
			}
			return
		}
		theirs, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(plainComponent(ours)) == string(plainComponent(theirs)) {
			same++
			return
		}
		differ++
	}
	for name, text := range comptest.WITFiles(t) {
		r, pkg := comptest.WITOf(t, text)
		for _, id := range r.Packages[pkg].Worlds {
			core, err := component.Embed(dropping(r, id).Wasm(), r, id, component.UTF8)
			if err != nil {
				t.Fatal(err)
			}
			compare(name+"."+r.Worlds[id].Name, core)
		}
	}
	for seed := range uint64(60) {
		res, err := resolve.Source("random.wit", witrand.File(seed, witrand.Synchronous(1)), resolve.Options{AllFeatures: true})
		if err != nil {
			continue
		}
		for _, id := range res.Resolve.Packages[res.Main].Worlds {
			core, err := component.Embed(dropping(res.Resolve, id).Wasm(), res.Resolve, id, component.UTF16)
			if err != nil {
				t.Fatal(err)
			}
			compare(fmt.Sprintf("seed%d.%s", seed, res.Resolve.Worlds[id].Name), core)
		}
	}
	t.Logf("%d components are equal, %d differ", same, differ)
	if same < 60 { // of 112, by the wasm-tools of scripts/interop-versions
		t.Errorf("%d components are equal, want 60; %d differ", same, differ)
	}
}

// dropping is a guest of a world that drops resources only under the names of the
// interfaces that define them, as wasm-tools wants it.
func dropping(r *wit.Resolve, id wit.WorldID) *comptest.Guest {
	defined := make(map[string]bool)
	for _, it := range r.Worlds[id].Imports {
		if i, ok := it.Item.(wit.InterfaceID); ok {
			for _, t := range r.Interfaces[i].Types {
				if _, ok := r.Types[t].Kind.(*wit.Resource); ok {
					defined[r.ItemName(it)+" [resource-drop]"+r.Types[t].Name] = true
				}
			}
		}
	}
	return &comptest.Guest{R: r, World: r.Worlds[id], Edit: func(name string, _ *abi.Signature) bool {
		return !strings.Contains(name, "[resource-drop]") || strings.HasPrefix(name, "[export]") || defined[name]
	}}
}
