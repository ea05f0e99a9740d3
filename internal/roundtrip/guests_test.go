package roundtrip

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/witgen/witgen/internal/guestbuild"
)

// built holds the guests that were built so far, since several tests use them.
var built struct {
	sync.Mutex
	guests map[string]func() []byte
}

// guest returns a guest of the folder guests.
func guest(t *testing.T, compiler guestbuild.Compiler, name string) []byte {
	t.Helper()
	key := string(compiler) + " " + name
	built.Lock()
	if built.guests == nil {
		built.guests = map[string]func() []byte{}
	}
	build := built.guests[key]
	if build == nil {
		build = sync.OnceValue(func() []byte { return guestbuild.Build(t, compiler, filepath.Join("guests", name)) })
		built.guests[key] = build
	}
	built.Unlock()
	wasm := build()
	if wasm == nil {
		t.Fatalf("%s does not build by %s", name, compiler)
	}
	return wasm
}
