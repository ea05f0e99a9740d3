package preview1

import (
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"math"
	"time"

	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/files"
	"github.com/witgen/witgen/wasi/internal/guard"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// The types of files. A pipe is of none.
const (
	typeUnknown         = 0
	typeCharacterDevice = 2
)

var fileTypes = [...]byte{
	files.Unknown:         typeUnknown,
	files.BlockDevice:     1,
	files.CharacterDevice: typeCharacterDevice,
	files.Directory:       3,
	files.RegularFile:     4,
	files.Socket:          6,
	files.SymbolicLink:    7,
	files.FIFO:            typeUnknown,
}

// The rights of descriptors. They are told, and not enforced: what a descriptor was
// opened for is.
const (
	rightRead         = 1 << 1
	rightSeek         = 1 << 2
	rightTell         = 1 << 5
	rightWrite        = 1 << 6
	rightAllocate     = 1 << 8
	rightSetSize      = 1 << 22
	allRights         = 1<<30 - 1
	rightsOfPaths     = 1<<14 - 1<<9 | 1<<21 - 1<<15 | 1<<27 - 1<<24 // path_*
	rightReaddir      = 1 << 14
	rightsOfFiles     = allRights &^ (rightsOfPaths | rightReaddir)
	rightsOfFolders   = rightsOfPaths | rightReaddir | 1<<0 | 1<<3 | 1<<4 | 1<<21 | 1<<23 | 1<<27
	rightsOfWriting   = rightWrite | rightAllocate | rightSetSize
	rightsOfEverybody = 1<<3 | 1<<21 | 1<<27 // set_flags, filestat_get, poll
)

func (c *call) fdAdvise() errno {
	d, e := c.regular(c.u32(0), badf, numbers[fault.InvalidSeek])
	if e != success {
		return e
	}
	advice := c.u32(3)
	if advice > 5 {
		return inval
	}
	// Preview 1 has the same advice as 0.2 in another order: normal, sequential, random,
	// will-need, dont-need, no-reuse.
	return errnoOf(d.file.Advise(c.u64(1), c.u64(2), files.Advice(advice)))
}

func (c *call) fdAllocate() errno {
	d, e := c.regular(c.u32(0), badf, numbers[fault.InvalidSeek])
	if e != success {
		return e
	}
	offset, size := c.u64(1), c.u64(2)
	switch {
	case size == 0:
		return inval
	case offset > math.MaxInt64 || size > math.MaxInt64-offset:
		return numbers[fault.FileTooLarge]
	case !d.file.Flags().Has(files.Write):
		return badf
	}
	stat, err := d.file.Stat()
	if err == nil && stat.Size < offset+size {
		err = d.file.SetSize(offset + size)
	}
	return errnoOf(err)
}

func (c *call) fdClose() errno {
	d, e := c.get(c.u32(0))
	if e != success {
		return e
	}
	c.forget(c.u32(0))
	return errnoOf(d.close())
}

// forget frees a number.
func (c *call) forget(fd uint32) {
	c.open[fd] = nil
	c.free = min(c.free, int(fd))
}

func (c *call) fdDatasync() errno { return c.sync(true) }
func (c *call) fdSync() errno     { return c.sync(false) }

func (c *call) sync(data bool) errno {
	d, e := c.get(c.u32(0))
	switch {
	case e != success:
		return e
	case d.file == nil || d.file.IsStream():
		return inval
	}
	return errnoOf(d.file.Sync(data))
}

func (c *call) fdFdstatGet() errno {
	d, e := c.get(c.u32(0))
	if e != success {
		return e
	}
	kind, rights, inheriting := byte(typeUnknown), uint64(rightsOfEverybody), uint64(0)
	switch {
	case d.file != nil && d.file.IsFolder():
		kind, rights, inheriting = fileTypes[files.Directory], rightsOfFolders, allRights
	case d.file != nil:
		t, err := d.file.Type()
		if err != nil {
			return errnoOf(err)
		}
		kind, rights = fileTypes[t], rightsOfFiles
		if d.file.IsStream() {
			rights &^= rightSeek | rightTell
		}
		if !d.file.Flags().Has(files.Read) {
			rights &^= rightRead
		}
		if !d.file.Flags().Has(files.Write) {
			rights &^= rightsOfWriting
		}
	default:
		if d.terminal {
			kind = typeCharacterDevice
		}
		if d.in != nil {
			rights |= rightRead
		} else {
			rights |= rightWrite
		}
	}
	b := c.at(c.u32(1), 24, 8)
	clear(b)
	b[0] = kind
	binary.LittleEndian.PutUint16(b[2:], d.flags)
	binary.LittleEndian.PutUint64(b[8:], rights)
	binary.LittleEndian.PutUint64(b[16:], inheriting)
	return success
}

func (c *call) fdFdstatSetFlags() errno {
	d, e := c.get(c.u32(0))
	if e != success {
		return e
	}
	flags, e := c.flags(1, allFlags)
	if e != success {
		return e
	}
	const fixed = flagDSync | flagRSync | flagSync
	if (flags^d.flags)&fixed != 0 {
		return inval
	}
	d.flags = flags
	return success
}

func (c *call) fdFdstatSetRights() errno {
	if _, e := c.get(c.u32(0)); e != success {
		return e
	}
	return notsup
}

func (c *call) fdFilestatGet() errno {
	d, e := c.get(c.u32(0))
	if e != success {
		return e
	}
	if d.file != nil {
		stat, err := d.file.Stat()
		return c.putStat(1, stat, err)
	}
	var stat files.Stat
	if d.terminal {
		stat.Type = files.CharacterDevice
	}
	return c.putStat(1, stat, nil)
}

// putStat stores a filestat at the pointer that a parameter is.
func (c *call) putStat(n int, stat files.Stat, err error) errno {
	if err != nil {
		return errnoOf(err)
	}
	b := c.at(c.u32(n), 64, 8)
	clear(b)
	b[16] = fileTypes[stat.Type]
	for _, field := range []struct {
		at    int
		value uint64
	}{
		{0, stat.Device}, {8, stat.Inode}, {24, stat.Links}, {32, stat.Size},
		{40, timestamp(stat.Accessed)}, {48, timestamp(stat.Modified)}, {56, timestamp(stat.Changed)},
	} {
		binary.LittleEndian.PutUint64(b[field.at:], field.value)
	}
	return success
}

// timestamp returns a time in nanoseconds since 1970, 0 for one that the system does
// not have or that is earlier.
func timestamp(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(max(t.UnixNano(), 0))
}

// times returns the times that parameters from n on are: two timestamps and flags.
func (c *call) times(n int) (accessed, modified files.Time, e errno) {
	const setAccessed, accessedNow, setModified, modifiedNow = 1, 2, 4, 8
	flags, e := c.flags(n+2, 15)
	if e != success {
		return accessed, modified, e
	}
	const bothAccessed, bothModified = setAccessed | accessedNow, setModified | modifiedNow
	if flags&bothAccessed == bothAccessed || flags&bothModified == bothModified {
		return accessed, modified, inval
	}
	accessed = files.Time{Set: flags&setAccessed != 0, Now: flags&accessedNow != 0, At: timeOf(c.u64(n))}
	modified = files.Time{Set: flags&setModified != 0, Now: flags&modifiedNow != 0, At: timeOf(c.u64(n + 1))}
	return accessed, modified, success
}

func timeOf(nanoseconds uint64) time.Time {
	return time.Unix(int64(nanoseconds/1e9), int64(nanoseconds%1e9))
}

func (c *call) fdFilestatSetSize() errno {
	d, e := c.regular(c.u32(0), badf, inval)
	if e != success {
		return e
	}
	return errnoOf(d.file.SetSize(c.u64(1)))
}

func (c *call) fdFilestatSetTimes() errno {
	d, e := c.get(c.u32(0))
	if e != success {
		return e
	}
	accessed, modified, e := c.times(1)
	switch {
	case e != success:
		return e
	case d.file == nil:
		return badf
	}
	return errnoOf(d.file.SetTimes(accessed, modified))
}

func (c *call) fdPrestatGet() errno {
	d, e := c.get(c.u32(0))
	if e != success || !d.preopened {
		return badf
	}
	b := c.at(c.u32(1), 8, 4)
	clear(b[:4]) // a folder
	binary.LittleEndian.PutUint32(b[4:], uint32(len(d.path)))
	return success
}

func (c *call) fdPrestatDirName() errno {
	d, e := c.get(c.u32(0))
	switch {
	case e != success || !d.preopened:
		return badf
	case c.u32(2) < uint32(len(d.path)):
		return numbers[fault.NameTooLong]
	}
	copy(c.bytes(c.u32(1), uint32(len(d.path))), d.path)
	return success
}

func (c *call) fdRenumber() errno {
	from, e := c.get(c.u32(0))
	if e != success {
		return e
	}
	to, e := c.get(c.u32(1))
	if e != success || from == to {
		return e
	}
	c.open[c.u32(1)] = from
	c.forget(c.u32(0))
	return errnoOf(to.close())
}

func (c *call) fdSeek() errno {
	d, e := c.regular(c.u32(0), badf, numbers[fault.InvalidSeek])
	if e != success {
		return e
	}
	base := uint64(0)
	switch c.u32(2) {
	case 0:
	case 1:
		base = d.offset
	case 2:
		stat, err := d.file.Stat()
		if err != nil {
			return errnoOf(err)
		}
		base = stat.Size
	default:
		return inval
	}
	at := int64(base) + int64(c.u64(1))
	if at < 0 {
		return inval
	}
	d.offset = uint64(at)
	c.put64(3, d.offset)
	return success
}

func (c *call) fdTell() errno {
	d, e := c.regular(c.u32(0), badf, numbers[fault.InvalidSeek])
	if e != success {
		return e
	}
	c.put64(1, d.offset)
	return success
}

func (c *call) fdPread() errno {
	d, e := c.regular(c.u32(0), badf, numbers[fault.InvalidSeek])
	if e != success {
		return e
	}
	n, err := c.readAt(d, c.vectors(1), c.u64(3))
	return c.done(4, n, err)
}

// readAt fills buffers from an offset on.
func (c *call) readAt(d *descriptor, buffers [][]byte, offset uint64) (int, error) {
	total := 0
	for b := range c.steps(buffers) {
		n, err := d.file.ReadAt(b, offset+uint64(total))
		total += n
		if err == io.EOF {
			break
		}
		if err != nil {
			return total, err
		}
	}
	if len(buffers) == 0 { // The descriptor is looked at all the same.
		if _, err := d.file.ReadAt(nil, offset); err != nil && err != io.EOF {
			return 0, err
		}
	}
	return total, nil
}

// done stores how many bytes were read or written at the pointer that a parameter is.
// An error after some of them comes with the next call.
func (c *call) done(result, n int, err error) errno {
	trapOn(err)
	if err != nil && n == 0 {
		return errnoOf(err)
	}
	c.put32(result, uint32(n))
	return success
}

func (c *call) fdPwrite() errno {
	d, e := c.regular(c.u32(0), badf, numbers[fault.InvalidSeek])
	if e != success {
		return e
	}
	offset := c.u64(3)
	n, err := c.each(c.vectors(1), func(b []byte, before int) (int, error) { return d.file.WriteAt(b, offset+uint64(before)) })
	return c.done(4, n, err)
}

// steps yields the pieces of buffers, and counts the copying of each before.
func (c *call) steps(buffers [][]byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, b := range buffers {
			for ok := true; ok; ok = len(b) > 0 {
				piece := b[:min(len(b), mostUnits*copyUnit)]
				c.copied(piece)
				if !yield(piece) {
					return
				}
				b = b[len(piece):]
			}
		}
	}
}

