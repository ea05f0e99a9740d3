package abi

import (
	"fmt"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// The limits of what Programs are made for. The specification limits lists and
// strings to MaxSize bytes and leaves types open; MaxOps keeps one line of WIT
// from turning into gigabytes of code.
const (
	// MaxSize is the largest size of a type in bytes.
	MaxSize = 1<<28 - 1
	// MaxOps is the largest number of operations of one Program, blocks
	// included.
	MaxOps = 1 << 18
	// MaxFlags is the largest number of flags of one type.
	MaxFlags = 32
)

// TooLarge reports whether f, or a type that f needs, exceeds a limit. Then
// what says which, in words that fit behind "is not supported:", and span is
// where: the parameter or result, or the type that exceeds by itself. A Program
// of such a function must not be asked for.
func (a *ABI) TooLarge(f *wit.Function) (what string, span diag.Span, ok bool) {
	s := search{abi: a, seen: a.small, match: a.typeTooLarge}
	if what, span, ok = s.function(f); ok {
		return what, span, true
	}
	// The parameters together, or the parts of the Program together.
	params := a.recordLayout(paramTypes(f))
	ops := params.memoryOps
	if a.ParamsInMemory(f) {
		if params.size > MaxSize {
			return fmt.Sprintf("parameters of more than %d bytes", MaxSize), f.Span, true
		}
	} else {
		ops = params.flatOps
	}
	if f.Result != nil {
		result := a.layout(f.Result)
		if a.ResultInMemory(f) {
			ops = satAdd(ops, result.memoryOps)
		} else {
			ops = satAdd(ops, result.flatOps)
		}
	}
	if ops > MaxOps {
		return fmt.Sprintf("types that take more than %d operations to pass", MaxOps), f.Span, true
	}
	return "", diag.Span{}, false
}

func (a *ABI) typeTooLarge(t wit.Type) (string, bool) {
	l := a.layout(t)
	if l.size > MaxSize {
		return fmt.Sprintf("a type of more than %d bytes", MaxSize), true
	}
	if l.memoryOps > MaxOps {
		return fmt.Sprintf("a type that takes more than %d operations to pass", MaxOps), true
	}
	if flags, ok := a.kind(t).(*wit.Flags); ok && len(flags.Flags) > MaxFlags {
		return fmt.Sprintf("more than %d flags", MaxFlags), true
	}
	return "", false
}

// Unsupported reports whether f cannot have a Program because it is async or
// because a type that it needs is: stream, future or error-context. Then what
// names it ("async function", "stream") and span is where it stands.
func (a *ABI) Unsupported(f *wit.Function) (what string, span diag.Span, ok bool) {
	if f.Async {
		return "async function", f.Span, true
	}
	s := search{abi: a, seen: a.supported, match: a.typeUnsupported}
	return s.function(f)
}

func (a *ABI) typeUnsupported(t wit.Type) (string, bool) {
	if t == wit.ErrorContext {
		return "error-context", true
	}
	switch a.kind(t).(type) {
	case *wit.Stream:
		return "stream", true
	case *wit.Future:
		return "future", true
	}
	return "", false
}

// search looks for a type that matches among the types of a function, at any
// depth. It looks at each type once, innermost first, so that what it finds is
// the smallest type at fault.
type search struct {
	abi *ABI
	// seen are the types in which nothing matches, of this function and of those
	// that were searched before: many functions may share many types.
	seen map[wit.TypeID]bool
	// added are those of seen that this search has added.
	added []wit.TypeID
	match func(wit.Type) (string, bool)
}

func (s *search) function(f *wit.Function) (what string, span diag.Span, ok bool) {
	for _, p := range f.Params {
		if what, span, ok = s.find(p.Type, p.Span); ok {
			break
		}
	}
	if !ok {
		what, span, ok = s.find(f.Result, f.Span)
	}
	if ok { // what holds the match was seen on the way to it
		for _, id := range s.added {
			delete(s.seen, id)
		}
	}
	return what, span, ok
}

// find looks at t, which stands at span if its definition has no span itself.
func (s *search) find(t wit.Type, span diag.Span) (what string, at diag.Span, ok bool) {
	if t == nil {
		return "", diag.Span{}, false
	}
	t = s.abi.dealias(t)
	if id, isID := t.(wit.TypeID); isID {
		def := s.abi.Resolve.Types[id]
		if s.seen[id] {
			return "", diag.Span{}, false
		}
		s.seen[id] = true
		s.added = append(s.added, id)
		if !def.Span.IsZero() {
			span = def.Span
		}
		wit.EachType(def.Kind, func(part wit.Type) {
			if !ok {
				what, at, ok = s.find(part, span)
			}
		})
		if ok {
			return what, at, true
		}
	}
	what, ok = s.match(t)
	return what, span, ok
}
