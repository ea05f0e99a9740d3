//go:build wasm || tinygo.wasm

// Command guest asks of WASI what guests ask.
package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"time"
)

//go:wasmexport slept
func slept() uint64 {
	start := time.Now()
	time.Sleep(time.Hour)
	return uint64(time.Since(start))
}

//go:wasmexport random
func random() uint64 {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err)
	}
	return binary.LittleEndian.Uint64(b[:])
}

//go:wasmexport write
func write() uint32 {
	n, err := fmt.Println("nobody sees this")
	if err != nil {
		panic(err)
	}
	println("nor this")
	return uint32(n)
}

//go:wasmexport seen
func seen() uint32 {
	n := len(os.Args) + len(os.Environ())
	for _, name := range []string{"/", ".", "/etc/passwd"} {
		if f, err := os.Open(name); err == nil {
			n++
			f.Close()
		}
	}
	return uint32(n)
}

var kept []byte

//go:wasmexport collect
func collect(n uint32) uint32 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	before := stats.NumGC
	for range n {
		kept = make([]byte, 1024)
	}
	runtime.ReadMemStats(&stats)
	return stats.NumGC - before
}

//go:wasmexport exit
func exit() { os.Exit(3) }

func main() {}
