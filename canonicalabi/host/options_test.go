package host_test

import (
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
)

// Instances that are made at once with options of what WASI sees do not share them.
func TestInstanceOptionsShareNothing(t *testing.T) {
	base := host.NewConfig([]host.Option{host.Env("A", "1"), host.Env("B", "2"), host.Env("C", "3")})
	one, err := base.ForInstance([]host.Option{host.Env("D", "4"), host.Args("one")})
	if err != nil {
		t.Fatal(err)
	}
	two, err := base.ForInstance([]host.Option{host.Env("E", "5")})
	if err != nil {
		t.Fatal(err)
	}
	if &one.WASI.Open[3] == &two.WASI.Open[3] || len(base.WASI.Open) != 3 || len(two.WASI.Args) != 0 || len(base.WASI.Args) != 0 {
		t.Error("the configurations share what was added")
	}
}
