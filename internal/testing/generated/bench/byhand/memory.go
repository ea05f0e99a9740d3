package byhand

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
	"unsafe"

	"github.com/tetratelabs/wazero/api"
)

var (
	errUTF8   = errors.New("text is not UTF-8")
	errBounds = errors.New("the guest points beyond its memory")
	errAlign  = errors.New("the guest's pointer is not aligned")
)

// alloc asks the guest for memory, and checks what it returns.
func (g *Guest) alloc(ctx context.Context, size, align uint32) (uint32, error) {
	if size == 0 {
		return align, nil
	}
	if g.realloc == nil {
		g.realloc = g.module.ExportedFunction("cabi_realloc")
	}
	g.area = [4]uint64{0, 0, uint64(align), uint64(size)}
	if err := g.realloc.CallWithStack(ctx, g.area[:]); err != nil {
		return 0, err
	}
	ptr := uint32(g.area[0])
	if ptr&(align-1) != 0 {
		return 0, errAlign
	}
	if uint64(ptr)+uint64(size) > uint64(g.memory.Size()) {
		return 0, errBounds
	}
	return ptr, nil
}

// read returns guest memory, which is not to be used after another call.
func (g *Guest) read(ptr, size, align uint32) ([]byte, error) {
	if ptr&(align-1) != 0 {
		return nil, errAlign
	}
	b, ok := g.memory.Read(ptr, size)
	if !ok {
		return nil, errBounds
	}
	return b, nil
}

// lowerString copies text to the guest.
func (g *Guest) lowerString(ctx context.Context, text string) (uint32, error) {
	if !utf8.ValidString(text) {
		return 0, errUTF8
	}
	ptr, err := g.alloc(ctx, uint32(len(text)), 1)
	if err == nil && !g.memory.WriteString(ptr, text) {
		err = errBounds
	}
	return ptr, err
}

// liftString copies text from the guest.
func (g *Guest) liftString(ptr, size uint32) (string, error) {
	b, err := g.read(ptr, size, 1)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(b) {
		return "", errUTF8
	}
	return string(b), nil
}

// lowerBytes copies bytes to new memory of the guest.
func (g *Guest) lowerBytes(ctx context.Context, bytes []byte, align uint32) (uint32, error) {
	ptr, err := g.alloc(ctx, uint32(len(bytes)), align)
	if err == nil && !g.memory.Write(ptr, bytes) {
		err = errBounds
	}
	return ptr, err
}

// call calls a function with what is on the stack, and returns its only result.
func (g *Guest) call(ctx context.Context, f api.Function) (uint32, error) {
	if err := f.CallWithStack(ctx, g.stack[:]); err != nil {
		return 0, err
	}
	return uint32(g.stack[0]), nil
}

// post calls a post-return function.
func (g *Guest) post(ctx context.Context, f api.Function, result uint32) error {
	g.area[0] = uint64(result)
	return f.CallWithStack(ctx, g.area[:])
}

// bytesOf returns the memory of floats, which is as the guest's on machines that
// are little-endian.
func bytesOf(floats []float64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(floats))), 8*len(floats))
}

func u32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

func badCase(n uint8) error { return fmt.Errorf("the guest returned case %d", n) }
