//go:build !tinygo

package main

import "runtime"

// concurrent calls exchange from several goroutines, which take turns wherever
// Go lets them: inside the reallocs of each other's calls, too.
//
//go:wasmexport concurrent
func concurrent(goroutines uint32) uint32 {
	done := make(chan uint32)
	for i := range goroutines {
		go func() {
			runtime.Gosched()
			n := 5 + 3*i
			for range 4 {
				if exchange(n) != n {
					n = 0
				}
				runtime.Gosched()
			}
			done <- min(n, 1)
		}()
	}
	right := uint32(0)
	for range goroutines {
		right += <-done
	}
	return right
}
