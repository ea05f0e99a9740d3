package files

import (
	"strings"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// checkSystemPath refuses what Windows takes for more than a name: another separator,
// a drive, a stream of a file.
func checkSystemPath(path string) error {
	if strings.ContainsAny(path, `\:`) {
		return fault.NotPermitted
	}
	return nil
}
