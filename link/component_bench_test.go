package link_test

import (
	"context"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
)

// forms are a guest as a core module, as a component, and as a component of two
// instances, of which one calls the other.
func forms(b *testing.B) map[string][]byte {
	b.Helper()
	core := hosttest.NewEcho("log").Bytes()
	made, err := hosttest.Component(core)
	if err != nil {
		b.Fatal(err)
	}
	composed, err := hosttest.Compose(made, made)
	if err != nil {
		b.Fatal(err)
	}
	return map[string][]byte{"core": core, "component": made, "composed": composed}
}

func eachForm(b *testing.B, run func(b *testing.B, plugin *subject.Plugin)) {
	for name, wasm := range forms(b) {
		b.Run(name, func(b *testing.B) {
			plugin, err := subject.Compile(context.Background(), wasm)
			if err != nil {
				b.Fatal(err)
			}
			defer plugin.Close(context.Background())
			b.ReportAllocs()
			run(b, plugin)
		})
	}
}

func BenchmarkInstantiate(b *testing.B) {
	imports := (&hosttest.Host{}).Imports()
	eachForm(b, func(b *testing.B, plugin *subject.Plugin) {
		ctx := context.Background()
		for b.Loop() {
			inst, err := plugin.Instantiate(ctx, imports)
			if err != nil {
				b.Fatal(err)
			}
			if err := inst.Close(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	for name, wasm := range forms(b) {
		b.Run(name, func(b *testing.B) {
			ctx := context.Background()
			for b.Loop() {
				plugin, err := subject.Compile(ctx, wasm, host.MemoryLimit(1<<24))
				if err != nil {
					b.Fatal(err)
				}
				if err := plugin.Close(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCall calls functions that call an import of the same name: of the
// host, or of another component instance, which calls the host.
func BenchmarkCall(b *testing.B) {
	ctx := context.Background()
	imports := (&hosttest.Host{}).Imports()
	for name, call := range map[string]func(inst *subject.Instance) error{
		"add": func(inst *subject.Instance) error { _, err := inst.Values().Add(ctx, 2, 3); return err },
		"string": func(inst *subject.Instance) error {
			_, err := inst.Values().EchoString(ctx, "0123456789abcdef")
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			eachForm(b, func(b *testing.B, plugin *subject.Plugin) {
				inst, err := plugin.Instantiate(ctx, imports)
				if err != nil {
					b.Fatal(err)
				}
				for n := 0; b.Loop(); n++ {
					if n%10000 == 9999 && name == "string" { // the guest's realloc frees nothing
						inst.Close(ctx)
						if inst, err = plugin.Instantiate(ctx, imports); err != nil {
							b.Fatal(err)
						}
					}
					if err := call(inst); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
