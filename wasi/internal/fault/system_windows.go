package fault

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// ofSystem returns the code of the error number that err holds: one of Windows's, or
// one that package syscall made up for a Unix name.
func ofSystem(err error) (Code, bool) {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return 0, false
	}
	code, ok := numbers[number]
	return code, ok
}

var numbers = map[syscall.Errno]Code{
	windows.ERROR_FILE_NOT_FOUND:       NoEntry,
	windows.ERROR_PATH_NOT_FOUND:       NoEntry,
	windows.ERROR_INVALID_NAME:         NoEntry,
	windows.ERROR_BAD_PATHNAME:         NoEntry,
	windows.ERROR_FILE_EXISTS:          Exist,
	windows.ERROR_ALREADY_EXISTS:       Exist,
	windows.ERROR_ACCESS_DENIED:        Access,
	windows.ERROR_SHARING_VIOLATION:    Access,
	windows.ERROR_LOCK_VIOLATION:       Access,
	windows.ERROR_PRIVILEGE_NOT_HELD:   NotPermitted,
	windows.ERROR_NOT_A_REPARSE_POINT:  Invalid,
	windows.ERROR_NEGATIVE_SEEK:        Invalid,
	windows.ERROR_INVALID_PARAMETER:    Invalid,
	windows.ERROR_DIRECTORY:            NotDirectory,
	windows.ERROR_DIR_NOT_EMPTY:        NotEmpty,
	windows.ERROR_DISK_FULL:            InsufficientSpace,
	windows.ERROR_FILENAME_EXCED_RANGE: NameTooLong,
	windows.ERROR_BROKEN_PIPE:          Pipe,
	windows.ERROR_NO_DATA:              Pipe,
	windows.ERROR_TOO_MANY_OPEN_FILES:  TooManyFiles,
	windows.ERROR_NOT_SAME_DEVICE:      CrossDevice,
	windows.ERROR_WRITE_PROTECT:        ReadOnly,
	windows.ERROR_NOT_SUPPORTED:        Unsupported,
	windows.WSAENOTCONN:                NotConnected,
	windows.WSAECONNRESET:              Reset,
	windows.WSAECONNABORTED:            Reset,
	windows.WSAENOTSOCK:                NotSocket,
	windows.WSAEMSGSIZE:                MessageSize,
	syscall.EEXIST:                     Exist,
	syscall.EINVAL:                     Invalid,
	syscall.EISDIR:                     IsDirectory,
	syscall.ELOOP:                      Loop,
	syscall.ENAMETOOLONG:               NameTooLong,
	syscall.ENOTEMPTY:                  NotEmpty,
	syscall.ENOTSUP:                    Unsupported,
	syscall.EPERM:                      NotPermitted,
	syscall.EPIPE:                      Pipe,
}
