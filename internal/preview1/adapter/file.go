//go:build wasip1

package adapter

// fileType returns the filetype of preview 1 for a descriptor-type. A pipe is of none.
func fileType(typ uint32) uint32 {
	switch typ {
	case 5: // symbolic-link
		return 7
	case 6: // regular-file
		return 4
	case 7: // socket
		return 6
	case 4: // fifo
		return 0
	}
	return typ // unknown, block-device, character-device and directory are the same
}

const characterDevice = 2

// terminal reports whether a standard stream is a terminal.
func terminal(d uint32) bool {
	ret := borrow(4, 8)
	switch kind(d) {
	case kindStdin:
		getTerminalStdin(ret)
	case kindStdout:
		getTerminalStdout(ret)
	default:
		getTerminalStderr(ret)
	}
	is, resource := load8(ret) != 0, load32(ret+4)
	giveBack()
	if is {
		if kind(d) == kindStdin {
			dropTerminalInput(resource)
		} else {
			dropTerminalOutput(resource)
		}
	}
	return is
}

// The rights of descriptors. They are told, and not enforced: what a descriptor was
// opened for is.
const (
	rightRead         = 1 << 1
	rightSeek         = 1 << 2
	rightTell         = 1 << 5
	rightWrite        = 1 << 6
	rightAllocate     = 1 << 8
	rightReaddir      = 1 << 14
	rightSetSize      = 1 << 22
	allRights         = 1<<30 - 1
	rightsOfPaths     = 1<<14 - 1<<9 | 1<<21 - 1<<15 | 1<<27 - 1<<24 // path_*
	rightsOfFiles     = allRights &^ (rightsOfPaths | rightReaddir)
	rightsOfFolders   = rightsOfPaths | rightReaddir | 1<<0 | 1<<3 | 1<<4 | 1<<21 | 1<<23 | 1<<27
	rightsOfWriting   = rightWrite | rightAllocate | rightSetSize
	rightsOfEverybody = 1<<3 | 1<<21 | 1<<27 // set_flags, filestat_get, poll
)

// The descriptor-flags of wasi:filesystem.
const (
	modeRead      = 1 << 0
	modeWrite     = 1 << 1
	modeSync      = 1 << 2
	modeDataSync  = 1 << 3
	modeWriteSync = 1 << 4
)

//go:wasmexport fd_fdstat_get
func fdFdstatGet(fd, result uint32) errno {
	d := get(fd)
	if d == 0 {
		return badf
	}
	typ, rights, inheriting := uint32(typeUnknown), uint64(rightsOfEverybody), uint64(0)
	switch kind(d) {
	case kindFolder:
		typ, rights, inheriting = typeFolder, rightsOfFolders, allRights
	case kindFile, kindStream:
		typ, rights = fileType(state32(d+entryType)), rightsOfFiles
		if kind(d) == kindStream {
			rights &^= rightSeek | rightTell
		}
		if state32(d+entryMode)&modeRead == 0 {
			rights &^= rightRead
		}
		if state32(d+entryMode)&modeWrite == 0 {
			rights &^= rightsOfWriting
		}
	default:
		if terminal(d) {
			typ = characterDevice
		}
		if kind(d) == kindStdin {
			rights |= rightRead
		} else {
			rights |= rightWrite
		}
	}
	store64(result, uint64(typ)|uint64(flagsOf(d))<<16)
	store64(result+8, rights)
	store64(result+16, inheriting)
	return success
}

//go:wasmexport fd_fdstat_set_flags
func fdFdstatSetFlags(fd, flags uint32) errno {
	d := get(fd)
	if d == 0 {
		return badf
	}
	const fixed = flagDSync | flagRSync | flagSync
	if flags&^allFlags != 0 || (flags^flagsOf(d))&fixed != 0 {
		return inval
	}
	setState32(d+entryFlags, flags)
	return success
}

//go:wasmexport fd_fdstat_set_rights
func fdFdstatSetRights(fd uint32, base, inheriting uint64) errno {
	if get(fd) == 0 {
		return badf
	}
	return notsup
}

// The offsets in a result with a descriptor-stat, and its size.
const (
	statType     = 8
	statLinks    = 16
	statSize     = 24
	statAccessed = 32
	statModified = 56
	statChanged  = 80
	statEnd      = 104
)

// sizeOf returns the size of a file.
func sizeOf(d uint32) (uint64, errno) {
	ret := borrow(8, statEnd)
	statFile(handle(d), ret)
	e := resultOf(ret, statType)
	size := load64(ret + statSize)
	giveBack()
	return size, e
}

// nanoseconds returns an optional datetime as preview 1 has it.
func nanoseconds(option uint32) uint64 {
	if load8(option) == 0 || int64(load64(option+8)) < 0 {
		return 0
	}
	return load64(option+8)*1_000_000_000 + uint64(load32(option+16))
}

