package bind

import (
	"fmt"
	"math"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
)

// A core function that the host calls has a stack of its own, which wazero makes with the
// api.Function, doubles when it is full, and keeps. Where the guest is under way and the
// host calls it again, for another component instance or a destructor, both stacks are
// there. The stacks of an instance share one budget, host.StackLimit: a nested call gets
// what is left of it after the stack of the call around it, as large as that is by then,
// and may fill a part of that with frames, which the meter counts.

const (
	// growth is what a stack may take for each byte of its frames: it is twice as large,
	// and half of it is copied from the stack before.
	growth = 4
	// nestedBytes is what a nested call takes beside the stacks: wazero's state of it,
	// and frames on the goroutine's stack, which Go doubles by copying too.
	nestedBytes = 16 << 10
	// leastStack is what a nested call must find.
	leastStack = 16 << 10
	// smallStack is how large a stack may be that is not counted for a call that cannot
	// have another one nested in it.
	smallStack = 64 << 10
	// untold is the part of the limit that nested calls may take before the meter is told,
	// which takes as long as a short call.
	untold = 16
	// keptStacks is by how much all stacks of an instance may stay larger after a call than
	// wazero makes them.
	keptStacks = 1 << 20
	// keptFunctions is how many core functions of one kind an instance keeps that the guest
	// chose.
	keptFunctions = 64
)

// maxStacks bounds the stacks of an instance that has no limit: nested calls must not fill
// the goroutine's stack, which Go lets grow to 1 GB, and to 250 MB on 32-bit machines.
const maxStacks = 1 << 27 << (math.MaxUint >> 63 * 3)

// coreFunc is a core function, and the stack that wazero keeps for it.
type coreFunc struct {
	api.Function
	// bytes is the stack of wazero's compiler. That of a function is never nil.
	bytes *[]byte
	// kept is the size of the stack that is known to Instance.kept, and least the size in
	// the beginning.
	kept, least int32
	// interpreter is the stack of wazero's interpreter, or nil.
	interpreter *interpreterStack
}

// found reports whether there is a function.
func (f *coreFunc) found() bool { return f.Function != nil }

// newCoreFunc returns a core function that is not called yet.
func newCoreFunc(f api.Function) coreFunc {
	if f == nil {
		return coreFunc{}
	}
	c := coreFunc{Function: f}
	c.bytes, c.interpreter = stackOf(f)
	c.least = int32(c.size())
	c.kept = c.least
	return c
}

// size returns how many bytes the stack takes.
func (f *coreFunc) size() int {
	if f.interpreter != nil {
		return f.interpreter.size()
	}
	if f.bytes == nil {
		return 0
	}
	return len(*f.bytes)
}

// grown reports whether the stack has grown in a call.
func (f *coreFunc) grown() bool {
	if f.interpreter != nil {
		return f.interpreter.size() > int(f.kept)
	}
	return f.bytes != nil && len(*f.bytes) > int(f.kept)
}

// compiledGrown is grown for a function of wazero's compiler, and false for another.
func (f *coreFunc) compiledGrown() bool { return len(*f.bytes) > int(f.kept) }

// interpreted reports whether the function is wazero's interpreter's.
func (f *coreFunc) interpreted() bool { return f.interpreter != nil }

// keeps reports whether the instance may keep a function after a call. A function that it
// may not keep is dropped with its stack.
func (i *Instance) keeps(f *coreFunc) bool {
	more := f.size() - int(f.kept)
	if more <= 0 {
		return true
	}
	if i.kept+more > keptStacks {
		i.kept -= int(f.kept - f.least)
		return false
	}
	i.kept += more
	f.kept += int32(more)
	return true
}

// stacks returns the limit of all stacks in bytes, of a host.Config.
func stacks(config *host.Config) int64 {
	if config.StackBytes == 0 {
		return maxStacks
	}
	return int64(min(config.StackBytes, maxStacks))
}

// frames returns how many bytes of frames a stack may have that may take so many bytes.
func frames(bytes int64) uint64 { return uint64(max(bytes, 0)) / growth }

// running returns the core function whose call is under way.
func (i *Instance) running() *coreFunc {
	if i.nested != nil {
		return i.nested
	}
	if i.top < uint32(len(i.tops)) {
		return &i.tops[i.top].core
	}
	return nil
}

// call calls a core function while no other one is under way.
func (i *Instance) call(f *coreFunc, stack []uint64) error {
	i.nested = f
	err := f.CallWithStack(i.context(), stack)
	i.nested = nil
	return err
}

// callNested calls a core function from a host function that the guest has called.
func (i *Instance) callNested(name string, f *coreFunc, stack []uint64) error {
	around := i.nested
	left, counted := i.stackLeft, i.stackCounted
	i.stackLeft -= nestedBytes + int64(i.runningSize())
	if i.stackLeft < leastStack {
		i.stackLeft = left
		return i.stackError(name)
	}
	tell := counted-i.stackLeft > i.stackLimit/untold
	saved := uint64(0)
	if tell {
		i.stackCounted = i.stackLeft
		saved = i.metering.setStack(frames(i.stackLeft))
	}
	i.nested = f
	i.depth++
	err := f.CallWithStack(i.context(), stack)
	i.depth--
	i.nested = around
	if tell {
		i.metering.setStack(saved)
	}
	i.stackLeft, i.stackCounted = left, counted
	return err
}

// callLeaf is callNested for realloc and post-return, which call nothing themselves.
func (i *Instance) callLeaf(name string, f *coreFunc, stack []uint64) error {
	if around := i.running(); around != nil && around.size() > smallStack {
		return i.callNested(name, f, stack)
	}
	return f.CallWithStack(i.context(), stack)
}

// runningSize returns what the stack of the call takes that is under way.
func (i *Instance) runningSize() int {
	f := i.running()
	if f == nil {
		return 0
	}
	return f.size()
}

// stackError returns the error of a call that needs more stack than is left.
func (i *Instance) stackError(name string) *host.LimitError {
	return &host.LimitError{Func: name, Limit: "stack", Fatal: true,
		Detail: fmt.Sprintf("the stacks of the instance need more than %d bytes; raise it with host.StackLimit", i.stackLimit)}
}
