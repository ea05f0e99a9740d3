// Package link links and runs guests on wazero. The Compile function of a
// generated world package calls it; what it returns makes instances of
// canonicalabi/host/bind.
package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/plan"
	"github.com/witgen/witgen/link/internal/linear"
)

// Plugin is a compiled guest of a world, from which instances are made. It may
// be used by several goroutines at once.
type Plugin struct {
	world     *bind.World
	extension *extension
	config    *host.Config
	runtime   wazero.Runtime
	owned     bool // the runtime is the plugin's own
	guarded   bool // the runtime closes modules when contexts end
	tree      *bind.Tree
	cores     []coreStep               // by core instance
	compiled  []wazero.CompiledModule  // each once
	exports   []bind.ExportedInterface // by World.Exports
	needs     *needs
	types     *resourceTypes
	imports   []hostModule
	importAt  map[string]int // in imports, by name
	// component is set for a guest that is one: its core modules import from each
	// other, and from the one of imports.
	component bool
	// wasi reports whether the guest imports WASI preview 1.
	wasi     bool
	rewriter bind.Rewriter
	// meter is the module of the globals that the core modules share, or nil if the guest
	// has one module or is not metered.
	meter wazero.CompiledModule
	// startBytes is how much memory an instance starts with.
	startBytes uint64
	// snapshot has the memories of instances that can be put back.
	snapshot linear.Snapshot

	// left is closed when a compilation that Compile did not wait for has ended, and
	// nil if there is none.
	left <-chan struct{}

	mu     sync.Mutex
	live   map[*life]struct{}
	closed bool
	leak   *host.Leak
}

// coreStep is a step of an instance's start: a core module, or a function to call
// where it is not nil, or nothing.
type coreStep struct {
	compiled wazero.CompiledModule
	start    *bind.CoreItem
}

// hostModule supplies what a guest imports from one module name.
type hostModule struct {
	name     string
	compiled wazero.CompiledModule
	instance api.Module
}

// Compile compiles a guest, a core module or a component, and checks that it fits
// the world: what it exports and what it imports. The error is a *host.LinkError
// where it does not.
func Compile(ctx context.Context, wasm []byte, world *bind.World, opts ...host.Option) (*Plugin, error) {
	config := host.NewConfig(opts)
	if err := checkPreamble(world, wasm); err != nil {
		return nil, err
	}
	extension, err := extend(world, config)
	if err != nil {
		return nil, err
	}
	world = extension.world
	p := &Plugin{world: world, extension: extension, config: config, runtime: config.Runtime, live: map[*life]struct{}{},
		rewriter: bind.NewRewriter(world.Name, config)}
	if err := p.checkFresh(config); err != nil {
		return nil, err
	}
	if p.runtime == nil {
		p.runtime = wazero.NewRuntimeWithConfig(ctx, runtimeConfig(config))
		p.owned = true
	} else {
		if p.guarded, err = closesOnDone(ctx, p.runtime); err != nil {
			return nil, fmt.Errorf("%s: %w", world.Name, err)
		}
	}
	compile := p.compile
	if component.FormOf(wasm) == component.ComponentForm {
		compile = p.compileComponent
	}
	if err := compile(ctx, wasm); err != nil {
		return nil, errors.Join(err, p.abandon(ctx))
	}
	p.leak = config.Leaks.Made("the plugin of "+world.Name, nil)
	return p, nil
}

// CheckDefinitions returns a *host.LimitError for a component, or a core module that carries
// WIT, whose definitions exceed host.Limits.DefinitionBytes, as Compile does before it reads
// one. It is for programs that read a guest before they compile it.
func CheckDefinitions(wasm []byte, opts ...host.Option) error {
	r := bind.NewRewriter("the guest", host.NewConfig(opts))
	if component.FormOf(wasm) == component.ComponentForm {
		return r.Definitions(binary.DefinitionBytes(wasm))
	}
	return r.Definitions(metadataBytes(wasm))
}

