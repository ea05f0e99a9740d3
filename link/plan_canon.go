package link

import (
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// canon adds what a canonical definition defines.
func (e *env) canon(d *binary.Canon) {
	if d.Op == binary.CanonLift {
		e.functions = append(e.functions, e.lift(d))
		return
	}
	f := hostFunction{op: d.Op, component: e.number, typ: e.static.CoreFuncs[len(e.coreFuncs)]}
	switch d.Op {
	case binary.CanonLower:
		f.callee = e.functions[d.Func]
		f.fn, f.scope = e.static.Funcs[d.Func], e.scope
		f.options = e.options(d)
		e.checkType(f.fn, f.typ, false)
	case binary.CanonResourceNew, binary.CanonResourceRep, binary.CanonResourceDrop:
		if d.Async {
			e.p.fail("canon %s is async, which is not supported", d.Op)
		}
		f.resource = e.types[d.Type].resource
		f.options = e.p.number(canonOptions{component: e.number, memory: noRef, realloc: noRef})
	default:
		e.p.fail("canon %s is not supported: components run without async functions, streams, futures, error contexts and threads", d.Op)
	}
	e.coreFuncs = append(e.coreFuncs, hostRef(len(e.p.plan.functions)))
	e.p.plan.functions = append(e.p.plan.functions, f)
}

func (e *env) lift(d *binary.Canon) *function {
	core := e.coreFuncs[d.Func]
	f := &function{
		label:     core.name,
		component: e.number,
		core:      core,
		post:      noRef,
		coreType:  e.static.CoreFuncs[d.Func],
		options:   e.options(d),
		fn:        e.static.Types[d.Type].Func,
		scope:     e.scope,
	}
	if index, ok := d.Option(binary.PostReturnOption); ok {
		f.post = e.coreFuncs[index]
	}
	e.checkType(f.fn, f.coreType, true)
	return f
}

// checkType refuses function types that cannot be run.
func (e *env) checkType(fn *wit.Function, core component.CoreFunc, lift bool) {
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
	if signatureOf(core) != signatureOfABI(want) {
		e.p.fail("a function has a core type that is not supported, %s: memories have 32 bits", show(signatureOf(core)))
	}
}

// options returns the number of the options of a definition.
func (e *env) options(d *binary.Canon) int {
	o := canonOptions{component: e.number, memory: noRef, realloc: noRef}
	for _, x := range d.Options {
		switch x.Kind {
		case component.UTF8:
			o.encoding = bind.UTF8
		case component.UTF16:
			o.encoding = bind.UTF16
		case component.Latin1UTF16:
			o.encoding = bind.Latin1UTF16
		case binary.MemoryOption:
			o.memory = e.coreMemories[x.Index]
		case binary.ReallocOption:
			o.realloc = e.coreFuncs[x.Index]
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
func (p *planner) number(o canonOptions) int {
	number, ok := p.numbers[o]
	if !ok {
		number = len(p.plan.options)
		p.numbers[o] = number
		p.plan.options = append(p.plan.options, o)
	}
	return number
}

// signatureOf spells the type of a core function as descriptors do.
func signatureOf(f component.CoreFunc) bind.Signature {
	names := func(list []binary.CoreValType) []string {
		out := make([]string, len(list))
		for i, t := range list {
			out[i] = t.String()
		}
		return out
	}
	return joinSignature(names(f.Params), names(f.Results))
}

func signatureOfABI(s abi.Signature) bind.Signature {
	names := func(list []abi.Core) []string {
		out := make([]string, len(list))
		for i, t := range list {
			out[i] = t.String()
		}
		return out
	}
	return joinSignature(names(s.Params), names(s.Results))
}

func joinSignature(params, results []string) bind.Signature {
	s := ""
	for _, p := range params {
		s += p + " "
	}
	s += "->"
	for _, r := range results {
		s += " " + r
	}
	return bind.Signature(s)
}
