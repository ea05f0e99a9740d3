package hosttest

import (
	_ "embed"
	"sync"

	"github.com/witgen/witgen/component"
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

// Component makes a component of a guest of the world.
func Component(core []byte) ([]byte, error) { return ComponentOf(core, component.UTF8) }

// ComponentOf is Component for a guest with another string encoding.
func ComponentOf(core []byte, encoding component.OptionKind) ([]byte, error) {
	r, world := subjectWorld()
	embedded, err := component.Embed(core, r, world, encoding)
	if err != nil {
		return nil, err
	}
	return component.New(embedded, component.NewOptions{})
}
