package hosttest

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/preview1"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

//go:embed subject.wit
var subjectWIT string

// subjectWorld is the world of subject.wit.
var subjectWorld = sync.OnceValues(func() (*wit.Resolve, wit.WorldID) {
	result, err := resolve.Source("subject.wit", subjectWIT, resolve.Options{})
	if err != nil {
		panic(err)
	}
	return result.Resolve, result.Resolve.Packages[result.Main].Worlds[0]
})

// ComponentBut makes a component of a guest of a world in which the text old is
// new, which must be of the same core types.
func ComponentBut(core []byte, old, new string) ([]byte, error) {
	if !strings.Contains(subjectWIT, old) {
		panic("hosttest: the world has no " + old)
	}
	result, err := resolve.Source("subject.wit", strings.ReplaceAll(subjectWIT, old, new), resolve.Options{})
	if err != nil {
		return nil, err
	}
	return componentOf(core, result.Resolve, result.Resolve.Packages[result.Main].Worlds[0], component.UTF8)
}

// Component makes a component of a guest of the world. WASI preview 1 is closed in it.
func Component(core []byte) ([]byte, error) { return ComponentOf(core, component.UTF8) }

// ComponentOf is Component for a guest with another string encoding.
func ComponentOf(core []byte, encoding component.Encoding) ([]byte, error) {
	r, world := subjectWorld()
	return componentOf(core, r, world, encoding)
}

func componentOf(core []byte, r *wit.Resolve, world wit.WorldID, encoding component.Encoding) ([]byte, error) {
	embedded, err := component.Embed(core, r, world, encoding)
	if err != nil {
		return nil, err
	}
	adapters, err := preview1.Adapters(core)
	if err != nil {
		return nil, err
	}
	return component.New(embedded, component.NewOptions{Adapters: adapters})
}
