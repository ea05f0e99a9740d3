//go:build wasip1

package adapter

// The table of descriptors is in the state: an entry for each number. The fields of an
// entry, by their offsets, and its size:
const (
	entryKind = 0 // one of the kinds below
	// entryHandle is the descriptor of a file or folder.
	entryHandle = 4
	// entryType is its descriptor-type.
	entryType  = 8
	entryFlags = 12 // fdflags
	// entryOffset is the place in a file, of 64 bits.
	entryOffset = 16
	// entryInput and entryOutput are streams, and 0 if there is none; else the handle
	// and 1.
	entryInput  = 24
	entryOutput = 28
	// entryMode has the descriptor-flags that a file was opened with.
	entryMode = 32
	// entryPreopen is 1 for a folder that was there at the start, whose name is at
	// entryName.
	entryPreopen    = 36
	entryName       = 40
	entryNameLength = 44
	// entryListing is a directory-entry-stream and 1, or 0. Its next entry is that of
	// the cookie entryNext, of 64 bits.
	entryListing = 48
	entryNext    = 56
	// entryPending is where the last entry of the listing is, as fd_readdir has it, with
	// its length and the room. The length is 0 if there is none.
	entryPending       = 64
	entryPendingLength = 68
	entryPendingRoom   = 72
	entrySize          = 80
)

// The kinds of entries.
const (
	kindFree = iota
	kindStdin
	kindStdout
	kindStderr
	kindFile   // has offsets
	kindStream // a file without offsets, such as a pipe
	kindFolder
)

// The values of descriptor-type.
const (
	typeUnknown         = 0
	typeCharacterDevice = 2
	typeFolder          = 3
	typeRegularFile     = 6
)

// The table has tableSize entries from table on. It is 0 at first.
var table, tableSize uint32

// load makes the table.
func load() {
	tableSize = 16
	table = allocate(tableSize * entrySize)
	setState32(table+entryKind, kindStdin)
	setState32(table+entrySize+entryKind, kindStdout)
	setState32(table+2*entrySize+entryKind, kindStderr)
	if files {
		loadFolders()
	}
}

// loadFolders adds the folders that the guest has at the start.
func loadFolders() {
	ret := borrow(4, 8)
	getDirectories(ret)
	list, count := load32(ret), load32(ret+4)
	// The names, one behind the other.
	size := uint32(0)
	for n := range count {
		size += load32(list + 12*n + 8)
	}
	const listed = 12 // handle, name and its length
	all := allocate(count*listed + size)
	name := all + count*listed
	for n := range count {
		at, length := load32(list+12*n+4), load32(list+12*n+8)
		setState32(all+n*listed, load32(list+12*n))
		setState32(all+n*listed+4, name)
		setState32(all+n*listed+8, length)
		copyIn(name, at, length)
		name += length
	}
	giveBack()
	for n := range count {
		d := entry(add(kindFolder, state32(all+n*listed), typeFolder, 0, 0))
		setState32(d+entryPreopen, 1)
		setState32(d+entryName, state32(all+n*listed+4))
		setState32(d+entryNameLength, state32(all+n*listed+8))
	}
}

func entry(fd uint32) uint32 { return table + fd*entrySize }

// get returns the entry of a number, or 0.
func get(fd uint32) uint32 {
	if table == 0 {
		load()
	}
	if fd >= tableSize || state32(entry(fd)+entryKind) == kindFree {
		return 0
	}
	return entry(fd)
}

// lowestFree has no free number below it.
var lowestFree uint32

// add adds an entry and returns its number, the lowest that is free.
func add(kind, handle, typ, flags, mode uint32) uint32 {
	for lowestFree < tableSize && state32(entry(lowestFree)+entryKind) != kindFree {
		lowestFree++
	}
	if lowestFree == tableSize {
		old := table
		table = allocate(2 * tableSize * entrySize)
		for n := uint32(0); n < tableSize*entrySize; n += 8 {
			setState64(table+n, state64(old+n))
		}
		for n := tableSize * entrySize; n < 2*tableSize*entrySize; n += 8 {
			setState64(table+n, 0)
		}
		tableSize *= 2
	}
	d := entry(lowestFree)
	// What entryPending has stays, for the room that was allocated.
	for n := uint32(0); n < entryPending; n += 8 {
		setState64(d+n, 0)
	}
	setState32(d+entryPendingLength, 0)
	setState32(d+entryKind, kind)
	setState32(d+entryHandle, handle)
	setState32(d+entryType, typ)
	setState32(d+entryFlags, flags)
	setState32(d+entryMode, mode)
	return lowestFree
}

// forget frees a number.
func forget(fd uint32) {
	setState32(entry(fd)+entryKind, kindFree)
	lowestFree = min32(lowestFree, fd)
}

func kind(d uint32) uint32    { return state32(d + entryKind) }
func handle(d uint32) uint32  { return state32(d + entryHandle) }
func flagsOf(d uint32) uint32 { return state32(d + entryFlags) }

// standard reports whether an entry is a standard stream.
func standard(d uint32) bool { return kind(d) <= kindStderr }

// folder returns the descriptor of a folder.
func folder(fd uint32) (uint32, errno) {
	d := get(fd)
	if d == 0 {
		return 0, badf
	}
	if kind(d) != kindFolder {
		return 0, notdir
	}
	return handle(d), success
}

// regular returns the entry of a file with offsets. The errors are for a folder and for
// what has none.
func regular(fd uint32, isFolder, isStream errno) (uint32, errno) {
	d := get(fd)
	if d == 0 {
		return 0, badf
	}
	switch kind(d) {
	case kindFile:
		return d, success
	case kindFolder:
		return 0, isFolder
	}
	return 0, isStream
}

//go:wasmexport fd_close
func fdClose(fd uint32) errno {
	d := get(fd)
	if d == 0 {
		return badf
	}
	closeEntry(d)
	forget(fd)
	return success
}

// closeEntry drops what an entry holds. Standard streams stay: the guest has them
// as long as it runs.
func closeEntry(d uint32) {
	if files {
		if standard(d) {
			return
		}
		dropListing(d)
		if stream := state32(d + entryInput); stream != 0 {
			dropInput(stream - 1)
		}
		if stream := state32(d + entryOutput); stream != 0 {
			dropOutput(stream - 1)
		}
		dropDescriptor(handle(d))
	}
}

//go:wasmexport fd_renumber
func fdRenumber(from, to uint32) errno {
	d, e := get(from), get(to)
	if d == 0 || e == 0 {
		return badf
	}
	if from == to {
		return success
	}
	closeEntry(e)
	for n := uint32(0); n < entrySize; n += 8 {
		// The room for a listing's entry goes to the other.
		saved := state64(e + n)
		setState64(e+n, state64(d+n))
		setState64(d+n, saved)
	}
	forget(from)
	return success
}

//go:wasmexport fd_prestat_get
func fdPrestatGet(fd, result uint32) errno {
	d := get(fd)
	if d == 0 || state32(d+entryPreopen) == 0 {
		return badf
	}
	store32(result, 0) // a folder
	store32(result+4, state32(d+entryNameLength))
	return success
}

//go:wasmexport fd_prestat_dir_name
func fdPrestatDirName(fd, path, length uint32) errno {
	d := get(fd)
	if d == 0 || state32(d+entryPreopen) == 0 {
		return badf
	}
	n := state32(d + entryNameLength)
	if length < n {
		return nametoolong
	}
	copyOut(path, state32(d+entryName), n)
	return success
}
