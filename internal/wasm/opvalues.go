package wasm

// OpTable holds a value for each instruction of one byte and for each number below 256
// behind a prefix. Only relaxed vector instructions have larger ones.
type OpTable[T any] [1 + AtomicPrefix - GCPrefix + 1][256]T

// row returns the row of an instruction, and false for one that a table has no place for.
func row(op Op) (int, bool) {
	prefix := op.Prefix()
	switch {
	case prefix == 0:
		return 0, true
	case prefix < GCPrefix || prefix > AtomicPrefix || op.Number() > 0xff:
		return 0, false
	}
	return 1 + int(prefix) - GCPrefix, true
}

// At returns the value of an instruction, and the zero value for those without a place.
func (t *OpTable[T]) At(op Op) T {
	if op <= 0xff {
		return t[0][op]
	}
	r, ok := row(op)
	if !ok {
		var zero T
		return zero
	}
	return t[r][op.Number()]
}

// Fill sets the value of the instructions from first to last, which have one prefix. It
// panics where the table has no place for them.
func (t *OpTable[T]) Fill(first, last Op, v T) {
	for op := first; op <= last; op++ {
		r, ok := row(op)
		if !ok {
			panic("wasm: a table has no place for " + op.String())
		}
		t[r][op.Number()] = v
	}
}
