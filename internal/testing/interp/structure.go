package interp

import (
	"fmt"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// pack returns values as one.
func (f *frame) pack(values []abi.Value) []Value {
	list := make([]Value, len(values))
	for i, v := range values {
		list[i] = f.values[v]
	}
	return list
}

func (f *frame) unpack(op *abi.Op) error {
	list, ok := f.values[op.Args[0]].([]Value)
	if !ok || len(list) != len(op.Results) {
		return f.bad(op.Type, f.values[op.Args[0]])
	}
	for i, v := range op.Results {
		f.values[v] = list[i]
	}
	return nil
}

// fixedLength returns the N of a list<T, N>.
func (f *frame) fixedLength(t wit.Type) int {
	return int(f.ABI.Resolve.Kind(t).(*wit.FixedList).Size)
}

func (f *frame) storeFixed(op *abi.Op) error {
	list, ok := f.values[op.Args[1]].([]Value)
	if !ok || len(list) != f.fixedLength(op.Type) {
		return f.bad(op.Type, f.values[op.Args[1]])
	}
	return f.storeElements(op, f.cores[op.Args[0]]+uint64(op.Offset), list)
}

func (f *frame) loadFixed(op *abi.Op) error {
	list, err := f.loadElements(op, f.cores[op.Args[0]]+uint64(op.Offset), f.fixedLength(op.Type))
	f.values[op.Results[0]] = list
	return err
}

// switchCase lowers a variant, option or result by the block of its case
// (CanonicalABI.md, "Flat Lowering", lower_flat_variant, and "Storing",
// store_variant).
func (f *frame) switchCase(op *abi.Op) error {
	c, ok := f.values[op.Args[0]].(Case)
	if !ok || c.Index < 0 || c.Index >= len(op.Blocks) {
		return f.bad(op.Type, f.values[op.Args[0]])
	}
	block := &op.Blocks[c.Index]
	if (len(block.Params) > 0) != (c.Payload != nil) {
		return f.bad(op.Type, c)
	}
	if len(block.Params) > 0 {
		f.values[block.Params[0]] = c.Payload
	}
	if err := f.run(block.Body); err != nil {
		return err
	}
	return f.setCores(op.Results, f.coreArgs(block.Results))
}

// switchDisc lifts a variant, option or result by its discriminant
// (CanonicalABI.md, "Flat Lifting", lift_flat_variant, and "Loading",
// load_variant).
func (f *frame) switchDisc(op *abi.Op) error {
	disc := f.cores[op.Args[0]]
	if disc >= uint64(len(op.Blocks)) {
		return &Trap{InvalidCase, fmt.Sprintf("%d of %d", disc, len(op.Blocks))}
	}
	block := &op.Blocks[disc]
	if err := f.run(block.Body); err != nil {
		return err
	}
	c := Case{Index: int(disc)}
	if len(block.Results) > 0 {
		c.Payload = f.values[block.Results[0]]
	}
	f.values[op.Results[0]] = c
	return nil
}
