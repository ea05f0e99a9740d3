package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
)

// maxFlatAsyncParams is the limit on the flat parameters of a function that is
// lowered async (CanonicalABI.md, "Flattening").
const maxFlatAsyncParams = 4

// options are canonical options after their checks.
type options struct {
	d *binary.Canon
	// has holds those that are given; the string encodings count one by one.
	has [binary.CallbackOption + 1]bool
	// pointer is the core type of addresses in the memory.
	pointer wasm.ValType
}

// options checks what holds of options wherever they stand (CanonicalABI.md,
// "canonopt Validation"). allowed are the options that the definition knows.
func (s *scope) options(d *binary.Canon, allowed ...binary.OptionKind) options {
	v := s.v
	o := options{d: d, pointer: wasm.I32}
	encodings := 0
	for _, x := range d.Options {
		if o.has[x.Kind] {
			v.fail("the option %s of canon %s is given twice", x.Kind, d.Op)
		}
		if !slices.Contains(allowed, x.Kind) {
			v.fail("canon %s takes no option %s", d.Op, x.Kind)
		}
		o.has[x.Kind] = true
		if x.Kind <= binary.Latin1UTF16 {
			encodings++
		}
	}
	if encodings > 1 {
		v.fail("canon %s has more than one string encoding", d.Op)
	}
	if index, ok := d.Option(binary.MemoryOption); ok {
		o.pointer = s.memory(index)
	}
	if index, ok := d.Option(binary.ReallocOption); ok {
		if !o.has[binary.MemoryOption] {
			v.fail("the option realloc of canon %s needs the option memory", d.Op)
		}
		p := o.pointer
		s.checkOptionFunc(binary.ReallocOption, index, []wasm.ValType{p, p, p, p}, []wasm.ValType{p})
	}
	if index, ok := d.Option(binary.CallbackOption); ok {
		if !o.has[binary.AsyncOption] {
			v.fail("the option callback needs the option async")
		}
		s.checkOptionFunc(binary.CallbackOption, index, []wasm.ValType{wasm.I32, wasm.I32, wasm.I32}, []wasm.ValType{wasm.I32})
	}
	if o.has[binary.AsyncOption] && o.has[binary.PostReturnOption] {
		v.fail("the option post-return cannot stand beside the option async")
	}
	return o
}

func (s *scope) checkOptionFunc(kind binary.OptionKind, index uint32, params, results []wasm.ValType) {
	f := core.Lookup(s.coreFuncs, index, "core function", s.v.at)
	if want := s.v.core.Function(params, results); f != want {
		s.v.fail("the option %s needs a core function of type %s, and function %d is of type %s", kind, s.v.core.Show(want), index, s.v.core.Show(f))
	}
}

// memory checks a memory that canonical definitions read and write and returns the
// type of its addresses.
func (s *scope) memory(index uint32) wasm.ValType {
	m := core.Lookup(s.coreMemories, index, "core memory", s.v.at)
	if m.Shared {
		s.v.fail("memory %d is shared, which canonical definitions cannot use", index)
	}
	if m.Addr64 {
		return wasm.I64
	}
	return wasm.I32
}

func (s *scope) need(o options, kind binary.OptionKind, why string) {
	if !o.has[kind] {
		s.v.fail("canon %s needs the option %s: %s", o.d.Op, kind, why)
	}
}

// needMemory checks the options that reading a value out of the component's memory
// needs.
func (s *scope) needMemory(o options, t checked.Ref) {
	if t.Info().List {
		s.need(o, binary.MemoryOption, t.Show()+" goes through memory")
	}
}

// needRealloc checks the options that writing a value into it needs.
func (s *scope) needRealloc(o options, t checked.Ref) {
	if t.Info().List {
		s.need(o, binary.MemoryOption, t.Show()+" goes through memory")
		s.need(o, binary.ReallocOption, t.Show()+" needs memory that the component allocates")
	}
}

var (
	stringOptions = []binary.OptionKind{binary.UTF8, binary.UTF16, binary.Latin1UTF16, binary.MemoryOption}
	lowerOptions  = append(slices.Clone(stringOptions), binary.ReallocOption, binary.AsyncOption)
	liftOptions   = append(slices.Clone(lowerOptions), binary.PostReturnOption, binary.CallbackOption)
)

// canon checks a canonical definition and adds what it defines (CanonicalABI.md,
// "Canonical Definitions").
func (s *scope) canon(d *binary.Canon) {
	if d.Op == binary.CanonLift {
		s.lift(d)
		return
	}
	s.coreFuncs = append(s.coreFuncs, s.canonFunc(d))
}

