package dynamic

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/wit"
)

// Lookup returns an exported function by its whole name (Function.Name), with any
// compatible version, or by a part of the name that only one function has: add,
// operations#add, operations.add, or example:calculator/operations#add without a
// version; counter for the constructor of a resource, and counter.get for its methods
// and statics. The error is a *LookupError, which lists the functions that were
// possible.
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

// goesBy reports whether a name is a short name of the function.
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

// goesBy reports whether a name is the name of an interface, in full or without its
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

// LookupError is the error of a name that no exported function has, or several.
type LookupError struct {
	Name string
	// Ambiguous reports whether Functions are those that the name fits. If not, it fits
	// none, and Functions are all that the guest exports.
	Ambiguous bool
	Functions []*Function
}

// Error returns the name and the functions, but of very many only the first.
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
