package bench

import (
	"context"
	"errors"
	"os"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/generated/bench/byhand"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/calls"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/json"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/text"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/work"
)

// ticker implements ticks on both sides.
type ticker struct{}

func (ticker) Tick(_ context.Context, n int32) (int32, error) { return n + 1, nil }

// Suite holds the instances that the rows call: of each one through generated
// bindings and one by hand.
type Suite struct {
	Guests *Guests

	plugin *calls.Plugin
	work   work.Interface
	text   text.Interface
	// fuel and fuelText are of plugins with host.Fuel, and the plain ones of
	// plugins with host.Unmetered.
	fuel, plain         work.Interface
	fuelText, plainText text.Interface

	handPlugin   *byhand.Plugin
	hand         *byhand.Guest
	handText     *byhand.Guest
	handDeadline *byhand.Guest

	cacheDir string
	close    []func() error
}

// NewSuite compiles and instantiates the guests.
func NewSuite(ctx context.Context, guests *Guests) (*Suite, error) {
	s := &Suite{Guests: guests}
	if err := errors.Join(s.generated(ctx), s.byHand(ctx)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	var err error
	if s.cacheDir, err = os.MkdirTemp("", "witgen-bench-cache"); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.close = append(s.close, func() error { return os.RemoveAll(s.cacheDir) })
	return s, nil
}

// Close frees what NewSuite made.
func (s *Suite) Close() error {
	var errs []error
	for _, f := range s.close {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

// imports is what the guests of the world calls import.
func (s *Suite) imports() calls.Imports { return calls.Imports{Ticks: ticker{}, Back: answers{}} }

func (s *Suite) generated(ctx context.Context) error {
	for _, v := range []struct {
		work *work.Interface
		text *text.Interface
		opts []host.Option
	}{
		{&s.plain, &s.plainText, []host.Option{host.Unmetered()}},
		{&s.fuel, &s.fuelText, []host.Option{host.Fuel(1 << 40)}},
		{&s.work, &s.text, nil},
	} {
		plugin, err := calls.Compile(ctx, s.Guests.Calls, v.opts...)
		if err != nil {
			return err
		}
		s.close = append(s.close, func() error { return plugin.Close(ctx) })
		inst, err := plugin.Instantiate(ctx, s.imports())
		if err != nil {
			return err
		}
		s.plugin, *v.work = plugin, inst.Work()

		texts, err := json.Compile(ctx, s.Guests.JSON, v.opts...)
		if err != nil {
			return err
		}
		s.close = append(s.close, func() error { return texts.Close(ctx) })
		other, err := texts.Instantiate(ctx, json.Imports{})
		if err != nil {
			return err
		}
		*v.text = other.Text()
	}
	return nil
}

func (s *Suite) byHand(ctx context.Context) error {
	for _, v := range []struct {
		wasm     []byte
		guest    **byhand.Guest
		deadline bool
	}{{s.Guests.JSON, &s.handText, false}, {s.Guests.Calls, &s.handDeadline, true}, {s.Guests.Calls, &s.hand, false}} {
		plugin, err := byhand.Compile(ctx, v.wasm, ticker{}, handAnswers{}, v.deadline, nil)
		if err != nil {
			return err
		}
		s.close = append(s.close, func() error { return plugin.Close(ctx) })
		if *v.guest, err = plugin.Instantiate(ctx); err != nil {
			return err
		}
		s.handPlugin = plugin
	}
	return nil
}

// compile compiles and closes the guest through the generated bindings, with the
// compiled code kept in a folder unless that is "".
func (s *Suite) compile(ctx context.Context, dir string) error {
	var opts []host.Option
	if dir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(dir)
		if err != nil {
			return err
		}
		defer cache.Close(ctx)
		opts = append(opts, host.Cache(cache))
	}
	plugin, err := calls.Compile(ctx, s.Guests.Calls, opts...)
	if err != nil {
		return err
	}
	return plugin.Close(ctx)
}

// compileByHand is compile by hand.
func (s *Suite) compileByHand(ctx context.Context, dir string) error {
	var cache wazero.CompilationCache
	if dir != "" {
		var err error
		if cache, err = wazero.NewCompilationCacheWithDir(dir); err != nil {
			return err
		}
		defer cache.Close(ctx)
	}
	plugin, err := byhand.Compile(ctx, s.Guests.Calls, ticker{}, handAnswers{}, false, cache)
	if err != nil {
		return err
	}
	return plugin.Close(ctx)
}
