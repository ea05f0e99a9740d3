//go:build !linux && !darwin && !windows

package files

import (
	"io/fs"
	"os"
	"time"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// timesOf finds none but the modification's.
func timesOf(fs.FileInfo) (accessed, changed time.Time) { return time.Time{}, time.Time{} }

// setOpenTimes is refused: package os sets times by path alone.
func setOpenTimes(*os.File, Time, Time) error { return fault.Unsupported }
