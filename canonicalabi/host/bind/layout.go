package bind

import (
	"encoding/binary"
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host"
)

// Layout describes the values of a WIT type in memory and among core values, for calls
// from one component instance to another.
type Layout struct {
	Kind LayoutKind
	// Size and Align are the size and alignment of the value in memory, in bytes.
	Size, Align uint32
	// Flat is the number of core values that the value flattens to.
	Flat int
	// Plain reports whether every byte of the value in memory is used and may have any
	// value, so that the value is moved as one block.
	Plain bool
	// Count is the number of cases of a variant or enum, or of elements of an array.
	// Bits has one bit for each of the flags.
	Count uint32
	Bits  uint32
	// Parts holds the fields of a record, the element of a list (a record for a map)
	// or array, or the payloads of a variant's cases, with nil for a case without one.
	Parts []*Layout
	// Offsets are the offsets of the fields of a record, or the one of the payload of
	// a variant.
	Offsets []uint32
	// Resource is the resource of a handle.
	Resource *ResourceType
}

// LayoutKind is the kind of a Layout.
type LayoutKind uint8

// The kinds of layouts.
const (
	LayoutBool LayoutKind = iota
	LayoutS8              // small signed numbers are extended among core values
	LayoutS16
	LayoutNumber // another integer, or a float, of Size bytes
	LayoutChar
	LayoutEnum
	LayoutFlags
	LayoutString
	LayoutList
	LayoutRecord // or a tuple
	LayoutArray  // list<T, N>: Count elements
	LayoutVariant
	LayoutOwn
	LayoutBorrow
)

// passing copies values from one component instance to another, from memory to memory
// and from handle table to handle table.
type passing struct {
	from, to *Call
}

func (p passing) ok() bool { return p.from.err == nil && p.to.err == nil }

// alloc allocates memory on the receiving side.
func (p passing) alloc(size, align uint32) uint32 {
	ptr := p.to.Realloc(size, align)
	p.from.mem = nil // it may be the same memory
	return ptr
}

// flat passes a value among core values.
func (p passing) flat(l *Layout, in, out []uint64) {
	switch l.Kind {
	case LayoutString:
		ptr, n := p.text(uint32(in[0]), uint32(in[1]))
		out[0], out[1] = uint64(ptr), uint64(n)
	case LayoutList:
		ptr, n := p.list(l, uint32(in[0]), uint32(in[1]))
		out[0], out[1] = uint64(ptr), uint64(n)
	case LayoutRecord:
		at := 0
		for _, part := range l.Parts {
			p.flat(part, in[at:], out[at:])
			at += part.Flat
		}
	case LayoutArray:
		part := l.Parts[0]
		for n := range int(l.Count) {
			p.flat(part, in[n*part.Flat:], out[n*part.Flat:])
		}
	case LayoutVariant:
		disc := p.scalar(l, in[0])
		clear(out[:l.Flat])
		out[0] = disc
		if p.ok() && l.Parts[disc] != nil {
			p.flat(l.Parts[disc], in[1:], out[1:])
		}
	default:
		out[0] = p.scalar(l, in[0])
	}
}

// scalar passes one core value, or the bits of a value in memory.
func (p passing) scalar(l *Layout, bits uint64) uint64 {
	switch l.Kind {
	case LayoutBool:
		if uint32(bits) != 0 {
			return 1
		}
		return 0
	case LayoutS8:
		return uint64(uint32(int8(bits)))
	case LayoutS16:
		return uint64(uint32(int16(bits)))
	case LayoutNumber:
		if l.Size == 8 {
			return bits
		}
		return bits & (1<<(8*l.Size) - 1)
	case LayoutChar:
		return uint64(p.from.LiftChar(uint32(bits)))
	case LayoutEnum, LayoutVariant:
		if uint32(bits) >= l.Count {
			p.from.BadDiscriminant(uint32(bits), l.Count)
			return 0
		}
		return uint64(uint32(bits))
	case LayoutFlags:
		return uint64(uint32(bits) & l.Bits)
	case LayoutOwn:
		return uint64(p.own(l.Resource, uint32(bits)))
	case LayoutBorrow:
		return uint64(p.borrow(l.Resource, uint32(bits)))
	default:
		panic(fmt.Sprintf("bind: unhandled kind of layout %d", l.Kind))
	}
}

