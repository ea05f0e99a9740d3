//go:build linux && !(386 || arm || mips || mipsle || witgen_plain)

package linear

import (
	"math/bits"
	"os"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapping is reserved address space, the first part of which can be used.
type mapping struct {
	reserved  []byte
	committed uint64 // bytes that can be read and written
	touched   uint64 // bytes that a memory has had since they were last zero
	resident  uint64 // bytes that it holds while it is idle
	attached  uint64 // bytes that a file is mapped over
}

func (m *mapping) grow(size uint64) []byte {
	if size > uint64(len(m.reserved)) {
		return nil
	}
	if size > m.committed {
		if syscall.Mprotect(m.reserved[m.committed:size], syscall.PROT_READ|syscall.PROT_WRITE) != nil {
			return nil
		}
		m.committed = size
	}
	m.touched = max(m.touched, size)
	return m.reserved[:size:size]
}

func (m *mapping) shrink(to, from uint64) {
	m.zero(to, from)
	m.touched = to
}

// zero makes bytes zero over which no file is mapped.
func (m *mapping) zero(from, to uint64) {
	part := m.reserved[from:to]
	if len(part) <= clearBytes || syscall.Madvise(part, syscall.MADV_DONTNEED) != nil {
		clear(part)
	}
}

// attach maps the start of a file over the start of the region, whose content it replaces.
// What is written there stays the region's own. It reports false, and nothing has changed,
// if the system cannot.
func (m *mapping) attach(file *os.File, size uint64) bool {
	if m.fixed(size, unix.MAP_PRIVATE|unix.MAP_NORESERVE, int(file.Fd())) != nil {
		return false
	}
	m.attached = size
	return true
}

// detach undoes attach. The bytes are zero afterwards.
func (m *mapping) detach() error {
	if err := m.fixed(m.attached, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, -1); err != nil {
		return err
	}
	m.attached = 0
	return nil
}

func (m *mapping) fixed(size uint64, flags, fd int) error {
	_, err := unix.MmapPtr(fd, 0, unsafe.Pointer(&m.reserved[0]), uintptr(size), unix.PROT_READ|unix.PROT_WRITE, flags|unix.MAP_FIXED)
	return err
}

// unmap gives the address space back.
func (m *mapping) unmap() {
	_ = syscall.Munmap(m.reserved) // it fails for wrong arguments only
	m.reserved = nil
}

// clearBytes is the size up to which clearing a memory is faster than having the kernel
// take its pages and supply them again.
const clearBytes = 256 << 10

// idle are mappings that no memory uses, by the logarithm of their size. All they hold
// is zero.
var idle struct {
	sync.Mutex
	classes  [64][]*mapping
	resident uint64 // bytes that were cleared, and so stay resident
}

// idleCount is how many mappings of a size are kept, and idleBytes how much of them all
// may stay resident.
const (
	idleCount = 64
	idleBytes = 64 << 20
)

// class returns the smallest power of two that has room for size bytes.
func class(size uint64) int { return bits.Len64(max(size, PageSize) - 1) }

// obtain returns a region for a memory of size bytes that may grow to max. If there is
// no address space for max, as under a limit of the process's, the memory gets room for
// twice its size and moves when it grows beyond that.
func obtain(size, max uint64) region {
	for _, want := range []uint64{max, 2 * size, size} {
		if want < size || want > max {
			continue
		}
		if m := mapped(class(want)); m != nil {
			return m
		}
	}
	return nil
}

func mapped(c int) region {
	idle.Lock()
	if n := len(idle.classes[c]); n > 0 {
		m := idle.classes[c][n-1]
		idle.classes[c] = idle.classes[c][:n-1]
		idle.resident -= m.resident
		idle.Unlock()
		m.resident = 0
		return m
	}
	idle.Unlock()
	reserved, err := syscall.Mmap(-1, 0, 1<<c, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		return nil
	}
	return &mapping{reserved: reserved}
}

// recycle keeps a region for another memory, or gives it back to the system.
func recycle(r region) {
	m := r.(*mapping)
	c := class(uint64(len(m.reserved)))
	from := m.attached
	if from > 0 && m.detach() != nil {
		m.unmap()
		return
	}
	idle.Lock()
	room := len(idle.classes[c]) < idleCount
	clears := room && m.touched <= clearBytes && idle.resident+m.touched <= idleBytes
	if clears {
		m.resident = m.touched
		idle.resident += m.resident
	}
	idle.Unlock()
	touched := m.reserved[min(from, m.touched):m.touched]
	switch {
	case !room:
		m.unmap()
		return
	case clears || len(touched) == 0:
		clear(touched)
	case syscall.Madvise(touched, syscall.MADV_DONTNEED) != nil:
		m.unmap()
		return
	}
	m.touched = 0
	idle.Lock()
	idle.classes[c] = append(idle.classes[c], m)
	idle.Unlock()
}
