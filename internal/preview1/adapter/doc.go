// Package adapter is the source of the adapter that answers WASI preview 1 by WASI 0.2.
// Package preview1 compiles it by package gowasm; nothing imports it.
//
// The adapter reads and writes the guest's memory, and takes none of it: neither does it
// grow that memory, whose end a guest's allocator knows as its own, nor call the guest's
// allocator, whose collector may free what it does not know. What the adapter keeps is in
// the memory of a second module, behind the functions of memory.go that begin with state.
// Imports that return more than a number write to the guest's memory. For these
// the adapter borrows some of it, whose contents it puts back before the guest runs on.
package adapter
