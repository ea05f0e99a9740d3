package host

import (
	"io"

	"github.com/tetratelabs/wazero"
)

// WASI describes what options open to a core module that imports WASI preview 1.
// Without them WASI is closed: the guest has no files, arguments or environment, its
// output is dropped, its clocks count their readings, and it sleeps for no time. Only
// its random numbers are real.
type WASI struct {
	// Config is that of ModuleConfig, or nil.
	Config wazero.ModuleConfig
	// Files are the directories that Dir and ReadOnlyDir open, or nil.
	Files wazero.FSConfig
	// Args are the arguments, or nil.
	Args []string
	// Open are the settings of the other options.
	Open []func(wazero.ModuleConfig) wazero.ModuleConfig
}

func opens(f func(wazero.ModuleConfig) wazero.ModuleConfig) Option {
	return func(c *Config) { c.WASI.Open = append(c.WASI.Open, f) }
}

// Stdout makes w the standard output of a WASI guest. Instances that share w may
// write to it at the same time.
func Stdout(w io.Writer) Option {
	return opens(func(c wazero.ModuleConfig) wazero.ModuleConfig { return c.WithStdout(w) })
}

// Stderr makes w the standard error of a WASI guest, like Stdout.
func Stderr(w io.Writer) Option {
	return opens(func(c wazero.ModuleConfig) wazero.ModuleConfig { return c.WithStderr(w) })
}

// Env sets a variable of a WASI guest's environment.
func Env(name, value string) Option {
	return opens(func(c wazero.ModuleConfig) wazero.ModuleConfig { return c.WithEnv(name, value) })
}

// Clock gives a WASI guest the time of day, and lets it sleep. The end of a call's
// context does not stop a guest before it wakes.
func Clock() Option {
	return opens(func(c wazero.ModuleConfig) wazero.ModuleConfig {
		return c.WithSysWalltime().WithSysNanotime().WithSysNanosleep()
	})
}

// Args sets the arguments of a WASI guest, the first of which is the program's name.
func Args(args ...string) Option {
	return func(c *Config) { c.WASI.Args = args }
}

// Dir lets a WASI guest read and write the host's directory dir, as path. Symbolic
// links in it may lead out of it.
func Dir(dir, path string) Option {
	return func(c *Config) { c.WASI.Files = c.WASI.fs().WithDirMount(dir, path) }
}

// ReadOnlyDir lets a WASI guest read the host's directory dir, like Dir.
func ReadOnlyDir(dir, path string) Option {
	return func(c *Config) { c.WASI.Files = c.WASI.fs().WithReadOnlyDirMount(dir, path) }
}

func (w *WASI) fs() wazero.FSConfig {
	if w.Files == nil {
		return wazero.NewFSConfig()
	}
	return w.Files
}

// ModuleConfig replaces the closed WASI by config, for settings that have no option
// here. wazero's default config has no real random numbers. The name and the start
// functions of config are ignored. The other options are applied to it.
func ModuleConfig(config wazero.ModuleConfig) Option {
	return func(c *Config) { c.WASI.Config = config }
}
