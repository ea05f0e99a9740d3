package cost_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host/meter"
	"github.com/witgen/witgen/canonicalabi/host/meter/cost"
	"github.com/witgen/witgen/internal/testing/bombs"
)

// childEnv is set in the processes that compile a module for a measurement.
const childEnv = "WITGEN_COST_CHILD"

var costShapes = flag.String("cost.shapes", "", "a pattern of the names of shapes that TestRatios compiles")

var costSeconds = flag.Float64("cost.seconds", 2, "how long compiling each shape takes by the estimate")

var costModules = flag.String("cost.modules", "", "a pattern of files of core modules that TestRatios compiles too, as they are rewritten")

var costRaw = flag.Bool("cost.raw", false, "whether TestRatios compiles the modules of -cost.modules as they are")

var costSeed = flag.Uint64("cost.seed", 1, "the first module of TestRatiosOfStructures")

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := child(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

const allFeatures = api.CoreFeaturesV2 | experimental.CoreFeaturesThreads | experimental.CoreFeaturesTailCall |
	experimental.CoreFeaturesExtendedConst | experimental.CoreFeaturesTypedFunctionReferences

// compile compiles a module as a host does, and lists its imports and exports.
func compile(b []byte) error {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(allFeatures))
	defer r.Close(ctx)
	m, err := r.CompileModule(ctx, b)
	if err != nil {
		return err
	}
	_ = len(m.ExportedFunctions()) + len(m.ImportedFunctions())
	return nil
}

// A measure is what compiling a module took.
type measure struct {
	Seconds float64 // of the processor
	Bytes   int64   // the most in use, beyond what was in use before
}

// child compiles the module at its input and prints what that took.
func child() error {
	b, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	runtime.GC()
	before, used := residentBytes(), processorSeconds()
	if err := compile(b); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(measure{processorSeconds() - used, max(mostResidentBytes()-before, 0)})
}

// measured compiles a module in a process of its own.
func measured(t *testing.T, b []byte) (m measure, err error) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	cmd.Stdin = strings.NewReader(string(b))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return m, fmt.Errorf("%w: %.300s", err, stderr.String())
	}
	return m, json.Unmarshal(out, &m)
}

// most is how much more than the estimate compiling may take.
const most = 4

// A row is a line of the table in docs/limits.md.
type row struct {
	name         string
	size         int
	real         measure
	time, memory float64 // estimates, in seconds and bytes
}

// What a measurement of a small module is off by.
const noiseSeconds, noiseBytes = 0.05, 8 << 20

func (r row) ratios() (time, memory float64) {
	return (r.real.Seconds - noiseSeconds) / r.time, (float64(r.real.Bytes) - noiseBytes) / r.memory
}

func (r row) String() string {
	const mib = 1 << 20
	return fmt.Sprintf("| %s | %d | %.2f | %.2f | %.2f | %.0f | %.0f | %.2f |", r.name, r.size>>10, r.real.Seconds, r.time, r.real.Seconds/r.time,
		float64(r.real.Bytes)/mib, r.memory/mib, float64(r.real.Bytes)/r.memory)
}

const tableHead = "| shape | KiB | seconds | estimate | ratio | MiB | estimate | ratio |\n|---|---|---|---|---|---|---|---|"

