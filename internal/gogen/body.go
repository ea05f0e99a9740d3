package gogen

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// Side spells the operations that host and guest spell differently.
type Side interface {
	// Op spells one operation: memory, strings, lists, maps, handles, calls,
	// returns, and LowerScalar and LiftScalar of char, enum and flags. It takes
	// the arguments by Body.Arg, gives the results by Body.Set or Body.Define,
	// and adds statements by Body.Emit.
	Op(b *Body, op *abi.Op)
	// BadDiscriminant returns the statements for a discriminant of a variant that
	// no case has. What follows them in the program is not to matter.
	BadDiscriminant(b *Body, op *abi.Op, disc jen.Code) []jen.Code
	// Case spells whether the discriminant that a SwitchDisc on an option or a
	// result takes is that of some or ok, and what becomes of one that is neither
	// case's.
	Case(b *Body, op *abi.Op) *jen.Statement
	// StoreCase spells a StoreDisc for the case that yes tells of an option or a
	// result, some or ok, as an expression whose value is yes.
	StoreCase(b *Body, op, store *abi.Op, yes *jen.Statement) *jen.Statement
	// Load spells a LiftString, LiftList or LiftMap whose pointer and length lie at
	// an offset of an area, and Store what stores those of a LowerString, LowerList or
	// LowerMap there.
	Load(b *Body, op *abi.Op, area abi.Value, offset uint32)
	Store(b *Body, op *abi.Op, area abi.Value, offset uint32)
	// BadVariant returns the statements for a variant of op.Type that is nil.
	BadVariant(b *Body, op *abi.Op) []jen.Code
	// ErrorValue spells how the error value v of a function comes out of the error
	// that its implementation returned, which is not nil. t is the error type
	// and nil where WIT has none. v is NoValue where nothing uses it.
	ErrorValue(b *Body, t wit.Type, err *jen.Statement, v abi.Value)
}

// NoValue stands for a value that there is no use of.
const NoValue abi.Value = -1

// Weight classifies expressions by what evaluating them costs and does, which decides
// where the driver may put them.
type Weight uint8

const (
	// Plain is an identifier, a selector of one, or a constant: it may be
	// repeated and moved.
	Plain Weight = iota
	// Pure is an expression without effects that reads no memory: it may be
	// moved, and is written once.
	Pure
	// Read is an expression that reads memory or takes parts of the call's
	// state: it may be moved up to the next operation that has effects.
	Read
	// Effect is an expression that must stand where it is.
	Effect
)

// Body turns the operations of a Program, or of one block of it, into Go
// statements.
type Body struct {
	Plan    *Plan
	Package *Package
	Program *abi.Program
	// Scope holds the names of the block.
	Scope *Scope
	Side  Side
	// First is the first of the cases that the Program of a variant has in this
	// function, and Rest spells the call of the function that has those from i on.
	First int
	Rest  func(i int) *jen.Statement

	shared *values
	stmts  []jen.Code
}

// values is what all Bodies of one Program share.
type values struct {
	uses []int
	expr []*jen.Statement
	// pending are values of weight Read whose expressions have not been written
	// when they were Set, in order, each with the Body in which they can be.
	pending []pendingValue
	written []bool
	weight  []Weight
	// returned says of values that ReturnValue is their only use.
	returned []bool
	// given says of them that the statements which make them return them.
	given map[abi.Value]bool
	// ended is set after a statement that no other can follow.
	ended bool
	// def is the operation whose result a value is, and nil for parameters.
	def []*abi.Op
	// names are those of the values that are variables.
	names []string
	// raw are expressions of more bits whose lower ones are the value.
	raw map[abi.Value]*jen.Statement
	// parts are the Go results of a call that stand for one WIT value.
	parts map[abi.Value]*parts
	// packed are the elements of a tuple that is returned.
	packed map[abi.Value][]abi.Value
}

type pendingValue struct {
	value abi.Value
	body  *Body
}

