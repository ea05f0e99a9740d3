package link

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
)

// source is where an import that the host does not supply comes from: an element of
// the Imports of a provider. It is zero where no provider has the import.
type source struct {
	provider string
	place    int
}

// extend returns a world with what the providers of a configuration supply beyond
// it, and for each of its imports the provider that supplies it where the host does
// not.
func extend(world *bind.World, config *host.Config) (*bind.World, []source, error) {
	sources := make([]source, len(world.Imports))
	if len(config.Providers) == 0 {
		return world, sources, nil
	}
	extended := *world
	extended.Imports = slices.Clone(world.Imports)
	names := noVersions()
	for _, item := range world.Imports {
		names.add(item.Name)
	}
	for _, p := range config.Providers {
		provider, ok := p.(bind.Provider)
		if !ok {
			return nil, nil, &host.LinkError{World: world.Name, Item: "options",
				Detail: fmt.Sprintf("host.Provide got a %T, which is not a bind.Provider; update the package that it comes from", p)}
		}
		if checks, ok := p.(interface{ Check() error }); ok {
			if err := checks.Check(); err != nil {
				return nil, nil, &host.LinkError{World: world.Name, Item: "options", Detail: p.Name() + ": " + err.Error()}
			}
		}
		items := provider.Imports()
		places := make([]int, len(items)) // in the world
		for n, item := range items {
			from := source{p.Name(), n}
			if name, ok := names.match(item.Name); ok {
				// The world's own interface goes first. A provider can stand in for the
				// host only where both mean the same Go interface.
				at := slices.IndexFunc(world.Imports, func(i bind.Item) bool { return i.Name == name })
				if at >= 0 && world.Imports[at].Interface == item.Interface {
					places[n] = at
					sources[at] = from
					continue
				}
				item.Name = p.Name() + "'s " + item.Name // nothing imports it by this name
			} else {
				names.add(item.Name)
			}
			places[n] = len(extended.Imports)
			extended.Imports = append(extended.Imports, item)
			sources = append(sources, from)
		}
		for n, item := range items {
			if places[n] < len(world.Imports) {
				continue
			}
			resources := slices.Clone(item.Resources)
			for k := range resources {
				resources[k].Item = places[resources[k].Item]
			}
			extended.Imports[places[n]].Resources = resources
		}
	}
	return &extended, sources, nil
}

// supplied is what an instance gets for its imports.
type supplied struct {
	impls    []any
	releases []func(context.Context) error
}

// implement completes what the host supplies, impls, by what providers do. An
// interface that the guest imports must be supplied.
func (p *Plugin) implement(ctx context.Context, config *host.Config, impls []any) (*supplied, error) {
	s := &supplied{impls: impls}
	if extra := len(p.world.Imports) - len(impls); extra > 0 {
		s.impls = append(slices.Clone(impls), make([]any, extra)...)
	}
	known := map[string][]any{}
	for n, needed := range p.needed {
		if !needed || s.impls[n] != nil {
			continue
		}
		from := p.sources[n]
		if from.provider == "" {
			item := p.world.Imports[n]
			return nil, s.fail(ctx, &host.LinkError{World: p.world.Name, Item: "import " + item.Name,
				Detail: fmt.Sprintf("the guest imports it: set Imports.%s", item.Field)})
		}
		made, ok := known[from.provider]
		if !ok {
			var err error
			if made, err = s.ask(ctx, config, from.provider); err != nil {
				return nil, s.fail(ctx, fmt.Errorf("%s: %s: %w", p.world.Name, from.provider, err))
			}
			known[from.provider] = made
		}
		s.impls[n] = made[from.place]
	}
	return s, nil
}

// ask has a provider make its implementations.
func (s *supplied) ask(ctx context.Context, config *host.Config, name string) ([]any, error) {
	n := slices.IndexFunc(config.Providers, func(p host.Provider) bool { return p.Name() == name })
	provider, ok := config.Providers[n].(bind.Provider)
	if !ok {
		return nil, fmt.Errorf("host.Provide got a %T, which is not a bind.Provider", config.Providers[n])
	}
	impls, release, err := provider.Supply(ctx)
	if err != nil {
		return nil, err
	}
	if release != nil {
		s.releases = append(s.releases, release)
	}
	if got, want := len(impls), len(provider.Imports()); got != want {
		return nil, fmt.Errorf("the provider supplies %d implementations of %d imports", got, want)
	}
	return impls, nil
}

// release frees what providers made.
func (s *supplied) release(ctx context.Context) error {
	var errs []error
	for _, release := range slices.Backward(s.releases) {
		errs = append(errs, release(ctx))
	}
	return errors.Join(errs...)
}

// fail releases what was made before err.
func (s *supplied) fail(ctx context.Context, err error) error {
	if released := s.release(context.WithoutCancel(ctx)); released != nil {
		return errors.Join(err, released)
	}
	return err
}
