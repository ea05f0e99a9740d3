// Package fault has the errors of WASI's file and stream functions, as codes that
// every version of WASI maps to its own.
package fault

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
)

// Code says why an operation failed. The first are wasi:filesystem 0.2's error-code,
// in its order; the others exist in preview 1 alone.
type Code uint8

// The codes of wasi:filesystem/types.error-code.
const (
	Access Code = iota
	WouldBlock
	Already
	BadDescriptor
	Busy
	Deadlock
	Quota
	Exist
	FileTooLarge
	IllegalByteSequence
	InProgress
	Interrupted
	Invalid
	IO
	IsDirectory
	Loop
	TooManyLinks
	MessageSize
	NameTooLong
	NoDevice
	NoEntry
	NoLock
	InsufficientMemory
	InsufficientSpace
	NotDirectory
	NotEmpty
	NotRecoverable
	Unsupported
	NoTTY
	NoSuchDevice
	Overflow
	NotPermitted
	Pipe
	ReadOnly
	InvalidSeek
	TextFileBusy
	CrossDevice
	// Filesystem counts the codes above.
	Filesystem
)

// The codes that wasi:filesystem lacks.
const (
	// TooManyFiles is a limit on open descriptors.
	TooManyFiles Code = iota + Filesystem
	// NotSocket is a socket's operation on something else.
	NotSocket
	// NotConnected is an operation of a connection on a socket without one.
	NotConnected
	// Reset is a connection that the peer ended.
	Reset
	// count counts all codes.
	count
)

var names = [count]string{
	Access:              "permission denied",
	WouldBlock:          "operation would block",
	Already:             "already in progress",
	BadDescriptor:       "bad descriptor",
	Busy:                "resource busy",
	Deadlock:            "deadlock",
	Quota:               "quota exceeded",
	Exist:               "file exists",
	FileTooLarge:        "file too large",
	IllegalByteSequence: "illegal byte sequence",
	InProgress:          "operation in progress",
	Interrupted:         "interrupted",
	Invalid:             "invalid argument",
	IO:                  "input/output error",
	IsDirectory:         "is a directory",
	Loop:                "too many levels of symbolic links",
	TooManyLinks:        "too many links",
	MessageSize:         "message too large",
	NameTooLong:         "name too long",
	NoDevice:            "no such device",
	NoEntry:             "no such file or directory",
	NoLock:              "no locks available",
	InsufficientMemory:  "not enough memory",
	InsufficientSpace:   "no space left",
	NotDirectory:        "not a directory",
	NotEmpty:            "directory not empty",
	NotRecoverable:      "state not recoverable",
	Unsupported:         "not supported",
	NoTTY:               "not a terminal",
	NoSuchDevice:        "no such device or address",
	Overflow:            "value too large",
	NotPermitted:        "operation not permitted",
	Pipe:                "broken pipe",
	ReadOnly:            "read-only file system",
	InvalidSeek:         "invalid seek",
	TextFileBusy:        "text file busy",
	CrossDevice:         "cross-device link",
	TooManyFiles:        "too many open descriptors",
	NotSocket:           "not a socket",
	NotConnected:        "not connected",
	Reset:               "connection reset",
}

// Error returns the code in words. It holds nothing of the host's.
func (c Code) Error() string {
	if c < count && names[c] != "" {
		return names[c]
	}
	return "unknown error"
}

// Error is a failed operation.
type Error struct {
	Code Code
	// Cause is the host's error, for the host alone: it may hold the host's paths.
	Cause error
}

// Error returns the code in words, which a guest may see.
func (e *Error) Error() string { return e.Code.Error() }

// Unwrap returns the cause and the code, so that errors.Is finds both.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.Cause}
}

// Wrap returns err as an *Error with the code of Of. It returns nil for nil.
func Wrap(err error) error {
	switch err := err.(type) {
	case nil:
		return nil
	case Code, *Error:
		return err
	}
	return &Error{Code: Of(err), Cause: err}
}

// escapes is the text of the error of os.Root's methods for paths that lead out of
// the root. Package os does not export the error.
const escapes = "path escapes from parent"

// Of returns the code of an error: its own, or that of the operating system's error
// number in it. It is IO for an error that it does not know.
func Of(err error) Code {
	var own *Error
	var code Code
	if errors.As(err, &own) {
		return own.Code
	}
	if errors.As(err, &code) {
		return code
	}
	if code, ok := ofSystem(err); ok {
		return code
	}
	var path *fs.PathError
	if errors.As(err, &path) && path.Err.Error() == escapes {
		return NotPermitted
	}
	var link *os.LinkError
	if errors.As(err, &link) && link.Err.Error() == escapes {
		return NotPermitted
	}
	for _, known := range portable {
		if errors.Is(err, known.err) {
			return known.code
		}
	}
	return IO
}

// portable are errors of the standard library. The order matters where one error is
// several of them.
var portable = []struct {
	err  error
	code Code
}{
	{fs.ErrNotExist, NoEntry},
	{fs.ErrExist, Exist},
	{fs.ErrPermission, Access},
	{fs.ErrInvalid, Invalid},
	{fs.ErrClosed, BadDescriptor},
	{errors.ErrUnsupported, Unsupported},
	{io.ErrClosedPipe, Pipe},
	{io.ErrShortWrite, InsufficientSpace},
	{os.ErrDeadlineExceeded, WouldBlock},
	{context.DeadlineExceeded, Interrupted},
	{context.Canceled, Interrupted},
}
