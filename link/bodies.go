package link

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host/meter"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/wasm"
)

// Unchecked is a core module whose code [CheckCode] could not check.
type Unchecked struct {
	// Module says which it is, such as "core module 0 of component 1", and is
	// empty where the binary is itself a core module.
	Module string
	// Offset is where the module starts in the file, in bytes.
	Offset int
	// Reason names the feature that is not supported or the limit that the module
	// exceeds.
	Reason string
}

// String says which module was not checked and why.
func (u Unchecked) String() string {
	if u.Module == "" {
		return "the code was not checked: " + u.Reason
	}
	return fmt.Sprintf("the code of %s, at offset 0x%x, was not checked: %s", u.Module, u.Offset, u.Reason)
}

// CheckCode checks what component.Validate leaves to the engine: the instructions of
// the core modules in a component, or those of a core module, with the rest of their
// sections, by the validation rules of core WebAssembly 2.0 and of the proposals
// that wazero knows. wasm is a binary that component.Validate accepts, or a core
// module. Nothing of it runs.
//
// The error is a *component.Error where a module is not valid; its rule names the
// module. A module that needs a feature which is not supported is no error, nor is
// one that is larger than what a host compiles by default (meter.DefaultLimits):
// such modules are returned. The limit to the work holds for all modules together.
func CheckCode(ctx context.Context, wasm []byte) (unchecked []Unchecked, err error) {
	c := &codeChecker{limits: meter.DefaultLimits(), runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(allFeatures))}
	// Memories and tables are not made here.
	c.limits.MemoryPages, c.limits.TableElements = 0, 0
	defer func() { err = errors.Join(err, c.runtime.Close(ctx)) }()
	if component.FormOf(wasm) == component.CoreForm {
		err := c.module(ctx, wasm, Unchecked{})
		return c.unchecked, err
	}
	decoded, err := binary.Decode(wasm)
	if err != nil {
		return nil, err
	}
	err = c.component(ctx, decoded, "")
	return c.unchecked, err
}

// allFeatures are the features that wazero can check, which are more than guests run
// with.
const allFeatures = api.CoreFeaturesV2 | experimental.CoreFeaturesThreads | experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst |
	experimental.CoreFeaturesExceptionHandling | experimental.CoreFeaturesTypedFunctionReferences

type codeChecker struct {
	runtime   wazero.Runtime
	limits    meter.Limits
	unchecked []Unchecked
}

// component checks the modules of a component and of those nested in it. within says
// which it is.
func (c *codeChecker) component(ctx context.Context, of *binary.Component, within string) error {
	modules, components := 0, 0
	for d := range of.Defs() {
		switch d := d.(type) {
		case *binary.CoreModule:
			if err := c.module(ctx, d.Bytes, Unchecked{Module: fmt.Sprintf("core module %d%s", modules, within), Offset: d.At()}); err != nil {
				return err
			}
			modules++
		case *binary.Component:
			if err := c.component(ctx, d, fmt.Sprintf(" of component %d%s", components, within)); err != nil {
				return err
			}
			components++
		case *binary.Import:
			count(d.Type.Sort, &modules, &components)
		case *binary.Export:
			count(d.Sort, &modules, &components)
		case *binary.Alias:
			count(d.Sort, &modules, &components)
		}
	}
	return nil
}

// count counts the definitions beside modules and components themselves that have
// an index of these sorts.
func count(sort binary.Sort, modules, components *int) {
	switch sort {
	case binary.SortCoreModule:
		*modules++
	case binary.SortComponent:
		*components++
	}
}

// module checks a module, of which u says where it stands.
func (c *codeChecker) module(ctx context.Context, wasm []byte, u Unchecked) error {
	invalid := func(offset int, rule string) error {
		if u.Module != "" {
			rule = u.Module + ": " + rule
		}
		return &component.Error{Offset: offset, Rule: rule}
	}
	// The meter bounds what follows: wazero has no limits of its own, and panics on
	// some modules.
	metered, err := meter.Rewrite(wasm, meter.Config{Limits: c.limits})
	var bad *meter.Error
	if errors.As(err, &bad) {
		reason, known := unsupported(bad)
		if bad.Rule == "unknown block type" && bad.Offset < len(wasm) && wasm[bad.Offset] >= firstRefType && wasm[bad.Offset] <= lastRefType {
			reason, known = "blocks of such a reference type are not supported", true
		}
		if !known {
			return invalid(u.Offset+bad.Offset, inFunction(bad)+bad.Rule)
		}
		u.Reason = inFunction(bad) + reason
		c.unchecked = append(c.unchecked, u)
		return nil
	}
	c.limits.CompileWork = max(c.limits.CompileWork-min(c.limits.CompileWork, metered.CompileWork), 1)
	compiled, err := c.compile(ctx, wasm)
	if err != nil && (strings.Contains(err.Error(), "custom section") || strings.Contains(err.Error(), "section custom")) {
		// A custom section makes no module invalid, whatever is in it.
		compiled, err = c.compile(ctx, withoutCustom(wasm))
	}
	if err == nil {
		return compiled.Close(ctx)
	}
	// wazero tells what it does not support from what is wrong by its words alone.
	switch text := err.Error(); {
	case strings.Contains(text, "at most one memory allowed"):
		u.Reason = severalMemories
	case strings.Contains(text, "has an empty module name"):
		u.Reason = "imports from a module without a name are not supported"
	case strings.Contains(text, "invalid ref type for element"):
		u.Reason = "elements of a type other than funcref and externref are not supported"
	default:
		at := 0
		if n := 0; scans(text, "invalid function[%d]", &n) {
			at = bodyOffset(wasm, n)
		}
		return invalid(u.Offset+at, text)
	}
	c.unchecked = append(c.unchecked, u)
	return nil
}

