// Package layers holds the test that keeps imports pointing down. It has no
// code of its own. ARCHITECTURE.md shows the layers.
package layers

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/witgen/witgen"

// layers lists the packages that make up the witgen command, lowest layer
// first. A package imports packages of lower layers only.
var layers = [][]string{
	{"diag", "internal/leb128", "internal/guestcompile", "internal/input", "internal/preview1/adapter", "component/coretype"},
	{"wit", "parser/ast", "gen", "internal/wasm"},
	{"parser", "internal/abi", "internal/gowasm", "component/internal/fault"},
	{"parser/resolve", "parser/format", "internal/gogen", "component/binary", "component/internal/extname"},
	{"internal/gogen/neutral", "component/internal/core"},
	{"gen/host", "gen/guest", "component/internal/checked"},
	{"component/internal/check"},
	{"component/internal/witbin", "component/plan"},
	{"component/internal/maker"},
	{"component"},
	{"internal/preview1"},
	{"internal/cli"},
	{"cmd/witgen"},
}

// generators is the first layer of layers that may import the runtime: what
// lies below it writes code for the runtime, and so must build without it.
const generators = 11

// runtime lists the packages that generated code imports, directly or not, with
// those that each may import.
var runtime = map[string][]string{
	"canonicalabi/types":      {},
	"canonicalabi":            {"canonicalabi/types"},
	"canonicalabi/guest":      {"canonicalabi", "canonicalabi/types"},
	"canonicalabi/host/meter": {"canonicalabi/host/meter/internal/frame", "canonicalabi/host/meter/internal/units", "internal/leb128", "internal/wasm"},
	"canonicalabi/host":       {"canonicalabi/types"},
	"canonicalabi/host/bind":  {"canonicalabi/types", "canonicalabi/host", "canonicalabi/host/meter", "canonicalabi/host/meter/fresh", "canonicalabi/host/meter/cost", "internal/wasm"},
	"dynamic":                 {"canonicalabi/types", "canonicalabi/host", "canonicalabi/host/bind", "dynamic/value", "link", "component", "wit", "internal/abi", "diag"},
	// The values and their text run nothing: they do without the rest of the runtime.
	"dynamic/value":                          {"canonicalabi/types", "wit"},
	"dynamic/wave":                           {"dynamic/value", "wit"},
	"link":                                   {"canonicalabi", "canonicalabi/types", "canonicalabi/host", "canonicalabi/host/bind", "canonicalabi/host/meter", "canonicalabi/host/meter/cost", "component", "component/binary", "wit", "internal/abi", "diag", "link/internal/linear", "link/internal/startcalls", "internal/wasm", "component/coretype", "component/plan", "wasi/closed", "internal/leb128"},
	"canonicalabi/host/meter/cost":           {"internal/wasm"},
	"canonicalabi/host/meter/fresh":          {"internal/wasm"},
	"canonicalabi/host/meter/internal/frame": {"internal/wasm"},
	"canonicalabi/host/meter/internal/units": {"internal/wasm"},
	"canonicalabi/host/meter/verify":         {"canonicalabi/host/meter/internal/frame", "canonicalabi/host/meter/internal/units", "internal/wasm"},
	"link/internal/linear":                   {"canonicalabi/host"},
	"link/internal/startcalls":               {},
	// Generated, as users' bindings are.
	"wasi/bindings": {"canonicalabi", "canonicalabi/types", "canonicalabi/guest", "canonicalabi/host", "canonicalabi/host/bind", "wasi/bindings"},
	"wasi/worlds":   {"canonicalabi", "canonicalabi/types", "canonicalabi/guest", "canonicalabi/host", "canonicalabi/host/bind", "wasi/bindings", "link"},
	// What WASI grants, for all its versions.
	"wasi/internal/fault":    {},
	"wasi/internal/guard":    {},
	"wasi/internal/poll":     {},
	"wasi/internal/random":   {},
	"wasi/internal/streams":  {"wasi/internal/guard", "wasi/internal/poll"},
	"wasi/internal/clocks":   {"wasi/internal/poll"},
	"wasi/internal/files":    {"wasi/internal/fault", "wasi/internal/poll", "wasi/internal/streams"},
	"wasi/internal/grants":   {"wasi/internal/clocks", "wasi/internal/files", "wasi/internal/random", "wasi/internal/streams"},
	"wasi/internal/preview1": {"wasi/internal/fault", "wasi/internal/guard", "wasi/internal/random", "wasi/internal/files", "wasi/internal/grants", "wasi/internal/poll", "wasi/internal/streams"},
	"wasi/internal/sockets":  {"wasi/internal/guard", "wasi/internal/poll", "wasi/internal/streams"},
	"wasi/internal/preview2": {"canonicalabi/types", "canonicalabi/host", "canonicalabi/host/bind", "wasi/bindings", "wasi/internal/clocks", "wasi/internal/fault",
		"wasi/internal/files", "wasi/internal/grants", "wasi/internal/guard", "wasi/internal/poll", "wasi/internal/streams"},
	"wasi/internal/preview2/inet": {"canonicalabi/types", "wasi/bindings", "wasi/internal/guard", "wasi/internal/poll", "wasi/internal/preview2", "wasi/internal/sockets", "wasi/internal/streams"},
	"wasi/transport":              {},
	"wasi/internal/preview2/http": {"canonicalabi/types", "wasi/bindings", "wasi/transport", "wasi/internal/guard", "wasi/internal/poll", "wasi/internal/preview2", "wasi/internal/streams"},
	"wasi/closed":                 {"canonicalabi/host", "canonicalabi/host/bind", "wasi/internal/grants", "wasi/internal/preview1", "wasi/internal/preview2", "wasi/internal/preview2/http"},
	"wasi": {"canonicalabi/host", "canonicalabi/host/bind", "wasi/closed", "wasi/internal/clocks", "wasi/internal/files", "wasi/internal/grants",
		"canonicalabi/types", "wasi/bindings", "wasi/worlds", "wasi/transport", "wasi/internal/preview1", "wasi/internal/preview2", "wasi/internal/preview2/http", "wasi/internal/preview2/inet", "wasi/internal/random", "wasi/internal/sockets", "wasi/internal/streams"},
	// net/http for WASI. Nothing else of the runtime has it.
	"wasi/config":   {"canonicalabi/host", "canonicalabi/host/bind", "canonicalabi/types", "wasi/bindings"},
	"wasi/keyvalue": {"canonicalabi/host", "canonicalabi/host/bind", "canonicalabi/types", "wasi/bindings"},
	"wasi/wasihttp": {"canonicalabi/host", "canonicalabi/types", "wasi", "wasi/bindings", "wasi/worlds", "wasi/internal/guard", "wasi/internal/preview2/http"},
}

