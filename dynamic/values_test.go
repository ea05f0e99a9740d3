package dynamic_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/valuetest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/wit"
)

// Random values of random types go into a guest, out of it into an import, and
// back the same way, and come out the same. Every fourth guest is a component.
func TestRandomValues(t *testing.T) {
	ctx := context.Background()
	functions := 0
	for seed := range uint64(250) {
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

// Types without content take no memory. WIT has none, but a model can.
func TestEmptyTypes(t *testing.T) {
	r, world := model(t, `package test:empty;
		interface i {
			record nothing { x: u8 }
			flags none-of-them { x }
			f: func(a: nothing, b: none-of-them, c: list<nothing>, d: tuple<nothing, u8>) -> tuple<list<nothing>, none-of-them, option<nothing>>;
		}
		world w { import i; export i; }`)
	for _, def := range r.Types {
		switch def.Name {
		case "nothing":
			def.Kind = &wit.Record{}
		case "none-of-them":
			def.Kind = &wit.Flags{}
		}
	}
	nothing := value.Record{}
	sent := []any{nothing, value.Flags{}, []any{nothing, nothing}, value.Tuple{nothing, uint8(1)}}
	answer := value.Tuple{[]any{nothing, nothing, nothing}, value.Flags{}, value.Some(nothing)}
	inst := start(t, echo(r, 0), r, world, dynamic.Imports{"test:empty/i#f": func(_ context.Context, args []any) (any, error) {
		expect(t, args, sent)
		return answer, nil
	}})
	expect(t, call(t, inst, "f", sent...), answer)
}

// Maps cross as lists of entries: they are lowered in key order, and the last of
// two equal keys wins.
func TestMaps(t *testing.T) {
	r, world := model(t, `package test:maps;
		world w {
			export entries: func(m: map<s8, u32>) -> list<tuple<s8, u32>>;
			export words: func(m: map<string, bool>) -> list<tuple<string, bool>>;
			export of: func(l: list<tuple<s8, u32>>) -> map<s8, u32>;
		}`)
	g := &guest{}
	g.next = g.Global("i32", wasmtest.I32(heap))
	for _, name := range []string{"entries", "words", "of"} { // all return their parameter
		g.ExportFunc(name, "i32 i32 -> i32", "",
			wasmtest.I32(0), wasmtest.Get(0), wasmtest.Store32(0), wasmtest.I32(0), wasmtest.Get(1), wasmtest.Store32(4), wasmtest.I32(0))
	}
	inst := start(t, g.finish(2), r, world, nil)
	pair := func(key int8, v uint32) any { return value.Tuple{key, v} }
	for range 5 {
		expect(t, call(t, inst, "entries", value.Map{int8(3): uint32(30), int8(-1): uint32(10), int8(2): uint32(20)}), []any{pair(-1, 10), pair(2, 20), pair(3, 30)})
		expect(t, call(t, inst, "words", value.Map{"b": true, "": false, "B": true}), []any{value.Tuple{"", false}, value.Tuple{"B", true}, value.Tuple{"b", true}})
	}
	expect(t, call(t, inst, "of", []any{pair(1, 1), pair(2, 2), pair(1, 3)}), value.Map{int8(1): uint32(3), int8(2): uint32(2)})
}

// A plugin serves several goroutines, each with an instance.
func TestConcurrentInstances(t *testing.T) {
	const text = `package test:many;
		interface i { record r { a: list<string>, b: option<tuple<u8, f64>> } f: func(v: list<r>) -> list<r>; }
		world w { import i; export i; }`
	r, world := model(t, text)
	wasm := echo(r, 0)
	imports := dynamic.Imports{"test:many/i#f": func(_ context.Context, args []any) (any, error) { return args[0], nil }}
	first := start(t, wasm, r, world, imports)
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			inst, err := first.Plugin().Instantiate(ctx, imports)
			if err != nil {
				t.Error(err)
				return
			}
			v := []any{value.Record{"a": []any{"x", fmt.Sprint(n)}, "b": value.Some(value.Tuple{uint8(n), 1.5})}}
			for range 50 {
				got, err := inst.Call(ctx, "f", v)
				if diff := difference(any(v), got); err != nil || diff != "" {
					t.Errorf("%v\n%s", err, diff)
				}
			}
		})
	}
	group.Wait()
}

// What the dynamic API costs for a list of records that goes in and out twice.
func BenchmarkEcho(b *testing.B) {
	const text = `package test:bench;
		interface i { record r { name: string, age: u8, likes: option<string> } f: func(v: list<r>) -> list<r>; add: func(a: s32, b: s32) -> s32; }
		world w { import i; export i; }`
	r, world := model(b, text)
	inst := start(b, echo(r, 0), r, world, dynamic.Imports{
		"test:bench/i#f":   func(_ context.Context, args []any) (any, error) { return args[0], nil },
		"test:bench/i#add": func(_ context.Context, args []any) (any, error) { return args[0].(int32) + args[1].(int32), nil },
	})
	list := []any{}
	for i := range 10 {
		list = append(list, value.Record{"name": fmt.Sprint(i), "age": uint8(i), "likes": value.Some("tea")})
	}
	for name, args := range map[string][]any{"f": {list}, "add": {int32(2), int32(3)}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if _, err := inst.Call(ctx, name, args...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
