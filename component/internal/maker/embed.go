package maker

import (
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// Embed is component.Embed.
func Embed(module []byte, r *wit.Resolve, world wit.WorldID, encoding binary.OptionKind) (out []byte, err error) {
	defer fault.Catch(&err)
	data, err := witbin.Metadata(r, world, encoding)
	if err != nil {
		return nil, err
	}
	for range core.NewCursor(module, 0).Sections() { // for the error
	}
	w := wasm.Writer{Buf: append(make([]byte, 0, len(module)+len(data)+64), module...)}
	w.Custom(witbin.MetadataSection, data)
	return w.Buf, nil
}
