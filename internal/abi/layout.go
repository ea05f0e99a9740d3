package abi

import (
	"fmt"
	"math"

	"github.com/witgen/witgen/wit"
)

// ABI answers questions about the types of one Resolve. It remembers what it
// has worked out, so one ABI serves a whole run. It is not safe for concurrent
// use.
type ABI struct {
	Resolve  *wit.Resolve
	layouts  map[wit.TypeID]layout
	flats    map[wit.TypeID][]Core
	programs map[typeKey]*Program
	weights  map[weightKey]int
	// supported and small are types in which Unsupported and TooLarge find
	// nothing.
	supported, small map[wit.TypeID]bool
	// identities are the hashes of types that Identity has met.
	identities map[wit.TypeID][]byte
	// roots are the types behind aliases, by id; nil where dealias was not asked yet.
	roots []wit.Type
}

// New returns the ABI of r's types. The Resolve must not change afterwards.
func New(r *wit.Resolve) *ABI {
	return &ABI{
		Resolve:    r,
		layouts:    make(map[wit.TypeID]layout),
		flats:      make(map[wit.TypeID][]Core),
		programs:   make(map[typeKey]*Program),
		weights:    make(map[weightKey]int),
		supported:  make(map[wit.TypeID]bool),
		small:      make(map[wit.TypeID]bool),
		identities: make(map[wit.TypeID][]byte),
	}
}

// dealias returns the type behind the aliases of t. It goes each step once: aliases
// may form long chains, and many types refer to their ends.
func (a *ABI) dealias(t wit.Type) wit.Type {
	id, ok := t.(wit.TypeID)
	if !ok {
		return t
	}
	if _, ok := a.Resolve.Types[id].Kind.(*wit.Alias); !ok {
		return t
	}
	if missing := len(a.Resolve.Types) - len(a.roots); missing > 0 {
		a.roots = append(a.roots, make([]wit.Type, missing)...)
	}
	var way []wit.TypeID
	root := t
	for {
		id, ok := root.(wit.TypeID)
		if !ok {
			break
		}
		if known := a.roots[id]; known != nil {
			root = known
			break
		}
		alias, ok := a.Resolve.Types[id].Kind.(*wit.Alias)
		if !ok {
			break
		}
		way = append(way, id)
		root = alias.Type
	}
	for _, id := range way {
		a.roots[id] = root
	}
	return root
}

// kind returns the structure of t behind its aliases, and nil for a primitive.
func (a *ABI) kind(t wit.Type) wit.Kind {
	if id, ok := a.dealias(t).(wit.TypeID); ok {
		return a.Resolve.Types[id].Kind
	}
	return nil
}

// layout is what is known of a type without spelling it out. The numbers
// saturate, so a small text may describe an enormous type at no cost.
type layout struct {
	size  uint64
	align uint32
	// flat is the number of core values that the type flattens to.
	flat uint64
	// flatOps and memoryOps bound the operations that it takes to lift or lower
	// a value flat and in memory; see TooLarge.
	flatOps, memoryOps uint64
}

// Size returns the bytes that a value of type t takes in memory
// (CanonicalABI.md, "Element Size"). It stops at the largest uint64.
func (a *ABI) Size(t wit.Type) uint64 { return a.layout(t).size }

// Align returns the alignment of t in bytes: 1, 2, 4 or 8 (CanonicalABI.md,
// "Alignment").
func (a *ABI) Align(t wit.Type) uint32 { return a.layout(t).align }

// EntrySize returns the size in bytes of an entry of a map in memory, which is
// that of a tuple of key and value.
func (a *ABI) EntrySize(m *wit.Map) uint64 {
	return a.recordLayout([]wit.Type{m.Key, m.Value}).size
}

