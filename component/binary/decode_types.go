package binary

import (
	"github.com/witgen/witgen/internal/wasm"
)

// enter counts the types that are nested in each other.
func (d *decoder) enter() {
	if d.depth++; d.depth > MaxNesting {
		d.fail("types are nested more than %d deep", MaxNesting)
	}
}

// deftype ::= <defvaltype> | <functype> | <componenttype> | <instancetype> | <resourcetype>
func (d *decoder) deftype() Type {
	at := d.Offset()
	b := d.Byte()
	if p := Prim(b); primNames[p] != "" {
		return &PrimType{p}
	}
	switch b {
	case 0x72:
		return &Record{d.fields()}
	case 0x71:
		return &Variant{wasm.Vec(d.Cursor, d.variantCase)}
	case 0x70:
		return &List{d.valType()}
	case 0x67:
		elem := d.valType()
		return &FixedList{elem, d.Uint32()}
	case 0x6f:
		return &Tuple{wasm.Vec(d.Cursor, d.valType)}
	case 0x6e:
		return &Flags{wasm.Vec(d.Cursor, d.Name)}
	case 0x6d:
		return &Enum{wasm.Vec(d.Cursor, d.Name)}
	case 0x6b:
		return &Option{d.valType()}
	case 0x6a:
		ok := d.optional()
		return &Result{ok, d.optional()}
	case 0x69:
		return &Own{d.Uint32()}
	case 0x68:
		return &Borrow{d.Uint32()}
	case 0x66:
		return &Stream{d.optional()}
	case 0x65:
		return &Future{d.optional()}
	case 0x63:
		key := d.valType()
		return &Map{key, d.valType()}
	case 0x40, 0x43:
		params := d.fields()
		return &Func{b == 0x43, params, d.resultList()}
	case 0x41:
		return &ComponentType{d.decls(true)}
	case 0x42:
		return &InstanceType{d.decls(false)}
	case 0x3f:
		r := &Resource{Rep: d.ValType()}
		if d.Flag("mark of a destructor") {
			f := d.Uint32()
			r.Dtor = &f
		}
		return r
	}
	malformed(at, "invalid type 0x%02x", b)
	return nil
}

// fields ::= vec(<label> <valtype>)
func (d *decoder) fields() []Field {
	return wasm.Vec(d.Cursor, func() Field {
		name := d.Name()
		return Field{name, d.valType()}
	})
}

// case ::= <label> <valtype>? 0x00
func (d *decoder) variantCase() Case {
	name := d.Name()
	t := d.optional()
	d.Expect(0x00, "the end of a case")
	return Case{name, t}
}

// valtype ::= <typeidx> | <primvaltype>
func (d *decoder) valType() ValType {
	start := d.Offset()
	if p := Prim(d.Peek()); primNames[p] != "" {
		d.Byte()
		return ValType{Prim: p}
	}
	v := d.Int33()
	if v < 0 {
		malformed(start, "invalid value type 0x%02x: a primitive type or the index of a type must stand here", byte(v)&0x7f)
	}
	return ValType{Index: uint32(v)}
}

// <valtype>? ::= 0x00 | 0x01 <valtype>
func (d *decoder) optional() *ValType {
	if !d.Flag("mark of an optional type") {
		return nil
	}
	t := d.valType()
	return &t
}

// resultlist ::= 0x00 <valtype> | 0x01 0x00
func (d *decoder) resultList() *ValType {
	if d.OneOf(1, "kind of result list") == 1 {
		d.Expect(0x00, "the number of results")
		return nil
	}
	t := d.valType()
	return &t
}

// decls reads the declarators of a component type or instance type. Only
// component types have imports.
func (d *decoder) decls(ofComponent bool) []Def {
	d.enter()
	defer func() { d.depth-- }()
	return wasm.Vec(d.Cursor, func() Def {
		start := pos(d.Offset())
		switch b := d.Byte(); {
		case b == declCoreType:
			return d.coreTypeDef()
		case b == declType:
			return d.typeDef()
		case b == declAlias:
			return d.alias()
		case b == declImport && ofComponent:
			return d.importDecl()
		case b == declExport:
			name := d.externName()
			return &ExportDecl{start, name, d.externType()}
		default:
			malformed(start.At(), "invalid declarator 0x%02x of such a type", b)
			return nil
		}
	})
}

// The declarators by their bytes.
const (
	declCoreType = 0x00
	declType     = 0x01
	declAlias    = 0x02
	declImport   = 0x03
	declExport   = 0x04
)

// type ::= <deftype>
func (d *decoder) typeDef() Def { return &TypeDef{pos(d.Offset()), d.deftype()} }

// externtype: see the table; each sort has its own form.
func (d *decoder) externType() ExternType {
	start := d.Offset()
	t := ExternType{Sort: d.sort()}
	switch t.Sort {
	case SortCoreModule, SortFunc, SortComponent, SortInstance:
		t.Index = d.Uint32()
	case SortType:
		if t.Bound = Bound(d.OneOf(1, "bound of a type")); t.Bound == BoundEq {
			t.Index = d.Uint32()
		}
	case SortValue:
		if d.OneOf(1, "bound of a value") == 0 {
			t.Index = d.Uint32()
		} else {
			t.Bound, t.Value = BoundType, d.valType()
		}
	default:
		malformed(start, "a %s is neither imported nor exported", t.Sort)
	}
	return t
}

// canon: see canonForms.
func (d *decoder) canon() Def {
	c := &Canon{pos: pos(d.Offset()), Op: CanonOp(d.Byte())}
	form, ok := canonForms[c.Op]
	if !ok {
		malformed(c.At(), "invalid canonical definition 0x%02x", byte(c.Op))
	}
	for _, imm := range form.imms {
		switch imm {
		case 'f':
			d.Expect(0x00, "the sort func")
			c.Func = d.Uint32()
		case 't':
			c.Type = d.Uint32()
		case 'o':
			c.Options = wasm.Vec(d.Cursor, d.canonOption)
		case 'r':
			c.Result = d.resultList()
		case 'a':
			c.Async = d.Flag("async flag")
		case 'c':
			c.Cancellable = d.Flag("cancellable flag")
		case 's':
			c.Shared = d.Flag("shared flag")
		case 'm':
			c.Memory = d.Uint32()
		case 'T':
			c.Table = d.Uint32()
		case 'v':
			c.SlotType = d.ValType()
		case 'i':
			c.Slot = d.Uint32()
		default:
			panic("binary: unhandled immediate " + string(imm))
		}
	}
	return c
}

func (d *decoder) canonOption() CanonOption {
	o := CanonOption{Kind: OptionKind(d.OneOf(byte(CallbackOption), "canonical option"))}
	if o.Kind.HasIndex() {
		o.Index = d.Uint32()
	}
	return o
}
