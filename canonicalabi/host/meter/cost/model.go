package cost

// A model adds up the cost of a module from the work of its functions.
type model struct {
	m    *module
	arm  bool    // the machine code is that of arm64
	time float64 // nanoseconds

	functions uint64
	code      float64 // bytes of machine code
	table     uint64  // the size that the table of common ancestors has grown to
	retained  retained

	// The most of any function.
	ssa, mach, blocks, values, regs, args, lists, height, nesting, deep uint64
	codeOf                                                              float64
	worst, largest                                                      Function
}

// The times of the parts of wazero's compiler in nanoseconds. They were measured with
// modules that each make one part take long, where the data does not fit a
// processor's cache; see docs/limits.md.
const (
	nsByte        = 5
	nsSSA         = 90
	nsMach        = 130
	nsBlock       = 500
	nsFind        = 8
	nsLinear      = 5
	nsDef         = 20
	nsAlias       = 2
	nsPhi         = 1.2
	nsArg         = 60
	nsDom         = 8
	nsWalk        = 6
	nsForest      = 8
	nsTable       = 10
	nsBound       = 15
	nsReset       = 1.5
	nsMeet        = 8
	nsScan        = 1
	nsCrossed     = 2.5
	nsLive        = 70
	nsAcross      = 3
	nsPassed      = 300
	nsValidated   = 12
	nsInit        = 15
	nsImport      = 2   // of each import that is passed to find that which is called
	nsSearched    = 0.7 // the same in constant expressions
	nsFunction    = 3000
	nsOf          = 1 // of each export for the definition of each function
	nsType        = 2000
	nsTypeValue   = 300
	nsKey         = 0.4
	nsElement     = 100
	nsName        = 100
	nsExport      = 300
	nsDefinedType = 12 // of each type for each function
	nsGlobal      = 8  // of each global for each function
	nsImported    = 4  // of each import for each function
	nsTouched     = 0.8
	nsPlace       = 2
	nsSet         = 2
)

// The bytes that the parts take.
const (
	bytesSSA      = 144
	bytesMach     = 80
	bytesBlock    = 2000
	bytesValue    = 45
	bytesReg      = 85
	bytesLive     = 9
	bytesDef      = 24
	bytesBound    = 16
	bytesPred     = 16
	bytesListed   = 8
	bytesTarget   = 4
	bytesList     = 80
	bytesArg      = 32
	bytesHeight   = 32
	bytesNesting  = 300
	bytesDeep     = 600
	armBytes      = 4       // of machine code for an instruction of arm64
	armPassed     = 2       // instructions there for the place on the stack of a value that is passed
	armReach      = 1 << 20 // how far a branch on a condition reaches there
	bytesCode     = 3       // of machine code for a machine instruction
	bytesTable    = 100
	bytesLocal    = 8
	bytesElement  = 40
	bytesName     = 64
	bytesImport   = 300
	bytesExport   = 200
	bytesType     = 250
	bytesTypeVal  = 50
	bytesFunction = 300
	bytesGlobal   = 100
	bytesCustom   = 64

	// garbage is how much larger Go's heap is than what is in use, before the
	// collector runs.
	garbage = 1.5
	// base is what the collector leaves of what a compilation that takes little memory
	// makes.
	base = 8 << 20
)

// add adds a function.
func (d *model) add(index int, s *work) {
	d.functions++
	if d.arm {
		s.mach += armPassed * s.passed
	}
	code := bytesCode*float64(s.mach+s.args) + 8*float64(s.passed+s.targets)
	time := nsByte*float64(s.bytes) + nsSSA*float64(s.ssa) + nsMach*float64(s.mach) + nsBlock*float64(s.blocks) +
		nsFind*float64(s.finds) + nsLinear*float64(s.linear) + nsDef*float64(s.defs) + nsAlias*float64(s.aliases) +
		nsPhi*float64(s.phis) + nsArg*float64(s.args) + nsDom*float64(s.doms) + nsWalk*float64(s.walks) +
		nsForest*float64(s.forest) + nsBound*float64(s.copied) + nsReset*float64(s.resets) + nsMeet*float64(s.meets) + nsScan*float64(s.scans) + nsCrossed*float64(s.crossed) +
		nsLive*float64(s.live) + nsAcross*float64(s.across) + nsPassed*float64(s.passed) +
		nsValidated*float64(s.validated) + nsInit*float64(s.inits) + nsImport*float64(s.imports) + nsFunction
	if d.arm && armBytes*float64(s.mach+s.args) > armReach {
		// Branches that reach too far are rewritten and all places found anew, after
		// which others may reach too far, one at a time in the worst case.
		time += nsPlace * float64(s.conditional) * float64(s.mach+s.args)
	}
	// The estimate itself goes through the sets of live locals at each block.
	time += nsSet * float64(s.used) / 64 * float64(s.blocks)
	d.table = max(d.table, 2*s.blocks)
	time += nsTable * float64(d.table)
	d.time += time
	d.code += code

	d.ssa = max(d.ssa, s.ssa)
	d.mach = max(d.mach, s.mach+2*s.args+s.operands/4)
	d.blocks = max(d.blocks, s.blocks)
	d.values = max(d.values, s.values)
	d.regs = max(d.regs, min(s.values, s.mach)+s.mach/4)
	d.args = max(d.args, s.args)
	d.lists = max(d.lists, s.lists)
	d.height = max(d.height, uint64(s.height))
	d.nesting = max(d.nesting, uint64(s.nesting))
	d.deep = max(d.deep, s.deep)
	d.codeOf = max(d.codeOf, code)
	f := Function{Index: index, Time: whole(time), Code: whole(code)}
	if f.Time > d.worst.Time {
		d.worst = f
	}
	if f.Code > d.largest.Code {
		d.largest = f
	}
}

