package abi

import (
	"fmt"
	"io"
	"strings"

	"github.com/witgen/witgen/wit"
)

// Print writes p as text for people, an operation a line, blocks indented:
//
//	call-export divide(v0 a: s32, v1 b: s32)
//	  v2: i32 = lower-scalar s32 v0
//
// The same Program gives the same text. It returns the writer's error.
func (a *ABI) Print(w io.Writer, p *Program) error {
	pr := printer{a: a, p: p}
	fmt.Fprintf(&pr.out, "%s %s(%s)\n", p.Kind, p.Name, pr.definitions(p.Params))
	pr.body(p.Body, "  ")
	_, err := io.WriteString(w, pr.out.String())
	return err
}

type printer struct {
	a   *ABI
	p   *Program
	out strings.Builder
}

func (pr *printer) body(ops []Op, indent string) {
	for i := range ops {
		pr.operation(&ops[i], indent)
	}
}

func (pr *printer) operation(op *Op, indent string) {
	pr.out.WriteString(indent)
	if len(op.Results) > 0 {
		pr.out.WriteString(pr.definitions(op.Results) + " = ")
	}
	pr.out.WriteString(op.Code.String())
	if op.Type != nil {
		pr.out.WriteString(" " + pr.a.Resolve.TypeString(op.Type))
	}
	needs := shapes[op.Code].needs
	if needs&mayImm != 0 {
		fmt.Fprintf(&pr.out, " %d", op.Imm)
	}
	for i, v := range op.Args {
		if i == 0 && needs&mayOffset != 0 {
			fmt.Fprintf(&pr.out, " v%d+%d", v, op.Offset)
		} else {
			fmt.Fprintf(&pr.out, " v%d", v)
		}
	}
	if needs&needSize != 0 {
		fmt.Fprintf(&pr.out, " size=%d", op.Size)
	}
	if needs&needAlign != 0 {
		fmt.Fprintf(&pr.out, " align=%d", op.Align)
	}
	if op.Bulk {
		pr.out.WriteString(" bulk")
	}
	pr.out.WriteString("\n")
	for i, block := range op.Blocks {
		pr.block(op, i, block, indent+"  ")
	}
}

func (pr *printer) block(op *Op, i int, block Block, indent string) {
	pr.out.WriteString(indent)
	if shapes[op.Code].blocks == perCase {
		fmt.Fprintf(&pr.out, "case %d %s", i, pr.a.caseName(op.Type, i))
	} else {
		pr.out.WriteString("each")
	}
	if len(block.Params) > 0 {
		fmt.Fprintf(&pr.out, "(%s)", pr.definitions(block.Params))
	}
	pr.out.WriteString("\n")
	pr.body(block.Body, indent+"  ")
	if len(block.Results) > 0 {
		pr.out.WriteString(indent + "  give")
		for _, v := range block.Results {
			fmt.Fprintf(&pr.out, " v%d", v)
		}
		pr.out.WriteString("\n")
	}
}

// definitions lists values where they are defined: number, hint and type.
func (pr *printer) definitions(values []Value) string {
	list := make([]string, len(values))
	for i, v := range values {
		info := pr.p.Values[v]
		name := fmt.Sprintf("v%d", v)
		if info.Hint != "" {
			name += " " + info.Hint
		}
		if info.Type != nil {
			list[i] = name + ": " + pr.a.Resolve.TypeString(info.Type)
		} else {
			list[i] = name + ": " + info.Core.String()
		}
	}
	return strings.Join(list, ", ")
}

// caseName returns the name of case i of a variant, option or result.
func (a *ABI) caseName(t wit.Type, i int) string {
	switch k := a.kind(t).(type) {
	case *wit.Variant:
		return k.Cases[i].Name
	case *wit.Option:
		return [...]string{"none", "some"}[i]
	case *wit.Result:
		return [...]string{"ok", "error"}[i]
	default:
		panic(fmt.Sprintf("abi: unhandled kind %T", k))
	}
}
