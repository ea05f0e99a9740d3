package bind

import (
	"context"
	"errors"
	"sync"

	"github.com/witgen/witgen/canonicalabi/host"
)

// spender is the context of the host functions in one call that has fuel. It implements
// host.Spender.
type spender struct {
	context.Context

	mu sync.Mutex
	// inst is nil unless a host function runs: a goroutine that it has left behind must not
	// change the fuel while the guest does.
	inst *Instance
	name string
}

// Value returns the spender for host.SpenderKey, and a value of the caller's context for
// another key.
func (s *spender) Value(key any) any {
	if key == (host.SpenderKey{}) {
		return s
	}
	return s.Context.Value(key)
}

var errSpentLate = errors.New("host.Spend was called after the host function had returned")

// Spend implements host.Spender.
func (s *spender) Spend(units uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch i := s.inst; {
	case i == nil:
		return errSpentLate
	case !i.metering.spend(units):
		limit := i.metering.outOfFuel(s.name)
		limit.Fatal = true
		return limit
	default:
		return nil
	}
}

// set gives the fuel of an instance to the host function of a name, or takes it away.
func (s *spender) set(i *Instance, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inst, s.name = i, name
}

// hostContext returns the context for the host function of a name. The call under way has
// fuel.
func (i *Instance) hostContext(name string) context.Context {
	if i.spender == nil {
		i.spender = &spender{Context: i.caller}
	}
	i.spender.set(i, name)
	return i.spender
}