// closesOnDone reports whether a runtime closes a module when the context of a
// call ends. It calls a function that does nothing under a context that has.
func closesOnDone(ctx context.Context, r wazero.Runtime) (bool, error) {
	wasm := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x05\x01\x01f\x00\x00\x0a\x04\x01\x02\x00\x0b")
	module, err := r.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return false, err
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	closes := module.ExportedFunction("f").CallWithStack(ended, nil) != nil
	return closes, module.Close(ctx)
}

func runtimeConfig(config *host.Config) wazero.RuntimeConfig {
	rc := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExtendedConst).
		WithMemoryLimitPages(1 << 16) // bind.Instance.Memories has the limit, and sees what is refused
	if config.Cache != nil {
		rc = rc.WithCompilationCache(config.Cache)
	}
	return rc
}

// compile compiles a guest that is a core module.
func (p *Plugin) compile(ctx context.Context, wasm []byte) error {
	p.types = newResourceTypes(p.world)
	p.tree = bind.ModuleTree()
	if err := p.rewriter.Definitions(metadataBytes(wasm)); err != nil {
		return err
	}
	// The module is read once the limits are known to hold for it.
	var module *plan.Module
	compiled, err := p.compileModule(ctx, wasm, func() *plan.Module { module = plan.NewModule(wasm); return module }, 1, 0)
	if err != nil {
		return err
	}
	p.cores = []coreStep{{compiled: compiled}}
	if module.Memory {
		p.startBytes = module.Pages << 16
	}
	carries, err := readCarried(p.world, p.config, wasm, compiled.ExportedFunctions())
	if err != nil {
		return err
	}
	if p.exports, err = matchExports(p.world, p.types, compiled.ExportedFunctions(), module, carries, p.tree.Errors); err != nil {
		return err
	}
	matched, err := matchImports(p.extension, p.types, compiled, module, carries)
	if err != nil {
		return err
	}
	p.needs = matched.needs
	for _, m := range matched.modules {
		if err := p.supply(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// compileModule compiles a core module. copies and size are those of
// bind.Rewriter.Rewrite; outline returns what is known of the module.
func (p *Plugin) compileModule(ctx context.Context, wasm []byte, outline func() *plan.Module, copies int, size uint64) (wazero.CompiledModule, error) {
	if err := ctx.Err(); err != nil {
		return nil, bind.ContextError(p.world.Name, err)
	}
	metered, err := p.rewriter.Rewrite(ctx, wasm, copies, size)
	if err != nil {
		return nil, err
	}
	module := outline()
	if limit := bind.MemoryPages(p.config); (p.owned || !p.config.Unmetered) && module.Pages > limit {
		return nil, bind.MemoryError(p.world.Name, module.Pages, limit)
	}
	compiled, err := p.translate(ctx, metered)
	if err != nil {
		return nil, err
	}
	p.compiled = append(p.compiled, compiled)
	return compiled, nil
}

// supply makes the host module that the guest's imports of one module name
// resolve to. It has no name in the runtime, so that plugins which import
// different functions under one name can share a runtime.
func (p *Plugin) supply(ctx context.Context, m importModule) error {
	if err := ctx.Err(); err != nil {
		return bind.ContextError(p.world.Name, err)
	}
	if err := p.chargeHost(m); err != nil {
		return err
	}
	builder := p.runtime.NewHostModuleBuilder(m.name)
	if m.wasi {
		p.wasi = true
		exportWASI(builder)
	}
	for _, f := range m.functions {
		params, results := f.signature.Types()
		builder.NewFunctionBuilder().
			WithGoModuleFunction(f.serve, params, results).
			Export(f.name)
	}
	compiled, err := builder.Compile(ctx)
	if err != nil {
		return fmt.Errorf("%s: host module %s: %w", p.world.Name, m.name, err)
	}
	if p.importAt == nil {
		p.importAt = map[string]int{}
	}
	p.importAt[m.name] = len(p.imports)
	p.imports = append(p.imports, hostModule{name: m.name, compiled: compiled})
	if m.wasi {
		if err := checkWASI(p.world, p.cores[0].compiled, compiled.ExportedFunctions()); err != nil {
			return err
		}
	}
	made := &p.imports[len(p.imports)-1]
	made.instance, err = p.runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return fmt.Errorf("%s: host module %s: %w", p.world.Name, m.name, err)
	}
	return nil
}

// chargeHost charges a host module before it is made.
func (p *Plugin) chargeHost(m importModule) error {
	types, values := map[bind.Signature]bool{}, 0
	for _, f := range m.functions {
		params, results := f.signature.Types()
		values += len(params) + len(results)
		types[f.signature] = true
	}
	return p.rewriter.HostModule(len(m.functions), len(types), values)
}

// resolve finds the host module for an import of the guest.
func (p *Plugin) resolve(name string) api.Module {
	if i, ok := p.importAt[name]; ok {
		return p.imports[i].instance
	}
	return nil
}

// Instantiate starts an instance. impls are the host's implementations of
// World.Imports, in the same order. One may be nil if the guest does not import the
// interface or a provider supplies it. opts override those of Compile for this
// instance. ctx is for the start alone.
func (p *Plugin) Instantiate(ctx context.Context, impls []any, opts ...host.Option) (*bind.Instance, error) {
	config, err := p.config.ForInstance(opts)
	if err != nil {
		return nil, &host.LinkError{World: p.world.Name, Item: "options", Detail: err.Error()}
	}
	if err := p.checkFresh(config); err != nil {
		return nil, err
	}
	supplied, err := p.implement(ctx, config, impls)
	if err != nil {
		return nil, err
	}
	if err := p.payMemory(ctx, config); err != nil {
		return nil, supplied.fail(ctx, err)
	}
	l := &life{plugin: p, modules: make([]api.Module, len(p.cores)), releases: supplied.releases, endWASI: endsNothing,
		memories: linear.NewSet(p.memoryBytes(), p.config.Budget, p.prepaid())}
	inst := bind.NewInstance(config, p.tree, supplied.impls, p.types.count, l.end)
	if supplied.worker != nil {
		inst.SetWorker(supplied.worker)
	}
	if p.guarded {
		inst.GuardContexts()
	}
	l.watch(inst)
	if err := p.add(l); err != nil {
		l.ended.Do(l.memories.Release) // the plugin does not know it
		return nil, supplied.fail(ctx, err)
	}
	if p.config.Fresh {
		l.memories.Spare()
		inst.CheckStart(l.checkStart(config))
	}
	var system any
	if system, l.endWASI, err = p.startWASI(ctx, config); err == nil {
		inst.SetSystem(system)
		err = p.start(ctx, inst, l, inst.Memories(cmp.Or[experimental.MemoryAllocator](config.Memory, l.memories), p.memoryBytes()))
	}
	l.memories.Settle()
	if err == nil && p.config.Fresh {
		err = l.keepFresh(inst, config, impls, supplied.impls)
	}
	if err != nil {
		return nil, errors.Join(err, inst.Close(ctx))
	}
	inst.FinishStart()
	return inst, nil
}

// start instantiates the guest's core modules, and runs their start functions and
// the _initialize of a guest that is a core module.
func (p *Plugin) start(ctx context.Context, inst *bind.Instance, l *life, memories experimental.MemoryAllocator) error {
	resolve := p.resolve
	if p.component {
		resolve = func(key string) api.Module {
			if key == meterModule {
				return l.meter
			}
			return p.resolveCore(key, l.modules)
		}
		inst.SetHostModule(p.imports[0].instance)
	}
	ctx = experimental.WithImportResolver(ctx, resolve)
	ctx = experimental.WithMemoryAllocator(ctx, memories)
	ctx, err := inst.Start(ctx, p.world.Name)
	if err != nil {
		return err
	}
	if p.meter != nil {
		if l.meter, err = p.instantiate(ctx, p.meter); err == nil {
			err = inst.ShareMeter(l.meter)
		}
		if err != nil {
			return inst.FailStart(p.world.Name, err)
		}
	}
	for n, core := range p.cores {
		if err := ctx.Err(); err != nil {
			return inst.FailStart(p.world.Name, bind.ContextError(p.world.Name, err))
		}
		if core.start != nil {
			if err := inst.CallStart(core.start); err != nil {
				return inst.FailStart(p.world.Name, err)
			}
		}
		if core.compiled == nil {
			continue
		}
		module, err := p.instantiate(ctx, core.compiled)
		if err != nil {
			return inst.FailStart(p.world.Name, err)
		}
		l.modules[n] = module
		l.noteMemories(n)
		inst.SetModule(n, module)
		if !p.config.Unmetered {
			if err := inst.RunStart(ctx, module); err != nil {
				return inst.FailStart(p.world.Name, err)
			}
		}
	}
	if p.component {
		return nil
	}
	if err := inst.CallStart(&bind.CoreItem{Name: "_initialize"}); err != nil {
		return inst.FailStart(p.world.Name, err)
	}
	return nil
}

// instantiate has wazero instantiate a core module. wazero panics if the module's memory
// is refused; Compile has compared its size with the limits, so that the machine is out
// of memory then.
func (p *Plugin) instantiate(ctx context.Context, compiled wazero.CompiledModule) (module api.Module, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &host.LimitError{Func: p.world.Name, Limit: "memory", Detail: fmt.Sprintf("the machine has none for an instance: %v", cause)}
		}
	}()
	return p.runtime.InstantiateModule(ctx, compiled, plainConfig)
}

