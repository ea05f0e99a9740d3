package abi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/wit"
)

// A carrier is a function that a guest's core module exports for its name alone: the name
// holds the types of a world's functions, so that a host compares them with its own
// without running the guest. Compilers of guests write no custom sections from source,
// and all of them write exports. The name is
//
//	witgen_types_1_ WORLD ENTRY*
//
// WORLD is a hash of the world's name, so that two worlds in one module do not export
// the same name. An ENTRY is a hash of a function's name in core modules and a hash of
// its type. All are in base64 as URLs have it.

// carrierPrefix begins the names of carriers. The number stands for the format and for
// the hashes of Identity: whoever changes either raises it.
const carrierPrefix = carrierFamily + "1_"

const carrierFamily = "witgen_types_"

// The lengths of the hashes in characters of 6 bits. Those of an entry are short, since
// they are bytes in every guest: that of the type misses a difference once in 2^36 times,
// and that of the function refuses one that the world does not have, and that the guest's
// other bindings import, once in 2^24 times for each entry.
const (
	worldHash    = 4
	functionHash = 4
	typeHash     = 6
	entryLength  = functionHash + typeHash
)

// maxEntries is the number of entries in the name of one carrier. Names in core modules
// are at most 100,000 bytes long in common implementations.
const maxEntries = 1000

// Direction tells a function that a guest imports from one that it exports.
type Direction string

// The directions of functions.
const (
	Imported Direction = "import"
	Exported Direction = "export"
)

// CoreFunction returns the name of a function in core modules as carriers know it.
// module is the name of the interface, or "$root" for functions of the world itself.
func CoreFunction(module, name string) string { return module + "#" + name }

// Carriers returns the names of the functions that carry the types of a world's
// functions, sorted by the hashes. There are none for a world without functions.
func (a *ABI) Carriers(world wit.WorldID) []string {
	var entries []string
	EachFunction(a.Resolve, world, func(d Direction, name string, f *wit.Function) {
		entries = append(entries, hashName(functionHash, string(d), name)+hashType(a.Identity(f)))
	})
	slices.Sort(entries)
	entries = slices.Compact(entries)
	w := a.Resolve.Worlds[world]
	name := w.Name
	if w.Package != wit.NoPackage {
		name = a.Resolve.Packages[w.Package].Name.Qualify(name)
	}
	var carriers []string
	for part := range slices.Chunk(entries, maxEntries) {
		carriers = append(carriers, carrierPrefix+hashName(worldHash, "world", name)+strings.Join(part, ""))
	}
	return carriers
}

// EachFunction calls visit with the functions of a world's imports and exports, and
// their CoreFunction names.
func EachFunction(r *wit.Resolve, world wit.WorldID, visit func(d Direction, name string, f *wit.Function)) {
	each := func(d Direction, items []*wit.WorldItem) {
		for _, item := range items {
			switch what := item.Item.(type) {
			case *wit.Function:
				visit(d, CoreFunction("$root", what.Name), what)
			case wit.InterfaceID:
				for _, f := range r.Interfaces[what].Functions {
					visit(d, CoreFunction(r.ItemName(item), f.Name), f)
				}
			case wit.TypeID:
			default:
				panic(fmt.Sprintf("abi: unhandled item %T", what))
			}
		}
	}
	each(Imported, r.Worlds[world].Imports)
	each(Exported, r.Worlds[world].Exports)
}

// Carried holds the types of functions that a core module carries.
type Carried struct {
	types map[string][]string // by the hash of the function
	// OtherFormat reports whether there are carriers in a format that this version does
	// not know.
	OtherFormat bool
}

// Read adds the types that an export carries, if it is a carrier by its name. It fails
// for a carrier that is malformed.
func (c *Carried) Read(export string) error {
	if !strings.HasPrefix(export, carrierFamily) {
		return nil
	}
	hashes, ok := strings.CutPrefix(export, carrierPrefix)
	if !ok {
		c.OtherFormat = true
		return nil
	}
	if len(hashes) < worldHash || (len(hashes)-worldHash)%entryLength != 0 {
		return fmt.Errorf("its name is cut off: %d characters of hashes, and a carrier has %d and a multiple of %d", len(hashes), worldHash, entryLength)
	}
	if c.types == nil {
		c.types = map[string][]string{}
	}
	for entry := range slices.Chunk([]byte(hashes[worldHash:]), entryLength) {
		function := string(entry[:functionHash])
		c.types[function] = append(c.types[function], string(entry[functionHash:]))
	}
	return nil
}

// Any reports whether the module carries the types of any function.
func (c *Carried) Any() bool { return len(c.types) > 0 }

// Compare reports whether the module carries the type of a function, and whether that is
// the type with the given Identity.
func (c *Carried) Compare(d Direction, function string, identity uint64) (known, same bool) {
	types, known := c.types[hashName(functionHash, string(d), function)]
	return known, slices.Contains(types, hashType(identity))
}

// hashType returns the leading bits of an Identity.
func hashType(identity uint64) string {
	return base64Text(binary.BigEndian.AppendUint64(nil, identity))[:typeHash]
}

// hashName returns the first characters of a hash of two words.
func hashName(length int, kind, name string) string {
	sum := sha256.Sum256([]byte(kind + " " + name))
	return base64Text(sum[:8])[:length]
}

func base64Text(bytes []byte) string { return base64.RawURLEncoding.EncodeToString(bytes) }
