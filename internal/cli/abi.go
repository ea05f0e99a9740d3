package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// maxShownFlat is the largest number of core values that abi writes out for one
// type. WIT of a few lines can flatten to more than memory holds.
const maxShownFlat = 1 << 16

type abiFlags struct {
	featureFlags
	world      worldFlag
	interfaces []string
	json       bool
	program    bool
}

func (a *app) abiCommand() *cobra.Command {
	var flags abiFlags
	cmd := &cobra.Command{
		Use:   "abi [flags] WIT-PATH",
		Short: "Print core signatures and the layout of types",
		Long: `Print how functions cross the boundary: the core signature of each as an export
(lift) and as an import (lower), and the size, the alignment and the flat types
of its parameters and its result.

Without --world and --interface it is about every interface of the package, and
then about the functions that its worlds declare themselves. Of a component or a
core module it is about what that imports and exports.`,
		Args: onePath,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.abi(&flags, args[0])
		},
		ValidArgsFunction: completePath,
	}
	flags.world.add(a, cmd, &flags.featureFlags, "`WORLD` whose imports and exports to print; may be repeated")
	cmd.Flags().StringArrayVarP(&flags.interfaces, "interface", "i", nil, "`INTERFACE` to print, as name, ns:pkg/name or ns:pkg/name@1.2.3; may be repeated")
	cmd.Flags().BoolVar(&flags.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&flags.program, "program", false, "print the Program of each function, too: the operations that lift and lower its values")
	cmd.MarkFlagsMutuallyExclusive("json", "program")
	flags.featureFlags.add(cmd)
	return cmd
}

// boundFunc is a function with the name of what it belongs to, and the Programs
// that its place calls for.
type boundFunc struct {
	owner string // an interface's name; empty for a function of a world itself
	f     *wit.Function
	kinds []abi.Kind
}

var (
	importKinds = []abi.Kind{abi.HandleImport, abi.CallImport}
	exportKinds = []abi.Kind{abi.CallExport, abi.HandleExport}
	allKinds    = []abi.Kind{abi.CallExport, abi.HandleExport, abi.HandleImport, abi.CallImport}
)

func (a *app) abi(flags *abiFlags, path string) error {
	result, binary, err := flags.loadBinary(a, path)
	if err != nil {
		return err
	}
	funcs, err := flags.funcs(result, binary)
	if err != nil {
		return err
	}
	layout := abi.New(result.Resolve)
	if flags.json {
		return a.abiJSON(layout, funcs)
	}
	var out bytes.Buffer
	shown := map[wit.TypeID]bool{}
	for i, bound := range funcs {
		if i == 0 || funcs[i-1].owner != bound.owner {
			if i > 0 {
				out.WriteByte('\n')
			}
			owner := bound.owner
			if owner == "" {
				owner = "functions of the world itself"
			}
			fmt.Fprintln(&out, owner)
		}
		writeFunc(&out, layout, bound.f)
		if flags.program {
			if err := writePrograms(&out, layout, bound, shown); err != nil {
				return err
			}
		}
	}
	_, err = a.stdout.Write(out.Bytes())
	return err
}

