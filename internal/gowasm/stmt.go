package gowasm

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/witgen/witgen/internal/wasm"
)

// function compiles a function.
type function struct {
	*compiler
	code   wasm.Code
	locals map[types.Object]uint32
	// types are those of the locals behind the parameters, of which there are params.
	types  []wasm.ValType
	params uint32
	// depth is how many blocks are open, and targets are the statements that break and
	// continue leave, the innermost last.
	depth   int
	targets []target
}

// target is a statement that break, and unless it is a switch continue, leaves: the
// depths of the blocks whose ends they jump to.
type target struct {
	breaks, continues int
	isSwitch          bool
}

// body compiles the body of a function.
func (c *compiler) body(f *types.Func) []byte {
	d := c.decls[f]
	fn := &function{compiler: c, locals: map[types.Object]uint32{}}
	params := f.Signature().Params()
	for n := range params.Len() {
		fn.locals[params.At(n)] = uint32(n)
	}
	fn.params = uint32(params.Len())
	results := f.Signature().Results()
	if results.Len() > 0 && results.At(0).Name() != "" {
		c.fail(d.Pos(), "results with names are not supported")
	}
	fn.block(d.Body)
	if results.Len() > 0 {
		fn.code.Op(wasm.OpUnreachable) // the checker saw that no path leads here
	}
	return wasm.Body(fn.types, fn.code)
}

// local adds a local for a variable.
func (f *function) local(v types.Object, t valueType) uint32 {
	f.types = append(f.types, t.val)
	index := f.params + uint32(len(f.types)-1)
	if v != nil {
		f.locals[v] = index
	}
	return index
}

// open begins a block, a loop or an if.
func (f *function) open(op wasm.Op) {
	f.code.Byte(byte(op), wasm.BlockEmpty)
	f.depth++
}

func (f *function) end() {
	f.code.Op(wasm.OpEnd)
	f.depth--
}

// jump jumps to the block that made the depth what it is.
func (f *function) jump(op wasm.Op, depth int) { f.code.Op(op, uint32(f.depth-depth)) }

func (f *function) block(b *ast.BlockStmt) {
	for _, s := range b.List {
		f.stmt(s)
	}
}

func (f *function) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case nil, *ast.EmptyStmt:
	case *ast.BlockStmt:
		f.block(s)
	case *ast.ExprStmt:
		f.discard(s.X)
	case *ast.AssignStmt:
		f.assign(s)
	case *ast.IncDecStmt:
		op := token.ADD
		if s.Tok == token.DEC {
			op = token.SUB
		}
		t := f.typeOf(f.info.Types[s.X].Type, s.Pos())
		f.expr(s.X)
		f.code = append(f.code, constantCode(constant.MakeInt64(1), t)...)
		f.arithmetic(op, t, s.Pos())
		f.store(s.X)
	case *ast.DeclStmt:
		f.declare(s.Decl.(*ast.GenDecl))
	case *ast.IfStmt:
		f.ifStmt(s)
	case *ast.ForStmt:
		f.stmt(s.Init)
		f.loop(func() {
			if s.Cond != nil {
				f.expr(s.Cond)
				f.code.Op(wasm.OpI32Eqz)
			} else {
				f.code.I32Const(0)
			}
		}, s.Body, func() { f.stmt(s.Post) })
	case *ast.RangeStmt:
		f.rangeStmt(s)
	case *ast.SwitchStmt:
		f.switchStmt(s)
	case *ast.BranchStmt:
		f.branch(s)
	case *ast.ReturnStmt:
		for _, e := range s.Results {
			f.expr(e)
		}
		f.code.Op(wasm.OpReturn)
	default:
		f.fail(s.Pos(), "the statement %T is not supported", s)
	}
}

// discard evaluates an expression for its effects.
func (f *function) discard(e ast.Expr) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		f.fail(e.Pos(), "only a call can be a statement")
	}
	if f.isPanic(call) {
		f.code.Op(wasm.OpUnreachable)
		return
	}
	f.expr(call)
	for range f.results(call) {
		f.code.Op(wasm.OpDrop)
	}
}

