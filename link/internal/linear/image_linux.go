//go:build linux && !(386 || arm || mips || mipsle || witgen_plain)

package linear

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// imageFile is an image in a file in memory. Regions map it privately: what a guest writes
// stays its own, page by page, and all pages that it has not written are one for all
// instances.
type imageFile struct {
	*os.File
	pages []page // the file, read-only
}

// newImageFile returns a file of size bytes, all of them zero, or nil if the system
// cannot.
func newImageFile(size uint64) *imageFile {
	if size%uint64(os.Getpagesize()) != 0 || !knowsWritten() {
		return nil
	}
	fd, err := unix.MemfdCreate("memory of a guest", unix.MFD_CLOEXEC)
	if err != nil {
		return nil
	}
	f := &imageFile{File: os.NewFile(uintptr(fd), "memory of a guest")}
	if unix.Ftruncate(fd, int64(size)) != nil {
		f.close()
		return nil
	}
	view, err := unix.MmapPtr(fd, 0, nil, uintptr(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		f.close()
		return nil
	}
	f.pages = unsafe.Slice((*page)(view), size/pageBytes)
	return f
}

// write writes the page number n.
func (f *imageFile) write(n int, p *page) bool {
	_, err := f.WriteAt(p[:], int64(n)*pageBytes)
	return err == nil
}

func (f *imageFile) close() {
	if f == nil {
		return
	}
	if f.pages != nil {
		_ = unix.MunmapPtr(unsafe.Pointer(&f.pages[0]), uintptr(len(f.pages))*pageBytes)
	}
	_ = f.Close()
}

// mapper is a region over which files can be mapped.
type mapper = *mapping

// mostCopied is how many pages revert copies. An instance that has written more gives all
// of them back, so that it does not keep them while it is idle.
const mostCopied = 1024

// revert gives the pages that were written since the image was mapped over the region
// back what they held. pages are those of the image, but for some that the memory has for
// itself. It reports false if the kernel does not tell which these are.
func (m *mapping) revert(buffer []byte, pages, image []*page) bool {
	spans := spanLists.Get().(*[]span)
	defer spanLists.Put(spans)
	if !written(buffer, spans) {
		return false
	}
	count := 0
	for _, s := range *spans {
		count += s.end - s.start
	}
	dropped := count > mostCopied && unix.Madvise(buffer, unix.MADV_DONTNEED) == nil
	for _, s := range *spans {
		for n := s.start; n < s.end; n++ {
			if !dropped || pages[n] != image[n] {
				*pageAt(buffer, n) = *pages[n]
			}
		}
	}
	return true
}
