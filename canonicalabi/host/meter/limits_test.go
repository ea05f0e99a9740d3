package meter

import (
	core "github.com/witgen/witgen/internal/wasm"
	"reflect"
	"slices"
	"testing"
)

// limitTests hold for each limit a module that keeps it at 2, or at the value given, and one that does not.
var limitTests = []struct {
	limit      string
	value      uint64 // 2 where it is 0
	good, bad  []byte
	inFunction bool
}{
	{limit: "ModuleBytes", value: 8, good: wasm(), bad: wasm(sec(0, []byte{0}))},
	{limit: "Types", good: wasm(sec(1, vec(sig("", ""), sig("", "")))), bad: wasm(sec(1, vec(sig("", ""), sig("", ""), sig("", ""))))},
	{limit: "Params", good: wasm(sec(1, vec(sig(ti+ti, "")))), bad: wasm(sec(1, vec(sig(ti+ti+ti, ""))))},
	{limit: "Results", good: wasm(sec(1, vec(sig("", ti+ti)))), bad: wasm(sec(1, vec(sig("", ti+ti+ti))))},
	{limit: "Imports", good: wasm(imports(2)), bad: wasm(imports(3))},
	{limit: "Exports", good: wasm(sec(5, vec([]byte{0, 0})), exportsOf(2)), bad: wasm(sec(5, vec([]byte{0, 0})), exportsOf(3))},
	{limit: "Functions", good: functions(2, nil), bad: functions(3, nil)},
	{limit: "Globals", good: wasm(globalsOf(2)), bad: wasm(globalsOf(3))},
	{limit: "Tables", good: wasm(tables(2, []byte{0, 0})), bad: wasm(tables(3, []byte{0, 0}))},
	{limit: "TableElements", good: wasm(tables(1, []byte{0, 2})), bad: wasm(tables(1, []byte{0, 3}))},
	{limit: "TableElements", good: wasm(tables(2, []byte{0, 1})), bad: wasm(tables(3, []byte{0, 1}))},
	{limit: "MemoryPages", good: wasm(sec(5, vec([]byte{0, 2}))), bad: wasm(sec(5, vec([]byte{0, 3})))},
	{limit: "MemoryPages", good: wasm(sec(2, vec(seq(str("m"), str("m"), []byte{2, 0, 2})))), bad: wasm(sec(2, vec(seq(str("m"), str("m"), []byte{2, 0, 3}))))},
	{limit: "Segments", good: wasm(sec(11, vec(slices.Repeat([][]byte{{1, 0}}, 2)...))), bad: wasm(sec(11, vec(slices.Repeat([][]byte{{1, 0}}, 3)...)))},
	{limit: "Segments", good: wasm(elements(1, 1)), bad: wasm(elements(1, 1, 1))},
	{limit: "Elements", good: wasm(elements(1, 1)), bad: wasm(elements(1, 2))},
	{limit: "FunctionBytes", value: 4, good: functions(1, []byte{1, 1}), bad: functions(1, []byte{1, 1, 1}), inFunction: true},
	{limit: "FunctionInstructions", value: 3, good: functions(1, []byte{1, 1}), bad: functions(1, []byte{1, 1, 1}), inFunction: true},
	{limit: "FunctionBlocks", good: functions(1, []byte{2, 0x40, 0xb, 2, 0x40, 0xb}), bad: functions(1, slices.Repeat([]byte{2, 0x40, 0xb}, 3)), inFunction: true},
	{limit: "FunctionBlocks", value: 4, good: functions(1, []byte{3, 0x40, 0xb}), bad: functions(1, []byte{3, 0x40, 0xc, 0, 0xb}), inFunction: true},
	{limit: "FunctionLocals", good: functionWithLocals(2), bad: functionWithLocals(3), inFunction: true},
	{limit: "FunctionLocals", good: functionWithLocals(2), bad: functionWithLocals(1 << 31), inFunction: true},
	{limit: "Nesting", good: functions(1, []byte{2, 0x40, 2, 0x40, 0xb, 0xb}), bad: functions(1, []byte{2, 0x40, 2, 0x40, 2, 0x40, 0xb, 0xb, 0xb}), inFunction: true},
	{limit: "CompileWork", value: 4000, good: functions(2, []byte{1}), bad: functions(3, []byte{1}), inFunction: true},
}

func imports(n int) []byte {
	return sec(2, vec(slices.Repeat([][]byte{seq(str("m"), str("g"), []byte{3, typeI32, 0})}, n)...))
}

