package guestbuild

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/guestcompile"
	"github.com/witgen/witgen/internal/preview1"
	"github.com/witgen/witgen/parser/resolve"
)

// StandIn is what TestMain of a package calls first that uses BuildRooted: TinyGo runs
// the test's program in the place of wasm-tools.
func StandIn() {
	if done, err := guestcompile.StandIn(os.Args[1:]); done {
		if err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// BuildRooted builds the guest in the folder dir by TinyGo's target wasip2 and returns the
// core module, as witgen build --target wasip2 gets it. The test is skipped where there is
// no TinyGo.
func BuildRooted(t testing.TB, dir string) []byte {
	t.Helper()
	path, why := tinygo()
	if why != "" {
		t.Skip(why)
	}
	track(t, dir)
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := guestcompile.Command(guestcompile.TinyGoWASIP2, path, out, ".")
	guestcompile.UseStandIn(cmd, own)
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s for wasip2: %v\n%s", dir, err, text)
	}
	core, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return core
}

// RootedComponent makes a component of a core module for wasip2 and a world, whose text is
// wit.
func RootedComponent(t testing.TB, core []byte, wit string) []byte {
	t.Helper()
	made, err := rootedComponent(core, wit)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func rootedComponent(core []byte, wit string) ([]byte, error) {
	result, err := resolve.Source("world.wit", wit, resolve.Options{})
	if err != nil {
		return nil, err
	}
	world, err := resolve.SelectWorld(result.Resolve, result.Main, "")
	if err != nil {
		return nil, err
	}
	core, err = component.Embed(core, result.Resolve, world, component.UTF8)
	if err != nil {
		return nil, err
	}
	core, err = preview1.EmbedWASI(core, false)
	if err != nil {
		return nil, err
	}
	return component.New(core, component.NewOptions{})
}
