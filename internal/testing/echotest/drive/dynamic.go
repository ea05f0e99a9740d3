package drive

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/valuetest"
	"github.com/witgen/witgen/wit"
)

// RunDynamic calls each function of a guest a number of times by the dynamic API,
// and returns how many calls it made and what went wrong.
func RunDynamic(ctx context.Context, r *wit.Resolve, world wit.WorldID, wasm []byte, rounds int, seed uint64) (calls int, err error) {
	plugin, err := dynamic.CompileWorld(ctx, wasm, r, world, Options()...)
	if err != nil {
		return 0, err
	}
	defer plugin.Close(ctx)
	gen := valuetest.Of(seed, r)
	gen.Resource = func(wit.Type) any { return &Object{} }
	var name string
	var received []any
	var answer any
	came := 0
	x := &Exchange{}
	imports := dynamic.Imports{}
	for _, f := range plugin.Imports() {
		partner := f.Func.Base()
		if f.Func.Kind == wit.Constructor {
			partner = "make-" + r.Types[f.Func.Resource].Name
		}
		imports[f.Name] = func(_ context.Context, args []any) (any, error) {
			came++
			received = args
			if partner != name {
				return nil, fmt.Errorf("%s was called", f.Name)
			}
			if answer = nil; f.Func.Result != nil {
				answer = gen.Value(f.Func.Result)
			}
			return answer, nil
		}
	}
	inst, err := plugin.Instantiate(ctx, imports)
	if err != nil {
		return 0, err
	}
	var failed []error
	for round := range rounds {
		for _, f := range plugin.Exports() {
			if f.Func.Kind != wit.Freestanding || strings.HasPrefix(f.Func.Name, "local") {
				continue
			}
			args := make([]any, len(f.Func.Params))
			for i, p := range f.Func.Params {
				args[i] = gen.Value(p.Type)
			}
			name, came = f.Func.Name, 0
			result, err := inst.CallFunction(ctx, f, args...)
			calls++
			if err == nil && came != 1 {
				err = fmt.Errorf("the import was called %d times", came)
			}
			if err == nil {
				if d := x.difference("arguments", reflect.ValueOf(args), reflect.ValueOf(received)); d != "" {
					err = errors.New(d)
				} else if d := x.difference("result", reflect.ValueOf(answer), reflect.ValueOf(result)); d != "" {
					err = errors.New(d)
				}
			}
			if err != nil {
				failed = append(failed, fmt.Errorf("dynamic %s, round %d: %w", f.Name, round, err))
			}
			if inst.Err() != nil {
				_ = inst.Close(ctx)
				if inst, err = plugin.Instantiate(ctx, imports); err != nil {
					return calls, errors.Join(append(failed, err)...)
				}
			}
		}
		if len(failed) > 2 {
			break
		}
	}
	return calls, errors.Join(append(failed, inst.Close(ctx))...)
}
