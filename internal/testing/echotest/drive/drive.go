// Package drive calls guests of random echo worlds through generated host
// bindings, from programs that internal/testing/echotest writes.
package drive

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// Options are the options of all guests. The calls of one by generated bindings and
// by the dynamic API compile it once.
func Options() []host.Option {
	return []host.Option{host.Cache(cache), host.ModuleLimits(limits)}
}

var (
	cache  = wazero.NewCompilationCache()
	limits = largeFunctions()
)

// largeFunctions are limits that allow what standard Go makes of variants with
// hundreds of cases.
func largeFunctions() host.Limits {
	l := host.DefaultLimits()
	l.CompileTime *= 10
	return l
}

// World is what a generated program knows of a world in Go.
type World struct {
	// Name is the folder of the world.
	Name string
	// Cases are the types of the cases of each variant, in order.
	Cases map[reflect.Type][]reflect.Type
	// Resources make values of each resource that stand for an object.
	Resources map[reflect.Type]func(*Object) any
	// Guests make a value of each resource of the guest's with a number.
	Guests map[Defined]func(ctx context.Context, inst Instance, id uint32) (Guests, error)
	// Functions are the functions that the world exports.
	Functions []Function
	// Start starts a guest whose imports are served by an Exchange, and those that
	// it exports too by the instance before, if any.
	Start func(ctx context.Context, wasm []byte, x *Exchange, before Instance) (Instance, error)
}

// Instance is a generated *Instance.
type Instance interface {
	Close(ctx context.Context) error
	Err() error
}

// Function is an exported function: Export is its place among the world's exports,
// and Index its place in the interface there, -1 for a function of the world's own.
type Function struct {
	Name          string
	Export, Index int
	// Item is the instance's method that returns the interface, "" for a function
	// of the world's own, and Method the function's name in Go.
	Item, Method string
	Failure      Failure
	// Local marks a function without a partner, which returns its parameters.
	Local bool
	// On is the resource of a method, and nil for other functions.
	On reflect.Type
}

// Defined says which resource of the guest's: Item is that of a Function where the
// world exports the interface under a plain name, and "" for all others.
type Defined struct {
	Item string
	Type reflect.Type
}

// Guests is a resource of the guest's.
type Guests interface {
	ID(ctx context.Context) (uint32, error)
	Close(ctx context.Context) error
}

// Failure is how the error of a WIT result stands in Go.
type Failure struct {
	Type reflect.Type
	Make func(v reflect.Value) error
	Find func(err error) (reflect.Value, bool)
}

// FailureOf returns the Failure of an error type.
func FailureOf[E any]() Failure {
	return Failure{
		Type: reflect.TypeFor[E](),
		Make: func(v reflect.Value) error {
			e := v.Interface()
			if err, ok := e.(error); ok {
				return err
			}
			value, _ := e.(E)
			return types.Error[E]{Value: value}
		},
		Find: func(err error) (reflect.Value, bool) {
			e, ok := types.AsError[E](err)
			return reflect.ValueOf(&e).Elem(), ok
		},
	}
}

// Object is a resource of the host's.
type Object struct {
	*Exchange
	closed int
}

// Close implements every resource's Close.
func (o *Object) Close(context.Context) error {
	o.closed++
	return nil
}

// Exchange is what is expected of one call, and what comes.
type Exchange struct {
	*rand.Rand
	Values  int
	world   *World
	resolve *wit.Resolve
	objects []*Object
	// guests are the guest's resources that a call was given, and ids the numbers of
	// all; made is how many there were.
	inst   Instance
	guests []Guests
	ids    map[Guests]uint32
	made   uint32
	local  bool // the function that is called is Local
	item   string
	// f is the function that is being called, and calls how often the import was.
	f        *Function
	model    *wit.Function
	calls    int
	received []any
	results  []reflect.Value
	failure  reflect.Value // invalid where the import succeeds
}

