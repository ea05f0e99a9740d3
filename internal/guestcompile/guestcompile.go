// Package guestcompile says how a Go guest is compiled to a core module: by which
// compilers, and with which flags. The command witgen build, the tests and the
// documentation all have them from here.
package guestcompile

import (
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Compiler is a way to compile a guest.
type Compiler string

// The compilers.
const (
	// TinyGoUnknown is TinyGo for wasm-unknown: no WASI, the smallest guests.
	TinyGoUnknown Compiler = "tinygo-wasm-unknown"
	// TinyGoWASIP1 is TinyGo for WASI preview 1.
	TinyGoWASIP1 Compiler = "tinygo-wasip1"
	// TinyGoWASIP2 is TinyGo for WASI 0.2. Command and Program have it write the core
	// module: see StandIn.
	TinyGoWASIP2 Compiler = "tinygo-wasip2"
	// Go is standard Go for WASI preview 1.
	Go Compiler = "go-wasip1"
)

// All are the compilers whose core modules are complete guests.
var All = []Compiler{TinyGoUnknown, TinyGoWASIP1, Go}

// flags are what each compiler is called with, beside -o and the package. What
// they mean stands in docs/guests.md: a guest that was built so may be called any
// number of times without growing.
var flags = map[Compiler]string{
	TinyGoUnknown: "-target=wasm-unknown -gc=conservative -scheduler=none -opt=z -no-debug",
	TinyGoWASIP1:  "-target=wasip1 -buildmode=c-shared -gc=conservative -scheduler=none -opt=z -no-debug",
	TinyGoWASIP2:  "-target=wasip2 -gc=conservative -scheduler=none -opt=z -no-debug",
	Go:            "-buildmode=c-shared -ldflags=-s",
}

// programFlags are those of programs, which end when their main function does.
var programFlags = map[Compiler]string{
	TinyGoWASIP1: "-target=wasip1 -opt=z -no-debug",
	TinyGoWASIP2: "-target=wasip2 -opt=z -no-debug",
	Go:           "-ldflags=-s",
}

// Flags returns the flags that a compiler is called with, separated by blanks.
func Flags(c Compiler) string { return flags[c] }

// CommandLine returns the command that builds the package ./guest as calc.wasm,
// as the documentation shows it.
func CommandLine(c Compiler) string {
	if c == Go {
		return "GOOS=wasip1 GOARCH=wasm go build " + flags[c] + " -o calc.wasm ./guest"
	}
	return "tinygo build " + flags[c] + " -o calc.wasm ./guest"
}

// Command returns the command that compiles a package to the file out. program is
// the TinyGo; standard Go is the go on PATH. extra are flags that go after those of
// the compiler, so that they count where both say something.
func Command(c Compiler, program, out, pkg string, extra ...string) *exec.Cmd {
	return command(c, flags[c], program, out, pkg, extra)
}

// Program is Command for a program in the place of a guest that answers calls.
// TinyGoUnknown compiles none.
func Program(c Compiler, program, out, pkg string, extra ...string) *exec.Cmd {
	return command(c, programFlags[c], program, out, pkg, extra)
}

func command(c Compiler, flags, program, out, pkg string, extra []string) *exec.Cmd {
	if c == Go {
		program = "go"
	}
	args := slices.Concat([]string{"build"}, strings.Fields(flags), extra, []string{"-o", out, pkg})
	cmd := exec.Command(program, args...)
	// TinyGo's targets set GOOS and GOARCH.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "GOOS=") || strings.HasPrefix(v, "GOARCH=")
	})
	if c == Go {
		cmd.Env = append(cmd.Env, "GOOS=wasip1", "GOARCH=wasm")
	}
	return cmd
}

// standInVariable is set in the environment of a program that stands in for wasm-tools.
const standInVariable = "WITGEN_STANDS_IN_FOR_WASM_TOOLS"

// UseStandIn has a TinyGo for wasip2 call program, which calls StandIn first, where it
// would call wasm-tools to make a component of the core module.
func UseStandIn(cmd *exec.Cmd, program string) {
	cmd.Env = append(cmd.Env, "WASMTOOLS="+program, standInVariable+"=1")
}

// StandIn does the work of wasm-tools, if the process was started for that: it passes the
// core module on as it is. args are those of the process without its name, of which the
// last three are the input, -o and the output.
func StandIn(args []string) (done bool, err error) {
	if os.Getenv(standInVariable) == "" || len(args) < 3 || args[len(args)-2] != "-o" {
		return false, nil
	}
	core, err := os.ReadFile(args[len(args)-3])
	if err != nil {
		return true, err
	}
	return true, os.WriteFile(args[len(args)-1], core, 0o666)
}

// FindTinyGo returns the path of the TinyGo to use: the environment variable
// WITGEN_TINYGO, else the tinygo on PATH. If it finds neither, path is "" and why tells
// the reason. With the value skip the variable turns TinyGo off.
func FindTinyGo() (path, why string) {
	switch path = os.Getenv("WITGEN_TINYGO"); path {
	case "skip":
		return "", "WITGEN_TINYGO is skip"
	case "":
	default:
		return path, ""
	}
	path, err := exec.LookPath("tinygo")
	if err != nil {
		return "", "there is no tinygo on PATH, and WITGEN_TINYGO does not name one"
	}
	return path, ""
}