// bindings matches the published bindings of WASI, and wasiWorlds those of them that are
// a world's. The lists have them by one name each.
var (
	bindings   = regexp.MustCompile(`^wasi/[a-z]+/v0\.\d+[^/]*/.*$`)
	wasiWorlds = regexp.MustCompile(`^wasi/(cli/v0\.2/command|http/v0\.2/proxy|(config|keyvalue)/v0\.2\.0-[^/]*/imports)$`)
)

// listName returns the name by which the lists have a package.
func listName(pkg string) string {
	switch {
	case wasiWorlds.MatchString(pkg):
		return "wasi/worlds"
	case bindings.MatchString(pkg):
		return "wasi/bindings"
	}
	return pkg
}

// apart matches the packages that are in neither list: examples, scripts, and what
// only tests import. They import what they like, and nothing but tests and each
// other imports them.
var apart = regexp.MustCompile(`^(examples|scripts|internal/testing)/.*$`)

// external lists which packages may import a module that is not witgen's. A
// folder stands for itself and what is below it.
var external = map[string][]string{
	"github.com/tetratelabs/wazero":   {"canonicalabi/host", "dynamic", "link", "wasi", "internal/cli"},
	"github.com/dave/jennifer":        {"internal/gogen", "gen"},
	"github.com/spf13/cobra":          {"internal/cli"},
	"github.com/rogpeppe/go-internal": {"internal/cli"}, // its package diff
	"golang.org/x/sys":                {"wasi", "link/internal/linear"},
}

// listed is what go list says of a package.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Error      *struct{ Err string }
}

// goList returns the packages that match the patterns, with all that they
// depend on, by import path.
func goList(t *testing.T, env []string, args ...string) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-deps", "-json=ImportPath,Standard,Imports,Error"}, args...)...)
	cmd.Dir = "../../.."
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	packages := map[string]listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Error != nil {
			t.Fatalf("go list: %s: %s", p.ImportPath, p.Error.Err)
		}
		packages[p.ImportPath] = p
	}
}

// ours returns the path of a package of witgen's within the module.
func ours(path string) (string, bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

func layerOf(name string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, name) })
}

// mayImport says why the package from must not import to, and nothing where it
// may. Both are packages of witgen's.
func mayImport(from, to string) string {
	from, to = listName(from), listName(to)
	_, runtimeFrom := runtime[from]
	_, runtimeTo := runtime[to]
	up, down := layerOf(from), layerOf(to)
	switch {
	case apart.MatchString(from):
		return ""
	case apart.MatchString(to):
		return "only tests import it"
	case runtimeFrom:
		if slices.Contains(runtime[from], to) {
			return ""
		}
		return "it is not among the imports that the runtime's list allows it"
	case runtimeTo && up >= generators:
		return ""
	case runtimeTo:
		return "what generates code does not import the runtime of that code"
	case down < up:
		return ""
	default:
		return "it is not in a lower layer"
	}
}

