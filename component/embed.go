package component

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// Metadata returns a world as the custom section that a core module carries: the
// section's contents, a component that exports the type of the world. encoding is
// UTF8, UTF16 or Latin1UTF16 and says how the module encodes strings.
func Metadata(r *wit.Resolve, world wit.WorldID, encoding OptionKind) ([]byte, error) {
	if encoding > Latin1UTF16 {
		return nil, fmt.Errorf("%s is no string encoding", encoding)
	}
	c := &Component{}
	c.Add(&Custom{Name: encodingSection, Data: []byte{encodingVersion, byte(encoding)}})
	c.Add(&TypeDef{Type: wrapWorld(r, world)})
	c.Add(&Export{Name: Named(r.Worlds[world].Name), Sort: SortType})
	return checked(c)
}

// Embed returns a core module with the metadata of a world, which New needs to make
// a component of it. Metadata of the same kind that the module has already stays:
// the component then has the imports and exports of all its worlds.
func Embed(core []byte, r *wit.Resolve, world wit.WorldID, encoding OptionKind) (out []byte, err error) {
	defer catch(&err)
	data, err := Metadata(r, world, encoding)
	if err != nil {
		return nil, err
	}
	for range newCursor(core, 0).Sections() { // for the error
	}
	w := wasm.Writer{Buf: append(make([]byte, 0, len(core)+len(data)+64), core...)}
	w.Custom(typeSection, data)
	return w.Buf, nil
}
