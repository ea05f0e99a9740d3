package wit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// MarshalJSON returns the model as JSON, in the form that component tooling
// prints (docs/json.md): four arrays whose indices are the ids of the model.
// Members stand in the order of the model.
func (r *Resolve) MarshalJSON() ([]byte, error) {
	w := &jsonWriter{r: r}
	w.object(func() {
		w.member("worlds", func() { array(w, r.Worlds, w.world) })
		w.member("interfaces", func() { array(w, r.Interfaces, w.iface) })
		w.member("types", func() { array(w, r.Types, w.typeDef) })
		w.member("packages", func() { array(w, r.Packages, w.pkg) })
	})
	return w.buf, nil
}

// jsonWriter appends one JSON value after another to buf.
type jsonWriter struct {
	r   *Resolve
	buf []byte
	// text is room for one string.
	text bytes.Buffer
}

// comma separates a value from the one before it.
func (w *jsonWriter) comma() {
	if n := len(w.buf); n > 0 {
		switch w.buf[n-1] {
		case '{', '[', ':':
		default:
			w.buf = append(w.buf, ',')
		}
	}
}

func (w *jsonWriter) object(body func()) {
	w.comma()
	w.buf = append(w.buf, '{')
	body()
	w.buf = append(w.buf, '}')
}

func (w *jsonWriter) member(name string, value func()) {
	w.string(name)
	w.buf = append(w.buf, ':')
	value()
}

func array[T any](w *jsonWriter, items []T, each func(T)) {
	w.comma()
	w.buf = append(w.buf, '[')
	for _, item := range items {
		each(item)
	}
	w.buf = append(w.buf, ']')
}

func (w *jsonWriter) string(s string) {
	w.comma()
	w.text.Reset()
	e := json.NewEncoder(&w.text)
	e.SetEscapeHTML(false) // comments are full of <, > and &
	if err := e.Encode(s); err != nil {
		panic(err) // a string always has a JSON form
	}
	w.buf = append(w.buf, bytes.TrimSuffix(w.text.Bytes(), []byte("\n"))...)
}

func (w *jsonWriter) int(n int) { w.int64(int64(n)) }

func (w *jsonWriter) int64(n int64) {
	w.comma()
	w.buf = strconv.AppendInt(w.buf, n, 10)
}

func (w *jsonWriter) null() {
	w.comma()
	w.buf = append(w.buf, "null"...)
}

// The members that many values share, each left out where it says nothing.

func (w *jsonWriter) docs(docs string) {
	if docs == "" {
		return
	}
	if docs == EmptyDocs {
		docs = ""
	}
	w.member("docs", func() {
		w.object(func() { w.member("contents", func() { w.string(docs) }) })
	})
}

func (w *jsonWriter) stability(s Stability) {
	tag, name, value := "", "", ""
	switch {
	case s.Since != "":
		tag, name, value = "stable", "since", s.Since
	case s.Feature != "":
		tag, name, value = "unstable", "feature", s.Feature
	default:
		return
	}
	w.member("stability", func() {
		w.object(func() {
			w.member(tag, func() {
				w.object(func() {
					w.member(name, func() { w.string(value) })
					if s.Deprecated != "" {
						w.member("deprecated", func() { w.string(s.Deprecated) })
					}
				})
			})
		})
	})
}

func (w *jsonWriter) externalID(id string) {
	if text, ok := ExternalIDText(id); ok {
		w.member("external_id", func() { w.string(text) })
	}
}

func (w *jsonWriter) packageOf(id PackageID) {
	w.member("package", func() {
		if id == NoPackage {
			w.null()
			return
		}
		w.int(int(id))
	})
}

func (w *jsonWriter) pkg(p *Package) {
	w.object(func() {
		w.member("name", func() { w.string(p.Name.String()) })
		w.docs(p.Docs)
		w.member("interfaces", func() {
			w.object(func() {
				for _, id := range p.Interfaces {
					w.member(w.r.Interfaces[id].Name, func() { w.int(int(id)) })
				}
			})
		})
		w.member("worlds", func() {
			w.object(func() {
				for _, id := range p.Worlds {
					w.member(w.r.Worlds[id].Name, func() { w.int(int(id)) })
				}
			})
		})
	})
}

func (w *jsonWriter) world(world *World) {
	w.object(func() {
		w.member("name", func() { w.string(world.Name) })
		w.member("imports", func() { w.items(world.Imports) })
		w.member("exports", func() { w.items(world.Exports) })
		w.packageOf(world.Package)
		w.docs(world.Docs)
		w.stability(world.Stability)
	})
}

func (w *jsonWriter) items(items []*WorldItem) {
	w.object(func() {
		for _, item := range items {
			key := item.Name
			if id, ok := item.KeyInterface(); ok {
				key = "interface-" + strconv.Itoa(int(id))
			}
			w.member(key, func() { w.object(func() { w.item(item) }) })
		}
	})
}

func (w *jsonWriter) item(item *WorldItem) {
	switch what := item.Item.(type) {
	case InterfaceID:
		w.member("interface", func() {
			w.object(func() {
				w.member("id", func() { w.int(int(what)) })
				w.stability(item.Stability)
				w.externalID(item.ExternalID)
				w.docs(item.Docs)
			})
		})
	case *Function:
		w.member("function", func() { w.function(what) })
	case TypeID:
		w.member("type", func() { w.int(int(what)) })
	default:
		panic(fmt.Sprintf("wit: unhandled item %T", what))
	}
}

