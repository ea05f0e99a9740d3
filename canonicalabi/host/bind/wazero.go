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

// engineStack is the stack that wazero's compiler or interpreter keeps for an
// api.Function. Its fields are nil for what the engine at hand does not have.
type engineStack struct {
	// bytes is the compiler's stack. That of a function is never nil.
	bytes *[]byte
	// values and calls are the interpreter's operands, and its calls that are under way.
	values *[]uint64
	calls  *[]unsafe.Pointer
	// least is the size of the stack in the beginning.
	least int
}

// interpretedCall is more than a call takes of the goroutine's stack in the interpreter.
const interpretedCall = 2 << 10

// noStack is the stack of functions that have none.
var noStack []byte

// stackOf returns the stack of a function. It finds it in wazero's types by its name: if
// an engine has none of that name, its stacks count as empty.
func stackOf(f api.Function) engineStack {
	s := engineStack{bytes: &noStack}
	engine := reflect.ValueOf(f)
	if engine.Kind() != reflect.Pointer || engine.Elem().Kind() != reflect.Struct {
		return s
	}
	engine = engine.Elem()
	if field := engine.FieldByName("stack"); field.IsValid() {
		switch at := unsafe.Pointer(field.UnsafeAddr()); field.Type() {
		case reflect.TypeFor[[]byte]():
			s.bytes = (*[]byte)(at)
		case reflect.TypeFor[[]uint64]():
			s.values = (*[]uint64)(at)
		}
	}
	if field := engine.FieldByName("frames"); field.IsValid() && field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Pointer {
		s.calls = (*[]unsafe.Pointer)(unsafe.Pointer(field.UnsafeAddr()))
	}
	s.least = s.size()
	return s
}

// size returns how many bytes the stack takes.
func (s *engineStack) size() int {
	n := 0
	if s.bytes != nil {
		n = len(*s.bytes)
	}
	if s.values != nil {
		n += 8 * cap(*s.values)
	}
	if s.calls != nil {
		n += interpretedCall * len(*s.calls)
	}
	return n
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
