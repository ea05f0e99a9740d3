//go:build wasip1

package adapter

// The kinds of events, and the sizes of subscriptions and events.
const (
	eventClock       = 0
	eventRead        = 1
	eventWrite       = 2
	subscriptionSize = 48
	eventSize        = 32
)

// What the state has for each subscription: a pollable and 1, or 0; whether it is
// ready; and an error number. waitIndex has the subscription whose pollable is polled at
// that place of the list.
const (
	waitPollable = 0
	waitReady    = 4
	waitError    = 8
	waitIndex    = 12
	waitSize     = 16
)

// rightSubscriptions reports whether subscriptions are of known kinds.
func rightSubscriptions(in, count uint32) bool {
	for n := range count {
		s := in + n*subscriptionSize
		switch load8(s + 8) {
		case eventClock:
			if load16(s+40) > 1 {
				return false
			}
		case eventRead, eventWrite:
		default:
			return false
		}
	}
	return true
}

// timer returns the pollable of a subscription to a clock.
func timer(s uint32) (uint32, errno) {
	clock, timeout, absolute := load32(s+16), load64(s+24), load16(s+40) != 0
	if clock > clockMonotonic {
		return 0, inval
	}
	if absolute && clock == clockMonotonic {
		return subscribeInstant(timeout), success
	}
	if absolute {
		now := wall()
		if timeout < now {
			timeout = now
		}
		timeout -= now
	}
	return subscribeDuration(timeout), success
}

// subscribe returns the pollable of a subscription to a descriptor, and false for one that
// is always ready.
func subscribe(s uint32) (uint32, bool, errno) {
	d := get(load32(s + 16))
	if d == 0 {
		return 0, false, badf
	}
	if files && (kind(d) == kindFile || kind(d) == kindFolder) {
		return 0, false, success
	}
	if load8(s+8) == eventRead {
		stream, e := input(d)
		if e != success {
			return 0, false, e
		}
		return inputSubscribe(stream), true, success
	}
	stream, e := output(d)
	if e != success {
		return 0, false, e
	}
	return outputSubscribe(stream), true, success
}

// available returns how many bytes may be read or written without waiting, as far as
// that is known.
func available(s uint32) uint64 {
	if load8(s+8) == eventClock {
		return 0
	}
	d := get(load32(s + 16))
	if d == 0 {
		return 0
	}
	if files && kind(d) == kindFolder {
		return 0
	}
	if files && kind(d) == kindFile {
		size, e := sizeOf(d)
		at := state64(d + entryOffset)
		if e != success || size < at {
			return 0
		}
		return size - at
	}
	return 1
}

// wait polls what is waited for, and marks what is ready. more is a pollable that is
// polled, too, where it is not 0; of it 1 is taken away.
func wait(waits, count, more uint32) {
	list := borrow(4, 4*(count+1))
	ret := borrow(4, 8)
	size := uint32(0)
	for n := range count {
		if pollable := state32(waits + n*waitSize + waitPollable); pollable != 0 {
			store32(list+4*size, pollable-1)
			setState32(waits+size*waitSize+waitIndex, n)
			size++
		}
	}
	polled := size
	if more != 0 {
		store32(list+4*size, more-1)
		polled++
	}
	poll(list, polled, ret)
	ready, of := load32(ret), load32(ret+4)
	for k := range of {
		if index := load32(ready + 4*k); index < size {
			setState32(waits+state32(waits+index*waitSize+waitIndex)*waitSize+waitReady, 1)
		}
	}
	giveBack()
}

//go:wasmexport poll_oneoff
func pollOneoff(in, out, count, result uint32) errno {
	if count == 0 || count > 1<<20 || !rightSubscriptions(in, count) {
		return inval
	}
	get(0) // has the table made, which stays, before what does not
	mark := stateEnd
	waits := allocate(count * waitSize)
	waiting, now := false, false
	for n := range count {
		s, w := in+n*subscriptionSize, waits+n*waitSize
		pollable, is, e := uint32(0), true, success
		if load8(s+8) == eventClock {
			pollable, e = timer(s)
		} else {
			pollable, is, e = subscribe(s)
		}
		setState32(w+waitPollable, 0)
		setState32(w+waitReady, 0)
		setState32(w+waitError, e)
		if e != success {
			setState32(w+waitReady, 1)
			now = true
		} else if !is {
			setState32(w+waitReady, 1)
			now = true
		} else {
			setState32(w+waitPollable, pollable+1)
			waiting = true
		}
	}
	if waiting {
		more := uint32(0)
		if now {
			more = subscribeDuration(0) + 1 // What is ready need not be waited for.
		}
		wait(waits, count, more)
		if more != 0 {
			dropPollable(more - 1)
		}
	}
	stored := uint32(0)
	for n := range count {
		s, w := in+n*subscriptionSize, waits+n*waitSize
		if pollable := state32(w + waitPollable); pollable != 0 {
			dropPollable(pollable - 1)
		}
		if state32(w+waitReady) == 0 {
			continue
		}
		user, kind, e, bytes := load64(s), load8(s+8), state32(w+waitError), uint64(0)
		if e == success {
			bytes = available(s)
		}
		event := out + stored*eventSize
		store64(event, user)
		store64(event+8, uint64(e)|uint64(kind)<<16)
		store64(event+16, bytes)
		store64(event+24, 0)
		stored++
	}
	stateEnd = mark
	store32(result, stored)
	return success
}
