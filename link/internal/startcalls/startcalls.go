// Package startcalls knows which imports a guest may call while it starts if the state
// after its start is kept, and used again later: those from which it learns nothing that
// may be another thing then.
package startcalls

import (
	"fmt"
	"strings"
)

// Empty tells which parts of WASI have nothing for the guest.
type Empty struct{ Arguments, Environment, Folders bool }

// a grant is what a function must be empty of to be allowed.
type grant uint8

const (
	always grant = iota
	arguments
	environment
	folders
)

// preview1 are the functions of WASI preview 1 that may be allowed. Output is all that is
// open while a guest starts, but for folders.
var preview1 = map[string]grant{
	"fd_write": always, "fd_fdstat_get": always, "fd_fdstat_set_flags": always, "fd_seek": always, "fd_tell": always,
	"sched_yield": always, "proc_exit": always, "proc_raise": always,
	"args_get": arguments, "args_sizes_get": arguments,
	"environ_get": environment, "environ_sizes_get": environment,
	"fd_prestat_get": folders, "fd_prestat_dir_name": folders,
}

// interfaces are those of WASI 0.2, and functions those of other interfaces.
var (
	interfaces = map[string]grant{
		"wasi:cli/exit": always, "wasi:cli/stdin": always, "wasi:cli/stdout": always, "wasi:cli/stderr": always,
		"wasi:cli/terminal-input": always, "wasi:cli/terminal-output": always,
		"wasi:cli/terminal-stdin": always, "wasi:cli/terminal-stdout": always, "wasi:cli/terminal-stderr": always,
		"wasi:io/error": always, "wasi:io/poll": always,
		"wasi:filesystem/preopens": folders,
	}
	functions = map[string]grant{
		"wasi:cli/environment#get-arguments":   arguments,
		"wasi:cli/environment#get-environment": environment,
		"wasi:cli/environment#initial-cwd":     folders,
	}
)

// outputs starts the names of the methods of output streams.
const outputs = "wasi:io/streams#[method]output-stream."

// Allowed reports whether a guest may call a function while it starts. The name is that of
// a function of WASI preview 1, or that of another import with its interface and, maybe,
// its version.
func Allowed(name string, empty Empty) bool {
	item, function, ok := strings.Cut(name, "#")
	if !ok {
		needs, known := preview1[name]
		return known && empty.has(needs)
	}
	item, _, _ = strings.Cut(item, "@")
	name = item + "#" + function
	if strings.HasPrefix(name, outputs) {
		return true
	}
	needs, known := interfaces[item]
	if !known {
		needs, known = functions[name]
	}
	return known && empty.has(needs)
}

func (e Empty) has(g grant) bool {
	switch g {
	case arguments:
		return e.Arguments
	case environment:
		return e.Environment
	case folders:
		return e.Folders
	case always:
		return true
	default:
		panic(fmt.Sprintf("startcalls: unhandled grant %d", g))
	}
}

// Lasting reports whether a function of WASI preview 1 changes what the guest has open, so
// that what the guest knows after its start holds for this state of WASI alone.
func Lasting(name string) bool {
	switch name {
	case "path_open", "fd_close", "fd_renumber":
		return true
	}
	return strings.HasPrefix(name, "sock_")
}
