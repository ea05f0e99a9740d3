package wit

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Print returns packages as the text of one WIT file: main as the file's own
// package, the others nested in it. The text resolves to the same model but for the
// order of functions, where all packages that main needs are among them: those of
// resources come with their types, before all others. What the model does not hold
// (comments that document nothing, items whose feature is not active, include
// statements) is not there, and transitive imports are spelled out. A gate that
// an included item has from a package of another version is left out where this
// package could not say it.
func Print(r *Resolve, main PackageID, nested ...PackageID) string {
	p := &printer{r: r}
	p.file(main, nested)
	return p.b.String()
}

// PrintAll returns a whole model as the text of one WIT file, with main as the
// file's own package and all others nested in it: in the order of their names, but each
// behind those that it depends on. That is the order that the model of the text has.
func PrintAll(r *Resolve, main PackageID) string {
	return Print(r, main, slices.DeleteFunc(packageOrder(r), func(id PackageID) bool { return id == main })...)
}

// packageOrder returns the packages by name, each behind those that it depends on, which
// come in the order in which its text names them. It looks at the text as it is printed,
// and not at the order of the model, so that printing twice gives the same text.
func packageOrder(r *Resolve) []PackageID {
	all := make([]PackageID, len(r.Packages))
	for i := range all {
		all[i] = PackageID(i)
	}
	slices.SortFunc(all, func(a, b PackageID) int { return ComparePackages(r.Packages[a].Name, r.Packages[b].Name) })
	var order []PackageID
	visited := make([]bool, len(r.Packages))
	var visit func(id PackageID)
	visit = func(id PackageID) {
		if visited[id] {
			return
		}
		visited[id] = true
		for _, dep := range packageDeps(r, r.Packages[id]) {
			visit(dep)
		}
		order = append(order, id)
	}
	for _, id := range all {
		visit(id)
	}
	return order
}

// packageDeps returns the packages that the text of a package names, in the order in
// which the parser comes upon them: interfaces before worlds, and of a world what it
// uses, what it imports and what it exports.
func packageDeps(r *Resolve, p *Package) []PackageID {
	var deps []PackageID
	seen := map[PackageID]bool{}
	add := func(id InterfaceID) {
		if pkg := r.Interfaces[id].Package; pkg != NoPackage && !seen[pkg] {
			seen[pkg] = true
			deps = append(deps, pkg)
		}
	}
	names := &printer{r: r}
	uses := func(types []TypeID) {
		for _, id := range types {
			if from, _, ok := names.usedFrom(id); ok {
				add(from)
			}
		}
	}
	for _, id := range p.Interfaces {
		uses(r.Interfaces[id].Types)
	}
	for _, id := range p.Worlds {
		w := r.Worlds[id]
		for _, item := range w.Imports {
			if t, ok := item.Item.(TypeID); ok {
				uses([]TypeID{t})
			}
		}
		for _, item := range slices.Concat(w.Imports, w.Exports) {
			if id, ok := item.Item.(InterfaceID); !ok {
				continue
			} else if r.Interfaces[id].Name != "" {
				add(id)
			} else {
				uses(r.Interfaces[id].Types)
			}
		}
	}
	return deps
}

// printer writes WIT, with the line ends and the order of wasm-tools 1.262, so that
// texts of both can be compared. indent counts the braces that are open; pkg is the
// package that is being written.
type printer struct {
	r      *Resolve
	b      strings.Builder
	indent int
	pkg    PackageID
}