// The bytes of reference types, those of proposals among them.
const firstRefType, lastRefType = 0x62, 0x75

const severalMemories = "several memories are not supported"

func scans(text, format string, into ...any) bool {
	n, _ := fmt.Sscanf(text, format, into...)
	return n == len(into)
}

// withoutCustom returns a module without its custom sections.
func withoutCustom(module []byte) []byte {
	var w wasm.Writer
	w.Preamble()
	for s := range wasm.NewCursor(module, 0).Sections() {
		if s.ID != wasm.CustomSection {
			w.Byte(module[s.Start:s.End]...)
		}
	}
	return w.Buf
}

// bodyOffset returns where the body of the function n that a valid module defines
// starts.
func bodyOffset(module []byte, n int) int {
	for s := range wasm.NewCursor(module, 0).Sections() {
		if s.ID != wasm.CodeSection {
			continue
		}
		s.Content.Uint32()
		for range n {
			s.Content.Bytes(s.Content.Uint32())
		}
		s.Content.Uint32()
		return s.Content.Offset()
	}
	return 0
}

// compile has wazero compile a module. Where wazero panics over it, that is an
// error.
func (c *codeChecker) compile(ctx context.Context, wasm []byte) (compiled wazero.CompiledModule, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("wazero cannot compile it, and panicked: %v", cause)
		}
	}()
	return c.runtime.CompileModule(ctx, wasm)
}

func inFunction(e *meter.Error) string {
	switch {
	case e.Func < 0:
		return ""
	case e.Name != "":
		return fmt.Sprintf("function %d (%s): ", e.Func, e.Name)
	default:
		return fmt.Sprintf("function %d: ", e.Func)
	}
}

// unsupported returns what a module has that is not supported, or is too much, and
// false where the module is not valid.
func unsupported(e *meter.Error) (reason string, known bool) {
	if errors.Is(e, meter.ErrLimit) {
		return fmt.Sprintf("%s is %d, and %d is the limit", e.Rule, e.Got, e.Limit), true
	}
	if e.Rule == "memory index is not zero" {
		return severalMemories, true
	}
	if !errors.Is(e, meter.ErrUnsupported) {
		return "", false
	}
	if !strings.HasPrefix(e.Rule, "unknown instruction ") {
		return e.Rule + ", which is not supported", true
	}
	op, sub := 0, 0
	prefixed := scans(e.Rule, "unknown instruction %v %v", &op, &sub)
	for _, p := range proposals {
		if op == p.op && (!prefixed || sub >= p.first && sub <= p.last) {
			return fmt.Sprintf("instructions of the proposal %s are not supported (0x%02x)", p.name, op), true
		}
	}
	// What follows a prefix may also be an instruction that wazero knows in more
	// bytes than it takes, which wazero does not.
	return strings.TrimPrefix(e.Rule, "unknown ") + " is not supported", prefixed
}

// proposals are the instructions of WebAssembly 3.0 and of proposals that wazero
// does not know: the byte, and the range of the first byte behind a prefix.
var proposals = []struct {
	op, first, last int
	name            string
}{
	{0x06, 0, 0, "exceptions"}, {0x07, 0, 0, "exceptions"}, {0x08, 0, 0, "exceptions"}, {0x09, 0, 0, "exceptions"}, {0x0a, 0, 0, "exceptions"},
	{0x18, 0, 0, "exceptions"}, {0x19, 0, 0, "exceptions"}, {0x1f, 0, 0, "exceptions"},
	{0xd3, 0, 0, "gc"}, {0xfb, 0, 0xff, "gc"},
	{0xe0, 0, 0, "stack-switching"}, {0xe1, 0, 0, "stack-switching"}, {0xe2, 0, 0, "stack-switching"}, {0xe3, 0, 0, "stack-switching"},
	{0xe4, 0, 0, "stack-switching"}, {0xe5, 0, 0, "stack-switching"}, {0xe6, 0, 0, "stack-switching"},
	{0xfc, 0x13, 0x16, "wide-arithmetic"},
	{0xfd, 0x80, 0x93, "relaxed-simd"}, // 0x100 to 0x113
	{0xfe, 0x4f, 0xff, "shared-everything-threads"},
}
