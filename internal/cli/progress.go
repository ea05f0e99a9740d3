package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// progress shows on a terminal what takes longer than a second, in one line that is
// gone when the work is done.
type progress struct {
	w     io.Writer
	mu    sync.Mutex
	what  string // "" where nothing is under way
	start time.Time
	shown bool
}

// eraseLine is what a terminal takes to empty the line at hand.
const eraseLine = "\r\x1b[K"

// working says that something is under way. The caller calls done at its end.
func (a *app) working(what string) (done func()) {
	if a.quiet || !isTerminal(a.stderr) || os.Getenv("TERM") == "dumb" {
		return func() {}
	}
	ticker := time.NewTicker(time.Second)
	stop := a.progress.run(what, time.Now(), ticker.C)
	return func() {
		ticker.Stop()
		stop()
	}
}

// run shows what is under way at each tick, until stop is called.
func (p *progress) run(what string, start time.Time, ticks <-chan time.Time) (stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what, p.start = what, start
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case now := <-ticks:
				p.show(now)
			case <-end:
				return
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		p.mu.Lock()
		defer p.mu.Unlock()
		p.hide()
		p.what = ""
	}
}

func (p *progress) show(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = true
	fmt.Fprintf(p.w, "%switgen: %s: %d s", eraseLine, p.what, int(now.Sub(p.start).Round(time.Second).Seconds()))
}

func (p *progress) hide() {
	if p.shown {
		io.WriteString(p.w, eraseLine)
	}
	p.shown = false
}

// Write writes other text to the terminal, in the place of the line.
func (p *progress) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hide()
	return p.w.Write(text)
}