// memoryBytes returns how many bytes the memories of an instance may have together.
func (p *Plugin) memoryBytes() uint64 {
	if p.config.Unmetered && !p.owned {
		return math.MaxUint64 // the runtime's own limit holds
	}
	return bind.MemoryPages(p.config) << 16
}

// prepaid returns what payMemory takes.
func (p *Plugin) prepaid() uint64 {
	if p.config.Budget == nil {
		return 0
	}
	return p.startBytes
}

// plainConfig is that of a core module, which sees nothing but its imports.
var plainConfig = wazero.NewModuleConfig().WithName("").WithStartFunctions()

// Export returns the functions of the world's export number, bound to an
// instance of the plugin.
func (p *Plugin) Export(inst *bind.Instance, number int) bind.Exports {
	return bind.NewExports(inst, &p.exports[number])
}

// Provides reports whether a provider supplies a function that the guest imports, by its
// numbers in World.Imports and Interface.Functions, if the import is Partial.
func (p *Plugin) Provides(item, function int) bool {
	return slices.Contains(p.needs.stands[item], function)
}

func (p *Plugin) add(l *life) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return &host.InstanceError{Func: p.world.Name, Err: host.ErrClosed}
	}
	if limit := p.config.Instances; limit > 0 && len(p.live) >= limit {
		return &host.LimitError{Func: p.world.Name, Limit: "instances", Detail: fmt.Sprintf("%d exist; close some, or raise it with host.InstanceLimit", len(p.live))}
	}
	p.live[l] = struct{}{}
	return nil
}

