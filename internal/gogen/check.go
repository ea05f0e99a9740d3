package gogen

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// unsupported has the code for each thing that abi.Unsupported reports.
var unsupported = map[string]diag.Code{
	"async function": diag.AsyncFunction,
	"stream":         diag.StreamType,
	"future":         diag.FutureType,
	"error-context":  diag.ErrorContextType,
}

// checkSupported reports every function and every type of the plan's packages
// that cannot be generated.
func (p *Plan) checkSupported() diag.List {
	var diags diag.List
	limits := abi.New(p.Resolve)
	for _, pkg := range p.Packages {
		for _, f := range slices.Concat(pkg.Functions, pkg.Exports) {
			diags = p.checkItem(diags, limits, fmt.Sprintf("function `%s` of %s", f.Name, pkg.Source), f)
		}
		for _, id := range pkg.Types {
			def := p.Resolve.Types[id]
			if _, ok := def.Kind.(*wit.Resource); ok {
				continue
			}
			// A type is supported if a function could take it.
			f := &wit.Function{Span: def.Span, Params: []wit.Param{{Type: id, Span: def.Span}}}
			diags = p.checkItem(diags, limits, fmt.Sprintf("type `%s` of %s", def.Name, pkg.Source), f)
		}
		for _, f := range pkg.Exports {
			if f.Name == memoryName {
				diags = append(diags, reservedExport(pkg, f))
			}
		}
	}
	return diags
}

func (p *Plan) checkItem(diags diag.List, limits *abi.ABI, item string, f *wit.Function) diag.List {
	what, span, bad := limits.Unsupported(f)
	code := unsupported[what]
	hint := "witgen generates what is synchronous: leave the item out of the world, or put it behind an @unstable feature that is off"
	if !bad {
		what, span, bad = limits.TooLarge(f)
		code, hint = diag.TooLargeType, "pass a list, or split the type"
	}
	if !bad {
		return diags
	}
	if span.IsZero() {
		span = f.Span
	}
	d := &diag.Diagnostic{Code: code, Span: span, Message: fmt.Sprintf("%s is not supported: %s", item, what)}
	if span != f.Span && !f.Span.IsZero() {
		d.Relate(f.Span, "the item that needs it")
	}
	return append(diags, d.Hint(hint))
}

// memoryName is the name under which a guest's core module exports its memory.
const memoryName = "memory"

func reservedExport(pkg *Package, f *wit.Function) *diag.Diagnostic {
	return (&diag.Diagnostic{Code: diag.ReservedExport, Span: f.Span,
		Message: fmt.Sprintf("function `%s` of %s has the name of the guest's memory", f.Name, pkg.Source)}).
		Hint("choose another name, or export the function in an interface")
}

func foreignDependency(pkg, dep *Package) *diag.Diagnostic {
	return (&diag.Diagnostic{Code: diag.ForeignDependency,
		Message: fmt.Sprintf("--with gives the package of %s, which uses types of %s, and not the package of those", pkg.Source, dep.Source)}).
		Hint(fmt.Sprintf("give it too: --with %s=IMPORT-PATH", dep.Source))
}
