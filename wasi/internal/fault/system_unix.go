//go:build unix

package fault

import (
	"errors"
	"syscall"
)

// ofSystem returns the code of the error number that err holds.
func ofSystem(err error) (Code, bool) {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return 0, false
	}
	// A switch would not compile where two names are one number.
	for _, known := range numbers {
		if number == known.number {
			return known.code, true
		}
	}
	return 0, false
}

var numbers = []struct {
	number syscall.Errno
	code   Code
}{
	{syscall.ENOENT, NoEntry},
	{syscall.EEXIST, Exist},
	{syscall.EACCES, Access},
	{syscall.EAGAIN, WouldBlock},
	{syscall.EWOULDBLOCK, WouldBlock},
	{syscall.EALREADY, Already},
	{syscall.EBADF, BadDescriptor},
	{syscall.EBUSY, Busy},
	{syscall.EDEADLK, Deadlock},
	{syscall.EDQUOT, Quota},
	{syscall.EFBIG, FileTooLarge},
	{syscall.EILSEQ, IllegalByteSequence},
	{syscall.EINPROGRESS, InProgress},
	{syscall.EINTR, Interrupted},
	{syscall.EINVAL, Invalid},
	{syscall.EIO, IO},
	{syscall.EISDIR, IsDirectory},
	{syscall.ELOOP, Loop},
	{syscall.EMLINK, TooManyLinks},
	{syscall.EMSGSIZE, MessageSize},
	{syscall.ENAMETOOLONG, NameTooLong},
	{syscall.ENODEV, NoDevice},
	{syscall.ENOLCK, NoLock},
	{syscall.ENOMEM, InsufficientMemory},
	{syscall.ENOBUFS, InsufficientMemory},
	{syscall.ENOSPC, InsufficientSpace},
	{syscall.ENOTDIR, NotDirectory},
	{syscall.ENOTEMPTY, NotEmpty},
	{syscall.ENOTSUP, Unsupported},
	{syscall.EOPNOTSUPP, Unsupported},
	{syscall.ENOSYS, Unsupported},
	{syscall.ENOTTY, NoTTY},
	{syscall.ENXIO, NoSuchDevice},
	{syscall.EOVERFLOW, Overflow},
	{syscall.EPERM, NotPermitted},
	{syscall.EPIPE, Pipe},
	{syscall.EROFS, ReadOnly},
	{syscall.ESPIPE, InvalidSeek},
	{syscall.ETXTBSY, TextFileBusy},
	{syscall.EXDEV, CrossDevice},
	{syscall.EMFILE, TooManyFiles},
	{syscall.ENFILE, TooManyFiles},
	{syscall.ENOTSOCK, NotSocket},
	{syscall.ENOTCONN, NotConnected},
	{syscall.ECONNRESET, Reset},
	{syscall.ECONNABORTED, Reset},
}