// canonFunc returns the type of the core function that a definition makes.
func (s *scope) canonFunc(d *binary.Canon) core.TypeID {
	f := s.v.core.Function
	i32 := []wasm.ValType{wasm.I32}
	switch d.Op {
	case binary.CanonLower:
		return s.lower(d)
	case binary.CanonResourceNew, binary.CanonResourceRep:
		r := s.resourceType(d.Type).Resource
		if r.Owner != s.of {
			s.v.fail("canon %s needs a resource that this component defines, and type %d is not", d.Op, d.Type)
		}
		rep := []wasm.ValType{r.Rep}
		if d.Op == binary.CanonResourceNew {
			return f(rep, i32)
		}
		return f(i32, rep)
	case binary.CanonResourceDrop:
		s.resourceType(d.Type)
	case binary.CanonTaskReturn:
		return s.taskReturn(d)
	case binary.CanonContextGet, binary.CanonContextSet:
		return s.context(d)
	case binary.CanonStreamRead, binary.CanonStreamWrite, binary.CanonFutureRead, binary.CanonFutureWrite:
		return s.copy(d)
	case binary.CanonStreamNew, binary.CanonStreamCancelRead, binary.CanonStreamCancelWrite, binary.CanonStreamDropReadable, binary.CanonStreamDropWritable,
		binary.CanonFutureNew, binary.CanonFutureCancelRead, binary.CanonFutureCancelWrite, binary.CanonFutureDropReadable, binary.CanonFutureDropWritable:
		s.channel(d)
	case binary.CanonErrorContextNew, binary.CanonErrorContextMessage:
		return s.errorContext(d)
	case binary.CanonWaitableSetWait, binary.CanonWaitableSetPoll:
		return f([]wasm.ValType{wasm.I32, s.memory(d.Memory)}, i32)
	case binary.CanonThreadNewIndirect, binary.CanonThreadSpawnRef, binary.CanonThreadSpawnIndirect:
		return s.thread(d)
	default: // Signature knows the others by themselves
		if !strings.Contains(d.Op.Signature(), "->") {
			panic(fmt.Sprintf("check: unhandled canonical definition %s", d.Op))
		}
	}
	params, results, _ := strings.Cut(d.Op.Signature(), "->")
	return f(coreList(params), coreList(results))
}

// coreList reads the core types of a signature.
func coreList(s string) []wasm.ValType {
	var list []wasm.ValType
	for _, name := range strings.Fields(s) {
		list = append(list, map[string]wasm.ValType{"i32": wasm.I32, "i64": wasm.I64}[name])
	}
	return list
}

// lift: CanonicalABI.md, "canon lift".
func (s *scope) lift(d *binary.Canon) {
	v := s.v
	lifted := core.Lookup(s.coreFuncs, d.Func, "core function", v.at)
	ft, ok := core.Lookup(s.types, d.Type, "type", v.at).(*checked.Func)
	if !ok {
		v.fail("type %d is not that of a function", d.Type)
	}
	v.work(len(ft.Params))
	o := s.options(d, liftOptions...)
	s.checkAsync(o, ft)
	params, results := s.flatten(o, ft, true)
	if want := v.core.Function(params, results); lifted != want {
		v.fail("canon lift makes a function of a core function of type %s, and function %d is of type %s", v.core.Show(want), d.Func, v.core.Show(lifted))
	}
	if index, ok := d.Option(binary.PostReturnOption); ok {
		s.checkOptionFunc(binary.PostReturnOption, index, results, nil)
	}
	for _, p := range ft.Params {
		s.needRealloc(o, p.Type)
	}
	if flatCount(ft.Params) > abi.MaxFlatParams {
		s.need(o, binary.ReallocOption, "the parameters are too many to pass flat")
	}
	s.needMemory(o, ft.Result)
	limit := abi.MaxFlatResults
	if o.has[binary.AsyncOption] {
		limit = abi.MaxFlatParams
	}
	if len(flat(ft.Result)) > limit {
		s.need(o, binary.MemoryOption, "the result is too large to return flat")
	}
	s.funcs = append(s.funcs, ft)
}

// lower: CanonicalABI.md, "canon lower".
func (s *scope) lower(d *binary.Canon) core.TypeID {
	ft := core.Lookup(s.funcs, d.Func, "function", s.v.at)
	s.v.work(len(ft.Params))
	o := s.options(d, lowerOptions...)
	s.checkAsync(o, ft)
	params, results := s.flatten(o, ft, false)
	limit := abi.MaxFlatParams
	if o.has[binary.AsyncOption] {
		limit = maxFlatAsyncParams
		if !ft.Result.Absent() {
			s.need(o, binary.MemoryOption, "an async lowering returns its result there")
		}
	}
	for _, p := range ft.Params {
		s.needMemory(o, p.Type)
	}
	s.needRealloc(o, ft.Result)
	if flatCount(ft.Params) > limit {
		s.need(o, binary.MemoryOption, "the parameters are too many to pass flat")
	}
	if len(flat(ft.Result)) > abi.MaxFlatResults {
		s.need(o, binary.MemoryOption, "the result is too large to return flat")
	}
	return s.v.core.Function(params, results)
}

func (s *scope) checkAsync(o options, ft *checked.Func) {
	if o.has[binary.AsyncOption] && !ft.Async {
		s.v.fail("the option async of canon %s needs a function type that is async", o.d.Op)
	}
}

