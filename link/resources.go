package link

import (
	"fmt"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/component/plan"
)

// resourceTypes are the resource types of a plugin.
type resourceTypes struct {
	world *bind.World
	known map[bind.Resource]*bind.ResourceType
	items map[*bind.Resource]itemTypes
	count int
}

// itemTypes are the types that an item mentions, in the order of Interface.Resources, and
// their places in it.
type itemTypes struct {
	types  []*bind.ResourceType
	places map[bind.Resource]int
}

func newResourceTypes(world *bind.World) *resourceTypes {
	return &resourceTypes{world: world, known: map[bind.Resource]*bind.ResourceType{}, items: map[*bind.Resource]itemTypes{}}
}

// of returns the types that an item mentions, in the order of
// Interface.Resources.
func (t *resourceTypes) of(item bind.Item) []*bind.ResourceType {
	return t.item(item).types
}

func (t *resourceTypes) item(item bind.Item) itemTypes {
	if len(item.Resources) == 0 {
		return itemTypes{}
	}
	key := &item.Resources[0]
	made, ok := t.items[key]
	if !ok {
		made = itemTypes{make([]*bind.ResourceType, len(item.Resources)), make(map[bind.Resource]int, len(item.Resources))}
		for k, r := range item.Resources {
			made.types[k] = t.get(r)
			if _, ok := made.places[r]; !ok {
				made.places[r] = k
			}
		}
		t.items[key] = made
	}
	return made
}

func (t *resourceTypes) get(r bind.Resource) *bind.ResourceType {
	typ := t.known[r]
	if typ == nil {
		items := t.world.Imports
		if r.Export {
			items = t.world.Exports
		}
		typ = &bind.ResourceType{Name: label(items[r.Item].Name, r.Name), Guest: r.Export, Number: t.count}
		t.known[r] = typ
		t.count++
	}
	return typ
}

// number returns the place of a resource among those that an item mentions, and
// -1 where it is not there.
func (t *resourceTypes) number(item bind.Item, r bind.Resource) int {
	if k, ok := t.item(item).places[r]; ok {
		return k
	}
	return -1
}

// setDtors finds the guest's destructors for the resources that it defines in
// export number n.
func (t *resourceTypes) setDtors(n int, prefix string, functions map[string]api.FunctionDefinition, module *plan.Module) error {
	for _, r := range t.world.Exports[n].Resources {
		if !r.Export || r.Item != n {
			continue
		}
		dtor := prefix + "[dtor]" + r.Name
		if k, ok := module.Exports[dtor]; ok && k != coretype.FuncKind {
			return wrongKind(t.world, dtor, k, coretype.FuncKind)
		}
		def := functions[dtor]
		if def == nil {
			continue
		}
		if got := bind.SignatureOf(def); got != "i32 ->" {
			return &host.LinkError{World: t.world.Name, Item: "export " + dtor,
				Detail: fmt.Sprintf("a destructor takes the resource's representation and returns nothing, (i32) -> (), and this one is of type %s; build the guest with the bindings of this world", show(got))}
		}
		t.get(r).Dtor = &bind.CoreItem{Name: dtor}
	}
	return nil
}
