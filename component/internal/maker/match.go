package maker

import (
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// coreUse is an import of a core module with what it stands for.
type coreUse struct {
	module, name string
	// unique is the name in the module of the component.
	unique string
	entity core.Entity
	kind   useKind
	// item is the import or export of the world, fn its function, resource its
	// resource, where the kind has them.
	item     *wit.WorldItem
	fn       *wit.Function
	resource wit.TypeID
	// adapter is the part that supplies it.
	adapter *part
	// export is the name of the main module's export that supplies it.
	export string
}

// useKind is the kind of thing that an import of a core module stands for.
type useKind uint8

// The kinds of uses.
const (
	useFunc        useKind = iota // an imported function
	useDrop                       // drops a handle of an imported resource
	useExportedNew                // the three of an exported resource
	useExportedRep
	useExportedDrop
	useAdapter    // an export of an adapter
	useMemory     // the main module's memory
	useMainExport // another export of the main module
)

// match finds what each import of each core module stands for. Imports from one module
// come together, in the order in which they are.
func (in *input) match() map[*part][]*coreUse {
	uses := make(map[*part][]*coreUse)
	for _, p := range in.parts {
		names := core.UniqueNames(p.module.Imports)
		first := make(map[string]int)
		for n, i := range p.module.Imports {
			if _, ok := first[i.Module]; !ok {
				first[i.Module] = n
			}
			use := &coreUse{module: i.Module, name: i.Name, unique: names[n], entity: i.Entity}
			in.classify(p, use)
			uses[p] = append(uses[p], use)
		}
		slices.SortStableFunc(uses[p], func(a, b *coreUse) int { return first[a.module] - first[b.module] })
	}
	return uses
}

// classify finds the kind of a use, and what belongs to that.
func (in *input) classify(p *part, use *coreUse) {
	main := in.main()
	switch {
	case p != main && use.module == "env" && use.name == "memory" && use.entity.Sort == binary.SortCoreMemory:
		use.kind = useMemory
		in.checkMainExport(p, use, memories)
		return
	case p != main && use.module == mainModule:
		use.kind = useMainExport
		names := []string{use.name}
		if use.name == mainRealloc {
			names = mainReallocs
		}
		in.checkMainExport(p, use, names)
		return
	}
	for _, a := range in.parts[1:] {
		if a.name == use.module && a != p {
			use.kind, use.adapter = useAdapter, a
			e, ok := a.module.Exports[use.name]
			if !ok {
				failNew("%s imports %q from %q, and the adapter of that name does not export it", p.describe(), use.name, use.module)
			}
			if wrong := in.types.Match(e, use.entity); wrong != "" {
				failNew("%s imports %q from the adapter %q: %s", p.describe(), use.name, use.module, wrong)
			}
			if e.Sort != binary.SortCoreFunc {
				failNew("%s imports the %s %q from the adapter %q, and adapters supply functions", p.describe(), e.Sort, use.name, use.module)
			}
			return
		}
	}
	if use.entity.Sort != binary.SortCoreFunc {
		failNew("%s imports the %s %q from %q, and a component supplies functions", p.describe(), use.entity.Sort, use.name, use.module)
	}
	if !in.matchImport(p, use) {
		hint := ""
		if use.module == "wasi_snapshot_preview1" || use.module == "wasi_unstable" {
			hint = ": an adapter of that name is needed"
		}
		failNew("%s imports %q from %q, which its world does not say%s", p.describe(), use.name, use.module, hint)
	}
}

// checkMainExport finds the export of the main module that an adapter imports, under one
// of some names, and checks its type.
func (in *input) checkMainExport(p *part, use *coreUse, names []string) {
	name, ok := in.main().exportNamed(names...)
	if !ok {
		what := "memory"
		if use.kind == useMainExport {
			what = "export"
		}
		failNew("%s needs the %s %q of the core module, which does not export it", p.describe(), what, names[0])
	}
	if wrong := in.types.Match(in.main().module.Exports[name], use.entity); wrong != "" {
		failNew("%s imports %q of the core module: %s", p.describe(), name, wrong)
	}
	use.export = name
}

// checkFunc checks the type of a core import or export.
func (in *input) checkFunc(p *part, what string, e core.Entity, params, results []wasm.ValType) {
	if e.Sort != binary.SortCoreFunc {
		failNew("%s of %s is a %s, and must be a function", what, p.describe(), e.Sort)
	}
	if want := in.types.Function(params, results); e.Type != want {
		failNew("%s of %s is of type %s, and must be of type %s", what, p.describe(), in.types.Show(e.Type), in.types.Show(want))
	}
}

// coreValTypes are core types of the abi package.
func coreValTypes(list []abi.Core) []wasm.ValType {
	out := make([]wasm.ValType, len(list))
	for i, c := range list {
		out[i] = [...]wasm.ValType{abi.I32: wasm.I32, abi.I64: wasm.I64, abi.F32: wasm.F32, abi.F64: wasm.F64}[c]
	}
	return out
}

// reallocs are the names under which core modules export what allocates. The first is
// that of witgen's guests for TinyGo's wasip2, whose runtime exports a cabi_realloc of its
// own that a garbage collector does not know of.
var reallocs = []string{"witgen_realloc", "cabi_realloc", standardPrefix + "_realloc", "canonical_abi_realloc"}

// mainReallocs are those of the main module for adapters.
var mainReallocs = append([]string{"cabi_realloc_adapter"}, reallocs...)

// memories are the names under which the main module exports its memory.
var memories = []string{"memory", standardPrefix + "_memory"}

// reallocOf returns the part and the name of the function that allocates for a part:
// its own, or the main module's.
func (in *input) reallocOf(p *part, lifted bool) (*part, string) {
	special := "cabi_import_realloc"
	if lifted {
		special = "cabi_export_realloc"
	}
	for _, owner := range []*part{p, in.main()} {
		for _, name := range append([]string{special}, reallocs...) {
			if e, ok := owner.module.Exports[name]; ok {
				i32 := wasm.I32
				in.checkFunc(owner, "export "+name, e, []wasm.ValType{i32, i32, i32, i32}, []wasm.ValType{i32})
				return owner, name
			}
		}
	}
	failNew("%s exports no cabi_realloc, which is needed to pass lists and strings to it", p.describe())
	return nil, ""
}

// eachResource calls visit for the resources that an exported interface defines.
func (in *input) eachResource(it *wit.WorldItem, visit func(wit.TypeID)) {
	id, ok := it.Item.(wit.InterfaceID)
	if !ok {
		return
	}
	for _, t := range in.r.Interfaces[id].Types {
		if _, ok := in.r.Types[t].Kind.(*wit.Resource); ok {
			visit(t)
		}
	}
}

// dtor returns the export of a part that is the destructor of a resource.
func (in *input) dtor(p *part, it *wit.WorldItem, id wit.TypeID) (string, bool) {
	names := in.dtorNames(it, in.r.Types[id].Name)
	name, ok := p.exportNamed(names[:]...)
	if ok {
		in.checkFunc(p, "export "+name, p.module.Exports[name], []wasm.ValType{wasm.I32}, nil)
	}
	return name, ok
}
