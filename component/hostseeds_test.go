package component_test

import (
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/hosttest"
)

// hostSeeds returns components that the tests of the host run: a guest of every
// encoding, and guests linked with each other.
func hostSeeds() (list [][]byte) {
	for _, encoding := range []component.Encoding{component.UTF8, component.UTF16, component.Latin1UTF16} {
		echo, err := hosttest.ComponentOf(hosttest.NewEcho("log").Bytes(), encoding)
		if err != nil {
			panic(err)
		}
		composed, err := hosttest.Compose(echo, echo)
		if err != nil {
			panic(err)
		}
		list = append(list, echo, composed)
	}
	return list
}
