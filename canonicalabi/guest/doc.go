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
// Strings and lists of numbers are lifted and lowered in place, without a copy.
package guest