// funcs returns the functions that the flags ask for, in order of declaration.
func (flags *abiFlags) funcs(result *resolve.Result, binary *component.WIT) ([]boundFunc, error) {
	r := result.Resolve
	var funcs []boundFunc
	ofInterface := func(name string, id wit.InterfaceID, kinds []abi.Kind) {
		for _, f := range r.Interfaces[id].Functions {
			funcs = append(funcs, boundFunc{name, f, kinds})
		}
	}
	ofItem := func(item *wit.WorldItem, kinds []abi.Kind) {
		switch what := item.Item.(type) {
		case *wit.Function:
			funcs = append(funcs, boundFunc{"", what, kinds})
		case wit.InterfaceID:
			ofInterface(r.ItemName(item), what, kinds)
		case wit.TypeID:
		default:
			panic(fmt.Sprintf("cli: unhandled item %T", what))
		}
	}
	ofWorld := func(id wit.WorldID) {
		for _, item := range r.Worlds[id].Imports {
			ofItem(item, importKinds)
		}
		for _, item := range r.Worlds[id].Exports {
			ofItem(item, exportKinds)
		}
	}
	all := len(flags.interfaces) == 0 && len(flags.world.names) == 0
	if all && binary != nil && !binary.IsPackage() {
		ofWorld(binary.World)
		return funcs, nil
	}
	if all {
		pkg := r.Packages[result.Main]
		for _, id := range pkg.Interfaces {
			ofInterface(r.QualifiedName(id), id, allKinds)
		}
		for _, id := range pkg.Worlds {
			for _, item := range r.Worlds[id].Imports {
				if _, byName := item.KeyInterface(); !byName {
					ofItem(item, importKinds)
				}
			}
			for _, item := range r.Worlds[id].Exports {
				if _, byName := item.KeyInterface(); !byName {
					ofItem(item, exportKinds)
				}
			}
		}
		return funcs, nil
	}
	for _, name := range flags.interfaces {
		id, err := selectInterface(result, name)
		if err != nil {
			return nil, err
		}
		ofInterface(r.QualifiedName(id), id, allKinds)
	}
	if len(flags.world.names) == 0 {
		return funcs, nil
	}
	worlds, err := flags.world.choose(result)
	if err != nil {
		return nil, err
	}
	for _, id := range worlds {
		ofWorld(id)
	}
	return funcs, nil
}

// selectInterface returns the interface of that name: of the main package where
// the name is plain, of any where it is qualified.
func selectInterface(result *resolve.Result, name string) (wit.InterfaceID, error) {
	r := result.Resolve
	var names []string
	if !strings.Contains(name, "/") {
		for _, id := range r.Packages[result.Main].Interfaces {
			if r.Interfaces[id].Name == name {
				return id, nil
			}
			names = append(names, r.QualifiedName(id))
		}
	} else {
		var found []wit.InterfaceID
		for i := range r.Interfaces {
			id := wit.InterfaceID(i)
			qualified := r.QualifiedName(id)
			if qualified == "" || r.Interfaces[id].CloneOf >= 0 {
				continue
			}
			unversioned, _, _ := strings.Cut(qualified, "@")
			if qualified == name || unversioned == name {
				found = append(found, id)
			}
			names = append(names, qualified)
		}
		if len(found) == 1 {
			return found[0], nil
		}
	}
	if len(names) == 0 {
		return 0, fmt.Errorf("--interface %s: the WIT has no interface", name)
	}
	return 0, fmt.Errorf("--interface %s names no single interface; there are:\n  %s", name, strings.Join(names, "\n  "))
}

// abiType is size, alignment and flat types of a parameter or result, in the
// form of the vectors of the canonical ABI (docs/json.md).
type abiType struct {
	Size  uint64   `json:"size"`
	Align uint32   `json:"align"`
	Flat  []string `json:"flat"`
}

type abiParam struct {
	Name string `json:"name"`
	abiType
}

type abiSignature struct {
	Params  []string `json:"params"`
	Results []string `json:"results"`
}

type abiFunc struct {
	Interface *string      `json:"interface"`
	Name      string       `json:"name"`
	Params    []abiParam   `json:"params"`
	Result    *abiType     `json:"result"`
	Lift      abiSignature `json:"lift"`
	Lower     abiSignature `json:"lower"`
}

func (a *app) abiJSON(layout *abi.ABI, funcs []boundFunc) error {
	entries := []abiFunc{}
	for _, bound := range funcs {
		f := bound.f
		if what, ok := tooManyFlat(layout, f); ok {
			return fmt.Errorf("%s: %s flattens to more than %d core values", f.Name, what, maxShownFlat)
		}
		entry := abiFunc{Name: f.Name, Params: []abiParam{}, Lift: signature(layout.Lift(f)), Lower: signature(layout.Lower(f))}
		if bound.owner != "" {
			entry.Interface = &bound.owner
		}
		for _, p := range f.Params {
			entry.Params = append(entry.Params, abiParam{p.Name, layoutOf(layout, p.Type)})
		}
		if f.Result != nil {
			result := layoutOf(layout, f.Result)
			entry.Result = &result
		}
		entries = append(entries, entry)
	}
	return writeLines(a.stdout, entries)
}

