package abi

import "testing"

func TestResourceItem(t *testing.T) {
	const world = "w"
	imports := []ResourceGroup[string]{{Owner: "a", Plain: true}, {Owner: "a"}, {Owner: "b", Plain: true}, {Owner: world, World: true}}
	exports := []ResourceGroup[string]{{Owner: "c"}, {Owner: "a"}, {Owner: "d"}, {Owner: world, World: true}}
	for _, test := range []struct {
		name     string
		export   bool
		n        int
		owner    string
		item     int
		exported bool
	}{
		{"an import's own", false, 0, "a", 0, false},
		{"of another import, by its own name", false, 2, "a", 1, false},
		{"of another import under a plain name", false, 1, "b", 2, false},
		{"the world's, of an import", false, 0, world, 3, false},
		{"an export's own", true, 0, "c", 0, true},
		{"of another export", true, 2, "a", 1, true},
		{"an export's, which only an import defines", true, 2, "b", 2, false},
		{"the world's, of its exported functions", true, 3, world, 3, false},
		{"an interface's, of the world's exported functions", true, 3, "a", 1, false},
		{"of nobody", true, 0, "x", -1, false},
		{"exported only, of an import", false, 0, "c", -1, false},
	} {
		if item, exported := ResourceItem(imports, exports, test.export, test.n, test.owner); item != test.item || exported != test.exported {
			t.Errorf("%s: item %d, exported %t; want %d, %t", test.name, item, exported, test.item, test.exported)
		}
	}
}
