package component

import (
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// Embed returns a core module with the metadata of a world, which New needs to make
// a component of it. Metadata of the same kind that the module has already stays:
// the component then has the imports and exports of all its worlds.
func Embed(core []byte, r *wit.Resolve, world wit.WorldID, encoding binary.OptionKind) (out []byte, err error) {
	defer fault.Catch(&err)
	data, err := Metadata(r, world, encoding)
	if err != nil {
		return nil, err
	}
	for range fault.NewCursor(core, 0).Sections() { // for the error
	}
	w := wasm.Writer{Buf: append(make([]byte, 0, len(core)+len(data)+64), core...)}
	w.Custom(typeSection, data)
	return w.Buf, nil
}
