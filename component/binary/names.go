package binary

import "github.com/witgen/witgen/component/internal/fault"

// namesSection is the custom section that names definitions (Binary.md, "Name
// Section").
const namesSection = "component-name"

// Names are the names that a component's name section gives.
type Names struct {
	Component string
	// Sorts are names by sort and index.
	Sorts map[Sort]map[uint32]string
}

// Names reads the name section of a component. Without a section, or where it is
// malformed, which makes no component invalid, it returns what could be read.
func (c *Component) Names() *Names {
	n := &Names{Sorts: make(map[Sort]map[uint32]string)}
	data, ok := c.Custom(namesSection)
	if ok {
		var err error
		func() {
			defer fault.Catch(&err)
			n.read(&decoder{Cursor: newCursor(data, 0)})
		}()
	}
	return n
}

func (n *Names) read(d *decoder) {
	for !d.Done() {
		id := d.Byte()
		s := &decoder{Cursor: d.Sub(d.Uint32())}
		switch id {
		case 0:
			n.Component = s.Name()
		case 1:
			sort := s.sort()
			if n.Sorts[sort] == nil {
				n.Sorts[sort] = make(map[uint32]string)
			}
			for range s.Uint32() {
				index := s.Uint32()
				n.Sorts[sort][index] = s.Name()
			}
		}
	}
}
