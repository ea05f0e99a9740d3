package ctxtest

import (
	"context"
	"errors"
	"testing"
)

func TestEnds(t *testing.T) {
	for _, want := range []error{context.DeadlineExceeded, context.Canceled} {
		for name, begin := range map[string]func(ctx context.Context){
			"AfterFunc": func(ctx context.Context) { context.AfterFunc(ctx, func() {}) },
			"Err":       func(ctx context.Context) { _ = ctx.Err() },
			"a value": func(ctx context.Context) {
				context.AfterFunc(context.WithValue(ctx, new(int), 1), func() {})
			},
			"a child": func(ctx context.Context) {
				child, cancel := context.WithCancel(ctx)
				defer cancel()
				<-child.Done()
				if !errors.Is(child.Err(), want) {
					t.Errorf("a child's error is %v", child.Err())
				}
			},
		} {
			ctx := Ends(t.Context(), want)
			select {
			case <-ctx.Done():
				t.Fatal("it ends before a call begins")
			default:
			}
			begin(ctx)
			<-ctx.Done()
			if ctx.Err() != want {
				t.Errorf("%s: the error is %v, want %v", name, ctx.Err(), want)
			}
		}
	}
	parent, cancel := context.WithCancel(t.Context())
	ctx := Soon(parent)
	cancel()
	if <-ctx.Done(); ctx.Err() != context.Canceled {
		t.Errorf("after the parent's end the error is %v", ctx.Err())
	}
}
