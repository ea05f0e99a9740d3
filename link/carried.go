package link

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// carried holds the types of WIT that a core module carries: in the names of exports that
// witgen's guest bindings write (abi.Carried), and in custom sections that component
// tools write. Core types alone do not tell an enum from another.
type carried struct {
	world    *bind.World
	required bool
	names    abi.Carried
	sections map[carriedFunction]uint64 // the identities
}

type carriedFunction struct {
	direction abi.Direction
	name      string
}

// metadataSection starts the names of the custom sections that hold worlds.
const metadataSection = "component-type"

// readCarried reads what a core module with the given exports carries.
func readCarried(world *bind.World, config *host.Config, module []byte, functions map[string]api.FunctionDefinition) (*carried, error) {
	c := &carried{world: world, required: config.RequireWIT}
	for _, name := range slices.Sorted(maps.Keys(functions)) {
		if err := c.names.Read(name); err != nil {
			return nil, &host.LinkError{World: world.Name, Item: "export " + shorten(name),
				Detail: fmt.Sprintf("the guest carries the types of its functions in this export, and %v; build it with the bindings of this world", err)}
		}
	}
	if hasMetadata(module) {
		if err := c.readMetadata(module); err != nil {
			return nil, err
		}
	}
	if !c.required || c.names.Any() || c.sections != nil {
		return c, nil
	}
	detail := "host.RequireWIT is set, and the guest carries no WIT to compare with the world's"
	if c.names.OtherFormat {
		detail = "host.RequireWIT is set, and the guest carries the types of its functions in a format that this version of witgen does not know"
	}
	return nil, &host.LinkError{World: world.Name, Detail: detail + carryRemedy}
}

const carryRemedy = "; build it with bindings that witgen guest writes now, or run witgen component embed or new on it"

func hasMetadata(module []byte) bool {
	for s := range wasm.NewCursor(module, 0).Sections() {
		if s.ID == wasm.CustomSection && strings.HasPrefix(s.Custom(), metadataSection) {
			return true
		}
	}
	return false
}

// metadataBytes returns how many bytes of a core module are definitions of the worlds in its
// custom sections.
func metadataBytes(module []byte) (total uint64) {
	for s := range wasm.NewCursor(module, 0).Sections() {
		if s.ID == wasm.CustomSection && strings.HasPrefix(s.Custom(), metadataSection) {
			total += binary.DefinitionBytes(s.Content.Ahead())
		}
	}
	return total
}

// readMetadata reads the custom sections.
func (c *carried) readMetadata(module []byte) error {
	bad := func(format string, args ...any) error {
		return &host.LinkError{World: c.world.Name, Detail: fmt.Sprintf(format, args...)}
	}
	w, err := component.DecodeWIT(module)
	if err != nil {
		return bad("the guest carries WIT in a custom section %q that cannot be read: %v; build it again, or take the section out", metadataSection, err)
	}
	for _, encoding := range w.Encodings {
		if encoding != component.UTF8 {
			return bad("the guest's strings have %s, and those of core modules must be in UTF-8; make a component of it with witgen component new", encoding)
		}
	}
	c.sections = map[carriedFunction]uint64{}
	layout := abi.New(w.Resolve)
	abi.EachFunction(w.Resolve, w.World, func(d abi.Direction, name string, f *wit.Function) {
		c.sections[carriedFunction{d, name}] = layout.Identity(f)
	})
	return nil
}

// check compares the type of a function in WIT that the guest imports or exports, under
// a name in a core module, with the world's.
func (c *carried) check(direction abi.Direction, module, name string, f *bind.Function) error {
	if f.Type == 0 {
		return nil
	}
	function := abi.CoreFunction(module, name)
	known, same := c.names.Compare(direction, function, f.Type)
	if identity, ok := c.sections[carriedFunction{direction, function}]; ok {
		same = identity == f.Type && (same || !known)
		known = true
	}
	detail := otherType
	switch {
	case known && same, !known && !c.required:
		return nil
	case !known:
		detail = "host.RequireWIT is set, and the guest carries no WIT of this function to compare with the world's" + carryRemedy
	}
	return &host.LinkError{World: c.world.Name, Item: string(direction) + " " + label(module, name), Detail: detail}
}

// shorten returns the beginning of a name that may be very long.
func shorten(name string) string {
	const most = 40
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "..."
}
