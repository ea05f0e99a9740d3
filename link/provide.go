package link

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/wasi/closed"
)

// source is where an import that the host does not supply comes from: an element of
// the Imports of a provider. It is zero where no provider has the import.
type source struct {
	provider string
	place    int
}

// extension is a world with what providers supply beyond it.
type extension struct {
	world *bind.World
	// sources has for each import of the world the provider that supplies it where the
	// host does not.
	sources []source
	// instead has for an import whose implementation may be partial the import that
	// stands in for it.
	instead map[int]int
}

// providers returns the providers of a configuration, among which is one of WASI.
func providers(config *host.Config) []host.Provider {
	if slices.ContainsFunc(config.Providers, func(p host.Provider) bool { return p.Name() == closed.Name }) {
		return config.Providers
	}
	return append(slices.Clone(config.Providers), closed.Default())
}

// extend adds to a world what the providers of a configuration supply beyond it.
func extend(world *bind.World, config *host.Config) (*extension, error) {
	extended := *world
	extended.Imports = slices.Clone(world.Imports)
	e := &extension{&extended, make([]source, len(world.Imports)), map[int]int{}}
	names := noVersions()
	for _, item := range world.Imports {
		names.add(item.Name)
	}
	for _, p := range providers(config) {
		provider, ok := p.(bind.Provider)
		if !ok {
			return nil, &host.LinkError{World: world.Name, Item: "options",
				Detail: fmt.Sprintf("host.Provide got a %T, which is not a bind.Provider; update the package that it comes from", p)}
		}
		if checks, ok := p.(interface{ Check() error }); ok {
			if err := checks.Check(); err != nil {
				return nil, &host.LinkError{World: world.Name, Item: "options", Detail: p.Name() + ": " + err.Error()}
			}
		}
		e.add(provider, names, len(world.Imports))
	}
	return e, nil
}

// add adds the imports of a provider. own is the number of imports that the world itself
// has, and names are those that are taken.
func (e *extension) add(provider bind.Provider, names versions, own int) {
	items := provider.Imports()
	places := make([]int, len(items))  // in the world
	defines := make([]int, len(items)) // the items that define their resources
	for n, item := range items {
		from := source{provider.Name(), n}
		at := -1
		if name, ok := names.match(item.Name); ok {
			at = slices.IndexFunc(e.world.Imports[:own], func(i bind.Item) bool { return i.Name == name })
			item.Name = provider.Name() + "'s " + item.Name // nothing imports it by this name
		} else {
			names.add(item.Name)
		}
		// The world's own interface goes first. A provider can stand in for the host only
		// where both mean the same Go interface.
		if at >= 0 && e.world.Imports[at].Interface == items[n].Interface {
			places[n], defines[n] = at, at
			e.sources[at] = from
			continue
		}
		places[n] = len(e.world.Imports)
		defines[n] = places[n]
		e.world.Imports = append(e.world.Imports, item)
		e.sources = append(e.sources, from)
		if at >= 0 && e.world.Imports[at].Partial {
			// Both implementations are in use, of the same resources.
			e.instead[at] = places[n]
			defines[n] = at
		}
	}
	for n, item := range items {
		if places[n] < own {
			continue
		}
		resources := slices.Clone(item.Resources)
		for k, r := range resources {
			resources[k].Item = places[r.Item]
			if at := defines[r.Item]; slices.Contains(e.world.Imports[at].Resources, bind.Resource{Item: at, Name: r.Name}) {
				resources[k].Item = at
			}
		}
		e.world.Imports[places[n]].Resources = resources
	}
}

// needs are the imports of a world that a guest asks for.
type needs struct {
	imports []bool // by World.Imports
	// stands has for a partial import the functions that the guest asks for and another
	// import has too, and alone is whether it asks for functions that no other has.
	stands map[int][]int
	alone  map[int]bool
}

func newNeeds(world *bind.World) *needs {
	return &needs{make([]bool, len(world.Imports)), map[int][]int{}, map[int]bool{}}
}

// add notes that a guest asks for a function.
func (n *needs) add(f found) {
	n.imports[f.item] = true
	if f.instead {
		n.stands[f.item] = append(n.stands[f.item], f.number)
	} else {
		n.alone[f.item] = true
	}
}

// lacking reports whether the guest asks for a function that an implementation of the
// partial import lacks and that another import has.
func (n *needs) lacking(item int, impl any) bool {
	partial, ok := impl.(bind.Partial)
	if !ok {
		return impl == nil
	}
	return slices.ContainsFunc(n.stands[item], func(k int) bool { return !partial.Has(k) })
}

// supplied is what an instance gets for its imports.
type supplied struct {
	impls    []any
	releases releases
	worker   *bind.Worker // or nil
}

// releases free what providers made.
type releases []func(context.Context) error

// implement completes what the host supplies, impls, by what providers do. An
// interface that the guest imports must be supplied.
func (p *Plugin) implement(ctx context.Context, config *host.Config, impls []any) (*supplied, error) {
	s := &supplied{impls: impls}
	if extra := len(p.world.Imports) - len(impls); extra > 0 {
		s.impls = append(slices.Clone(impls), make([]any, extra)...)
	}
	needed := slices.Clone(p.needs.imports)
	for n, instead := range p.extension.instead {
		needed[instead] = needed[instead] || needed[n] && p.needs.lacking(n, s.impls[n])
	}
	known := map[string][]any{}
	for n, needed := range needed {
		if !needed || s.impls[n] != nil {
			continue
		}
		from := p.extension.sources[n]
		if from.provider == "" {
			if _, ok := p.extension.instead[n]; ok && !p.needs.alone[n] {
				continue
			}
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
	all := providers(config)
	n := slices.IndexFunc(all, func(p host.Provider) bool { return p.Name() == name })
	provider, ok := all[n].(bind.Provider)
	if !ok {
		return nil, fmt.Errorf("host.Provide got a %T, which is not a bind.Provider", all[n])
	}
	if s.worker == nil {
		s.worker = &bind.Worker{}
	}
	impls, release, err := provider.Supply(s.worker.Context(ctx))
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
func (r releases) release(ctx context.Context) error {
	var errs []error
	for _, release := range slices.Backward(r) {
		errs = append(errs, release(ctx))
	}
	return errors.Join(errs...)
}

// fail releases what was made before err.
func (s *supplied) fail(ctx context.Context, err error) error {
	if released := s.releases.release(context.WithoutCancel(ctx)); released != nil {
		return errors.Join(err, released)
	}
	return err
}
