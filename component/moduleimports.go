package component

// ModuleImports returns the imports of a core module, in order. An error is an
// *Error.
func ModuleImports(wasm []byte) (imports []CoreImport, err error) {
	defer catch(&err)
	for _, s := range coreSections(wasm, 0) {
		if s.id != coreImportID {
			continue
		}
		d := &decoder{reader: &reader{data: s.data, base: s.at}}
		for range d.u32() {
			imports = append(imports, d.coreImport())
		}
	}
	return imports, nil
}
