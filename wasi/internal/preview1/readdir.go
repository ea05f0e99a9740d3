package preview1

import (
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/witgen/witgen/wasi/internal/files"
)

// listing is a folder's listing as fd_readdir resumes it, by cookies: each is the
// place of the next entry. It keeps the entry that it has got last, which the guest asks
// for again where its buffer could not hold all of it. For what lies before it, the
// listing begins anew.
type listing struct {
	from *files.Listing
	dots []files.Entry // those of the first places
	last files.Entry
	next uint64 // the place behind last
}

func (l *listing) close() error { return l.from.Close() }

// has reports whether the listing can go on at a place.
func (l *listing) has(place uint64) bool { return place+1 >= l.next && place != math.MaxUint64 }

// entry returns the entry at a place, io.EOF after the last. The listing has the place.
func (c *call) entry(l *listing, place uint64) (files.Entry, error) {
	for l.next <= place {
		c.work(entryUnits)
		var err error
		if l.next < uint64(len(l.dots)) {
			l.last = l.dots[l.next]
		} else if l.last, err = l.from.Next(); err != nil {
			return files.Entry{}, err
		}
		l.next++
	}
	return l.last, nil
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
// goes back.
func (d *descriptor) list(cookie uint64) (*listing, error) {
	if l := d.listing; l != nil {
		if cookie > 0 && l.has(cookie) {
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
	d.listing = &listing{from: from, dots: d.dots()}
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
