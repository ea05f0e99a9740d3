package vectors_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/interp"
	"github.com/witgen/witgen/internal/testing/vectors"
	"github.com/witgen/witgen/wit"
)

const file = "../../../testdata/vectors/abi.json"

func TestVectors(t *testing.T) {
	list, err := vectors.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1000 {
		t.Fatalf("%d vectors", len(list))
	}
	for _, v := range list {
		t.Run(fmt.Sprint(v.ID), func(t *testing.T) {
			c := newCheck(t, v)
			c.layouts()
			c.callExport()
			c.handleImport()
			c.callImport()
			c.handleExport()
			if t.Failed() {
				t.Log(v.WIT)
			}
		})
	}
}

// check is one vector with its values decoded.
type check struct {
	*testing.T
	v      *vectors.Vector
	a      *abi.ABI
	f      *wit.Function
	params []interp.Value
	result interp.Value
}

func newCheck(t *testing.T, v *vectors.Vector) *check {
	t.Helper()
	r, f, err := v.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	c := &check{T: t, v: v, a: abi.New(r), f: f, params: make([]interp.Value, len(f.Params))}
	for i, p := range f.Params {
		if c.params[i], err = vectors.Decode(r, p.Type, v.Params[i]); err != nil {
			t.Fatal(err)
		}
	}
	if f.Result != nil {
		if c.result, err = vectors.Decode(r, f.Result, v.Result); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c *check) equal(what string, want, got any) {
	c.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		c.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (c *check) program(kind abi.Kind) *abi.Program {
	c.Helper()
	p := c.a.Program(kind, c.f)
	if err := c.a.Verify(p); err != nil {
		c.Fatal(err)
	}
	for _, id := range c.a.NamedIn(p) {
		for _, kind := range c.a.TypeKinds(id) {
			if err := c.a.Verify(c.a.TypeProgram(kind, id)); err != nil {
				c.Fatal(err)
			}
		}
	}
	return p
}

func (c *check) layouts() {
	d, err := c.a.Describe("test:vectors/v", c.f)
	if err != nil {
		c.Fatal(err)
	}
	for i, p := range d.Params {
		c.equal(p.Name, c.v.Types.Params[i], p.TypeDescription)
	}
	c.equal("type of the result", c.v.Types.Result, d.Result)
	c.equal("lift", c.v.Lift, d.Lift)
	c.equal("lower", c.v.Lower, d.Lower)
}

// callExport lowers the parameters, and lifts the result from the vector's
// memory.
func (c *check) callExport() {
	m := newMachine(c.a)
	called, freed := false, false
	m.Core = func(args []uint64) ([]uint64, error) {
		called = true
		c.equal("lowered parameters", c.v.Args, m.crossed(args))
		return m.become(c.v.Returned), nil
	}
	m.PostReturn = func(results []uint64) error {
		freed = true
		c.equal("results of post-return", m.become(c.v.Returned), results)
		return nil
	}
	result, err := m.Call(c.program(abi.CallExport), c.params)
	if err != nil {
		c.Fatal(err)
	}
	c.equal("lifted result", c.result, result)
	if !called || !freed {
		c.Errorf("called %t, freed %t", called, freed)
	}
}

// handleExport lifts the parameters from the vector's memory, and lowers the
// result in a fresh one.
func (c *check) handleExport() {
	m := newMachine(c.a)
	m.Implementation = func(args []interp.Value) (interp.Value, error) {
		c.equal("lifted parameters", c.params, args)
		m.reset()
		return c.result, nil
	}
	results, err := m.Handle(c.program(abi.HandleExport), m.become(&c.v.Args))
	if err != nil {
		c.Fatal(err)
	}
	if c.v.Returned != nil {
		c.equal("lowered result", *c.v.Returned, m.crossed(results))
	}
}

// handleImport is handleExport with the result in an area that the caller
// gives.
func (c *check) handleImport() {
	m := newMachine(c.a)
	args := m.become(&c.v.Args)
	inMemory := len(c.v.Lower.Params) > len(c.v.Lift.Params)
	if inMemory {
		args = append(args, vectors.Base)
	}
	m.Implementation = func(args []interp.Value) (interp.Value, error) {
		c.equal("lifted parameters", c.params, args)
		m.reset()
		if inMemory {
			_, err := m.Realloc(c.v.Types.Result.Align, uint32(c.v.Types.Result.Size))
			return c.result, err
		}
		return c.result, nil
	}
	results, err := m.Handle(c.program(abi.HandleImport), args)
	if err != nil {
		c.Fatal(err)
	}
	if inMemory {
		results = []uint64{vectors.Base}
	}
	if c.v.Returned != nil {
		c.equal("lowered result", *c.v.Returned, m.crossed(results))
	}
}

// callImport is callExport with the result in an area of the caller.
func (c *check) callImport() {
	m := newMachine(c.a)
	inMemory := len(c.v.Lower.Params) > len(c.v.Lift.Params)
	m.Core = func(args []uint64) ([]uint64, error) {
		if inMemory {
			area := args[len(args)-1]
			last := m.allocs[len(m.allocs)-1]
			c.equal("the return area", vectors.Alloc{c.v.Types.Result.Align, uint32(c.v.Types.Result.Size), uint32(area)}, last)
			m.undo()
			args = args[:len(args)-1]
			defer func() { copy(m.memory[area:], c.v.Returned.Memory[:c.v.Types.Result.Size]) }()
		}
		c.equal("lowered parameters", c.v.Args, m.crossed(args))
		results := m.become(c.v.Returned)
		if inMemory {
			results = nil
		}
		return results, nil
	}
	// The area lies where the vector's memory does not reach.
	m.elsewhere = len(c.v.Args.Realloc)
	result, err := m.Call(c.program(abi.CallImport), c.params)
	if err != nil {
		c.Fatal(err)
	}
	c.equal("lifted result", c.result, result)
}

// machine is an interp.Machine with the memory and the realloc of the vectors.
type machine struct {
	*interp.Machine
	memory []byte
	next   uint32
	allocs []vectors.Alloc
	// elsewhere is the index of an allocation to make in the upper half of
	// memory, and -1 for none.
	elsewhere int
}

const memorySize = 1 << 16

func newMachine(a *abi.ABI) *machine {
	m := &machine{elsewhere: -1}
	m.Machine = &interp.Machine{ABI: a, Memory: func() []byte { return m.memory }, Realloc: m.realloc}
	m.reset()
	return m
}

func (m *machine) realloc(align, size uint32) (uint32, error) {
	next := &m.next
	if upper := uint32(memorySize / 2); len(m.allocs) == m.elsewhere {
		next = &upper
	}
	ptr := (*next + align - 1) &^ (align - 1)
	if ptr+size > memorySize {
		return 0, errors.New("out of memory")
	}
	*next = ptr + size
	m.allocs = append(m.allocs, vectors.Alloc{align, size, ptr})
	return ptr, nil
}

// undo forgets the last allocation, which was made elsewhere.
func (m *machine) undo() { m.allocs = m.allocs[:len(m.allocs)-1] }

func (m *machine) reset() {
	m.memory, m.next, m.allocs = make([]byte, memorySize), vectors.Base, []vectors.Alloc{}
}

// become makes the memory that of what crosses, and returns its core values.
func (m *machine) become(flat *vectors.Flat) []uint64 {
	m.reset()
	if flat == nil {
		return []uint64{}
	}
	copy(m.memory[vectors.Base:], flat.Memory)
	bits := make([]uint64, len(flat.Flat))
	for i, b := range flat.Flat {
		bits[i] = uint64(b)
	}
	return bits
}

// crossed returns what has crossed, as a vector puts it.
func (m *machine) crossed(cores []uint64) vectors.Flat {
	flat := vectors.Flat{
		Flat:    make([]vectors.Bits, len(cores)),
		Realloc: m.allocs,
		Memory:  append(vectors.Hex{}, m.memory[vectors.Base:m.next]...),
	}
	for i, bits := range cores {
		flat.Flat[i] = vectors.Bits(bits)
	}
	return flat
}
