package verify

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// The names of the functions that package fresh adds.
const (
	saveName    = "!fresh/save"
	restoreName = "!fresh/restore"
)

// Saved verifies a module that package fresh has rewritten, before it is metered: that its
// state can be put back. It shares nothing with the rewriter. What holds for a module
// without an error:
//
//  1. Each mutable global that the module defines, and each table that it defines and
//     that its code changes or that it exports, has a global or table of its own type
//     for its saved value. Save copies it there, and Restore back.
//  2. These, Save and Restore are named nowhere else.
//  3. If the code has memory.init or table.init, each instruction that drops a segment
//     comes after one that sets a global, which Save clears and Restore looks at.
//
// The error is an [*Error].
func Saved(b []byte) error {
	s := &saved{save: none, restore: none, exported: map[uint32]bool{}, named: map[name]int{}}
	if err := s.read(b); err != nil {
		return err
	}
	return s.verify()
}

// saved is a module whose state is verified to be saved.
type saved struct {
	funcs, imported uint32
	globals         []item
	tables          []item
	exported        map[uint32]bool // tables
	save, restore   int
	code            [][]wasm.Instr // by function defined
	// named counts where something is named but in Save and Restore.
	named map[name]int
	inits bool
}

// item is a global or a table.
type item struct {
	typ     wasm.ValType
	own     bool
	mutable bool
}

// name is that of a function, global or table.
type name struct {
	kind  wasm.Kind
	index uint32
}

func (s *saved) read(b []byte) error {
	c := wasm.NewCursor(b, 0)
	constant := func(i wasm.Instr) { s.names(i) }
	for part := range c.Sections() {
		in := part.Content
		switch part.ID {
		case wasm.ImportSection:
			for range in.Items() {
				i := in.Import()
				switch i.Type.Kind {
				case wasm.FuncKind:
					s.funcs++
				case wasm.GlobalKind:
					s.globals = append(s.globals, item{typ: i.Type.Global.Type})
				case wasm.TableKind:
					s.tables = append(s.tables, item{typ: i.Type.Table.Elem})
				case wasm.MemoryKind, wasm.TagKind:
				}
			}
			s.imported = s.funcs
		case wasm.FunctionSection:
			s.funcs += uint32(len(in.Indices()))
		case wasm.TableSection:
			for range in.Items() {
				init := in.TableInit()
				s.tables = append(s.tables, item{typ: in.Table().Elem, own: true})
				if init {
					in.ConstExpr(constant)
				}
			}
		case wasm.GlobalSection:
			for range in.Items() {
				g := in.Global()
				s.globals = append(s.globals, item{typ: g.Type, own: true, mutable: g.Mutable})
				in.ConstExpr(constant)
			}
		case wasm.ExportSection:
			for range in.Items() {
				switch e := in.Export(); {
				case e.Name == saveName && e.Kind == wasm.FuncKind:
					s.save = int(e.Index)
				case e.Name == restoreName && e.Kind == wasm.FuncKind:
					s.restore = int(e.Index)
				default:
					s.named[name{e.Kind, e.Index}]++
					if e.Kind == wasm.TableKind {
						s.exported[e.Index] = true
					}
				}
			}
		case wasm.StartSection:
			s.named[name{wasm.FuncKind, in.Uint32()}]++
		case wasm.ElementSection:
			for range in.Items() {
				e := in.Element()
				if e.Active {
					s.named[name{wasm.TableKind, e.Index}]++
					in.ConstExpr(constant)
				}
				in.ElementType(e)
				for range in.Items() {
					if e.Exprs {
						in.ConstExpr(constant)
					} else {
						s.named[name{wasm.FuncKind, in.Uint32()}]++
					}
				}
			}
		case wasm.CodeSection:
			for range in.Items() {
				body := in.Sub(in.Uint32())
				for range body.Items() {
					body.Uint32()
					body.ValType()
				}
				var code []wasm.Instr
				body.Expr(func(i wasm.Instr) { code = append(code, i) })
				s.code = append(s.code, code)
			}
		case wasm.CustomSection, wasm.TypeSection, wasm.MemorySection, wasm.DataSection, wasm.DataCountSection, wasm.TagSection:
		}
		if err := in.Err(); err != nil {
			return malformed(err)
		}
	}
	if err := c.Err(); err != nil {
		return malformed(err)
	}
	return nil
}

// names counts what an instruction names.
func (s *saved) names(i wasm.Instr) {
	use := func(kind wasm.Kind, index uint32) { s.named[name{kind, index}]++ }
	switch i.Op.Immediates() {
	case wasm.FuncImm:
		use(wasm.FuncKind, i.X)
	case wasm.GlobalImm:
		use(wasm.GlobalKind, i.X)
	case wasm.TableImm:
		use(wasm.TableKind, i.X)
	case wasm.IndirectImm, wasm.ElemTableImm:
		use(wasm.TableKind, i.Y)
	case wasm.TablesImm:
		use(wasm.TableKind, i.X)
		use(wasm.TableKind, i.Y)
	}
}

