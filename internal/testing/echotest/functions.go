package echotest

import (
	"fmt"
	"slices"
	"strings"
)

// world makes the world's functions and returns the text of the file.
func (m *maker) world(pkgs []*pkg) string {
	main := pkgs[0]
	w := &scope{m: m, names: map[*decl]string{}}
	var imports, exports []*scope
	var items []string // of the world
	for range 1 + m.IntN(3) {
		s := m.scope(pkgs[0], "in")
		s.imported = true
		imports = append(imports, s)
	}
	if m.chance(2) {
		s := m.scope(main, "plain")
		s.imported, s.labels = true, m.labels("label-in")
		imports = append(imports, s)
	}
	for range m.IntN(3) {
		s := m.scope(main, "both")
		s.imported, s.exported = true, true
		imports, exports = append(imports, s), append(exports, s)
	}
	for range 1 + m.IntN(2) {
		s := m.scope(main, "out")
		s.exported = true
		if m.chance(3) {
			s.labels = m.labels("label-out")
		}
		exports = append(exports, s)
	}
	// What only exports holds no types: its imports would need it.
	for _, s := range imports {
		for range m.IntN(3) {
			m.declare(s)
		}
	}
	inline := func(word string) *scope {
		return &scope{m: m, name: m.name(word), names: map[*decl]string{}, imported: word == "inl-in", exported: word == "inl-out"}
	}
	inlines := []*scope{}
	if m.chance(2) {
		s := inline("inl-in")
		imports, inlines = append(imports, s), append(inlines, s)
	}
	if m.chance(2) {
		s := inline("inl-out")
		exports, inlines = append(exports, s), append(inlines, s)
	}
	for range m.IntN(3) {
		s := m.localScope(main)
		if items = append(items, s.items("export")...); s.imported {
			items = append(items, s.items("import")...)
		}
	}
	for range m.IntN(3) {
		m.declare(w)
	}
	imports, exports = append(imports, w), append(exports, w)

	// Exports are written in another order than imports.
	var later []func()
	for range 8 + m.IntN(16) {
		name := m.name("do")
		in, out := imports[m.IntN(len(imports))], exports[m.IntN(len(exports))]
		if in.exported && in != w {
			out = in
		} else if out.imported {
			in = out
		}
		sees := in
		if in == w && out != w {
			sees = &scope{m: m, name: "interfaces"}
		}
		f := m.signature(sees)
		if in != out || in == w {
			m.place(in, &items, "import", name, f)
			later = append(later, func() { m.place(out, &items, "export", name, f) })
		} else {
			in.line("%s: %s;", name, in.function(f))
		}
	}
	later = append(later, m.members(exports, &items)...)
	m.Shuffle(len(later), func(i, j int) { later[i], later[j] = later[j], later[i] })
	for _, place := range later {
		place()
	}
	for _, s := range inlines {
		word := "import"
		if s.exported {
			word = "export"
		}
		items = append(items, fmt.Sprintf("%s %s: interface {\n%s}", word, s.name, s.body()))
	}
	for _, s := range slices.Concat(imports, exports) {
		if s.pkg == nil {
			continue
		}
		if s.imported {
			items = append(items, s.items("import")...)
		}
		if s.exported {
			items = append(items, s.items("export")...)
		}
	}
	slices.Sort(items)
	items = slices.Compact(items)
	m.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return file(pkgs, w, items)
}

// labels returns one or two plain names.
func (m *maker) labels(word string) (list []string) {
	for range 1 + m.IntN(2) {
		list = append(list, m.name(word))
	}
	return list
}

// items are what a world says to import or export an interface.
func (s *scope) items(word string) []string {
	if len(s.labels) == 0 {
		return []string{word + " " + s.name + ";"}
	}
	var list []string
	for _, label := range s.labels {
		list = append(list, word+" "+label+": "+s.name+";")
	}
	return list
}

// localScope makes an interface with resources and functions of the guest's.
func (m *maker) localScope(main *pkg) *scope {
	s := m.scope(main, "local")
	s.exported, s.guests, s.imported = true, true, m.chance(2)
	if !s.imported && m.chance(3) {
		s.labels = m.labels("label-local")
	}
	m.types(s)
	for range 1 + m.IntN(6) {
		s.line("%s: %s;", m.name("local"), s.function(m.localSignature(s)))
	}
	for _, d := range m.decls {
		if d.owner != s || !d.resource {
			continue
		}
		for range m.IntN(3) {
			static := []string{"", "static "}[m.IntN(2)]
			d.methods = append(d.methods, fmt.Sprintf("%s: %s%s;", m.name("local"), static, s.function(m.localSignature(s))))
		}
	}
	return s
}

