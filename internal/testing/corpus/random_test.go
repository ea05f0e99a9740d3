package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/witgen/witgen/internal/testing/witrand"
	"github.com/witgen/witgen/parser/resolve"
)

// TestRandomWorlds generates both sides of random synchronous packages, and
// builds and vets them for the host and for wasm. WITGEN_RANDOM says how many, and
// WITGEN_RANDOM_SEED with which seed to begin. Text that is not valid WIT, which
// happens where names clash by chance, does not count.
func TestRandomWorlds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds many packages")
	}
	count, seed := number(t, "WITGEN_RANDOM", 6), uint64(number(t, "WITGEN_RANDOM_SEED", 0))
	b, err := newBuilder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(b.dir) })
	for made := 0; made < count; seed++ {
		text := witrand.File(seed, witrand.Synchronous(int(seed%4)))
		result, err := resolve.Source("random.wit", text, allFeatures)
		if err != nil {
			continue
		}
		made++
		folder := filepath.Join(b.dir, fmt.Sprintf("seed%d", seed))
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		input := filepath.Join(folder, "random.wit")
		if err := os.WriteFile(input, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := generate(input, filepath.Join(folder, "gen"), worldsOf(result.Resolve, result.Main)); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
	wasm := []string{"GOOS=wasip1", "GOARCH=wasm"}
	for _, err := range []error{
		b.command(".", nil, "go", "build", "./..."),
		b.command(".", nil, "go", "vet", "./..."),
		b.command(".", wasm, "go", "vet", "./..."),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}

func number(t *testing.T, variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}
