package fuzztest

import (
	"context"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
)

// dynamicRig runs the puppet by the dynamic API, which lifts and lowers by the model
// of the world.
type dynamicRig struct {
	plugin *dynamic.Plugin
	inst   *dynamic.Instance
	memory *ownMemory
}

func newDynamicRig(t testing.TB) *dynamicRig {
	t.Helper()
	r, world := subjectWIT()
	plugin, err := dynamic.CompileWorld(ctx, puppet(), r, world, host.LiftLimit(liftLimit))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plugin.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return &dynamicRig{plugin: plugin}
}

// run calls run(n) with memory as the guest's memory.
func (r *dynamicRig) run(t *testing.T, n int, memory []byte) error {
	t.Helper()
	if r.inst != nil && r.inst.Err() != nil {
		if err := r.inst.Close(ctx); err != nil {
			t.Fatal(err)
		}
		r.inst = nil
	}
	if r.inst == nil {
		r.memory = &ownMemory{}
		var err error
		r.inst, err = r.plugin.Instantiate(ctx, dynamicValues(), host.Memory(r.memory))
		if err != nil {
			t.Fatal(err)
		}
	}
	copy(r.memory.bytes, memory)
	_, err := r.inst.Call(ctx, "run", uint32(n))
	return err
}

// dynamicValues is hosttest.Values for the dynamic API.
func dynamicValues() dynamic.Imports {
	imports := dynamic.Imports{}
	for _, f := range valueFuncs {
		imports["test:subject/values"+hosttest.Version+"#"+f.Name] = func(ctx context.Context, args []any) (any, error) {
			return dynamicImplementation(ctx, f.Name, args)
		}
	}
	return imports
}

func dynamicImplementation(ctx context.Context, name string, args []any) (any, error) {
	var v hosttest.Values
	switch name {
	case "add":
		return v.Add(ctx, args[0].(int32), args[1].(int32))
	case "length":
		return v.Length(ctx, args[0].(string))
	case "nothing":
		return nil, nil
	case "divide":
		q, err := v.Divide(ctx, args[0].(int32), args[1].(int32))
		if err != nil {
			return value.Err(value.Enum(err.(values.Color).String())), nil
		}
		return value.OK(q), nil
	case "parse":
		n, err := v.Parse(ctx, args[0].(string))
		if err != nil {
			return value.Err(err.Error()), nil
		}
		return value.OK(n), nil
	case "check":
		if v.Check(ctx, args[0].(uint32)) != nil {
			return value.Err(nil), nil
		}
		return value.OK(nil), nil
	case "sixteen", "seventeen":
		sum := uint64(0)
		for i, n := range args[:16] {
			sum += uint64(n.(uint32)) * uint64(i+1)
		}
		if len(args) > 16 {
			sum += args[16].(uint64)
		}
		return sum, nil
	default:
		return args[0], nil
	}
}
