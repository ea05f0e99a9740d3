package meter

// readTypes reads the type section: function types, alone or in recursion groups.
func (m *module) readTypes(r *reader) {
	m.inTypes = true
	defer func() { m.inTypes = false }()
	m.typeEntries = r.count()
	for i := uint32(0); i < m.typeEntries && r.err == nil; i++ {
		group := uint32(1)
		if r.left() > 0 && r.b[r.pos] == 0x4e {
			r.byte()
			group = r.count()
		}
		for range group {
			if r.err == nil {
				m.readType(r)
			}
		}
	}
	if r.err == nil {
		r.err = m.typeIndex.check(uint32(len(m.types)), "type index out of range")
	}
}

func (m *module) readType(r *reader) {
	if form := r.byte(); form != 0x60 && r.err == nil {
		r.pos--
		r.fail(ErrUnsupported, "type that is no function type")
		return
	}
	var t funcType
	n := r.count()
	r.limit("Params", uint64(n), m.cfg.Limits.Params)
	for range n {
		m.valueType(r)
	}
	t.params = int(n)
	n = r.count()
	r.limit("Results", uint64(n), m.cfg.Limits.Results)
	at := r.pos
	for range n {
		m.valueType(r)
	}
	t.arity = int(n)
	t.results = r.b[at:r.pos]
	m.types = append(m.types, t)
	r.limit("Types", uint64(len(m.types)), m.cfg.Limits.Types)
}

// valueType reads a value type.
func (m *module) valueType(r *reader) {
	if r.left() > 0 {
		switch r.b[r.pos] {
		case typeI32, typeI64, typeF32, typeF64, typeV128:
			r.pos++
			return
		}
	}
	m.refType(r)
}

// refType reads a reference type.
func (m *module) refType(r *reader) {
	switch r.byte() {
	case typeFuncRef, typeExtern, typeExnRef:
	case typeRefNull, typeRef:
		m.heapType(r)
	default:
		r.pos--
		r.fail(ErrUnsupported, "unknown type")
	}
}

func (m *module) heapType(r *reader) {
	at := r.pos
	switch h := r.s33(); {
	case h >= 0:
		// Within the type section the number of types is not yet known; it is checked at the end.
		m.typeIndex.use(uint32(h), at)
		if !m.inTypes && h >= int64(len(m.types)) && r.err == nil {
			r.pos = at
			r.fail(ErrMalformed, "type index out of range")
		}
	case h == typeFuncRef-0x80, h == typeExtern-0x80, h == typeExnRef-0x80:
	default:
		r.pos = at
		r.fail(ErrUnsupported, "unknown heap type")
	}
}

// constExpr reads a constant expression with its end.
func (m *module) constExpr(r *reader) {
	for r.err == nil {
		at := r.pos
		switch op := r.byte(); op {
		case opcodeEnd:
			return
		case opcodeI32Const, opcodeI64Const:
			r.skipInt(op)
		case 0x43: // f32.const
			r.bytes(4)
		case 0x44: // f64.const
			r.bytes(8)
		case opcodeGlobalGet:
			m.constGlobal.use(r.u32(), at)
		case 0xd0: // ref.null
			m.nullType(r)
		case 0xd2: // ref.func
			m.constFunc.use(r.u32(), at)
		case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e: // add, sub, mul of i32 and i64
		case opcodeVector:
			if r.byte() != 0x0c { // v128.const
				r.pos = at
				r.fail(ErrMalformed, "instruction in a constant expression")
			}
			r.bytes(16)
		default:
			r.pos = at
			r.fail(ErrMalformed, "instruction in a constant expression")
		}
	}
}

// nullType reads the type of ref.null: one byte for an abstract heap type, else a type index.
func (m *module) nullType(r *reader) {
	if r.left() > 0 {
		switch r.b[r.pos] {
		case typeFuncRef, typeExtern, typeExnRef:
			r.pos++
			return
		}
	}
	m.heapType(r)
}

// skipInt skips the operand of i32.const or i64.const, which is copied as it is.
func (r *reader) skipInt(op byte) {
	n := varintLen(r.b[r.pos:], maxVarint(op))
	r.advance(n)
}

func maxVarint(op byte) int {
	if op == opcodeI32Const {
		return 5
	}
	return 10
}

// varintLen is the number of bytes of the variable-length integer at the start of b, as far as
// its bytes say that they go on: 0 where b ends before, -1 where it is longer than limit.
func varintLen(b []byte, limit int) int {
	for i, c := range b {
		if i == limit {
			return -1
		}
		if c < 0x80 {
			return i + 1
		}
	}
	return 0
}

// readElements reads the element section: the eight forms of section 5.5.12 of the core specification.
func (m *module) readElements(r *reader) {
	n := r.count()
	r.limit("Segments", uint64(n), m.cfg.Limits.Segments)
	total := uint64(0)
	for i := uint32(0); i < n && r.err == nil; i++ {
		at := r.pos
		form := r.u32()
		if form > 7 {
			r.pos = at
			r.fail(ErrMalformed, "unknown form of element segment")
			return
		}
		active, explicit, exprs := form&1 == 0, form&2 != 0, form&4 != 0
		if active {
			table := uint32(0)
			if explicit {
				table = r.u32()
			}
			if table >= uint32(len(m.tables)) {
				r.fail(ErrMalformed, "table index out of range")
			}
			m.constExpr(r)
		}
		if !active || explicit {
			if exprs {
				m.refType(r)
			} else if r.byte() != 0 {
				r.fail(ErrMalformed, "unknown kind of element")
			}
		}
		items := r.count()
		m.elementSizes = append(m.elementSizes, items)
		total += uint64(items)
		r.limit("Elements", total, m.cfg.Limits.Elements)
		for range items {
			if r.err != nil {
				return
			}
			if exprs {
				m.constExpr(r)
			} else {
				r.index(uint32(len(m.funcs)), "function index out of range")
			}
		}
	}
	m.elements = n
}

// readData reads a data segment.
func (m *module) readData(r *reader) {
	at := r.pos
	form := r.u32()
	if form > 2 {
		r.pos = at
		r.fail(ErrMalformed, "unknown form of data segment")
		return
	}
	if form != 1 { // active
		memory := uint32(0)
		if form == 2 {
			memory = r.u32()
		}
		if memory >= m.memories {
			r.fail(ErrMalformed, "memory index out of range")
		}
		m.constExpr(r)
	}
	size := r.u32()
	m.dataSizes = append(m.dataSizes, size)
	r.bytes(size)
}
