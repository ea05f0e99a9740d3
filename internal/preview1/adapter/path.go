//go:build wasip1

package adapter

// text reports whether bytes are a string in UTF-8: the host has a guest trap that
// passes another.
func text(at, length uint32) bool {
	end := at + length
	for at < end {
		b := load8(at)
		// The bytes that follow the first, and the range of the one behind it.
		follow, low, high := uint32(0), uint32(0x80), uint32(0xbf)
		switch {
		case b < 0x80:
		case b < 0xc2 || b > 0xf4:
			return false
		case b < 0xe0:
			follow = 1
		case b < 0xf0:
			follow = 2
			if b == 0xe0 {
				low = 0xa0
			}
			if b == 0xed {
				high = 0x9f
			}
		default:
			follow = 3
			if b == 0xf0 {
				low = 0x90
			}
			if b == 0xf4 {
				high = 0x8f
			}
		}
		if follow > end-at-1 {
			return false
		}
		at++
		for range follow {
			if load8(at) < low || load8(at) > high {
				return false
			}
			low, high = 0x80, 0xbf
			at++
		}
	}
	return true
}

// inFolder returns the folder for an operation on a path in it, and checks the path.
func inFolder(fd, path, length uint32) (uint32, errno) {
	d, e := folder(fd)
	if e == success && !text(path, length) {
		e = ilseq
	}
	return d, e
}

//go:wasmexport path_create_directory
func pathCreateDirectory(fd, path, length uint32) errno {
	d, e := inFolder(fd, path, length)
	if e == success {
		ret := borrow(1, 2)
		createDirectoryAt(d, path, length, ret)
		e = done(ret)
	}
	return e
}

//go:wasmexport path_remove_directory
func pathRemoveDirectory(fd, path, length uint32) errno {
	d, e := inFolder(fd, path, length)
	if e == success {
		ret := borrow(1, 2)
		removeDirectoryAt(d, path, length, ret)
		e = done(ret)
	}
	return e
}

//go:wasmexport path_unlink_file
func pathUnlinkFile(fd, path, length uint32) errno {
	d, e := inFolder(fd, path, length)
	if e == success {
		ret := borrow(1, 2)
		unlinkFileAt(d, path, length, ret)
		e = done(ret)
	}
	return e
}

//go:wasmexport path_filestat_get
func pathFilestatGet(fd, flags, path, length, result uint32) errno {
	d, e := folder(fd)
	if e != success {
		return e
	}
	if flags > 1 {
		return inval
	}
	if !text(path, length) {
		return ilseq
	}
	stat := borrow(8, statEnd)
	hash := borrow(8, 24)
	statAt(d, flags, path, length, stat)
	metadataHashAt(d, flags, path, length, hash)
	return putStat(result, stat, hash)
}

//go:wasmexport path_filestat_set_times
func pathFilestatSetTimes(fd, lookup, path, length uint32, accessed, modified uint64, flags uint32) errno {
	d, e := folder(fd)
	if e != success {
		return e
	}
	if lookup > 1 || wrongTimes(flags) {
		return inval
	}
	if !text(path, length) {
		return ilseq
	}
	ret := borrow(1, 2)
	setTimesAt(d, lookup, path, length, newTime(flags&setAccessed != 0, flags&accessedNow != 0), accessed/1_000_000_000, uint32(accessed%1_000_000_000),
		newTime(flags&setModified != 0, flags&modifiedNow != 0), modified/1_000_000_000, uint32(modified%1_000_000_000), ret)
	return done(ret)
}

//go:wasmexport path_link
func pathLink(oldFD, flags, oldPath, oldLength, newFD, newPath, newLength uint32) errno {
	from, e := folder(oldFD)
	if e != success {
		return e
	}
	if flags > 1 {
		return inval
	}
	to, e := folder(newFD)
	if e != success {
		return e
	}
	if !text(oldPath, oldLength) || !text(newPath, newLength) {
		return ilseq
	}
	ret := borrow(1, 2)
	linkAt(from, flags, oldPath, oldLength, to, newPath, newLength, ret)
	return done(ret)
}

//go:wasmexport path_rename
func pathRename(oldFD, oldPath, oldLength, newFD, newPath, newLength uint32) errno {
	from, e := folder(oldFD)
	if e != success {
		return e
	}
	to, e := folder(newFD)
	if e != success {
		return e
	}
	if !text(oldPath, oldLength) || !text(newPath, newLength) {
		return ilseq
	}
	ret := borrow(1, 2)
	renameAt(from, oldPath, oldLength, to, newPath, newLength, ret)
	return done(ret)
}

//go:wasmexport path_symlink
func pathSymlink(oldPath, oldLength, fd, newPath, newLength uint32) errno {
	d, e := folder(fd)
	if e != success {
		return e
	}
	if !text(oldPath, oldLength) || !text(newPath, newLength) {
		return ilseq
	}
	ret := borrow(1, 2)
	symlinkAt(d, oldPath, oldLength, newPath, newLength, ret)
	return done(ret)
}

//go:wasmexport path_readlink
func pathReadlink(fd, path, length, at, room, result uint32) errno {
	d, e := inFolder(fd, path, length)
	if e != success {
		return e
	}
	mark := stateEnd
	ret := borrow(4, 12)
	readlinkAt(d, path, length, ret)
	e = resultOf(ret, 4)
	if e != success {
		giveBack()
		return e
	}
	// By way of the state, since the buffer may be where memory is borrowed.
	n := min32(load32(ret+8), room)
	target := allocate(n)
	copyIn(target, load32(ret+4), n)
	giveBack()
	copyOut(at, target, n)
	stateEnd = mark
	store32(result, n)
	return success
}

//go:wasmexport path_open
func pathOpen(fd, lookup, path, length, how uint32, rights, inheriting uint64, flags, result uint32) errno {
	d, e := folder(fd)
	if e != success {
		return e
	}
	if lookup > 1 || how > 15 || flags > allFlags {
		return inval
	}
	if !text(path, length) {
		return ilseq
	}
	mode := uint32(0)
	if rights&(rightRead|rightReaddir) != 0 {
		mode |= modeRead
	}
	// Standard Go asks for the right to set a file's size even where it only reads.
	if rights&rightWrite != 0 {
		mode |= modeWrite
	}
	if flags&flagDSync != 0 {
		mode |= modeDataSync
	}
	if flags&flagSync != 0 {
		mode |= modeSync
	}
	if flags&flagRSync != 0 {
		mode |= modeWriteSync
	}
	load32(result) // It traps before the file is open.
	ret := borrow(4, 8)
	openAt(d, lookup, path, length, how, mode, ret)
	e = resultOf(ret, 4)
	opened := load32(ret + 4)
	if e != success {
		giveBack()
		return e
	}
	getType(opened, ret)
	typ := uint32(typeUnknown)
	if load8(ret) == 0 {
		typ = load8(ret + 1)
	}
	giveBack()
	kind := uint32(kindFile)
	switch typ {
	case typeFolder:
		kind = kindFolder
	case typeCharacterDevice, 4, 7: // and fifo and socket
		kind = kindStream
	}
	store32(result, add(kind, opened, typ, flags, mode))
	return success
}
