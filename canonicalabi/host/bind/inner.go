package bind

import (
	"context"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
)

// InnerCall is a host function of wazero, like Import. It serves calls of a function
// that another component instance of the same tree exports. It copies values from the
// caller to the callee and back without making Go values of them.
type InnerCall struct {
	// Name is the name that errors show.
	Name string
	// Number is less than Tree.Inner, and differs for each InnerCall of a tree.
	Number int
	// Options is the place of the caller's options in Tree.Options.
	Options int
	// Callee is the function, with the callee's options.
	Callee Export
	// Params is the layout of the parameters as a record. Result is the layout of the
	// result, or nil.
	Params, Result *Layout
	// ParamsInMemory and ResultInMemory report whether they are passed in memory,
	// since they flatten to too many core values.
	ParamsInMemory, ResultInMemory bool
}

// innerFrame is the state of a call of an InnerCall. Calls that follow each other use
// the same one; a call that is nested in another of the same function has its own.
type innerFrame struct {
	from, to   Call
	core, post coreFunc
	stack      [maxStack]uint64
	busy       bool
}

// Call implements wazero's api.GoModuleFunction. It panics to make the guest
// trap, as wazero asks.
func (f *InnerCall) Call(ctx context.Context, caller api.Module, stack []uint64) {
	i := instanceOf(ctx)
	from, to := &i.options[f.Options], &i.options[f.Callee.Options]
	if !from.comp.mayLeave {
		i.stop(&host.Trap{Func: f.Name, Rule: host.RuleMayLeave})
	}
	if i.tree.Reentrant && !i.enterComponent(to.comp.number, from.comp.number) {
		i.stop(&host.Trap{Func: f.Name, Rule: host.RuleMayEnter})
	}
	frame := f.frame(i)
	frame.busy = true
	if err := frame.run(f, stack); err != nil {
		i.stop(err)
	}
	frame.busy = false
	if (frame.core.grown() || frame.post.grown()) && i.frames[f.Number] == frame && !(i.keeps(&frame.core) && i.keeps(&frame.post)) {
		i.frames[f.Number] = nil
		i.inner--
	}
	if i.tree.Reentrant {
		i.leaveComponent(to.comp.number, from.comp.number)
	}
}

// frame returns the frame for a call.
func (f *InnerCall) frame(i *Instance) *innerFrame {
	frame := i.frames[f.Number]
	if frame == nil || frame.busy {
		made := &innerFrame{core: newCoreFunc(i.core(&f.Callee.Core)), post: newCoreFunc(i.core(f.Callee.Post))}
		made.from = Call{inst: i, opts: &i.options[f.Options], name: f.Name, nested: true}
		made.to = Call{inst: i, opts: &i.options[f.Callee.Options], export: &f.Callee, nested: true}
		if frame == nil {
			if i.inner == keptFunctions {
				clear(i.frames)
				i.inner = 0
			}
			i.inner++
			i.frames[f.Number] = made
		}
		frame = made
	}
	return frame
}

// run makes the call (CanonicalABI.md, "canon lower" and "canon lift").
func (r *innerFrame) run(f *InnerCall, stack []uint64) error {
	i, to := r.to.inst, r.to.opts.comp
	r.from.left, r.to.left = i.liftLimit, i.liftLimit
	r.from.mem, r.to.mem = nil, nil
	area := uint32(0) // of the caller, for a result in memory
	if f.ResultInMemory {
		area = uint32(stack[f.coreParams()])
	}
	r.params(f, stack)
	if err := r.failed(); err != nil {
		return err
	}
	if err := i.callNested(f.Callee.Name, &r.core, r.stack[:]); err != nil {
		return i.guestError(f.Callee.Name, "", err)
	}
	r.from.mem, r.to.mem = nil, nil
	r.to.invoked = true
	r.to.endLoans()
	results := r.stack[0]
	if f.Result != nil {
		r.result(f, stack, area)
	}
	if err := r.failed(); err != nil {
		return err
	}
	if r.post.found() {
		r.stack[0] = results
		to.mayLeave = false
		err := i.callLeaf(f.Callee.Name, &r.post, r.stack[:])
		to.mayLeave = true
		if err != nil {
			return i.guestError(f.Callee.Name, host.RulePostReturn, err)
		}
	}
	r.from.endLoans()
	r.from.loans.clear()
	r.to.loans.clear()
	r.to.invoked = false
	return nil
}

// failed returns the first error, of the caller's side or the callee's.
func (r *innerFrame) failed() error {
	if r.from.err != nil {
		return r.from.err
	}
	return r.to.err
}

// coreParams returns the number of core values of the parameters.
func (f *InnerCall) coreParams() int {
	if f.ParamsInMemory {
		return 1
	}
	return f.Params.Flat
}

// params passes the parameters from the caller's stack to the callee's.
func (r *innerFrame) params(f *InnerCall, stack []uint64) {
	p := passing{&r.from, &r.to}
	if !f.ParamsInMemory {
		p.flat(f.Params, stack, r.stack[:])
		return
	}
	l, src := f.Params, uint32(stack[0])
	if r.from.check(src, uint64(l.Size), l.Align) {
		dst := p.alloc(l.Size, l.Align)
		p.memory(l, src, dst)
		r.stack[0] = uint64(dst)
	}
}

// result passes the result back to the caller.
func (r *innerFrame) result(f *InnerCall, stack []uint64, area uint32) {
	p := passing{&r.to, &r.from}
	if !f.ResultInMemory {
		p.flat(f.Result, r.stack[:], stack)
		return
	}
	l, src := f.Result, uint32(r.stack[0])
	if r.to.check(src, uint64(l.Size), l.Align) && r.from.check(area, uint64(l.Size), l.Align) {
		p.memory(l, src, area)
	}
}
