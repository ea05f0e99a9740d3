package cli

import (
	"strings"

	"github.com/witgen/witgen/gen/guest"
	"github.com/witgen/witgen/gen/host"
	"github.com/witgen/witgen/internal/gogen"
)

// generators are the generators of both sides.
var generators = map[side]generator{
	hostSide:  host.Generate,
	guestSide: guest.Generate,
}

// abiVersion returns the version of the runtime that generated code asks for.
func abiVersion() string {
	return strings.TrimPrefix(gogen.ABIVersion.Name, "GeneratedCodeNeedsABI")
}
