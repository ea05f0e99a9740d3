package component

// core:type ::= <core:rectype> | 0x00 0x50 vec(<typeidx>) <comptype> | 0x50 vec(<core:moduledecl>)
func (d *decoder) coreTypeDef() *CoreTypeDef {
	t := &CoreTypeDef{pos: pos(d.offset())}
	switch d.peek() {
	case 0x00:
		d.at++
		if d.peek() != 0x50 {
			d.fail("0x%02x stands where an open sub type, 0x50, must stand", d.peek())
		}
		t.Rec = d.recGroup()
	case 0x50:
		d.at++
		t.Module = &ModuleType{vec(d.reader, d.moduleDecl)}
	default:
		t.Rec = d.recGroup()
	}
	return t
}

// core:moduledecl ::= 0x00 <import> | 0x01 <type> | 0x02 <alias> | 0x03 <exportdecl>
func (d *decoder) moduleDecl() ModuleDecl {
	m := ModuleDecl{pos: pos(d.offset())}
	switch d.oneOf(3, "declarator of a module type") {
	case 0:
		i := d.coreImport()
		m.Import = &i
	case 1:
		m.Type = d.recGroup()
	case 2:
		d.expect(0x10, "the sort type")
		d.expect(0x01, "the mark of an outer alias")
		count := d.u32()
		m.Alias = &CoreAlias{count, d.u32()}
	case 3:
		name := d.name()
		m.Export = &CoreExportDecl{name, d.coreExtern()}
	}
	return m
}

// core:rectype ::= 0x4e vec(<subtype>) | <subtype>
func (d *decoder) recGroup() *RecGroup {
	if d.peek() == 0x4e {
		d.at++
		return &RecGroup{true, vec(d.reader, d.subType)}
	}
	return &RecGroup{Types: []SubType{d.subType()}}
}

// core:subtype ::= 0x50 vec(<typeidx>) <comptype> | 0x4f vec(<typeidx>) <comptype> | <comptype>
func (d *decoder) subType() SubType {
	var t SubType
	if b := d.peek(); b == 0x50 || b == 0x4f {
		d.at++
		t.Form, t.Supers = b, d.indices()
	}
	t.Kind = d.byte()
	switch t.Kind {
	case FuncKind:
		t.Params = vec(d.reader, d.coreValType)
		t.Results = vec(d.reader, d.coreValType)
	case StructKind:
		t.Fields = vec(d.reader, d.coreField)
	case ArrayKind:
		t.Fields = []CoreField{d.coreField()}
	default:
		d.at--
		d.fail("0x%02x is no core type", t.Kind)
	}
	return t
}

// fieldtype ::= (<valtype> | 0x78 | 0x77) mut
func (d *decoder) coreField() CoreField {
	var f CoreField
	if b := d.peek(); b == 0x78 || b == 0x77 {
		d.at++
		f.Type.Code = b
	} else {
		f.Type = d.coreValType()
	}
	f.Mutable = d.flag("mutability")
	return f
}

// core:valtype
func (d *decoder) coreValType() CoreValType {
	switch b := d.byte(); {
	case b >= CoreV128 && b <= CoreI32Code, b >= 0x68 && b <= 0x75:
		return CoreValType{Code: b}
	case b == CoreRef || b == CoreRefNull:
		start := d.offset()
		heap := d.s33()
		if heap < 0 && (heap < -0x18 || heap > -0x0c) {
			failAt(start, "%d is no heap type", heap)
		}
		return CoreValType{b, heap}
	default:
		d.at--
		d.fail("0x%02x is no core value type", b)
		return CoreValType{}
	}
}

// core:import ::= <name> <name> <externtype>
func (d *decoder) coreImport() CoreImport {
	module := d.name()
	name := d.name()
	return CoreImport{module, name, d.coreExtern()}
}

// core:externtype
func (d *decoder) coreExtern() CoreExtern {
	switch d.oneOf(4, "kind of core import or export") {
	case 0:
		return CoreExtern{Sort: SortCoreFunc, Func: d.u32()}
	case 1:
		return CoreExtern{Sort: SortCoreTable, Table: d.coreTable()}
	case 2:
		return CoreExtern{Sort: SortCoreMemory, Memory: d.coreLimits()}
	case 3:
		return CoreExtern{Sort: SortCoreGlobal, Global: d.coreGlobal()}
	default:
		d.expect(0x00, "the attribute of a tag")
		return CoreExtern{Sort: SortCoreTag, Func: d.u32()}
	}
}

func (d *decoder) coreTable() CoreTable {
	elem := d.coreValType()
	return CoreTable{elem, d.coreLimits()}
}

func (d *decoder) coreGlobal() CoreGlobal {
	t := d.coreValType()
	return CoreGlobal{t, d.flag("mutability")}
}

// The bits of the byte that limits start with.
const (
	limitMax    = 1
	limitShared = 2
	limit64     = 4
	limitPage   = 8
)

// core:limits
func (d *decoder) coreLimits() CoreLimits {
	bits := d.oneOf(15, "kind of limits")
	l := CoreLimits{HasMax: bits&limitMax != 0, Shared: bits&limitShared != 0, Addr64: bits&limit64 != 0, HasPage: bits&limitPage != 0, PageLog2: 16}
	size := func() uint64 {
		if l.Addr64 {
			return d.u64()
		}
		return uint64(d.u32())
	}
	l.Min = size()
	if l.HasMax {
		l.Max = size()
	}
	if l.HasPage {
		l.PageLog2 = d.u32()
	}
	return l
}
