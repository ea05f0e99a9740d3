//go:build tinygo

// Command boxes is the guest of the world roundtrip:lasting/lasting by the
// bindings of another generator. It does what internal/testing/generated/roundtrip's own guest of
// that world does.
package main

import (
	"unsafe"

	"go.bytecodealliance.org/cm"

	"example.com/second/gen/roundtrip/lasting/work"

	_ "example.com/second/realloc"
)

// given is the representation of a box that goes on to the host: its handle here
// is dropped, and the host's box behind it is not.
var given = ^cm.Rep(0)

// The representation of a box is the handle of the host's box behind it.
func init() {
	work.Exports.Box.Constructor = func(name string) work.ExportBox {
		return work.ExportBoxResourceNew(cm.Rep(work.NewBox(name + "!")))
	}
	work.Exports.Box.Destructor = func(self cm.Rep) {
		if self != given {
			work.Box(self).ResourceDrop()
		}
	}
	work.Exports.Box.Put = func(self cm.Rep, i work.Item) uint32 {
		i.Tags = cm.ToList(append(i.Tags.Slice(), i.Name+"?"))
		return work.Box(self).Put(i)
	}
	work.Exports.Box.Items = func(self cm.Rep) cm.List[work.Item] { return work.Box(self).Items() }
	work.Exports.Text = func(s string) string { return work.Text(s+"<") + ">" }
	work.Exports.Numbers = func(v cm.List[uint32]) cm.List[uint32] {
		v = work.Numbers(cm.ToList(append(v.Slice(), 1)))
		return cm.ToList(append(v.Slice(), 2))
	}
	work.Exports.Items = func(v cm.List[work.Item]) cm.List[work.Item] {
		return cm.ToList(append(work.Items(v).Slice(), work.Item{Name: "one more"}))
	}
	work.Exports.Check = func(s string) (r cm.Result[work.FailureShape_, string, work.Failure]) {
		imported := work.Check(s + ".") // of a type that is laid out alike
		return *(*cm.Result[work.FailureShape_, string, work.Failure])(unsafe.Pointer(&imported))
	}
	work.Exports.Pack = func(b work.ExportBox, other cm.Rep) work.ExportBox {
		rep := b.ResourceRep()
		given = rep
		b.ResourceDrop()
		given = ^cm.Rep(0)
		return work.ExportBoxResourceNew(cm.Rep(work.Pack(work.Box(rep), work.Box(other))))
	}
}

func main() {}
