//go:build wasm || tinygo.wasm

// Command lasting is the guest of the world roundtrip:lasting/lasting. Each
// function asks the import of the same name.
package main

import (
	"errors"

	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/lasting/roundtrip/lasting/lasting"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/lasting/roundtrip/lasting/work"
)

func init() { lasting.Export(guest{}) }

func main() {}

type guest struct{}

type box struct{ inner work.Box }

func (guest) NewBox(name string) work.Box { return &box{work.NewBox(name + "!")} }

func (b *box) Put(i work.Item) uint32 {
	i.Tags = append(i.Tags, i.Name+"?")
	return b.inner.Put(i)
}

func (b *box) Items() []work.Item { return b.inner.Items() }

func (b *box) Close() { b.inner.Close() }

func (guest) Text(s string) string { return work.Text(s+"<") + ">" }

func (guest) Numbers(v []uint32) []uint32 { return append(work.Numbers(append(v, 1)), 2) }

func (guest) Items(v []work.Item) []work.Item {
	return append(work.Items(v), work.Item{Name: "one more"})
}

// Check asks the host. For some strings it is a guest with a mistake: it returns an error
// that is not of the function's type, or runs out of memory.
func (guest) Check(s string) (string, error) {
	switch s {
	case "another error":
		return "", errors.New("quota exceeded")
	case "memory":
		var all [][]byte
		for {
			all = append(all, make([]byte, 1<<20))
			kept = all
		}
	}
	return work.Check(s + ".")
}

var kept [][]byte

func (guest) Pack(b, other work.Box) work.Box {
	return &box{work.Pack(b.(*box).inner, other.(*box).inner)}
}
