package poll

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

func TestWait(t *testing.T) {
	ctx := context.Background()
	var a, b Event
	if got, err := Wait(ctx, Never{}, Always{}, &a, Always{}); err != nil || !slices.Equal(got, []int{1, 3}) {
		t.Errorf("ready are %v, %v", got, err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		got, err := Wait(ctx, Never{}, &a, &b, &a)
		if err != nil || !slices.Equal(got, []int{2}) {
			t.Errorf("ready are %v, %v", got, err)
		}
	})
	b.Set()
	wait.Wait()
	a.Set()
	if got, err := Wait(ctx, &a, &b, &a); err != nil || !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("ready are %v, %v", got, err)
	}
	if len(a.waiters)+len(b.waiters) > 0 {
		t.Error("a watch is left")
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(context.Background())
	var never Event
	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() {
			if _, err := Wait(ctx, &never, Never{}); !errors.Is(err, why) || !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
		})
	}
	cancel(why)
	wait.Wait()
	if len(never.waiters) > 0 {
		t.Error("a watch is left")
	}
	if _, err := Wait(ctx); !errors.Is(err, why) {
		t.Errorf("waiting for nothing: %v", err)
	}
	// What is ready needs no time.
	if got, err := Wait(ctx, Always{}); err != nil || len(got) != 1 {
		t.Errorf("ready are %v, %v", got, err)
	}
}

// TestNoWakeIsLost has a source become ready at any moment of the wait.
func TestNoWakeIsLost(t *testing.T) {
	for range 2000 {
		var event Event
		go event.Set()
		if got, err := Wait(context.Background(), &event); err != nil || len(got) != 1 {
			t.Fatalf("ready are %v, %v", got, err)
		}
	}
}

// TestSpuriousWakes has sources wake without being ready.
func TestSpuriousWakes(t *testing.T) {
	var signal Signal
	asked := 0
	source := Func{Signal: &signal, Is: func() bool {
		asked++
		if asked < 50 {
			signal.Fire()
		}
		return asked == 50
	}}
	if got, err := Wait(context.Background(), source); err != nil || len(got) != 1 || asked != 50 {
		t.Errorf("ready are %v, %v after %d questions", got, err, asked)
	}
}

func TestMany(t *testing.T) {
	events := make([]Event, 10000)
	sources := make([]Source, len(events))
	for n := range events {
		sources[n] = &events[n]
	}
	go events[7777].Set()
	if got, err := Wait(context.Background(), sources...); err != nil || !slices.Equal(got, []int{7777}) {
		t.Errorf("ready are %v, %v", got, err)
	}
}
