package preview1

import (
	"github.com/witgen/witgen/wasi/internal/files"
)

// follows returns the flag of lookup that a parameter is.
func (c *call) follows(n int) (bool, errno) {
	flags, e := c.flags(n, 1)
	return flags == 1, e
}

func (c *call) pathCreateDirectory() errno {
	return c.inFolder(func(d *files.Descriptor, path string) error { return d.CreateDirectory(path) })
}

func (c *call) pathRemoveDirectory() errno {
	return c.inFolder(func(d *files.Descriptor, path string) error { return d.RemoveDirectory(path) })
}

func (c *call) pathUnlinkFile() errno {
	return c.inFolder(func(d *files.Descriptor, path string) error { return d.Unlink(path) })
}

// inFolder runs an operation on a folder and a path in it, which are the function's
// parameters.
func (c *call) inFolder(op func(d *files.Descriptor, path string) error) errno {
	d, e := c.folder(c.u32(0))
	if e != success {
		return e
	}
	return errnoOf(op(d, c.path(1)))
}

func (c *call) pathFilestatGet() errno {
	d, e := c.folder(c.u32(0))
	if e != success {
		return e
	}
	follow, e := c.follows(1)
	if e != success {
		return e
	}
	stat, err := d.StatAt(c.path(2), follow)
	return c.putStat(4, stat, err)
}

func (c *call) pathFilestatSetTimes() errno {
	d, e := c.folder(c.u32(0))
	if e != success {
		return e
	}
	follow, e := c.follows(1)
	if e != success {
		return e
	}
	path := c.path(2)
	accessed, modified, e := c.times(4)
	if e != success {
		return e
	}
	return errnoOf(d.SetTimesAt(path, follow, accessed, modified))
}

func (c *call) pathLink() errno {
	from, e := c.folder(c.u32(0))
	if e != success {
		return e
	}
	follow, e := c.follows(1)
	if e != success {
		return e
	}
	to, e := c.folder(c.u32(4))
	if e != success {
		return e
	}
	return errnoOf(from.Link(c.path(2), follow, to, c.path(5)))
}

func (c *call) pathOpen() errno {
	folder, e := c.folder(c.u32(0))
	if e != success {
		return e
	}
	follow, e := c.follows(1)
	if e != success {
		return e
	}
	path := c.path(2)
	how, e := c.flags(4, 15)
	if e != success {
		return e
	}
	rights := c.u64(5)
	flags, e := c.flags(7, allFlags)
	if e != success {
		return e
	}
	var mode files.Flags
	for _, m := range []struct {
		on   bool
		mode files.Flags
	}{
		{rights&(rightRead|rightReaddir) != 0, files.Read},
		// Standard Go asks for the right to set a file's size even where it only reads.
		{rights&rightWrite != 0, files.Write},
		{flags&flagDSync != 0, files.DataIntegritySync},
		{flags&flagSync != 0, files.FileIntegritySync},
		{flags&flagRSync != 0, files.RequestedWriteSync},
	} {
		if m.on {
			mode |= m.mode
		}
	}
	c.at(c.u32(8), 4, 4) // It must not fail once the file is open.
	// The flags of opening are those of 0.2.
	opened, err := folder.Open(path, follow, files.OpenFlags(how), mode)
	if err != nil {
		return errnoOf(err)
	}
	c.put32(8, c.add(&descriptor{file: opened, flags: flags}))
	return success
}

func (c *call) pathReadlink() errno {
	d, e := c.folder(c.u32(0))
	if e != success {
		return e
	}
	target, err := d.Readlink(c.path(1))
	if err != nil {
		return errnoOf(err)
	}
	c.put32(5, uint32(copy(c.bytes(c.u32(3), c.u32(4)), target)))
	return success
}

func (c *call) pathRename() errno {
	from, e := c.folder(c.u32(0))
	if e != success {
		return e
	}
	to, e := c.folder(c.u32(3))
	if e != success {
		return e
	}
	return errnoOf(from.Rename(c.path(1), to, c.path(4)))
}

func (c *call) pathSymlink() errno {
	d, e := c.folder(c.u32(2))
	if e != success {
		return e
	}
	return errnoOf(d.Symlink(c.text(0), c.path(3)))
}
