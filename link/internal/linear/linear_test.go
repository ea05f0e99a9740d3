package linear

import (
	"bytes"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
)

func TestMemoryGrowsInPlaceAndIsZero(t *testing.T) {
	s := NewSet(8*PageSize, nil, 0)
	defer s.Release()
	m := s.Allocate(PageSize, 8*PageSize)
	buffer := m.Reallocate(PageSize)
	if len(buffer) != PageSize {
		t.Fatalf("%d bytes", len(buffer))
	}
	for i := range buffer {
		buffer[i] = byte(i) | 1
	}
	before := bytes.Clone(buffer)
	larger := m.Reallocate(4 * PageSize)
	if len(larger) != 4*PageSize || !bytes.Equal(larger[:PageSize], before) {
		t.Error("growing lost what the memory held")
	}
	if !bytes.Equal(larger[PageSize:], make([]byte, 3*PageSize)) {
		t.Error("new pages are not zero")
	}
}

func TestReusedMemoryIsZero(t *testing.T) {
	for _, pages := range []uint64{1, 3, 4, 5, 40, 100} { // below and above clearBytes
		for range 3 {
			s := NewSet(pages*PageSize, nil, 0)
			buffer := s.Allocate(0, pages*PageSize).Reallocate(pages * PageSize)
			if !bytes.Equal(buffer, make([]byte, len(buffer))) {
				t.Fatalf("a memory of %d pages holds what another one held", pages)
			}
			for i := range buffer {
				buffer[i] = 0xaa
			}
			s.Release()
		}
	}
}

func TestLimits(t *testing.T) {
	budget := host.NewBudget(10 * PageSize)
	one, two := NewSet(6*PageSize, budget, 0), NewSet(6*PageSize, budget, 0)
	a, b := one.Allocate(0, 100*PageSize), one.Allocate(0, 100*PageSize)
	for _, c := range []struct {
		what  string
		grows bool
		got   []byte
	}{
		{"within the limit", true, a.Reallocate(4 * PageSize)},
		{"the rest of the limit", true, b.Reallocate(2 * PageSize)},
		{"over the set's limit", false, b.Reallocate(3 * PageSize)},
		{"smaller", false, a.Reallocate(PageSize)},
		{"over the budget", false, two.Allocate(0, 6*PageSize).Reallocate(5 * PageSize)},
		{"the rest of the budget", true, two.Allocate(0, 6*PageSize).Reallocate(4 * PageSize)},
		{"over the memory's own maximum", false, NewSet(6*PageSize, nil, 0).Allocate(0, PageSize).Reallocate(2 * PageSize)},
	} {
		if (c.got != nil) != c.grows {
			t.Errorf("%s: got %d bytes", c.what, len(c.got))
		}
	}
	if one.Bytes() != 6*PageSize || budget.Used() != 10*PageSize {
		t.Errorf("the set has %d bytes, the budget %d", one.Bytes(), budget.Used())
	}
	one.Release()
	one.Release()
	two.Release()
	if budget.Used() != 0 {
		t.Errorf("%d bytes were not given back", budget.Used())
	}
	if a.Reallocate(5*PageSize) != nil {
		t.Error("a memory grows after its release")
	}
}

// A memory that wazero freed stays as it is until Release, as a call may be using it.
func TestFreeOnlyMarks(t *testing.T) {
	s := NewSet(PageSize, nil, 0)
	m := s.Allocate(PageSize, PageSize)
	buffer := m.Reallocate(PageSize)
	buffer[7] = 7
	m.Free()
	other := NewSet(PageSize, nil, 0)
	taken := other.Allocate(PageSize, PageSize).Reallocate(PageSize)
	taken[7] = 9
	if buffer[7] != 7 {
		t.Error("a freed memory was given to another instance before its release")
	}
	s.Release()
	other.Release()
}
