package cost

import (
	"context"
	"fmt"
	"runtime"

	"github.com/witgen/witgen/internal/wasm"
)

// A Report is what compiling a module takes at most, by the estimate.
type Report struct {
	// Time is the time in units of which a processor of 3 GHz does about a billion a
	// second.
	Time uint64
	// Memory is the most memory at a time, in bytes, and Kept what is in use after
	// the module is compiled.
	Memory, Kept uint64
	// Worst is the function that takes longest, and Largest that with the most machine
	// code.
	Worst, Largest Function
}

// A Function is what compiling one function takes.
type Function struct {
	// Index is the number of the function among those that the module defines, or -1
	// where it defines none.
	Index int
	// Time is the time in the units of Report, and Code the size of its machine code in
	// bytes.
	Time, Code uint64
}

// Limits bound what compiling may take, in the units of Report. Code bounds the machine
// code of one function. A limit of 0 does not apply.
type Limits struct{ Time, Memory, Code uint64 }

// A LimitError is the error for a module whose compilation would exceed a limit.
type LimitError struct {
	// Limit is the name of the limit: Time, Memory or Code.
	Limit string
	// Got is what compiling takes as far as the module was read, and Most the limit.
	Got, Most uint64
	// Worst is the function that takes longest of those that were read; of the limit
	// Code, that with the most machine code.
	Worst Function
}

// Error names the limit and the dearest function.
func (e *LimitError) Error() string {
	what := "compiling takes at least"
	if e.Limit == "Code" {
		what = "the machine code of a function has at least"
	}
	return fmt.Sprintf("%s: %s %d, and the limit is %d; it is function %d that takes most", e.Limit, what, e.Got, e.Most, e.Worst.Index)
}

// Estimate estimates from above what wazero takes to compile a core module. It ends with
// the error of ctx soon after that has ended. The other errors
// are a *LimitError, and a *wasm.Error for a module that cannot be read.
func Estimate(ctx context.Context, module []byte, limits Limits) (Report, error) {
	none := Function{Index: -1}
	d := &model{arm: runtime.GOARCH == "arm64", worst: none, largest: none}
	m, err := readModule(module, wasm.NewLook(ctx.Err))
	if err != nil {
		return Report{}, err
	}
	d.m = m
	check := func() error {
		r := d.report(len(module))
		if limits.Time != 0 && r.Time > limits.Time {
			return &LimitError{"Time", r.Time, limits.Time, r.Worst}
		}
		if limits.Memory != 0 && r.Memory > limits.Memory {
			return &LimitError{"Memory", r.Memory, limits.Memory, r.Worst}
		}
		if limits.Code != 0 && r.Largest.Code > limits.Code {
			return &LimitError{"Code", r.Largest.Code, limits.Code, r.Largest}
		}
		return nil
	}
	if err := check(); err != nil {
		return Report{}, err
	}
	next := 0.0
	err = each(m, &d.retained, func(i int, s *work) error {
		d.add(i, s)
		if d.time < next {
			return nil
		}
		next = d.time + 1e9
		return check()
	})
	if err == nil {
		err = check()
	}
	if err != nil {
		return Report{}, err
	}
	return d.report(len(module)), nil
}

// each calls f with the work of each function.
func each(m *module, r *retained, f func(index int, s *work) error) error {
	return eachGraph(m, r, func(index int, s *work, _ *builder) error { return f(index, s) })
}

// eachGraph is each with the graph of the function, which holds until f returns.
func eachGraph(m *module, r *retained, f func(index int, s *work, b *builder) error) error {
	if m.code == nil {
		return nil
	}
	c := m.code
	w := &walker{m: m, r: r, globals: make([]int, m.globals)}
	var g builder
	var l liveness
	n := c.Count()
	for i := range n {
		if uint64(m.importedFuncs)+uint64(i) >= uint64(len(m.funcs)) {
			c.FailAt(c.Offset(), wasm.Malformed, "more code than functions")
		}
		body := c.Sub(c.Uint32())
		if c.Err() != nil {
			break
		}
		t := &m.types[m.funcs[m.importedFuncs+i]]
		w.function(int(i), t, body)
		if err := body.Err(); err != nil {
			return err
		}
		m.locals += uint64(w.locals)
		if err := g.build(w.events, t.params, t.results, len(w.used), m.look); err != nil {
			return err
		}
		if err := l.find(w.events, &g, w.nesting, int(w.loops), len(w.used), m.look); err != nil {
			return err
		}
		s := sum(w, &g, &l, t, r)
		if err := f(int(i), &s, &g); err != nil {
			return err
		}
	}
	return c.Err()
}
