package wasm

// Features that types and sections of a module may need, beside those of instructions.
const (
	multiMemory     = "multi-memory"
	memory64        = "memory64"
	customPageSizes = "custom-page-sizes"
)

// Feature returns the proposal that a module needs first beyond WebAssembly 2.0 and
// extended constant expressions, such as "exceptions" or "gc", with its offset. The
// name is empty if a module needs none, or is malformed before that.
func Feature(module []byte) (name string, offset int) {
	f := &features{}
	c := NewCursor(module, 0)
	for s := range c.Sections() {
		f.section(s)
		if f.name != "" || s.Content.Err() != nil {
			break
		}
	}
	return f.name, f.offset
}

// features looks for the first proposal.
type features struct {
	name     string
	offset   int
	memories uint32
}

func (f *features) found(name string, at int) {
	if f.name == "" && name != "" {
		f.name, f.offset = name, at
	}
}

// each reads the items of a vector until something is found.
func (f *features) each(c *Cursor, read func(at int)) {
	for n := c.Uint32(); n > 0 && c.err == nil && f.name == ""; n-- {
		read(c.Offset())
	}
}

func (f *features) section(s Section) {
	c := s.Content
	switch s.ID {
	case TypeSection:
		f.each(c, func(at int) { f.group(c, at) })
	case ImportSection:
		f.each(c, func(at int) { f.extern(c.Import().Type, at) })
	case TableSection:
		f.each(c, func(at int) {
			if c.Peek() == 0x40 {
				f.found(FunctionReferences, at)
				return
			}
			f.extern(Extern{Kind: TableKind, Table: c.Table()}, at)
		})
	case MemorySection:
		f.each(c, func(at int) { f.extern(Extern{Kind: MemoryKind, Memory: c.Limits()}, at) })
	case TagSection:
		f.found(Exceptions, s.Offset)
	case GlobalSection:
		f.each(c, func(at int) {
			f.extern(Extern{Kind: GlobalKind, Global: c.Global()}, at)
			c.ConstExpr(f.instr)
		})
	case CodeSection:
		f.each(c, func(int) {
			body := c.Sub(c.Uint32())
			f.each(body, func(at int) {
				body.Uint32()
				f.value(body.ValType(), at)
			})
			for body.err == nil && !body.Done() && f.name == "" {
				f.code(body)
			}
		})
	}
}

// group reads types.
func (f *features) group(c *Cursor, at int) {
	g := c.RecGroup()
	if g.Explicit {
		f.found(GC, at)
	}
	for _, t := range g.Types {
		if t.Kind != FuncForm || t.Form != 0 {
			f.found(GC, at)
		}
		for _, list := range [][]ValType{t.Params, t.Results} {
			for _, v := range list {
				f.value(v, at)
			}
		}
	}
}

// extern looks at the type of an import or a definition.
func (f *features) extern(t Extern, at int) {
	switch t.Kind {
	case FuncKind:
	case TagKind:
		f.found(Exceptions, at)
	case TableKind:
		f.value(t.Table.Elem, at)
		if t.Table.Limits.Addr64 {
			f.found(memory64, at)
		}
	case GlobalKind:
		f.value(t.Global.Type, at)
	case MemoryKind:
		if f.memories++; f.memories > 1 {
			f.found(multiMemory, at)
		}
		switch l := t.Memory; {
		case l.Addr64:
			f.found(memory64, at)
		case l.Shared:
			f.found(Threads, at)
		case l.HasPage:
			f.found(customPageSizes, at)
		}
	}
}

// value looks at a value type.
func (f *features) value(v ValType, at int) {
	if !v.HasHeap() {
		f.heap(int64(v.Code)-0x80, at)
	} else if f.found(FunctionReferences, at); v.Heap < 0 {
		f.heap(v.Heap, at)
	}
}

// heapFeatures are the proposals of abstract heap types.
var heapFeatures = map[int64]string{
	CodeExnRef - 0x80: Exceptions, 0x74 - 0x80: Exceptions, 0x68 - 0x80: StackSwitching, 0x75 - 0x80: StackSwitching,
	0x6e - 0x80: GC, 0x6d - 0x80: GC, 0x6c - 0x80: GC, 0x6b - 0x80: GC, 0x6a - 0x80: GC, 0x71 - 0x80: GC, 0x72 - 0x80: GC, 0x73 - 0x80: GC,
}

func (f *features) heap(heap int64, at int) { f.found(heapFeatures[heap], at) }

// code looks at an instruction.
func (f *features) code(c *Cursor) {
	at := c.Offset()
	i := c.Instr()
	if c.err != nil {
		f.found(i.Op.Proposal(), at)
		return
	}
	f.instr(i)
	switch imm := i.Op.Immediates(); {
	case imm == HeapImm:
		again := NewCursor(c.Since(at)[1:], 0)
		f.heap(again.HeapType(), at)
	case imm == BlockImm:
		if i.Block.Result.Code != 0 {
			f.value(i.Block.Result, at)
		}
	case (imm == MemArgImm || imm == MemArgLaneImm) && i.X&0x40 != 0:
		f.found(multiMemory, at)
	}
}

func (f *features) instr(i Instr) { f.found(i.Op.Proposal(), i.Offset) }
