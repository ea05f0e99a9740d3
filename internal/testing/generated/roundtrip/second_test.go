package roundtrip

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/lasting/roundtrip/lasting/lasting"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/second"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// secondGuest copies the module internal/testing/secondguest, and has its generator make
// the bindings of a world from some files of a folder of wit.
func secondGuest(t *testing.T, world, folder string, files ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "secondguest"))))
	wit := filepath.Join(dir, "wit")
	must(t, os.Mkdir(wit, 0o755))
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join("wit", folder, name+".wit"))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(wit, name+".wit"), text, 0o644))
	}
	must(t, os.Mkdir(filepath.Join(dir, "gen"), 0o755))
	cmd := exec.Command("go", "tool", "wit-bindgen-go", "generate", "--world", world, "--out", "gen",
		"--package-root", "example.com/second/gen", "./wit")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("wit-bindgen-go: %v\n%s", err, out)
	}
	return dir
}

// tinyGos returns the compilers that the other generator's bindings build with.
func tinyGos(t *testing.T) []guestbuild.Compiler {
	if !guestbuild.Whole() {
		t.Skip("left out: make test, which sets WITGEN_TESTS=all, builds and runs wit-bindgen-go's guests")
	}
	compilers := slices.DeleteFunc(slices.Clone(guestbuild.Compilers(t)), func(c guestbuild.Compiler) bool { return c == guestbuild.Go })
	if len(compilers) == 0 {
		t.Skip("wit-bindgen-go's bindings build by TinyGo only, which is left out")
	}
	return compilers
}

// Guests by the bindings of another generator run under our host: two authors,
// one ABI. The collector cannot see into the other's types, so it is off.
func TestSecondGuest(t *testing.T) {
	compilers := tinyGos(t)
	valuesDir := secondGuest(t, "second", "values", "scalars", "compound", "many", "calls", "second")
	boxesDir := secondGuest(t, "lasting", "lasting", "lasting")
	for _, compiler := range compilers {
		t.Run(string(compiler)+"/values", func(t *testing.T) {
			t.Parallel()
			plugin, err := second.Compile(ctx, guestbuild.BuildWith(t, compiler, filepath.Join(valuesDir, "values"), "-gc=leaking"))
			must(t, err)
			t.Cleanup(func() { must(t, plugin.Close(ctx)) })
			x := &exchange{plain: true}
			inst, err := plugin.Instantiate(ctx, second.Imports{
				Scalars: scalarsPeer{x}, Text: textPeer{x}, Lists: listsPeer{x}, Tuples: tuplesPeer{x}, Records: recordsPeer{x},
				Variants: variantsPeer{x}, Many: manyPeer{x}, Sets: setsPeer{x}, Options: optionsPeer{x},
				Outcomes: outcomesPeer{x}, Calls: callsPeer{x},
			})
			must(t, err)
			trips := families(inst)
			for _, family := range slices.Sorted(maps.Keys(trips)) {
				t.Run(family, func(t *testing.T) {
					x.values = 0
					rapid.Check(t, func(t *rapid.T) {
						for _, trip := range trips[family] {
							trip.run(source{t, trip.chars}, x)
						}
					})
					t.Logf("%d values", x.values)
				})
			}
		})
		t.Run(string(compiler)+"/boxes", func(t *testing.T) {
			t.Parallel()
			plugin, err := lasting.Compile(ctx, guestbuild.BuildWith(t, compiler, filepath.Join(boxesDir, "boxes"), "-gc=leaking"), host.HandleLimit(4))
			must(t, err)
			t.Cleanup(func() { must(t, plugin.Close(ctx)) })
			impl := &workHost{}
			inst, err := plugin.Instantiate(ctx, lasting.Imports{Work: impl})
			must(t, err)
			for n := range 200 {
				makeCalls(t, inst.Work(), n)
			}
			same(t, "boxes that are left", 0, impl.boxes)
		})
	}
}
