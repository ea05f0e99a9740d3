package preview1

// The clocks. Those of the processor's time do not exist.
const (
	clockRealtime  = 0
	clockMonotonic = 1
)

func (c *call) clockResGet() errno {
	switch c.u32(0) {
	case clockRealtime:
		c.put64(1, c.Clock.WallResolution())
	case clockMonotonic:
		c.put64(1, c.Clock.Resolution())
	default:
		return inval
	}
	return success
}

// clockTimeGet ignores the precision that the guest asks for: there is one.
func (c *call) clockTimeGet() errno {
	switch c.u32(0) {
	case clockRealtime:
		c.put64(2, c.wall())
	case clockMonotonic:
		c.put64(2, c.Clock.Now())
	default:
		return inval
	}
	return success
}

// wall returns the time of day in nanoseconds.
func (c *call) wall() uint64 { return uint64(max(c.Clock.Wall().UnixNano(), 0)) }
