package component

import "testing"

// largest returns the largest component of the seeds, with its WIT many times over
// so that it has the size of a real one.
func largest(b *testing.B) []byte {
	var wasm []byte
	for name, s := range seeds(b) {
		if name != "everything" && FormOf(s) == ComponentForm && len(s) > len(wasm) {
			wasm = s
		}
	}
	c, err := Decode(wasm)
	if err != nil {
		b.Fatal(err)
	}
	many := &Component{}
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
		if _, err := Decode(wasm); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	wasm := largest(b)
	c, err := Decode(wasm)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(wasm)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Validate(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	wasm := largest(b)
	c, err := Decode(wasm)
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
	wasm := seeds(b)["types"]
	b.SetBytes(int64(len(wasm)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeWIT(wasm); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	wasm := seeds(b)["resources.middle.core"]
	b.SetBytes(int64(len(wasm)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(wasm, NewOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
