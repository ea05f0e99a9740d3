package preview1

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/witgen/witgen/wasi/internal/files"
)

// listing is a folder's listing as fd_readdir resumes it, by cookies: each is the
// place of the next entry. What a guest's buffer could not hold it asks for again.
type listing struct {
	from *files.Listing
	// seen are the entries from the place first on that were read.
	first uint64
	seen  []files.Entry
	ended bool
}

func (l *listing) close() error { return l.from.Close() }

// entry returns the entry at a place, io.EOF after the last.
func (c *call) entry(l *listing, place uint64) (files.Entry, error) {
	for place >= l.first+uint64(len(l.seen)) {
		if l.ended {
			return files.Entry{}, io.EOF
		}
		c.work(entryUnits)
		entry, err := l.from.Next()
		if errors.Is(err, io.EOF) {
			l.ended = true
			continue
		}
		if err != nil {
			return files.Entry{}, err
		}
		l.seen = append(l.seen, entry)
		if l.first+uint64(len(l.seen)) <= place {
			// The guest has gone on without asking for these.
			l.first += uint64(len(l.seen))
			l.seen = l.seen[:0]
		}
	}
	return l.seen[place-l.first], nil
}

// from forgets the entries before a place.
func (l *listing) forgetBefore(place uint64) {
	if place > l.first && place <= l.first+uint64(len(l.seen)) {
		l.seen = append([]files.Entry(nil), l.seen[place-l.first:]...)
		l.first = place
	}
}

// dots are the entries "." and "..", which preview 1 has and a listing has not.
func (d *descriptor) dots() []files.Entry {
	stat, _ := d.file.Stat() // Without it, the inode is 0.
	return []files.Entry{
		{Name: ".", Type: files.Directory, Inode: stat.Inode},
		{Name: "..", Type: files.Directory},
	}
}

// list returns the folder's listing for a cookie: a new one where the guest begins, or
// goes back to what was forgotten.
func (d *descriptor) list(cookie uint64) (*listing, error) {
	if l := d.listing; l != nil {
		if cookie > 0 && cookie >= l.first {
			l.forgetBefore(cookie)
			return l, nil
		}
		d.listing = nil
		if err := l.close(); err != nil {
			return nil, err
		}
	}
	from, err := d.file.List()
	if err != nil {
		return nil, err
	}
	d.listing = &listing{from: from, seen: d.dots()}
	return d.listing, nil
}

func (c *call) fdReaddir() errno {
	const header = 24
	d, e := c.get(c.u32(0))
	switch {
	case e != success:
		return e
	case d.file == nil || !d.file.IsFolder():
		return notdir
	}
	buffer := c.bytes(c.u32(1), c.u32(2))
	l, err := d.list(c.u64(3))
	if err != nil {
		return errnoOf(err)
	}
	used := 0
	for place := c.u64(3); used < len(buffer); place++ {
		c.work(entryUnits)
		entry, err := c.entry(l, place)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errnoOf(err)
		}
		var b [header]byte
		binary.LittleEndian.PutUint64(b[0:], place+1)
		binary.LittleEndian.PutUint64(b[8:], entry.Inode)
		binary.LittleEndian.PutUint32(b[16:], uint32(len(entry.Name)))
		b[20] = fileTypes[entry.Type]
		used += copy(buffer[used:], b[:])
		used += copy(buffer[used:], entry.Name)
	}
	c.put32(4, uint32(used))
	return success
}
