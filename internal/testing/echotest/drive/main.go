package drive

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// Main is the program that runs worlds. Its arguments are a seed, a number of
// rounds, and pairs of a world's name and a guest. It prints a line for each guest,
// and ends with status 1 where one did not do as it should.
func Main(worlds ...*World) {
	seed, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err == nil {
		var rounds int
		if rounds, err = strconv.Atoi(os.Args[2]); err == nil {
			os.Exit(run(worlds, seed, rounds, os.Args[3:]))
		}
	}
	fmt.Println(err)
	os.Exit(2)
}

func run(worlds []*World, seed uint64, rounds int, pairs []string) (status int) {
	byName := map[string]*World{}
	for _, w := range worlds {
		byName[w.Name] = w
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		w, wasm := byName[pairs[i]], pairs[i+1]
		calls, values, err := Run(context.Background(), w, filepath.Join(w.Name, "wit"), wasm, rounds, seed)
		fmt.Printf("%s: %d functions, %d calls, %d values\n", wasm, len(w.Functions), calls, values)
		if err != nil {
			fmt.Printf("FAIL %s: %v\n", wasm, err)
			status = 1
		}
	}
	return status
}
