package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/witgen/witgen/diag"
)

// The exit statuses (docs/errors.md).
const (
	// statusWrong is that of a run whose input is wrong, whose output is stale, or whose
	// guest answers with an error.
	statusWrong = 1
	// statusFailed is that of a run that the command line, a file or the machine stops,
	// and of a mistake in witgen.
	statusFailed = 2
)

// statusOf returns the exit status of a run that ends with an error, or with nil.
func statusOf(err error) int {
	var list diag.List
	var wrong wrongInput
	var guest guestStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &guest):
		return int(guest)
	case errors.Is(err, errReported):
		return statusWrong
	case errors.As(err, &list):
		for _, d := range list {
			if strings.HasPrefix(string(d.Code), "F") {
				return statusFailed
			}
		}
		return statusWrong
	case errors.As(err, &wrong):
		return statusWrong
	default:
		return statusFailed
	}
}

// errReported ends a run whose error has been shown, with statusWrong.
var errReported = errors.New("reported")

// guestStatus ends a run with the exit status of the guest, which has told why.
type guestStatus uint8

func (s guestStatus) Error() string { return fmt.Sprintf("the guest exited with status %d", uint8(s)) }

// wrongInput is an error of what a run was given, and has statusWrong.
type wrongInput struct{ error }

func (e wrongInput) Unwrap() error { return e.error }

// wrong marks an error as one of the input. It returns nil for nil. Limits of guests are
// named by their flags.
func wrong(err error) error {
	if err == nil {
		return nil
	}
	return wrongInput{inFlags(err)}
}

// internalError is a mistake of witgen's, and not of its user.
type internalError struct{ what string }

func (e internalError) Error() string { return e.what }
