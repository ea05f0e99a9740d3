package bind

import (
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
