package gowasm

// What the tests compile both by Go and by this package.

type number uint32

const (
	on  = true
	off = false
)

var (
	count   uint32
	total   uint64 = 1 << 40
	enabled        = true
)

//go:wasmexport arithmetic
func arithmetic(a, b uint32) uint32 {
	c := a*3 + b - 7
	c ^= a &^ b
	c |= a >> 3
	c &= ^(b << 5)
	if b != 0 {
		c += a/b + a%b
	}
	return -c + +a
}

//go:wasmexport wide
func wide(a, b uint64) uint64 {
	c := a*3 + b - 7
	c ^= a &^ b
	c |= a>>3 | b<<63
	if b > 0 {
		c -= a/b + a%b
	}
	return c
}

//go:wasmexport signed
func signed(a, b int32) int64 {
	if a < b || a >= 1000 {
		return int64(a>>2) - int64(b)
	}
	if a == b {
		return int64(uint32(a))
	}
	return int64(a) * int64(-b) >> 1
}

//go:wasmexport compare
func compare(a, b uint64) uint32 {
	n := uint32(0)
	if a < b {
		n |= 1
	}
	if a <= b {
		n |= 2
	}
	if a > b {
		n |= 4
	}
	if a >= b {
		n |= 8
	}
	if int64(a) < int64(b) {
		n |= 16
	}
	if a == b || int64(a) > 0 && int64(b) > 0 {
		n |= 32
	}
	if !(a != b) {
		n |= 64
	}
	return n
}

//go:wasmexport loops
func loops(a, b uint32) uint32 {
	sum := uint32(0)
	for i := range a % 50 {
		if i == 7 {
			continue
		}
		if i == 30 {
			break
		}
		sum += i
		i += 100 // the next round does not see it
	}
	for n := b % 20; n > 0; n-- {
		var fresh uint32
		fresh += n
		if fresh == 9 {
			continue
		}
		sum = sum*31 + fresh
	}
	for {
		sum++
		if sum%17 == 3 {
			break
		}
	}
	for range b % 3 {
		sum *= 2
	}
	return sum
}

//go:wasmexport choose
func choose(a uint32) uint32 {
	result := uint32(1)
	for n := range a % 10 {
		switch a%7 + n {
		default:
			result++
		case 0, 3:
			result += 10
		case 1:
			result += 100
			if n == 2 {
				break
			}
			result += 1000
		case 5:
			continue
		case 6:
			return result
		}
		switch {
		case result > 2000:
			result -= 1999
		case result > 100 && n > 1, n == 5:
			result += 7
		}
		result++
	}
	return result
}

func two(a, b uint32) (uint32, uint64) { return b, uint64(a) << 32 }

func both(a uint32) (uint32, uint64) { return two(a, a+1) }

//go:wasmexport results
func results(a, b uint32) uint64 {
	x, y := two(a, b)
	z, _ := both(x)
	a, b = b, a
	var u, v = uint64(a), number(b)
	_ = v
	_, _ = two(1, 2)
	globals(1)
	{
		x := x + 1
		u += uint64(x)
	}
	return uint64(x) + y + uint64(z) + u - uint64(v)
}

//go:wasmexport globals
func globals(a uint32) uint64 {
	count += a
	count++
	total -= uint64(count)
	enabled = !enabled
	if enabled {
		total *= 3
	}
	return total
}

//go:wasmexport constants
func constants(a uint32) uint32 {
	const local = 5
	if off {
		a += 1000
	} else if on || a > 7 {
		a += local
	}
	if off && a > 7 || a == 9 {
		a *= 2
	}
	if is := a > 12; is {
		a--
	}
	if on && !off {
		a <<= 1
	}
	return a
}
