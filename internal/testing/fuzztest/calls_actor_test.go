package fuzztest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/shop"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/store"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
)

// actor is one of the goroutines.
type actor struct {
	*calls
	bytes []byte
}

func (a *actor) byte() byte {
	if len(a.bytes) == 0 {
		return 0
	}
	b := a.bytes[0]
	a.bytes = a.bytes[1:]
	return b
}

func (a *actor) below(n int) int { return int(a.byte()) % n }

func (a *actor) run() {
	for len(a.bytes) > 0 && !a.t.Failed() {
		limited, cancel := a.context()
		a.act(limited)
		cancel()
	}
}

// context returns a context of any sort that ends.
func (a *actor) context() (context.Context, context.CancelFunc) {
	switch a.below(4) {
	case 0:
		ended, cancel := context.WithCancel(ctx)
		cancel()
		return ended, cancel
	case 1:
		limited, cancel := context.WithCancel(ctx)
		context.AfterFunc(limited, func() {})
		timer := time.AfterFunc(time.Duration(a.byte())*10*time.Microsecond, cancel)
		return limited, func() { timer.Stop(); cancel() }
	default:
		return context.WithTimeout(ctx, time.Duration(a.byte())*20*time.Microsecond)
	}
}

// act does one thing.
func (a *actor) act(ctx context.Context) {
	switch a.below(12) {
	case 0:
		if inst := a.instance(ctx); inst != nil {
			a.check(inst.Close(ctx))
		}
	case 1:
		err := a.pool.Do(ctx, func(inst *subject.Instance) error { return a.call(ctx, inst) })
		a.check(err)
	case 2:
		inst, err := a.pool.Get(ctx)
		if a.check(err); err == nil {
			a.check(a.call(ctx, inst))
			if a.below(4) == 0 {
				a.check(inst.Close(ctx))
			}
			a.pool.Put(ctx, inst)
		}
	case 3:
		switch a.below(40) {
		case 0:
			a.check(a.pool.Close(ctx))
		case 1, 2:
			source := a.source()
			if err := a.pool.Swap(ctx, source); err != nil {
				a.check(err)
				a.check(source.Close(ctx))
			}
		}
	case 4:
		if a.below(40) == 0 {
			a.check(a.plugin.Close(ctx))
		}
	case 5:
		if i := a.item(); i != nil {
			a.check(i.Close(ctx))
		}
	case 6:
		if i := a.item(); i != nil {
			_, err := i.Value(ctx)
			a.check(err)
		}
	default:
		if inst := a.instance(ctx); inst != nil {
			a.check(a.call(ctx, inst))
		}
	}
}

// instance returns one of the instances that live, a new one if all are dead, and nil
// if none can be made.
func (a *actor) instance(ctx context.Context) *subject.Instance {
	n := a.below(len(a.insts))
	a.mu.Lock()
	inst := a.insts[n]
	a.mu.Unlock()
	if inst != nil && (inst.Err() == nil || a.below(4) == 0) {
		return inst
	}
	if inst != nil {
		a.check(inst.Close(ctx))
	}
	next, err := a.start(context.WithoutCancel(ctx), a.plugin)
	a.check(err)
	if err != nil {
		if inst == nil {
			return nil // the plugin is closed
		}
		return inst
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.insts[n] = next
	return next
}

// call calls an export with arguments of any kind.
func (a *actor) call(ctx context.Context, inst *subject.Instance) error {
	if a.below(3) == 0 {
		_, err := inst.Run(ctx, uint32(a.below(runCount)))
		return err
	}
	exports := reflect.ValueOf(inst.Values())
	if a.below(2) == 0 {
		exports = reflect.ValueOf(inst.Shop())
	}
	method := exports.Method(a.below(exports.NumMethod()))
	args := []reflect.Value{reflect.ValueOf(ctx)}
	for n := 1; n < method.Type().NumIn(); n++ {
		arg := reflect.New(method.Type().In(n)).Elem()
		a.fill(arg)
		args = append(args, arg)
	}
	outs := method.Call(args)
	err, _ := outs[len(outs)-1].Interface().(error)
	if err == nil {
		for _, out := range outs {
			a.keep(out)
		}
	}
	return err
}

// keep keeps items that a call returned.
func (a *actor) keep(v reflect.Value) {
	switch v := v.Interface().(type) {
	case shop.Item:
		a.mu.Lock()
		a.items = append(a.items, v)
		a.mu.Unlock()
	case []shop.Item:
		for _, i := range v {
			a.keep(reflect.ValueOf(&i).Elem())
		}
	}
}

func (a *actor) item() shop.Item {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.items) == 0 {
		return nil
	}
	return a.items[a.below(len(a.items))]
}

// fill makes a value by the bytes, not always one that WIT has.
func (a *actor) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(a.below(2) == 0)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(a.byte()) & (1<<v.Type().Bits() - 1))
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(int8(a.byte())))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(a.byte()))
	case reflect.String:
		v.SetString([]string{"", "text", "12", "\xff", "世界"}[a.below(5)])
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), a.below(4), 4))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			a.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range a.below(3) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			a.fill(key)
			a.fill(value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() { // options and results stay zero
				a.fill(f)
			}
		}
	case reflect.Interface:
		if made := a.object(v.Type()); made != nil {
			v.Set(reflect.ValueOf(made))
		}
	default:
		panic(fmt.Sprintf("fuzztest: unhandled kind %s", v.Kind()))
	}
}

// object makes a variant or a resource, or returns nil.
func (a *actor) object(t reflect.Type) any {
	if a.below(8) == 0 {
		return nil
	}
	switch t {
	case reflect.TypeFor[values.Shape]():
		return []any{values.ShapeDot{}, values.ShapeCircle{Value: 1}, values.ShapeLabel{Value: "a"}, values.ShapeLabel{Value: "\xff"}}[a.below(4)]
	case reflect.TypeFor[shop.Item]():
		if i := a.item(); i != nil {
			return i
		}
		return nil
	case reflect.TypeFor[store.Entry]():
		e := &hosttest.Entry{}
		a.mu.Lock()
		a.entries = append(a.entries, e)
		a.mu.Unlock()
		return e
	default:
		panic(fmt.Sprintf("fuzztest: unhandled type %s", t))
	}
}

// check checks that an error is one of those that calls return.
func (a *actor) check(err error) {
	a.t.Helper()
	var end string
	var trap *host.Trap
	var limit *host.LimitError
	var bad *host.BadValueError
	var refused *host.InstanceError
	switch _, isText := types.AsError[string](err); {
	case err == nil:
	case errors.As(err, &trap):
		end = "trap"
	case errors.As(err, &limit):
		end = "limit"
	case errors.As(err, &bad):
		end = "bad value"
	case errors.As(err, &refused):
		end = "instance"
	case isText:
		end = "types.Error"
	case errors.Is(err, errObject):
		end = "object"
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		end = "pool" // of Close, whose context has ended
	default:
		_, isColor := types.AsError[values.Color](err)
		_, isUnit := types.AsError[types.Unit](err)
		if !isColor && !isUnit {
			a.t.Errorf("an error of type %T: %v", err, err)
		}
		end = "wit"
	}
	if a.ends != nil {
		a.ends.Store(end, true)
	}
}
