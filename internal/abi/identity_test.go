package abi

import (
	"testing"

	"github.com/witgen/witgen/parser/resolve"
)

// Functions of each group are of one type, and those of different groups are not.
func TestIdentity(t *testing.T) {
	const text = `package a:b;
interface i {
  record point { x: u32, y: u32 }
  record other-name { x: u32, y: u32 }
  record other-field { x: u32, z: u32 }
  record other-type { x: u32, y: s32 }
  record other-order { y: u32, x: u32 }
  type alias = point;
  variant v { a(u32), b }
  variant other-case { a(u32), c }
  variant other-payload { a, b(u32) }
  enum e { a, b }
  flags f { a, b }
  resource r;
  resource s;
  g1a: func(p: point);
  g1b: func(q: other-name);
  g1c: func(p: alias);
  g2: func(p: other-field);
  g3: func(p: other-type);
  g4: func(p: other-order);
  g5: func(p: v);
  g6: func(p: other-case);
  g7: func(p: other-payload);
  g8: func(p: e);
  g9: func(p: f);
  g10a: func(p: r);
  g10b: func(p: own<s>);
  g11: func(p: borrow<r>);
  g12: func(p: list<u8>);
  g13: func(p: string);
  g14: func(p: list<u8, 4>);
  g15: func(p: list<u8, 5>);
  g16: func(p: tuple<u32, u32>);
  g17: func(p: result<u32>);
  g18: func(p: result<_, u32>);
  g19: func(p: result);
  g20: func() -> point;
  g21: func(p: point) -> point;
  g22: func(p: point, q: point);
  g23: func(p: u32, q: u32);
  g24: func(p: option<u32>);
  g25: func(p: list<u32>);
  g26: func();
  g27: func(p: map<string, u32>);
  g28: func(p: list<tuple<string, u32>>);
}`
	res, err := resolve.Source("i.wit", text, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := New(res.Resolve)
	groups := map[uint64]string{}
	for _, f := range res.Resolve.Interfaces[0].Functions {
		if f.Name[0] != 'g' {
			continue
		}
		group := f.Name
		if last := group[len(group)-1]; last >= 'a' {
			group = group[:len(group)-1]
		}
		id := a.Identity(f)
		if old, ok := groups[id]; ok && old != group {
			t.Errorf("%s is of the type of %s", f.Name, old)
		}
		for other, old := range groups {
			if old == group && other != id {
				t.Errorf("%s is of another type than the rest of %s", f.Name, group)
			}
		}
		groups[id] = group
	}
	if len(groups) != 28 {
		t.Errorf("%d types; want 28", len(groups))
	}
}
