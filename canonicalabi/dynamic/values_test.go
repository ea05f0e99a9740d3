package dynamic_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/witgen/witgen/canonicalabi/dynamic"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/valuetest"
	"github.com/witgen/witgen/wit"
)

// Random values of random types go into a guest, out of it into an import, and
// back the same way, and come out the same. Every fourth guest is a component.
func TestRandomValues(t *testing.T) {
	ctx := context.Background()
	functions := 0
	for seed := range uint64(400) {
		g := valuetest.New(seed)
		r := g.Resolve
		var fs []*wit.Function
		for i := range 4 {
			f := &wit.Function{Name: fmt.Sprintf("call-%d", i), Resource: -1}
			for n := range 1 + g.IntN(3) {
				f.Params = append(f.Params, wit.Param{Name: fmt.Sprintf("p%d", n), Type: g.Type(3)})
			}
			if g.IntN(8) > 0 {
				f.Result = g.Type(4)
			}
			if _, _, bad := abi.New(r).TooLarge(f); !bad {
				fs = append(fs, f)
			}
		}
		r.Packages = []*wit.Package{{Name: wit.PackageName{Namespace: "test", Name: "random"}, Interfaces: []wit.InterfaceID{0}, Worlds: []wit.WorldID{0}}}
		r.Interfaces = []*wit.Interface{{Name: "i", Functions: fs, CloneOf: -1}}
		for id, def := range r.Types {
			if def.Name != "" {
				def.Owner = wit.InterfaceID(0)
				r.Interfaces[0].Types = append(r.Interfaces[0].Types, wit.TypeID(id))
			}
		}
		item := func() []*wit.WorldItem { return []*wit.WorldItem{{Item: wit.InterfaceID(0)}} }
		r.Worlds = []*wit.World{{Name: "w", Imports: item(), Exports: item()}}

		imports := dynamic.Imports{}
		var sent, received []any
		var answer any
		for _, f := range fs {
			imports["test:random/i#"+f.Name] = func(_ context.Context, args []any) (any, error) {
				received = args
				return answer, nil
			}
		}
		begin := func() *dynamic.Instance { return start(t, echo(r, 0), r, 0, imports) }
		if seed%4 == 0 {
			begin = func() *dynamic.Instance { return startComponent(t, echo(r, 0), r, 0, imports) }
		}
		inst := begin()
		for _, f := range fs {
			for range 5 {
				sent, answer = nil, nil
				for _, p := range f.Params {
					sent = append(sent, g.Value(p.Type))
				}
				if f.Result != nil {
					answer = g.Value(f.Result)
				}
				got, err := inst.Call(ctx, "test:random/i#"+f.Name, sent...)
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if diff := difference(sent, received); diff != "" {
					t.Fatalf("seed %d: %s: parameters (-sent +received):\n%s", seed, inst.Plugin().Exports()[0].Signature(), diff)
				}
				if diff := difference(answer, got); diff != "" {
					t.Fatalf("seed %d: result (-answered +got):\n%s", seed, diff)
				}
				functions++
			}
		}
		if err := inst.Plugin().Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d calls", functions)
}
