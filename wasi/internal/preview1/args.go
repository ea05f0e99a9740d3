package preview1

import "encoding/binary"

// variables returns the environment in the form NAME=VALUE.
func (c *call) variables() []string {
	all := make([]string, len(c.Env))
	for n, v := range c.Env {
		all[n] = v.Name + "=" + v.Value
	}
	return all
}

func (c *call) argsGet() errno         { return c.strings(c.Args) }
func (c *call) argsSizesGet() errno    { return c.stringSizes(c.Args) }
func (c *call) environGet() errno      { return c.strings(c.variables()) }
func (c *call) environSizesGet() errno { return c.stringSizes(c.variables()) }

// strings stores pointers to strings, and the strings, each with a zero at its end.
func (c *call) strings(all []string) errno {
	pointers := c.array(c.u32(0), uint32(len(all)), 4, 4)
	at := c.u32(1)
	for n, s := range all {
		binary.LittleEndian.PutUint32(pointers[4*n:], at)
		b := c.bytes(at, uint32(len(s)+1))
		b[copy(b, s)] = 0
		at += uint32(len(b))
	}
	return success
}

func (c *call) stringSizes(all []string) errno {
	size := 0
	for _, s := range all {
		size += len(s) + 1
	}
	c.put32(0, uint32(len(all)))
	c.put32(1, uint32(size))
	return success
}
