package roundtrip

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// built holds the guests that were built so far, since several tests use them.
var built struct {
	sync.Mutex
	guests map[string]func() []byte
}

// asComponent makes guest return components. TestMain runs the tests on both.
var asComponent bool

// TestMain runs the tests of calls twice: on core modules and on components of
// them.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	measuring := flag.Lookup("test.bench").Value.String() + flag.Lookup("test.fuzz").Value.String()
	if code == 0 && measuring == "" {
		fmt.Println("again, with the guests as components")
		asComponent = true
		if run := flag.Lookup("test.run").Value; run.String() == "" {
			_ = run.Set("^(TestValues|TestResources|TestWorlds)$") // a pattern that compiles
		}
		// Between host and guest the same code runs as before: fewer values will do
		// for the quick tests.
		if checks := flag.Lookup("rapid.checks").Value; checks.String() == flag.Lookup("rapid.checks").DefValue && !guestbuild.Whole() {
			_ = checks.Set("25") // a number
		}
		code = m.Run()
	}
	os.Exit(code)
}

// guest returns a guest of the folder guests, whose world has the same name.
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
	if asComponent {
		return guestbuild.Componentize(t, wasm, filepath.Join("wit", name), name)
	}
	return wasm
}
