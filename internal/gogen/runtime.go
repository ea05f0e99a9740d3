package gogen

import (
	"strings"

	"github.com/dave/jennifer/jen"
)

// Import paths of the runtime that generated code uses.
const (
	runtimeModule = "github.com/witgen/witgen"
	ABIPath       = runtimeModule + "/canonicalabi"
	TypesPath     = runtimeModule + "/canonicalabi/types"
	HostPath      = runtimeModule + "/canonicalabi/host"
	BindPath      = runtimeModule + "/canonicalabi/host/bind"
	GuestPath     = runtimeModule + "/canonicalabi/guest"
	LinkPath      = runtimeModule + "/link"
)

// importNames are the packages that generated code may import besides generated
// ones, with the names that they have there. No identifier of generated code
// has one of these names, so that none shadows an import.
var importNames = []struct{ path, name string }{
	{"cmp", "cmp"},
	{"context", "context"},
	{"encoding/binary", "binary"},
	{"errors", "errors"},
	{"iter", "iter"},
	{"maps", "maps"},
	{"math", "math"},
	{"slices", "slices"},
	{"sync", "sync"},
	{"unsafe", "unsafe"},
	{ABIPath, "canonicalabi"},
	{TypesPath, "types"},
	{HostPath, "host"},
	{BindPath, "bind"},
	{GuestPath, "guest"},
	{LinkPath, "link"},
	{"github.com/tetratelabs/wazero", "wazero"},
	{"github.com/tetratelabs/wazero/api", "api"},
}

// localNames are what generated functions call their receivers, parameters and
// variables without asking a Scope. No generated package is imported under one of
// these names.
var localNames = strings.Fields(`
	area arena at bad borrows call core ctx e err exports f failure h handle i impl
	imports inst item key m mem n ok opts p plugin ptr rep results stack trap v value wasm x`)

// Symbol is an exported name of the runtime. Generators refer to the runtime by
// Symbols alone, and a test checks that each exists.
type Symbol struct {
	Path, Name string
}

// Qual returns the symbol for use in a file.
func (s Symbol) Qual() *jen.Statement { return jen.Qual(s.Path, s.Name) }

// Symbols of the portable runtime.
var (
	ABIVersion = symbol(ABIPath, "GeneratedCodeNeedsABI2")

	Unit         = symbol(TypesPath, "Unit")
	Option       = symbol(TypesPath, "Option")
	Some         = symbol(TypesPath, "Some")
	None         = symbol(TypesPath, "None")
	Result       = symbol(TypesPath, "Result")
	OK           = symbol(TypesPath, "OK")
	Err          = symbol(TypesPath, "Err")
	Error        = symbol(TypesPath, "Error")
	AsError      = symbol(TypesPath, "AsError")
	CaseName     = symbol(TypesPath, "CaseName")
	FlagNames    = symbol(TypesPath, "FlagNames")
	FromBool     = symbol(TypesPath, "FromBool")
	Text         = symbol(TypesPath, "Text")
	Quote        = symbol(TypesPath, "Quote")
	CharText     = symbol(TypesPath, "CharText")
	ListText     = symbol(TypesPath, "ListText")
	MapText      = symbol(TypesPath, "MapText")
	TupleText    = symbol(TypesPath, "TupleText")
	RecordText   = symbol(TypesPath, "RecordText")
	OptionText   = symbol(TypesPath, "OptionText")
	ResultText   = symbol(TypesPath, "ResultText")
	ErrorText    = symbol(TypesPath, "ErrorText")
	Describe     = symbol(TypesPath, "Describe")
	tupleSymbols = [maxTuple + 1]Symbol{
		1: symbol(TypesPath, "Tuple1"), 2: symbol(TypesPath, "Tuple2"),
		3: symbol(TypesPath, "Tuple3"), 4: symbol(TypesPath, "Tuple4"),
		5: symbol(TypesPath, "Tuple5"), 6: symbol(TypesPath, "Tuple6"),
		7: symbol(TypesPath, "Tuple7"), 8: symbol(TypesPath, "Tuple8"),
		9: symbol(TypesPath, "Tuple9"), 10: symbol(TypesPath, "Tuple10"),
		11: symbol(TypesPath, "Tuple11"), 12: symbol(TypesPath, "Tuple12"),
		13: symbol(TypesPath, "Tuple13"), 14: symbol(TypesPath, "Tuple14"),
		15: symbol(TypesPath, "Tuple15"), 16: symbol(TypesPath, "Tuple16"),
	}
)

// maxTuple is the length of the longest tuple that the runtime has a type for.
// A longer one is a Go struct of the same fields.
const maxTuple = 16

// symbols holds every symbol that was made, for the test that looks them up.
var symbols []Symbol

func symbol(path, name string) Symbol {
	s := Symbol{path, name}
	symbols = append(symbols, s)
	return s
}

// Names that the generators declare themselves.
var (
	// reservedInterface and reservedWorld are what users write of the package of
	// an interface and of a world: these names are always the same, and a WIT name
	// that would become one of them gets a suffix.
	reservedInterface = []string{"Interface"}
	reservedWorld     = []string{"Compile", "Plugin", "Instance", "Imports", "Exports", "Export", "Interface", "Pool"}
	// ownNames are exported for other generated packages alone. WIT's names go
	// first: where one of them is the same, ours gets the suffix.
	ownNames = []string{"Descriptor", "Bind", "Exported"}
	// reservedMethods are names that methods of resources cannot have: Close is
	// our own, Handle is what hosts embed, and of the others go vet asks for the
	// signatures of the standard library.
	reservedMethods = append([]string{"Close", "Handle"}, vetMethods...)
	// reservedInstance are names that methods of instances cannot have: Close, Err
	// and Reset are our own.
	reservedInstance = append([]string{"Close", "Err", "Reset"}, vetMethods...)
	vetMethods       = []string{
		"GobDecode", "GobEncode", "MarshalJSON", "MarshalXML", "ReadByte", "ReadRune",
		"Seek", "UnmarshalJSON", "UnmarshalXML", "UnreadByte", "UnreadRune", "WriteByte",
	}
	// reservedFields are names that fields cannot have beside the methods of
	// their structs.
	reservedFields = []string{"Error"}
)
