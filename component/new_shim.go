package component

// coreWriter writes the sections of a core module.
type coreWriter struct{ encoder }

func newCoreWriter() *coreWriter {
	w := &coreWriter{}
	w.byte(coreHead[:]...)
	return w
}

// section appends a section.
func (w *coreWriter) section(id byte, body func()) {
	w.byte(id)
	w.sized(body)
}

// types appends the type section for functions and returns the index of each one's
// type. Equal types are written once.
func (w *coreWriter) types(list []SubType) []uint32 {
	indices := make([]uint32, len(list))
	var distinct []SubType
	known := make(map[string]uint32)
	for i, t := range list {
		var e encoder
		e.subType(SubType{Kind: FuncKind, Params: t.Params, Results: t.Results})
		index, ok := known[string(e.buf)]
		if !ok {
			index = uint32(len(distinct))
			known[string(e.buf)] = index
			distinct = append(distinct, SubType{Kind: FuncKind, Params: t.Params, Results: t.Results})
		}
		indices[i] = index
	}
	w.section(coreTypeID_, func() { encodeVec(&w.encoder, distinct, w.subType) })
	return indices
}

// The instructions that shims are made of.
const (
	opEnd          = 0x0b
	opCallIndirect = 0x11
	opLocalGet     = 0x20
	opI32Const     = 0x41
)

const coreElemID, coreStartID = 9, 8

// shimTableType is the table that shims call through: it has room for them all.
func (w *coreWriter) shimTableType(n int) {
	w.coreValType(CoreValType{Code: CoreFuncref})
	w.coreLimits(CoreLimits{Min: uint64(n), Max: uint64(n), HasMax: true})
}

// shimModule returns the module whose functions "0", "1" and so on call the entries
// of the table that it exports.
func shimModule(shims []*shim) []byte {
	w := newCoreWriter()
	list := make([]SubType, len(shims))
	for i, s := range shims {
		list[i] = s.typ
	}
	types := w.types(list)
	w.section(coreFuncID, func() { w.indices(types) })
	w.section(coreTableID, func() {
		w.u32(1)
		w.shimTableType(len(shims))
	})
	w.section(coreExportID, func() {
		w.u32(uint32(len(shims) + 1))
		for i := range shims {
			w.name(exportName(i))
			w.byte(sortBytes[SortCoreFunc])
			w.u32(uint32(i))
		}
		w.name(shimTable)
		w.byte(sortBytes[SortCoreTable])
		w.u32(0)
	})
	w.section(coreCodeID, func() {
		w.u32(uint32(len(shims)))
		for i, s := range shims {
			w.sized(func() {
				w.u32(0) // locals
				for p := range s.typ.Params {
					w.byte(opLocalGet)
					w.u32(uint32(p))
				}
				w.byte(opI32Const)
				w.s33(int64(i))
				w.byte(opCallIndirect)
				w.u32(types[i])
				w.u32(0) // table
				w.byte(opEnd)
			})
		}
	})
	return w.buf
}

// fixupModule returns the module that imports the real functions and the table of
// the shims, fills the one with the other, and then calls initialize of the main
// module, where that is not "".
func fixupModule(shims []*shim, initialize string) []byte {
	w := newCoreWriter()
	var list []SubType
	for _, s := range shims {
		list = append(list, s.typ)
	}
	if initialize != "" {
		list = append(list, SubType{Kind: FuncKind})
	}
	types := w.types(list)
	w.section(coreImportID, func() {
		n := len(types)
		if len(shims) > 0 {
			n++
		}
		w.u32(uint32(n))
		for i := range shims {
			w.coreImport(CoreImport{"actual", exportName(i), CoreExtern{Sort: SortCoreFunc, Func: types[i]}})
		}
		if initialize != "" {
			w.coreImport(CoreImport{"main", initialize, CoreExtern{Sort: SortCoreFunc, Func: types[len(shims)]}})
		}
		if len(shims) > 0 {
			w.name("shim")
			w.name(shimTable)
			w.byte(sortBytes[SortCoreTable])
			w.shimTableType(len(shims))
		}
	})
	if initialize != "" {
		w.section(coreStartID, func() { w.u32(uint32(len(shims))) })
	}
	if len(shims) > 0 {
		w.section(coreElemID, func() {
			w.u32(1)
			w.u32(0) // active, table 0, function indices
			w.byte(opI32Const)
			w.s33(0)
			w.byte(opEnd)
			w.u32(uint32(len(shims)))
			for i := range shims {
				w.u32(uint32(i))
			}
		})
	}
	return w.buf
}
