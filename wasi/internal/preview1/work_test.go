package preview1

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/grants"
)

// What a guest can have a function do without end is counted in pieces, before it is done,
// and the count can stop it.
func TestWorkIsCounted(t *testing.T) {
	granted := grants.Closed()
	dir := withFolder(t, granted)
	for n := range 100 {
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(n)), nil, 0o666))
	}
	g := newGuest(t, granted)
	file := g.open("f", 1)
	const size, count = 64 << 10, 4000
	n, buffer := g.room(8), g.room(size)
	vectors, empty := g.room(8*count), g.room(8*count)
	in, out := g.room(48*count), g.room(32*count)
	for k := range count {
		binary.LittleEndian.PutUint32(g.memory.bytes[int(vectors)+8*k:], uint32(buffer))
		binary.LittleEndian.PutUint32(g.memory.bytes[int(vectors)+8*k+4:], 16)
	}
	big := g.vectors([2]uint64{0, 1 << 20})
	random := g.room(512 << 10)
	for _, test := range []struct {
		name   string
		least  uint64
		want   errno
		params []uint64
	}{
		{"random_get", 512 << 10, success, []uint64{random, 512 << 10}},
		{"fd_write", most * vectorUnits, success, []uint64{1, vectors, count, n}},
		{"fd_write", count * vectorUnits, success, []uint64{1, empty, count, n}},
		{"fd_write", 1 << 16, success, []uint64{1, big, 1, n}},
		{"fd_write", 1 << 16, success, []uint64{file, big, 1, n}},
		{"fd_pwrite", 1 << 16, success, []uint64{file, big, 1, 0, n}},
		{"fd_read", count * vectorUnits, success, []uint64{0, empty, count, n}},
		{"fd_pread", most * vectorUnits, success, []uint64{file, vectors, count, 0, n}},
		{"poll_oneoff", 2 * count * subscriptionUnits, success, []uint64{in, out, count, n}},
		{"fd_readdir", 100 * entryUnits, success, []uint64{3, buffer, size, 0, n}},
	} {
		sum := uint64(0)
		g.worked = func(units uint64) {
			if sum += units; units > mostUnits {
				t.Errorf("%s%v: %d units at a time", test.name, test.params, units)
			}
		}
		g.want(test.want, test.name, test.params...)
		if sum < test.least {
			t.Errorf("%s%v: %d units, want %d at least", test.name, test.params, sum, test.least)
		}
		why, looks := errors.New("why"), 0
		g.worked = func(uint64) {
			if looks++; looks > 1 {
				panic(why)
			}
		}
		if err := traps(t, func() { g.call(test.name, test.params...) }); !errors.Is(err, why) || looks != 2 {
			t.Errorf("%s%v was stopped with %v, after %d looks", test.name, test.params, err, looks)
		}
	}
	g.worked = nil
	// A call takes some of many buffers.
	g.want(success, "fd_write", file, vectors, count, n)
	if got := g.u32(n); got != most*16 {
		t.Errorf("%d bytes were written, want %d", got, most*16)
	}
	// A path of any length is refused alike.
	g.want(numbers[fault.NameTooLong], "path_create_directory", 3, 0, 1<<20)
}
