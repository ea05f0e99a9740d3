package link_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/ctxtest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/wasm"
)

// TestCompileLooks counts how often Compile looks at its context while it reads large guests, and
// ends the context at one look after the other: Compile returns then, and looks a few times more at
// most.
func TestCompileLooks(t *testing.T) {
	t.Parallel()
	const n = 30_000
	one := []wasm.Code{wasm.I32Const(1), wasm.I(wasm.OpDrop)}
	module := func(make func(m *wasm.Module)) []byte {
		var m wasm.Module
		m.Memory(wasm.Limits{Min: 1})
		m.Func(m.Type(wasm.FuncType(nil, nil)), nil, one...)
		make(&m)
		return m.Bytes()
	}
	exports := module(func(m *wasm.Module) {
		for i := range n {
			m.Export(fmt.Sprint(i), wasm.MemoryKind, 0)
		}
	})
	component := func(id binary.SectionID, content []byte) []byte {
		var w wasm.Writer
		w.Byte(0, 'a', 's', 'm', 0x0d, 0, 1, 0)
		w.Byte(byte(id))
		w.Bytes(content)
		return w.Buf
	}
	var types wasm.Writer
	types.Uint32(n)
	types.Byte(bytes.Repeat([]byte{0x70, 0x7d}, n)...)
	for name, c := range map[string]struct {
		guest []byte
		most  int // steps of each of n, save those of rewriting, which has a channel to look at
	}{
		"types of a component":                  {component(binary.TypeSection, types.Buf), 4},
		"exports of a module in a component":    {component(binary.CoreModuleSection, exports), 2},
		"exports":                               {exports, 1},
		"code of a function":                    {module(func(m *wasm.Module) { m.Func(0, nil, bytes.Repeat(wasm.Seq(one...), n/2)) }), 1},
		"blocks, for which values are followed": {module(func(m *wasm.Module) { m.Func(0, nil, bytes.Repeat(wasm.Block(one...), n/4)) }), 3},
		"names": {module(func(m *wasm.Module) {
			var w wasm.Writer
			w.Name("name")
			w.Byte(wasm.NamesOfFunctions)
			w.Sized(func() {
				w.Uint32(n)
				for i := range uint32(n) {
					w.Uint32(i)
					w.Name("x")
				}
			})
			m.Custom = append(append(m.Custom, 0), sized(w.Buf)...)
		}), 1},
		"elements": {module(func(m *wasm.Module) {
			m.Element(0, make([]uint32, n)...)
			m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: n}})
		}), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := ctxtest.EndsAt(context.Background(), 0)
			plugin, err := subject.Compile(all, c.guest)
			if err == nil {
				plugin.Close(context.Background())
			}
			var limit *host.LimitError
			if errors.As(err, &limit) {
				t.Fatal(err)
			}
			if asked, want := all.Asked(), c.most*n/wasm.LookSteps; asked < want {
				t.Errorf("the context is looked at %d times, want %d", asked, want)
			}
			for k := 1; k < all.Asked()-1; k += 1 + all.Asked()/8 {
				ctx := ctxtest.EndsAt(context.Background(), k)
				_, err := subject.Compile(ctx, c.guest)
				if !errors.As(err, &limit) || limit.Limit != "cancel" {
					t.Errorf("after %d looks: %v", k, err)
				}
				if more := ctx.Asked() - k; more > 8 {
					t.Errorf("after the context's end at look %d there are %d more", k, more)
				}
			}
		})
	}
}

// sized returns content with its length before it.
func sized(content []byte) []byte {
	var w wasm.Writer
	w.Bytes(content)
	return w.Buf
}
