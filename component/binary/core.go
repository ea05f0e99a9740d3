package binary

import "github.com/witgen/witgen/internal/wasm"

// The types of core WebAssembly that definitions refer to.
type (
	// CoreValType is a value type: the byte that stands for it, and of a typed
	// reference the heap type.
	CoreValType = wasm.ValType
	// CoreExtern is the type of an import or export of a core module.
	CoreExtern = wasm.Extern
	// CoreImport is an import of a core module.
	CoreImport = wasm.Import
	// CoreTable, CoreLimits and CoreGlobal are the types of tables, memories and
	// globals.
	CoreTable  = wasm.Table
	CoreLimits = wasm.Limits
	CoreGlobal = wasm.Global
	// RecGroup is a group of types that may refer to each other, SubType one of
	// them, and CoreField a field of a struct or the element of an array.
	RecGroup  = wasm.RecGroup
	SubType   = wasm.SubType
	CoreField = wasm.Field
)

// The types of numbers.
var (
	CoreI32 = wasm.I32
	CoreI64 = wasm.I64
	CoreF32 = wasm.F32
	CoreF64 = wasm.F64
)
