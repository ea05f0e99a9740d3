package config_test

import (
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi/config"
)

func items(opt host.Option) []bind.Item {
	return host.NewConfig([]host.Option{opt}).Providers[0].(bind.Provider).Imports()
}

// A guest finds the values that its host has set, by their keys.
func TestValues(t *testing.T) {
	values := map[string]string{"b": "2", "a": "1", "": "none"}
	p := puppet.CompileItems(t, items(config.Values(nil)), config.Values(nil))
	g := p.Start(t, config.Values(values))
	delete(values, "a") // the map is the guest's own by now
	const store = "wasi:config/store#"
	for key, want := range map[string]string{"a": "1", "b": "2", "": "none"} {
		name, n := g.Text(key)
		at := g.OK(store+"get", name, n)
		if got := string(g.Get(g.U32(at+8), g.U32(at+12))); g.U8(at+4) != 1 || got != want {
			t.Errorf("%q is %q, want %q", key, got, want)
		}
	}
	name, n := g.Text("c")
	if at := g.OK(store+"get", name, n); g.U8(at+4) != 0 {
		t.Error("c has a value")
	}
	at := g.OK(store + "get-all")
	list, count := g.U32(at+4), g.U32(at+8)
	text := ""
	for k := range count {
		for _, part := range []uint64{0, 8} {
			text += string(g.Get(g.U32(list+16*k+part), g.U32(list+16*k+part+4))) + ";"
		}
	}
	if text != ";none;a;1;b;2;" {
		t.Errorf("all values are %q", text)
	}
	if at := p.Start(t).OK(store + "get-all"); at == 0 {
		t.Error("without values there is no list")
	}
}
