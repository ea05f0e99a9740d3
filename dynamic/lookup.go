package dynamic

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/wit"
)

// Lookup finds an exported function by its name. The whole name always does
// (Function.Name), with any compatible version. Where that leaves one function
// only, a part of it will do: add, operations#add, operations.add,
// example:calculator/operations#add without a version; counter for the
// constructor of a resource, counter.get for its methods and statics. The error
// lists the candidates where there are several, and what there is where there is
// none.
func (g *Guest) Lookup(name string) (*Function, error) {
	if f := g.byName[name]; f != nil {
		return f, nil
	}
	var whole, short []*Function
	for _, f := range g.exports {
		switch {
		case compatible(f.Name) == compatible(name):
			whole = append(whole, f)
		case f.goesBy(name):
			short = append(short, f)
		}
	}
	if len(whole) > 0 { // they differ in their versions only
		short = whole
	}
	switch len(short) {
	case 0:
		return nil, &LookupError{Name: name, Functions: g.Exports()}
	case 1:
		return short[0], nil
	default:
		return nil, &LookupError{Name: name, Ambiguous: true, Functions: short}
	}
}

// goesBy reports whether a name is a short one of the function's.
func (f *Function) goesBy(name string) bool {
	for _, own := range f.shortNames() {
		if name == own {
			return true
		}
		rest, ok := strings.CutSuffix(name, own)
		if !ok || rest == "" || f.Interface == "" {
			continue
		}
		switch iface, sep := rest[:len(rest)-1], rest[len(rest)-1]; {
		case sep != '#' && sep != '.':
		case goesBy(f.Interface, iface):
			return true
		}
	}
	return false
}

// goesBy reports whether a name is that of an interface, whole or without its
// version or package.
func goesBy(iface, name string) bool {
	unversioned, _, _ := strings.Cut(iface, "@")
	return name == iface || name == unversioned || name == unversioned[strings.LastIndexByte(unversioned, '/')+1:]
}

// shortNames returns the names of the function within its interface.
func (f *Function) shortNames() []string {
	names := []string{f.Func.Name}
	switch f.Func.Kind {
	case wit.Freestanding:
	case wit.Constructor:
		names = append(names, f.Func.Base())
	case wit.Method, wit.Static:
		names = append(names, f.Func.Name[strings.IndexByte(f.Func.Name, ']')+1:])
	default:
		panic(fmt.Sprintf("dynamic: unhandled kind of function %d", f.Func.Kind))
	}
	return names
}

// LookupError says that a name is not that of one exported function.
type LookupError struct {
	Name string
	// Ambiguous says that it may be any of Functions. Otherwise it is none, and
	// Functions are all that there are.
	Ambiguous bool
	Functions []*Function
}

// Error names the functions, the first of very many.
func (e *LookupError) Error() string {
	const most = 16
	var names []string
	for i, f := range e.Functions {
		if i == most && !e.Ambiguous {
			names = append(names, fmt.Sprintf("and %d more", len(e.Functions)-most))
			break
		}
		names = append(names, f.Name)
	}
	list := strings.Join(names, ", ")
	switch {
	case e.Ambiguous:
		return fmt.Sprintf("%s may be any of %s", e.Name, list)
	case len(names) == 0:
		return fmt.Sprintf("the guest exports no function %s, and no other", e.Name)
	default:
		return fmt.Sprintf("the guest exports no function %s; it exports %s", e.Name, list)
	}
}
