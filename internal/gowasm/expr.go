package gowasm

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/witgen/witgen/internal/wasm"
)

// expr compiles an expression, whose values go on the stack.
func (f *function) expr(e ast.Expr) {
	known := f.info.Types[e]
	if known.Value != nil {
		f.code = append(f.code, constantCode(known.Value, f.typeOf(known.Type, e.Pos()))...)
		return
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		f.expr(e.X)
	case *ast.Ident:
		f.load(e)
	case *ast.UnaryExpr:
		f.unary(e)
	case *ast.BinaryExpr:
		f.binaryExpr(e)
	case *ast.CallExpr:
		f.call(e)
	default:
		f.fail(e.Pos(), "the expression %T is not supported", e)
	}
}

// load puts the value of a variable on the stack.
func (f *function) load(name *ast.Ident) {
	v := f.info.Uses[name]
	if index, ok := f.locals[v]; ok {
		f.code.Op(wasm.OpLocalGet, index)
		return
	}
	f.code.Op(wasm.OpGlobalGet, f.global(v, name.Pos()))
}

// global returns the index of a variable of the package.
func (f *function) global(v types.Object, at token.Pos) uint32 {
	n := slices.IndexFunc(f.globals, func(g *types.Var) bool { return g == v })
	if n < 0 {
		f.fail(at, "%s is not a variable", v.Name())
	}
	return uint32(n)
}

func (f *function) unary(e *ast.UnaryExpr) {
	t := f.typeOf(f.info.Types[e].Type, e.Pos())
	switch e.Op {
	case token.NOT:
		f.expr(e.X)
		f.code.Op(wasm.OpI32Eqz)
	case token.SUB:
		f.code = append(f.code, constantCode(constant.MakeInt64(0), t)...)
		f.expr(e.X)
		f.arithmetic(token.SUB, t, e.Pos())
	case token.XOR:
		f.expr(e.X)
		f.code = append(f.code, constantCode(constant.MakeInt64(-1), t)...)
		f.arithmetic(token.XOR, t, e.Pos())
	case token.ADD:
		f.expr(e.X)
	default:
		f.fail(e.Pos(), "the operator %s is not supported", e.Op)
	}
}

func (f *function) binaryExpr(e *ast.BinaryExpr) {
	switch e.Op {
	case token.LAND, token.LOR:
		f.shortCircuit(e)
		return
	}
	// An untyped operand has the type of the other one.
	t := f.typeOf(f.info.Types[e.X].Type, e.X.Pos())
	f.binary(e.Op, e.X, e.Y, t, e.OpPos)
}

// shortCircuit compiles && and ||.
func (f *function) shortCircuit(e *ast.BinaryExpr) {
	decides := e.Op == token.LOR
	if known, value := f.known(e.X); known {
		if value == decides {
			f.code = append(f.code, constantCode(constant.MakeBool(value), valueType{})...)
		} else {
			f.expr(e.Y)
		}
		return
	}
	f.expr(e.X)
	f.code.Byte(byte(wasm.OpIf), wasm.I32.Code)
	f.depth++
	if decides {
		f.code.I32Const(1)
		f.code.Op(wasm.OpElse)
		f.expr(e.Y)
	} else {
		f.expr(e.Y)
		f.code.Op(wasm.OpElse)
		f.code.I32Const(0)
	}
	f.end()
}

// binary compiles an operation on two operands, the first of which is of type t.
func (f *function) binary(op token.Token, x, y ast.Expr, t valueType, at token.Pos) {
	f.expr(x)
	switch op {
	case token.SHL, token.SHR:
		width := int64(32)
		if t.wide {
			width = 64
		}
		count := f.info.Types[y].Value
		if count == nil {
			f.fail(at, "the count of a shift must be a constant")
		}
		n, _ := constant.Int64Val(constant.ToInt(count))
		if n >= width {
			f.fail(at, "the count of a shift is %d, and the operand has %d bits", n, width)
		}
		f.code = append(f.code, constantCode(constant.MakeInt64(n), t)...)
		f.arithmetic(op, t, at)
	case token.AND_NOT:
		f.expr(y)
		f.code = append(f.code, constantCode(constant.MakeInt64(-1), t)...)
		f.arithmetic(token.XOR, t, at)
		f.arithmetic(token.AND, t, at)
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		f.expr(y)
		f.code.Op(comparison(op, t))
	default:
		f.expr(y)
		f.arithmetic(op, t, at)
	}
}

