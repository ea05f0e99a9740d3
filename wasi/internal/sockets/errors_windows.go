package sockets

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// ofSystem returns the code of the error number that err holds.
func ofSystem(err error) (Code, bool) {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return 0, false
	}
	code, ok := numbers[number]
	return code, ok
}

var numbers = map[syscall.Errno]Code{
	windows.WSAEACCES:             AccessDenied,
	windows.WSAEOPNOTSUPP:         NotSupported,
	windows.WSAEAFNOSUPPORT:       NotSupported,
	windows.WSAEINVAL:             InvalidArgument,
	windows.WSAEFAULT:             InvalidArgument,
	windows.WSAENOBUFS:            OutOfMemory,
	windows.WSAETIMEDOUT:          Timeout,
	windows.WSAEALREADY:           ConcurrencyConflict,
	windows.WSAEWOULDBLOCK:        WouldBlock,
	windows.WSAEISCONN:            InvalidState,
	windows.WSAENOTCONN:           InvalidState,
	windows.WSAEMFILE:             NewSocketLimit,
	windows.WSAEADDRNOTAVAIL:      AddressNotBindable,
	windows.WSAEADDRINUSE:         AddressInUse,
	windows.WSAEHOSTUNREACH:       RemoteUnreachable,
	windows.WSAENETUNREACH:        RemoteUnreachable,
	windows.WSAENETRESET:          RemoteUnreachable,
	windows.WSAECONNREFUSED:       ConnectionRefused,
	windows.WSAECONNRESET:         ConnectionReset,
	windows.WSAECONNABORTED:       ConnectionAborted,
	windows.WSAEMSGSIZE:           DatagramTooLarge,
	windows.ERROR_NETNAME_DELETED: ConnectionReset,
}
