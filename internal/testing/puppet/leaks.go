package puppet

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Settles fails a test at its end if it has left goroutines or, on Linux, file descriptors
// behind, once those that end have ended. Cleanups that the test adds later run before.
func Settles(t testing.TB) {
	t.Helper()
	goroutines, files := runtime.NumGoroutine(), open()
	t.Cleanup(func() {
		for end := time.Now().Add(time.Minute); ; runtime.Gosched() {
			left := slices.DeleteFunc(open(), func(f string) bool { return slices.Contains(files, f) })
			if runtime.NumGoroutine() <= goroutines && len(left) == 0 {
				return
			}
			if time.Now().After(end) {
				stacks := make([]byte, 1<<20)
				t.Fatalf("%d goroutines, %d before, and the files %q:\n%s", runtime.NumGoroutine(), goroutines, left, stacks[:runtime.Stack(stacks, true)])
			}
		}
	})
}

// open returns the open file descriptors of the process, with what they are.
func open() []string {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range entries {
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err != nil || strings.HasPrefix(target, "anon_inode:") || strings.HasPrefix(target, "/proc/") {
			continue // of this listing, or of the runtime's poller
		}
		list = append(list, e.Name()+" "+target)
	}
	return list
}
