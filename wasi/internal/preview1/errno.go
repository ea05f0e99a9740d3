package preview1

import (
	"errors"

	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// errno is an error number of preview 1.
type errno uint16

// The error numbers that are not a fault.Code's alone.
const (
	success errno = 0
	badf    errno = 8
	inval   errno = 28
	notdir  errno = 54
	notsock errno = 57
	notsup  errno = 58
)

// numbers are the error numbers of codes.
var numbers = [...]errno{
	fault.Access:              2,
	fault.WouldBlock:          6,
	fault.Already:             7,
	fault.BadDescriptor:       badf,
	fault.Busy:                10,
	fault.Deadlock:            16,
	fault.Quota:               19,
	fault.Exist:               20,
	fault.FileTooLarge:        22,
	fault.IllegalByteSequence: 25,
	fault.InProgress:          26,
	fault.Interrupted:         27,
	fault.Invalid:             inval,
	fault.IO:                  29,
	fault.IsDirectory:         31,
	fault.Loop:                32,
	fault.TooManyLinks:        34,
	fault.MessageSize:         35,
	fault.NameTooLong:         37,
	fault.NoDevice:            43,
	fault.NoEntry:             44,
	fault.NoLock:              46,
	fault.InsufficientMemory:  48,
	fault.InsufficientSpace:   51,
	fault.NotDirectory:        notdir,
	fault.NotEmpty:            55,
	fault.NotRecoverable:      56,
	fault.Unsupported:         notsup,
	fault.NoTTY:               59,
	fault.NoSuchDevice:        60,
	fault.Overflow:            61,
	fault.NotPermitted:        63,
	fault.Pipe:                64,
	fault.ReadOnly:            69,
	fault.InvalidSeek:         70,
	fault.TextFileBusy:        74,
	fault.CrossDevice:         75,
	fault.TooManyFiles:        33,
	fault.NotSocket:           notsock,
	fault.NotConnected:        53,
	fault.Reset:               15,
}

// errnoOf returns the number of an error: success for nil.
func errnoOf(err error) errno {
	switch {
	case err == nil:
		return success
	case errors.Is(err, streams.ErrClosed):
		return numbers[fault.Pipe]
	}
	return numbers[fault.Of(err)]
}