func (a *ABI) layout(t wit.Type) layout {
	t = a.dealias(t)
	switch t := t.(type) {
	case wit.Prim:
		return primLayout(t)
	case wit.TypeID:
		l, ok := a.layouts[t]
		if !ok {
			l = a.kindLayout(a.Resolve.Types[t].Kind)
			a.layouts[t] = l
		}
		return l
	default:
		panic(fmt.Sprintf("abi: unhandled type %T", t))
	}
}

func primLayout(p wit.Prim) layout {
	switch p {
	case wit.Bool, wit.U8, wit.S8:
		return scalarLayout(1)
	case wit.U16, wit.S16:
		return scalarLayout(2)
	case wit.U32, wit.S32, wit.F32, wit.Char:
		return scalarLayout(4)
	case wit.U64, wit.S64, wit.F64:
		return scalarLayout(8)
	case wit.String:
		return layout{size: 8, align: 4, flat: 2, flatOps: 1, memoryOps: 3}
	case wit.ErrorContext:
		return handleLayout
	default:
		panic(fmt.Sprintf("abi: unhandled primitive type %d", p))
	}
}

func scalarLayout(size uint32) layout {
	return layout{size: uint64(size), align: size, flat: 1, flatOps: 1, memoryOps: 1}
}

// handleLayout is that of everything that crosses as an index into a table.
var handleLayout = layout{size: 4, align: 4, flat: 1, flatOps: 1, memoryOps: 2}

