package abi

import "github.com/witgen/witgen/wit"

// Offsets returns where in memory values of these types lie that follow each
// other: the fields of a record, the elements of a tuple, a function's parameters
// (CanonicalABI.md, "Loading", load_record).
func (a *ABI) Offsets(types []wit.Type) []uint32 { return a.offsets(types) }

// SizeOf returns the bytes that those values take together, their alignment, and
// the number of core values that they flatten to.
func (a *ABI) SizeOf(types []wit.Type) (size uint64, align uint32, flat uint64) {
	l := a.recordLayout(types)
	return l.size, l.align, l.flat
}

// PayloadOffset returns where the payload of a variant, option or result lies
// behind its start (CanonicalABI.md, "Loading", load_variant).
func (a *ABI) PayloadOffset(k wit.Kind) uint32 { return uint32(a.payloadOffset(caseTypes(k))) }

// CaseTypes returns the payload types of a variant, option or result by
// discriminant; nil stands for a case without payload.
func CaseTypes(k wit.Kind) []wit.Type { return caseTypes(k) }
