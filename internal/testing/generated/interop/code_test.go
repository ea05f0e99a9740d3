package interop

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/link"
)

// beyondWazero are the features that wazero does not have, or that the meter does
// not read.
var beyondWazero = []string{"gc", "exceptions", "memory64", "custom-page-sizes", "relaxed-simd", "shared-everything-threads", "wide-arithmetic"}

// TestInteropCode: what link.CheckCode finds in core modules, made at random by
// wasm-tools and then changed, is what wasm-tools finds. Modules with code that
// cannot be checked do not count.
func TestInteropCode(t *testing.T) {
	tools(t)
	rnd := rand.New(rand.NewPCG(9, 10))
	list := [][]byte{hosttest.NewEcho("log").Bytes()}
	for range 60 {
		entropy := make([]byte, 300+rnd.IntN(3000))
		for i := range entropy {
			entropy[i] = byte(rnd.Uint32())
		}
		args := []string{"smith", "--compact-imports-enabled", "false", "--custom-descriptors-enabled", "false"}
		if len(list)%4 > 0 {
			for _, feature := range beyondWazero {
				args = append(args, "--"+feature+"-enabled", "false")
			}
			args = append(args, "--max-memories", "1")
		}
		list = append(list, run(t, entropy, filepath.Join("venv", "bin", "wasm-tools"), args...))
	}
	var modules [][]byte
	for _, wasm := range list {
		modules = append(modules, wasm)
		for range 60 * min(len(wasm)-8, 1) {
			other := slices.Clone(wasm)
			for range 1 + rnd.IntN(2) {
				at := 8 + rnd.IntN(len(other)-8)
				if rnd.IntN(2) == 0 {
					other[at] = byte(rnd.Uint32())
				} else {
					other[at] ^= 1 << rnd.IntN(8)
				}
			}
			modules = append(modules, other)
		}
	}
	valid, invalid, unchecked, known := 0, 0, 0, 0
	differ := map[string]int{}
	for i, theirs := range scriptVerdicts(t, modules) {
		ours, skipped := codeVerdict(t, modules[i])
		switch {
		case skipped:
			unchecked++
		case (ours == "") != (theirs == ""):
			if knownDifference(ours, theirs) {
				known++
				continue
			}
			key := fmt.Sprintf("here: %q, wasm-tools: %q", digits.ReplaceAllString(ours, "#"), digits.ReplaceAllString(theirs, "#"))
			differ[key]++
		case ours == "":
			valid++
		default:
			invalid++
		}
	}
	t.Logf("%d modules: both find %d valid and %d not; the code of %d was not checked, and %d differ as is known", len(modules), valid, invalid, unchecked, known)
	for _, key := range slices.Sorted(maps.Keys(differ)) {
		t.Errorf("%d times: %s", differ[key], key)
	}
}

var digits = regexp.MustCompile("0x[0-9a-f]+|[0-9]+|\"[^\"]*\"|`[^`]*`")

// codeDifferences are what wazero does not see, and what of the proposals that
// wasm-tools has and WebAssembly 3.0 has not is read nowhere.
var codeDifferences = []struct{ ours, theirs *regexp.Regexp }{
	{nil, regexp.MustCompile(`invalid var_i[0-9]+: integer too large`)},
	{nil, regexp.MustCompile(`atomic instructions must always specify maximum alignment`)},
	{nil, regexp.MustCompile(`constant expression required: global.get of mutable global`)},
	{regexp.MustCompile(`invalid mutability`), nil},                    // shared-everything-threads
	{regexp.MustCompile(`invalid kind of core import or export`), nil}, // compact imports
	{regexp.MustCompile(`invalid (core value|heap) type`), nil},        // shared-everything-threads, stack-switching
}

func knownDifference(ours, theirs string) bool {
	for _, d := range codeDifferences {
		if d.ours != nil && theirs == "" && d.ours.MatchString(ours) || d.theirs != nil && ours == "" && d.theirs.MatchString(theirs) {
			return true
		}
	}
	return false
}

// codeVerdict returns what witgen component validate finds wrong with a core module.
func codeVerdict(t *testing.T, wasm []byte) (rule string, unchecked bool) {
	t.Helper()
	_, err := component.ReadModule(wasm)
	var skipped []link.Unchecked
	if err == nil {
		skipped, err = link.CheckCode(t.Context(), wasm)
	}
	if err == nil {
		return "", len(skipped) > 0
	}
	var bad *component.Error
	if !errors.As(err, &bad) {
		t.Fatalf("%T: %v", err, err)
	}
	return bad.Rule, false
}

var failedLine = regexp.MustCompile(`failed directive on [^\n]*:([0-9]+):[0-9]+\n`)

// scriptVerdicts returns what wasm-tools says of each core module, and "" where it
// accepts it.
func scriptVerdicts(t *testing.T, list [][]byte) []string {
	t.Helper()
	var script bytes.Buffer
	for _, wasm := range list {
		script.WriteString(`(module definition binary "`)
		for _, b := range wasm {
			fmt.Fprintf(&script, `\%02x`, b)
		}
		script.WriteString("\")\n")
	}
	program := filepath.Join(tools(t), "venv", "bin", "wasm-tools")
	out, _ := exec.Command(program, "wast", "--assert", "permissive", "--features", "all", file(t, "script.wast", script.Bytes())).CombinedOutput()
	verdicts := make([]string, len(list))
	found := failedLine.FindAllSubmatchIndex(out, -1)
	if len(found) == 0 {
		t.Fatalf("wasm-tools finds nothing wrong: %.1000s", out)
	}
	for i, f := range found {
		end := len(out)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		_, reason, ok := strings.Cut(string(out[f[1]:end]), "wasm isn't valid")
		if !ok {
			continue // It is valid, but wasm-tools does not read the text that it makes of it.
		}
		line, err := strconv.Atoi(string(out[f[2]:f[3]]))
		must(t, err)
		verdicts[line-1] = strings.Join(strings.Fields(reason), " ")
	}
	return verdicts
}
