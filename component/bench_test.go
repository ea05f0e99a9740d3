package component_test

import (
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/comptest"
)

// largest returns the largest component of the seeds, with its WIT many times over
// so that it has the size of a real one.
func largest(b *testing.B) []byte {
	var wasm []byte
	for name, s := range comptest.Seeds(b) {
		if name != "everything" && component.FormOf(s) == component.ComponentForm && len(s) > len(wasm) {
			wasm = s
		}
	}
	c, err := binary.Decode(wasm)
	if err != nil {
		b.Fatal(err)
	}
	many := &binary.Component{}
	for range 50 {
		many.Add(c)
	}
	return many.Encode()
}

func BenchmarkDecode(b *testing.B) {
	wasm := largest(b)
	b.SetBytes(int64(len(wasm)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := binary.Decode(wasm); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	wasm := largest(b)
	c, err := binary.Decode(wasm)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(wasm)))
	b.ReportAllocs()
	for b.Loop() {
		if err := component.Validate(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	wasm := largest(b)
	c, err := binary.Decode(wasm)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(wasm)))
	b.ReportAllocs()
	for b.Loop() {
		c.Encode()
	}
}

func BenchmarkDecodeWIT(b *testing.B) {
	wasm := comptest.Seeds(b)["types"]
	b.SetBytes(int64(len(wasm)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := component.DecodeWIT(wasm); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	wasm := comptest.Seeds(b)["resources.middle.core"]
	b.SetBytes(int64(len(wasm)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := component.New(wasm, component.NewOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