// module returns what reading and validating the module takes, apart from its code,
// and what stays of it.
func (d *model) module(size int) (time, bytes float64) {
	m := d.m
	functions := float64(d.functions) + float64(m.importedFuncs)
	time = nsByte*float64(size) + nsType*float64(len(m.types)) + nsTypeValue*float64(m.values) + nsKey*float64(m.keys) +
		nsElement*float64(m.elements) + nsSearched*float64(m.searched) + nsName*float64(m.names) +
		nsExport*float64(m.exports+m.imports+m.globals+m.segments+m.customs) +
		functions*nsOf*float64(m.exports+m.localMaps) +
		float64(d.functions)*(nsDefinedType*float64(len(m.types))+nsGlobal*float64(m.globals)+nsImported*float64(m.imports))
	bytes = float64(size) + float64(m.text) + bytesLocal*float64(m.locals) + bytesElement*float64(m.elements) + bytesName*float64(m.names+m.localMaps) +
		bytesImport*float64(m.imports) + bytesExport*float64(m.exports+m.segments) + bytesType*float64(len(m.types)) +
		bytesTypeVal*float64(m.values) + bytesFunction*functions + bytesGlobal*float64(m.globals) + bytesCustom*float64(m.customs)
	return time, bytes
}

// compiler returns the bytes that the compiler itself takes at most.
func (d *model) compiler() float64 {
	r := &d.retained
	defs := uint64(0)
	for _, n := range r.defs {
		defs += uint64(n)
	}
	return bytesSSA*float64(d.ssa) + bytesMach*float64(d.mach) + bytesBlock*float64(d.blocks) + bytesValue*float64(d.values) + bytesReg*float64(d.regs) +
		bytesArg*float64(d.args) + bytesList*float64(d.lists) + bytesHeight*float64(d.height) + bytesNesting*float64(d.nesting) +
		bytesTable*float64(d.table) + 2*d.codeOf +
		bytesLive*r.live.items() + bytesDef*float64(defs) + bytesBound*r.bounds.items() + bytesPred*r.preds.items() +
		bytesListed*r.values.items() + bytesTarget*r.tables.items()
}

// report returns the report on a module of so many bytes.
func (d *model) report(size int) Report {
	time, bytes := d.module(size)
	heap := garbage*(base+bytes+d.code+d.compiler()) + bytesDeep*float64(d.deep)
	r := Report{
		Time:   whole(d.time + time + nsTouched*heap),
		Memory: whole(heap + d.code),
		Kept:   whole(bytes + d.code),
		Worst:  d.worst, Largest: d.largest,
	}
	return r
}

// Grown returns the report on a module that has so many bytes more in its names.
func (r Report) Grown(bytes uint64) Report {
	r.Time = plus(r.Time, times(nsByte, bytes))
	r.Kept = plus(r.Kept, bytes)
	r.Memory = plus(r.Memory, times(2, bytes))
	return r
}

// HostModule estimates from above what wazero takes to make a module of so many host
// functions, of so many different types, that have so many parameters and results
// together.
func HostModule(functions, types, values int) Report {
	n, t, v := float64(functions), float64(types), float64(values)
	code := hostModuleCode + hostCode*n + hostValueCode*v
	kept := hostModuleBytes + hostBytes*n + bytesType*t + bytesTypeVal*v
	heap := garbage*(base+kept) + code
	// The type of each function is compared with all types before it, and the compiler
	// resets for each function what it has a page of for each function before.
	return Report{
		Time:   whole(nsHostModule + nsHost*n + nsHostPair*n*n + nsHostValue*v + nsHostType*n*t),
		Memory: whole(heap),
		Kept:   whole(kept + code),
		Worst:  Function{Index: -1}, Largest: Function{Index: -1},
	}
}

// The parts of HostModule: of the module, and by function, parameter and result.
const (
	nsHostModule    = 100_000
	nsHost          = 8_000
	nsHostPair      = 1.2
	nsHostValue     = 500
	nsHostType      = 4
	hostModuleBytes = 16 << 10
	hostModuleCode  = 16 << 10
	hostBytes       = 1500
	hostCode        = 300
	hostValueCode   = 20
)

// whole rounds to a whole number.
func whole(f float64) uint64 {
	const most = 1 << 62
	return uint64(min(f, most))
}
