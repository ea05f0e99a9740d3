package dynamic_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// countedContext counts how often it is looked at.
type countedContext struct {
	context.Context
	looks atomic.Int64
}

func (c *countedContext) Err() error {
	c.looks.Add(1)
	return c.Context.Err()
}

// Long lists and maps are lowered and lifted with looks at the context in between.
func TestLooks(t *testing.T) {
	t.Parallel()
	r, world := model(t, `package test:looks;
		world w {
			export bools: func(l: list<bool>) -> u32;
			export numbers: func(m: map<u32, bool>) -> u32;
			export words: func(m: map<string, bool>) -> u32;
			export give: func() -> list<bool>;
		}`)
	g := &guest{}
	g.next = g.Global("i32", wasmtest.I32(heap))
	for _, name := range []string{"bools", "numbers", "words"} {
		g.ExportFunc(name, "i32 i32 -> i32", "", wasmtest.Get(1))
	}
	g.ExportFunc("give", "-> i32", "", wasmtest.I32(4), wasmtest.I32(100_000), wasmtest.Store32(0), wasmtest.I32(0))
	inst := start(t, g.finish(100), r, world, nil)
	bools := make([]any, 100_000)
	for i := range bools {
		bools[i] = i%3 == 0
	}
	numbers, words := value.Map{}, value.Map{}
	for i := range 10_000 {
		numbers[uint32(i)] = true
	}
	prefix := strings.Repeat("x", 200_000)
	for i := range 10 {
		words[fmt.Sprint(prefix, i)] = true
	}
	for _, test := range []struct {
		name  string
		args  []any
		least int64
	}{
		{"bools", []any{bools}, 100_000 * 8 / 20_000},
		{"numbers", []any{numbers}, 10_000 * (8 + 4*14 + 4*14) / 20_000},
		{"words", []any{words}, 10 * 3 * 200_000 / 16 / 20_000},
		{"give", nil, 100_000 * 4 / 20_000},
	} {
		ctx := &countedContext{Context: t.Context()}
		if _, err := inst.Call(ctx, test.name, test.args...); err != nil {
			t.Fatal(err)
		}
		if looks := ctx.looks.Load(); looks < test.least {
			t.Errorf("%s: %d looks, want %d", test.name, looks, test.least)
		}
	}
}
