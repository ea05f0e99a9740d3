// Package generated is a module of its own, whose Go code imports bindings that the
// lines below write and Git ignores. The test of internal/testing/nested runs them and
// then the tests here.
package generated

//go:generate go tool witgen generate --world calls --world json --out bench/gen --prune bench/wit
//go:generate go tool witgen generate --world judge --world helping --out interop/gen --prune interop/wit
//go:generate go tool witgen generate --world values --world second --out roundtrip/gen/values --prune roundtrip/wit/values
//go:generate go tool witgen generate --out roundtrip/gen/things --prune roundtrip/wit/things
//go:generate go tool witgen generate --out roundtrip/gen/lasting --prune roundtrip/wit/lasting
