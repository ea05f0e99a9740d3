// Package vectors reads testdata/vectors/abi.json: functions, values, and what
// the specification's reference code makes of them. It is for tests.
package vectors

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// Base is the address of the first allocation in a vector's memory.
const Base = 1024

// Vector is a function with values for its parameters and result.
type Vector struct {
	ID int `json:"id"`
	// WIT is an interface with the function f.
	WIT string `json:"wit"`
	// Params and Result are values in JSON; see Decode.
	Params []json.RawMessage `json:"params"`
	Result json.RawMessage   `json:"result_value"`
	// Types are the layouts of the parameters and the result.
	Types struct {
		Params []abi.TypeDescription `json:"params"`
		Result *abi.TypeDescription  `json:"result"`
	} `json:"types"`
	// Lift and Lower are the core signatures of f exported and imported.
	Lift  abi.Signature `json:"lift"`
	Lower abi.Signature `json:"lower"`
	// Args is what a caller hands to the exported f.
	Args Flat `json:"args"`
	// Returned is what the exported f hands back, nil where it has no result.
	Returned *Flat `json:"result"`
}

// Flat is values as they cross: core values, the allocations made for them in
// order, and the memory from Base to the end of the last one.
type Flat struct {
	Flat    []Bits  `json:"flat"`
	Realloc []Alloc `json:"realloc"`
	Memory  Hex     `json:"memory"`
}

// Alloc is a call of realloc: alignment, size and the pointer that it returned.
type Alloc [3]uint32

// Bits is a core value, written as hex digits behind 0x.
type Bits uint64

// UnmarshalText reads the bits.
func (b *Bits) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 0, 64)
	*b = Bits(n)
	return err
}

// Hex is bytes, written as two hex digits each.
type Hex []byte

// UnmarshalText reads the bytes.
func (h *Hex) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// Read reads the vectors of a file.
func Read(name string) ([]*Vector, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var list []*Vector
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

// Resolve returns the model of v's WIT and the function f in it.
func (v *Vector) Resolve() (*wit.Resolve, *wit.Function, error) {
	result, err := resolve.Source(fmt.Sprintf("vector%d.wit", v.ID), "package test:vectors;\n"+v.WIT, resolve.Options{})
	if err != nil {
		return nil, nil, err
	}
	for _, iface := range result.Resolve.Interfaces {
		for _, f := range iface.Functions {
			return result.Resolve, f, nil
		}
	}
	return nil, nil, fmt.Errorf("vector %d has no function", v.ID)
}
