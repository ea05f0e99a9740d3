package interp

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"github.com/witgen/witgen/internal/abi"
)

// maxBytes is the most bytes of a list or string (CanonicalABI.md, "Loading",
// MAX_LIST_BYTE_LENGTH and MAX_STRING_BYTE_LENGTH).
const maxBytes = 1<<28 - 1

// inBounds checks that size bytes at ptr are aligned and in memory.
func (f *frame) inBounds(ptr, align uint32, size uint64) error {
	if ptr%align != 0 {
		return &Trap{Misaligned, fmt.Sprintf("%#x for an alignment of %d", ptr, align)}
	}
	if n := uint64(len(f.Memory())); uint64(ptr)+size > n {
		return &Trap{OutOfBounds, fmt.Sprintf("%d bytes at %#x in a memory of %d", size, ptr, n)}
	}
	return nil
}

// allocate gets memory from realloc and checks it.
func (f *frame) allocate(align uint32, size uint64) (uint32, error) {
	ptr, err := f.Realloc(align, uint32(size))
	if err != nil {
		return 0, err
	}
	return ptr, f.inBounds(ptr, align, size)
}

// access loads or stores up to eight bytes. Their place has been checked with
// the area that they are in.
func (f *frame) access(op *abi.Op) error {
	start := f.cores[op.Args[0]] + uint64(op.Offset)
	size := uint64(op.Size)
	if op.Code == abi.LoadCore || op.Code == abi.StoreCore {
		size = 4
	}
	var word [8]byte
	switch op.Code {
	case abi.LoadScalar, abi.LoadCore, abi.LoadDisc:
		copy(word[:], f.Memory()[start:start+size])
		bits := binary.LittleEndian.Uint64(word[:])
		if op.Code == abi.LoadScalar {
			return f.setValue(op, 0, bits)
		}
		f.setCore(op.Results[0], bits)
		return nil
	}
	bits := op.Imm
	switch op.Code {
	case abi.StoreScalar:
		var err error
		if bits, err = f.lowerScalar(op.Type, f.values[op.Args[1]]); err != nil {
			return err
		}
	case abi.StoreCore:
		bits = f.cores[op.Args[1]]
	}
	binary.LittleEndian.PutUint64(word[:], bits)
	copy(f.Memory()[start:start+size], word[:])
	return nil
}

// lowerString copies a string to new memory (CanonicalABI.md, "Storing",
// store_string_into_range).
func (f *frame) lowerString(op *abi.Op) error {
	s, ok := f.values[op.Args[0]].(string)
	if !ok || !utf8.ValidString(s) || len(s) > maxBytes {
		return f.bad(op.Type, f.values[op.Args[0]])
	}
	ptr, err := f.allocate(1, uint64(len(s)))
	if err != nil {
		return err
	}
	copy(f.Memory()[ptr:], s)
	return f.setCores(op.Results, []uint64{uint64(ptr), uint64(len(s))})
}

// liftString follows CanonicalABI.md, "Loading", load_string_from_range.
func (f *frame) liftString(op *abi.Op) error {
	ptr, length := uint32(f.cores[op.Args[0]]), f.cores[op.Args[1]]
	if length > maxBytes {
		return &Trap{StringTooLong, fmt.Sprintf("%d bytes", length)}
	}
	if err := f.inBounds(ptr, 1, length); err != nil {
		return err
	}
	text := f.Memory()[ptr : uint64(ptr)+length]
	if !utf8.Valid(text) {
		return &Trap{InvalidUTF8, fmt.Sprintf("%d bytes at %#x", length, ptr)}
	}
	f.values[op.Results[0]] = string(text)
	return nil
}

// lowerList copies a list or map to new memory (CanonicalABI.md, "Storing",
// store_list_into_range).
func (f *frame) lowerList(op *abi.Op) error {
	list, ok := f.values[op.Args[0]].([]Value)
	if !ok || uint64(len(list))*uint64(op.Size) > maxBytes {
		return f.bad(op.Type, f.values[op.Args[0]])
	}
	ptr, err := f.allocate(op.Align, uint64(len(list))*uint64(op.Size))
	if err != nil {
		return err
	}
	if err := f.setCores(op.Results, []uint64{uint64(ptr), uint64(len(list))}); err != nil {
		return err
	}
	return f.storeElements(op, uint64(ptr), list)
}

// storeElements runs the block for each element.
func (f *frame) storeElements(op *abi.Op, ptr uint64, list []Value) error {
	block := &op.Blocks[0]
	for i, v := range list {
		f.setCore(block.Params[0], ptr+uint64(i)*uint64(op.Size))
		if op.Code == abi.LowerMap {
			entry, ok := v.([]Value)
			if !ok || len(entry) != 2 {
				return f.bad(op.Type, v)
			}
			f.values[block.Params[1]], f.values[block.Params[2]] = entry[0], entry[1]
		} else {
			f.values[block.Params[1]] = v
		}
		if err := f.run(block.Body); err != nil {
			return err
		}
	}
	return nil
}

// liftList follows CanonicalABI.md, "Loading", load_list_from_range.
func (f *frame) liftList(op *abi.Op) error {
	ptr, length := uint32(f.cores[op.Args[0]]), f.cores[op.Args[1]]
	// A length counts as a byte each even where elements take none, so that a
	// number alone cannot make four billion of them.
	if length*max(uint64(op.Size), 1) > maxBytes {
		return &Trap{ListTooLong, fmt.Sprintf("%d elements of %d bytes", length, op.Size)}
	}
	if err := f.inBounds(ptr, op.Align, length*uint64(op.Size)); err != nil {
		return err
	}
	list, err := f.loadElements(op, uint64(ptr), int(length))
	f.values[op.Results[0]] = list
	return err
}

func (f *frame) loadElements(op *abi.Op, ptr uint64, length int) ([]Value, error) {
	block := &op.Blocks[0]
	list := make([]Value, length)
	for i := range list {
		f.setCore(block.Params[0], ptr+uint64(i)*uint64(op.Size))
		if err := f.run(block.Body); err != nil {
			return nil, err
		}
		if op.Code == abi.LiftMap {
			list[i] = f.pack(block.Results)
		} else {
			list[i] = f.values[block.Results[0]]
		}
	}
	return list, nil
}
