//go:build wasip1

package adapter

// errno is an error number of preview 1.
type errno = uint32

// The error numbers that are not an error-code's alone.
const (
	success     errno = 0
	again       errno = 6
	badf        errno = 8
	fbig        errno = 22
	ilseq       errno = 25
	inval       errno = 28
	io          errno = 29
	nametoolong errno = 37
	notdir      errno = 54
	notsock     errno = 57
	notsup      errno = 58
	pipe        errno = 64
	spipe       errno = 70
)

// numberOf returns the error number of an error-code of wasi:filesystem.
func numberOf(code uint32) errno {
	switch code {
	case 0: // access
		return 2
	case 1: // would-block
		return again
	case 2: // already
		return 7
	case 3: // bad-descriptor
		return badf
	case 4: // busy
		return 10
	case 5: // deadlock
		return 16
	case 6: // quota
		return 19
	case 7: // exist
		return 20
	case 8: // file-too-large
		return fbig
	case 9: // illegal-byte-sequence
		return ilseq
	case 10: // in-progress
		return 26
	case 11: // interrupted
		return 27
	case 12: // invalid
		return inval
	case 14: // is-directory
		return 31
	case 15: // loop
		return 32
	case 16: // too-many-links
		return 34
	case 17: // message-size
		return 35
	case 18: // name-too-long
		return nametoolong
	case 19: // no-device
		return 43
	case 20: // no-entry
		return 44
	case 21: // no-lock
		return 46
	case 22: // insufficient-memory
		return 48
	case 23: // insufficient-space
		return 51
	case 24: // not-directory
		return notdir
	case 25: // not-empty
		return 55
	case 26: // not-recoverable
		return 56
	case 27: // unsupported
		return notsup
	case 28: // no-tty
		return 59
	case 29: // no-such-device
		return 60
	case 30: // overflow
		return 61
	case 31: // not-permitted
		return 63
	case 32: // pipe
		return pipe
	case 33: // read-only
		return 69
	case 34: // invalid-seek
		return spipe
	case 35: // text-file-busy
		return 74
	case 36: // cross-device
		return 75
	}
	return io
}

// resultOf returns the error number of a result with an error-code, whose payload is at
// an offset.
func resultOf(ret, payload uint32) errno {
	if load8(ret) == 0 {
		return success
	}
	return numberOf(load8(ret + payload))
}

// done is resultOf for a result whose memory is given back.
func done(ret uint32) errno {
	e := resultOf(ret, 1)
	giveBack()
	return e
}

// closed is the error of a stream that is at its end, which is no number of preview 1's.
const closed errno = 1 << 16

// streamError returns the error of a stream-error, which it drops.
func streamError(at uint32) errno {
	if load8(at) != 0 {
		return closed
	}
	err := load32(at + 4)
	e := io
	if files {
		ret := borrow(1, 2)
		filesystemErrorCode(err, ret)
		if load8(ret) != 0 {
			e = numberOf(load8(ret + 1))
		}
	}
	dropError(err)
	return e
}
