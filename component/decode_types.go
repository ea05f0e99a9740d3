package component

// enter counts the types that are nested in each other.
func (d *decoder) enter() {
	if d.depth++; d.depth > maxNesting {
		d.fail("types are nested more than %d deep", maxNesting)
	}
}

// deftype ::= <defvaltype> | <functype> | <componenttype> | <instancetype> | <resourcetype>
func (d *decoder) deftype() Type {
	b := d.byte()
	if p := Prim(b); primNames[p] != "" {
		return &PrimType{p}
	}
	switch b {
	case 0x72:
		return &Record{d.fields()}
	case 0x71:
		return &Variant{vec(d.reader, d.variantCase)}
	case 0x70:
		return &List{d.valType()}
	case 0x67:
		elem := d.valType()
		return &FixedList{elem, d.u32()}
	case 0x6f:
		return &Tuple{vec(d.reader, d.valType)}
	case 0x6e:
		return &Flags{vec(d.reader, d.name)}
	case 0x6d:
		return &Enum{vec(d.reader, d.name)}
	case 0x6b:
		return &Option{d.valType()}
	case 0x6a:
		ok := d.optional()
		return &Result{ok, d.optional()}
	case 0x69:
		return &Own{d.u32()}
	case 0x68:
		return &Borrow{d.u32()}
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
		r := &Resource{Rep: d.coreValType()}
		if d.flag("the mark of a destructor") {
			f := d.u32()
			r.Dtor = &f
		}
		return r
	}
	d.at--
	d.fail("0x%02x is no type", b)
	return nil
}

// fields ::= vec(<label> <valtype>)
func (d *decoder) fields() []Field {
	return vec(d.reader, func() Field {
		name := d.name()
		return Field{name, d.valType()}
	})
}

// case ::= <label> <valtype>? 0x00
func (d *decoder) variantCase() Case {
	name := d.name()
	t := d.optional()
	d.expect(0x00, "the end of a case")
	return Case{name, t}
}

// valtype ::= <typeidx> | <primvaltype>
func (d *decoder) valType() ValType {
	start := d.offset()
	if p := Prim(d.peek()); primNames[p] != "" {
		d.at++
		return ValType{Prim: p}
	}
	v := d.s33()
	if v < 0 {
		failAt(start, "0x%02x is no value type: a primitive type or the index of a type must stand here", byte(v)&0x7f)
	}
	return ValType{Index: uint32(v)}
}

// <valtype>? ::= 0x00 | 0x01 <valtype>
func (d *decoder) optional() *ValType {
	if !d.flag("the mark of an optional type") {
		return nil
	}
	t := d.valType()
	return &t
}

// resultlist ::= 0x00 <valtype> | 0x01 0x00
func (d *decoder) resultList() *ValType {
	if d.oneOf(1, "kind of result list") == 1 {
		d.expect(0x00, "the number of results")
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
	return vec(d.reader, func() Def {
		start := pos(d.offset())
		switch b := d.byte(); {
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
			d.at--
			d.fail("0x%02x is no declarator of such a type", b)
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
func (d *decoder) typeDef() Def { return &TypeDef{pos(d.offset()), d.deftype()} }

// externtype: see the table; each sort has its own form.
func (d *decoder) externType() ExternType {
	start := d.offset()
	t := ExternType{Sort: d.sort()}
	switch t.Sort {
	case SortCoreModule, SortFunc, SortComponent, SortInstance:
		t.Index = d.u32()
	case SortType:
		if t.Bound = Bound(d.oneOf(1, "bound of a type")); t.Bound == BoundEq {
			t.Index = d.u32()
		}
	case SortValue:
		if d.oneOf(1, "bound of a value") == 0 {
			t.Index = d.u32()
		} else {
			t.Bound, t.Value = BoundType, d.valType()
		}
	default:
		failAt(start, "a %s is neither imported nor exported", t.Sort)
	}
	return t
}

// canon: see canonForms.
func (d *decoder) canon() Def {
	c := &Canon{pos: pos(d.offset()), Op: CanonOp(d.byte())}
	form, ok := canonForms[c.Op]
	if !ok {
		failAt(c.At(), "0x%02x is no canonical definition", byte(c.Op))
	}
	for _, imm := range form.imms {
		switch imm {
		case 'f':
			d.expect(0x00, "the sort func")
			c.Func = d.u32()
		case 't':
			c.Type = d.u32()
		case 'o':
			c.Options = vec(d.reader, d.canonOption)
		case 'r':
			c.Result = d.resultList()
		case 'a':
			c.Async = d.flag("the async flag")
		case 'c':
			c.Cancellable = d.flag("the cancellable flag")
		case 's':
			c.Shared = d.flag("the shared flag")
		case 'm':
			c.Memory = d.u32()
		case 'T':
			c.Table = d.u32()
		case 'v':
			c.SlotType = d.coreValType()
		case 'i':
			c.Slot = d.u32()
		default:
			panic("component: unhandled immediate " + string(imm))
		}
	}
	return c
}

func (d *decoder) canonOption() CanonOption {
	o := CanonOption{Kind: OptionKind(d.oneOf(byte(CallbackOption), "canonical option"))}
	if o.Kind.hasIndex() {
		o.Index = d.u32()
	}
	return o
}