func (s *saved) verify() error {
	changed := map[uint32]bool{}
	var drops []func() error
	for n, code := range s.code {
		index := int(s.imported) + n
		if index == s.save || index == s.restore {
			continue
		}
		for k, i := range code {
			if !marks(code, k) {
				s.names(i)
			}
			switch i.Op {
			case wasm.OpTableSet, wasm.OpTableGrow, wasm.OpTableFill, wasm.OpTableCopy:
				changed[i.X] = true
			case wasm.OpTableInit:
				changed[i.Y], s.inits = true, true
			case wasm.OpMemoryInit:
				s.inits = true
			case wasm.OpDataDrop, wasm.OpElemDrop:
				drops = append(drops, func() error { return s.marked(code, k, index) })
			}
		}
	}
	save, restore := s.body(s.save), s.body(s.restore)
	homes := map[name]bool{} // what holds saved values
	for k := range s.globals {
		g := uint32(k)
		if !s.globals[g].own || !s.globals[g].mutable || s.named[name{wasm.GlobalKind, g}] == 0 && s.unread(g) {
			continue
		}
		home, ok := pair(save, wasm.OpGlobalGet, g, wasm.OpGlobalSet)
		if back, again := pair(restore, wasm.OpGlobalGet, home, wasm.OpGlobalSet); !ok || !again || back != g {
			return s.fail("global %d is not saved and restored", g)
		}
		if err := s.home(name{wasm.GlobalKind, home}, homes, s.globals[g].typ, s.globals[home]); err != nil {
			return err
		}
	}
	for k := range s.tables {
		t := uint32(k)
		if !s.tables[t].own || !changed[t] && !s.exported[t] {
			continue
		}
		home, ok := copied(save, func(to, from uint32) (uint32, bool) { return to, from == t })
		if _, again := copied(restore, func(to, from uint32) (uint32, bool) { return from, to == t && from == home }); !ok || !again {
			return s.fail("table %d is not saved and restored", t)
		}
		if err := s.home(name{wasm.TableKind, home}, homes, s.tables[t].typ, s.tables[home]); err != nil {
			return err
		}
	}
	for _, function := range []int{s.save, s.restore} {
		if function != none && s.named[name{wasm.FuncKind, uint32(function)}] > 0 {
			return s.fail("function %d is named elsewhere", function)
		}
	}
	if s.inits {
		for _, drop := range drops {
			if err := drop(); err != nil {
				return err
			}
		}
	}
	return nil
}

// unread reports whether a global that the module's own code does not name holds a saved
// value, or is set where segments are dropped: Save sets it.
func (s *saved) unread(g uint32) bool {
	for _, i := range s.body(s.save) {
		if i.Op == wasm.OpGlobalSet && i.X == g {
			return true
		}
	}
	return false
}

func (s *saved) body(function int) []wasm.Instr {
	if n := function - int(s.imported); function != none && n >= 0 && n < len(s.code) {
		return s.code[n]
	}
	return nil
}

// pair finds an instruction with an index and another one right behind it, whose index it
// returns.
func pair(code []wasm.Instr, first wasm.Op, index uint32, second wasm.Op) (uint32, bool) {
	for k := 1; k < len(code); k++ {
		if code[k-1].Op == first && code[k-1].X == index && code[k].Op == second {
			return code[k].X, true
		}
	}
	return 0, false
}

// copied finds a table.copy of a whole table for which is reports true.
func copied(code []wasm.Instr, is func(to, from uint32) (uint32, bool)) (uint32, bool) {
	for k := 3; k < len(code); k++ {
		i := code[k]
		if i.Op != wasm.OpTableCopy {
			continue
		}
		zero := func(i wasm.Instr) bool { return i.Op == wasm.OpI32Const && i.Value == 0 }
		size := code[k-1]
		whole := zero(code[k-3]) && zero(code[k-2]) && size.Op == wasm.OpTableSize && (size.X == i.X || size.X == i.Y)
		if index, ok := is(i.X, i.Y); ok && whole {
			return index, true
		}
	}
	return 0, false
}

// home verifies what holds the saved value of something of a type.
func (s *saved) home(n name, homes map[name]bool, typ wasm.ValType, of item) error {
	switch {
	case homes[n]:
		return s.fail("%v %d holds two saved values", n.kind, n.index)
	case s.named[n] > 0:
		return s.fail("%v %d holds a saved value and is named elsewhere", n.kind, n.index)
	case !of.own || of.typ != typ:
		return s.fail("%v %d is of another type than what it holds", n.kind, n.index)
	}
	homes[n] = true
	return nil
}

// marks reports whether the instruction number k sets a global to 1 right before one that
// drops a segment.
func marks(code []wasm.Instr, k int) bool {
	if k < 1 || k+1 >= len(code) || code[k].Op != wasm.OpGlobalSet {
		return false
	}
	drops := code[k+1].Op == wasm.OpDataDrop || code[k+1].Op == wasm.OpElemDrop
	return drops && code[k-1].Op == wasm.OpI32Const && code[k-1].Value == 1
}

// marked verifies that a global is set before the instruction number k of a function drops
// a segment, that Save clears it, and that Restore looks at it before it changes anything.
func (s *saved) marked(code []wasm.Instr, k, function int) error {
	bad := func(rule string) error { return &Error{Rule: rule, Func: function, Offset: code[k].Offset} }
	if k < 2 || !marks(code, k-1) {
		return bad("a segment is dropped and nothing tells")
	}
	mark := code[k-1].X
	save, restore := s.body(s.save), s.body(s.restore)
	cleared := false
	for n := 1; n < len(save); n++ {
		cleared = cleared || save[n].Op == wasm.OpGlobalSet && save[n].X == mark && save[n-1].Op == wasm.OpI32Const && save[n-1].Value == 0
	}
	for n, i := range restore {
		if i.Op == wasm.OpGlobalGet && i.X == mark && n+3 < len(restore) && restore[n+1].Op == wasm.OpIf && restore[n+2].Op == wasm.OpI32Const &&
			restore[n+2].Value != 0 && restore[n+3].Op == wasm.OpReturn && cleared {
			return nil
		}
		if i.Op == wasm.OpGlobalSet || i.Op == wasm.OpTableCopy {
			break
		}
	}
	return bad("a segment is dropped and Restore does not look")
}

func (s *saved) fail(format string, args ...any) error {
	return &Error{Rule: fmt.Sprintf(format, args...), Func: -1}
}
