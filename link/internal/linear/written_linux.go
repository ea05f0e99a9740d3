//go:build linux && !(386 || arm || mips || mipsle || witgen_plain)

package linear

import (
	"encoding/binary"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A page of a private mapping of a file is either the file's, or was written and belongs
// to the process alone. The kernel tells by /proc/self/pagemap, and more quickly by an
// ioctl of that file, from Linux 6.7 on. See pagemap(5) and the kernel's documentation of
// PAGEMAP_SCAN.

// A span is a range of pages.
type span struct{ start, end int }

var spanLists = sync.Pool{New: func() any { return new([]span) }}

// pagemap is the open file, or nil.
var pagemap = sync.OnceValue(func() *os.File {
	f, err := os.Open("/proc/self/pagemap")
	if err != nil {
		return nil
	}
	return f
})

// knowsWritten reports whether the kernel tells which pages were written. It tries it,
// as a sandbox may have another idea of the file.
var knowsWritten = sync.OnceValue(func() bool {
	size := 4 * os.Getpagesize()
	if pagemap() == nil || size%pageBytes != 0 {
		return false
	}
	fd, err := unix.MemfdCreate("probe", unix.MFD_CLOEXEC)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	if unix.Ftruncate(fd, int64(size)) != nil {
		return false
	}
	buffer, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	if err != nil {
		return false
	}
	defer func() { _ = unix.Munmap(buffer) }()
	step := os.Getpagesize()
	buffer[2*step] = buffer[0] + 1 // reads one page and writes another
	want := span{2 * step / pageBytes, 3 * step / pageBytes}
	var spans []span
	return written(buffer, &spans) && len(spans) == 1 && spans[0] == want
})

// written lists the pages of a buffer, over which a file is mapped, that were written. It
// reports false if the kernel does not tell.
func written(buffer []byte, spans *[]span) bool {
	*spans = (*spans)[:0]
	if !noScan.Load() {
		switch scanWritten(buffer, spans) {
		case nil:
			return true
		case unix.ENOTTY, unix.EINVAL:
			noScan.Store(true) // an older kernel
		}
		*spans = (*spans)[:0]
	}
	return readWritten(buffer, spans)
}

// noScan reports whether the kernel does not have PAGEMAP_SCAN.
var noScan atomic.Bool

// scanArg is struct pm_scan_arg of the kernel, and pageRegion its struct page_region.
type scanArg struct {
	size, flags, start, end, walkEnd, vec, vecLen, maxPages uint64
	inverted, mask, anyOf, returned                         uint64
}

type pageRegion struct{ start, end, _ uint64 }

const (
	scanRequest = 0xc0606610 // _IOWR('f', 16, struct pm_scan_arg)
	isFile      = 1 << 2
	isPresent   = 1 << 3
	isSwapped   = 1 << 4
)

// scanner is what a scan needs.
type scanner struct {
	arg     scanArg
	regions [128]pageRegion
}

var scanners = sync.Pool{New: func() any { return new(scanner) }}

func scanWritten(buffer []byte, spans *[]span) error {
	s := scanners.Get().(*scanner)
	defer scanners.Put(s)
	base := uint64(uintptr(unsafe.Pointer(&buffer[0])))
	end := base + uint64(len(buffer))
	for at := base; at < end; {
		s.arg = scanArg{
			size: uint64(unsafe.Sizeof(s.arg)), start: at, end: end, vec: uint64(uintptr(unsafe.Pointer(&s.regions))), vecLen: uint64(len(s.regions)),
			inverted: isFile, mask: isFile, anyOf: isPresent | isSwapped, returned: isPresent | isSwapped,
		}
		n, _, errno := unix.Syscall(unix.SYS_IOCTL, pagemap().Fd(), scanRequest, uintptr(unsafe.Pointer(&s.arg)))
		if errno != 0 {
			return errno
		}
		for _, r := range s.regions[:n] {
			*spans = append(*spans, span{int(r.start-base) / pageBytes, int(r.end-base) / pageBytes})
		}
		if s.arg.walkEnd <= at {
			return unix.EINVAL
		}
		at = s.arg.walkEnd
	}
	return nil
}

// The bits of an entry of pagemap.
const (
	entryFile    = 1 << 61
	entrySwapped = 1 << 62
	entryPresent = 1 << 63
)

var entryBuffers = sync.Pool{New: func() any { return new([]byte) }}

func readWritten(buffer []byte, spans *[]span) bool {
	step := os.Getpagesize()
	list := entryBuffers.Get().(*[]byte)
	defer entryBuffers.Put(list)
	if n := len(buffer) / step * 8; cap(*list) < n {
		*list = make([]byte, n)
	} else {
		*list = (*list)[:n]
	}
	entries := *list
	if _, err := pagemap().ReadAt(entries, int64(uintptr(unsafe.Pointer(&buffer[0])))/int64(step)*8); err != nil {
		return false
	}
	per := step / pageBytes
	for n := 0; n < len(entries); n += 8 {
		e := binary.NativeEndian.Uint64(entries[n:])
		if e&(entryPresent|entrySwapped) == 0 || e&entryFile != 0 {
			continue
		}
		at := span{n / 8 * per, (n/8 + 1) * per}
		if last := len(*spans) - 1; last >= 0 && (*spans)[last].end == at.start {
			(*spans)[last].end = at.end
		} else {
			*spans = append(*spans, at)
		}
	}
	return true
}
