//go:build wasip1

package adapter

// The flags of a descriptor, fdflags.
const (
	flagAppend   = 1 << 0
	flagDSync    = 1 << 1
	flagNonblock = 1 << 2
	flagRSync    = 1 << 3
	flagSync     = 1 << 4
	allFlags     = 1<<5 - 1
)

// input returns the stream to read an entry by, for what has no offsets.
func input(d uint32) (uint32, errno) {
	if stream := state32(d + entryInput); stream != 0 {
		return stream - 1, success
	}
	stream := uint32(0)
	switch kind(d) {
	case kindStdin:
		stream = getStdin()
	case kindStream:
		if files {
			ret := borrow(4, 8)
			readViaStream(handle(d), 0, ret)
			e := resultOf(ret, 4)
			stream = load32(ret + 4)
			giveBack()
			if e != success {
				return 0, e
			}
		}
	default:
		return 0, badf
	}
	setState32(d+entryInput, stream+1)
	return stream, success
}

// output returns the stream to write an entry by, for what has no offsets.
func output(d uint32) (uint32, errno) {
	if stream := state32(d + entryOutput); stream != 0 {
		return stream - 1, success
	}
	stream := uint32(0)
	switch kind(d) {
	case kindStdout:
		stream = getStdout()
	case kindStderr:
		stream = getStderr()
	case kindStream:
		if files {
			ret := borrow(4, 8)
			writeViaStream(handle(d), 0, ret)
			e := resultOf(ret, 4)
			stream = load32(ret + 4)
			giveBack()
			if e != success {
				return 0, e
			}
		}
	default:
		return 0, badf
	}
	setState32(d+entryOutput, stream+1)
	return stream, success
}

// most is how many bytes are asked for at a time.
const most = 1 << 20

// readStream reads from a stream to a buffer. At the end it returns closed.
func readStream(stream, at, length uint32, wait bool) (uint32, errno) {
	length = receive(at, min32(length, most))
	ret := borrow(4, 12)
	if wait {
		inputBlockingRead(stream, uint64(length), ret)
	} else {
		inputRead(stream, uint64(length), ret)
	}
	n, e := uint32(0), success
	if load8(ret) == 0 {
		n = load32(ret + 8)
	} else {
		e = streamError(ret + 4)
	}
	received()
	return n, e
}

// writeStream writes a part of a buffer to a stream, and returns how much. It waits until
// that has left, for a nonblocking descriptor too: what is only buffered may be lost when
// the guest exits, and standard Go's println takes no again for an answer.
func writeStream(stream, at, length uint32) (uint32, errno) {
	ret := borrow(4, 12)
	length = min32(length, 4096) // more are not allowed
	outputBlockingWriteAndFlush(stream, at, length, ret)
	e := success
	if load8(ret) != 0 {
		e = streamError(ret + 4)
	}
	giveBack()
	if e == closed {
		e = pipe
	}
	return length, e
}

// readAt reads from a file at an offset, and reports whether the file ends there.
func readAt(d, at, length uint32, offset uint64) (uint32, bool, errno) {
	length = receive(at, min32(length, most))
	ret := borrow(4, 16)
	readFile(handle(d), uint64(length), offset, ret)
	e := resultOf(ret, 4)
	n, end := load32(ret+8), load8(ret+12) != 0
	received()
	if e != success {
		return 0, false, e
	}
	return n, end, success
}

// writeAt writes to a file at an offset.
func writeAt(d, at, length uint32, offset uint64) (uint32, errno) {
	ret := borrow(8, 16)
	writeFile(handle(d), at, length, offset, ret)
	e := resultOf(ret, 8)
	n := uint32(load64(ret + 8))
	giveBack()
	if e != success {
		return 0, e
	}
	return n, success
}

// fill reads from a file to the buffers of a list, from an offset on.
func fill(d, list, count uint32, offset uint64) (uint32, errno) {
	total := uint32(0)
	if count == 0 { // The descriptor is looked at all the same.
		_, _, e := readAt(d, 0, 0, offset)
		return 0, e
	}
	for n := range count {
		at, length := load32(list+8*n), load32(list+8*n+4)
		for {
			got, end, e := readAt(d, at, length, offset+uint64(total))
			if e != success {
				if total > 0 {
					e = success // It comes with the next call.
				}
				return total, e
			}
			total += got
			at, length = at+got, length-got
			if end || got == 0 && length > 0 {
				return total, success
			}
			if length == 0 {
				break
			}
		}
	}
	return total, success
}

