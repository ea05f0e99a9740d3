package streams

import "sync/atomic"

// Budget bounds the bytes that the streams of an instance hold in the host. Each takes
// when it is made what it may ever hold. A nil Budget does not bound them.
type Budget struct {
	max  int64
	used atomic.Int64
}

// DefaultBudget is how many bytes a Budget has, unless an option says else.
const DefaultBudget = 64 << 20

// NewBudget returns a budget of max bytes.
func NewBudget(max int64) *Budget { return &Budget{max: max} }

// Take takes n bytes, and reports whether they were there.
func (b *Budget) Take(n int) bool {
	if b == nil {
		return true
	}
	if b.used.Add(int64(n)) > b.max {
		b.used.Add(-int64(n))
		return false
	}
	return true
}

// Give gives n bytes back.
func (b *Budget) Give(n int) {
	if b != nil {
		b.used.Add(-int64(n))
	}
}

// Used returns how many bytes are taken.
func (b *Budget) Used() int64 { return b.used.Load() }

// What the kinds of streams hold at most.
const (
	// ReaderBytes is for a Reader.
	ReaderBytes = Chunk
	// WriterBytes is for a Writer: what is written, and what comes next.
	WriterBytes = 2 * Chunk
)