func (w *jsonWriter) iface(i *Interface) {
	w.object(func() {
		w.member("name", func() { w.name(i.Name) })
		w.member("types", func() {
			w.object(func() {
				for _, id := range i.Types {
					w.member(w.r.Types[id].Name, func() { w.int(int(id)) })
				}
			})
		})
		w.member("functions", func() {
			w.object(func() {
				for _, f := range i.Functions {
					w.member(f.Name, func() { w.function(f) })
				}
			})
		})
		w.docs(i.Docs)
		w.stability(i.Stability)
		w.packageOf(i.Package)
		if i.CloneOf >= 0 {
			w.member("clone_of", func() { w.int(int(i.CloneOf)) })
		}
	})
}

// name writes a name, or null for "".
func (w *jsonWriter) name(s string) {
	if s == "" {
		w.null()
		return
	}
	w.string(s)
}

func (w *jsonWriter) function(f *Function) {
	w.object(func() {
		w.member("name", func() { w.string(f.Name) })
		w.member("kind", func() { w.funcKind(f) })
		w.member("params", func() {
			array(w, f.Params, func(p Param) {
				w.object(func() {
					w.member("name", func() { w.string(p.Name) })
					w.member("type", func() { w.typ(p.Type) })
				})
			})
		})
		if f.Result != nil {
			w.member("result", func() { w.typ(f.Result) })
		}
		w.docs(f.Docs)
		w.stability(f.Stability)
		w.externalID(f.ExternalID)
	})
}

var funcKindNames = [...]string{Freestanding: "freestanding", Method: "method", Static: "static", Constructor: "constructor"}

func (w *jsonWriter) funcKind(f *Function) {
	tag := funcKindNames[f.Kind]
	if f.Async {
		tag = "async-" + tag
	}
	if f.Kind == Freestanding {
		w.string(tag)
		return
	}
	w.object(func() { w.member(tag, func() { w.int(int(f.Resource)) }) })
}

func (w *jsonWriter) typeDef(t *TypeDef) {
	w.object(func() {
		w.member("name", func() { w.name(t.Name) })
		w.member("kind", func() { w.kind(t.Kind) })
		w.member("owner", func() {
			switch o := t.Owner.(type) {
			case nil:
				w.null()
			case InterfaceID:
				w.object(func() { w.member("interface", func() { w.int(int(o)) }) })
			case WorldID:
				w.object(func() { w.member("world", func() { w.int(int(o)) }) })
			default:
				panic(fmt.Sprintf("wit: unhandled owner %T", o))
			}
		})
		w.docs(t.Docs)
		w.stability(t.Stability)
		w.externalID(t.ExternalID)
	})
}

// typ writes a reference to a type, and null for an absent payload.
func (w *jsonWriter) typ(t Type) {
	switch t := t.(type) {
	case nil:
		w.null()
	case Prim:
		w.string(t.String())
	case TypeID:
		w.int(int(t))
	default:
		panic(fmt.Sprintf("wit: unhandled type %T", t))
	}
}

func (w *jsonWriter) kind(k Kind) {
	tagged := func(tag string, body func()) {
		w.object(func() { w.member(tag, body) })
	}
	nested := func(tag, name string, body func()) {
		tagged(tag, func() { w.object(func() { w.member(name, body) }) })
	}
	switch k := k.(type) {
	case *Record:
		nested("record", "fields", func() {
			array(w, k.Fields, func(f Field) { w.labelled(f.Name, f.Type, f.Docs) })
		})
	case *Variant:
		nested("variant", "cases", func() {
			array(w, k.Cases, func(c Case) { w.labelled(c.Name, c.Type, c.Docs) })
		})
	case *Flags:
		nested("flags", "flags", func() { array(w, k.Flags, w.label) })
	case *Enum:
		nested("enum", "cases", func() { array(w, k.Cases, w.label) })
	case *Tuple:
		nested("tuple", "types", func() { array(w, k.Types, w.typ) })
	case *Result:
		tagged("result", func() {
			w.object(func() {
				w.member("ok", func() { w.typ(k.OK) })
				w.member("err", func() { w.typ(k.Err) })
			})
		})
	case *Option:
		tagged("option", func() { w.typ(k.Type) })
	case *List:
		tagged("list", func() { w.typ(k.Type) })
	case *FixedList:
		tagged("fixed-length-list", func() {
			array(w, []func(){func() { w.typ(k.Type) }, func() { w.int64(int64(k.Size)) }}, func(f func()) { f() })
		})
	case *Map:
		tagged("map", func() { array(w, []Type{k.Key, k.Value}, w.typ) })
	case *Stream:
		tagged("stream", func() { w.typ(k.Type) })
	case *Future:
		tagged("future", func() { w.typ(k.Type) })
	case *Own:
		nested("handle", "own", func() { w.int(int(k.Resource)) })
	case *Borrow:
		nested("handle", "borrow", func() { w.int(int(k.Resource)) })
	case *Resource:
		w.string("resource")
	case *Alias:
		tagged("type", func() { w.typ(k.Type) })
	default:
		panic(fmt.Sprintf("wit: unhandled kind %T", k))
	}
}

// labelled writes a field or a case.
func (w *jsonWriter) labelled(name string, t Type, docs string) {
	w.object(func() {
		w.member("name", func() { w.string(name) })
		w.member("type", func() { w.typ(t) })
		w.docs(docs)
	})
}

func (w *jsonWriter) label(l Label) {
	w.object(func() {
		w.member("name", func() { w.string(l.Name) })
		w.docs(l.Docs)
	})
}