// putStat stores a filestat, from what stat and metadata-hash return.
func putStat(result, stat, hash uint32) errno {
	if e := resultOf(stat, statType); e != success {
		giveBack()
		return e
	}
	typ, links, size := fileType(load8(stat+statType)), load64(stat+statLinks), load64(stat+statSize)
	accessed, modified, changed := nanoseconds(stat+statAccessed), nanoseconds(stat+statModified), nanoseconds(stat+statChanged)
	device, inode := uint64(0), uint64(0)
	if load8(hash) == 0 {
		inode, device = load64(hash+8), load64(hash+16)
	}
	giveBack()
	store64(result, device)
	store64(result+8, inode)
	store64(result+16, uint64(typ))
	store64(result+24, links)
	store64(result+32, size)
	store64(result+40, accessed)
	store64(result+48, modified)
	store64(result+56, changed)
	return success
}

//go:wasmexport fd_filestat_get
func fdFilestatGet(fd, result uint32) errno {
	d := get(fd)
	if d == 0 {
		return badf
	}
	if files && !standard(d) {
		stat := borrow(8, statEnd)
		hash := borrow(8, 24)
		statFile(handle(d), stat)
		metadataHash(handle(d), hash)
		return putStat(result, stat, hash)
	}
	typ := uint64(typeUnknown)
	if terminal(d) {
		typ = characterDevice
	}
	store64(result, 0)
	store64(result+8, 0)
	store64(result+16, typ)
	for n := uint32(24); n < 64; n += 8 {
		store64(result+n, 0)
	}
	return success
}

//go:wasmexport fd_filestat_set_size
func fdFilestatSetSize(fd uint32, size uint64) errno {
	d, e := regular(fd, badf, inval)
	if files && e == success {
		ret := borrow(1, 2)
		setSize(handle(d), size, ret)
		e = done(ret)
	}
	return e
}

// The flags of setting times, fstflags.
const (
	setAccessed = 1 << 0
	accessedNow = 1 << 1
	setModified = 1 << 2
	modifiedNow = 1 << 3
)

// wrongTimes reports whether flags contradict each other.
func wrongTimes(flags uint32) bool {
	const bothAccessed, bothModified = setAccessed | accessedNow, setModified | modifiedNow
	return flags > 15 || flags&bothAccessed == bothAccessed || flags&bothModified == bothModified
}

// newTime returns the case of a new-timestamp.
func newTime(set, now bool) uint32 {
	if set {
		return 2
	}
	if now {
		return 1
	}
	return 0
}

//go:wasmexport fd_filestat_set_times
func fdFilestatSetTimes(fd uint32, accessed, modified uint64, flags uint32) errno {
	d := get(fd)
	if d == 0 {
		return badf
	}
	if wrongTimes(flags) {
		return inval
	}
	if files && !standard(d) {
		ret := borrow(1, 2)
		setTimes(handle(d), newTime(flags&setAccessed != 0, flags&accessedNow != 0), accessed/1_000_000_000, uint32(accessed%1_000_000_000),
			newTime(flags&setModified != 0, flags&modifiedNow != 0), modified/1_000_000_000, uint32(modified%1_000_000_000), ret)
		return done(ret)
	}
	return badf
}

//go:wasmexport fd_advise
func fdAdvise(fd uint32, offset, length uint64, advice uint32) errno {
	d, e := regular(fd, badf, spipe)
	if e != success {
		return e
	}
	if advice > 5 {
		return inval
	}
	if files {
		ret := borrow(1, 2)
		adviseFile(handle(d), offset, length, advice, ret)
		e = done(ret)
	}
	return e
}

//go:wasmexport fd_allocate
func fdAllocate(fd uint32, offset, size uint64) errno {
	d, e := regular(fd, badf, spipe)
	if e != success {
		return e
	}
	if size == 0 {
		return inval
	}
	if int64(offset) < 0 || int64(size) < 0 || int64(offset+size) < 0 {
		return fbig
	}
	if state32(d+entryMode)&modeWrite == 0 {
		return badf
	}
	if files {
		var now uint64
		now, e = sizeOf(d)
		if e == success && now < offset+size {
			ret := borrow(1, 2)
			setSize(handle(d), offset+size, ret)
			e = done(ret)
		}
	}
	return e
}

// synchronized returns the entry of what can be synchronized.
func synchronized(fd uint32) (uint32, errno) {
	d := get(fd)
	if d == 0 {
		return 0, badf
	}
	if kind(d) != kindFile && kind(d) != kindFolder {
		return 0, inval
	}
	return d, success
}

//go:wasmexport fd_sync
func fdSync(fd uint32) errno {
	d, e := synchronized(fd)
	if files && e == success {
		ret := borrow(1, 2)
		syncFile(handle(d), ret)
		e = done(ret)
	}
	return e
}

//go:wasmexport fd_datasync
func fdDatasync(fd uint32) errno {
	d, e := synchronized(fd)
	if files && e == success {
		ret := borrow(1, 2)
		syncData(handle(d), ret)
		e = done(ret)
	}
	return e
}
