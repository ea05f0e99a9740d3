//go:build wasm || tinygo.wasm

package guest

// Handle is a guest's handle of a resource that it imports. The zero Handle is
// one that is gone: closed or given away.
type Handle struct {
	index uint32
}

// LiftHandle returns the handle that has an index of the guest's handle table.
func LiftHandle(index uint32) Handle { return Handle{index: index} }

// Lend returns the index of h for a call that borrows it. It panics where h is
// gone; resource names the Go type in the message.
func (h *Handle) Lend(resource string) uint32 {
	if h.index == 0 {
		panic(message("use of a ", resource, " that was closed or given away"))
	}
	return h.index
}

// Give returns the index of h for a call that takes it over. After that h is
// gone. It panics where h is gone already.
func (h *Handle) Give(resource string) uint32 {
	index := h.Lend(resource)
	h.index = 0
	return index
}

// Close returns the index of h, which the caller drops, and false where h is
// gone already. After that it is.
func (h *Handle) Close() (index uint32, ok bool) {
	index = h.index
	h.index = 0
	return index, index != 0
}

// Closer is what every resource's Go interface has.
type Closer interface{ Close() }

// Borrows holds what a call of an export has borrowed, to be closed at its end.
type Borrows struct {
	handles []Closer
}

// Borrow adds h to b and returns it.
func Borrow[T Closer](b *Borrows, h T) T {
	b.handles = append(b.handles, h)
	return h
}

// End closes what was borrowed. Any use of it after that panics.
func (b *Borrows) End() {
	for _, h := range b.handles {
		h.Close()
	}
}

// Values holds the Go values behind the handles of one resource that the guest
// exports, whose Go interface T is. What the canonical ABI calls the representation of a resource is a
// value's place in it, so a value stays alive for as long as the host has a
// handle of it.
type Values[T Closer] struct {
	// slots[rep-1] belongs to rep. It is nil where the guest has taken the value
	// back, and where rep is free.
	slots []T
	free  []uint32
}

// Add puts v, which is not nil, behind a new representation.
//
//go:noinline
func (s *Values[T]) Add(v T) (rep uint32) {
	n := len(s.free)
	if n == 0 {
		s.slots = append(s.slots, v)
		return uint32(len(s.slots))
	}
	n--
	rep = s.free[n]
	s.free = s.free[:n]
	s.slots[rep-1] = v
	return rep
}

// Get returns the value behind rep.
func (s *Values[T]) Get(rep uint32) T { return s.slots[rep-1] }

// Take returns the value behind rep to the guest, which owns it from now on. The
// destructor that follows when the handle is dropped does not close it.
func (s *Values[T]) Take(rep uint32) T {
	v := s.slots[rep-1]
	var none T
	s.slots[rep-1] = none
	return v
}

// Destroy is the destructor: it forgets rep, and closes the value behind it
// unless it was taken.
func (s *Values[T]) Destroy(rep uint32) {
	v := s.Take(rep)
	s.free = append(s.free, rep)
	if any(v) != nil {
		v.Close()
	}
}