// writeLines writes an array as JSON, an entry a line.
func writeLines(w io.Writer, entries []abiFunc) error {
	var out bytes.Buffer
	for i, entry := range entries {
		text, err := json.Marshal(entry)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n  ")
		out.Write(text)
	}
	_, err := fmt.Fprintf(w, "[%s\n]\n", out.Bytes())
	return err
}

// tooManyFlat reports whether a parameter or the result of f flattens to more
// than is shown, and which.
func tooManyFlat(layout *abi.ABI, f *wit.Function) (string, bool) {
	for _, p := range f.Params {
		if layout.FlatCount(p.Type) > maxShownFlat {
			return "parameter " + p.Name, true
		}
	}
	if f.Result != nil && layout.FlatCount(f.Result) > maxShownFlat {
		return "the result", true
	}
	return "", false
}

func layoutOf(layout *abi.ABI, t wit.Type) abiType {
	return abiType{Size: layout.Size(t), Align: layout.Align(t), Flat: coreNames(layout.Flat(t))}
}

func signature(s abi.Signature) abiSignature {
	return abiSignature{Params: coreNames(s.Params), Results: coreNames(s.Results)}
}

func coreNames(types []abi.Core) []string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.String()
	}
	return names
}

// writeFunc writes the signatures and layouts of f for people.
func writeFunc(out *bytes.Buffer, layout *abi.ABI, f *wit.Function) {
	fmt.Fprintf(out, "  %s\n", f.Name)
	if what, ok := tooManyFlat(layout, f); ok {
		fmt.Fprintf(out, "    %s flattens to more than %d core values\n", what, maxShownFlat)
		return
	}
	row := func(name string, t wit.Type) {
		size := "more than 2^64-1"
		if n := layout.Size(t); n != math.MaxUint64 {
			size = fmt.Sprint(n)
		}
		fmt.Fprintf(out, "    %-12s %s: size %s, align %d, flat %s\n", name, layout.Resolve.TypeString(t), size, layout.Align(t), coreList(layout.Flat(t)))
	}
	for _, p := range f.Params {
		row(p.Name, p.Type)
	}
	if f.Result != nil {
		row("result", f.Result)
	}
	lift, lower := layout.Lift(f), layout.Lower(f)
	fmt.Fprintf(out, "    lift         %s -> %s\n", coreList(lift.Params), coreList(lift.Results))
	fmt.Fprintf(out, "    lower        %s -> %s\n", coreList(lower.Params), coreList(lower.Results))
}

func coreList(types []abi.Core) string { return "(" + strings.Join(coreNames(types), " ") + ")" }

// writePrograms writes the Programs of a function, and those of the named types
// that they refer to and that were not shown before.
func writePrograms(out *bytes.Buffer, layout *abi.ABI, bound boundFunc, shown map[wit.TypeID]bool) error {
	if what, _, ok := layout.Unsupported(bound.f); ok {
		fmt.Fprintf(out, "\n    no Program: %s is not supported\n", what)
		return nil
	}
	if what, _, ok := layout.TooLarge(bound.f); ok {
		fmt.Fprintf(out, "\n    no Program: not supported: %s\n", what)
		return nil
	}
	write := func(p *abi.Program) error {
		var text bytes.Buffer
		if err := layout.Print(&text, p); err != nil {
			return err
		}
		out.WriteByte('\n')
		for line := range strings.Lines(text.String()) {
			out.WriteString("    " + line)
		}
		return nil
	}
	for _, kind := range bound.kinds {
		p := layout.Program(kind, bound.f)
		for _, id := range layout.NamedIn(p) {
			if shown[id] {
				continue
			}
			shown[id] = true
			for _, kind := range layout.TypeKinds(id) {
				if err := write(layout.TypeProgram(kind, id)); err != nil {
					return err
				}
			}
		}
		if err := write(p); err != nil {
			return err
		}
	}
	return nil
}
