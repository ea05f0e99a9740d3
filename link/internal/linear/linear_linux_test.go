//go:build linux && !(386 || arm || mips || mipsle || witgen_plain)

package linear

import (
	"bytes"
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

// Instances that write little own little: the rest is one for all of them.
func TestSnapshotIsShared(t *testing.T) {
	const pages, instances = 320, 50 // 20 MiB
	var snapshot Snapshot
	t.Cleanup(snapshot.Close)
	var guests []*guest
	for range instances {
		g := startGuest(t, nil, pages, pages)
		for i := 0; i < len(g.buffer); i += 64 {
			g.buffer[i] = byte(i >> 12)
		}
		g.set.Save(&snapshot)
		guests = append(guests, g)
	}
	private := 0
	for _, g := range guests {
		for i := range 3 {
			g.buffer[i<<20] = 0xff
		}
		g.restore(t)
		var spans []span
		if !written(g.buffer, &spans) {
			t.Fatal("the kernel does not tell which pages were written")
		}
		for _, s := range spans {
			private += s.end - s.start
		}
	}
	if private != 3*instances {
		t.Errorf("%d instances that wrote 3 pages each have %d for themselves", instances, private)
	}
	// One that writes more gives it back.
	g := guests[0]
	for i := range g.buffer {
		g.buffer[i] = 1
	}
	g.restore(t)
	if got := resident(t, g.buffer); got > 1<<20 {
		t.Errorf("an idle memory that was written has %d bytes", got)
	}
}

// Both ways to ask the kernel give the same.
func TestWritten(t *testing.T) {
	g := startGuest(t, nil, 40, 40)
	var snapshot Snapshot
	t.Cleanup(snapshot.Close)
	g.set.Save(&snapshot)
	sum := 0
	for i := 0; i < len(g.buffer); i += 7 * pageBytes {
		sum += int(g.buffer[i+3*pageBytes%len(g.buffer)%(len(g.buffer)-i)]) // reading makes no page the guest's own
	}
	for i := 0; i < len(g.buffer); i += 2 * pageBytes {
		g.buffer[i] = byte(sum + 1) // 320 spans
	}
	g.buffer[pageBytes] = 1
	var scanned, read []span
	if err := scanWritten(g.buffer, &scanned); err != nil {
		t.Skipf("the kernel has no PAGEMAP_SCAN: %v", err)
	}
	if !readWritten(g.buffer, &read) {
		t.Fatal("the kernel does not tell")
	}
	count := func(spans []span) (n int) {
		for _, s := range spans {
			n += s.end - s.start
		}
		return n
	}
	if count(scanned) != 321 || count(read) != 321 || read[0] != (span{0, 3}) {
		t.Errorf("the scan finds %d pages, the file %d, starting with %v; want 321", count(scanned), count(read), read[0])
	}
}

// Kernels before Linux 6.7 have the file alone.
func TestSnapshotWithoutScan(t *testing.T) {
	noScan.Store(true)
	defer noScan.Store(false)
	TestSnapshot(t)
}

// Pages that an instance has for itself are there also after all were given back.
func TestOwnPagesAfterAllWereWritten(t *testing.T) {
	var snapshot Snapshot
	t.Cleanup(snapshot.Close)
	for n := range 2 {
		g := startGuest(t, nil, 80, 80) // more than mostCopied
		g.buffer[5], g.buffer[len(g.buffer)-1] = byte(n), byte(n)
		g.set.Save(&snapshot)
		want := bytes.Clone(g.buffer)
		for i := range g.buffer {
			g.buffer[i] = 0xaa
		}
		g.restore(t)
		if !bytes.Equal(g.buffer, want) {
			t.Errorf("memory %d is not restored", n)
		}
	}
}
