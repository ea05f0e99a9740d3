package leb128

import (
	"math"
	"testing"
)

func TestUnsignedRoundTrip(t *testing.T) {
	for _, v := range []uint64{0, 1, 63, 64, 127, 128, 16383, 16384, math.MaxInt32, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64, math.MaxUint64} {
		b := AppendUint64(nil, v)
		if got, n := Uint64(b); got != v || n != len(b) {
			t.Errorf("Uint64(% x) = %d, %d; want %d, %d", b, got, n, v, len(b))
		}
		got, n := Uint32(b)
		switch {
		case v <= math.MaxUint32:
			if uint64(got) != v || n != len(b) || LenUint32(uint32(v)) != n {
				t.Errorf("Uint32(% x) = %d, %d; want %d, %d", b, got, n, v, len(b))
			}
		case n >= 0:
			t.Errorf("Uint32(% x) took %d", b, v)
		}
	}
}

func TestSignedRoundTrip(t *testing.T) {
	for _, u := range []int64{0, 1, 63, 64, 127, 128, 8191, 8192, math.MaxInt32, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64} {
		for _, v := range []int64{u, -u, -u - 1} {
			b := AppendInt64(nil, v)
			if got, n := Int64(b); got != v || n != len(b) {
				t.Errorf("Int64(% x) = %d, %d; want %d, %d", b, got, n, v, len(b))
			}
			if got, n := Int33(b); v >= -1<<32 && v < 1<<32 {
				if got != v || n != len(b) {
					t.Errorf("Int33(% x) = %d, %d; want %d, %d", b, got, n, v, len(b))
				}
			} else if n >= 0 {
				t.Errorf("Int33(% x) took %d", b, v)
			}
			if got, n := Int32(b); v >= math.MinInt32 && v <= math.MaxInt32 {
				if int64(got) != v || n != len(b) {
					t.Errorf("Int32(% x) = %d, %d; want %d, %d", b, got, n, v, len(b))
				}
			} else if n >= 0 {
				t.Errorf("Int32(% x) took %d", b, v)
			}
		}
	}
}

func TestMalformed(t *testing.T) {
	type result struct{ u32, u64, s32, s33, s64 int }
	all := func(b []byte) result {
		var r result
		_, r.u32 = Uint32(b)
		_, r.u64 = Uint64(b)
		_, r.s32 = Int32(b)
		_, r.s33 = Int33(b)
		_, r.s64 = Int64(b)
		return r
	}
	tests := []struct {
		name string
		in   []byte
		want result
	}{
		{"empty", nil, result{}},
		{"cut", []byte{0x80}, result{}},
		{"cut after four", []byte{0xff, 0xff, 0xff, 0xff}, result{}},
		{"long zero", []byte{0x80, 0x80, 0x80, 0x80, 0x00}, result{5, 5, 5, 5, 5}},
		{"six bytes", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, result{-5, 6, -5, -5, 6}},
		{"bit 32", []byte{0x80, 0x80, 0x80, 0x80, 0x10}, result{-5, 5, -5, -5, 5}},
		{"all bits of 32", []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, result{5, 5, -5, 5, 5}},
		{"minus one in five", []byte{0xff, 0xff, 0xff, 0xff, 0x7f}, result{-5, 5, 5, 5, 5}},
		{"sign does not reach bit 6", []byte{0xff, 0xff, 0xff, 0xff, 0x3f}, result{-5, 5, -5, -5, 5}},
		{"ten bytes with bit 64", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}, result{-5, -10, -5, -5, -10}},
		{"eleven bytes", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, result{-5, -10, -5, -5, -10}},
	}
	for _, tt := range tests {
		if got := all(tt.in); got != tt.want {
			t.Errorf("%s: % x: got %+v, want %+v", tt.name, tt.in, got, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x80, 0x01})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, n := Uint32(b); n > 0 {
			if w, m := Uint64(b); w != uint64(v) || m != n {
				t.Fatalf("% x: Uint32 %d, Uint64 %d", b, v, w)
			}
		}
		if v, n := Int32(b); n > 0 {
			if w, m := Int33(b); w != int64(v) || m != n {
				t.Fatalf("% x: Int32 %d, Int33 %d", b, v, w)
			}
		}
		if v, n := Int33(b); n > 0 {
			if w, m := Int64(b); w != v || m != n {
				t.Fatalf("% x: Int33 %d, Int64 %d", b, v, w)
			}
		}
		if v, n := Uint64(b); n > 0 {
			if w, m := Uint64(AppendUint64(nil, v)); w != v || m > n {
				t.Fatalf("% x: %d comes back as %d in %d bytes", b, v, w, m)
			}
		}
	})
}