// The first of the instructions of integers of 32 and of 64 bits.
const (
	compare32, compare64       = wasm.OpI32Eq, wasm.OpI64Eq
	arithmetic32, arithmetic64 = wasm.OpI32Add, wasm.OpI64Add
)

// comparison returns the instruction that compares two values.
func comparison(op token.Token, t valueType) wasm.Op {
	// The order is eq, ne, lt_s, lt_u, gt_s, gt_u, le_s, le_u, ge_s, ge_u.
	n := map[token.Token]wasm.Op{token.EQL: 0, token.NEQ: 1, token.LSS: 2, token.GTR: 4, token.LEQ: 6, token.GEQ: 8}[op]
	if n >= 2 && !t.signed {
		n++
	}
	if t.wide {
		return compare64 + n
	}
	return compare32 + n
}

// arithmetic compiles an operation on what is on the stack.
func (f *function) arithmetic(op token.Token, t valueType, at token.Pos) {
	// The order is add, sub, mul, div_s, div_u, rem_s, rem_u, and, or, xor, shl, shr_s,
	// shr_u.
	n, ok := map[token.Token]wasm.Op{token.ADD: 0, token.SUB: 1, token.MUL: 2, token.QUO: 3, token.REM: 5, token.AND: 7, token.OR: 8, token.XOR: 9, token.SHL: 10, token.SHR: 11}[op]
	switch {
	case !ok:
		f.fail(at, "the operator %s is not supported", op)
	case (op == token.QUO || op == token.REM) && t.signed:
		f.fail(at, "the division of signed integers is not supported")
	case (op == token.QUO || op == token.REM || op == token.SHR) && !t.signed:
		n++
	}
	if t.wide {
		f.code.Op(arithmetic64 + n)
	} else {
		f.code.Op(arithmetic32 + n)
	}
}

// isPanic reports whether a call is one of panic.
func (f *function) isPanic(call *ast.CallExpr) bool {
	name, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	b, ok := f.info.Uses[name].(*types.Builtin)
	return ok && b.Name() == "panic"
}

// call compiles a conversion, or a call of a function or an instruction.
func (f *function) call(e *ast.CallExpr) {
	if f.info.Types[e.Fun].IsType() {
		f.convert(e)
		return
	}
	name, ok := ast.Unparen(e.Fun).(*ast.Ident)
	if !ok {
		f.fail(e.Pos(), "only functions of the package can be called")
	}
	callee, ok := f.info.Uses[name].(*types.Func)
	if !ok {
		f.fail(e.Pos(), "%s cannot be called here", name.Name)
	}
	for _, arg := range e.Args {
		f.expr(arg)
	}
	if from := f.imports[callee]; from.module == instruction {
		f.instruction(from.name, e.Pos())
		return
	}
	f.code.Op(wasm.OpCall, f.use(callee))
}

// instruction compiles an instruction by its name.
func (f *function) instruction(name string, at token.Pos) {
	op, ok := byName(name)
	if !ok {
		f.fail(at, "there is no instruction %q", name)
	}
	switch op.Immediates() {
	case wasm.None:
		f.code.Op(op)
	case wasm.MemArgImm:
		f.memory = true
		f.code.Op(op, 0, 0)
	case wasm.MemoryImm:
		f.memory = true
		f.code.Op(op, 0)
	case wasm.MemMemImm:
		f.memory = true
		f.code.Op(op, 0, 0)
	default:
		f.fail(at, "the instruction %s has immediates that are not supported", name)
	}
}

// byName returns the instruction of a name.
func byName(name string) (wasm.Op, bool) {
	for op := wasm.Op(0); op <= 0xff; op++ {
		if op.String() == name {
			return op, true
		}
	}
	for _, op := range []wasm.Op{wasm.OpMemoryCopy, wasm.OpMemoryFill} {
		if op.String() == name {
			return op, true
		}
	}
	return 0, false
}

// convert compiles a conversion between integers.
func (f *function) convert(e *ast.CallExpr) {
	from, to := f.typeOf(f.info.Types[e.Args[0]].Type, e.Pos()), f.typeOf(f.info.Types[e].Type, e.Pos())
	f.expr(e.Args[0])
	switch {
	case from.wide == to.wide:
	case from.wide:
		f.code.Op(wasm.OpI32WrapI64)
	case from.signed:
		f.code.Op(wasm.OpI64ExtendI32S)
	default:
		f.code.Op(wasm.OpI64ExtendI32U)
	}
}