// parts are the Go expressions for the result of a function.
type parts struct {
	values []*jen.Statement
	err    *jen.Statement // nil where the function has no WIT result
}

// NewBody returns the Body of a Program. scope is that of the Go function.
func NewBody(plan *Plan, pkg *Package, program *abi.Program, side Side, scope *Scope) *Body {
	n := len(program.Values)
	b := &Body{Plan: plan, Package: pkg, Program: program, Scope: scope, Side: side, shared: &values{
		uses: make([]int, n), expr: make([]*jen.Statement, n), weight: make([]Weight, n), written: make([]bool, n),
		returned: make([]bool, n), def: make([]*abi.Op, n), names: make([]string, n),
		raw: map[abi.Value]*jen.Statement{}, given: map[abi.Value]bool{},
		parts: map[abi.Value]*parts{}, packed: map[abi.Value][]abi.Value{},
	}}
	loops := make([]int, n)
	b.shared.define(program.Body, loops, 0)
	b.shared.count(program.Body, loops, 0)
	return b
}

// define notes where values are defined: loops gets the number of loops around
// each, and inside is that of ops.
func (s *values) define(ops []abi.Op, loops []int, inside int) {
	for i := range ops {
		op := &ops[i]
		for _, v := range op.Results {
			loops[v] = inside
			s.def[v] = op
		}
		body := inside + btoi(isLoop(op))
		for _, block := range op.Blocks {
			for _, v := range block.Params {
				loops[v] = body
			}
			s.define(block.Body, loops, body)
		}
	}
}

// count counts the uses of values, from the last to the first. A use in a loop
// counts as two if the value was defined outside. To unpack what has no parts
// that are used, an empty tuple, is no use of it.
func (s *values) count(ops []abi.Op, loops []int, inside int) {
	use := func(v abi.Value, inside int) {
		s.uses[v]++
		if loops[v] < inside {
			s.uses[v]++
		}
	}
	used := func(v abi.Value) bool { return s.uses[v] > 0 }
	for i := len(ops) - 1; i >= 0; i-- {
		op := &ops[i]
		body := inside + btoi(isLoop(op))
		for _, block := range slices.Backward(op.Blocks) {
			for _, v := range block.Results {
				use(v, body)
			}
			s.count(block.Body, loops, body)
		}
		switch {
		case op.Code == abi.PostReturn: // the host's runtime keeps what it takes
		case op.Code == abi.Unpack && !slices.ContainsFunc(op.Results, used):
		default:
			for _, v := range op.Args {
				use(v, inside)
				s.returned[v] = op.Code == abi.ReturnValue && s.uses[v] == 1
			}
		}
	}
}

// isLoop reports whether the blocks of an operation are bodies of a loop.
func isLoop(op *abi.Op) bool {
	switch op.Code {
	case abi.LowerList, abi.LiftList, abi.LowerMap, abi.LiftMap, abi.StoreFixed, abi.LoadFixed:
		return true
	}
	return false
}

// Run returns the statements of the Program. Its parameters must be Set before.
func (b *Body) Run() []jen.Code {
	b.run(b.Program.Body)
	return b.stmts
}

func (b *Body) run(ops []abi.Op) {
	for len(ops) > 0 {
		n := b.fused(ops)
		if n == 0 {
			b.op(&ops[0])
			n = 1
		}
		ops = ops[n:]
	}
}

// fused spells the first operations together where the Side has a name for that: what
// moves the pointer and the length of a string, list or map between memory and what
// lifts or lowers it. It returns how many they are.
func (b *Body) fused(ops []abi.Op) int {
	if len(ops) < 3 {
		return 0
	}
	switch ops[0].Code {
	case abi.LoadCore:
		if lift := &ops[2]; ops[1].Code == abi.LoadCore && slices.Equal(lift.Args, []abi.Value{ops[0].Results[0], ops[1].Results[0]}) {
			b.Side.Load(b, lift, ops[0].Args[0], ops[0].Offset)
			return 3
		}
	case abi.LowerString, abi.LowerList, abi.LowerMap:
		if store := &ops[1]; store.Code == abi.StoreCore && store.Args[1] == ops[0].Results[0] {
			b.flush(&ops[0])
			b.Side.Store(b, &ops[0], store.Args[0], store.Offset)
			return 3
		}
	}
	return 0
}

