// Package guest is what the guest bindings that witgen writes are made of: the
// memory that a host allocates in a guest and that a guest hands to its host,
// and the handles of resources. Its code is compiled for WebAssembly only, by
// TinyGo and by standard Go; natively the package is empty.
//
// Addresses, lengths and handles are uint32, as they are in the canonical ABI.
// Memory that only such a number refers to is unknown to Go's garbage
// collector, so every address that crosses the boundary has a root here for as
// long as the call that it belongs to needs it:
//
//   - Memory that the host allocates by cabi_realloc for the parameters of an
//     export is rooted until ParamsLifted.
//   - Memory that it allocates for the result of an import is rooted by the
//     import's Arena until Done.
//   - What a parameter of an import was lowered to is rooted by the same Arena.
//   - What a result of an export was lowered to is rooted until post-return
//     (FreeResults), or the next result.
//
// Strings, lists of numbers and lists of structs of numbers are lifted and lowered
// in place, without a copy, and so are lists of strings where the collector looks
// for pointers in all memory (TinyGo's conservative).
//
// A guest may be called any number of times without growing where its garbage
// is collected: with TinyGo by -gc=conservative or -gc=precise, with
// -scheduler=none, and with standard Go always. TinyGo's default for
// wasm-unknown, -gc=leaking, never frees. TinyGo's scheduler allocates a stack
// for each call of an export.
//
// TinyGo's runtime for wasip2 exports a cabi_realloc of its own, which roots
// nothing: a collection in one realloc may free what an earlier one returned, and
// a host that allocates more than once for a call may find its memory changed.
// Guests for wasip2 export witgen_realloc, too, which components of witgen build and
// witgen component new use. In components of other tools, guests that take strings,
// lists or large values are safe with -gc=leaking only.
//
// Standard Go mixes up goroutines where one blocks inside an export, cabi_realloc
// among them, while another is in a call of an import.
package guest
