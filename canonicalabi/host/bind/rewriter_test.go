package bind

import (
	"errors"
	"reflect"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/meter"
)

// host.Limits are meter.Limits but for those of memory and tables, under the same
// names, with the same defaults, and each is passed on.
func TestModuleLimits(t *testing.T) {
	ours, theirs := reflect.TypeFor[host.Limits](), reflect.TypeFor[meter.Limits]()
	if got, want := ours.NumField(), theirs.NumField()-2; got != want {
		t.Errorf("host.Limits has %d fields, want %d", got, want)
	}
	defaults := host.DefaultLimits()
	want := meter.DefaultLimits()
	want.MemoryPages, want.TableElements = 0, 0
	if got := moduleLimits(&defaults); got != want {
		t.Errorf("the defaults are %+v, want %+v", got, want)
	}
	for n := range ours.NumField() {
		var limits host.Limits
		reflect.ValueOf(&limits).Elem().Field(n).SetUint(7)
		var want meter.Limits
		reflect.ValueOf(&want).Elem().FieldByName(ours.Field(n).Name).SetUint(7)
		if got := moduleLimits(&limits); got != want {
			t.Errorf("%s is passed on as %+v", ours.Field(n).Name, got)
		}
	}
}

// A module that cannot be metered, or that is malformed, is refused with the place and
// the remedy, and left as it is where nothing is metered.
func TestRewriteErrors(t *testing.T) {
	reserved := []byte("\x00asm\x01\x00\x00\x00\x05\x03\x01\x00\x00\x07\x0c\x01\x08!meter/x\x02\x00")
	tag := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x0d\x03\x01\x00\x00")
	for name, test := range map[string]struct {
		wasm []byte
		want string
	}{
		"exceptions": {tag, "test:a/w: the guest needs the feature exceptions of WebAssembly, at offset 0x10, which the engine does not have; build it without that"},
		"anyref":     {[]byte("\x00asm\x01\x00\x00\x00\x01\x05\x01\x60\x01\x6e\x00"), "test:a/w: the guest needs the feature gc of WebAssembly, at offset 0xb, which the engine does not have; build it without that"},
		"a name":     {reserved, "test:a/w: the guest uses a feature that cannot be metered: reserved export name at offset 0x10; build it without that, or run it with host.Unmetered if you trust it"},
		"cut short":  {tag[:len(tag)-1], "test:a/w: the guest is not a valid WebAssembly module: section longer than the module at offset 0x10"},
	} {
		r := Rewriter{World: "test:a/w", Config: host.NewConfig(nil)}
		_, err := r.Rewrite(test.wasm)
		var link *host.LinkError
		if !errors.As(err, &link) || err.Error() != test.want {
			t.Errorf("%s: got %T %v; want %s", name, err, err, test.want)
		}
		r.Config.Unmetered = true
		if got, err := r.Rewrite(test.wasm); err != nil || &got[0] != &test.wasm[0] {
			t.Errorf("%s, unmetered: %v", name, err)
		}
	}
}
