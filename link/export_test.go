package link

// Tracked reports whether calls in a component may come back to an instance that
// they have left.
func Tracked(wasm []byte) (bool, error) {
	p, err := makePlan(wasm)
	if err != nil {
		return false, err
	}
	return p.tracked(), nil
}

// Instantiated returns how many core modules a component has instantiated, and how
// many functions are called in between.
func Instantiated(wasm []byte) (modules, calls int, err error) {
	p, err := makePlan(wasm)
	if err != nil {
		return 0, 0, err
	}
	for _, c := range p.cores {
		if !c.dropped {
			modules++
		}
		if c.start.is() {
			calls++
		}
	}
	return modules, calls, nil
}