// localSignature makes the type of a function that returns its parameters.
func (m *maker) localSignature(s *scope) signature {
	f := m.signature(s)
	var back []typ
	for _, p := range f.params {
		if !p.borrow {
			back = append(back, p)
		}
	}
	if f.result = nil; len(back) > 0 {
		t := of("tuple<"+strings.Repeat("%s, ", len(back)-1)+"%s>", back...)
		f.result = &t
	}
	return f
}

// place writes a function into an interface, or into the world.
func (m *maker) place(s *scope, items *[]string, word, name string, f signature) {
	if s.name == "" {
		*items = append(*items, fmt.Sprintf("%s %s: %s;", word, name, s.function(f)))
		return
	}
	s.line("%s: %s;", name, s.function(f))
}

// members gives functions to resources, and returns what places their partners.
func (m *maker) members(exports []*scope, items *[]string) (later []func()) {
	exports = slices.DeleteFunc(slices.Clone(exports), func(s *scope) bool { return s.imported && s.name != "" })
	for _, d := range m.decls {
		if !d.resource || d.owner.guests {
			continue
		}
		add := func(name string, f signature) {
			out := exports[m.IntN(len(exports))]
			if d.owner.pkg == nil {
				out = exports[len(exports)-1] // the world, which alone sees it
			}
			later = append(later, func() { m.place(out, items, "export", name, f) })
		}
		handle := typ{decl: d}
		if m.chance(3) {
			f := m.signature(d.owner)
			f.result = &handle
			text, _, _ := strings.Cut(d.owner.function(f), " ->")
			d.methods = append(d.methods, fmt.Sprintf("constructor%s;", strings.TrimPrefix(text, "func")))
			add("make-"+d.name, f)
		}
		for range m.IntN(3) {
			name, f := m.name("do"), m.signature(d.owner)
			if m.chance(3) {
				d.methods = append(d.methods, fmt.Sprintf("%s: static %s;", name, d.owner.function(f)))
				add(name, f)
				continue
			}
			d.methods = append(d.methods, fmt.Sprintf("%s: %s;", name, d.owner.function(f)))
			self := of("borrow<%s>", handle)
			self.borrow = true
			add(name, signature{params: slices.Concat([]typ{self}, f.params), result: f.result})
		}
	}
	return later
}

// signature makes the type of a function of types that s can name.
func (m *maker) signature(s *scope) signature {
	var f signature
	n := m.IntN(5)
	if m.chance(8) {
		n = 17 + m.IntN(3)
	}
	for range n {
		f.params = append(f.params, m.typ(s, 3))
	}
	for range 5 {
		t := m.typ(s, 3)
		if m.chance(3) {
			t = m.result(func() typ { return m.typ(s, 2) })
		}
		if !t.borrow {
			f.result = &t
			break
		}
	}
	return f
}

// function spells the type of a function in a scope.
func (s *scope) function(f signature) string {
	params := make([]string, len(f.params))
	for i, p := range f.params {
		params[i] = labels[(i*7+len(f.params))%len(labels)] + ": " + s.text(p)
	}
	text := "func(" + strings.Join(params, ", ") + ")"
	if f.result != nil {
		text += " -> " + s.text(*f.result)
	}
	return text
}

// body is what stands between the braces of a scope.
func (s *scope) body() string {
	var b strings.Builder
	for _, line := range slices.Concat(s.uses, s.lines) {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	for _, d := range s.m.decls {
		if d.owner == s && d.resource {
			fmt.Fprintf(&b, "    resource %s {\n", d.name)
			for _, line := range d.methods {
				fmt.Fprintf(&b, "      %s\n", line)
			}
			fmt.Fprintf(&b, "    }\n")
		}
	}
	return b.String()
}

// file writes the packages, the main one first.
func file(pkgs []*pkg, w *scope, items []string) string {
	var b strings.Builder
	for i, p := range pkgs {
		if i == 0 {
			fmt.Fprintf(&b, "package %s%s;\n\n", p.name, p.version)
		} else {
			fmt.Fprintf(&b, "package %s%s {\n", p.name, p.version)
		}
		for _, s := range p.scopes {
			fmt.Fprintf(&b, "  interface %s {\n%s  }\n", s.name, s.body())
		}
		if i == 0 {
			fmt.Fprintf(&b, "  world echo {\n%s", w.body())
			for _, item := range items {
				fmt.Fprintf(&b, "    %s\n", item)
			}
			fmt.Fprintf(&b, "  }\n")
		} else {
			fmt.Fprintf(&b, "}\n")
		}
	}
	return b.String()
}
