package abi

import "github.com/witgen/witgen/wit"

// What a type takes is written out where a value of it is lifted or lowered, or
// lies in a Program of its own that others refer to. Records and variants in
// memory have Programs, and so have variants among core values. Any other type has
// one where it would make the Program that needs it long: the limit is a number of
// operations, and the smaller the more parts a Program has. So no Program is longer
// than its number of parts accounts for.
const (
	// mostInline is how many operations are written out for one part of a Program,
	// and mostParts for all of them together where there are many.
	mostInline = 16
	mostParts  = 64
)

// inlineLimit returns how many operations are written out for each of so many parts.
func inlineLimit(parts int) int {
	if parts == 0 {
		return mostInline
	}
	return max(1, min(mostInline, mostParts/parts))
}

// inlineLimitOf returns the limit for the parts of a type.
func (a *ABI) inlineLimitOf(id wit.TypeID) int {
	switch k := a.Resolve.Types[id].Kind.(type) {
	case *wit.Record:
		return inlineLimit(len(k.Fields))
	case *wit.Tuple:
		return inlineLimit(len(k.Types))
	case *wit.Variant: // its cases do not run one after the other
		return mostInline / 2
	default:
		return mostInline
	}
}

// outlined returns the type behind t where values of it in memory have Programs of
// their own: for records and variants, and for types that take more than limit
// operations.
func (a *ABI) outlined(t wit.Type, limit int) (wit.TypeID, bool) {
	id, ok := a.dealias(t).(wit.TypeID)
	if !ok {
		return 0, false
	}
	switch a.Resolve.Types[id].Kind.(type) {
	case *wit.Record, *wit.Variant:
		return id, true
	}
	return id, a.weight(id, false) > limit
}

// Outlined returns the type behind t where it has Programs of its own for values in
// memory, wherever it stands: where what is done with such values deserves a function.
func (a *ABI) Outlined(t wit.Type) (wit.TypeID, bool) { return a.outlined(t, mostInline) }

// outlinedFlat is outlined for core values: for variants, and for types that take
// more than limit operations.
func (a *ABI) outlinedFlat(t wit.Type, limit int) (wit.TypeID, bool) {
	id, ok := a.dealias(t).(wit.TypeID)
	if !ok {
		return 0, false
	}
	if _, variant := a.Resolve.Types[id].Kind.(*wit.Variant); variant {
		return id, true
	}
	return id, a.weight(id, true) > limit
}

// hasProgram reports whether a type can have Programs of its own: any that has
// parts.
func (a *ABI) hasProgram(id wit.TypeID) bool {
	switch a.Resolve.Types[id].Kind.(type) {
	case *wit.Record, *wit.Variant, *wit.Tuple, *wit.Option, *wit.Result, *wit.List, *wit.FixedList, *wit.Map:
		return true
	}
	return false
}

// weightKey names what a type takes among core values or in memory.
type weightKey struct {
	id   wit.TypeID
	flat bool
}

// maxWeight is the weight of all that is heavy beyond doubt.
const maxWeight = 1 << 10

// weight returns about how many operations a value of type t takes where all of it is
// written out that has no Programs anyway. flat is set for a value among core values.
func (a *ABI) weight(t wit.Type, flat bool) int {
	id, ok := a.dealias(t).(wit.TypeID)
	if !ok {
		return 1
	}
	key := weightKey{id, flat}
	if w, ok := a.weights[key]; ok {
		return w
	}
	w := min(a.weightOf(id, flat), maxWeight)
	a.weights[key] = w
	return w
}

func (a *ABI) weightOf(id wit.TypeID, flat bool) int {
	inMemory := func(t wit.Type) int {
		if _, ok := a.outlined(t, maxWeight); ok {
			return 1
		}
		return a.weight(t, false)
	}
	part := inMemory
	if flat {
		part = func(t wit.Type) int {
			if _, ok := a.outlinedFlat(t, maxWeight); ok {
				return 1
			}
			return a.weight(t, true)
		}
	}
	sum := func(types []wit.Type) (w int) {
		for _, t := range types {
			if t != nil {
				w = min(w+part(t), maxWeight)
			}
		}
		return w
	}
	switch k := a.Resolve.Types[id].Kind.(type) {
	case *wit.List:
		if a.bulk(k.Type) {
			return 1
		}
		return 2 + inMemory(k.Type)
	case *wit.Map:
		return 2 + inMemory(k.Key) + inMemory(k.Value)
	case *wit.FixedList:
		switch {
		case flat:
			return min(int(k.Size), maxWeight) * part(k.Type)
		case a.bulk(k.Type):
			return 1
		default:
			return 2 + inMemory(k.Type)
		}
	case *wit.Record:
		return 1 + sum(fieldTypes(k))
	case *wit.Tuple:
		return 1 + sum(k.Types)
	case *wit.Variant, *wit.Option, *wit.Result:
		return 2 + sum(caseTypes(k))
	default:
		return 1
	}
}
