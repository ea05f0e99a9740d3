package binary

import "github.com/witgen/witgen/internal/wasm"

// core:type ::= <core:rectype> | 0x00 0x50 vec(<typeidx>) <comptype> | 0x50 vec(<core:moduledecl>)
func (d *decoder) coreTypeDef() *CoreTypeDef {
	t := &CoreTypeDef{pos: pos(d.Offset())}
	switch d.Peek() {
	case 0x00:
		d.Byte()
		if d.Peek() != 0x50 {
			d.fail("0x%02x stands where an open sub type, 0x50, must stand", d.Peek())
		}
		t.Rec = d.RecGroup()
	case 0x50:
		d.Byte()
		t.Module = &ModuleType{wasm.Vec(d.Cursor, d.moduleDecl)}
	default:
		t.Rec = d.RecGroup()
	}
	return t
}

// core:moduledecl ::= 0x00 <import> | 0x01 <type> | 0x02 <alias> | 0x03 <exportdecl>
func (d *decoder) moduleDecl() ModuleDecl {
	m := ModuleDecl{pos: pos(d.Offset())}
	switch d.OneOf(3, "declarator of a module type") {
	case 0:
		i := d.Import()
		m.Import = &i
	case 1:
		m.Type = d.RecGroup()
	case 2:
		d.Expect(0x10, "the sort type")
		d.Expect(0x01, "the mark of an outer alias")
		count := d.Uint32()
		m.Alias = &CoreAlias{count, d.Uint32()}
	case 3:
		name := d.Name()
		m.Export = &CoreExportDecl{name, d.Extern()}
	}
	return m
}
