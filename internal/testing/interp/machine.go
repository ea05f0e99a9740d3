package interp

import (
	"errors"
	"fmt"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// Machine is what Programs run on. A Machine runs one Program at a time.
type Machine struct {
	ABI *abi.ABI
	// Memory returns the guest's memory as it is now. It is asked anew for
	// every access, for realloc may grow it.
	Memory func() []byte
	// Realloc allocates: the guest's realloc for a host's Program, the guest's
	// own allocator for a guest's. The Machine checks what it returns.
	Realloc func(align, size uint32) (uint32, error)
	// Handles turns resources into handles and back. Without resources it may
	// be nil.
	Handles Handles
	// Core is the core function that CallExport and CallImport call. Core values
	// are bits: those of i32 and f32 stand in the low half, the rest is zero.
	Core func(args []uint64) ([]uint64, error)
	// PostReturn is called with Core's results after they are lifted, unless it
	// is nil.
	PostReturn func(results []uint64) error
	// Implementation is what HandleImport and HandleExport call. Its result is
	// ignored where the function has none.
	Implementation func(args []Value) (Value, error)
}

// Handles is a table of resource handles. The type is the own<R> or borrow<R>;
// the value is never nil.
type Handles interface {
	Lower(t wit.Type, v Value) (handle uint32, err error)
	Lift(t wit.Type, handle uint32) (Value, error)
}

// Call runs a CallExport or CallImport Program. The result is nil where the
// function has none. Errors are *Trap, *BadValue and those of the Machine's
// functions.
func (m *Machine) Call(p *abi.Program, args []Value) (Value, error) {
	if len(args) != len(p.Params) {
		return nil, fmt.Errorf("%d arguments for the %d parameters of %s", len(args), len(p.Params), p.Name)
	}
	f := m.frame(p)
	for i, v := range p.Params {
		f.values[v] = args[i]
	}
	err := f.run(p.Body)
	return f.result, err
}

// Handle runs a HandleImport or HandleExport Program on core values and returns
// the core results. Errors are as for Call.
func (m *Machine) Handle(p *abi.Program, args []uint64) ([]uint64, error) {
	if len(args) != len(p.Params) {
		return nil, fmt.Errorf("%d arguments for the %d parameters of %s", len(args), len(p.Params), p.Name)
	}
	f := m.frame(p)
	for i, v := range p.Params {
		f.setCore(v, args[i])
	}
	err := f.run(p.Body)
	return f.coreResults, err
}

// frame is the run of one Program.
type frame struct {
	*Machine
	p           *abi.Program
	cores       []uint64
	values      []Value
	result      Value
	coreResults []uint64
}

func (m *Machine) frame(p *abi.Program) *frame {
	return &frame{Machine: m, p: p, cores: make([]uint64, len(p.Values)), values: make([]Value, len(p.Values))}
}

// setCore sets a core value, cut to the width of its type.
func (f *frame) setCore(v abi.Value, bits uint64) {
	switch f.p.Values[v].Core {
	case abi.I32, abi.F32:
		bits = uint64(uint32(bits))
	}
	f.cores[v] = bits
}

func (f *frame) coreArgs(args []abi.Value) []uint64 {
	bits := make([]uint64, len(args))
	for i, v := range args {
		bits[i] = f.cores[v]
	}
	return bits
}

func (f *frame) setCores(results []abi.Value, bits []uint64) error {
	if len(bits) != len(results) {
		return fmt.Errorf("%s: %d core results, not %d", f.p.Name, len(bits), len(results))
	}
	for i, v := range results {
		f.setCore(v, bits[i])
	}
	return nil
}

func (f *frame) run(ops []abi.Op) error {
	for i := range ops {
		if err := f.operation(&ops[i]); err != nil {
			return err
		}
	}
	return nil
}

// operation runs one operation of a verified Program.
func (f *frame) operation(op *abi.Op) error {
	switch op.Code {
	case abi.Const:
		f.setCore(op.Results[0], op.Imm)
	case abi.Bitcast:
		f.setCore(op.Results[0], f.cores[op.Args[0]])
	case abi.LowerScalar:
		bits, err := f.lowerScalar(op.Type, f.values[op.Args[0]])
		f.setCore(op.Results[0], bits)
		return err
	case abi.LiftScalar:
		return f.setValue(op, 0, f.cores[op.Args[0]])
	case abi.LoadScalar, abi.LoadCore, abi.LoadDisc, abi.StoreScalar, abi.StoreCore, abi.StoreDisc:
		return f.access(op)
	case abi.Realloc, abi.ReturnArea:
		ptr, err := f.allocate(op.Align, uint64(op.Size))
		f.setCore(op.Results[0], uint64(ptr))
		return err
	case abi.View:
		f.setCore(op.Results[0], f.cores[op.Args[0]])
		return f.inBounds(uint32(f.cores[op.Args[0]]), op.Align, uint64(op.Size))
	case abi.LowerString:
		return f.lowerString(op)
	case abi.LiftString:
		return f.liftString(op)
	case abi.LowerList, abi.LowerMap:
		return f.lowerList(op)
	case abi.LiftList, abi.LiftMap:
		return f.liftList(op)
	case abi.StoreFixed:
		return f.storeFixed(op)
	case abi.LoadFixed:
		return f.loadFixed(op)
	case abi.Unpack:
		return f.unpack(op)
	case abi.Pack:
		f.values[op.Results[0]] = f.pack(op.Args)
	case abi.Switch:
		return f.switchCase(op)
	case abi.SwitchDisc:
		return f.switchDisc(op)
	case abi.LowerOwn, abi.LowerBorrow, abi.LiftOwn, abi.LiftBorrow:
		return f.handle(op)
	case abi.StoreNamed, abi.LoadNamed, abi.LowerNamed, abi.LiftNamed:
		return f.named(op)
	case abi.CallCore, abi.CallValue, abi.PostReturn:
		return f.call(op)
	case abi.ReturnValue:
		if len(op.Args) > 0 {
			f.result = f.values[op.Args[0]]
		}
	case abi.ReturnCore:
		f.coreResults = f.coreArgs(op.Args)
	default:
		panic(fmt.Sprintf("interp: unhandled operation %s", op.Code))
	}
	return nil
}

// call calls the function at the other end.
func (f *frame) call(op *abi.Op) error {
	switch op.Code {
	case abi.CallCore:
		results, err := f.Core(f.coreArgs(op.Args))
		if err != nil {
			return err
		}
		return f.setCores(op.Results, results)
	case abi.CallValue:
		result, err := f.Implementation(f.pack(op.Args))
		if len(op.Results) > 0 {
			f.values[op.Results[0]] = result
		}
		return err
	case abi.PostReturn:
		if f.PostReturn == nil {
			return nil
		}
		return f.PostReturn(f.coreArgs(op.Args))
	default:
		panic(fmt.Sprintf("interp: unhandled operation %s", op.Code))
	}
}

func (f *frame) handle(op *abi.Op) error {
	if f.Handles == nil {
		return errors.New("interp: a resource, and no table of handles")
	}
	switch op.Code {
	case abi.LowerOwn, abi.LowerBorrow:
		handle, err := f.Handles.Lower(op.Type, f.values[op.Args[0]])
		f.setCore(op.Results[0], uint64(handle))
		return err
	default:
		v, err := f.Handles.Lift(op.Type, uint32(f.cores[op.Args[0]]))
		f.values[op.Results[0]] = v
		return err
	}
}

// named runs the Program of a type.
func (f *frame) named(op *abi.Op) error {
	kind := map[abi.Code]abi.Kind{
		abi.LoadNamed: abi.LoadType, abi.StoreNamed: abi.StoreType, abi.LowerNamed: abi.LowerType, abi.LiftNamed: abi.LiftType,
	}[op.Code]
	p := f.ABI.TypeProgram(kind, op.Type.(wit.TypeID))
	inner := f.frame(p)
	for i, v := range op.Args {
		inner.values[p.Params[i]] = f.values[v]
		inner.setCore(p.Params[i], f.cores[v])
	}
	if kind == abi.LoadType || kind == abi.StoreType {
		inner.setCore(p.Params[0], f.cores[op.Args[0]]+uint64(op.Offset))
	}
	if err := inner.run(p.Body); err != nil {
		return err
	}
	switch kind {
	case abi.LoadType, abi.LiftType:
		f.values[op.Results[0]] = inner.result
	case abi.LowerType:
		for i, v := range op.Results {
			f.setCore(v, inner.coreResults[i])
		}
	}
	return nil
}