// rate compiles a module in a process of its own and compares that with the estimate.
func rate(t *testing.T, name string, b []byte) row {
	t.Helper()
	e, err := cost.Estimate(context.Background(), b, cost.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	real, err := measured(t, b)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	r := row{name, len(b), real, float64(e.Time) / 1e9, float64(e.Memory)}
	if time, memory := r.ratios(); time > most || memory > most {
		t.Errorf("%s takes more than %d times the estimate: %s", name, most, r)
	}
	return r
}

// grow returns the module of a shape for which compiling takes seconds, by the
// estimate, or as much memory as that.
func grow(t *testing.T, s bombs.Shape, seconds float64) []byte {
	t.Helper()
	for n := max(1, s.Size/32); ; n = n*5/4 + 1 {
		b := s.Build(n)
		_, err := cost.Estimate(context.Background(), b, cost.Limits{Time: uint64(seconds * 1e9), Memory: 2 << 30})
		if err != nil || len(b) > 30<<20 {
			return b
		}
	}
}

// TestRatios measures time and memory, which other work on the machine disturbs; so it
// runs where it is asked for. WITGEN_COST is how many shapes and as many random modules
// to compile, or all, or shapes for those that are no single instruction. It prints the
// table of docs/limits.md.
func TestRatios(t *testing.T) {
	env := os.Getenv("WITGEN_COST")
	if env == "" {
		t.Skip("it measures time: set WITGEN_COST to a number of modules, or to all")
	}
	shapes := bombs.Shapes()
	n := len(shapes)
	if *costShapes != "" {
		shapes = slices.DeleteFunc(shapes, func(s bombs.Shape) bool { return !regexp.MustCompile(*costShapes).MatchString(s.Name) })
	}
	switch env {
	case "all":
	case "shapes":
		shapes = slices.DeleteFunc(shapes, func(s bombs.Shape) bool { return strings.HasPrefix(s.Name, "op ") })
		n = 0
	default:
		var err error
		if n, err = strconv.Atoi(env); err != nil {
			t.Fatal(err)
		}
		rand.Shuffle(len(shapes), func(i, j int) { shapes[i], shapes[j] = shapes[j], shapes[i] })
		shapes = shapes[:min(n, len(shapes))]
	}
	var rows []row
	for _, s := range shapes {
		rows = append(rows, rate(t, s.Name, grow(t, s, *costSeconds)))
		t.Log(rows[len(rows)-1])
	}
	for i := range min(n, 100) {
		g := bombs.RandomGenome(rand.New(rand.NewPCG(rand.Uint64(), 0)))
		rows = append(rows, rate(t, fmt.Sprintf("random %d %+v", i, g), g.Module(200_000)))
	}
	files, err := filepath.Glob(*costModules)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if *costRaw {
			rows = append(rows, rate(t, filepath.Base(f), b))
			continue
		}
		m, err := meter.Rewrite(b, meter.Config{})
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		rows = append(rows, rate(t, filepath.Base(f), m.Wasm))
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		switch x, y := a.real.Seconds/a.time, b.real.Seconds/b.time; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	fmt.Println(tableHead)
	for _, r := range rows {
		fmt.Println(r)
	}
}

// TestRatiosOfStructures measures as TestRatios does, for random modules that repeat a few
// motifs. WITGEN_COST_STRUCTURES is how many, and -cost.seed the first of them. It prints those
// that take twice the estimate, or a twentieth.
func TestRatiosOfStructures(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("WITGEN_COST_STRUCTURES"))
	if n == 0 {
		t.Skip("it measures time: set WITGEN_COST_STRUCTURES to a number of modules")
	}
	measured, refused := 0, 0
	var worst [4]float64
	fmt.Println(tableHead)
	for seed := *costSeed; seed < *costSeed+uint64(n); seed++ {
		r := rand.New(rand.NewPCG(seed, 11))
		name, b := bombs.RandomStructure(r, 300<<r.IntN(10))
		if r.IntN(2) == 0 {
			m, err := meter.Rewrite(b, meter.Config{Stack: true})
			if errors.Is(err, meter.ErrLimit) { // a frame
				refused++
				continue
			}
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, name, err)
			}
			b = m.Wasm
		}
		e, err := cost.Estimate(context.Background(), b, cost.Limits{})
		if err != nil {
			t.Fatalf("seed %d, %s: %v", seed, name, err)
		}
		if e.Time > 60e9 || e.Memory > 6<<30 {
			refused++
			continue
		}
		measured++
		row := rate(t, fmt.Sprintf("seed %d: %.300s", seed, name), b)
		time, memory := row.ratios()
		worst = [4]float64{max(worst[0], time), max(worst[1], memory), max(worst[2], row.time/row.real.Seconds*min(1, row.time)), max(worst[3], row.memory/float64(row.real.Bytes)*min(1, row.memory/1e9))}
		if time > 2 || memory > 2 || row.time > 1 && row.real.Seconds < row.time/20 || row.memory > 1e9 && float64(row.real.Bytes) < row.memory/20 {
			fmt.Println(row)
		}
	}
	fmt.Printf("%d are measured, %d refused; at most %.2f and %.2f of the estimates of time and memory; over by %.1f and %.1f\n", measured, refused, worst[0], worst[1], worst[2], worst[3])
}

// TestAllocationsOfCompiling compares what wazero allocates, in all, with the estimate of what it
// uses at a time, beyond that of a module with nothing in it: it counts bytes, whatever
// else the machine does.
func TestAllocationsOfCompiling(t *testing.T) {
	empty := bombs.Empty()
	e, err := cost.Estimate(context.Background(), empty, cost.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	least, base := allocated(t, "the empty module", empty), e.Memory
	for _, s := range bombs.Shapes() {
		switch {
		case strings.HasPrefix(s.Name, "op "):
			continue // they are alike, and there are hundreds
		case strings.HasPrefix(s.Name, "types"):
			continue // the strings that make their keys are given back at once
		case s.Name == "small types":
			continue // likewise
		case s.Name == "dead tables":
			continue // as are the types of each label
		}
		n := max(1, s.Size/10)
		switch s.Name {
		case "calls with many vectors", "functions of a giant type that return", "calls and globals", "known addresses across blocks", "distant spills", "loops of their own values", "returns of results", "functions with locals":
			n = s.Size // each lays bare one part of the estimate
		}
		b := s.Build(n)
		e, err := cost.Estimate(context.Background(), b, cost.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if got := allocated(t, s.Name, b); float64(got) > float64(least)+1.35*float64(e.Memory-base)+1<<20 {
			t.Errorf("%s: %d bytes are allocated, and the estimate is %d", s.Name, got, e.Memory-base)
		}
	}
}

// allocated returns how many bytes compiling a module allocates.
func allocated(t *testing.T, name string, b []byte) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := compile(b); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
