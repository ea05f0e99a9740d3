package host

import (
	"io"

	"github.com/tetratelabs/wazero"
)

// WASI is what options open of WASI preview 1 to a guest that is a core module.
// Without them it is closed: no files, arguments or environment; output is dropped;
// clocks count their readings and nothing else, and a guest that sleeps goes on at
// once; only random numbers are real.
type WASI struct {
	// Config is that of ModuleConfig, or nil.
	Config wazero.ModuleConfig
	// Files are the directories that Dir and ReadOnlyDir open, or nil.
	Files wazero.FSConfig
	// Args are the arguments, or nil.
	Args []string
	// Open are what the other options open.
	Open []func(wazero.ModuleConfig) wazero.ModuleConfig
}

func opens(f func(wazero.ModuleConfig) wazero.ModuleConfig) Option {
	return func(c *Config) { c.WASI.Open = append(c.WASI.Open, f) }
}

// Stdout lets a WASI guest write to w as its standard output. The guest's instances
// share w, and may write at once.
func Stdout(w io.Writer) Option {
	return opens(func(c wazero.ModuleConfig) wazero.ModuleConfig { return c.WithStdout(w) })
}

// Stderr is Stdout for standard error.
func Stderr(w io.Writer) Option {
	return opens(func(c wazero.ModuleConfig) wazero.ModuleConfig { return c.WithStderr(w) })
}

// Env sets a variable of a WASI guest's environment.
func Env(name, value string) Option {
	return opens(func(c wazero.ModuleConfig) wazero.ModuleConfig { return c.WithEnv(name, value) })
}

// Clock gives a WASI guest the time of day, and lets it sleep: a guest that sleeps is
// not stopped before it wakes.
func Clock() Option {
	return opens(func(c wazero.ModuleConfig) wazero.ModuleConfig {
		return c.WithSysWalltime().WithSysNanotime().WithSysNanosleep()
	})
}

// Args sets a WASI guest's arguments, the program's name among them.
func Args(args ...string) Option {
	return func(c *Config) { c.WASI.Args = args }
}

// Dir lets a WASI guest read and write the host's directory dir and what is below
// it, as path. A symbolic link there may lead out of it.
func Dir(dir, path string) Option {
	return func(c *Config) { c.WASI.Files = c.WASI.fs().WithDirMount(dir, path) }
}

// ReadOnlyDir is Dir for reading only.
func ReadOnlyDir(dir, path string) Option {
	return func(c *Config) { c.WASI.Files = c.WASI.fs().WithReadOnlyDirMount(dir, path) }
}

func (w *WASI) fs() wazero.FSConfig {
	if w.Files == nil {
		return wazero.NewFSConfig()
	}
	return w.Files
}

// ModuleConfig takes the place of the closed WASI with all that config has, for
// what has no option of its own here; wazero's own default has no real random
// numbers. Its name and start functions are ignored. The other options open what
// they open beside it.
func ModuleConfig(config wazero.ModuleConfig) Option {
	return func(c *Config) { c.WASI.Config = config }
}
