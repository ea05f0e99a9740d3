package host

import (
	"errors"
	"log/slog"
)

// LogAttrs returns what an error of a call tells as attributes for a log: the function, and
// the rule of a Trap that broke one, the limit of a LimitError or the code of an ExitError.
// It returns none for other errors.
func LogAttrs(err error) []slog.Attr {
	var trap *Trap
	var limit *LimitError
	var exit *ExitError
	switch {
	case errors.As(err, &exit):
		return []slog.Attr{slog.String("function", exit.Func), slog.Uint64("code", uint64(exit.Code))}
	case errors.As(err, &limit):
		return []slog.Attr{slog.String("function", limit.Func), slog.String("limit", limit.Limit)}
	case errors.As(err, &trap) && trap.Rule != "":
		return []slog.Attr{slog.String("function", trap.Func), slog.String("rule", string(trap.Rule))}
	case trap != nil:
		return []slog.Attr{slog.String("function", trap.Func)}
	}
	return nil
}
