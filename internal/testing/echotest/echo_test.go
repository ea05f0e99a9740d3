package echotest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// TestEcho makes random worlds, builds a guest for each as a core module and as a
// component, and calls all functions through generated bindings of both sides.
// WITGEN_RANDOM says how many worlds, and WITGEN_RANDOM_SEED with which seed to
// begin; WITGEN_RANDOM_ROUNDS how often each function is called. WITGEN_KEEP names
// a folder to make the module in, which then stays.
func TestEcho(t *testing.T) {
	if testing.Short() {
		t.Skip("builds many packages")
	}
	count := 1
	if guestbuild.Whole() {
		count = 4
	}
	count = number(t, "WITGEN_RANDOM", count)
	seed, rounds := number(t, "WITGEN_RANDOM_SEED", 0), number(t, "WITGEN_RANDOM_ROUNDS", 20)
	dir := os.Getenv("WITGEN_KEEP")
	if dir == "" {
		dir = t.TempDir()
	}
	m, err := newModule(dir)
	if err != nil {
		t.Fatal(err)
	}
	var echos []*echo
	for i := range count {
		name := "seed" + strconv.Itoa(seed+i)
		e, err := m.add(name, World(uint64(seed+i)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		echos = append(echos, e)
	}
	if err := m.addMain(echos); err != nil {
		t.Fatal(err)
	}
	if err := m.run("build", "-trimpath", "-o", "echo", "."); err != nil {
		t.Fatal(err)
	}
	compilers := guestbuild.Compilers(t)
	t.Setenv("GOFLAGS", "-mod=mod")
	for i, e := range echos {
		t.Run(e.name, func(t *testing.T) {
			c := guestbuild.Go
			if i%4 == 1 {
				c = compilers[0]
			}
			var flags []string
			if c == guestbuild.Go {
				flags = []string{"-trimpath"} // what was built in another folder is not built again
			}
			core := guestbuild.BuildWith(t, c, filepath.Join(dir, e.name, "guest"), flags...)
			args := []string{strconv.Itoa(seed + i), strconv.Itoa(rounds)}
			for name, wasm := range map[string][]byte{
				"core":      core,
				"component": guestbuild.Componentize(t, core, filepath.Join(dir, e.name, "wit"), "echo"),
			} {
				file := filepath.Join(e.name, string(c)+"."+name+".wasm")
				if err := m.write(file, string(wasm)); err != nil {
					t.Fatal(err)
				}
				args = append(args, e.name, file)
			}
			cmd := exec.Command(filepath.Join(dir, "echo"), args...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			} else {
				t.Logf("%s", out)
			}
		})
	}
}

func number(t *testing.T, variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}
