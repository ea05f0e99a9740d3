package bind_test

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// run calls the guest's run.
func callRun(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
	_, err := inst.Run(ctx, 0)
	return err
}

// imports is a guest whose run calls an import with constants.
func imports(name, fn string, want outcome, args ...uint32) hostile {
	var code wasmtest.Code
	for _, n := range args {
		code = wasmtest.Seq(code, wasmtest.I32(n))
	}
	return importsWith(name, fn, want, code)
}

// importsWith is a guest whose run calls an import with what code leaves.
func importsWith(name, fn string, want outcome, code ...wasmtest.Code) hostile {
	drop := map[string]wasmtest.Code{"values.echo-char": wasmtest.Drop, "values.echo-color": wasmtest.Drop, "values.echo-perms": wasmtest.Drop,
		"values.seventeen": wasmtest.Drop, "values.length": wasmtest.Drop}
	return hostile{
		name:    name,
		imports: []string{fn},
		write: func(g *hosttest.Guest) {
			g.Define("run", "", wasmtest.Seq(code...), g.Call(fn), drop[fn], wasmtest.I64(0))
		},
		call: callRun,
		want: want,
	}
}

// inImport is the Trap of run for a rule that is broken in a call of an import.
func inImport(r host.Rule, text string) outcome { return trap("run", r, text) }

func paramRules() []rule {
	const where = "in import test:subject/values@1.2.3#"
	const out = hosttest.Area
	return []rule{
		{"load_string_from_range, of an import's parameter", []hostile{
			imports("too long", "log", inImport(host.RuleStringLength, "in import log: 268435456 bytes"), 0, 1<<28),
			imports("past the end", "log", inImport(host.RuleBounds, ""), page, 1),
			imports("sum overflows", "log", inImport(host.RuleBounds, ""), 1<<32-1, 2),
			importsWith("UTF-8", "log", inImport(host.RuleUTF8, ""), hosttest.Words(0, 0xff), wasmtest.I32(0), wasmtest.I32(1)),
			imports("to the end", "log", allowed, page-1, 1),
			imports("empty", "values.length", allowed, page, 0),
		}},
		{"load_list_from_range, of an import's parameter", []hostile{
			imports("too long", "values.echo-numbers", inImport(host.RuleListLength, where+"echo-numbers: "), 0, 1<<30, out),
			imports("misaligned", "values.echo-numbers", inImport(host.RuleAlignment, ""), 2, 1, out),
			imports("past the end", "values.echo-numbers", inImport(host.RuleBounds, ""), page-4, 2, out),
			imports("4 GiB", "values.echo-bytes", inImport(host.RuleListLength, ""), 0, 1<<32-1, out),
			importsWith("inner list", "values.echo-lists", inImport(host.RuleAlignment, ""), hosttest.Words(128, 4, 1), wasmtest.I32(128), wasmtest.I32(1), wasmtest.I32(out)),
			importsWith("inner string", "values.echo-strings", inImport(host.RuleBounds, ""), hosttest.Words(128, page, 1), wasmtest.I32(128), wasmtest.I32(1), wasmtest.I32(out)),
		}},
		{"convert_i32_to_char, of an import's parameter", []hostile{
			imports("surrogate", "values.echo-char", inImport(host.RuleChar, where+"echo-char: 0xd800"), 0xd800),
			imports("beyond", "values.echo-char", inImport(host.RuleChar, ""), 0x110000),
			imports("last", "values.echo-char", allowed, 0x10ffff),
		}},
		{"lift_flat_variant, of an import's parameter", []hostile{
			imports("enum", "values.echo-color", inImport(host.RuleDiscriminant, where+"echo-color: 3 of 3 cases"), 3),
			imports("option", "values.echo-option", inImport(host.RuleDiscriminant, "2 of 2 cases"), 2, 0, out),
			importsWith("variant", "values.echo-shape", inImport(host.RuleDiscriminant, "4 of 4 cases"), wasmtest.I32(4),
				wasmtest.I64(0), wasmtest.I64(0), wasmtest.I64(0), wasmtest.I64(0), wasmtest.I32(out)),
			imports("result in a tuple", "values.echo-outcome", inImport(host.RuleDiscriminant, ""), 2, 0, 0, 0, out),
			imports("flags", "values.echo-perms", allowed, 1<<32-1),
		}},
		{"lift_flat_values, of an import's parameters", []hostile{
			imports("misaligned", "values.seventeen", inImport(host.RuleAlignment, "0x44 is not a multiple of 8"), 68),
			imports("past the end", "values.seventeen", inImport(host.RuleBounds, "72 bytes"), page),
			imports("over the end", "values.seventeen", inImport(host.RuleBounds, ""), page-64),
			imports("to the end", "values.seventeen", allowed, page-72),
			imports("sum overflows", "values.seventeen", inImport(host.RuleBounds, ""), 1<<32-8),
		}},
		{"lower_flat_values: ptr != align_to(ptr, alignment), of an import's result", []hostile{
			imports("1 of 4", "values.echo-option", inImport(host.RuleAlignment, ""), 1, 7, 65),
			importsWith("4 of 8", "values.echo-shape", inImport(host.RuleAlignment, ""), wasmtest.I32(0),
				wasmtest.I64(0), wasmtest.I64(0), wasmtest.I64(0), wasmtest.I64(0), wasmtest.I32(68)),
			imports("1 of 2", "values.echo-fixed", inImport(host.RuleAlignment, ""), 1, 2, 3, 65),
		}},
		{"lower_flat_values: ptr + elem_size > len(memory), of an import's result", []hostile{
			imports("at the end", "values.echo-option", inImport(host.RuleBounds, ""), 1, 7, page),
			imports("over the end", "values.echo-option", inImport(host.RuleBounds, ""), 1, 7, page-4),
			imports("to the end", "values.echo-option", allowed, 1, 7, page-8),
			imports("sum overflows", "values.echo-option", inImport(host.RuleBounds, ""), 1, 7, 1<<32-4),
			imports("null", "values.echo-option", allowed, 1, 7, 0),
			importsWith("over a parameter", "values.echo-strings", allowed, hosttest.Words(out, 0, 0, 0, 0), wasmtest.I32(out), wasmtest.I32(2), wasmtest.I32(out)),
		}},
		{"the size of what a call of an import lifts", []hostile{
			func() hostile {
				h := imports("string", "log", limit("run", "size of lifted values"), 0, 1001)
				h.opts = []host.Option{host.LiftLimit(1000)}
				return h
			}(),
			func() hostile {
				h := imports("each call by itself", "log", allowed, 0, 1000)
				h.opts = []host.Option{host.LiftLimit(1000)}
				write := h.write
				h.write = func(g *hosttest.Guest) {
					g.Define("values.nothing", "", wasmtest.I32(0), wasmtest.I32(900), g.Call("log"))
					write(g)
				}
				h.call = func(ctx context.Context, inst *subject.Instance, h *hosttest.Host) error {
					if err := callRun(ctx, inst, h); err != nil {
						return err
					}
					return inst.Values().Nothing(ctx)
				}
				return h
			}(),
		}},
	}
}
