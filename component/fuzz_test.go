package component_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/wit"
)

// addSeeds gives a fuzz target the binaries of seeds and parts of them.
func addSeeds(f *testing.F) {
	for _, wasm := range comptest.Seeds(f) {
		f.Add(wasm)
		f.Add(wasm[:len(wasm)*2/3])
	}
}

// FuzzDecode: what can be decoded comes out of encoding as it was.
func FuzzDecode(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, wasm []byte) {
		c, err := binary.Decode(wasm)
		if err != nil {
			return
		}
		encoded := c.Encode()
		again, err := binary.Decode(encoded)
		if err != nil {
			t.Fatalf("what was decoded does not decode again: %v", err)
		}
		if diff := cmp.Diff(c, again, comptest.IgnoreOffsets); diff != "" {
			t.Errorf("decoding again gives something else:\n%s", diff)
		}
		if !bytes.Equal(again.Encode(), encoded) {
			t.Error("encoding again gives something else")
		}
		if _, err := component.Inspect(wasm); err != nil {
			t.Errorf("what decodes cannot be inspected: %v", err)
		}
	})
}

// FuzzValidate: validation ends, and what is valid can be analyzed.
func FuzzValidate(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, wasm []byte) {
		c, err := binary.Decode(wasm)
		if err != nil {
			return
		}
		invalid := component.Validate(c)
		if _, err := check.Analyze(t.Context(), c); invalid != nil && err == nil {
			t.Errorf("Analyze accepts what is invalid: %v", invalid)
		}
	})
}

// FuzzDecodeWIT: a WIT package that can be read can be written. What is read of that
// may have its definitions in another order, and comes out the same from then on.
func FuzzDecodeWIT(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, wasm []byte) {
		first, err := component.DecodeWIT(wasm)
		if err != nil || !first.IsPackage() {
			return
		}
		second := rewrite(t, first)
		third := rewrite(t, second)
		if got, want := wit.PrintAll(third.Resolve, third.Package), wit.PrintAll(second.Resolve, second.Package); got != want {
			t.Errorf("reading what was written gives something else:\n%s", cmp.Diff(want, got))
		}
	})
}

// rewrite writes a WIT package and reads it again.
func rewrite(t *testing.T, w *component.WIT) *component.WIT {
	encoded, err := component.EncodePackage(w.Resolve, w.Package)
	if err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	again, err := component.DecodeWIT(encoded)
	if err != nil {
		t.Fatalf("what was written cannot be read: %v", err)
	}
	return again
}

// FuzzNew: core modules of any form give a component or an error, and those that can
// be read can be shown.
func FuzzNew(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, wasm []byte) {
		if _, err := component.ReadModule(wasm); err == nil {
			if _, err := component.Inspect(wasm); err != nil {
				t.Errorf("what can be read cannot be inspected: %v", err)
			}
		}
		made, err := component.New(wasm, component.NewOptions{})
		if err != nil {
			return
		}
		if _, err := component.DecodeWIT(made); err != nil {
			t.Errorf("the component that was made has no WIT: %v", err)
		}
	})
}
