package abi_test

import (
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// Verify names each breach of a Program that was right before.
func TestVerifyBreaches(t *testing.T) {
	m := newModel()
	rec := m.record("rec", wit.U8, wit.String)
	choice := m.add("", &wit.Result{OK: wit.F32, Err: wit.U64})
	named := m.variant("named", wit.U8)
	alias := m.alias(named)
	f := function(rec, rec, m.list(wit.U8), choice, named)
	// find returns the first operation of a code.
	find := func(p *abi.Program, code abi.Code) *abi.Op {
		var search func(ops []abi.Op) *abi.Op
		search = func(ops []abi.Op) *abi.Op {
			for i := range ops {
				if ops[i].Code == code {
					return &ops[i]
				}
				for _, block := range ops[i].Blocks {
					if op := search(block.Body); op != nil {
						return op
					}
				}
			}
			return nil
		}
		op := search(p.Body)
		if op == nil {
			t.Fatalf("no %s in %s", code, p.Name)
		}
		return op
	}
	tests := []struct {
		name string
		kind abi.Kind
		harm func(p *abi.Program)
		want string
	}{
		{"result used before", abi.CallExport, func(p *abi.Program) { p.Body[0], p.Body[1] = p.Body[1], p.Body[0] }, "is not defined here"},
		{"defined twice", abi.CallExport, func(p *abi.Program) { p.Body = append(p.Body[:1], p.Body...) }, "is defined twice"},
		{"no such value", abi.CallExport, func(p *abi.Program) { p.Body[0].Args[0] = 9999 }, "there is no value 9999"},
		{"never defined", abi.CallExport, func(p *abi.Program) { p.Values = append(p.Values, abi.ValueInfo{}) }, "is never defined"},
		{"out of its block", abi.CallExport, func(p *abi.Program) {
			block := find(p, abi.Switch).Blocks[0]
			find(p, abi.CallCore).Args[0] = block.Results[0]
		}, "is not defined here"},
		{"an argument too few", abi.CallExport, func(p *abi.Program) { p.Body[0].Args = nil }, "0 values where there should be 1"},
		{"wrong core type", abi.CallExport, func(p *abi.Program) {
			op := find(p, abi.LowerScalar)
			p.Values[op.Results[0]].Core = abi.F64
		}, "is no i32"},
		{"core for value", abi.CallExport, func(p *abi.Program) { p.Values[p.Params[0]] = abi.ValueInfo{} }, "value 0 is of type"},
		{"a block too few", abi.CallExport, func(p *abi.Program) {
			op := find(p, abi.Switch)
			op.Blocks = op.Blocks[:1]
		}, "1 blocks for 2 cases"},
		{"block without result", abi.CallExport, func(p *abi.Program) {
			op := find(p, abi.Switch)
			op.Blocks[1].Results = op.Blocks[1].Results[:1]
		}, "1 core values where there should be 2"},
		{"block on a scalar", abi.CallExport, func(p *abi.Program) { find(p, abi.LowerScalar).Blocks = make([]abi.Block, 1) }, "1 blocks"},
		{"field of another operation", abi.CallExport, func(p *abi.Program) { find(p, abi.LowerScalar).Offset = 4 }, "Offset is 4"},
		{"no type", abi.CallExport, func(p *abi.Program) { find(p, abi.LowerScalar).Type = nil }, "Type is <nil>"},
		{"other element size", abi.CallExport, func(p *abi.Program) { find(p, abi.LowerList).Size = 2 }, "elements of 2 bytes"},
		{"not bulk", abi.CallExport, func(p *abi.Program) { find(p, abi.LowerList).Bulk = false }, "Bulk is false"},
		{"string as scalar", abi.CallExport, func(p *abi.Program) {
			op := find(p, abi.LowerString)
			op.Code, op.Results = abi.LowerScalar, op.Results[:1]
		}, "a string is no scalar"},
		{"needless bitcast", abi.HandleExport, func(p *abi.Program) {
			op := find(p, abi.Bitcast)
			p.Values[op.Results[0]].Core = p.Values[op.Args[0]].Core
		}, "nothing to change"},
		{"named flat values", abi.HandleExport, func(p *abi.Program) {
			op := find(p, abi.LiftNamed)
			op.Args = op.Args[1:]
		}, "1 core values where there should be 2"},
		{"an alias has no Program", abi.CallExport, func(p *abi.Program) { find(p, abi.LowerNamed).Type = alias }, "has no Program of its own"},
		{"misaligned load", abi.CallExport, func(p *abi.Program) { find(p, abi.LoadNamed).Offset = 2 }, "is not aligned"},
		{"load past the end", abi.CallExport, func(p *abi.Program) { find(p, abi.LoadNamed).Offset = 4 }, "12 bytes at offset 4 of an area of 12 bytes"},
		{"load without view", abi.CallExport, func(p *abi.Program) {
			find(p, abi.LoadNamed).Args[0] = find(p, abi.View).Args[0]
		}, "points to no area"},
		{"no post-return", abi.CallExport, func(p *abi.Program) {
			p.Body = append(p.Body[:len(p.Body)-2], p.Body[len(p.Body)-1])
		}, "the calls and returns are"},
		{"return before the end", abi.CallExport, func(p *abi.Program) {
			n := len(p.Body)
			p.Body[n-1], p.Body[n-2] = p.Body[n-2], p.Body[n-1]
		}, "return-value at operation"},
		{"call in a block", abi.CallExport, func(p *abi.Program) {
			op := find(p, abi.Switch)
			op.Blocks[0].Body = append(op.Blocks[0].Body, abi.Op{Code: abi.PostReturn})
		}, "inside a block"},
		{"post-return of another value", abi.CallExport, func(p *abi.Program) { find(p, abi.PostReturn).Args = nil }, "0 core values"},
		{"another parameter", abi.HandleExport, func(p *abi.Program) { p.Params = p.Params[1:] }, "core values where there should be"},
		{"discriminant too large", abi.HandleExport, func(p *abi.Program) {
			p.Body = append([]abi.Op{{Code: abi.StoreDisc, Size: 1, Imm: 256, Args: []abi.Value{p.Params[0]}}}, p.Body...)
		}, "points to no area"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := abi.New(m.Resolve)
			p := a.Program(tt.kind, f)
			if err := a.Verify(p); err != nil {
				t.Fatal(err)
			}
			tt.harm(p)
			err := a.Verify(p)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Verify says %v", err)
			}
		})
	}
}
