//go:build !linux || 386 || arm || mips || mipsle || witgen_plain

package linear

import "os"

// imageFile is there on Linux only.
type imageFile struct {
	*os.File
	pages []page
}

func newImageFile(uint64) *imageFile           { return nil }
func (f *imageFile) write(n int, p *page) bool { return false }
func (f *imageFile) close()                    {}

// mapper is a region over which files can be mapped: none is.
type mapper interface {
	attach(file *os.File, size uint64) bool
	revert(buffer []byte, pages, image []*page) bool
}
