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
		case *binary.Custom, *binary.CoreInstance, *binary.CoreTypeDef, *binary.Instance, *binary.TypeDef, *binary.Canon, *binary.Start, *binary.Value:
		default:
			panic(fmt.Sprintf("link: unhandled definition %T", d))
		}
	}
	return nil
}

// count counts the definitions beside modules and components themselves that have
// an index of these sorts.
func count(sort binary.Sort, modules, components *int) {
	if sort == binary.SortCoreModule {
		*modules++
	}
	if sort == binary.SortComponent {
		*components++
	}
}

// module checks a module, of which u says where it stands.
func (c *codeChecker) module(ctx context.Context, module []byte, u Unchecked) error {
	invalid := func(offset int, rule string) error {
		if u.Module != "" {
			rule = u.Module + ": " + rule
		}
		return &component.Error{Offset: offset, Rule: rule}
	}
	// The meter bounds what follows: wazero has no limits of its own, and panics on
	// some modules.
	metered, err := meter.Rewrite(module, meter.Config{Limits: c.limits})
	var bad *meter.Error
	if errors.As(err, &bad) {
		reason, known := unsupported(module, bad)
		if !known {
			return invalid(u.Offset+bad.Offset, inFunction(bad)+bad.Rule)
		}
		u.Reason = inFunction(bad) + reason
		c.unchecked = append(c.unchecked, u)
		return nil
	}
	c.limits.CompileWork = max(c.limits.CompileWork-min(c.limits.CompileWork, metered.CompileWork), 1)
	// A custom section makes no module invalid, whatever is in it.
	compiled, err := c.compile(ctx, withoutCustom(module))
	if err == nil {
		return compiled.Close(ctx)
	}
	if reason := unsupportedByWazero(module); reason != "" {
		u.Reason = reason
		c.unchecked = append(c.unchecked, u)
		return nil
	}
	at := 0
	if n, ok := invalidFunction(err); ok {
		at = bodyOffset(module, n)
	}
	return invalid(u.Offset+at, err.Error())
}

const severalMemories = "several memories are not supported"

// unsupportedByWazero returns what a module has that wazero refuses in any module, and
// "" where it has nothing of the kind.
func unsupportedByWazero(module []byte) string {
	memories, reason := uint32(0), ""
	for s := range wasm.NewCursor(module, 0).Sections() {
		switch c := s.Content; s.ID {
		case wasm.ImportSection:
			for n := c.Uint32(); n > 0 && c.Err() == nil; n-- {
				i := c.Import()
				if i.Type.Kind == wasm.MemoryKind {
					memories++
				}
				if i.Module == "" && c.Err() == nil {
					reason = "imports from a module without a name are not supported"
				}
			}
		case wasm.MemorySection:
			memories += c.Uint32()
		case wasm.ElementSection:
			for n := c.Uint32(); n > 0 && c.Err() == nil; n-- {
				if t := elementType(c); c.Err() == nil && !t.HasHeap() && t.Code != wasm.CodeFuncRef && t.Code != wasm.CodeExternRef {
					reason = "elements of a type other than funcref and externref are not supported"
				}
			}
		}
	}
	if memories > 1 {
		return severalMemories
	}
	return reason
}

// elementType reads over an element segment and returns the type of its elements.
func elementType(c *wasm.Cursor) wasm.ValType {
	segment := c.Element()
	if segment.Active {
		c.ConstExpr(nil)
	}
	t := c.ElementType(segment)
	for range c.Items() {
		if segment.Exprs {
			c.ConstExpr(nil)
		} else {
			c.Uint32()
		}
	}
	return t
}

// The bytes of reference types, those of proposals among them.
const firstRefType, lastRefType = 0x62, 0x75

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
func unsupported(module []byte, e *meter.Error) (reason string, known bool) {
	if errors.Is(e, meter.ErrLimit) {
		return fmt.Sprintf("%s is %d, and %d is the limit", e.Rule, e.Got, e.Limit), true
	}
	if e.Rule == "memory index is not zero" {
		return severalMemories, true
	}
	if e.Rule == "unknown block type" && e.Offset < len(module) && module[e.Offset] >= firstRefType && module[e.Offset] <= lastRefType {
		return "blocks of such a reference type are not supported", true
	}
	if !errors.Is(e, meter.ErrUnsupported) {
		return "", false
	}
	if !strings.HasPrefix(e.Rule, "unknown instruction ") {
		return e.Rule + ", which is not supported", true
	}
	op := wasm.NewCursor(module[e.Offset:], e.Offset).Op()
	if p := op.Proposal(); p != "" {
		return fmt.Sprintf("instructions of the proposal %s are not supported (0x%02x)", p, module[e.Offset]), true
	}
	// What follows a prefix may also be an instruction that wazero knows in more
	// bytes than it takes, which wazero does not.
	return strings.TrimPrefix(e.Rule, "unknown ") + " is not supported", op.Prefix() != 0
}
