package bind

import (
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
)

// This file knows things of wazero that it does not export.

// interpreterStack is what wazero's interpreter keeps for an api.Function: operands, and
// the calls that are under way.
type interpreterStack struct {
	values *[]uint64
	calls  *[]unsafe.Pointer
}

// interpretedCall is more than a call takes of the goroutine's stack in the interpreter, as
// Go doubles it.
const interpretedCall = 16 << 10

// size returns how many bytes the stack takes.
func (s *interpreterStack) size() int {
	return 8*cap(*s.values) + interpretedCall*len(*s.calls)
}

// noStack is the compiler's stack of functions that have none.
var noStack []byte

// stackOf returns the stack of a function of wazero's compiler or interpreter. It finds
// it by the names of fields: if an engine has none of these, its stacks count as empty.
func stackOf(f api.Function) (bytes *[]byte, interpreter *interpreterStack) {
	engine := reflect.ValueOf(f)
	if engine.Kind() != reflect.Pointer || engine.Elem().Kind() != reflect.Struct {
		return &noStack, nil
	}
	engine = engine.Elem()
	stack, calls := engine.FieldByName("stack"), engine.FieldByName("frames")
	switch {
	case !stack.IsValid():
	case stack.Type() == reflect.TypeFor[[]byte]():
		return (*[]byte)(unsafe.Pointer(stack.UnsafeAddr())), nil
	case stack.Type() == reflect.TypeFor[[]uint64]() && calls.IsValid() && calls.Kind() == reflect.Slice:
		return &noStack, &interpreterStack{(*[]uint64)(unsafe.Pointer(stack.UnsafeAddr())), (*[]unsafe.Pointer)(unsafe.Pointer(calls.UnsafeAddr()))}
	}
	return &noStack, nil
}

// stackOverflow is the text of wazero's error of a guest that fills its stack,
// which wazero does not export.
const stackOverflow = "stack overflow"

// overflow returns the error of a call that wazero ended because its stack was full,
// and nil for another err.
func overflow(name string, err error) *host.LimitError {
	if !fullStack(err) {
		return nil
	}
	return &host.LimitError{Func: name, Limit: "stack", Detail: "wazero's stack is full", Err: err, Fatal: true}
}

// fullStack reports whether err is wazero's error of a guest that filled its stack.
func fullStack(err error) bool {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimPrefix(text, "wasm error: ") == stackOverflow
}

// freeStack gives the stack back of a guest that overflowed it, up to 100 MB: the
// next collection would start only when as much was allocated again.
func freeStack(err error) {
	if limit, ok := err.(*host.LimitError); ok && limit.Limit == "stack" {
		runtime.GC()
	}
}
