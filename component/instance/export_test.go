package instance

// Tracked reports whether calls in a component may come back to an instance that
// they have left.
func Tracked(wasm []byte) (bool, error) {
	p, err := makePlan(wasm)
	if err != nil {
		return false, err
	}
	return p.tracked(), nil
}
