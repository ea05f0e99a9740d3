package roundtrip

import (
	"context"
	"fmt"
	"reflect"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

// exchange is what the host's imports and the test that calls the exports share.
type exchange struct {
	// want is what the import is to get next, and answer what it returns.
	want, answer any
	// asked counts the calls of imports since begin, and problem is what was
	// wrong with them.
	asked   int
	problem string
	// plain is set for a guest that changes nothing.
	plain bool
	// values counts the values that crossed the boundary and were compared.
	values int
	// mirror makes the same call once more in another way, where it is set: what
	// was sent, what the import must get, what it answers and what the result must
	// be then.
	mirror func(name string, sent, want, answer, got any) error
}

// begin prepares for a call that comes back to an import.
func (x *exchange) begin(want, answer any) {
	x.want, x.answer, x.asked, x.problem = want, answer, 0, ""
}

// end reports what went wrong since begin.
func (x *exchange) end(t *rapid.T, name string, err error) {
	switch {
	case err != nil:
		t.Fatalf("%s: %v", name, err)
	case x.problem != "":
		t.Fatalf("%s: what the import got (-want +got):\n%s", name, x.problem)
	case x.asked != 1:
		t.Fatalf("%s: the import was called %d times", name, x.asked)
	}
}

// through serves an import whose result is of its parameter's type.
func through[T any](x *exchange, got T) T { return answer[T](x, got) }

// answer serves an import.
func answer[R any](x *exchange, got any) R {
	x.asked++
	x.values += 2
	if d := difference(x.want, got); d != "" {
		x.problem = d
	}
	r, ok := x.answer.(R)
	if !ok {
		x.problem = fmt.Sprintf("the answer is a %T", x.answer)
	}
	return r
}

// difference compares values: any two NaNs are the same, and so are an empty
// list and nil.
func difference(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty(),
		cmp.Exporter(func(reflect.Type) bool { return true }))
}

// trip sends random values through one function.
type trip struct {
	name string
	// chars is set if the values hold chars, which are int32 in Go, and no s32
	// that must take other values than chars do.
	chars bool
	run   func(s source, x *exchange)
}

func (t trip) withChars() trip {
	t.chars = true
	return t
}

// echo is the trip through a function whose result is of its parameter's type.
func echo[T any](name string, call func(context.Context, T) (T, error), change func(T) T) trip {
	return exchangeOf(name, call, change, change)
}

// exchangeOf is the trip through a function, by what the guest does to its
// parameter and to its result.
func exchangeOf[P, R any](name string, call func(context.Context, P) (R, error), param func(P) P, result func(R) R) trip {
	return trip{name: name, run: func(s source, x *exchange) {
		param, result := param, result
		if x.plain {
			param, result = mangle.Same[P], mangle.Same[R]
		}
		sent, answer := random[P](s), random[R](s)
		x.begin(param(sent), answer)
		got, err := call(context.Background(), sent)
		x.end(s.T, name, err)
		x.compare(s.T, name, result(answer), got)
		x.repeat(s.T, name, sent, param(sent), answer, result(answer))
	}}
}

// outcome is the trip through a function that can fail.
func outcome[P, T, E any](name string, call func(context.Context, P) (T, error), param func(P) P, result func(types.Result[T, E]) types.Result[T, E]) trip {
	return trip{name: name, run: func(s source, x *exchange) {
		param, result := param, result
		if x.plain {
			param, result = mangle.Same[P], mangle.Same[types.Result[T, E]]
		}
		sent, answer := random[P](s), random[types.Result[T, E]](s)
		x.begin(param(sent), answer)
		value, err := call(context.Background(), sent)
		got := types.OK[T, E](value)
		if err != nil {
			if e, ok := types.AsError[E](err); ok {
				got, err = types.Err[T](e), nil
			}
		}
		x.end(s.T, name, err)
		x.compare(s.T, name, result(answer), got)
		x.repeat(s.T, name, sent, param(sent), answer, result(answer))
	}}
}

// repeat makes a call by the mirror.
func (x *exchange) repeat(t *rapid.T, name string, sent, want, answer, got any) {
	if x.mirror == nil {
		return
	}
	if err := x.mirror(name, sent, want, answer, got); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// compare compares a result.
func (x *exchange) compare(t *rapid.T, name string, want, got any) {
	x.values += 2
	if d := difference(want, got); d != "" {
		t.Fatalf("%s: the result (-want +got):\n%s", name, d)
	}
}

// unit gives a function without a value one.
func unit[P any](call func(context.Context, P) error) func(context.Context, P) (types.Unit, error) {
	return func(ctx context.Context, v P) (types.Unit, error) { return types.Unit{}, call(ctx, v) }
}
