// Package sockets has the TCP and UDP sockets and the name lookup of WASI. A guest
// reaches what predicates of the host allow, which see the address itself.
package sockets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
)

// Code says why an operation failed, in the order of wasi:sockets 0.2's error-code.
type Code uint8

// The codes.
const (
	Unknown Code = iota
	AccessDenied
	NotSupported
	InvalidArgument
	OutOfMemory
	Timeout
	ConcurrencyConflict
	NotInProgress
	WouldBlock
	InvalidState
	NewSocketLimit
	AddressNotBindable
	AddressInUse
	RemoteUnreachable
	ConnectionRefused
	ConnectionReset
	ConnectionAborted
	DatagramTooLarge
	NameUnresolvable
	TemporaryResolverFailure
	PermanentResolverFailure
)

var names = [...]string{
	"unknown error", "access denied", "not supported", "invalid argument", "out of memory", "timeout", "concurrency conflict",
	"not in progress", "would block", "invalid state", "too many sockets", "address not bindable", "address in use",
	"remote unreachable", "connection refused", "connection reset", "connection aborted", "datagram too large",
	"name unresolvable", "temporary resolver failure", "permanent resolver failure",
}

// Error returns the code in words. It holds nothing of the host's.
func (c Code) Error() string {
	if int(c) < len(names) {
		return names[c]
	}
	return fmt.Sprintf("error %d", c)
}

// NetworkCode returns the code as a number of wasi:sockets.
func (c Code) NetworkCode() uint8 { return uint8(c) }

// Error is a failed operation.
type Error struct {
	Code Code
	// Cause is the host's error, for the host alone.
	Cause error
}

// Error returns the code in words, which a guest may see.
func (e *Error) Error() string { return e.Code.Error() }

// NetworkCode returns the code as a number of wasi:sockets.
func (e *Error) NetworkCode() uint8 { return uint8(e.Code) }

// Unwrap returns the cause and the code, so that errors.Is finds both.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.Cause}
}

// wrap returns err as an *Error with the code of Of. It returns nil for nil.
func wrap(err error) error {
	switch err := err.(type) {
	case nil:
		return nil
	case Code, *Error:
		return err
	}
	return &Error{Code: Of(err), Cause: err}
}

// Of returns the code of an error of a socket or of one of its streams. It is Unknown
// for an error that it does not know.
func Of(err error) Code {
	var own *Error
	var code Code
	var dns *net.DNSError
	switch {
	case errors.As(err, &own):
		return own.Code
	case errors.As(err, &code):
		return code
	case errors.As(err, &dns):
		return ofLookup(dns)
	}
	if code, ok := ofSystem(err); ok {
		return code
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, os.ErrPermission):
		return AccessDenied
	case errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return InvalidState
	case errors.Is(err, errors.ErrUnsupported):
		return NotSupported
	}
	return Unknown
}

func ofLookup(err *net.DNSError) Code {
	switch {
	case err.IsNotFound:
		return NameUnresolvable
	case err.IsTemporary || err.IsTimeout:
		return TemporaryResolverFailure
	}
	return PermanentResolverFailure
}
