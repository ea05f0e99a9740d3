package linear

import (
	"errors"
	"sync"
)

// pageBytes is the size of the pages in which memories are saved, and compared.
const pageBytes = 4096

type page [pageBytes]byte

// zeroPage stands for all pages that hold zero.
var zeroPage page

// A Snapshot is what the memories of a plugin's instances hold after their start: that of
// the first instance, which the others share as far as they hold the same. It may be used
// by several goroutines at once.
type Snapshot struct {
	mu     sync.Mutex
	images []*image // by the number of the memory in its Set
}

// image is what one memory holds.
type image struct {
	size  uint64
	pages []*page
	// file, if not nil, holds the same in a form that can be mapped.
	file *imageFile
}

// saved is what a memory held when its Set was saved.
type saved struct {
	savedSize uint64
	pages     []*page // those of an image, or some of its own among them
	// mapped is the region over which image is mapped, or nil.
	mapped region
	image  *image
	// shrinks tells that the next Reallocate makes the memory as small as it was.
	shrinks bool
}

// Close frees what the snapshot holds. No instance may use it any more.
func (s *Snapshot) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.images {
		if i != nil {
			i.file.close()
		}
	}
	s.images = nil
}

// image returns the image of the memory number n, which it makes of m if there is none.
func (s *Snapshot) image(n int, m *memory) *image {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n >= len(s.images) {
		s.images = append(s.images, nil)
	}
	if s.images[n] == nil {
		s.images[n] = newImage(m.region.grow(m.size))
	}
	return s.images[n]
}

// newImage returns an image of a memory.
func newImage(buffer []byte) *image {
	i := &image{size: uint64(len(buffer)), pages: make([]*page, len(buffer)/pageBytes)}
	if i.file = newImageFile(i.size); i.file != nil && i.store(buffer) {
		return i
	}
	i.file.close()
	i.file = nil
	savePages(i.pages, buffer)
	return i
}

// store writes a memory to the image's file. It reports whether it could.
func (i *image) store(buffer []byte) bool {
	for n := range i.pages {
		i.pages[n] = &zeroPage
		if p := pageAt(buffer, n); *p != zeroPage {
			if !i.file.write(n, p) {
				return false
			}
			i.pages[n] = &i.file.pages[n]
		}
	}
	return true
}

// savePages copies the pages of a memory that are not zero.
func savePages(pages []*page, buffer []byte) {
	used := 0
	for n := range pages {
		if *pageAt(buffer, n) != zeroPage {
			used++
		}
	}
	store := make([]page, used)
	for n := range pages {
		pages[n] = &zeroPage
		if p := pageAt(buffer, n); *p != zeroPage {
			pages[n], store = &store[0], store[1:]
			*pages[n] = *p
		}
	}
}

func pageAt(buffer []byte, n int) *page { return (*page)(buffer[n*pageBytes:]) }

// Spare tells the set that each memory is declared with a page more than it may have. The
// set keeps that page for Restore. It is called before the first memory is allocated.
func (s *Set) Spare() { s.spare = true }

// Shrinks reports whether the next growth of a memory makes it smaller; see Restore.
func (s *Set) Shrinks() bool { return s.shrinks }

// Save notes what the memories hold, for Restore. Memories that hold the same as those of
// the snapshot share its pages. The set must not be in use.
func (s *Set) Save(snapshot *Snapshot) {
	for n, m := range s.memories {
		m.save(snapshot, n)
	}
}

// ErrGrown is the error of Restore for a memory that has grown and cannot be made smaller.
var ErrGrown = errors.New("a memory has grown")

// Restore gives the memories back what they held when they were saved, and makes those
// smaller that have grown. For such a memory it calls grow, with the number of the memory,
// to have wazero grow the memory by one page: a page that Spare has kept. The set must not
// be in use.
func (s *Set) Restore(grow func(memory int) bool) error {
	for n, m := range s.memories {
		if m.size != m.savedSize {
			m.shrinks, s.shrinks = true, true
			done := grow(n)
			m.shrinks, s.shrinks = false, false
			if !done || m.size != m.savedSize {
				return ErrGrown
			}
		}
		m.restore()
	}
	return nil
}

func (m *memory) save(snapshot *Snapshot, n int) {
	m.savedSize = m.size
	if m.size == 0 {
		return
	}
	buffer := m.region.grow(m.size)
	i := snapshot.image(n, m)
	if i.size != m.size {
		m.pages = make([]*page, len(buffer)/pageBytes)
		savePages(m.pages, buffer)
		return
	}
	m.pages = i.pages
	var own []int
	for n, p := range i.pages {
		if *pageAt(buffer, n) != *p {
			own = append(own, n)
		}
	}
	if len(own) > 0 {
		m.pages = append([]*page(nil), i.pages...)
		store := make([]page, len(own))
		for k, n := range own {
			store[k] = *pageAt(buffer, n)
			m.pages[n] = &store[k]
		}
	}
	if i.file != nil && len(own) <= len(i.pages)/mostOwn && m.region.(mapper).attach(i.file.File, m.size) {
		m.mapped, m.image = m.region, i
		for _, n := range own {
			*pageAt(buffer, n) = *m.pages[n]
		}
	}
}

// mostOwn is the part of its pages that a memory may have for itself when an image is
// mapped over it.
const mostOwn = 4

// shrink makes the memory as small as it was, and gives back what it had more.
func (m *memory) shrink() []byte {
	m.region.shrink(m.savedSize, m.size)
	m.set.unreserve(m.size - m.savedSize)
	m.size = m.savedSize
	return m.region.grow(m.size)
}

// restore gives the memory back what it held. It compares before it copies: most pages
// are as they were.
func (m *memory) restore() {
	if m.size == 0 {
		return
	}
	buffer := m.region.grow(m.size)
	if m.mapped != nil && m.mapped == m.region && m.region.(mapper).revert(buffer, m.pages, m.image.pages) {
		return
	}
	for n, p := range m.pages {
		if at := pageAt(buffer, n); *at != *p {
			*at = *p
		}
	}
}
