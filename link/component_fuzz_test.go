package link_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/link"
)

// fuzzLimits bound what a fuzzed component may do.
func fuzzLimits() []host.Option {
	limits := host.DefaultLimits()
	limits.CompileTime = 100_000_000
	return []host.Option{host.MemoryLimit(1 << 20), host.TableLimit(1000), host.Fuel(1_000_000), host.StackLimit(1 << 20), host.HandleLimit(100), host.LiftLimit(1 << 20), host.ModuleLimits(limits)}
}

// typed fails a test for an error that the documentation does not name.
func typed(t *testing.T, err error) {
	t.Helper()
	var link *host.LinkError
	var limit *host.LimitError
	var trap *host.Trap
	var bad *host.BadValueError
	var inst *host.InstanceError
	var invalid *component.Error
	if !errors.As(err, &link) && !errors.As(err, &limit) && !errors.As(err, &trap) && !errors.As(err, &bad) && !errors.As(err, &inst) && !errors.As(err, &invalid) {
		t.Errorf("%T: %v", err, err)
	}
}

// seeds are components of every kind that the tests make.
func seeds(t testing.TB) [][]byte {
	t.Helper()
	echo, err := hosttest.ComponentOf(hosttest.NewEcho("log").Bytes(), component.Latin1UTF16)
	if err != nil {
		t.Fatal(err)
	}
	composed, err := hosttest.Compose(echo, echo)
	if err != nil {
		t.Fatal(err)
	}
	return [][]byte{echo, composed, sharing(), donut(), texts(""), asking([]string{"test:calc/math@0.2.0"}, "alpha")}
}

// FuzzComponent compiles, instantiates and calls components. Whatever they are,
// the errors are typed and nothing panics.
func FuzzComponent(f *testing.F) {
	for _, wasm := range seeds(f) {
		f.Add(wasm)
	}
	f.Fuzz(tryComponent)
}

// FuzzComponentNumbers does the same to components that are made well, but of
// which some numbers are others: indices, sorts, kinds of options. Each edit is
// the place of a number, in two bytes, and what it becomes.
func FuzzComponentNumbers(f *testing.F) {
	list := seeds(f)
	for n := range list {
		f.Add(uint8(n), []byte{0, byte(n), 1, 1, 7, 2})
	}
	f.Fuzz(func(t *testing.T, n uint8, edits []byte) {
		c, err := binary.Decode(list[int(n)%len(list)])
		if err != nil {
			t.Fatal(err)
		}
		var numbers []reflect.Value
		collect(reflect.ValueOf(c), &numbers)
		for ; len(edits) >= 3; edits = edits[3:] {
			number := numbers[(int(edits[0])<<8|int(edits[1]))%len(numbers)]
			number.SetUint(uint64(edits[2]))
		}
		if wasm, ok := encode(c); ok {
			tryComponent(t, wasm)
		}
	})
}

// encode encodes a component whose numbers were edited, and reports false where one
// of them stands for no sort or kind that there is. Any other panic goes on.
func encode(c *binary.Component) (wasm []byte, ok bool) {
	defer func() {
		if e := recover(); e != nil {
			text, _ := e.(string)
			if !strings.HasPrefix(text, "binary: unhandled ") {
				panic(e)
			}
		}
	}()
	return c.Encode(), true
}

// collect gathers the numbers of definitions that can be set.
func collect(v reflect.Value, numbers *[]reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			collect(v.Elem(), numbers)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			collect(v.Field(i), numbers)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 || v.Type().Elem().Name() != "uint8" {
			for i := range v.Len() {
				collect(v.Index(i), numbers)
			}
		}
	case reflect.Uint8, reflect.Uint32:
		if v.CanSet() && v.Type() != reflect.TypeFor[binary.SectionID]() {
			*numbers = append(*numbers, v)
		}
	}
}

func tryComponent(t *testing.T, wasm []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	// A world that it does not fit, most of the time.
	if plugin, err := link.Compile(ctx, wasm, doubling("0.2.0", "i32 -> i32"), fuzzLimits()...); err != nil {
		typed(t, err)
	} else if err := plugin.Close(ctx); err != nil {
		t.Error(err)
	}
	plugin, err := dynamic.Compile(ctx, wasm, fuzzLimits()...)
	if err != nil {
		typed(t, err)
		return
	}
	defer func() {
		if err := plugin.Close(ctx); err != nil {
			t.Error(err)
		}
	}()
	imports := dynamic.Imports{}
	for _, f := range plugin.Imports() {
		imports[f.Name] = func(_ context.Context, args []any) (any, error) {
			if len(args) > 0 {
				return args[0], nil
			}
			return nil, nil
		}
	}
	inst, err := plugin.Instantiate(ctx, imports)
	if err != nil {
		typed(t, err)
		return
	}
	for n, f := range plugin.Exports() {
		args := make([]any, len(f.Func.Params))
		for i := range args {
			args[i] = uint32(1)
			if n%2 == 1 {
				args[i] = "text"
			}
		}
		if _, err := inst.CallFunction(ctx, f, args...); err != nil {
			typed(t, err)
		}
	}
}