func exportsOf(n int) []byte {
	var all [][]byte
	for i := range n {
		all = append(all, seq(str(string(rune('a'+i))), []byte{2, 0}))
	}
	return sec(7, vec(all...))
}

func globalsOf(n int) []byte {
	return sec(6, vec(slices.Repeat([][]byte{seq([]byte{typeI32, 0}, i32(0), []byte{opcodeEnd})}, n)...))
}

func tables(n int, limits []byte) []byte {
	return sec(4, vec(slices.Repeat([][]byte{append([]byte{typeFuncRef}, limits...)}, n)...))
}

func elements(counts ...int) []byte {
	var all [][]byte
	for _, n := range counts {
		all = append(all, seq([]byte{5, typeFuncRef}, vec(slices.Repeat([][]byte{{0xd0, typeFuncRef, opcodeEnd}}, n)...)))
	}
	return sec(9, vec(all...))
}

func functions(n int, code []byte) []byte {
	return wasm(sec(1, vec(sig("", ""))), sec(3, vec(slices.Repeat([][]byte{{0}}, n)...)), sec(10, vec(slices.Repeat([][]byte{body("", code)}, n)...)))
}

func functionWithLocals(n uint32) []byte {
	return wasm(sec(1, vec(sig("", ""))), sec(3, vec(u(0))), sec(10, vec(sized(seq(vec(seq(u(n), []byte{typeI32})), []byte{opcodeEnd})))))
}

func TestLimits(t *testing.T) {
	tested := map[string]bool{}
	for _, tt := range limitTests {
		t.Run(tt.limit, func(t *testing.T) {
			tested[tt.limit] = true
			value := tt.value
			if value == 0 {
				value = 2
			}
			var cfg Config
			reflect.ValueOf(&cfg.Limits).Elem().FieldByName(tt.limit).SetUint(value)
			mustRewrite(t, tt.good, cfg)
			mustRewrite(t, tt.bad, Config{}) // without a limit
			e := wantError(t, tt.bad, cfg, ErrLimit, tt.limit)
			if e.Limit != value || e.Got <= value || (e.Func == -1) == tt.inFunction {
				t.Errorf("%+v", e)
			}
		})
	}
	fields := reflect.TypeFor[Limits]()
	defaults := reflect.ValueOf(DefaultLimits())
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if !tested[name] {
			t.Errorf("no test for %s", name)
		}
		if defaults.Field(i).Uint() == 0 {
			t.Errorf("no default for %s", name)
		}
	}
}

// TestLowerMax: a table and a memory may not grow beyond the limits, whatever they declare.
func TestLowerMax(t *testing.T) {
	r := newRuntime(t)
	cfg := Config{Limits: Limits{TableElements: 10, MemoryPages: 3}}
	for _, max := range [][]byte{{0, 1}, {1, 1, 100}} {
		mod, _ := metered(t, r, wasm(
			sec(core.TypeSection, vec(sig(ti, ti))),
			sec(core.FunctionSection, vec(u(0), u(0))),
			sec(core.TableSection, vec(append([]byte{typeFuncRef}, max...), append([]byte{typeExtern}, max...))),
			sec(core.MemorySection, vec(max)),
			sec(core.ExportSection, vec(exportFunc("table", 0), exportFunc("memory", 1))),
			sec(core.CodeSection, vec(
				body("", []byte{0xd0, typeExtern, opcodeLocalGet, 0, opcodeMisc, miscTableGrow, 1}),
				body("", []byte{opcodeLocalGet, 0, opcodeMemoryGrow, 0}),
			)),
		), cfg)
		for _, tt := range []struct {
			name string
			by   uint64
			want int32
		}{{"table", 4, 1}, {"table", 1, -1}, {"memory", 2, 1}, {"memory", 1, -1}} {
			got, trap := call(mod, tt.name, tt.by)
			if trap != "" || int32(got[0]) != tt.want {
				t.Errorf("limits % x: %s grows by %d: got %d %q, want %d", max, tt.name, tt.by, got, trap, tt.want)
			}
		}
	}
	// A maximum below the limit stays.
	mod, _ := metered(t, r, simple(ti, ti, "", []byte{opcodeLocalGet, 0, opcodeMemoryGrow, 0}), Config{Limits: Limits{MemoryPages: 10}})
	if got, _ := call(mod, "run", 10); int32(got[0]) != -1 {
		t.Errorf("memory grew to 11 pages")
	}
}
