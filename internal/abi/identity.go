package abi

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/witgen/witgen/wit"
)

// Identity returns a number that two functions share where components take their
// types for the same: the same structure, with the same names of fields, cases and
// flags (Explainer.md, "Type Definitions": types are structural). Names of types
// and of parameters do not count, and all resources count as one. It is 64 bits of
// a hash and never 0.
func (a *ABI) Identity(f *wit.Function) uint64 {
	h := hasher{a, a.identities}
	var parts [][]byte
	for _, p := range f.Params {
		parts = append(parts, h.typ(p.Type))
	}
	parts = append(parts, h.typ(f.Result))
	return max(binary.BigEndian.Uint64(h.sum(fmt.Sprintf("func async=%t", f.Async), nil, parts)), 1)
}

// hasher hashes types, each definition of an ABI once.
type hasher struct {
	a     *ABI
	known map[wit.TypeID][]byte
}

func (h *hasher) typ(t wit.Type) []byte {
	if t == nil {
		return nil
	}
	switch t := h.a.dealias(t).(type) {
	case wit.Prim:
		return h.sum(t.String(), nil, nil)
	case wit.TypeID:
		if sum, ok := h.known[t]; ok {
			return sum
		}
		sum := h.kind(h.a.kind(t))
		h.known[t] = sum
		return sum
	default:
		panic(fmt.Sprintf("abi: unhandled type %T", t))
	}
}

func (h *hasher) kind(k wit.Kind) []byte {
	var names []string
	var parts [][]byte
	switch k := k.(type) {
	case *wit.Record:
		for _, f := range k.Fields {
			names, parts = append(names, f.Name), append(parts, h.typ(f.Type))
		}
	case *wit.Variant:
		for _, c := range k.Cases {
			names, parts = append(names, c.Name), append(parts, h.typ(c.Type))
		}
	case *wit.Enum:
		names = labelNames(k.Cases)
	case *wit.Flags:
		names = labelNames(k.Flags)
	case *wit.Result:
		parts = [][]byte{h.typ(k.OK), h.typ(k.Err)}
	case *wit.FixedList:
		parts = [][]byte{h.typ(k.Type), binary.BigEndian.AppendUint32(nil, k.Size)}
	case *wit.Tuple, *wit.List, *wit.Map, *wit.Option, *wit.Stream, *wit.Future:
		wit.EachType(k, func(t wit.Type) { parts = append(parts, h.typ(t)) })
	case *wit.Own, *wit.Borrow:
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
	return h.sum(fmt.Sprintf("%T", k), names, parts)
}

// sum hashes a kind with its names and parts.
func (h *hasher) sum(kind string, names []string, parts [][]byte) []byte {
	d := sha256.New()
	fmt.Fprintf(d, "%s %q", kind, names)
	for _, part := range parts {
		fmt.Fprintf(d, " %x", part)
	}
	return d.Sum(nil)[:8]
}

func labelNames(labels []wit.Label) []string {
	names := make([]string, len(labels))
	for i, l := range labels {
		names[i] = l.Name
	}
	return names
}
