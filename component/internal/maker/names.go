package maker

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// The names of core imports and exports come in two schemes. The older one is what
// guests have today: the module is the interface, $root or [export] and the
// interface, and intrinsics have a prefix. The names of build target cm32p2
// (BuildTargets.md of the component model) have a prefix and suffixes.
const standardPrefix = "cm32p2"

// coreName is an import of a core module taken apart.
type coreName struct {
	standard bool
	// root is true of an import of the world itself, exported of an
	// intrinsic of an exported interface.
	root, exported bool
	iface          string
	name           string
}

func parseCoreImport(module, name string) coreName {
	n := coreName{name: name}
	rest, standard := strings.CutPrefix(module, standardPrefix)
	if !standard {
		n.iface, n.exported = strings.CutPrefix(module, "[export]")
		n.root = n.iface == "$root"
		return n
	}
	n.standard = true
	if rest == "" {
		n.root = true
		return n
	}
	rest, _ = strings.CutPrefix(rest, "|")
	n.iface, n.exported = strings.CutPrefix(rest, "_ex_")
	return n
}

// intrinsic returns the resource that an intrinsic is for: "[resource-drop]r" or
// "r_drop".
func (n coreName) intrinsic(what string) (string, bool) {
	if n.standard {
		return strings.CutSuffix(n.name, "_"+what)
	}
	return strings.CutPrefix(n.name, "[resource-"+what+"]")
}

// matchImport finds what of the world a core import stands for and checks its type.
func (in *input) matchImport(p *part, use *coreUse) bool {
	n := parseCoreImport(use.module, use.name)
	i32 := []wasm.ValType{wasm.I32}
	what := "import " + use.module + " " + use.name
	if n.exported {
		item, id := in.matchInterface(in.world.Exports, n)
		if item == nil {
			return false
		}
		for _, of := range []struct {
			kind    useKind
			name    string
			results []wasm.ValType
		}{{useExportedNew, "new", i32}, {useExportedRep, "rep", i32}, {useExportedDrop, "drop", nil}} {
			name, ok := n.intrinsic(of.name)
			if !ok {
				continue
			}
			if r, ok := in.resourceNamed(id, name); ok {
				use.kind, use.item, use.resource = of.kind, item, r
				in.checkFunc(p, what, use.entity, i32, of.results)
				return true
			}
		}
		return false
	}
	item, ok := in.matchItem(n, use)
	if !ok {
		return false
	}
	use.item = item
	if use.fn != nil {
		sig := in.abi.Lower(use.fn)
		in.checkFunc(p, what, use.entity, coreValTypes(sig.Params), coreValTypes(sig.Results))
		return true
	}
	use.kind = useDrop
	in.checkFunc(p, what, use.entity, i32, nil)
	return true
}

// matchItem finds an imported function or resource and sets use.fn or use.resource.
func (in *input) matchItem(n coreName, use *coreUse) (*wit.WorldItem, bool) {
	drop, isDrop := n.intrinsic("drop")
	if n.root {
		for _, it := range in.world.Imports {
			switch what := it.Item.(type) {
			case *wit.Function:
				if what.Name == n.name {
					use.fn = what
					return it, true
				}
			case wit.TypeID:
				if _, ok := in.r.Kind(what).(*wit.Resource); ok && isDrop && it.Name == drop {
					use.resource = what
					return it, true
				}
			case wit.InterfaceID:
			default:
				panic(fmt.Sprintf("maker: unhandled item %T", what))
			}
		}
		return nil, false
	}
	item, id := in.matchInterface(in.world.Imports, n)
	if item == nil {
		return nil, false
	}
	for _, f := range in.r.Interfaces[id].Functions {
		if f.Name == n.name {
			use.fn = f
			return item, true
		}
	}
	if r, ok := in.resourceNamed(id, drop); ok && isDrop {
		use.resource = r
		return item, true
	}
	return nil, false
}

// resourceNamed returns the resource of a name in an interface.
func (in *input) resourceNamed(id wit.InterfaceID, name string) (wit.TypeID, bool) {
	for _, t := range in.r.Interfaces[id].Types {
		if in.r.Types[t].Name == name {
			_, ok := in.r.Kind(t).(*wit.Resource)
			return t, ok
		}
	}
	return 0, false
}

// matchInterface finds the interface of a core import: by its name, or by a name of
// a compatible version.
func (in *input) matchInterface(items []*wit.WorldItem, n coreName) (*wit.WorldItem, wit.InterfaceID) {
	var compatible *wit.WorldItem
	var compatibleID wit.InterfaceID
	for _, it := range items {
		id, ok := it.Item.(wit.InterfaceID)
		if !ok {
			continue
		}
		name := in.r.ItemName(it)
		if n.standard {
			name = wit.InterfaceTrack(name)
		}
		if name == n.iface {
			return it, id
		}
		if compatible == nil && it.Name == "" && wit.InterfaceTrack(name) == wit.InterfaceTrack(n.iface) {
			compatible, compatibleID = it, id
		}
	}
	return compatible, compatibleID
}

// coreExportNames are the names that a core module may export a function of the
// world under.
type coreExportNames struct{ name, post string }

// exportNames returns the names for a function of an item in both schemes.
func (in *input) exportNames(it *wit.WorldItem, f *wit.Function) [2]coreExportNames {
	item := in.r.ItemName(it)
	old, standard := f.Name, standardPrefix+"||"+f.Name
	if _, ok := it.Item.(wit.InterfaceID); ok {
		old = item + "#" + f.Name
		standard = standardPrefix + "|" + wit.InterfaceTrack(item) + "|" + f.Name
	}
	return [2]coreExportNames{{old, "cabi_post_" + old}, {standard, standard + "_post"}}
}

// dtorNames returns the names of a resource's destructor in both schemes.
func (in *input) dtorNames(it *wit.WorldItem, resource string) [2]string {
	item := in.r.ItemName(it)
	return [2]string{item + "#[dtor]" + resource, standardPrefix + "|" + wit.InterfaceTrack(item) + "|" + resource + "_dtor"}
}
