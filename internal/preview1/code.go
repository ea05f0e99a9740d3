package preview1

import "github.com/witgen/witgen/internal/wasm"

// code is a sequence of core instructions.
type code = wasm.Code

// The instructions without immediates that the adapter is made of. What they take
// stands on the stack.
var (
	unreachable = wasm.I(wasm.OpUnreachable)
	ret         = wasm.I(wasm.OpReturn)
	selectOp    = wasm.I(wasm.OpSelect)
	i32Eqz      = wasm.I(wasm.OpI32Eqz)
	i32GtU      = wasm.I(wasm.OpI32GtU)
	i32Add      = wasm.I(wasm.OpI32Add)
	i32Sub      = wasm.I(wasm.OpI32Sub)
	i32And      = wasm.I(wasm.OpI32And)
	i32ShrU     = wasm.I(wasm.OpI32ShrU)
	i64LtU      = wasm.I(wasm.OpI64LtU)
	i64GtU      = wasm.I(wasm.OpI64GtU)
	i64Add      = wasm.I(wasm.OpI64Add)
	i64Mul      = wasm.I(wasm.OpI64Mul)
	i64Xor      = wasm.I(wasm.OpI64Xor)
	i64ShrU     = wasm.I(wasm.OpI64ShrU)
)

func seq(parts ...code) code { return wasm.Seq(parts...) }

func get(local uint32) code { return wasm.I(wasm.OpLocalGet, local) }
func set(local uint32) code { return wasm.I(wasm.OpLocalSet, local) }

func getGlobal(global uint32) code { return wasm.I(wasm.OpGlobalGet, global) }
func setGlobal(global uint32) code { return wasm.I(wasm.OpGlobalSet, global) }

func i32(n int32) code  { return wasm.I32Const(n) }
func i64(n uint64) code { return wasm.I64Const(int64(n)) }

// memory is a load or store at an address plus an offset. It asks for no alignment,
// since the addresses are the guest's.
func memory(op wasm.Op, offset uint32) code { return wasm.I(op, 0, offset) }

func load8(offset uint32) code   { return memory(wasm.OpI32Load8U, offset) }
func load32(offset uint32) code  { return memory(wasm.OpI32Load, offset) }
func load64(offset uint32) code  { return memory(wasm.OpI64Load, offset) }
func store8(offset uint32) code  { return memory(wasm.OpI32Store8, offset) }
func store16(offset uint32) code { return memory(wasm.OpI32Store16, offset) }
func store32(offset uint32) code { return memory(wasm.OpI32Store, offset) }
func store64(offset uint32) code { return memory(wasm.OpI64Store, offset) }

// store64As8 stores the lowest byte of an i64.
func store64As8(offset uint32) code { return memory(wasm.OpI64Store8, offset) }

// when runs body where the i32 on the stack is not zero.
func when(body ...code) code { return wasm.If(body...) }

// whenElse runs one of two.
func whenElse(then, otherwise code) code { return wasm.IfElse(then, otherwise) }

// forEach runs body n times, where n is an i32 local that counts down to zero.
func forEach(n uint32, body ...code) code {
	return wasm.Block(wasm.Loop(
		get(n), i32Eqz, wasm.I(wasm.OpBrIf, 1), // out of the block
		seq(body...),
		increase(n, -1),
		wasm.I(wasm.OpBr, 0), // to the loop
	))
}

// increase adds to an i32 local.
func increase(local uint32, by int32) code {
	return seq(get(local), i32(by), i32Add, set(local))
}

// valTypes returns value types: i stands for i32 and l for i64.
func valTypes(letters string) []wasm.ValType {
	types := make([]wasm.ValType, len(letters))
	for n, letter := range []byte(letters) {
		types[n] = map[byte]wasm.ValType{'i': wasm.I32, 'l': wasm.I64}[letter]
	}
	return types
}