// results returns how many results a call has.
func (f *function) results(call *ast.CallExpr) int {
	switch t := f.info.Types[call].Type.(type) {
	case *types.Tuple:
		return t.Len()
	case nil:
		return 0
	}
	if f.info.Types[call].IsVoid() {
		return 0
	}
	return 1
}

// assign compiles an assignment or a short declaration.
func (f *function) assign(s *ast.AssignStmt) {
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		op, ok := assignOps[s.Tok]
		if !ok {
			f.fail(s.Pos(), "%s is not supported", s.Tok)
		}
		f.binary(op, s.Lhs[0], s.Rhs[0], f.typeOf(f.info.Types[s.Lhs[0]].Type, s.Pos()), s.Pos())
		f.store(s.Lhs[0])
		return
	}
	// All values are on the stack before the first is stored.
	for _, e := range s.Rhs {
		f.expr(e)
	}
	for n := len(s.Lhs) - 1; n >= 0; n-- {
		f.store(s.Lhs[n])
	}
}

var assignOps = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO, token.REM_ASSIGN: token.REM,
	token.AND_ASSIGN: token.AND, token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR, token.SHL_ASSIGN: token.SHL, token.SHR_ASSIGN: token.SHR,
	token.AND_NOT_ASSIGN: token.AND_NOT,
}

// store stores what is on the stack in a variable.
func (f *function) store(e ast.Expr) {
	name, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		f.fail(e.Pos(), "only variables can be assigned to")
	}
	if name.Name == "_" {
		f.code.Op(wasm.OpDrop)
		return
	}
	if v := f.info.Defs[name]; v != nil { // declared here
		f.code.Op(wasm.OpLocalSet, f.local(v, f.typeOf(v.Type(), e.Pos())))
		return
	}
	v := f.info.Uses[name]
	if index, ok := f.locals[v]; ok {
		f.code.Op(wasm.OpLocalSet, index)
		return
	}
	f.code.Op(wasm.OpGlobalSet, f.global(v, e.Pos()))
}

// declare compiles declarations inside a function. Constants and types need no code.
func (f *function) declare(d *ast.GenDecl) {
	if d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		spec := spec.(*ast.ValueSpec)
		for _, e := range spec.Values {
			f.expr(e)
		}
		for n := len(spec.Names) - 1; n >= 0; n-- {
			v := f.info.Defs[spec.Names[n]]
			if v == nil {
				f.fail(spec.Pos(), "a blank variable is not supported")
			}
			t := f.typeOf(v.Type(), spec.Pos())
			if len(spec.Values) == 0 { // Zero again in each round of a loop.
				f.code = append(f.code, constantCode(constant.MakeInt64(0), t)...)
			}
			f.code.Op(wasm.OpLocalSet, f.local(v, t))
		}
	}
}

func (f *function) ifStmt(s *ast.IfStmt) {
	f.stmt(s.Init)
	if known, value := f.known(s.Cond); known {
		if value {
			f.block(s.Body)
		} else {
			f.stmt(s.Else)
		}
		return
	}
	f.expr(s.Cond)
	f.open(wasm.OpIf)
	f.block(s.Body)
	if s.Else != nil {
		f.code.Op(wasm.OpElse)
		f.stmt(s.Else)
	}
	f.end()
}

// known reports whether constants alone decide a condition, and how.
func (f *function) known(e ast.Expr) (known, value bool) {
	if v := f.info.Types[e].Value; v != nil && v.Kind() == constant.Bool {
		return true, constant.BoolVal(v)
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		known, value = f.known(e.X)
		return known, !value
	case *ast.BinaryExpr:
		if e.Op != token.LAND && e.Op != token.LOR {
			return false, false
		}
		decides := e.Op == token.LOR
		if known, value := f.known(e.X); known {
			if value == decides {
				return true, value
			}
			return f.known(e.Y)
		}
	}
	return false, false
}

