package witbin

import (
	"fmt"

	"github.com/witgen/witgen/wit"
)

// encodeDocs returns the contents of the section that holds a package's
// documentation and gates.
func encodeDocs(r *wit.Resolve, id wit.PackageID) ([]byte, error) {
	pkg := r.Packages[id]
	docs := docsPackage{Docs: docsText(pkg.Docs)}
	for _, w := range pkg.Worlds {
		if d := worldDocs(r, r.Worlds[w]); !d.isZero() {
			docs.Worlds.add(r.Worlds[w].Name, d)
		}
	}
	for _, i := range pkg.Interfaces {
		if d := interfaceDocs(r, r.Interfaces[i]); !d.isZero() {
			docs.Interfaces.add(r.Interfaces[i].Name, d)
		}
	}
	text, err := plainJSON(docs)
	if err != nil {
		return nil, err
	}
	return append([]byte{docsVersion}, text...), nil
}

func (d docsWorld) isZero() bool {
	return d.Docs == nil && d.Stability == docsStability{} && d.Interfaces.IsZero() && d.Types.IsZero() && d.Funcs.IsZero() &&
		d.InterfaceExports.IsZero() && d.FuncExports.IsZero() && d.ImportStability.IsZero() && d.ExportStability.IsZero() &&
		d.ImportDocs.IsZero() && d.ExportDocs.IsZero()
}

func (d docsInterface) isZero() bool {
	return d.Docs == nil && d.Stability == docsStability{} && d.Funcs.IsZero() && d.Types.IsZero()
}

func (d docsFunc) isZero() bool { return d == docsFunc{} }

func (d docsType) isZero() bool {
	return d.Docs == nil && d.Stability == docsStability{} && d.Items.IsZero()
}

func interfaceDocs(r *wit.Resolve, x *wit.Interface) docsInterface {
	d := docsInterface{Docs: docsText(x.Docs), Stability: stabilityOf(x.Stability)}
	for _, f := range x.Functions {
		if fd := functionDocs(f); !fd.isZero() {
			d.Funcs.add(f.Name, fd)
		}
	}
	for _, t := range x.Types {
		if td := typeDocs(r.Types[t]); !td.isZero() {
			d.Types.add(r.Types[t].Name, td)
		}
	}
	return d
}

func functionDocs(f *wit.Function) docsFunc {
	return docsFunc{docsText(f.Docs), stabilityOf(f.Stability)}
}

func typeDocs(t *wit.TypeDef) docsType {
	d := docsType{Docs: docsText(t.Docs), Stability: stabilityOf(t.Stability)}
	add := func(name, docs string) {
		if text := docsText(docs); text != nil {
			d.Items.add(name, *text)
		}
	}
	labels := func(list []wit.Label) {
		for _, l := range list {
			add(l.Name, l.Docs)
		}
	}
	switch k := t.Kind.(type) {
	case *wit.Record:
		for _, f := range k.Fields {
			add(f.Name, f.Docs)
		}
	case *wit.Variant:
		for _, c := range k.Cases {
			add(c.Name, c.Docs)
		}
	case *wit.Flags:
		labels(k.Flags)
	case *wit.Enum:
		labels(k.Cases)
	case *wit.Alias, *wit.Tuple, *wit.Option, *wit.Result, *wit.List, *wit.FixedList, *wit.Map, *wit.Own, *wit.Borrow, *wit.Resource, *wit.Stream, *wit.Future:
	default:
		panic(fmt.Sprintf("witbin: unhandled kind %T", k))
	}
	return d
}

func worldDocs(r *wit.Resolve, w *wit.World) docsWorld {
	d := docsWorld{Docs: docsText(w.Docs), Stability: stabilityOf(w.Stability)}
	side := func(items []*wit.WorldItem, interfaces *orderedMap[docsInterface], funcs *orderedMap[docsFunc], gates *orderedMap[docsStability], texts *orderedMap[string]) {
		for _, it := range items {
			name := r.ItemName(it)
			switch what := it.Item.(type) {
			case *wit.Function:
				if fd := functionDocs(what); !fd.isZero() {
					funcs.add(name, fd)
				}
			case wit.TypeID:
				if td := typeDocs(r.Types[what]); !td.isZero() {
					d.Types.add(name, td)
				}
			case wit.InterfaceID:
				if r.Interfaces[what].Name == "" {
					if id := interfaceDocs(r, r.Interfaces[what]); !id.isZero() {
						interfaces.add(name, id)
					}
					continue
				}
				if s := stabilityOf(it.Stability); s != (docsStability{}) {
					gates.add(name, s)
				}
				if text := docsText(it.Docs); text != nil {
					texts.add(name, *text)
				}
			default:
				panic(fmt.Sprintf("witbin: unhandled item %T", what))
			}
		}
	}
	side(w.Imports, &d.Interfaces, &d.Funcs, &d.ImportStability, &d.ImportDocs)
	side(w.Exports, &d.InterfaceExports, &d.FuncExports, &d.ExportStability, &d.ExportDocs)
	return d
}
