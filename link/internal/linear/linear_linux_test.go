//go:build linux && !(386 || arm || mips || mipsle || witgen_plain)

package linear

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"
)

// resident returns how many bytes of a buffer are in memory, by the kernel's account.
func resident(t *testing.T, buffer []byte) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	first := uintptr(unsafe.Pointer(&buffer[0]))
	total, inside := 0, false
	for line := range strings.Lines(string(text)) {
		var from, to uintptr
		if n, _ := fmt.Sscanf(line, "%x-%x ", &from, &to); n == 2 {
			inside = from < first+uintptr(len(buffer)) && first < to
		}
		var kib int
		if n, _ := fmt.Sscanf(line, "Rss: %d kB", &kib); n == 1 && inside {
			total += kib << 10
		}
	}
	return total
}

func TestPagesComeOnFirstTouch(t *testing.T) {
	const size = 256 << 20
	s := NewSet(size, nil, 0)
	buffer := s.Allocate(0, size).Reallocate(size)
	if got := resident(t, buffer); got > 1<<20 {
		t.Errorf("an untouched memory has %d bytes resident", got)
	}
	for i := 0; i < 64<<20; i += 4096 {
		buffer[i] = 1
	}
	if got := resident(t, buffer); got < 64<<20 {
		t.Errorf("64 MiB were touched, %d bytes are resident", got)
	}
	s.Release()
	if got := resident(t, buffer); got > 1<<20 {
		t.Errorf("a released memory has %d bytes resident", got)
	}
}

// A memory that is too large to reserve whole moves as it grows.
func TestMemoryMoves(t *testing.T) {
	s := NewSet(1<<62, nil, 0)
	defer s.Release()
	m := s.Allocate(0, 1<<62)
	buffer := m.Reallocate(PageSize)
	if buffer == nil {
		t.Fatal("no memory without the address space for its maximum")
	}
	buffer[5] = 5
	for size := uint64(PageSize); size <= 64*PageSize; size *= 2 {
		if buffer = m.Reallocate(size); buffer == nil || buffer[5] != 5 {
			t.Fatalf("growing to %d bytes lost the memory", size)
		}
	}
}