// empty writes the buffers of a list to a file, from an offset on.
func empty(d, list, count uint32, offset uint64) (uint32, errno) {
	total := uint32(0)
	if count == 0 {
		return writeAt(d, 0, 0, offset)
	}
	for n := range count {
		at, length := load32(list+8*n), load32(list+8*n+4)
		for {
			wrote, e := writeAt(d, at, length, offset+uint64(total))
			if e != success {
				if total > 0 {
					e = success
				}
				return total, e
			}
			total += wrote
			at, length = at+wrote, length-wrote
			if length == 0 || wrote == 0 {
				break
			}
		}
	}
	return total, success
}

// emptyTo writes the buffers of a list to a stream.
func emptyTo(stream, list, count uint32) (uint32, errno) {
	total := uint32(0)
	for n := range count {
		at, length := load32(list+8*n), load32(list+8*n+4)
		for length > 0 {
			wrote, e := writeStream(stream, at, length)
			if e != success {
				if total > 0 {
					e = success
				}
				return total, e
			}
			total += wrote
			at, length = at+wrote, length-wrote
		}
	}
	return total, success
}

// appendTo writes the buffers of a list to the end of a file, and leaves the offset
// there.
func appendTo(d, list, count uint32) (uint32, errno) {
	ret := borrow(4, 8)
	appendViaStream(handle(d), ret)
	e := resultOf(ret, 4)
	stream := load32(ret + 4)
	giveBack()
	if e != success {
		return 0, e
	}
	total, e := emptyTo(stream, list, count)
	dropOutput(stream)
	if e == success {
		if size, e := sizeOf(d); e == success {
			setState64(d+entryOffset, size)
		}
	}
	return total, e
}

// firstBuffer returns the first buffer of a list that has bytes.
func firstBuffer(list, count uint32) (uint32, uint32) {
	for n := range count {
		if length := load32(list + 8*n + 4); length > 0 {
			return load32(list + 8*n), length
		}
	}
	return 0, 0
}

//go:wasmexport fd_read
func fdRead(fd, list, count, result uint32) errno {
	d := get(fd)
	if d == 0 {
		return badf
	}
	total, e := uint32(0), success
	if files && kind(d) == kindFolder {
		return badf
	} else if files && kind(d) == kindFile {
		total, e = fill(d, list, count, state64(d+entryOffset))
		setState64(d+entryOffset, state64(d+entryOffset)+uint64(total))
	} else {
		var stream uint32
		stream, e = input(d)
		at, length := firstBuffer(list, count)
		wait := flagsOf(d)&flagNonblock == 0
		for e == success && length > 0 && total == 0 {
			total, e = readStream(stream, at, length, wait)
			if e == success && total == 0 && !wait {
				e = again
			}
		}
		if e == closed {
			e = success // An end is a read of nothing.
		}
	}
	if e == success {
		store32(result, total)
	}
	return e
}

//go:wasmexport fd_write
func fdWrite(fd, list, count, result uint32) errno {
	d := get(fd)
	if d == 0 {
		return badf
	}
	total, e := uint32(0), success
	if files && kind(d) == kindFolder {
		return badf
	} else if files && kind(d) == kindFile {
		if flagsOf(d)&flagAppend != 0 {
			total, e = appendTo(d, list, count)
		} else {
			total, e = empty(d, list, count, state64(d+entryOffset))
			setState64(d+entryOffset, state64(d+entryOffset)+uint64(total))
		}
	} else {
		var stream uint32
		stream, e = output(d)
		if e == success {
			total, e = emptyTo(stream, list, count)
		}
	}
	if e == success {
		store32(result, total)
	}
	return e
}

//go:wasmexport fd_pread
func fdPread(fd, list, count uint32, offset uint64, result uint32) errno {
	d, e := regular(fd, badf, spipe)
	if files && e == success {
		var total uint32
		total, e = fill(d, list, count, offset)
		if e == success {
			store32(result, total)
		}
	}
	return e
}

//go:wasmexport fd_pwrite
func fdPwrite(fd, list, count uint32, offset uint64, result uint32) errno {
	d, e := regular(fd, badf, spipe)
	if files && e == success {
		var total uint32
		total, e = empty(d, list, count, offset)
		if e == success {
			store32(result, total)
		}
	}
	return e
}

//go:wasmexport fd_seek
func fdSeek(fd uint32, offset uint64, whence, result uint32) errno {
	d, e := regular(fd, badf, spipe)
	if e != success {
		return e
	}
	if files {
		base := uint64(0)
		switch whence {
		case 0:
		case 1:
			base = state64(d + entryOffset)
		case 2:
			base, e = sizeOf(d)
			if e != success {
				return e
			}
		default:
			return inval
		}
		at := base + offset
		if int64(at) < 0 {
			return inval
		}
		setState64(d+entryOffset, at)
		store64(result, at)
	}
	return success
}

//go:wasmexport fd_tell
func fdTell(fd, result uint32) errno {
	d, e := regular(fd, badf, spipe)
	if e == success {
		store64(result, state64(d+entryOffset))
	}
	return e
}
