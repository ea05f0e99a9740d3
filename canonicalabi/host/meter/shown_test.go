package meter

import (
	"strings"
	"testing"

	core "github.com/witgen/witgen/internal/wasm"
)

// A trap's text has the names of functions, and of the module before each: they are cut, and
// hold nothing that a terminal obeys.
func TestNamesAreShort(t *testing.T) {
	long := "\x1b[31m" + strings.Repeat("é", 1<<20)
	var names core.Writer
	names.Byte(core.NamesOfModule)
	names.Sized(func() { names.Name(long) })
	names.Byte(core.NamesOfFunctions)
	names.Sized(func() {
		names.Uint32(2)
		for i, name := range []string{"plain", long} {
			names.Uint32(uint32(i))
			names.Name(name)
		}
	})
	h := &helpers{m: &module{}, first: 2}
	written := appendNames(names.Buf, h, []string{"helper"})
	if most := 4 * (mostName + 20); len(written) > most {
		t.Errorf("%d bytes of names, want at most %d", len(written), most)
	}
	parts, ok := readNames(core.NewCursor(written, 0))
	if !ok || len(parts) < 2 {
		t.Fatalf("the names are not well formed: %d parts", len(parts))
	}
	var got []string
	core.NewCursor(parts[1].data, 0).NameMap(func(_ uint32, name string) { got = append(got, name) })
	want := "\uFFFD[31m" + strings.Repeat("é", (mostName-5)/2) + "..."
	if len(got) != 3 || got[0] != "plain" || got[1] != want || got[2] != prefix+"helper" {
		t.Errorf("the functions are %q", got)
	}
	if module := core.NewCursor(parts[0].data, 0).Name(); module != want {
		t.Errorf("the module is %q", module)
	}
}
