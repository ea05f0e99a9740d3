package dynamic

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// Function is a function that a guest exports or imports.
type Function struct {
	// Name is the function's whole name: that of an interface as in
	// "example:calculator/operations#add" or "example:kv/store@1.2.0#open", that of a
	// resource as in "example:kv/store#[method]bucket.get", or the plain name of a
	// world's own function.
	Name string
	// Interface is the name under which the world has the interface, or "" for a
	// world's own function.
	Interface string
	// Func is the function in the model Resolve.
	Func    *wit.Function
	Resolve *wit.Resolve
	// Unsupported names a feature that the function needs and witgen lacks. It is ""
	// if the function can be called.
	Unsupported string

	kind    abi.Kind // which of its Programs runs it
	program program
	// item and number are the function's place among the world's items: number
	// counts the supported functions of the item.
	item, number int
	group        *group
}

// Signature returns the function's type as WIT spells it, as in
// "func(a: s32) -> s32"; a method's without self.
func (f *Function) Signature() string {
	var b strings.Builder
	params := f.Func.Params
	if f.Func.Async {
		b.WriteString("async ")
	}
	switch f.Func.Kind {
	case wit.Freestanding:
		b.WriteString("func(")
	case wit.Method:
		b.WriteString("func(")
		params = params[1:]
	case wit.Static:
		b.WriteString("static func(")
	case wit.Constructor:
		b.WriteString("constructor(")
	default:
		panic(fmt.Sprintf("dynamic: unhandled kind of function %d", f.Func.Kind))
	}
	for i, p := range params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name + ": " + f.Resolve.TypeString(p.Type))
	}
	b.WriteString(")")
	if f.Func.Result != nil && !f.returnsSelf() {
		b.WriteString(" -> " + f.Resolve.TypeString(f.Func.Result))
	}
	return b.String()
}

// returnsSelf reports whether the function is a constructor that cannot fail,
// whose result WIT does not spell.
func (f *Function) returnsSelf() bool {
	own, ok := f.Resolve.Kind(f.Func.Result).(*wit.Own)
	return f.Func.Kind == wit.Constructor && ok && own.Resource == f.Func.Resource
}

// group is an interface of a world, or the world's own functions, on one side.
type group struct {
	name string // as components spell it, "$root" for the world's own
	// iface is the interface, and -1 for the world's own functions.
	iface     wit.InterfaceID
	plain     bool // the world gives the interface another name than its own
	functions []*Function
	// resources are those that the functions mention and those that the interface
	// defines, by number.
	resources []wit.TypeID
	numbers   map[wit.TypeID]int
}

// rootName is the name of a world's own functions among its imports and exports.
const rootName = "$root"

// callable returns the functions that are supported, by number.
func (g *group) callable() []*Function {
	var list []*Function
	for _, f := range g.functions {
		if f.Unsupported == "" {
			list = append(list, f)
		}
	}
	return list
}