// Import is what every function does that the host implements: args are what it is
// given, and results point to what it returns.
func (x *Exchange) Import(name string, args []any, results ...any) error {
	x.calls++
	x.received = args
	if x.f == nil || x.f.Name != name {
		return fmt.Errorf("%s was called", name)
	}
	var payloads []wit.Type
	x.failure = reflect.Value{}
	if t := x.model.Result; t != nil {
		payloads = []wit.Type{t}
		switch k := x.resolve.Kind(t).(type) {
		case *wit.Tuple:
			payloads = k.Types
		case *wit.Result:
			if payloads = []wit.Type{k.OK}; k.OK == nil {
				payloads = nil
			}
			if x.IntN(2) == 0 {
				x.failure = reflect.New(x.f.Failure.Type).Elem()
				x.set(x.failure, k.Err, 0)
				return x.f.Failure.Make(x.failure)
			}
		}
	}
	if len(payloads) != len(results) {
		return fmt.Errorf("%s has %d results, not %d", name, len(results), len(payloads))
	}
	x.results = nil
	for i, r := range results {
		v := reflect.ValueOf(r).Elem()
		x.set(v, payloads[i], 0)
		x.results = append(x.results, v)
	}
	return nil
}

// Run calls each function of a guest a number of times. It returns how many calls
// it made, how many values went through them, and what went wrong.
func Run(ctx context.Context, w *World, witPath, wasmPath string, rounds int, seed uint64) (calls, values int, err error) {
	result, err := resolve.Dir(witPath, resolve.Options{})
	if err != nil {
		return 0, 0, err
	}
	id, err := resolve.SelectWorld(result.Resolve, result.Main, "echo")
	if err != nil {
		return 0, 0, err
	}
	wasm, err := os.ReadFile(wasmPath)
	if err != nil {
		return 0, 0, err
	}
	world := result.Resolve.Worlds[id]
	x := &Exchange{Rand: rand.New(rand.NewPCG(seed, 11)), world: w, resolve: result.Resolve, ids: map[Guests]uint32{}}
	var failed []error
	for _, chained := range []bool{false, true} {
		n, errs := x.run(ctx, wasm, world, rounds, chained)
		calls += n
		for _, err := range errs {
			failed = append(failed, fmt.Errorf("%s, chained: %t: %w", filepath.Base(wasmPath), chained, err))
		}
		rounds = min(rounds, 5)
	}
	n, err := RunDynamic(ctx, result.Resolve, id, wasm, rounds, seed)
	if err != nil {
		failed = append(failed, err)
	}
	return calls + n, x.Values, errors.Join(failed...)
}

// run calls each function a number of times, and returns how many calls it made.
func (x *Exchange) run(ctx context.Context, wasm []byte, world *wit.World, rounds int, chained bool) (calls int, failed []error) {
	var before, inst Instance
	start := func() (err error) {
		x.objects = nil
		if chained {
			if before, err = x.world.Start(ctx, wasm, x, nil); err != nil {
				return err
			}
		}
		inst, err = x.world.Start(ctx, wasm, x, before)
		return err
	}
	if err := start(); err != nil {
		return 0, []error{err}
	}
	for round := range rounds {
		for i := range x.world.Functions {
			f := &x.world.Functions[i]
			if err := x.call(ctx, inst, f, world); err != nil {
				failed = append(failed, fmt.Errorf("%s %s, round %d: %w", f.Item, f.Name, round, err))
			}
			calls++
			if inst.Err() != nil || before != nil && before.Err() != nil {
				_ = inst.Close(ctx)
				if before != nil {
					_ = before.Close(ctx)
				}
				if err := start(); err != nil {
					return calls, append(failed, err)
				}
			}
		}
		if len(failed) > 2 {
			break
		}
	}
	for _, inst := range []Instance{inst, before} {
		if inst == nil {
			continue
		}
		if err := inst.Close(ctx); err != nil {
			failed = append(failed, fmt.Errorf("closing: %w", err))
		}
	}
	for _, o := range x.objects {
		if o.closed > 0 {
			failed = append(failed, errors.New("an object that the guest gave back was closed"))
			break
		}
	}
	return calls, failed
}

