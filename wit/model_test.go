package wit

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kinds holds a kind of each sort, all of whose references are the types given.
func kinds(a, b Type, resource TypeID) []Kind {
	return []Kind{
		&Record{Fields: []Field{{Name: "x", Type: a}, {Name: "y", Type: b}}},
		&Variant{Cases: []Case{{Name: "x"}, {Name: "y", Type: b}}},
		&Flags{Flags: []Label{{Name: "x"}}},
		&Enum{Cases: []Label{{Name: "x"}}},
		&Tuple{Types: []Type{a, b, a}},
		&Option{Type: a},
		&Result{OK: a}, &Result{Err: b}, &Result{OK: a, Err: b}, &Result{},
		&List{Type: a},
		&FixedList{Type: a, Size: 1<<32 - 1},
		&Map{Key: a, Value: b},
		&Stream{Type: a}, &Stream{},
		&Future{Type: b}, &Future{},
		&Own{Resource: resource}, &Borrow{Resource: resource},
		&Resource{},
		&Alias{Type: a},
	}
}

func TestRewriteReachesEveryReference(t *testing.T) {
	before, want := kinds(U8, TypeID(1), 2), kinds(String, TypeID(11), 12)
	for i, k := range before {
		original := kinds(U8, TypeID(1), 2)[i]
		seen := 0
		EachType(k, func(Type) { seen++ })
		replaced := 0
		got := Rewrite(k, func(t Type) Type {
			replaced++
			if id, ok := t.(TypeID); ok {
				return id + 10
			}
			return String
		})
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("%T (-want +got):\n%s", k, diff)
		}
		if diff := cmp.Diff(original, k); diff != "" {
			t.Errorf("%T was changed (-want +got):\n%s", k, diff)
		}
		if seen != replaced {
			t.Errorf("%T: %d references seen, %d replaced", k, seen, replaced)
		}
	}
}

func TestJSONOfEachKind(t *testing.T) {
	want := []string{
		`{"record":{"fields":[{"name":"x","type":"u8"},{"name":"y","type":1}]}}`,
		`{"variant":{"cases":[{"name":"x","type":null},{"name":"y","type":1}]}}`,
		`{"flags":{"flags":[{"name":"x"}]}}`,
		`{"enum":{"cases":[{"name":"x"}]}}`,
		`{"tuple":{"types":["u8",1,"u8"]}}`,
		`{"option":"u8"}`,
		`{"result":{"ok":"u8","err":null}}`, `{"result":{"ok":null,"err":1}}`, `{"result":{"ok":"u8","err":1}}`, `{"result":{"ok":null,"err":null}}`,
		`{"list":"u8"}`,
		`{"fixed-length-list":["u8",4294967295]}`,
		`{"map":["u8",1]}`,
		`{"stream":"u8"}`, `{"stream":null}`,
		`{"future":1}`, `{"future":null}`,
		`{"handle":{"own":2}}`, `{"handle":{"borrow":2}}`,
		`"resource"`,
		`{"type":"u8"}`,
	}
	for i, k := range kinds(U8, TypeID(1), 2) {
		r := &Resolve{Types: []*TypeDef{{Name: "t", Kind: k, Owner: InterfaceID(0), Docs: EmptyDocs, Stability: Stability{Feature: "f", Deprecated: "1.0.0"}, ExternalID: "<id>"}}}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Types []struct {
				Name, Kind, Owner, Docs, Stability, External_ID json.RawMessage
			}
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		def := got.Types[0]
		for name, pair := range map[string][2]string{
			"kind":        {want[i], string(def.Kind)},
			"owner":       {`{"interface":0}`, string(def.Owner)},
			"docs":        {`{"contents":""}`, string(def.Docs)},
			"stability":   {`{"unstable":{"feature":"f","deprecated":"1.0.0"}}`, string(def.Stability)},
			"external_id": {`"\u003cid\u003e"`, string(def.External_ID)},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%T: the %s is %s, want %s", k, name, pair[1], pair[0])
			}
		}
	}
}
