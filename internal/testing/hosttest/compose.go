package hosttest

import (
	"fmt"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
)

// Compose makes one component of several of the world: each takes what it imports
// from the one before it that exports it, and otherwise from what the whole
// imports. The whole exports what any of them exports, the last one first.
func Compose(parts ...[]byte) ([]byte, error) {
	b := &Builder{}
	supply := map[string]binary.Arg{}
	if err := b.importWorld(supply); err != nil {
		return nil, err
	}
	exports := map[string]binary.Arg{}
	for _, wasm := range parts {
		c, err := binary.Decode(wasm)
		if err != nil {
			return nil, err
		}
		var args []binary.Arg
		for d := range c.Defs() {
			if i, ok := d.(*binary.Import); ok {
				arg, ok := supply[i.Name.Name]
				if !ok {
					return nil, fmt.Errorf("nothing supplies %s", i.Name.Name)
				}
				args = append(args, arg)
			}
		}
		instance := b.Instance(b.Add(c), args...)
		for d := range c.Defs() {
			if x, ok := d.(*binary.Export); ok {
				name := x.Name.Name
				arg := binary.Arg{Name: name, Sort: x.Sort, Index: b.Alias(x.Sort, instance, name)}
				supply[name], exports[name] = arg, arg
			}
		}
	}
	for _, name := range []string{"test:subject/values" + Version, "test:subject/shop" + Version, "run"} {
		if x, ok := exports[name]; ok {
			b.Export(name, x.Sort, x.Index)
		}
	}
	return b.Bytes(), nil
}

// importWorld declares what the world imports, as the world's own type says it.
func (b *Builder) importWorld(supply map[string]binary.Arg) error {
	r, world := subjectWorld()
	metadata, err := component.Metadata(r, world, component.UTF8)
	if err != nil {
		return err
	}
	c, err := binary.Decode(metadata)
	if err != nil {
		return err
	}
	for _, d := range worldType(c).Decls {
		if _, ok := d.(*binary.ExportDecl); ok {
			break
		}
		index := b.Add(d)
		if i, ok := d.(*binary.Import); ok {
			supply[i.Name.Name] = binary.Arg{Name: i.Name.Name, Sort: i.Type.Sort, Index: index}
		}
	}
	return nil
}

// worldType returns the innermost component type of a world's metadata.
func worldType(c *binary.Component) *binary.ComponentType {
	for d := range c.Defs() {
		if t, ok := d.(*binary.TypeDef); ok {
			if outer, ok := t.Type.(*binary.ComponentType); ok {
				for _, d := range outer.Decls {
					if t, ok := d.(*binary.TypeDef); ok {
						if inner, ok := t.Type.(*binary.ComponentType); ok {
							return inner
						}
					}
				}
			}
		}
	}
	panic("hosttest: the metadata of a world has no component type")
}
