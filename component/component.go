package component

import (
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/component/internal/maker"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/wit"
)

// Error describes the mistake in a binary, or in what a component shall be made of.
type Error = binary.Error

// Form is what a WebAssembly binary is, going by its first eight bytes.
type Form = binary.Form

// The forms of binaries.
const (
	NotWasm       = binary.NotWasm
	CoreForm      = binary.CoreForm
	ComponentForm = binary.ComponentForm
	OtherWasm     = binary.OtherWasm // WebAssembly of an unknown version or layer
)

// FormOf tells a core module from a component by the preamble.
func FormOf(file []byte) Form { return binary.FormOf(file) }

// Encoding is how a core module encodes strings: UTF8, UTF16 or Latin1UTF16.
type Encoding = binary.OptionKind

// The encodings of strings.
const (
	UTF8        = binary.UTF8
	UTF16       = binary.UTF16
	Latin1UTF16 = binary.Latin1UTF16
)

// Validate checks a component by the validation rules of the specification
// (Binary.md, Explainer.md and CanonicalABI.md): indices, types, names, canonical
// definitions and what instantiations are given. Of core modules it checks the
// sections that their types depend on, and no function bodies: that is left to
// the engine that runs them.
//
// An error is an *Error. Time and memory are bounded: a component whose types
// take more work than its length justifies is refused.
func Validate(c *binary.Component) error {
	_, err := check.Component(c)
	return err
}

// WIT is the WIT that a binary carries.
type WIT struct {
	Resolve *wit.Resolve
	// Package is the package of the binary itself: the encoded package;
	// root:component of a component and root:root of a core module, whose
	// binaries do not name one.
	Package wit.PackageID
	// World is the world of a component or core module, called root, and -1
	// where the binary is a WIT package.
	World wit.WorldID
	// Worlds are, of a core module, the worlds as its metadata names them: one
	// for each section. World is all of them together.
	Worlds []wit.WorldID
	// Encodings are the string encodings of Worlds.
	Encodings []Encoding
}

// IsPackage reports whether the binary is a WIT package.
func (w *WIT) IsPackage() bool { return w.World < 0 }

// DecodeWIT reads the WIT of a component, of a WIT package in binary form (WIT.md,
// "Package Format") or of a core module with embedded metadata. The binary is
// validated first, as Validate does. An error is an *Error.
func DecodeWIT(file []byte) (*WIT, error) {
	w, err := witbin.Decode(file)
	return (*WIT)(w), err
}

// DecodeExports reads the same as DecodeWIT, for programs that run what they read. Of a
// component it takes more than WIT can say: types among the world's exports are those that
// the root component exports, and core modules, components and values are left out.
func DecodeExports(file []byte) (*WIT, error) {
	w, err := witbin.DecodeExports(file)
	return (*WIT)(w), err
}

// DecodePackage reads a WIT package in binary form. It has the form that
// parser/resolve asks for, to read deps/NAME.wasm, and leaves it to the caller to say
// in an error which file it is.
func DecodePackage(_ string, file []byte) (*wit.Resolve, wit.PackageID, error) {
	w, err := DecodeWIT(file)
	if err != nil {
		return nil, 0, err
	}
	if !w.IsPackage() {
		return nil, 0, &Error{Offset: -1, Rule: "the binary is not a WIT package: it must export types of components under plain names"}
	}
	return w.Resolve, w.Package, nil
}

// EncodePackage returns a WIT package in binary form (WIT.md, "Package Format"),
// with its documentation and gates in a custom section.
func EncodePackage(r *wit.Resolve, id wit.PackageID) ([]byte, error) {
	return witbin.EncodePackage(r, id)
}

// Metadata returns a world as the custom section that a core module carries: the
// section's contents, a component that exports the type of the world. encoding is how
// the module encodes strings.
func Metadata(r *wit.Resolve, world wit.WorldID, encoding Encoding) ([]byte, error) {
	return witbin.Metadata(r, world, encoding)
}

// Embed returns a core module with the metadata of a world, which New needs to make
// a component of it. Metadata of the same kind that the module has already stays:
// the component then has the imports and exports of all its worlds.
func Embed(core []byte, r *wit.Resolve, world wit.WorldID, encoding Encoding) ([]byte, error) {
	return maker.Embed(core, r, world, encoding)
}

// NewOptions are the options of New. The zero value has no adapters.
type NewOptions struct {
	Adapters []Adapter
}

// Adapter is a core module whose exports stand for what the main module imports
// from Name, such as wasi_snapshot_preview1. It may import the main module's memory
// as env.memory, other exports of the main module from __main_module__, and what
// the worlds of its own metadata import. Only adapters that the main module imports from,
// or that export something themselves, become a part of the component, and of these only
// what is needed.
//
// An adapter whose name section has a global __stack_pointer gets a stack of 64 KiB from
// the main module's cabi_realloc, or, without a cabi_realloc, from the memory.
type Adapter struct {
	Name string
	Wasm []byte
}

// New makes a component of a core module that carries metadata (see Embed). The
// module's imports and exports have the names that component tooling reads:
// namespace:package/interface#function for the function of an exported interface,
// cabi_post_ before a name for its post-return, cabi_realloc, memory and
// _initialize, modules namespace:package/interface, $root and [export] with an
// interface for imports; or the cm32p2 names of the component model's build targets.
//
// The component imports what the core modules use of their worlds, and exports all
// that the worlds export. Of compatible versions of an interface it imports the
// highest. An error of a module that does not fit its world names the
// import or export.
func New(core []byte, opts NewOptions) ([]byte, error) {
	adapters := make([]maker.Adapter, len(opts.Adapters))
	for i, a := range opts.Adapters {
		adapters[i] = maker.Adapter(a)
	}
	return maker.New(core, adapters)
}