func TestImportsPointDown(t *testing.T) {
	packages := goList(t, nil, "./...")
	for path, p := range packages {
		from, ok := ours(path)
		if !ok {
			continue
		}
		if _, isRuntime := runtime[listName(from)]; !isRuntime && layerOf(from) < 0 && !apart.MatchString(from) {
			t.Errorf("package %s is in no layer: add it to the lists in this test and in ARCHITECTURE.md", from)
			continue
		}
		for _, imported := range p.Imports {
			if to, ok := ours(imported); ok {
				if why := mayImport(from, to); why != "" {
					t.Errorf("%s imports %s: %s", from, to, why)
				}
			} else if !packages[imported].Standard && !apart.MatchString(from) {
				checkExternal(t, from, imported)
			}
		}
	}
}

func checkExternal(t *testing.T, from, imported string) {
	t.Helper()
	for mod, users := range external {
		if imported != mod && !strings.HasPrefix(imported, mod+"/") {
			continue
		}
		for _, user := range users {
			if from == user || strings.HasPrefix(from, user+"/") {
				return
			}
		}
		t.Errorf("%s imports %s: only %s may", from, imported, strings.Join(users, ", "))
		return
	}
	t.Errorf("%s imports %s, which is of no module that this test lists", from, imported)
}

// TestRuleRefuses shows that the rule has teeth: each of these imports is one
// that must not be.
func TestRuleRefuses(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"diag", "wit"},                                 // up
		{"wit", "parser/ast"},                           // sideways
		{"gen/host", "gen/guest"},                       // sideways
		{"internal/gogen/neutral", "gen/host"},          // up
		{"parser", "parser/resolve"},                    // up
		{"gen/host", "canonicalabi/host"},               // a generator and its runtime
		{"internal/gogen", "canonicalabi"},              // likewise
		{"canonicalabi/types", "canonicalabi"},          // up, in the runtime
		{"canonicalabi/guest", "canonicalabi/host"},     // sides
		{"canonicalabi/host", "link"},                   // up, in the runtime
		{"canonicalabi/host", "canonicalabi/host/bind"}, // up, to what users do not need
		{"link", "parser"},                              // the runtime parses nothing
		{"internal/cli", "examples/calculator/host"},    // out of the tree
		{"gen/host", "internal/testing/interp"},         // for tests
		{"wasi/io/v0.2/streams", "link"},                // bindings, and what runs guests
		{"wasi/io/v0.2/streams", "wasi"},                // bindings, and what implements them
	} {
		if mayImport(c.from, c.to) == "" {
			t.Errorf("%s may import %s", c.from, c.to)
		}
	}
	for _, c := range []struct{ from, to string }{
		{"wit", "diag"},
		{"gen/host", "internal/gogen/neutral"},
		{"link", "wit"},
		{"cmd/witgen", "internal/cli"},
	} {
		if why := mayImport(c.from, c.to); why != "" {
			t.Errorf("%s may not import %s: %s", c.from, c.to, why)
		}
	}
}

// TestHostStaysClosed checks that a host without options of package wasi links nothing
// that reaches the network, or that opens anything else of WASI.
func TestHostStaysClosed(t *testing.T) {
	packages := goList(t, nil, "./link", "./dynamic", "./wasi/closed", "./wasi/cli/v0.2/command", "./wasi/http/v0.2/proxy", "./examples/calculator/host")
	for path := range packages {
		name, _ := ours(path)
		if path == "net/http" || name == "wasi/wasihttp" || name == "wasi" || strings.HasPrefix(name, "wasi/internal/sockets") || strings.HasPrefix(name, "wasi/internal/preview2/inet") {
			t.Errorf("a host links %s", path)
		}
	}
	if _, ok := packages[module+"/wasi/internal/preview2/http"]; !ok {
		t.Error("a host does not link WASI 0.2")
	}
	if _, ok := goList(t, nil, "./wasi")["net/http"]; ok {
		t.Error("package wasi links net/http: only package wasi/wasihttp may")
	}
}

// TestGuestStaysSmall checks that what every guest links does without the
// packages that make a WebAssembly program large, for each way that guests are
// built: standard Go, TinyGo's wasm-unknown, and on the developer's machine.
func TestGuestStaysSmall(t *testing.T) {
	for name, build := range map[string]struct{ env, flags []string }{
		"wasip1":       {env: []string{"GOOS=wasip1", "GOARCH=wasm"}},
		"wasm-unknown": {env: []string{"GOOS=linux", "GOARCH=arm", "CGO_ENABLED=0"}, flags: []string{"-tags=tinygo.wasm,tinygo"}},
		"native":       {},
	} {
		t.Run(name, func(t *testing.T) {
			packages := goList(t, build.env, append(build.flags, "./canonicalabi/types", "./canonicalabi/guest")...)
			for path, p := range packages {
				if p.Standard {
					continue
				}
				if _, ok := ours(path); !ok {
					t.Errorf("guests link %s, which is not witgen's", path)
				}
				for _, imported := range p.Imports {
					if imported == "fmt" || imported == "reflect" || imported == "encoding" || strings.HasPrefix(imported, "encoding/") {
						t.Errorf("%s imports %s", path, imported)
					}
				}
			}
		})
	}
}
