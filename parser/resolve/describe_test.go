package resolve_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// printsBack checks that the text of a model resolves to a model that says the
// same and has the same text.
func printsBack(result *resolve.Result) error {
	text := wit.PrintAll(result.Resolve, result.Main)
	again, err := resolve.Source("printed.wit", text, resolve.Options{AllFeatures: true})
	if err != nil {
		return fmt.Errorf("the printed text does not resolve: %w\n%s", err, text)
	}
	if diff := cmp.Diff(describe(result.Resolve), describe(again.Resolve)); diff != "" {
		return fmt.Errorf("the model of the printed text differs (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(text, wit.PrintAll(again.Resolve, again.Main)); diff != "" {
		return fmt.Errorf("the printed text changes (-first +second):\n%s", diff)
	}
	third, err := resolve.Source("printed.wit", wit.PrintAll(again.Resolve, again.Main), resolve.Options{AllFeatures: true})
	if err != nil {
		return err
	}
	a, errA := again.Resolve.MarshalJSON()
	b, errB := third.Resolve.MarshalJSON()
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	if string(a) != string(b) {
		return errors.New("the ids of a printed model change")
	}
	return nil
}

// describe says all that a model holds but for ids, spans and the order of
// things, and but for the gates that an included item has from a package of
// another version.
func describe(r *wit.Resolve) string {
	d := &describer{r: r}
	var lines []string
	for id, p := range r.Packages {
		d.pkg = wit.PackageID(id)
		lines = append(lines, fmt.Sprintf("package %s %q", p.Name, p.Docs))
		for _, i := range p.Interfaces {
			for _, l := range d.iface(i) {
				lines = append(lines, p.Name.String()+" "+r.Interfaces[i].Name+" "+l)
			}
		}
		for _, w := range p.Worlds {
			for _, l := range d.world(w) {
				lines = append(lines, p.Name.String()+" "+r.Worlds[w].Name+" "+l)
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

type describer struct {
	r   *wit.Resolve
	pkg wit.PackageID
}

func (d *describer) gate(s wit.Stability) wit.Stability {
	version := d.r.Packages[d.pkg].Name.Version
	if s.Since != "" && (version == "" || wit.CompareVersions(s.Since, version) > 0) {
		return wit.Stability{}
	}
	return s
}

func (d *describer) iface(id wit.InterfaceID) []string {
	i := d.r.Interfaces[id]
	lines := []string{fmt.Sprintf("interface %q %v", i.Docs, d.gate(i.Stability))}
	for _, t := range i.Types {
		lines = append(lines, d.def(t))
	}
	for _, f := range i.Functions {
		lines = append(lines, d.function(f))
	}
	return lines
}

func (d *describer) world(id wit.WorldID) []string {
	w := d.r.Worlds[id]
	lines := []string{fmt.Sprintf("world %q %v", w.Docs, d.gate(w.Stability))}
	for word, items := range map[string][]*wit.WorldItem{"import": w.Imports, "export": w.Exports} {
		for _, item := range items {
			prefix := word + " " + d.r.ItemName(item) + " "
			switch what := item.Item.(type) {
			case wit.InterfaceID:
				line := fmt.Sprintf("%q %v %q ", item.Docs, d.gate(item.Stability), item.ExternalID)
				if d.r.Interfaces[what].Name != "" {
					lines = append(lines, prefix+line+d.r.QualifiedName(what))
					continue
				}
				for _, l := range d.iface(what) {
					lines = append(lines, prefix+line+l)
				}
			case wit.TypeID:
				lines = append(lines, prefix+d.def(what))
			case *wit.Function:
				lines = append(lines, prefix+d.function(what))
			}
		}
	}
	return lines
}

func (d *describer) function(f *wit.Function) string {
	s := fmt.Sprintf("func %s kind %d async %t %q %v %q", f.Name, f.Kind, f.Async, f.Docs, d.gate(f.Stability), f.ExternalID)
	for _, p := range f.Params {
		s += fmt.Sprintf(", %s: %s", p.Name, d.typ(p.Type))
	}
	return s + " -> " + d.typ(f.Result)
}

func (d *describer) def(id wit.TypeID) string {
	t := d.r.Types[id]
	return fmt.Sprintf("type %s %q %v %q = %s", t.Name, t.Docs, d.gate(t.Stability), t.ExternalID, d.kind(t.Kind))
}

func (d *describer) kind(k wit.Kind) string {
	s := fmt.Sprintf("%T(", k)
	switch k := k.(type) {
	case *wit.Record:
		for _, f := range k.Fields {
			s += fmt.Sprintf("%s %q ", f.Name, f.Docs)
		}
	case *wit.Variant:
		for _, c := range k.Cases {
			s += fmt.Sprintf("%s %q %t ", c.Name, c.Docs, c.Type != nil)
		}
	case *wit.Flags:
		for _, l := range k.Flags {
			s += fmt.Sprintf("%s %q ", l.Name, l.Docs)
		}
	case *wit.Enum:
		for _, l := range k.Cases {
			s += fmt.Sprintf("%s %q ", l.Name, l.Docs)
		}
	case *wit.Result:
		s += fmt.Sprintf("%t %t ", k.OK != nil, k.Err != nil)
	case *wit.FixedList:
		s += fmt.Sprintf("%d ", k.Size)
	}
	wit.EachType(k, func(t wit.Type) { s += d.typ(t) + " " })
	return s + ")"
}

func (d *describer) typ(t wit.Type) string {
	switch t := t.(type) {
	case wit.Prim:
		return t.String()
	case wit.TypeID:
		def := d.r.Types[t]
		if def.Name == "" {
			return d.kind(def.Kind)
		}
		switch owner := def.Owner.(type) {
		case wit.InterfaceID:
			return d.r.QualifiedName(owner) + "." + def.Name
		case wit.WorldID:
			return "world." + def.Name
		}
		return def.Name
	default:
		return "nothing"
	}
}
