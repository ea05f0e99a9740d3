package bind

import (
	"runtime"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host"
)

// This file tells errors of wazero apart that have no exported type or value.

// stackOverflow is the text of wazero's error of a guest that fills its stack,
// which wazero does not export.
const stackOverflow = "stack overflow"

// overflow returns the error of a call that wazero ended because its stack was full,
// and nil for another err.
func overflow(name string, err error) *host.LimitError {
	if !fullStack(err) {
		return nil
	}
	return &host.LimitError{Func: name, Limit: "call depth", Detail: "wazero's stack is full", Err: err, Fatal: true}
}

// fullStack reports whether err is wazero's error of a guest that filled its stack.
func fullStack(err error) bool {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimPrefix(text, "wasm error: ") == stackOverflow
}

// freeStack gives the stack back of a guest that overflowed it, up to 100 MB: the
// next collection would start only when as much was allocated again.
func freeStack(err error) {
	if limit, ok := err.(*host.LimitError); ok && limit.Err != nil && fullStack(limit.Err) {
		runtime.GC()
	}
}
