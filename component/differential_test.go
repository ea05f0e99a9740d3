package component_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/testing/witrand"
)

var (
	mutations    = flag.Int("mutations", 20_000, "how many binaries TestInteropDifferential compares")
	mutationSeed = flag.Uint64("mutation-seed", 1, "the seed of TestInteropDifferential")
)

// TestInteropDifferential: of binaries made at random, wasm-tools accepts those that
// are accepted here, but for the differences of the table excuses.
func TestInteropDifferential(t *testing.T) {
	d := &differential{t: t, Rand: rand.New(rand.NewPCG(*mutationSeed, 0)), run: wasmTools(t), seen: map[string]int{}, classes: map[string]*class{}}
	m := &mutator{Rand: d.Rand, pool: differentialSeeds(t)}
	for _, wasm := range m.pool {
		d.compare(wasm)
	}
	for list := m.pool; d.compared+len(d.queue) < *mutations; {
		for range 40 {
			if wasm, ok := m.mutate(pick(m, list)); ok {
				d.compare(wasm)
			}
		}
		list = append(list, d.grow(m, list))
		if kept := len(m.pool) + 200; len(list) > kept {
			list = slices.Delete(list, len(m.pool), len(m.pool)+100)
		}
	}
	d.flush()
	t.Logf("%d binaries compared, of which both accept %d; %d rules were broken", d.compared, d.accepted, len(d.seen))
	for _, e := range excuses() {
		t.Logf("%d times: %s", d.excused[e.why], e.why)
	}
	for _, key := range slices.Sorted(maps.Keys(d.classes)) {
		c := d.classes[key]
		t.Errorf("%d times: %s\nthe smallest is\n%x", c.n, key, c.smallest)
	}
}

// differentialSeeds returns valid components.
func differentialSeeds(t *testing.T) (list [][]byte) {
	t.Helper()
	named := comptest.Seeds(t)
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if name != "everything" && component.FormOf(named[name]) == component.ComponentForm {
			list = append(list, named[name])
		}
	}
	for _, test := range comptest.ValidationCases() {
		if test.Rule == "" {
			list = append(list, test.C.Encode())
		}
	}
	for seed := range uint64(20) {
		r, pkg := comptest.WITOf(t, witrand.File(seed, witrand.Everything(1)))
		wasm, err := component.EncodePackage(r, pkg)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, wasm)
		for _, id := range r.Packages[pkg].Worlds {
			core, err := component.Embed((&comptest.Guest{R: r, World: r.Worlds[id]}).Wasm(), r, id, component.UTF8)
			if err != nil {
				t.Fatal(err)
			}
			made, err := component.New(core, component.NewOptions{})
			if err != nil {
				continue // async and streams of that world
			}
			list = append(list, made)
		}
	}
	list = append(list, hostSeeds()...)
	return slices.DeleteFunc(list, func(wasm []byte) bool { return len(wasm) > 20_000 })
}

// differential compares verdicts.
type differential struct {
	*rand.Rand
	t   *testing.T
	run func(wasm []byte, args ...string) (string, error)
	// queue are the binaries that wasm-tools has not been asked about, and rules
	// what was said of them here.
	queue [][]byte
	rules []string
	// seen counts rules that were broken.
	seen               map[string]int
	excused            map[string]int
	classes            map[string]*class
	compared, accepted int
}

// class are differences with the same messages.
type class struct {
	n        int
	smallest []byte
}

// grow makes a component definition by definition, and compares each step.
func (d *differential) grow(m *mutator, list [][]byte) []byte {
	g := newGrower(m)
	if c, err := binary.Decode(pick(m, list)); err == nil && c.Size < 6000 && d.IntN(3) == 0 {
		g.root, g.open = c, []growScope{{component: c, imports: true}}
	}
	valid := func() (rule string) {
		wasm, ok := encodeOdd(g.root)
		if !ok {
			return "there is no such sort"
		}
		return d.compare(wasm)
	}
	for range 10 + d.IntN(50) {
		if d.IntN(2) == 0 {
			g.pursue(valid)
			continue
		}
		if undo := g.candidate(); valid() != "" {
			undo()
		}
	}
	return g.root.Encode()
}

