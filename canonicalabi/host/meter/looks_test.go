package meter

import (
	"errors"
	"testing"

	"github.com/witgen/witgen/internal/testing/bombs"
	core "github.com/witgen/witgen/internal/wasm"
)

// TestLooks stops the rewriting of modules of many items at each of the looks at Config.Done, which
// follow each other after a bounded number of items.
func TestLooks(t *testing.T) {
	const looksEach = 6
	const n = looksEach * core.LookSteps
	sizes := map[string]struct{ size, looks int }{
		"exports": {n, looksEach}, "names": {n, 2 * looksEach}, "elements": {n, looksEach}, "element expressions": {n, 2 * looksEach}, "globals of constants": {n, 2 * looksEach},
		"expressions of globals": {n / 2, looksEach}, "data segments": {n, looksEach}, "custom sections": {n, looksEach}, "small types": {n, looksEach}, "functions": {2_000, 2_000},
	}
	for _, s := range bombs.Shapes() {
		want, ok := sizes[s.Name]
		if !ok {
			continue
		}
		delete(sizes, s.Name)
		b := s.Build(want.size)
		all := looks{}
		if _, err := Rewrite(b, Config{looks: &all}); err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if all.n < want.looks {
			t.Errorf("%s: Done is looked at %d times, want %d", s.Name, all.n, want.looks)
		}
		for k := 1; k <= all.n; k += 1 + all.n/8 {
			some := looks{most: k}
			if _, err := Rewrite(b, Config{looks: &some}); !errors.Is(err, ErrStopped) {
				t.Errorf("%s: stopped at look %d of %d: %v", s.Name, k, all.n, err)
			}
			if some.n > k+1 {
				t.Errorf("%s: stopped at look %d, it looks %d times more", s.Name, k, some.n-k)
			}
		}
	}
	if len(sizes) > 0 {
		t.Errorf("no shapes %v", sizes)
	}
}