// memory passes a value in memory. Both areas have been checked.
func (p passing) memory(l *Layout, src, dst uint32) {
	if !p.ok() {
		return
	}
	if l.Plain {
		p.move(src, dst, l.Size)
		return
	}
	switch l.Kind {
	case LayoutString:
		ptr, n := p.text(p.from.load32(src), p.from.load32(src+4))
		p.to.StoreUint32(dst, ptr)
		p.to.StoreUint32(dst+4, n)
	case LayoutList:
		ptr, n := p.list(l, p.from.load32(src), p.from.load32(src+4))
		p.to.StoreUint32(dst, ptr)
		p.to.StoreUint32(dst+4, n)
	case LayoutRecord:
		p.from.work(uint64(len(l.Parts)))
		for i, part := range l.Parts {
			p.memory(part, src+l.Offsets[i], dst+l.Offsets[i])
		}
	case LayoutArray:
		for n := range l.Count {
			if !p.ok() || !p.from.work(elementUnits) {
				return
			}
			p.memory(l.Parts[0], src+n*l.Parts[0].Size, dst+n*l.Parts[0].Size)
		}
	case LayoutVariant:
		disc := p.scalar(l, p.from.load(src, l.discSize()))
		p.to.store(dst, l.discSize(), disc)
		if p.ok() && l.Parts[disc] != nil {
			p.memory(l.Parts[disc], src+l.Offsets[0], dst+l.Offsets[0])
		}
	default:
		p.to.store(dst, l.Size, p.scalar(l, p.from.load(src, l.Size)))
	}
}

// discSize returns the size of a variant's discriminant.
func (l *Layout) discSize() uint32 {
	switch {
	case l.Count <= 1<<8:
		return 1
	case l.Count <= 1<<16:
		return 2
	default:
		return 4
	}
}

// move copies plain memory.
func (p passing) move(src, dst, size uint32) {
	from, to := p.from.memory(), p.to.memory()
	if uint64(src)+uint64(size) <= uint64(len(from)) && uint64(dst)+uint64(size) <= uint64(len(to)) {
		p.from.copied(to[dst:dst+size], from[src:src+size])
	}
}

// text passes a string.
func (p passing) text(ptr, tagged uint32) (uint32, uint32) {
	if !p.ok() {
		return 0, 0
	}
	t, ok := p.from.viewString(ptr, tagged)
	if !ok || !p.from.charge(uint64(len(t.bytes))) {
		return 0, 0
	}
	ptr, tagged = p.to.storeText(t)
	p.from.mem = nil
	return ptr, tagged
}

// list passes a list.
func (p passing) list(l *Layout, ptr, n uint32) (uint32, uint32) {
	if !p.ok() {
		return 0, 0
	}
	elem := l.Parts[0]
	size := uint64(n) * uint64(elem.Size)
	if size > maxBytes {
		p.from.trap(host.RuleListLength, fmt.Sprintf("%d elements of %d bytes", n, elem.Size))
	}
	if !p.from.check(ptr, size, elem.Align) || !p.from.charge(max(size, uint64(n))) {
		return 0, 0
	}
	made := p.alloc(uint32(size), elem.Align)
	if elem.Plain {
		if p.ok() {
			p.move(ptr, made, uint32(size))
		}
		return made, n
	}
	for i := uint32(0); i < n && p.ok() && p.from.work(elementUnits); i++ {
		p.memory(elem, ptr+i*elem.Size, made+i*elem.Size)
	}
	return made, n
}

// own moves a resource to the receiving side.
func (p passing) own(typ *ResourceType, handle uint32) uint32 {
	e := p.from.entry(typ, handle)
	if e == nil || p.to.err != nil {
		return 0
	}
	if !e.own || e.lends != 0 {
		p.from.trap(host.RuleHandle, fmt.Sprintf("handle %d of a %s is %s and cannot be given away", handle, typ.Name, borrowedOrLent(e)))
		return 0
	}
	given := *e
	p.from.inst.removeHandle(p.from.opts.comp, handle)
	return p.to.addHandle(given)
}

// borrow lends a resource to the receiving side until the call ends.
func (p passing) borrow(typ *ResourceType, handle uint32) uint32 {
	e := p.from.entry(typ, handle)
	if e == nil || p.to.err != nil {
		return 0
	}
	e.lends++
	p.from.loans.lenders = append(p.from.loans.lenders, handle)
	if typ.definedIn(p.to.opts.comp) {
		return e.rep
	}
	lent := p.to.addHandle(entry{typ: typ, rep: e.rep, object: e.object})
	if p.to.err == nil {
		p.to.loans.lent = append(p.to.loans.lent, lent)
	}
	return lent
}

// load32, load and store access memory that has been checked. A failed call loads
// zero, and stores nothing.
func (c *Call) load32(ptr uint32) uint32 { return uint32(c.load(ptr, 4)) }

func (c *Call) load(ptr, size uint32) uint64 {
	var word [8]byte
	if mem := c.memory(); c.err == nil && uint64(ptr)+uint64(size) <= uint64(len(mem)) {
		copy(word[:], mem[ptr:ptr+size])
	}
	return binary.LittleEndian.Uint64(word[:])
}

func (c *Call) store(ptr, size uint32, bits uint64) {
	var word [8]byte
	binary.LittleEndian.PutUint64(word[:], bits)
	if mem := c.memory(); c.err == nil && uint64(ptr)+uint64(size) <= uint64(len(mem)) {
		copy(mem[ptr:], word[:size])
	}
}