// loop compiles a loop. ends puts on the stack whether it is over.
func (f *function) loop(ends func(), body *ast.BlockStmt, post func()) {
	f.open(wasm.OpBlock)
	t := target{breaks: f.depth}
	f.open(wasm.OpLoop)
	again := f.depth
	ends()
	f.jump(wasm.OpBrIf, t.breaks)
	f.open(wasm.OpBlock)
	t.continues = f.depth
	f.targets = append(f.targets, t)
	f.block(body)
	f.targets = f.targets[:len(f.targets)-1]
	f.end()
	post()
	f.jump(wasm.OpBr, again)
	f.end()
	f.end()
}

// rangeStmt compiles a loop over the integers below a number.
func (f *function) rangeStmt(s *ast.RangeStmt) {
	t := f.typeOf(f.info.Types[s.X].Type, s.X.Pos())
	if basic := f.info.Types[s.X].Type.Underlying().(*types.Basic); basic.Info()&types.IsInteger == 0 || t.signed {
		f.fail(s.Pos(), "a range is over uint32 or uint64")
	}
	if s.Value != nil || s.Key != nil && s.Tok != token.DEFINE {
		f.fail(s.Pos(), "a range declares its variable")
	}
	end := f.local(nil, t)
	f.expr(s.X)
	f.code.Op(wasm.OpLocalSet, end)
	var variable types.Object
	if s.Key != nil {
		variable = f.info.Defs[s.Key.(*ast.Ident)]
	}
	// The body may change its variable, and the round that follows does not see it.
	counter, seen := f.local(nil, t), f.local(variable, t)
	f.code = append(f.code, constantCode(constant.MakeInt64(0), t)...)
	f.code.Op(wasm.OpLocalSet, counter)
	f.loop(func() {
		f.code.Op(wasm.OpLocalGet, counter)
		f.code.Op(wasm.OpLocalTee, seen)
		f.code.Op(wasm.OpLocalGet, end)
		f.code.Op(comparison(token.GEQ, t))
	}, s.Body, func() {
		f.code.Op(wasm.OpLocalGet, counter)
		f.code = append(f.code, constantCode(constant.MakeInt64(1), t)...)
		f.arithmetic(token.ADD, t, s.Pos())
		f.code.Op(wasm.OpLocalSet, counter)
	})
}

func (f *function) switchStmt(s *ast.SwitchStmt) {
	f.stmt(s.Init)
	var tag uint32
	var t valueType
	if s.Tag != nil {
		t = f.typeOf(f.info.Types[s.Tag].Type, s.Tag.Pos())
		tag = f.local(nil, t)
		f.expr(s.Tag)
		f.code.Op(wasm.OpLocalSet, tag)
	}
	f.open(wasm.OpBlock)
	f.targets = append(f.targets, target{breaks: f.depth, isSwitch: true})
	out := f.depth
	var otherwise *ast.CaseClause
	for _, clause := range s.Body.List {
		clause := clause.(*ast.CaseClause)
		if clause.List == nil {
			otherwise = clause
			continue
		}
		for n, e := range clause.List {
			f.expr(e)
			if s.Tag != nil {
				f.code.Op(wasm.OpLocalGet, tag)
				f.code.Op(comparison(token.EQL, t))
			}
			if n > 0 {
				f.code.Op(wasm.OpI32Or)
			}
		}
		f.open(wasm.OpIf)
		f.clause(clause)
		f.jump(wasm.OpBr, out)
		f.end()
	}
	if otherwise != nil {
		f.clause(otherwise)
	}
	f.targets = f.targets[:len(f.targets)-1]
	f.end()
}

func (f *function) clause(c *ast.CaseClause) {
	for _, s := range c.Body {
		f.stmt(s)
	}
}

func (f *function) branch(s *ast.BranchStmt) {
	if s.Label != nil || s.Tok != token.BREAK && s.Tok != token.CONTINUE {
		f.fail(s.Pos(), "%s with a label, goto and fallthrough are not supported", s.Tok)
	}
	for n := len(f.targets) - 1; n >= 0; n-- {
		t := f.targets[n]
		if s.Tok == token.BREAK {
			f.jump(wasm.OpBr, t.breaks)
			return
		}
		if !t.isSwitch {
			f.jump(wasm.OpBr, t.continues)
			return
		}
	}
}