// each writes buffers one after the other, in pieces, up to the first error.
func (c *call) each(buffers [][]byte, write func(b []byte, before int) (int, error)) (int, error) {
	if len(buffers) == 0 {
		buffers = [][]byte{nil} // The descriptor is looked at all the same.
	}
	total := 0
	for b := range c.steps(buffers) {
		n, err := write(b, total)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func (c *call) fdRead() errno {
	d, e := c.get(c.u32(0))
	if e != success {
		return e
	}
	buffers := c.vectors(1)
	if d.file != nil && !d.file.IsStream() {
		if d.file.IsFolder() {
			return badf
		}
		n, err := c.readAt(d, buffers, d.offset)
		d.offset += uint64(n)
		return c.done(3, n, err)
	}
	in, err := d.input()
	if err != nil {
		return errnoOf(err)
	}
	n, err := c.readStream(in, buffers, d.flags&flagNonblock != 0)
	if errors.Is(err, streams.ErrClosed) {
		err = nil // An end is a read of nothing.
	}
	return c.done(3, n, err)
}

// readStream waits for bytes unless nonblock is set, and takes what there are.
func (c *call) readStream(in streams.Input, buffers [][]byte, nonblock bool) (int, error) {
	total := 0
	for k, b := range buffers {
		c.copied(b[:min(len(b), streams.Chunk)])
		var n int
		var err error
		if k == 0 && !nonblock {
			n, err = streams.ReadBlocking(c.ctx, in, b)
			c.ended(err)
		} else {
			n, err = in.Read(b)
		}
		total += n
		if err != nil {
			return total, err
		}
		if n < len(b) {
			break
		}
	}
	if total == 0 && nonblock && len(buffers) > 0 {
		return 0, fault.WouldBlock
	}
	return total, nil
}

// ended has the guest trap where err comes of the end of the call's context.
func (c *call) ended(err error) {
	if err != nil && c.ctx.Err() != nil {
		panic(err)
	}
	trapOn(err)
}

// trapOn has the guest trap where err is a panic of a function of the host's.
func trapOn(err error) {
	if panicked := guard.Of(err); panicked != nil {
		panic(panicked)
	}
}

func (c *call) fdWrite() errno {
	d, e := c.get(c.u32(0))
	if e != success {
		return e
	}
	buffers := c.vectors(1)
	if d.file != nil && !d.file.IsStream() {
		if d.file.IsFolder() {
			return badf
		}
		n, err := c.each(buffers, func(b []byte, _ int) (int, error) {
			if d.flags&flagAppend != 0 {
				return d.append(b)
			}
			n, err := d.file.WriteAt(b, d.offset)
			d.offset += uint64(n)
			return n, err
		})
		return c.done(3, n, err)
	}
	out, err := d.output()
	if err != nil {
		return errnoOf(err)
	}
	n, err := c.writeStream(out, buffers, d.flags&flagNonblock != 0)
	return c.done(3, n, err)
}

// append writes at the end, and leaves the offset there.
func (d *descriptor) append(b []byte) (int, error) {
	n, err := d.file.Append(b)
	if err == nil {
		stat, err := d.file.Stat()
		if err != nil {
			return n, err
		}
		d.offset = stat.Size
	}
	return n, err
}

// writeStream writes buffers, as one piece where they are small: another process may
// write to the same pipe.
func (c *call) writeStream(out streams.Output, buffers [][]byte, nonblock bool) (int, error) {
	if len(buffers) > 1 {
		buffers = gather(buffers)
	}
	return c.each(buffers, func(b []byte, _ int) (int, error) {
		if !nonblock {
			err := streams.WriteAndFlush(c.ctx, out, b)
			c.ended(err)
			if err != nil {
				return 0, err
			}
			return len(b), nil
		}
		n, err := out.Check()
		if err != nil {
			return 0, err
		}
		if n == 0 && len(b) > 0 {
			return 0, fault.WouldBlock
		}
		n = min(n, len(b))
		if err := out.Write(b[:n]); err != nil {
			return 0, err
		}
		if n < len(b) {
			return n, fault.WouldBlock
		}
		return n, nil
	})
}

// gather makes one buffer of the first buffers, up to a chunk of a stream.
func gather(buffers [][]byte) [][]byte {
	size, count := 0, 0
	for count < len(buffers) && size+len(buffers[count]) <= streams.Chunk {
		size += len(buffers[count])
		count++
	}
	if count < 2 {
		return buffers
	}
	one := make([]byte, 0, size)
	for _, b := range buffers[:count] {
		one = append(one, b...)
	}
	return append([][]byte{one}, buffers[count:]...)
}
