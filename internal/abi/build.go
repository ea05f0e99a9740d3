package abi

import (
	"fmt"

	"github.com/witgen/witgen/wit"
)

// Program returns the plan of f on the side that kind says: CallExport,
// HandleImport, CallImport or HandleExport. It panics where Unsupported or
// TooLarge reports f.
func (a *ABI) Program(kind Kind, f *wit.Function) *Program {
	if what, _, ok := a.Unsupported(f); ok {
		panic(fmt.Sprintf("abi: function %s has no Program: %s", f.Name, what))
	}
	if what, _, ok := a.TooLarge(f); ok {
		panic(fmt.Sprintf("abi: function %s has no Program: %s", f.Name, what))
	}
	b := newBuilder(a, &Program{Kind: kind, Name: f.Name, Func: f}, inlineLimit(len(f.Params)))
	switch kind {
	case CallExport, CallImport:
		b.call(f)
	case HandleImport, HandleExport:
		b.handle(f)
	default:
		panic(fmt.Sprintf("abi: kind %d is not of a function", kind))
	}
	return b.p
}

// TypeProgram returns the plan that lifts (LoadType) or lowers (StoreType) one
// value of a type in memory, or among core values (LiftType, LowerType). It panics
// where id, behind its aliases, has no parts. The same type always has the same
// Program, so it must not be changed.
func (a *ABI) TypeProgram(kind Kind, id wit.TypeID) *Program {
	id, ok := a.dealias(id).(wit.TypeID)
	if !ok || !a.hasProgram(id) {
		panic(fmt.Sprintf("abi: type %d has no Program of its own", id))
	}
	key := typeKey{kind, id}
	if a.programs[key] == nil {
		a.programs[key] = a.typeProgram(kind, id)
	}
	return a.programs[key]
}

// typeKey names the Program of a type.
type typeKey struct {
	kind Kind
	id   wit.TypeID
}

func (a *ABI) typeProgram(kind Kind, id wit.TypeID) *Program {
	name := a.Resolve.Types[id].Name
	if name == "" {
		name = a.Resolve.TypeString(id)
	}
	b := newBuilder(a, &Program{Kind: kind, Name: name, Type: id}, a.inlineLimitOf(id))
	switch kind {
	case LoadType:
		ptr := b.core(I32, "ptr")
		b.p.Params = []Value{ptr}
		b.do(Op{Code: ReturnValue, Args: []Value{b.loadInline(ptr, 0, id, "value")}})
	case StoreType:
		ptr, v := b.core(I32, "ptr"), b.value(id, "value")
		b.p.Params = []Value{ptr, v}
		b.storeInline(ptr, 0, v, id)
	case LowerType:
		v := b.value(id, "value")
		b.p.Params = []Value{v}
		b.do(Op{Code: ReturnCore, Args: b.lowerFlatInline(v, id)})
	case LiftType:
		for i, c := range a.Flat(id) {
			b.p.Params = append(b.p.Params, b.core(c, b.flatHint("flat", id, i)))
		}
		cores := b.p.Params
		b.do(Op{Code: ReturnValue, Args: []Value{b.liftFlatInline(&cores, id, "value")}})
	default:
		panic(fmt.Sprintf("abi: kind %d is not of a type", kind))
	}
	return b.p
}

// TypeKinds returns the kinds of Programs of a type that other Programs may refer to.
// A type of many core values is passed in memory only.
func (a *ABI) TypeKinds(id wit.TypeID) []Kind {
	kinds := []Kind{LoadType, StoreType}
	if a.FlatCount(id) <= MaxFlatParams {
		kinds = append(kinds, LowerType, LiftType)
	}
	return kinds
}

// NamedIn returns the types whose Programs p and those Programs themselves refer
// to, each once: a type stands after the types that its Programs refer to.
func (a *ABI) NamedIn(p *Program) []wit.TypeID {
	var ids []wit.TypeID
	seen := make(map[wit.TypeID]bool)
	var visit func(ops []Op)
	visit = func(ops []Op) {
		for _, op := range ops {
			switch op.Code {
			case LoadNamed, StoreNamed, LowerNamed, LiftNamed:
				id := op.Type.(wit.TypeID)
				if seen[id] {
					continue
				}
				seen[id] = true
				for _, kind := range a.TypeKinds(id) {
					visit(a.TypeProgram(kind, id).Body)
				}
				ids = append(ids, id)
			}
			for _, block := range op.Blocks {
				visit(block.Body)
			}
		}
	}
	visit(p.Body)
	return ids
}

