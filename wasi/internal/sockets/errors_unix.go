//go:build unix

package sockets

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
	{syscall.EACCES, AccessDenied},
	{syscall.EPERM, AccessDenied},
	{syscall.EOPNOTSUPP, NotSupported},
	{syscall.ENOTSUP, NotSupported},
	{syscall.EAFNOSUPPORT, NotSupported},
	{syscall.EPROTONOSUPPORT, NotSupported},
	{syscall.EINVAL, InvalidArgument},
	{syscall.EDESTADDRREQ, InvalidArgument},
	{syscall.ENOMEM, OutOfMemory},
	{syscall.ENOBUFS, OutOfMemory},
	{syscall.ETIMEDOUT, Timeout},
	{syscall.EALREADY, ConcurrencyConflict},
	{syscall.EAGAIN, WouldBlock},
	{syscall.EWOULDBLOCK, WouldBlock},
	{syscall.EISCONN, InvalidState},
	{syscall.ENOTCONN, InvalidState},
	{syscall.EMFILE, NewSocketLimit},
	{syscall.ENFILE, NewSocketLimit},
	{syscall.EADDRNOTAVAIL, AddressNotBindable},
	{syscall.EADDRINUSE, AddressInUse},
	{syscall.EHOSTUNREACH, RemoteUnreachable},
	{syscall.EHOSTDOWN, RemoteUnreachable},
	{syscall.ENETUNREACH, RemoteUnreachable},
	{syscall.ENETDOWN, RemoteUnreachable},
	{syscall.ENETRESET, RemoteUnreachable},
	{syscall.ECONNREFUSED, ConnectionRefused},
	{syscall.ECONNRESET, ConnectionReset},
	{syscall.EPIPE, ConnectionReset},
	{syscall.ECONNABORTED, ConnectionAborted},
	{syscall.EMSGSIZE, DatagramTooLarge},
}
