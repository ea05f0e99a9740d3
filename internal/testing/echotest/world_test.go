package echotest

import (
	"testing"

	"github.com/witgen/witgen/parser/resolve"
)

// TestWorlds: every world is valid WIT.
func TestWorlds(t *testing.T) {
	for seed := range uint64(300) {
		if _, err := resolve.Source("echo.wit", World(seed), resolve.Options{}); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, World(seed))
		}
	}
}
