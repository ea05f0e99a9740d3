package bind

import (
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// Interface describes a WIT interface to the runtime. The generated package of an
// interface declares one, named Descriptor.
type Interface struct {
	// Functions are the interface's functions, in order of declaration.
	Functions []Function
	// Resources are the names of the resources that the functions mention, including
	// those of other interfaces.
	Resources []string
}

// Function describes one function of an interface.
type Function struct {
	// Name is the function's name as core modules spell it: "add",
	// "[method]bucket.get".
	Name string
	// Type identifies the function's type in WIT: functions of the same type have the
	// same number. Components carry the types of their functions, which are compared
	// with it. 0 is any type.
	Type uint64
	// Err is the function's error type in WIT if a guest must return errors of that type:
	// "" for functions without errors, and for those that take any error.
	Err string
	// Optional reports whether guests that export the interface may lack the function.
	Optional bool
	// Export is the core signature of the function as guests export it, and Import
	// as they import it, both as in "i32 i32 -> i32".
	Export, Import Signature
	// Handle serves a guest's call of the function: it lifts the parameters from
	// call.Stack, calls the implementation (call.Impl), and lowers the result.
	Handle func(call *Call)
}

// Signature is a core function type: the types of the parameters, "->" and the types
// of the results, with spaces between them.
type Signature string

// Types returns the value types of the signature. It panics if the signature is
// malformed.
func (s Signature) Types() (params, results []api.ValueType) {
	p, r, ok := strings.Cut(string(s), "->")
	if !ok {
		panic(fmt.Sprintf("bind: signature %q has no ->", string(s)))
	}
	return valueTypes(p), valueTypes(r)
}

func valueTypes(s string) []api.ValueType {
	var types []api.ValueType
	for _, name := range strings.Fields(s) {
		switch name {
		case "i32":
			types = append(types, api.ValueTypeI32)
		case "i64":
			types = append(types, api.ValueTypeI64)
		case "f32":
			types = append(types, api.ValueTypeF32)
		case "f64":
			types = append(types, api.ValueTypeF64)
		default:
			panic(fmt.Sprintf("bind: unknown value type %q", name))
		}
	}
	return types
}

// SignatureOf returns the signature of a core function.
func SignatureOf(def api.FunctionDefinition) Signature {
	var b strings.Builder
	for _, t := range def.ParamTypes() {
		b.WriteString(api.ValueTypeName(t))
		b.WriteByte(' ')
	}
	b.WriteString("->")
	for _, t := range def.ResultTypes() {
		b.WriteByte(' ')
		b.WriteString(api.ValueTypeName(t))
	}
	return Signature(b.String())
}

// Item is an import or export of a world: an interface under the name that the
// world gives it.
type Item struct {
	// Name is the name as components spell it, as in
	// "example:calculator/log@1.2.3", a plain name, or "$root" for the world's
	// own functions.
	Name string
	// Field is the Go field of the world's Imports that supplies it.
	Field     string
	Interface *Interface
	// Resources are the definitions of Interface.Resources, in the same order.
	Resources []Resource
	// Partial reports whether the host's implementation of an import may be nil or a
	// Partial, where a provider supplies what it lacks.
	Partial bool
}

// Resource identifies a resource of a world by the Item that defines it.
type Resource struct {
	// Export reports whether the Item is one of World.Exports, so that the guest
	// defines the resource. If not, it is one of World.Imports.
	Export bool
	// Item is the place of the Item there.
	Item int
	// Name is the resource's name in its interface.
	Name string
}

// World describes a world to the runtime.
type World struct {
	// Name is the world's qualified name.
	Name    string
	Imports []Item
	Exports []Item
	// Direct reports whether the caller serves exports that are imports of the component
	// as they are, see Func.Import. If not, package link refuses such components.
	Direct bool
}
