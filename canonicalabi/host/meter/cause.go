package meter

import "fmt"

// A Cause says why a guest was stopped.
type Cause uint8

const (
	// None: it was not stopped by what [Rewrite] added.
	None Cause = iota
	// Interrupted: [Controller.Interrupt] was called.
	Interrupted
	// OutOfFuel: the fuel that [Controller.SetFuel] gave is used up.
	OutOfFuel
	// TooDeep: nested calls took more stack than [Controller.SetStack] allowed, or were more than
	// [Controller.SetDepth] allowed.
	TooDeep
)

// String returns the cause in words.
func (c Cause) String() string {
	switch c {
	case None:
		return "none"
	case Interrupted:
		return "interrupted"
	case OutOfFuel:
		return "out of fuel"
	case TooDeep:
		return "calls too deep"
	}
	return fmt.Sprintf("Cause(%d)", uint8(c))
}
