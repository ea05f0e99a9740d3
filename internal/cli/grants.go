package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/wasihttp"
)

// grantFlags are what a command opens to a guest. Without them that is nothing.
type grantFlags struct {
	dirs             dirsFlag
	env              envFlag
	tcp, udp, listen targetsFlag
	http             httpFlag
}

func (g *grantFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&g.dirs, "dir", "give the guest a folder, as `HOST[::GUEST][:ro]` (default GUEST: HOST); may be repeated")
	must(cmd.RegisterFlagCompletionFunc("dir", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}))
	f.Var(&g.env, "env", "set a variable of the guest's environment, as `NAME[=VALUE]` (default VALUE: witgen's own); may be repeated")
	must(cmd.RegisterFlagCompletionFunc("env", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return environmentNames(), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}))
	for _, t := range []struct {
		name, usage string
		flag        interface {
			String() string
			Set(string) error
			Type() string
		}
	}{
		{"tcp", "let the guest make TCP connections to `HOST:PORT,...`, each part of which may be *", &g.tcp},
		{"udp", "let the guest exchange datagrams with `HOST:PORT,...`", &g.udp},
		{"listen", "let the guest listen for TCP connections at `HOST:PORT,...`", &g.listen},
		{"http", "let the guest send HTTP requests to `HOST[:PORT],...` (default PORTs: 80 and 443)", &g.http},
	} {
		f.Var(t.flag, t.name, t.usage)
		must(cmd.RegisterFlagCompletionFunc(t.name, cobra.NoFileCompletions))
	}
}

// options returns the options of package wasi that open what the flags name.
func (g *grantFlags) options() []host.Option {
	var opts []host.Option
	for _, d := range g.dirs {
		open := wasi.Dir
		if d.readOnly {
			open = wasi.ReadOnlyDir
		}
		opts = append(opts, open(d.host, d.guest))
	}
	for _, v := range g.env {
		opts = append(opts, wasi.Env(v.name, v.value))
	}
	if g.tcp.text != "" {
		opts = append(opts, wasi.DialTCP(g.tcp.targets.Allow))
	}
	if g.udp.text != "" {
		opts = append(opts, wasi.UDP(g.udp.targets.Allow))
	}
	if g.listen.text != "" {
		opts = append(opts, wasi.ListenTCP(g.listen.targets.Allow))
	}
	if g.http.text != "" {
		opts = append(opts, wasihttp.ClientTo(nil, g.http.targets))
	}
	if g.tcp.text != "" || g.udp.text != "" {
		opts = append(opts, wasi.Resolve(func(name string) bool {
			return g.tcp.targets.AllowName(name) || g.udp.targets.AllowName(name)
		}))
	}
	return opts
}

// dirsFlag is folders for a guest. It is a flag's value.
type dirsFlag []grantedDir

type grantedDir struct {
	host, guest string
	readOnly    bool
}

func (f *dirsFlag) Type() string   { return "DIR" }
func (f *dirsFlag) String() string { return "" }

func (f *dirsFlag) Set(text string) error {
	var d grantedDir
	rest, readOnly := strings.CutSuffix(text, ":ro")
	d.readOnly = readOnly
	var named bool
	if d.host, d.guest, named = strings.Cut(rest, "::"); !named {
		d.guest = filepath.ToSlash(d.host)
	}
	if d.host == "" || d.guest == "" {
		return errors.New("write HOST, HOST::GUEST, or either with :ro at its end, as in ./data::/data:ro")
	}
	for _, other := range *f {
		if other.guest == d.guest {
			return fmt.Errorf("the guest has the folder %s as %s already; write HOST::GUEST with another GUEST", other.host, d.guest)
		}
	}
	// What cannot be opened is a mistake of the command line, not of the guest.
	root, err := os.OpenRoot(d.host)
	if err != nil {
		return fmt.Errorf("%w; write HOST[::GUEST][:ro], where HOST is a folder", err)
	}
	*f = append(*f, d)
	return root.Close()
}

// envFlag is variables of a guest's environment. It is a flag's value.
type envFlag []variable

type variable struct{ name, value string }

func (f *envFlag) Type() string   { return "ENV" }
func (f *envFlag) String() string { return "" }

func (f *envFlag) Set(text string) error {
	name, value, given := strings.Cut(text, "=")
	if name == "" {
		return errors.New("write NAME=VALUE, or NAME for a variable of witgen's own environment")
	}
	if !given {
		var ok bool
		if value, ok = os.LookupEnv(name); !ok {
			return fmt.Errorf("the environment has no variable %s to pass on; write %s=VALUE", name, name)
		}
	}
	*f = append(*f, variable{name, value})
	return nil
}

// environmentNames returns the names of witgen's own environment.
func environmentNames() []string {
	var names []string
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// targetsFlag is targets of the network. It is a flag's value, and adds to what was
// given before.
type targetsFlag struct {
	text    string
	targets wasi.Targets
}

func (f *targetsFlag) Type() string   { return "TARGETS" }
func (f *targetsFlag) String() string { return f.text }

func (f *targetsFlag) Set(text string) error {
	if strings.Trim(text, ", ") == "" {
		return errors.New("it names no target; write HOST:PORT, or HOST:* for all ports")
	}
	if f.text != "" {
		text = f.text + "," + text
	}
	targets, err := wasi.ParseTargets(text)
	if err != nil {
		return err
	}
	f.text, f.targets = text, targets
	return nil
}

// httpFlag is targets of HTTP, whose ports may be left out.
type httpFlag struct{ targetsFlag }

func (f *httpFlag) Set(text string) error {
	var list []string
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part != "" && (!strings.Contains(part, ":") || strings.HasSuffix(part, "]")) {
			list = append(list, part+":80", part+":443")
			continue
		}
		list = append(list, part)
	}
	return f.targetsFlag.Set(strings.Join(list, ","))
}