// verdict returns the rule that a binary breaks, and "" where it is valid.
func verdict(t *testing.T, wasm []byte) string {
	c, err := binary.Decode(wasm)
	if err == nil {
		err = component.Validate(c)
	}
	if err == nil {
		return ""
	}
	var bad *component.Error
	if !errors.As(err, &bad) {
		t.Fatalf("%T: %v", err, err)
	}
	return bad.Rule
}

// compare returns what is said of a binary here. Of binaries that break a rule that
// many broke before, wasm-tools is asked about some.
func (d *differential) compare(wasm []byte) (rule string) {
	rule = verdict(d.t, wasm)
	if rule != "" {
		key := kindOf(rule)
		d.seen[key]++
		if n := d.seen[key]; n > 100 && d.IntN(1+n/100) != 0 {
			return rule
		}
	}
	d.queue = append(d.queue, slices.Clone(wasm))
	d.rules = append(d.rules, rule)
	if len(d.queue) == 500 {
		d.flush()
	}
	return rule
}

// volatile are the parts of messages that differ from case to case.
var volatile = regexp.MustCompile("0x[0-9a-f]+|[0-9]+|\"[^\"]*\"|`[^`]*`|\\([a-z0-9, ]*\\)")

func kindOf(message string) string { return volatile.ReplaceAllString(message, "#") }

func (d *differential) flush() {
	for i, theirs := range theirVerdicts(d.t, d.run, d.queue) {
		d.settle(d.queue[i], d.rules[i], theirs)
	}
	d.queue, d.rules = nil, nil
}

func (d *differential) settle(wasm []byte, ours, theirs string) {
	d.compared++
	if (ours == "") == (theirs == "") {
		if ours == "" {
			d.accepted++
		}
		return
	}
	if e := excuseFor(wasm, ours, theirs); e != nil {
		if d.excused == nil {
			d.excused = make(map[string]int)
		}
		d.excused[e.why]++
		return
	}
	key := fmt.Sprintf("here: %q, wasm-tools: %q", kindOf(ours), kindOf(theirs))
	c := d.classes[key]
	if c == nil {
		c = &class{smallest: wasm}
		d.classes[key] = c
	}
	if c.n++; len(wasm) < len(c.smallest) {
		c.smallest = wasm
	}
}

// failedLine matches wasm-tools's report of a line of a script that failed.
var failedLine = regexp.MustCompile(`failed directive on [^\n]*:([0-9]+):[0-9]+\n`)

// theirVerdicts returns what wasm-tools says of each binary, and "" where it accepts
// it. It is asked by one script, a binary a line, since to start it takes longer
// than to validate.
func theirVerdicts(t *testing.T, run func(wasm []byte, args ...string) (string, error), list [][]byte) []string {
	t.Helper()
	var script bytes.Buffer
	for _, wasm := range list {
		script.WriteString(`(component definition binary "`)
		for _, b := range wasm {
			fmt.Fprintf(&script, `\%02x`, b)
		}
		script.WriteString("\")\n")
	}
	file := filepath.Join(t.TempDir(), "script.wast")
	if err := os.WriteFile(file, script.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	verdicts := make([]string, len(list))
	out, err := run(nil, "wast", "--assert", "permissive", "--features", "all,-cm-gc", file)
	if err == nil {
		return verdicts
	}
	found := failedLine.FindAllStringSubmatchIndex(out, -1)
	if len(found) == 0 {
		t.Fatalf("wasm-tools fails: %.1000s", out)
	}
	for i, f := range found {
		end := len(out)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		text := out[f[1]:end]
		if strings.Contains(text, "wasm did not roundtrip") {
			continue // It is valid, but wasm-tools does not read the text that it makes of it.
		}
		_, reason, ok := strings.Cut(text, "wasm isn't valid")
		if !ok {
			t.Fatalf("wasm-tools fails otherwise than by validation: %s", text)
		}
		line, err := strconv.Atoi(out[f[2]:f[3]])
		if err != nil {
			t.Fatal(err)
		}
		verdicts[line-1] = strings.Join(strings.Fields(reason), " ")
	}
	return verdicts
}