// builder appends operations to the innermost open block of a Program.
type builder struct {
	a    *ABI
	p    *Program
	body *[]Op
	// limit is how many operations are written out for a part.
	limit int
	// whole is a type that is written out wherever it comes next.
	whole wit.Type
}

func newBuilder(a *ABI, p *Program, limit int) *builder {
	return &builder{a: a, p: p, body: &p.Body, limit: limit}
}

// core and value make new values.
func (b *builder) core(c Core, hint string) Value {
	b.p.Values = append(b.p.Values, ValueInfo{Core: c, Hint: hint})
	return Value(len(b.p.Values) - 1)
}

func (b *builder) value(t wit.Type, hint string) Value {
	b.p.Values = append(b.p.Values, ValueInfo{Type: t, Hint: hint})
	return Value(len(b.p.Values) - 1)
}

func (b *builder) cores(types []Core, hint string) []Value {
	values := make([]Value, len(types))
	for i, c := range types {
		values[i] = b.core(c, hint)
	}
	return values
}

func (b *builder) do(op Op) { *b.body = append(*b.body, op) }

// coreOp and valueOp append an operation that has one result.
func (b *builder) coreOp(c Core, hint string, op Op) Value {
	v := b.core(c, hint)
	op.Results = []Value{v}
	b.do(op)
	return v
}

func (b *builder) valueOp(t wit.Type, hint string, op Op) Value {
	v := b.value(t, hint)
	op.Type, op.Results = t, []Value{v}
	b.do(op)
	return v
}

// block returns the block of the operations that fill appends. Its results are
// what fill returns.
func (b *builder) block(params []Value, fill func() []Value) Block {
	block := Block{Params: params}
	outer := b.body
	b.body = &block.Body
	block.Results = fill()
	b.body = outer
	return block
}

func (b *builder) hint(v Value) string { return b.p.Values[v].Hint }

// call is the side that has WIT values and calls a core function
// (CanonicalABI.md, "canon lift" as its caller sees it, and the caller's side
// of "canon lower").
func (b *builder) call(f *wit.Function) {
	for _, p := range f.Params {
		b.p.Params = append(b.p.Params, b.value(p.Type, p.Name))
	}
	args := b.lowerParams(f)
	results := b.a.Lift(f).Results
	var area Value
	if b.p.Kind == CallImport {
		results = b.a.Lower(f).Results
		if b.a.ResultInMemory(f) {
			area = b.area(ReturnArea, f.Result)
			args = append(args, area)
		}
	}
	cores := b.cores(results, "result")
	b.do(Op{Code: CallCore, Args: args, Results: cores})
	b.whole = b.spread(f.Result)
	var lifted []Value
	switch {
	case f.Result == nil:
	case !b.a.ResultInMemory(f):
		rest := cores
		lifted = []Value{b.liftFlat(&rest, f.Result, "result")}
	case b.p.Kind == CallImport:
		lifted = []Value{b.load(area, 0, f.Result, "result")}
	default:
		ptr := b.view(cores[0], b.a.Size(f.Result), b.a.Align(f.Result))
		lifted = []Value{b.load(ptr, 0, f.Result, "result")}
	}
	if b.p.Kind == CallExport {
		// A guest may export a post-return for any function.
		b.do(Op{Code: PostReturn, Args: cores})
	}
	b.do(Op{Code: ReturnValue, Args: lifted})
}

// spread returns the type of a function's result where languages spell that as
// several results, a result or a tuple, so that its parts must be seen; and sets the
// limit for them.
func (b *builder) spread(t wit.Type) wit.Type {
	switch k := b.a.Resolve.Kind(t).(type) {
	case *wit.Result:
		b.limit = inlineLimit(2)
		return t
	case *wit.Tuple:
		b.limit = inlineLimit(len(k.Types))
		return t
	default:
		b.limit = mostInline
		return nil
	}
}