// call calls a function with random arguments.
func (x *Exchange) call(ctx context.Context, inst Instance, f *Function, w *wit.World) error {
	switch item := w.Exports[f.Export].Item.(type) {
	case *wit.Function:
		x.model = item
	case wit.InterfaceID:
		x.model = x.resolve.Interfaces[item].Functions[f.Index]
	default:
		panic(fmt.Sprintf("echotest: unhandled export %T", item))
	}
	x.inst, x.local, x.item = inst, f.Local, f.Item
	on := reflect.ValueOf(inst)
	if f.Item != "" {
		on = on.MethodByName(f.Item).Call(nil)[0]
	}
	params := x.model.Params
	if f.On != nil {
		on, params = reflect.New(f.On).Elem(), params[1:]
		x.setResource(on)
	}
	method := on.MethodByName(f.Method)
	args := []reflect.Value{reflect.ValueOf(ctx)}
	for i, p := range params {
		arg := reflect.New(method.Type().In(1 + i)).Elem()
		x.set(arg, p.Type, 0)
		args = append(args, arg)
	}
	defer x.closeGuests(ctx)
	x.f, x.calls = f, 0
	outs := method.Call(args)
	x.f = nil
	err, _ := outs[len(outs)-1].Interface().(error)
	if f.Local {
		if err != nil {
			return err
		}
		return x.checkLocal(params, args[1:], outs)
	}
	if x.calls != 1 {
		return fmt.Errorf("the import was called %d times: %w", x.calls, err)
	}
	if len(x.received) != len(args)-1 {
		return fmt.Errorf("the import got %d arguments", len(x.received))
	}
	for i, got := range x.received {
		want := args[1+i]
		if want.Kind() == reflect.Interface {
			want = want.Elem()
		}
		if d := x.difference("argument "+params[i].Name, want, reflect.ValueOf(got)); d != "" {
			return errors.New(d)
		}
	}
	if x.failure.IsValid() {
		if err == nil {
			return errors.New("the import's error was lost")
		}
		got, ok := f.Failure.Find(err)
		if !ok {
			return fmt.Errorf("another error: %w", err)
		}
		if d := x.difference("error", x.failure, got); d != "" {
			return errors.New(d)
		}
		return nil
	}
	if err != nil {
		return err
	}
	for i, want := range x.results {
		if d := x.difference(fmt.Sprintf("result %d", i), want, outs[i]); d != "" {
			return errors.New(d)
		}
	}
	return nil
}

// checkLocal compares what a function was given with what it returned.
func (x *Exchange) checkLocal(params []wit.Param, args, outs []reflect.Value) error {
	next := 0
	for i, p := range params {
		if HoldsBorrow(x.resolve, p.Type) {
			x.objects = x.objects[:0] // what it owns beside may be closed
			continue
		}
		if d := x.difference("parameter "+p.Name, args[i], outs[next]); d != "" {
			return errors.New(d)
		}
		next++
	}
	return nil
}

// closeGuests closes the guest's resources that were lent to a call. Those that
// were given to it refuse.
func (x *Exchange) closeGuests(ctx context.Context) {
	for _, g := range x.guests {
		_ = g.Close(ctx)
	}
	x.guests = nil
}

// HoldsBorrow reports whether a type holds a borrow.
func HoldsBorrow(r *wit.Resolve, t wit.Type) bool {
	id, ok := t.(wit.TypeID)
	if !ok {
		return false
	}
	_, holds := r.Types[id].Kind.(*wit.Borrow)
	wit.EachType(r.Types[id].Kind, func(t wit.Type) { holds = holds || HoldsBorrow(r, t) })
	return holds
}
