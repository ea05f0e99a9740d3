// Package preview2 implements WASI 0.2 over the grants of an instance: wasi:io, cli,
// clocks, random and filesystem, and wasi:sockets without a network. It does without
// package net. Packages that reach the network bring interfaces of their own in place of
// those here.
package preview2

import (
	"slices"
	"strings"
	"time"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/wasi/cli/v0.2/environment"
	cliexit "github.com/witgen/witgen/wasi/cli/v0.2/exit"
	"github.com/witgen/witgen/wasi/cli/v0.2/stderr"
	"github.com/witgen/witgen/wasi/cli/v0.2/stdin"
	"github.com/witgen/witgen/wasi/cli/v0.2/stdout"
	"github.com/witgen/witgen/wasi/cli/v0.2/terminal-input"
	"github.com/witgen/witgen/wasi/cli/v0.2/terminal-output"
	"github.com/witgen/witgen/wasi/cli/v0.2/terminal-stderr"
	"github.com/witgen/witgen/wasi/cli/v0.2/terminal-stdin"
	"github.com/witgen/witgen/wasi/cli/v0.2/terminal-stdout"
	"github.com/witgen/witgen/wasi/clocks/v0.2/monotonic-clock"
	"github.com/witgen/witgen/wasi/clocks/v0.2/timezone"
	"github.com/witgen/witgen/wasi/clocks/v0.2/wall-clock"
	"github.com/witgen/witgen/wasi/filesystem/v0.2/preopens"
	filesystem "github.com/witgen/witgen/wasi/filesystem/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/grants"
	ioerror "github.com/witgen/witgen/wasi/io/v0.2/error"
	iopoll "github.com/witgen/witgen/wasi/io/v0.2/poll"
	iostreams "github.com/witgen/witgen/wasi/io/v0.2/streams"
	insecurerandom "github.com/witgen/witgen/wasi/random/v0.2/insecure"
	"github.com/witgen/witgen/wasi/random/v0.2/insecure-seed"
	"github.com/witgen/witgen/wasi/random/v0.2/random"
	"github.com/witgen/witgen/wasi/sockets/v0.2/instance-network"
	"github.com/witgen/witgen/wasi/sockets/v0.2/network"
)

// Version is the version of WASI 0.2 whose functions there are.
const Version = "0.2.12"

// Interface is an interface of WASI with its implementation.
type Interface struct {
	// Name is the name without the version, as in "wasi:io/poll".
	Name       string
	Descriptor *bind.Interface
	// Defines are the resources that the interface defines. The others of its
	// Descriptor are those of that name of another Interface.
	Defines []string
	// Impl is the generated Interface, or nil if all functions are methods of resources.
	Impl any
}

// All returns all interfaces of an instance, in the one order that every provider of WASI
// has: those over what g grants, those of wasi:sockets over what makes sockets, which may
// be nil, and more.
func All(g *grants.Grants, makes Sockets, more ...Interface) []Interface {
	return slices.Concat(interfaces(g), socketInterfaces(makes), more)
}

// interfaces returns the interfaces over what g grants.
func interfaces(g *grants.Grants) []Interface {
	location := time.UTC
	if g.Zone != nil {
		location = g.Zone
	}
	std := stdio{g}
	return []Interface{
		{"wasi:io/error", &ioerror.Descriptor, []string{"error"}, nil},
		{"wasi:io/poll", &iopoll.Descriptor, []string{"pollable"}, polls{g}},
		{"wasi:io/streams", &iostreams.Descriptor, []string{"input-stream", "output-stream"}, nil},
		{"wasi:cli/environment", &environment.Descriptor, nil, environ{g}},
		{"wasi:cli/exit", &cliexit.Descriptor, nil, exit{}},
		{"wasi:cli/stdin", &stdin.Descriptor, nil, std},
		{"wasi:cli/stdout", &stdout.Descriptor, nil, std},
		{"wasi:cli/stderr", &stderr.Descriptor, nil, std},
		{"wasi:cli/terminal-input", &terminalinput.Descriptor, []string{"terminal-input"}, nil},
		{"wasi:cli/terminal-output", &terminaloutput.Descriptor, []string{"terminal-output"}, nil},
		{"wasi:cli/terminal-stdin", &terminalstdin.Descriptor, nil, std},
		{"wasi:cli/terminal-stdout", &terminalstdout.Descriptor, nil, std},
		{"wasi:cli/terminal-stderr", &terminalstderr.Descriptor, nil, std},
		{"wasi:clocks/monotonic-clock", &monotonicclock.Descriptor, nil, newMonotonic(g)},
		{"wasi:clocks/wall-clock", &wallclock.Descriptor, nil, wall{g.Clock}},
		{"wasi:clocks/timezone", &timezone.Descriptor, nil, zone{location}},
		{"wasi:filesystem/types", &filesystem.Descriptor2, []string{"descriptor", "directory-entry-stream"}, filesystemTypes{}},
		{"wasi:filesystem/preopens", &preopens.Descriptor2, nil, folders{g}},
		{"wasi:random/random", &random.Descriptor, nil, secure{g}},
		{"wasi:random/insecure", &insecurerandom.Descriptor, nil, insecure{g}},
		{"wasi:random/insecure-seed", &insecureseed.Descriptor, nil, insecure{g}},
	}
}

// Items describes interfaces to the runtime, in their order.
func Items(interfaces []Interface) []bind.Item {
	items := make([]bind.Item, len(interfaces))
	for n, i := range interfaces {
		_, field, _ := strings.Cut(i.Name, "/")
		items[n] = bind.Item{Name: i.Name + "@" + Version, Field: field, Interface: i.Descriptor}
		for _, resource := range i.Descriptor.Resources {
			definer := slices.IndexFunc(interfaces, func(i Interface) bool { return slices.Contains(i.Defines, resource) })
			items[n].Resources = append(items[n].Resources, bind.Resource{Item: definer, Name: resource})
		}
	}
	return items
}

// Impls returns the implementations, in the order of Items.
func Impls(interfaces []Interface) []any {
	impls := make([]any, len(interfaces))
	for n, i := range interfaces {
		impls[n] = i.Impl
		if i.Impl == nil {
			impls[n] = struct{}{}
		}
	}
	return impls
}

// What generated code asserts of implementations at run time.
var (
	_ iopoll.Interface          = polls{}
	_ environment.Interface     = environ{}
	_ cliexit.Interface         = exit{}
	_ stdin.Interface           = stdio{}
	_ stdout.Interface          = stdio{}
	_ stderr.Interface          = stdio{}
	_ terminalstdin.Interface   = stdio{}
	_ terminalstdout.Interface  = stdio{}
	_ terminalstderr.Interface  = stdio{}
	_ monotonicclock.Interface  = monotonic{}
	_ wallclock.Interface       = wall{}
	_ timezone.Interface        = zone{}
	_ filesystem.Interface      = filesystemTypes{}
	_ preopens.Interface        = folders{}
	_ random.Interface          = secure{}
	_ insecurerandom.Interface  = insecure{}
	_ insecureseed.Interface    = insecure{}
	_ network.Interface         = networks{}
	_ instancenetwork.Interface = networks{}
	_ iostreams.InputStream     = (*Input)(nil)
	_ iostreams.OutputStream    = (*Output)(nil)
	_ ioerror.Error             = (*Error)(nil)
)
