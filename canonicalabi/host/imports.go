package host

import (
	"context"
	"errors"

	"github.com/tetratelabs/wazero/api"
)

// Import serves the guests' calls of one imported function: it is what wazero
// calls. It belongs to a plugin and serves all of its instances.
type Import struct {
	fn     *Function
	name   string
	number int // of the Item in World.Imports
}

// NewImport returns the Import of a function of the world's import number,
// under the name that errors show.
func NewImport(fn *Function, name string, number int) *Import {
	return &Import{fn: fn, name: name, number: number}
}

var errNoInstance = errors.New("an import of a guest was called outside of a call of the guest")

// Call implements wazero's api.GoModuleFunction. It panics to make the guest
// trap, as wazero asks.
func (f *Import) Call(ctx context.Context, caller api.Module, stack []uint64) {
	own, ok := ctx.(*callContext)
	if !ok {
		panic(errNoInstance)
	}
	i := own.inst
	if !i.mayLeave {
		i.importErr = &Trap{Func: f.name, Rule: RuleMayLeave}
		panic(i.importErr)
	}
	i.mayLeave = false
	if i.module == nil {
		i.Started(caller) // the guest is still starting
	}
	c := &i.imported
	c.Stack = stack
	c.name = f.name
	c.impl = i.impls[f.number]
	c.left = i.limits.LiftedBytes
	f.fn.Handle(c)
	c.mem = nil
	if c.err != nil {
		i.importErr, c.err = c.err, nil
		panic(i.importErr)
	}
	i.mayLeave = true
}