// taskReturn: CanonicalABI.md, "canon task.return".
func (s *scope) taskReturn(d *binary.Canon) core.TypeID {
	o := s.options(d, stringOptions...)
	ft := &checked.Func{}
	if d.Result != nil {
		t := s.val(*d.Result)
		if t.Info().Borrow {
			s.v.fail("the result of task.return must not contain a borrow")
		}
		ft.Params = []checked.Param{{Type: t}}
		s.needMemory(o, t)
		if flatCount(ft.Params) > abi.MaxFlatParams {
			s.need(o, binary.MemoryOption, "the result is too large to pass flat")
		}
	}
	params, _ := s.flatten(o, ft, false)
	return s.v.core.Function(params, nil)
}

// context: CanonicalABI.md, "canon context.get" and "canon context.set".
func (s *scope) context(d *binary.Canon) core.TypeID {
	if d.SlotType != wasm.I32 && d.SlotType != wasm.I64 {
		s.v.fail("canon %s is of type %s, and must be of i32 or i64", d.Op, d.SlotType)
	}
	if d.Slot >= 2 {
		s.v.fail("canon %s names slot %d, and there are 2", d.Op, d.Slot)
	}
	if s.slotType.Code != 0 && s.slotType != d.SlotType {
		s.v.fail("canon %s is of type %s and another of the component of %s: they must agree", d.Op, d.SlotType, s.slotType)
	}
	s.slotType = d.SlotType
	if slot := []wasm.ValType{d.SlotType}; d.Op == binary.CanonContextGet {
		return s.v.core.Function(nil, slot)
	} else {
		return s.v.core.Function(slot, nil)
	}
}

// channel returns the element of the stream or future that a definition is for.
func (s *scope) channel(d *binary.Canon) checked.Ref {
	kind := "future"
	if strings.HasPrefix(d.Op.String(), "stream.") {
		kind = "stream"
	}
	if t, ok := core.Lookup(s.types, d.Type, "type", s.v.at).(*checked.Value); ok {
		if k := checked.KindName(t.Origin().Def); k == "a "+kind {
			return t.Parts[0]
		}
	}
	s.v.fail("canon %s needs a %s, and type %d is not", d.Op, kind, d.Type)
	return checked.Ref{}
}

// copy: CanonicalABI.md, "canon stream.{read,write}" and "canon future.{read,write}".
func (s *scope) copy(d *binary.Canon) core.TypeID {
	elem := s.channel(d)
	o := s.options(d, lowerOptions...)
	if !elem.Absent() {
		s.need(o, binary.MemoryOption, "the elements are copied through it")
		if d.Op == binary.CanonStreamRead || d.Op == binary.CanonFutureRead {
			s.needRealloc(o, elem)
		}
	}
	p := o.pointer
	if d.Op == binary.CanonFutureRead || d.Op == binary.CanonFutureWrite {
		return s.v.core.Function([]wasm.ValType{wasm.I32, p}, []wasm.ValType{wasm.I32})
	}
	return s.v.core.Function([]wasm.ValType{wasm.I32, p, p}, []wasm.ValType{p})
}

// errorContext: CanonicalABI.md, "canon error-context.new" and
// "canon error-context.debug-message".
func (s *scope) errorContext(d *binary.Canon) core.TypeID {
	o := s.options(d, append(slices.Clone(stringOptions), binary.ReallocOption)...)
	if d.Op == binary.CanonErrorContextNew {
		s.need(o, binary.MemoryOption, "the message is read from it")
		return s.v.core.Function([]wasm.ValType{o.pointer, o.pointer}, []wasm.ValType{wasm.I32})
	}
	s.need(o, binary.MemoryOption, "the message is written to it")
	s.need(o, binary.ReallocOption, "the message needs memory that the component allocates")
	return s.v.core.Function([]wasm.ValType{wasm.I32, o.pointer}, nil)
}

// thread: CanonicalABI.md, "canon thread.new-indirect", "canon thread.spawn-ref"
// and "canon thread.spawn-indirect".
func (s *scope) thread(d *binary.Canon) core.TypeID {
	v := s.v
	t := core.Lookup(s.coreTypes, d.Type, "core type", v.at)
	if t.module != nil || t.id != v.core.Function([]wasm.ValType{wasm.I32}, nil) && t.id != v.core.Function([]wasm.ValType{wasm.I64}, nil) {
		v.fail("canon %s needs a core function type (i32) -> () or (i64) -> (), and core type %d is not", d.Op, d.Type)
	}
	if d.Shared {
		v.fail("canon %s is shared, and core type %d is that of a function that is not", d.Op, d.Type)
	}
	start := wasm.ValType{Code: wasm.CodeRefNull, Heap: int64(t.id)}
	if d.Op != binary.CanonThreadSpawnRef {
		table := core.Lookup(s.coreTables, d.Table, "core table", v.at)
		if table.Elem.Code != wasm.CodeFuncRef && table.Elem != (wasm.ValType{Code: wasm.CodeRefNull, Heap: -0x10}) {
			v.fail("canon %s needs a table of funcref, and table %d is not", d.Op, d.Table)
		}
		start = wasm.I32
		if table.Limits.Addr64 {
			start = wasm.I64
		}
	}
	closure := v.core.All[t.id].Params[0]
	return v.core.FunctionOf([]wasm.ValType{start, closure}, []wasm.ValType{wasm.I32})
}
