package bind

import (
	"sync"
	"testing"
)

// TestLock takes a lock through its states. ops are letters: t takes it, T fails to;
// u unlocks; c closes; e ends it after close, E fails to; x ends it as its holder;
// f finds it free, F not.
func TestLock(t *testing.T) {
	for _, ops := range []string{
		"ftFTutTu",     // in turn
		"cFTe",         // closed while free
		"tcTEuTFeTe",   // closed while held
		"txTFu",        // ended by its holder, who lets go of it by mistake
		"txceT",        // closed after its end
		"tcxeT",        // ended after close
		"tcccuceT",     // closed again and again
		"EftEuE" + "f", // not closed
	} {
		var l lock
		for n, op := range ops {
			ok := true
			switch op {
			case 't', 'T':
				ok = l.tryLock() == (op == 't')
			case 'u':
				l.unlock()
			case 'c':
				l.close()
			case 'e', 'E':
				ok = l.tryEnd() == (op == 'e')
			case 'x':
				l.end()
			case 'f', 'F':
				ok = l.isFree() == (op == 'f')
			}
			if !ok {
				t.Errorf("%s: operation %d, %c, goes the other way", ops, n, op)
			}
		}
	}
	var l lock
	l.hold()
	if l.tryLock() || l.isFree() {
		t.Error("a lock that is held is taken again")
	}
}

// What one holder wrote the next one sees. The race detector tells if the lock does
// not order them.
func TestLockOrders(t *testing.T) {
	var l lock
	var wg sync.WaitGroup
	counter, taken := 0, make([]int, 8)
	for g := range taken {
		wg.Go(func() {
			for taken[g] < 1000 {
				if l.tryLock() {
					counter++
					taken[g]++
					l.unlock()
				}
			}
		})
	}
	wg.Wait()
	if counter != 8000 {
		t.Errorf("8000 holders counted to %d", counter)
	}
}
