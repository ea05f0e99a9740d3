package binary

import (
	"maps"
	"slices"

	"github.com/witgen/witgen/component/coretype"
)

// Canon is a canonical definition (Binary.md, "Canonical Definitions"). Which
// fields count follows from Op; see canonForms.
type Canon struct {
	pos
	Op CanonOp
	// Func is the core function that is lifted or the function that is lowered.
	Func uint32
	// Type is a type: the type of a lifted function, the resource, the stream or
	// the future; for threads a core type.
	Type    uint32
	Options []CanonOption
	// Result is the result of task.return, and nil where it has none.
	Result *ValType
	// Async, Cancellable and Shared are flags of some built-ins.
	Async, Cancellable, Shared bool
	Memory, Table              uint32
	// Slot and SlotType are those of context.get and context.set.
	Slot     uint32
	SlotType coretype.ValType
}

// CanonOption is an option of a canonical definition. Index counts where the
// option names a core function or memory.
type CanonOption struct {
	Kind  OptionKind
	Index uint32
}

// OptionKind tells the options apart.
type OptionKind uint8

// The canonical options.
const (
	UTF8 OptionKind = iota
	UTF16
	Latin1UTF16
	MemoryOption
	ReallocOption
	PostReturnOption
	AsyncOption
	CallbackOption
)

var optionNames = [...]string{"string-encoding=utf8", "string-encoding=utf16", "string-encoding=latin1+utf16", "memory", "realloc", "post-return", "async", "callback"}

// String returns the option's name in the text format.
func (k OptionKind) String() string { return optionNames[k] }

// HasIndex reports whether the option names a core function or a memory.
func (k OptionKind) HasIndex() bool {
	return k == MemoryOption || k == ReallocOption || k == PostReturnOption || k == CallbackOption
}

// Option returns an option of a definition and whether it is there.
func (c *Canon) Option(kind OptionKind) (uint32, bool) {
	for _, o := range c.Options {
		if o.Kind == kind {
			return o.Index, true
		}
	}
	return 0, false
}

// CanonOp is the byte that stands for a canonical definition.
type CanonOp uint8

// The canonical definitions.
const (
	CanonLift                       CanonOp = 0x00
	CanonLower                      CanonOp = 0x01
	CanonResourceNew                CanonOp = 0x02
	CanonResourceDrop               CanonOp = 0x03
	CanonResourceRep                CanonOp = 0x04
	CanonTaskCancel                 CanonOp = 0x05
	CanonSubtaskCancel              CanonOp = 0x06
	CanonTaskReturn                 CanonOp = 0x09
	CanonContextGet                 CanonOp = 0x0a
	CanonContextSet                 CanonOp = 0x0b
	CanonThreadYield                CanonOp = 0x0c
	CanonSubtaskDrop                CanonOp = 0x0d
	CanonStreamNew                  CanonOp = 0x0e
	CanonStreamRead                 CanonOp = 0x0f
	CanonStreamWrite                CanonOp = 0x10
	CanonStreamCancelRead           CanonOp = 0x11
	CanonStreamCancelWrite          CanonOp = 0x12
	CanonStreamDropReadable         CanonOp = 0x13
	CanonStreamDropWritable         CanonOp = 0x14
	CanonFutureNew                  CanonOp = 0x15
	CanonFutureRead                 CanonOp = 0x16
	CanonFutureWrite                CanonOp = 0x17
	CanonFutureCancelRead           CanonOp = 0x18
	CanonFutureCancelWrite          CanonOp = 0x19
	CanonFutureDropReadable         CanonOp = 0x1a
	CanonFutureDropWritable         CanonOp = 0x1b
	CanonErrorContextNew            CanonOp = 0x1c
	CanonErrorContextMessage        CanonOp = 0x1d
	CanonErrorContextDrop           CanonOp = 0x1e
	CanonWaitableSetNew             CanonOp = 0x1f
	CanonWaitableSetWait            CanonOp = 0x20
	CanonWaitableSetPoll            CanonOp = 0x21
	CanonWaitableSetDrop            CanonOp = 0x22
	CanonWaitableJoin               CanonOp = 0x23
	CanonBackpressureInc            CanonOp = 0x24
	CanonBackpressureDec            CanonOp = 0x25
	CanonThreadIndex                CanonOp = 0x26
	CanonThreadNewIndirect          CanonOp = 0x27
	CanonThreadResumeLater          CanonOp = 0x28
	CanonThreadSuspend              CanonOp = 0x29
	CanonThreadSuspendThenResume    CanonOp = 0x2a
	CanonThreadYieldThenResume      CanonOp = 0x2b
	CanonThreadSuspendThenPromote   CanonOp = 0x2c
	CanonThreadYieldThenPromote     CanonOp = 0x2d
	CanonThreadSpawnRef             CanonOp = 0x40
	CanonThreadSpawnIndirect        CanonOp = 0x41
	CanonThreadAvailableParallelism CanonOp = 0x42
)

