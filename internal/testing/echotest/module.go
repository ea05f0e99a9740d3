package echotest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/gen"
	"github.com/witgen/witgen/gen/guest"
	"github.com/witgen/witgen/gen/host"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/internal/testing/checkout"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

const (
	root = checkout.Module
	// made is the module of the generated code: below this package, so that it may
	// import what is internal.
	made  = root + "/internal/testing/echotest/made"
	drive = root + "/internal/testing/echotest/drive"
)

// module is a Go module in a folder of its own, that uses this checkout of witgen.
type module struct{ dir string }

// newModule makes a module in a folder.
func newModule(dir string) (*module, error) {
	repo, err := checkout.Root()
	if err != nil {
		return nil, err
	}
	own, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		return nil, err
	}
	_, requires, _ := strings.Cut(string(own), "\nrequire")
	m := &module{dir}
	if err := m.write("go.sum", string(sum)); err != nil {
		return nil, err
	}
	return m, m.write("go.mod", fmt.Sprintf("module %s\n\ngo 1.26.5\n\nrequire %s v0.0.0\n\nreplace %s => %s\n\nrequire%s", made, root, root, repo, requires))
}

func (m *module) write(name, text string) error {
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o666)
}

// run runs the go command in a folder of the module.
func (m *module) run(args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// echo is one world in the module, in a folder of its name: echo.wit, the bindings
// of both sides, a guest in the folder guest, and the host's package.
type echo struct {
	name string
	plan *gogen.Plan
}

// add generates all that belongs to the WIT of a world.
func (m *module) add(name, text string) (*echo, error) {
	if err := m.write(filepath.Join(name, "wit", "echo.wit"), text); err != nil {
		return nil, err
	}
	result, err := resolve.Source("echo.wit", text, resolve.Options{})
	if err != nil {
		return nil, err
	}
	id, err := resolve.SelectWorld(result.Resolve, result.Main, "echo")
	if err != nil {
		return nil, err
	}
	opts := gen.Options{ImportPath: made + "/" + name + "/gen"}
	plan, diags := gogen.NewPlan(result.Resolve, id, opts)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	for _, generate := range []func(*wit.Resolve, wit.WorldID, gen.Options) ([]gen.File, diag.List){host.Generate, guest.Generate} {
		files, diags := generate(result.Resolve, id, opts)
		if err := diags.Err(); err != nil {
			return nil, err
		}
		for _, f := range files {
			if err := m.write(filepath.Join(name, "gen", f.Path), string(f.Content)); err != nil {
				return nil, err
			}
		}
	}
	e := &echo{name, plan}
	if err := m.render(filepath.Join(name, "guest", "main.go"), e.guest()); err != nil {
		return nil, err
	}
	return e, m.render(filepath.Join(name, "host.go"), e.host())
}

func (m *module) render(name string, f *jen.File) error {
	var b bytes.Buffer
	if err := f.Render(&b); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return m.write(name, b.String())
}

// addMain writes the program that runs worlds. It takes a seed, how many rounds to
// make, and pairs of a world and a guest of it.
func (m *module) addMain(echos []*echo) error {
	f := jen.NewFile("main")
	worlds := make([]jen.Code, len(echos))
	for i, e := range echos {
		worlds[i] = jen.Qual(made+"/"+e.name, "World").Call()
	}
	f.Func().Id("main").Params().Block(jen.Qual(drive, "Main").Call(worlds...))
	return m.render("main.go", f)
}
