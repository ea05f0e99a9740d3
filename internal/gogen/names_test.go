package gogen

import (
	"go/token"
	"slices"
	"testing"

	"github.com/witgen/witgen/diag"
)

func TestCamel(t *testing.T) {
	for _, c := range []struct{ wit, exported, local string }{
		{"add", "Add", "add"},
		{"http-url", "HTTPURL", "httpURL"},
		{"get-id", "GetID", "getID"},
		{"identity", "Identity", "identity"},
		{"HTTP-server", "HTTPServer", "httpServer"},
		{"to-HTTP", "ToHTTP", "toHTTP"},
		{"NOT-known", "NOTKnown", "notKnown"},
		{"rec-1", "Rec1", "rec1"},
		{"rec1", "Rec1", "rec1"},
		{"utf8-text", "UTF8Text", "utf8Text"},
		{"ipv4-address", "IPv4Address", "ipv4Address"},
		{"my-ipv6", "MyIPv6", "myIPv6"},
		{"a", "A", "a"},
		{"x-86-64", "X8664", "x8664"},
		{"type", "Type", "type"},
	} {
		if got := speller(nil).camel(c.wit); got != c.exported {
			t.Errorf("camel(%q) = %q, want %q", c.wit, got, c.exported)
		}
		if got := speller(nil).lowerCamel(c.wit); got != c.local {
			t.Errorf("lowerCamel(%q) = %q, want %q", c.wit, got, c.local)
		}
	}
}

// Words of Options.Initialisms are spelled as they are given.
func TestInitialisms(t *testing.T) {
	s, diags := newSpeller([]string{"KV", "OAuth", "SKU", "Id"})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ wit, exported, local string }{
		{"kv-store", "KVStore", "kvStore"},
		{"get-KV", "GetKV", "getKV"},
		{"oauth-sku", "OAuthSKU", "oauthSKU"},
		{"get-id", "GetId", "getId"},
		{"http-kvs", "HTTPKvs", "httpKvs"},
	} {
		if exported, local := s.camel(c.wit), s.lowerCamel(c.wit); exported != c.exported || local != c.local {
			t.Errorf("%s is spelled %s and %s, want %s and %s", c.wit, exported, local, c.exported, c.local)
		}
	}
	for _, word := range []string{"", "kv", "K-V", "K V", "2K", "É"} {
		_, diags := planOf(t, "package a:b; world w { export f: func(); }", Options{Initialisms: []string{"KV", word}})
		if len(diags) != 1 || diags[0].Code != diag.BadInitialism {
			t.Errorf("%q: %v", word, diags)
		}
	}
}

// Packages of other modules are not spelled anew.
func TestInitialismsOfForeignPackages(t *testing.T) {
	const text = `package a:b; interface types { record kv { kv-id: u8 } } interface kv { use types.{kv}; get-kv: func(kv: kv); } world w { import kv; }`
	plan := mustPlan(t, text, Options{Initialisms: []string{"KV"}, With: map[string]string{"a:b/types": "acme.com/types"}})
	id := plan.Packages[0].Types[0]
	own := plan.Packages[1]
	if got := []string{plan.TypeName(id), plan.FieldName(id, 0), plan.TypeName(own.Types[0]), plan.FuncName(own.Functions[0])}; !slices.Equal(got, []string{"Kv", "KvID", "KV", "GetKV"}) {
		t.Errorf("names are %v", got)
	}
}

func TestLowerFirst(t *testing.T) {
	for name, want := range map[string]string{"HTTPTypes": "httpTypes", "Log": "log", "ID": "id", "Rec1": "rec1", "MyID": "myID"} {
		if got := LowerFirst(name); got != want {
			t.Errorf("LowerFirst(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestScopeDeclare(t *testing.T) {
	for _, c := range []struct {
		name           string
		reserve, names []string
		want           []string
	}{
		{"free", nil, []string{"a", "b"}, []string{"a", "b"}},
		{"twice", nil, []string{"ptr", "ptr", "ptr"}, []string{"ptr", "ptr2", "ptr3"}},
		{"after a digit", nil, []string{"rec1", "rec1", "rec1"}, []string{"rec1", "rec1_2", "rec1_3"}},
		{"number is taken", nil, []string{"a2", "a", "a"}, []string{"a2", "a", "a3"}},
		{"keyword", nil, []string{"type", "type"}, []string{"type_", "type2"}},
		{"predeclared", nil, []string{"len", "error", "any"}, []string{"len_", "error_", "any_"}},
		{"import", []string{"context"}, []string{"context"}, []string{"context_"}},
		{"suffix is taken", []string{"Close"}, []string{"Close_", "Close"}, []string{"Close_", "Close2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := NewScope().Reserve(c.reserve...)
			for i, name := range c.names {
				if got := s.Declare(name); got != c.want[i] {
					t.Errorf("%d: Declare(%q) = %q, want %q", i, name, got, c.want[i])
				}
			}
		})
	}
}

func TestInnerScopeShadowsNothing(t *testing.T) {
	outer := NewScope().Reserve("context")
	outer.Declare("a")
	inner := outer.Inner()
	for name, want := range map[string]string{"a": "a2", "context": "context_", "b": "b", "func": "func_"} {
		if got := inner.Declare(name); got != want {
			t.Errorf("Declare(%q) = %q, want %q", name, got, want)
		}
	}
	if got := outer.Inner().Declare("b"); got != "b" {
		t.Errorf("a name of one inner scope is taken in another: %q", got)
	}
	if !inner.Has("a") || outer.Has("b") {
		t.Error("Has looks the wrong way")
	}
}

// Every name that Go gives a meaning must be known to a new scope.
func TestScopeKnowsGo(t *testing.T) {
	s := NewScope()
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		if !s.Has(tok.String()) {
			t.Errorf("keyword %s is free", tok)
		}
	}
	for _, name := range goUniverse() {
		if !s.Has(name) {
			t.Errorf("predeclared %s is free", name)
		}
	}
}