// Ended reports whether the statements so far return in all cases.
func (b *Body) Ended() bool { return b.shared.ended }

// Def returns the operation whose result v is, and nil for a parameter.
func (b *Body) Def(v abi.Value) *abi.Op { return b.shared.def[v] }

// Emit adds statements.
func (b *Body) Emit(stmts ...jen.Code) { b.stmts = append(b.stmts, stmts...) }

// Used reports whether anything uses v.
func (b *Body) Used(v abi.Value) bool { return b.shared.uses[v] > 0 }

// Type returns the WIT type of v.
func (b *Body) Type(v abi.Value) wit.Type { return b.Program.Values[v].Type }

// Set gives v its expression. The expression is written where v is used if its weight
// allows that, and otherwise bound to a new local now. An Effect that nothing
// uses is written as a statement.
func (b *Body) Set(v abi.Value, weight Weight, expr *jen.Statement) {
	s := b.shared
	s.weight[v] = weight
	switch {
	case weight == Plain:
		s.expr[v] = expr
	case s.uses[v] == 0:
		if weight == Effect {
			b.Emit(expr)
		}
	case weight == Effect || s.uses[v] > 1:
		b.bind(v, expr)
	default:
		s.expr[v] = expr
		if weight == Read {
			s.pending = append(s.pending, pendingValue{v, b})
		}
	}
}

// bind declares a local for v.
func (b *Body) bind(v abi.Value, expr *jen.Statement) {
	b.Emit(b.Define(v).Op(":=").Add(expr))
}

// Define makes a local's name for v, which the caller declares, and returns it.
// Where nothing uses v it is the blank identifier.
func (b *Body) Define(v abi.Value) *jen.Statement {
	return b.DefineAs(v, b.hint(v))
}

// DefineAs is Define with a WIT name of the caller's choice.
func (b *Body) DefineAs(v abi.Value, hint string) *jen.Statement {
	if !b.Used(v) {
		return jen.Id("_")
	}
	return b.SetName(v, b.Local(hint))
}

// SetName makes v the variable of that name, and returns it.
func (b *Body) SetName(v abi.Value, name string) *jen.Statement {
	b.Set(v, Plain, jen.Id(name))
	b.shared.names[v] = name
	return jen.Id(name)
}

// Blanks returns the names, with a blank in place of each that is nil.
func Blanks(names []*jen.Statement) []jen.Code {
	list := make([]jen.Code, len(names))
	for i, name := range names {
		list[i] = jen.Id("_")
		if name != nil {
			list[i] = name.Clone()
		}
	}
	return list
}

// SetRaw records that the integer v, which is Set, is the lower bits of another integer,
// raw. Narrower integers are then cut off raw rather than v.
func (b *Body) SetRaw(v abi.Value, raw *jen.Statement) { b.shared.raw[v] = raw }

// RestOf returns the statement that sets the targets by the function which has the
// cases from i on.
func (b *Body) RestOf(i int, targets []*jen.Statement) []jen.Code {
	if len(targets) == 0 {
		return []jen.Code{b.Rest(i)}
	}
	return []jen.Code{jen.List(Blanks(targets)...).Op("=").Add(b.Rest(i))}
}

// Local declares a name in the block's scope. hint is a WIT name.
func (b *Body) Local(hint string) string { return b.Scope.Declare(b.Plan.LowerCamel(hint)) }