// isWhole reports whether a value of type t is written out because it is that of a
// function's result. What is in it is no such value.
func (b *builder) isWhole(t wit.Type) bool {
	is := b.whole != nil && b.whole == t
	b.whole = nil
	return is
}

// lowerParams lowers the parameters (CanonicalABI.md, "Lifting and Lowering
// Values", lower_flat_values).
func (b *builder) lowerParams(f *wit.Function) []Value {
	if !b.a.ParamsInMemory(f) {
		var args []Value
		for i, p := range f.Params {
			args = append(args, b.lowerFlat(b.p.Params[i], p.Type)...)
		}
		return args
	}
	types := paramTypes(f)
	l := b.a.recordLayout(types)
	ptr := b.coreOp(I32, "params", Op{Code: Realloc, Size: uint32(l.size), Align: l.align})
	for i, offset := range b.a.offsets(types) {
		b.store(ptr, offset, b.p.Params[i], types[i])
	}
	return []Value{ptr}
}

// handle is the side that gets core values and calls an implementation.
func (b *builder) handle(f *wit.Function) {
	sig := b.a.Lift(f)
	if b.p.Kind == HandleImport {
		sig = b.a.Lower(f)
	}
	var cores []Value
	if b.a.ParamsInMemory(f) {
		cores = b.cores(sig.Params[:1], "params")
		b.p.Params = cores
	} else {
		for _, p := range f.Params {
			for i, c := range b.a.Flat(p.Type) {
				b.p.Params = append(b.p.Params, b.core(c, b.flatHint(p.Name, p.Type, i)))
			}
		}
		cores = b.p.Params
	}
	var out Value
	if b.p.Kind == HandleImport && b.a.ResultInMemory(f) {
		out = b.core(I32, "result-ptr")
		b.p.Params = append(b.p.Params[:len(b.p.Params):len(b.p.Params)], out)
	}
	args := b.liftParams(f, cores)
	var result []Value
	if f.Result != nil {
		result = []Value{b.value(f.Result, "result")}
	}
	b.do(Op{Code: CallValue, Args: args, Results: result})
	b.whole = b.spread(f.Result)
	var returned []Value
	switch {
	case f.Result == nil:
	case !b.a.ResultInMemory(f):
		returned = b.lowerFlat(result[0], f.Result)
	case b.p.Kind == HandleImport:
		ptr := b.view(out, b.a.Size(f.Result), b.a.Align(f.Result))
		b.store(ptr, 0, result[0], f.Result)
	default:
		ptr := b.area(ReturnArea, f.Result)
		b.store(ptr, 0, result[0], f.Result)
		returned = []Value{ptr}
	}
	b.do(Op{Code: ReturnCore, Args: returned})
}

// liftParams lifts the parameters (CanonicalABI.md, "Lifting and Lowering
// Values", lift_flat_values).
func (b *builder) liftParams(f *wit.Function, cores []Value) []Value {
	args := make([]Value, len(f.Params))
	if !b.a.ParamsInMemory(f) {
		for i, p := range f.Params {
			args[i] = b.liftFlat(&cores, p.Type, p.Name)
		}
		return args
	}
	types := paramTypes(f)
	l := b.a.recordLayout(types)
	ptr := b.view(cores[0], l.size, l.align)
	for i, offset := range b.a.offsets(types) {
		args[i] = b.load(ptr, offset, types[i], f.Params[i].Name)
	}
	return args
}

// flatHint names the i-th flat value of what is called name and of type t.
func (b *builder) flatHint(name string, t wit.Type, i int) string {
	switch b.a.kind(t).(type) {
	case *wit.List, *wit.Map:
		return name + [...]string{"-ptr", "-len"}[i]
	}
	if b.a.dealias(t) == wit.String {
		return name + [...]string{"-ptr", "-len"}[i]
	}
	if b.a.FlatCount(t) == 1 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, i)
}

// area appends a Realloc or ReturnArea for a value of type t.
func (b *builder) area(code Code, t wit.Type) Value {
	return b.coreOp(I32, "area", Op{Code: code, Size: uint32(b.a.Size(t)), Align: b.a.Align(t)})
}

func (b *builder) view(ptr Value, size uint64, align uint32) Value {
	return b.coreOp(I32, b.hint(ptr), Op{Code: View, Args: []Value{ptr}, Size: uint32(size), Align: align})
}
