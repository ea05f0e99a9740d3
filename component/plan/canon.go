package plan

import (
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// canon adds what a canonical definition defines.
func (e *env) canon(d *binary.Canon) {
	if d.Op == binary.CanonLift {
		e.functions = append(e.functions, e.lift(d))
		return
	}
	f := HostFunction{Op: d.Op, Component: e.number, Type: e.static.CoreFuncs[len(e.coreFuncs)]}
	switch d.Op {
	case binary.CanonLower:
		f.Callee = e.functions[d.Func]
		f.WIT, f.Scope = e.static.Funcs[d.Func], e.scope
		f.Options = e.options(d)
		e.checkType(f.WIT, f.Type, false)
		e.pass(f.WIT)
	case binary.CanonResourceNew, binary.CanonResourceRep, binary.CanonResourceDrop:
		if d.Async {
			e.p.fail("canon %s is async, which is not supported", d.Op)
		}
		f.Resource = e.types[d.Type].resource
		f.Options = e.p.number(Options{Component: e.number, Memory: noRef, Realloc: noRef})
	default:
		e.p.fail("canon %s is not supported: components run without async functions, streams, futures, error contexts and threads", d.Op)
	}
	e.coreFuncs = append(e.coreFuncs, hostRef(len(e.p.plan.Functions)))
	e.p.plan.Functions = append(e.p.plan.Functions, f)
}

func (e *env) lift(d *binary.Canon) *Function {
	core := e.coreFuncs[d.Func]
	f := &Function{
		Label:     shortLabel(core.Name),
		Component: e.number,
		Core:      core,
		Post:      noRef,
		Type:      e.static.CoreFuncs[d.Func],
		Options:   e.options(d),
		WIT:       e.static.Types[d.Type].Func,
		Scope:     e.scope,
	}
	if index, ok := d.Option(binary.PostReturnOption); ok {
		f.Post = e.coreFuncs[index]
	}
	e.checkType(f.WIT, f.Type, true)
	e.p.lifted = append(e.p.lifted, f)
	return f
}

// pass counts the types of a function that is lowered, each once in an instance.
func (e *env) pass(fn *wit.Function) {
	var count func(t wit.Type)
	count = func(t wit.Type) {
		e.p.step(1)
		if id, ok := t.(wit.TypeID); ok && !e.passed[id] {
			e.passed[id] = true
			wit.EachType(e.p.plan.Resolve.Types[id].Kind, count)
		}
	}
	for _, p := range fn.Params {
		count(p.Type)
	}
	if fn.Result != nil {
		count(fn.Result)
	}
}

// checkType refuses function types that cannot be run.
func (e *env) checkType(fn *wit.Function, core coretype.SubType, lift bool) {
	e.p.step(len(fn.Params))
	a := e.p.abi
	if what, _, ok := a.Unsupported(fn); ok {
		e.p.fail("a function has a type that is not supported: %s", what)
	}
	if what, _, ok := a.TooLarge(fn); ok {
		e.p.fail("a function has a type that is not supported: %s", what)
	}
	want := a.Lower(fn)
	if lift {
		want = a.Lift(fn)
	}
	if !slices.EqualFunc(core.Params, want.Params, sameCore) || !slices.EqualFunc(core.Results, want.Results, sameCore) {
		e.p.fail("a function has a core type that is not supported, %s: memories have 32 bits", show(core))
	}
}

func sameCore(t coretype.ValType, want abi.Core) bool { return t.String() == want.String() }

// options returns the number of the options of a definition.
func (e *env) options(d *binary.Canon) int {
	o := Options{Component: e.number, Memory: noRef, Realloc: noRef}
	for _, x := range d.Options {
		switch x.Kind {
		case binary.UTF8, binary.UTF16, binary.Latin1UTF16:
			o.Encoding = x.Kind
		case binary.MemoryOption:
			o.Memory = e.coreMemories[x.Index]
		case binary.ReallocOption:
			o.Realloc = e.coreFuncs[x.Index]
		case binary.PostReturnOption:
		case binary.AsyncOption, binary.CallbackOption:
			e.p.fail("canon %s has the option %s, which is not supported", d.Op, x.Kind)
		default:
			e.p.fail("canon %s has an option that is not supported, %s", d.Op, x.Kind)
		}
	}
	return e.p.number(o)
}

// number returns the number of options.
func (p *planner) number(o Options) int {
	number, ok := p.numbers[o]
	if !ok {
		number = len(p.plan.Options)
		p.numbers[o] = number
		p.plan.Options = append(p.plan.Options, o)
	}
	return number
}