// hint returns a WIT name for v.
func (b *Body) hint(v abi.Value) string {
	info, def := b.Program.Values[v], b.shared.def[v]
	switch {
	case def != nil && def.Code == abi.View:
		return "area"
	case def != nil && (def.Code == abi.LowerOwn || def.Code == abi.LowerBorrow):
		if info.Hint == "self" {
			return "handle"
		}
		return info.Hint + "-handle"
	case info.Hint == "ok": // as the case of a result
		return "value"
	case info.Hint == "err":
		return "failure"
	case info.Hint != "":
		return info.Hint
	case info.Type == nil:
		return "core"
	default:
		return "value"
	}
}

// Arg returns the expression of v for one use.
func (b *Body) Arg(v abi.Value) *jen.Statement {
	s := b.shared
	expr := s.expr[v]
	if expr == nil {
		panic(fmt.Sprintf("gogen: value %d of %s has no expression", v, b.Program.Name))
	}
	s.written[v] = true
	return expr.Clone()
}

// PlainArg returns the expression of v for any number of uses: if it is not
// Plain, it is bound to a local first.
func (b *Body) PlainArg(v abi.Value) *jen.Statement {
	expr := b.Arg(v)
	if b.shared.weight[v] == Plain {
		return expr
	}
	b.bind(v, expr)
	return b.Arg(v)
}

// Args returns the expressions of several values.
func (b *Body) Args(list []abi.Value) []jen.Code {
	args := make([]jen.Code, len(list))
	for i, v := range list {
		args[i] = b.Arg(v)
	}
	return args
}

// Block returns the statements of a block whose parameters are the given
// expressions, all of them Plain, and the expressions of its results.
func (b *Body) Block(block *abi.Block, params ...*jen.Statement) (stmts []jen.Code, results []*jen.Statement) {
	return b.inside(b.Scope.Inner(), block, params)
}

// Loop is Block for the body of a loop whose variables were declared in scope,
// a scope inside the Body's.
func (b *Body) Loop(scope *Scope, block *abi.Block, params ...*jen.Statement) (stmts []jen.Code, results []*jen.Statement) {
	return b.inside(scope, block, params)
}

func (b *Body) inside(scope *Scope, block *abi.Block, params []*jen.Statement) ([]jen.Code, []*jen.Statement) {
	inner := *b
	inner.Scope, inner.stmts = scope, nil
	for i, v := range block.Params {
		if params[i] != nil {
			inner.Set(v, Plain, params[i])
		}
	}
	inner.run(block.Body)
	results := make([]*jen.Statement, len(block.Results))
	for i, v := range block.Results {
		results[i] = inner.Arg(v)
	}
	return inner.stmts, results
}

// MapItem spells the value at a key of the map m that op, a LowerMap, is on, for the
// loop over the keys; and returns the statement that binds it where it is more than a
// primitive, since loops inside have keys of their own.
func (b *Body) MapItem(op *abi.Op, scope *Scope, m *jen.Statement, key string) (item *jen.Statement, bind []jen.Code) {
	item = m.Clone().Index(jen.Id(key))
	_, prim := b.Plan.Resolve.Dealias(b.Plan.Resolve.Kind(op.Type).(*wit.Map).Value).(wit.Prim)
	if prim || !b.Used(op.Blocks[0].Params[2]) {
		return item, nil
	}
	name := jen.Id(scope.Pass("item"))
	return name, []jen.Code{name.Clone().Op(":=").Add(item)}
}

// Settle binds what reads memory and has not been written yet to locals, so that
// the memory may go away.
func (b *Body) Settle() { b.flush(&abi.Op{}) }

// flush writes the values that must not move past an operation with effects,
// except those that the operation itself takes.
func (b *Body) flush(op *abi.Op) {
	s := b.shared
	due := s.pending
	s.pending = nil
	for _, pending := range due {
		switch {
		case s.written[pending.value]:
		case slices.Contains(op.Args, pending.value):
			s.pending = append(s.pending, pending)
		default:
			pending.body.bind(pending.value, s.expr[pending.value])
		}
	}
}
