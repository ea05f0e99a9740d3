package preview2

import (
	"errors"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// networkError is an error of a socket, which has a code of wasi:sockets.
type networkError interface {
	error
	NetworkCode() uint8
}

func asNetworkError(err error) (failed networkError, ok bool) {
	ok = errors.As(err, &failed)
	return failed, ok
}

// debugger is an error of another interface of WASI, with the text that a guest may see.
type debugger interface {
	error
	DebugText() string
}

// debugText returns what a guest may read of an error: nothing of the host's, which the
// text of an error of the system may hold.
func debugText(err error) string {
	var said debugger
	if errors.As(err, &said) {
		return said.DebugText()
	}
	if failed, ok := asNetworkError(err); ok {
		return failed.Error()
	}
	return fault.Of(err).Error()
}

// isFileError reports whether an error is one of a file or a standard stream.
func isFileError(err error) bool {
	var said debugger
	_, ok := asNetworkError(err)
	return !ok && !errors.As(err, &said)
}