func (p *printer) line(format string, args ...any) {
	p.b.WriteString(strings.Repeat("  ", p.indent))
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

// blank writes an empty line where it is due.
func (p *printer) blank(due bool) {
	if due {
		p.b.WriteByte('\n')
	}
}

// block writes head { body }.
func (p *printer) block(head string, body func()) {
	p.line("%s {", head)
	p.indent++
	body()
	p.indent--
	p.line("}")
}

// item writes what stands before an item: its docs and attributes.
func (p *printer) item(docs string, s Stability, externalID string) {
	p.docs(docs)
	s = p.gate(s)
	switch {
	case s.Since != "":
		p.line("@since(version = %s)", s.Since)
	case s.Feature != "":
		p.line("@unstable(feature = %s)", ident(s.Feature))
	}
	if s.Deprecated != "" {
		p.line("@deprecated(version = %s)", s.Deprecated)
	}
	if text, ok := ExternalIDText(externalID); ok {
		p.line("@external-id(%s)", quote(text))
	}
}

// gate returns the gate that the package may say for an item of that stability.
// What a world includes keeps the version of the package that it is from.
func (p *printer) gate(s Stability) Stability {
	version := p.r.Packages[p.pkg].Name.Version
	if s.Since != "" && (version == "" || CompareVersions(s.Since, version) > 0) {
		return Stability{}
	}
	return s
}

func (p *printer) docs(docs string) {
	for _, c := range docComments(docs) {
		p.line("%s", c)
	}
}

func (p *printer) file(main PackageID, nested []PackageID) {
	pkg := p.r.Packages[main]
	p.docs(pkg.Docs)
	p.line("package %s;", packageText(pkg.Name))
	p.blank(true)
	p.body(main, true)
	for i, id := range nested {
		if i > 0 {
			p.b.WriteString("\n\n")
		}
		pkg := p.r.Packages[id]
		p.docs(pkg.Docs)
		p.block("package "+packageText(pkg.Name), func() { p.body(id, false) })
	}
}

// body writes the interfaces and worlds of a package, the interfaces of the file's own
// with an empty line behind each.
func (p *printer) body(id PackageID, own bool) {
	p.pkg = id
	for _, id := range p.r.Packages[id].Interfaces {
		i := p.r.Interfaces[id]
		p.item(i.Docs, i.Stability, "")
		p.iface("interface "+ident(i.Name), id)
		p.blank(own)
	}
	for _, id := range p.r.Packages[id].Worlds {
		w := p.r.Worlds[id]
		p.item(w.Docs, w.Stability, "")
		p.block("world "+ident(w.Name), func() { p.world(id) })
	}
}

// iface writes an interface after its docs: what it uses, its types, and its functions.
func (p *printer) iface(head string, id InterfaceID) {
	i := p.r.Interfaces[id]
	p.block(head, func() {
		types := p.uses(id, i.Types)
		written := len(types) < len(i.Types)
		of := members(i.Functions)
		for _, t := range types {
			p.blank(written)
			p.typeDef(t, of[t])
			written = true
		}
		for _, f := range i.Functions {
			if f.Kind != Freestanding {
				continue
			}
			p.blank(written)
			p.item(f.Docs, f.Stability, f.ExternalID)
			p.line("%s: %s;", ident(f.Name), p.funcText(f))
			written = true
		}
	})
}

// members returns the functions of each resource.
func members(functions []*Function) map[TypeID][]*Function {
	of := map[TypeID][]*Function{}
	for _, f := range functions {
		if f.Kind != Freestanding {
			of[f.Resource] = append(of[f.Resource], f)
		}
	}
	return of
}

// uses writes the use statements among the types of an interface or world, and
// returns the other types.
func (p *printer) uses(owner Owner, types []TypeID) []TypeID {
	var rest []TypeID
	for i := 0; i < len(types); {
		from, _, ok := p.usedFrom(types[i])
		if !ok {
			rest = append(rest, types[i])
			i++
			continue
		}
		first := p.r.Types[types[i]]
		var names []string
		for ; i < len(types); i++ {
			t := p.r.Types[types[i]]
			f, name, ok := p.usedFrom(types[i])
			if !ok || f != from || p.gate(t.Stability) != p.gate(first.Stability) || t.ExternalID != first.ExternalID {
				break
			}
			if name != t.Name {
				names = append(names, ident(name)+" as "+ident(t.Name))
			} else {
				names = append(names, ident(name))
			}
		}
		p.item("", first.Stability, first.ExternalID)
		p.line("use %s.{%s};", p.path(from), strings.Join(names, ", "))
	}
	return rest
}

// usedFrom returns the interface that a type is used from, and its name there.
func (p *printer) usedFrom(id TypeID) (InterfaceID, string, bool) {
	t := p.r.Types[id]
	if alias, ok := t.Kind.(*Alias); ok {
		if to, ok := alias.Type.(TypeID); ok {
			target := p.r.Types[to]
			if from, ok := target.Owner.(InterfaceID); ok && target.Owner != t.Owner {
				return from, target.Name, true
			}
		}
	}
	return 0, "", false
}

// path returns the name of an interface in a use, import or export.
func (p *printer) path(id InterfaceID) string {
	i := p.r.Interfaces[id]
	if i.Package == p.pkg {
		return ident(i.Name)
	}
	name := p.r.Packages[i.Package].Name
	s := ident(name.Namespace) + ":" + ident(name.Name) + "/" + ident(i.Name)
	if name.Version != "" {
		s += "@" + name.Version
	}
	return s
}

func packageText(n PackageName) string {
	s := ident(n.Namespace) + ":" + ident(n.Name)
	if n.Version != "" {
		s += "@" + n.Version
	}
	return s
}

// world writes the items of a world: imports, then exports.
func (p *printer) world(id WorldID) {
	w := p.r.Worlds[id]
	var types []TypeID
	var functions []*Function
	for _, item := range w.Imports {
		switch what := item.Item.(type) {
		case InterfaceID:
			p.extern("import", item)
		case TypeID:
			types = append(types, what)
		case *Function:
			functions = append(functions, what)
		default:
			panic(fmt.Sprintf("wit: unhandled item %T", what))
		}
	}
	rest := p.uses(id, types)
	of := members(functions)
	// Something stands before the types: an interface, or a use.
	written := len(rest) < len(types) || len(types)+len(functions) < len(w.Imports)
	for _, t := range rest {
		p.blank(written)
		p.typeDef(t, of[t])
		written = true
	}
	for _, item := range w.Imports {
		if f, ok := item.Item.(*Function); ok && f.Kind == Freestanding {
			p.extern("import", item)
		}
	}
	p.blank(len(w.Imports) > 0 && len(w.Exports) > 0)
	for _, item := range w.Exports {
		p.extern("export", item)
	}
}

// extern writes an import or export that is not a type.
func (p *printer) extern(word string, item *WorldItem) {
	switch what := item.Item.(type) {
	case *Function:
		p.item(what.Docs, what.Stability, what.ExternalID)
		p.line("%s %s: %s;", word, ident(what.Name), p.funcText(what))
	case InterfaceID:
		i := p.r.Interfaces[what]
		switch {
		case item.Name == "":
			p.item(item.Docs, item.Stability, item.ExternalID)
			p.line("%s %s;", word, p.path(what))
		case i.Name != "":
			p.item(item.Docs, item.Stability, item.ExternalID)
			p.line("%s %s: %s;", word, ident(item.Name), p.path(what))
		default:
			p.item(i.Docs, item.Stability, item.ExternalID)
			p.iface(word+" "+ident(item.Name)+": interface", what)
		}
	default:
		panic(fmt.Sprintf("wit: unhandled item %T", what))
	}
}

// typeDef writes the declaration of a type, a resource with its functions.
func (p *printer) typeDef(id TypeID, functions []*Function) {
	t := p.r.Types[id]
	name := ident(t.Name)
	p.item(t.Docs, t.Stability, t.ExternalID)
	switch k := t.Kind.(type) {
	case *Record:
		p.list("record", name, len(k.Fields), func(i int) (string, string) {
			f := k.Fields[i]
			return f.Docs, ident(f.Name) + ": " + p.typeText(f.Type)
		})
	case *Variant:
		p.list("variant", name, len(k.Cases), func(i int) (string, string) {
			c := k.Cases[i]
			if c.Type == nil {
				return c.Docs, ident(c.Name)
			}
			return c.Docs, ident(c.Name) + "(" + p.typeText(c.Type) + ")"
		})
	case *Flags:
		p.list("flags", name, len(k.Flags), func(i int) (string, string) { return k.Flags[i].Docs, ident(k.Flags[i].Name) })
	case *Enum:
		p.list("enum", name, len(k.Cases), func(i int) (string, string) { return k.Cases[i].Docs, ident(k.Cases[i].Name) })
	case *Resource:
		if len(functions) == 0 {
			p.line("resource %s;", name)
			break
		}
		p.block("resource "+name, func() {
			for _, f := range functions {
				p.item(f.Docs, f.Stability, f.ExternalID)
				p.line("%s;", p.memberText(f))
			}
		})
	default:
		p.line("type %s = %s;", name, p.kindText(t.Kind))
	}
}

// list writes the fields of a record, or the cases or flags of a type.
func (p *printer) list(word, name string, n int, entry func(i int) (docs, text string)) {
	p.block(word+" "+name, func() {
		for i := range n {
			docs, text := entry(i)
			p.docs(docs)
			p.line("%s,", text)
		}
	})
}

// memberText returns a function of a resource without its semicolon.
func (p *printer) memberText(f *Function) string {
	if f.Kind == Constructor {
		text := "constructor" + p.paramsText(f.Params)
		if own, ok := p.r.Kind(f.Result).(*Own); !ok || own.Resource != f.Resource {
			text += " -> " + p.typeText(f.Result)
		}
		return text
	}
	static := ""
	if f.Kind == Static {
		static = "static "
	}
	return ident(f.Base()) + ": " + static + p.funcText(f)
}

func (p *printer) funcText(f *Function) string {
	params := f.Params
	if f.Kind == Method {
		params = params[1:]
	}
	text := "func" + p.paramsText(params)
	if f.Async {
		text = "async " + text
	}
	if f.Result != nil {
		text += " -> " + p.typeText(f.Result)
	}
	return text
}

func (p *printer) paramsText(params []Param) string {
	texts := make([]string, len(params))
	for i, param := range params {
		texts[i] = ident(param.Name) + ": " + p.typeText(param.Type)
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

// typeText returns a reference to a type: its name, or its structure where it
// has none.
func (p *printer) typeText(t Type) string {
	switch t := t.(type) {
	case Prim:
		return t.String()
	case TypeID:
		def := p.r.Types[t]
		if def.Name != "" {
			return ident(def.Name)
		}
		if own, ok := def.Kind.(*Own); ok {
			return p.typeText(own.Resource)
		}
		return p.kindText(def.Kind)
	default:
		panic(fmt.Sprintf("wit: unhandled type %T", t))
	}
}

// kindText returns the structure of a type that may stand anywhere.
func (p *printer) kindText(k Kind) string {
	switch k := k.(type) {
	case *Alias:
		return p.typeText(k.Type)
	case *Tuple:
		texts := make([]string, len(k.Types))
		for i, t := range k.Types {
			texts[i] = p.typeText(t)
		}
		return "tuple<" + strings.Join(texts, ", ") + ">"
	case *Option:
		return "option<" + p.typeText(k.Type) + ">"
	case *Result:
		switch {
		case k.OK == nil && k.Err == nil:
			return "result"
		case k.OK == nil:
			return "result<_, " + p.typeText(k.Err) + ">"
		case k.Err == nil:
			return "result<" + p.typeText(k.OK) + ">"
		}
		return "result<" + p.typeText(k.OK) + ", " + p.typeText(k.Err) + ">"
	case *List:
		return "list<" + p.typeText(k.Type) + ">"
	case *FixedList:
		return fmt.Sprintf("list<%s, %d>", p.typeText(k.Type), k.Size)
	case *Map:
		return "map<" + p.typeText(k.Key) + ", " + p.typeText(k.Value) + ">"
	case *Stream:
		return p.payload("stream", k.Type)
	case *Future:
		return p.payload("future", k.Type)
	case *Own:
		return "own<" + p.typeText(k.Resource) + ">"
	case *Borrow:
		return "borrow<" + p.typeText(k.Resource) + ">"
	default:
		panic(fmt.Sprintf("wit: a %T has no name", k))
	}
}

func (p *printer) payload(word string, t Type) string {
	if t == nil {
		return word
	}
	return word + "<" + p.typeText(t) + ">"
}

// keywords are the names that WIT text escapes with %.
var keywords = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`use type func u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char
		resource own borrow record flags variant enum bool string option result future stream
		error-context list map as from static interface tuple world import export package
		constructor include with async`) {
		words[w] = true
	}
	return words
}()

// ident returns a name as WIT text spells it.
func ident(name string) string {
	if keywords[name] {
		return "%" + name
	}
	return name
}

// quote returns a string literal of WIT. What does not print is escaped.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case unicode.IsPrint(c):
			b.WriteRune(c)
		default:
			fmt.Fprintf(&b, `\u{%x}`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
