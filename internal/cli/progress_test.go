package cli

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// screen is a terminal of one line.
type screen struct {
	mu    sync.Mutex
	text  string
	shown chan string // each line that is written
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text += string(b)
	if s.shown != nil && strings.Contains(string(b), "witgen:") {
		s.shown <- string(b)
	}
	return len(b), nil
}

// What takes longer than a tick is shown, and gone in the end.
func TestProgress(t *testing.T) {
	s := &screen{shown: make(chan string, 10)}
	p := &progress{w: s}
	start := time.Now()
	ticks := make(chan time.Time)
	stop := p.run("compiling x.wasm", start, ticks)
	for i, want := range []string{"compiling x.wasm: 1 s", "compiling x.wasm: 2 s"} {
		ticks <- start.Add(time.Duration(i+1) * time.Second)
		if got := <-s.shown; got != eraseLine+"witgen: "+want {
			t.Errorf("shown is %q", got)
		}
	}
	// Other text takes the line's place, and the line comes again below it.
	if _, err := p.Write([]byte("x.go:1: a mistake\n")); err != nil {
		t.Fatal(err)
	}
	ticks <- start.Add(3 * time.Second)
	<-s.shown
	stop()
	want := eraseLine + "witgen: compiling x.wasm: 1 s" + eraseLine + "witgen: compiling x.wasm: 2 s" +
		eraseLine + "x.go:1: a mistake\n" + eraseLine + "witgen: compiling x.wasm: 3 s" + eraseLine
	if s.text != want {
		t.Errorf("the terminal got %q, want %q", s.text, want)
	}
}

// What is over before the first tick is not shown.
func TestNoProgress(t *testing.T) {
	s := &screen{}
	p := &progress{w: s}
	p.run("generating", time.Now(), make(chan time.Time))()
	if s.text != "" {
		t.Errorf("the terminal got %q", s.text)
	}
	a := newApp(nil, s, s) // no terminal
	a.working("generating")()
	if a.progress.what != "" || s.text != "" {
		t.Errorf("what is no terminal got %q", s.text)
	}
}
