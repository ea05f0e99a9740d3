package bind

import (
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// Interface describes a WIT interface to the runtime. Generated packages hold
// one each, named Descriptor.
type Interface struct {
	// Functions are the interface's functions, in order of declaration.
	Functions []Function
	// Resources are the resources that the functions mention, by name; those
	// that the interface uses from others among them.
	Resources []string
}

// Function describes one function of an interface.
type Function struct {
	// Name is the function's name as core modules spell it: "add",
	// "[method]bucket.get".
	Name string
	// Type stands for the function's type in WIT: functions of one type have one
	// number. A component, which says what the types of its functions are, must
	// agree. 0 is any type.
	Type uint64
	// Export is the core signature of the function where a guest exports it,
	// Import the one where a guest imports it, both as "i32 i32 -> i32".
	Export, Import Signature
	// Handle serves a guest's call of the function: it lifts the parameters
	// from call.Stack, calls the implementation (call.Impl), and lowers the
	// result.
	Handle func(call *Call)
}

// Signature is a core function type: the parameters' types, "->" and the
// results' types, parted by spaces.
type Signature string

// Types returns the value types of the signature. It panics on a signature that
// is not well-formed, since generated code writes them.
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
	// Resources says of each of Interface.Resources where it is defined.
	Resources []Resource
}

// Resource is where a resource is defined, as seen from an Item.
type Resource struct {
	// Export says that the guest defines it, in World.Exports, and not the host,
	// in World.Imports.
	Export bool
	// Item is the place of the defining interface there.
	Item int
	// Name is the resource's name there.
	Name string
}

// World describes a world to the runtime.
type World struct {
	// Name is the world's qualified name.
	Name    string
	Imports []Item
	Exports []Item
}