// String returns the name of the definition in the text format.
func (op CanonOp) String() string { return canonForms[op].name }

// Immediates returns the immediates of the definition in order, a letter each:
//
//	f  a function: a core one for lift
//	t  a type, which for threads is a core type
//	o  options
//	r  a result list
//	a  the async flag, c the cancellable flag, s the shared flag
//	m  a core memory, T a core table
//	v  a core value type, i a slot
func (op CanonOp) Immediates() string { return canonForms[op].imms }

// Signature returns the type of the core function that the definition makes, such as
// "i32 i32 -> i32", where that is the same every time. It is empty where the type
// depends on more.
func (op CanonOp) Signature() string { return canonForms[op].sig }

// CanonOps returns all canonical definitions in order.
func CanonOps() []CanonOp { return slices.Sorted(maps.Keys(canonForms)) }

// canonForm describes how a canonical definition is written and what it makes.
type canonForm struct {
	name string
	// imms is what Immediates returns. A function is written behind 0x00.
	imms string
	// sig is what Signature returns.
	sig string
}

var canonForms = map[CanonOp]canonForm{
	CanonLift:                       {"lift", "fot", ""},
	CanonLower:                      {"lower", "fo", ""},
	CanonResourceNew:                {"resource.new", "t", ""},
	CanonResourceDrop:               {"resource.drop", "t", "i32 ->"},
	CanonResourceRep:                {"resource.rep", "t", ""},
	CanonTaskCancel:                 {"task.cancel", "", "->"},
	CanonSubtaskCancel:              {"subtask.cancel", "a", "i32 -> i32"},
	CanonTaskReturn:                 {"task.return", "ro", ""},
	CanonContextGet:                 {"context.get", "vi", ""},
	CanonContextSet:                 {"context.set", "vi", ""},
	CanonThreadYield:                {"thread.yield", "c", "-> i32"},
	CanonSubtaskDrop:                {"subtask.drop", "", "i32 ->"},
	CanonStreamNew:                  {"stream.new", "t", "-> i64"},
	CanonStreamRead:                 {"stream.read", "to", ""},
	CanonStreamWrite:                {"stream.write", "to", ""},
	CanonStreamCancelRead:           {"stream.cancel-read", "ta", "i32 -> i32"},
	CanonStreamCancelWrite:          {"stream.cancel-write", "ta", "i32 -> i32"},
	CanonStreamDropReadable:         {"stream.drop-readable", "t", "i32 ->"},
	CanonStreamDropWritable:         {"stream.drop-writable", "t", "i32 ->"},
	CanonFutureNew:                  {"future.new", "t", "-> i64"},
	CanonFutureRead:                 {"future.read", "to", ""},
	CanonFutureWrite:                {"future.write", "to", ""},
	CanonFutureCancelRead:           {"future.cancel-read", "ta", "i32 -> i32"},
	CanonFutureCancelWrite:          {"future.cancel-write", "ta", "i32 -> i32"},
	CanonFutureDropReadable:         {"future.drop-readable", "t", "i32 ->"},
	CanonFutureDropWritable:         {"future.drop-writable", "t", "i32 ->"},
	CanonErrorContextNew:            {"error-context.new", "o", ""},
	CanonErrorContextMessage:        {"error-context.debug-message", "o", ""},
	CanonErrorContextDrop:           {"error-context.drop", "", "i32 ->"},
	CanonWaitableSetNew:             {"waitable-set.new", "", "-> i32"},
	CanonWaitableSetWait:            {"waitable-set.wait", "cm", ""},
	CanonWaitableSetPoll:            {"waitable-set.poll", "cm", ""},
	CanonWaitableSetDrop:            {"waitable-set.drop", "", "i32 ->"},
	CanonWaitableJoin:               {"waitable.join", "", "i32 i32 ->"},
	CanonBackpressureInc:            {"backpressure.inc", "", "->"},
	CanonBackpressureDec:            {"backpressure.dec", "", "->"},
	CanonThreadIndex:                {"thread.index", "", "-> i32"},
	CanonThreadNewIndirect:          {"thread.new-indirect", "tT", ""},
	CanonThreadResumeLater:          {"thread.resume-later", "", "i32 ->"},
	CanonThreadSuspend:              {"thread.suspend", "c", "-> i32"},
	CanonThreadSuspendThenResume:    {"thread.suspend-then-resume", "c", "i32 -> i32"},
	CanonThreadYieldThenResume:      {"thread.yield-then-resume", "c", "i32 -> i32"},
	CanonThreadSuspendThenPromote:   {"thread.suspend-then-promote", "c", "i32 -> i32"},
	CanonThreadYieldThenPromote:     {"thread.yield-then-promote", "c", "i32 -> i32"},
	CanonThreadSpawnRef:             {"thread.spawn-ref", "st", ""},
	CanonThreadSpawnIndirect:        {"thread.spawn-indirect", "stT", ""},
	CanonThreadAvailableParallelism: {"thread.available-parallelism", "s", "-> i32"},
}
