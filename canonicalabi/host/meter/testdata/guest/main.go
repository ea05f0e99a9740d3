// Command guest is what the tests and benchmarks of meter run: loops, maps, sorting, strings, floats,
// interfaces, recursion. It prints nothing and needs no WASI of its own.
package main

import (
	"sort"
	"strconv"
)

func main() {}

type shape interface{ area() float64 }

type square struct{ side float64 }

func (s square) area() float64 { return s.side * s.side }

type circle struct{ radius float64 }

func (c circle) area() float64 { return 3.14159 * c.radius * c.radius }

func fib(n int32) int32 {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

//go:wasmexport fib
func exportedFib(n int32) int32 { return fib(n) }

// sieve counts the primes below n.
//
//go:wasmexport sieve
func sieve(n int32) int32 {
	composite := make([]bool, n)
	count := int32(0)
	for i := int32(2); i < n; i++ {
		if composite[i] {
			continue
		}
		count++
		for j := i * 2; j < n; j += i {
			composite[j] = true
		}
	}
	return count
}

// mixed does a bit of everything and returns a hash of it.
//
//go:wasmexport mixed
func mixed(n int32) int32 {
	counts := map[string]int32{}
	for i := int32(0); i < n; i++ {
		counts["key"+strconv.Itoa(int(i*7919%97))] += i
	}
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	hash := uint32(2166136261)
	add := func(s string) {
		for i := 0; i < len(s); i++ {
			hash = (hash ^ uint32(s[i])) * 16777619
		}
	}
	for _, k := range keys {
		add(k)
		add(strconv.Itoa(int(counts[k])))
	}
	var total float64
	for i := int32(0); i < n; i++ {
		var s shape = square{float64(i)}
		if i%3 == 0 {
			s = circle{float64(i)}
		}
		total += s.area()
	}
	add(strconv.FormatFloat(total, 'g', -1, 64))
	add(strconv.Itoa(int(fib(n % 20))))
	return int32(hash)
}

var turns uint32

// spin never returns.
//
//go:wasmexport spin
func spin() {
	for {
		turns++
	}
}