// remove forgets the life of an instance, and releases the plugin where it is closed and
// that was its last one.
func (p *Plugin) remove(ctx context.Context, l *life) error {
	p.mu.Lock()
	delete(p.live, l)
	last := p.closed && len(p.live) == 0
	p.mu.Unlock()
	if last {
		return p.release(ctx)
	}
	return nil
}

// Close closes all instances and releases the compiled code, once no call is
// under way any more. A second Close does nothing.
func (p *Plugin) Close(ctx context.Context) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	p.leak.Closed()
	live := slices.Collect(maps.Keys(p.live))
	p.mu.Unlock()
	if len(live) == 0 {
		return p.release(ctx)
	}
	var errs []error
	for _, l := range live {
		errs = append(errs, l.close(ctx))
	}
	return errors.Join(errs...)
}

// release frees what Compile made. The code is closed by itself also where the
// runtime is the plugin's own: a cache would keep it.
func (p *Plugin) release(ctx context.Context) error {
	var errs []error
	for _, m := range p.imports {
		if m.instance != nil {
			errs = append(errs, m.instance.Close(ctx))
		}
		errs = append(errs, m.compiled.Close(ctx))
	}
	for _, c := range p.compiled {
		errs = append(errs, c.Close(ctx))
	}
	if p.owned {
		errs = append(errs, p.runtime.Close(ctx))
	}
	p.snapshot.Close()
	return errors.Join(errs...)
}
