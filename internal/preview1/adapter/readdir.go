//go:build wasip1

package adapter

// A listing has the entries "." and ".." first, which wasi:filesystem has not.
const dots = 2

// dropListing ends an entry's listing.
func dropListing(d uint32) {
	if listing := state32(d + entryListing); listing != 0 {
		dropEntries(listing - 1)
		setState32(d+entryListing, 0)
	}
	setState32(d+entryPendingLength, 0)
}

// The size of what stands before the name of an entry: the cookie of the next one, the
// inode, the length of the name and the type.
const header = 24

// pendingRoom makes room for an entry with a name.
func pendingRoom(d, length uint32) {
	if state32(d+entryPendingRoom) < header+length {
		room := header + length + 256
		setState32(d+entryPending, allocate(room))
		setState32(d+entryPendingRoom, room)
	}
}

// pend makes what is in the room the last entry that was read. Its inode is unknown.
func pend(d uint32, place uint64, length, typ uint32) {
	at := state32(d + entryPending)
	setState64(at, place+1)
	setState64(at+8, 0)
	setState64(at+16, uint64(length)|uint64(fileType(typ))<<32)
	setState32(d+entryPendingLength, header+length)
}

// next reads the next entry of a listing. After the last one there is none pending.
func next(d uint32) errno {
	place := state64(d + entryNext)
	setState32(d+entryPendingLength, 0)
	ret := borrow(4, 20)
	readDirectoryEntry(state32(d+entryListing)-1, ret)
	e := resultOf(ret, 4)
	if e == success && load8(ret+4) != 0 {
		typ, name, length := load8(ret+8), load32(ret+12), load32(ret+16)
		pendingRoom(d, length)
		copyIn(state32(d+entryPending)+header, name, length)
		pend(d, place, length, typ)
	}
	giveBack()
	if e == success {
		setState64(d+entryNext, place+1)
	}
	return e
}

// list has the entry at a place pending.
func list(d uint32, place uint64) errno {
	if place < dots {
		pendingRoom(d, dots)
		at := state32(d+entryPending) + header
		setState8(at, '.')
		setState8(at+1, '.')
		pend(d, place, uint32(place)+1, typeFolder)
		return success
	}
	if state32(d+entryListing) != 0 && state64(d+entryNext) == place+1 && state32(d+entryPendingLength) != 0 && state64(state32(d+entryPending)) == place+1 {
		return success
	}
	if state32(d+entryListing) == 0 || state64(d+entryNext) > place {
		dropListing(d)
		ret := borrow(4, 8)
		readDirectory(handle(d), ret)
		e := resultOf(ret, 4)
		listing := load32(ret + 4)
		giveBack()
		if e != success {
			return e
		}
		setState32(d+entryListing, listing+1)
		setState64(d+entryNext, dots)
	}
	for state64(d+entryNext) <= place {
		if e := next(d); e != success {
			return e
		}
		if state32(d+entryPendingLength) == 0 {
			break
		}
	}
	return success
}

//go:wasmexport fd_readdir
func fdReaddir(fd, at, room uint32, cookie uint64, result uint32) errno {
	if _, e := folder(fd); e != success {
		return e
	}
	d := get(fd)
	if cookie == 0 {
		dropListing(d)
	}
	used := uint32(0)
	for place := cookie; used < room; place++ {
		if e := list(d, place); e != success {
			return e
		}
		length := state32(d + entryPendingLength)
		if length == 0 {
			break
		}
		n := min32(length, room-used)
		copyOut(at+used, state32(d+entryPending), n)
		used += n
	}
	store32(result, used)
	return success
}
