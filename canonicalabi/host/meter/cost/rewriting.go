package cost

import (
	"context"

	"github.com/witgen/witgen/internal/wasm"
)

// A Rewriting is the most memory at a time that it takes to make a module which is rewritten,
// by meter.Rewrite, from another: Fixed bytes, and Each for each byte of functions that it writes.
type Rewriting struct{ Fixed, Each uint64 }

// The bytes that the parts of rewriting take: what is kept of a function while it is
// rewritten, by its bytes; of the other sections, by theirs; and of each section. A
// copy of the module is one with other imports, or the one that is written.
const (
	rewriteBase     = 4 << 20
	rewriteCopies   = 2
	rewriteFunction = 160
	rewriteItems    = 40
	rewriteSection  = 100
	// rewriteEach is what a byte of functions takes: it is written to a buffer that
	// grows, and from there into the module.
	rewriteEach = 4
)

// RewritingOf estimates what rewriting a module takes. It reads the heads of sections and
// functions, up to the first that is malformed. It ends with the error of ctx soon after that
// has ended.
func RewritingOf(ctx context.Context, module []byte) (Rewriting, error) {
	look := wasm.NewLook(ctx.Err)
	c := wasm.NewCursor(module, 0)
	c.SetLook(look)
	largest, items, sections := uint64(0), uint64(0), uint64(0)
	for s := range c.Sections() {
		sections++
		switch s.ID {
		case wasm.CodeSection:
			for range s.Content.Items() {
				n := s.Content.Uint32()
				largest = max(largest, uint64(len(s.Content.Bytes(n))))
			}
		case wasm.CustomSection, wasm.DataSection:
		default:
			items += uint64(s.Content.Len())
		}
	}
	fixed := rewriteBase + rewriteCopies*uint64(len(module)) + rewriteFunction*largest + rewriteItems*items + rewriteSection*sections
	return Rewriting{fixed, rewriteEach}, look.Err()
}

// Memory returns what it takes to write so many bytes of functions.
func (r Rewriting) Memory(rewritten uint64) uint64 { return plus(r.Fixed, times(r.Each, rewritten)) }

// Most returns how many bytes of functions may be written with so much memory, and false where
// that is too little for any.
func (r Rewriting) Most(memory uint64) (rewritten uint64, ok bool) {
	if memory <= r.Fixed {
		return 0, false
	}
	return max((memory-r.Fixed)/r.Each, 1), true
}