func (a *ABI) kindLayout(k wit.Kind) layout {
	switch k := k.(type) {
	case *wit.Record:
		return a.recordLayout(fieldTypes(k))
	case *wit.Tuple:
		return a.recordLayout(k.Types)
	case *wit.Variant, *wit.Option, *wit.Result:
		return a.variantLayout(caseTypes(k))
	case *wit.Enum:
		return scalarLayout(DiscriminantSize(len(k.Cases)))
	case *wit.Flags:
		return scalarLayout(FlagsSize(len(k.Flags)))
	case *wit.List:
		return listLayout(a.inlineOps(k.Type, a.layout(k.Type)))
	case *wit.Map:
		return listLayout(a.recordLayout([]wit.Type{k.Key, k.Value}).memoryOps)
	case *wit.FixedList:
		return a.fixedLayout(k)
	case *wit.Own, *wit.Borrow, *wit.Stream, *wit.Future, *wit.Resource:
		// A resource by itself is the type of no value, but callers ask about
		// all the types of an interface.
		return handleLayout
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}

// listLayout is that of a pointer and a length in front of elements that take
// ops operations each.
func listLayout(ops uint64) layout {
	return layout{size: 8, align: 4, flat: 2, flatOps: satAdd(ops, 2), memoryOps: satAdd(ops, 4)}
}

func (a *ABI) fixedLayout(k *wit.FixedList) layout {
	elem, n := a.layout(k.Type), uint64(k.Size)
	return layout{
		size:      satMul(elem.size, n),
		align:     elem.align,
		flat:      satMul(elem.flat, n),
		flatOps:   satAdd(satMul(elem.flatOps, n), 1),
		memoryOps: satAdd(a.inlineOps(k.Type, elem), 2),
	}
}

func (a *ABI) recordLayout(types []wit.Type) layout {
	l := layout{align: 1, flatOps: 1, memoryOps: 1}
	for _, t := range types {
		f := a.layout(t)
		l.size = satAdd(satAlign(l.size, f.align), f.size)
		l.align = max(l.align, f.align)
		l.flat = satAdd(l.flat, f.flat)
		l.flatOps = satAdd(l.flatOps, f.flatOps)
		l.memoryOps = satAdd(l.memoryOps, a.inlineOps(t, f))
	}
	l.size = satAlign(l.size, l.align)
	return l
}

// variantLayout is that of a discriminant and the payload of one of the cases.
func (a *ABI) variantLayout(cases []wit.Type) layout {
	disc := DiscriminantSize(len(cases))
	l := layout{align: disc, flatOps: 1, memoryOps: 2}
	var payload uint64
	for _, t := range cases {
		// A case is a block; lowering it writes the discriminant.
		flatOps, memoryOps := uint64(2), uint64(2)
		if t != nil {
			c := a.layout(t)
			payload = max(payload, c.size)
			l.align = max(l.align, c.align)
			l.flat = max(l.flat, c.flat)
			flatOps = satAdd(flatOps, satAdd(c.flatOps, c.flat))
			memoryOps = satAdd(memoryOps, a.inlineOps(t, c))
		}
		l.flatOps = satAdd(l.flatOps, flatOps)
		l.memoryOps = satAdd(l.memoryOps, memoryOps)
	}
	// Each case pads what it lacks of the joined flat values.
	l.flatOps = satAdd(l.flatOps, satMul(l.flat, uint64(len(cases))))
	l.flat = satAdd(l.flat, 1)
	l.size = satAlign(satAdd(a.payloadOffset(cases), payload), l.align)
	return l
}

// inlineOps returns the operations that a value of type t, of layout l, takes in
// memory inside another: one where t has Programs of its own.
func (a *ABI) inlineOps(t wit.Type, l layout) uint64 {
	switch a.kind(t).(type) {
	case *wit.Record, *wit.Variant:
		return 1
	}
	return l.memoryOps
}

// payloadOffset returns where the payload of a variant of these cases lies
// behind its start (CanonicalABI.md, "Loading", load_variant).
func (a *ABI) payloadOffset(cases []wit.Type) uint64 {
	align := uint32(1)
	for _, t := range cases {
		if t != nil {
			align = max(align, a.layout(t).align)
		}
	}
	return satAlign(uint64(DiscriminantSize(len(cases))), align)
}

// offsets returns where the fields of a record of these types lie.
func (a *ABI) offsets(types []wit.Type) []uint32 {
	offsets := make([]uint32, len(types))
	var end uint64
	for i, t := range types {
		f := a.layout(t)
		end = satAlign(end, f.align)
		offsets[i] = uint32(end)
		end = satAdd(end, f.size)
	}
	return offsets
}

// DiscriminantSize returns the bytes of the discriminant of a variant of n cases
// (CanonicalABI.md, "Alignment", discriminant_type).
func DiscriminantSize(n int) uint32 {
	switch {
	case n <= 1<<8:
		return 1
	case n <= 1<<16:
		return 2
	default:
		return 4
	}
}

// FlagsSize returns the bytes of n flags (CanonicalABI.md, "Element Size",
// elem_size_flags).
func FlagsSize(n int) uint32 {
	switch {
	case n <= 8:
		return 1
	case n <= 16:
		return 2
	default:
		return 4
	}
}

func fieldTypes(r *wit.Record) []wit.Type {
	types := make([]wit.Type, len(r.Fields))
	for i, f := range r.Fields {
		types[i] = f.Type
	}
	return types
}

// caseTypes returns the payload types of a variant, an option or a result as
// its despecialized variant has them (CanonicalABI.md, "Despecialization"); nil
// stands for a case without payload.
func caseTypes(k wit.Kind) []wit.Type {
	switch k := k.(type) {
	case *wit.Variant:
		types := make([]wit.Type, len(k.Cases))
		for i, c := range k.Cases {
			types[i] = c.Type
		}
		return types
	case *wit.Option:
		return []wit.Type{nil, k.Type}
	case *wit.Result:
		return []wit.Type{k.OK, k.Err}
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}

// satAdd, satMul and satAlign are +, * and rounding up that stop at the largest
// uint64.
func satAdd(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

func satMul(a, b uint64) uint64 {
	if a != 0 && b > math.MaxUint64/a {
		return math.MaxUint64
	}
	return a * b
}

func satAlign(n uint64, align uint32) uint64 {
	mask := uint64(align) - 1
	if n > math.MaxUint64-mask {
		return math.MaxUint64
	}
	return (n + mask) &^ mask
}
