package fuzztest

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/interp"
	"github.com/witgen/witgen/wit"
)

// rules are the interpreter's names of the host's rules.
var rules = map[host.Rule]interp.Rule{
	host.RuleBounds:       interp.OutOfBounds,
	host.RuleAlignment:    interp.Misaligned,
	host.RuleUTF8:         interp.InvalidUTF8,
	host.RuleStringLength: interp.StringTooLong,
	host.RuleListLength:   interp.ListTooLong,
	host.RuleChar:         interp.InvalidChar,
	host.RuleDiscriminant: interp.InvalidCase,
	host.RuleRealloc:      badRealloc,
}

// badRealloc is the rule of a realloc whose result is not aligned or not in memory,
// which the interpreter does not tell from other pointers.
const badRealloc interp.Rule = "realloc"

// FuzzLift lifts and lowers through the generated bindings and the interpreter,
// both over the same memory: the results of exports, and their parameters; the
// parameters of imports, and their results. They agree on values, on memory, and on
// the rule that is broken. For imports, so does the dynamic API.
func FuzzLift(f *testing.F) {
	if len(valueFuncs) > 1<<6 {
		f.Fatal("more functions than the fuzzer's byte tells apart")
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, s := range seeds(f) {
		f.Add(s.which, s.flats, s.memory, []byte{})
		f.Add(s.which|1<<6, s.flats, s.memory, []byte{byte(random.Uint32()), byte(random.Uint32())})
	}
	c := newComparison(f)
	f.Fuzz(func(t *testing.T, which uint8, flats, memory, edits []byte) {
		c.run(t, which, flats, memory, edits)
	})
}

// TestLiftEdited is FuzzLift for what a guest lays out that means well, but for one
// word or two that are numbers of the sort that rules are about.
func TestLiftEdited(t *testing.T) {
	t.Parallel()
	c := newComparison(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, s := range seeds(t) {
		for i := range 250 {
			edits := make([]byte, 2+2*(i%2))
			for at := range edits {
				edits[at] = byte(random.Uint32())
			}
			c.run(t, s.which|byte(i>>1&1)<<6, s.flats, s.memory, edits)
		}
	}
	if c.traps < 1000 || c.values < 1000 {
		t.Errorf("%d traps and %d values; there are to be more of both", c.traps, c.values)
	}
}

// comparison is what FuzzLift compares.
type comparison struct {
	// core runs the puppet as it is, component as a component; real is the one of
	// them that is compared.
	core, component, real *rig
	dynamic               *dynamicRig
	model                 *model
	// traps and values count how calls ended.
	traps, values int
}

func newComparison(t testing.TB) *comparison {
	r, _ := subjectWIT()
	return &comparison{core: newRig(t, puppet()), component: newRig(t, asComponent(t, puppet())), dynamic: newDynamicRig(t), model: &model{ABI: abi.New(r)}}
}

func (c *comparison) run(t *testing.T, which uint8, flats, memory, edits []byte) {
	t.Helper()
	n := int(which&0x3f) % len(valueFuncs)
	c.real = c.core
	if which>>6&1 == 1 {
		c.real = c.component
	}
	start := layOut(flats, memory)
	edit(start, len(flats), len(memory), edits)
	if which>>7 == 0 {
		c.compareExport(t, n, start)
	} else {
		c.compareImport(t, n, start)
	}
}

// edges are the numbers that edits store.
var edges = []uint32{
	0, 1, 2, 3, 4, 5, 8, 66, 68, 0xff, 0x100, 0xd7ff, 0xd800, 0xdfff, 0xe000, pageSize - 8, pageSize - 4, pageSize - 2, pageSize - 1, pageSize, pageSize + 1,
	pageSize + 4, 0x10ffff, 0x110000, 1<<25 - 1, 1 << 25, 1<<28 - 1, 1 << 28, 1<<29 + 1, 1 << 30, 1<<31 - 1, 1 << 31, 1<<32 - 8, 1<<32 - 4, 1<<32 - 1,
}

// edit stores edges in words of the flat values, the first pointers of realloc or
// the memory: each pair of bytes is a word and a number.
func edit(page []byte, flats, memory int, edits []byte) {
	const first = 64 // where seeds begin
	words := []uint32{reallocAt + 8, reallocAt + 12, flatsAt}
	for at := 4; at < min(flats, argsAt-flatsAt-4); at += 4 {
		words = append(words, flatsAt+uint32(at))
	}
	for at := first; at < min(memory, flatsAt-4) && len(words) < 1<<8; at += 4 {
		words = append(words, uint32(at))
	}
	for ; len(edits) >= 2; edits = edits[2:] {
		binary.LittleEndian.PutUint32(page[words[int(edits[0])%len(words)]:], edges[int(edits[1])%len(edges)])
	}
}

// layOut makes the puppet's memory. Where flats end, realloc returns pointers that
// are good.
func layOut(flats, memory []byte) []byte {
	page := make([]byte, pageSize)
	copy(page[:flatsAt], memory)
	for i := range uint32(reallocs) {
		binary.LittleEndian.PutUint32(page[reallocAt+4+4*i:], 0x4000+0x800*i)
	}
	flats = flats[:min(len(flats), argsAt-flatsAt)]
	copy(page[flatsAt:], flats)
	return page
}

// compareExport calls an export with values of no account, and then, where values
// come back that it takes, with those.
func (c *comparison) compareExport(t *testing.T, n int, start []byte) {
	real, model := c.real, c.model
	fn := valuesWIT()[n]
	call := reflect.ValueOf(real.anyInstance(t).Values()).MethodByName(goName(fn.Name))
	args := make([]reflect.Value, len(fn.Params))
	for i := range args {
		args[i] = reflect.New(call.Type().In(i + 1)).Elem()
		plain(args[i], start[8*i:])
	}
	for range 2 {
		real.ready(t, start)
		call = reflect.ValueOf(real.inst.Values()).MethodByName(goName(fn.Name))
		outs := call.Call(append([]reflect.Value{reflect.ValueOf(ctx)}, args...))
		got, err := resultFromGo(model.Resolve, fn, outs)
		if beyond(err) {
			return
		}
		model.memory = append(model.memory[:0], start...)
		given := make([]interp.Value, len(args))
		for i, p := range fn.Params {
			given[i] = fromGo(model.Resolve, p.Type, args[i])
		}
		want, trap := model.export(n, given)
		c.same(t, fn, err, trap)
		if err != nil {
			return
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s returns another value (-interpreter +bindings):\n%s", fn.Name, cmp.Diff(want, got))
		}
		if !holdsNaN(given) {
			sameMemory(t, fn.Name, real.memory.bytes, model.memory)
		}
		if !strings.HasPrefix(fn.Name, "echo-") {
			return
		}
		if len(outs) > 2 { // a tuple
			tuple := reflect.New(args[0].Type()).Elem()
			for i := range tuple.NumField() {
				tuple.Field(i).Set(outs[i])
			}
			outs[0] = tuple
		}
		args = outs[:1]
	}
}

// compareImport has the guest call an import, which returns what it is given.
func (c *comparison) compareImport(t *testing.T, n int, start []byte) {
	real, model := c.real, c.model
	fn := valuesWIT()[n]
	real.ready(t, start)
	_, err := real.inst.Run(ctx, uint32(n))
	if beyond(err) {
		return
	}
	model.memory = append(model.memory[:0], start...)
	nan, trap := model.run(n)
	c.same(t, fn, err, trap)
	if err == nil && !nan {
		sameMemory(t, fn.Name, real.memory.bytes, model.memory)
	}
	if err = c.dynamic.run(t, n, start); beyond(err) {
		return
	}
	c.same(t, fn, err, trap)
	if err == nil && !nan {
		sameMemory(t, fn.Name+", by the dynamic API", c.dynamic.memory.bytes, model.memory)
	}
}

// beyond reports whether a call ran into the limit of what it lifts, which the
// interpreter does not have.
func beyond(err error) bool {
	var limit *host.LimitError
	return errors.As(err, &limit) && limit.Limit == "size of lifted values"
}

// same compares how two calls have ended. Where a value has several parts that break
// a rule, either rule will do: the bindings lift the parts of a record in an order of
// their own.
func (c *comparison) same(t *testing.T, fn *wit.Function, err, trap error) {
	t.Helper()
	name := fn.Name
	var want interp.Rule
	if breach := new(interp.Trap); errors.As(trap, &breach) {
		want = breach.Rule
	} else if trap != nil {
		t.Fatalf("%s: the interpreter fails: %v", name, trap)
	}
	var got interp.Rule
	if breach := new(host.Trap); errors.As(err, &breach) {
		got = rules[breach.Rule]
		if got == "" {
			got = interp.Rule(breach.Rule)
		}
	} else if err != nil {
		t.Fatalf("%s: the bindings fail: %v", name, err)
	}
	if got == "" {
		c.values++
	} else {
		c.traps++
	}
	if got != want && !(got != "" && want != "" && hasParts(c.model.Resolve, fn)) {
		t.Fatalf("%s: the bindings end with %q, %v\nthe interpreter with %q, %v", name, got, err, want, trap)
	}
}

// hasParts reports whether a value of the function can break several rules.
func hasParts(r *wit.Resolve, fn *wit.Function) bool {
	var within func(t wit.Type) bool
	within = func(t wit.Type) bool {
		switch k := r.Kind(t).(type) {
		case *wit.Record, *wit.Tuple:
			return true
		case *wit.List:
			return within(k.Type)
		default:
			return false
		}
	}
	return len(fn.Params) == 1 && within(fn.Params[0].Type)
}

func sameMemory(t *testing.T, name string, got, want []byte) {
	t.Helper()
	if string(got) == string(want) {
		return
	}
	for at := range want {
		if got[at] != want[at] {
			t.Fatalf("%s: memory differs from 0x%x on: %x, and the interpreter's %x", name, at, got[at:min(at+32, pageSize)], want[at:min(at+32, pageSize)])
		}
	}
}

// goName is the name of a function of values in Go.
func goName(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// plain sets a value to one that WIT has, by bytes where it is a number or string.
func plain(v reflect.Value, from []byte) {
	switch v.Kind() {
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(binary.LittleEndian.Uint64(from) >> (64 - v.Type().Bits()))
	case reflect.Int32:
		v.SetInt(int64(from[0]))
	case reflect.String:
		v.SetString(strings.ToValidUTF8(string(from[:from[0]]), "?"))
	case reflect.Interface:
		v.Set(reflect.ValueOf(values.ShapeDot{}))
	}
}
