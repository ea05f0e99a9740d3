//go:build wasm || tinygo.wasm

// Command values is the guest of the world roundtrip:values/values. Every
// function changes what it gets, passes it to the import of the same name, and
// returns what the import answers, changed.
package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/values"
)

func init() {
	values.Export(
		scalarsGuest{}, textGuest{}, listsGuest{}, fixedGuest{}, mapsGuest{}, variantsGuest{}, bigGuest{},
		tuplesGuest{}, recordsGuest{}, manyGuest{}, setsGuest{}, optionsGuest{}, outcomesGuest{}, callsGuest{}, stateGuest{},
	)
}

func main() {}

// seen counts the calls.
var seen uint64

type stateGuest struct{}

func (stateGuest) Seen() uint64 { return seen }

// through passes v through an import, changed on the way out and on the way
// back.
func through[T any](v T, change func(T) T, imported func(T) T) T {
	seen++
	return change(imported(change(v)))
}

func pack1[A any](a A) types.Tuple1[A] { return types.Tuple1[A]{F0: a} }

func pack2[A, B any](a A, b B) types.Tuple2[A, B] { return types.Tuple2[A, B]{F0: a, F1: b} }

func pack3[A, B, C any](a A, b B, c C) types.Tuple3[A, B, C] {
	return types.Tuple3[A, B, C]{F0: a, F1: b, F2: c}
}

func pack16[A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P any](a A, b B, c C, d D, e E, f F, g G, h H, i I, j J, k K, l L, m M, n N, o O, p P) types.Tuple16[A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P] {
	return types.Tuple16[A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P]{
		F0: a, F1: b, F2: c, F3: d, F4: e, F5: f, F6: g, F7: h, F8: i, F9: j, F10: k, F11: l, F12: m, F13: n, F14: o, F15: p,
	}
}
