// Package maker makes components of core modules.
package maker

import (
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/fault"
)

// Adapter is component.Adapter.
type Adapter struct {
	Name string
	Wasm []byte
}

// New is component.New.
func New(main []byte, adapters []Adapter) (made []byte, err error) {
	defer fault.Catch(&err)
	in := readInput(main, adapters)
	uses := in.match()
	b := &builder{c: &binary.Component{}}
	imports := encodeImports(b, in, in.wants(uses))
	cores := instantiate(b, in, uses, imports)
	encodeExports(b, in, imports, cores)
	return check.Encode(b.c)
}

// failNew ends New with an error that has no place in a binary.
func failNew(format string, args ...any) { core.Invalid(-1, format, args...) }

// builder adds definitions to a component and counts its index spaces.
type builder struct {
	c     *binary.Component
	count [binary.NumSorts]uint32
	// cores are the aliases of exports of core instances.
	cores map[binary.Alias]uint32
}

// add adds a definition and returns the index that it defines.
func (b *builder) add(sort binary.Sort, d binary.Def) uint32 {
	b.c.Add(d)
	b.count[sort]++
	return b.count[sort] - 1
}

// alias adds an alias of an export of an instance.
func (b *builder) alias(sort binary.Sort, instance uint32, name string) uint32 {
	return b.add(sort, &binary.Alias{Sort: sort, Target: binary.AliasExport, Instance: instance, Name: name})
}

// coreAlias returns the index of an export of a core instance.
func (b *builder) coreAlias(sort binary.Sort, instance uint32, name string) uint32 {
	key := binary.Alias{Sort: sort, Target: binary.AliasCoreExport, Instance: instance, Name: name}
	if index, ok := b.cores[key]; ok {
		return index
	}
	if b.cores == nil {
		b.cores = make(map[binary.Alias]uint32)
	}
	d := key
	index := b.add(sort, &d)
	b.cores[key] = index
	return index
}

// export adds an export and returns the index that it defines.
func (b *builder) export(name binary.ExternName, sort binary.Sort, index uint32, t *binary.ExternType) uint32 {
	return b.add(sort, &binary.Export{Name: name, Sort: sort, Index: index, Type: t})
}

// canon adds a canonical definition that makes a core function.
func (b *builder) canon(d *binary.Canon) uint32 { return b.add(binary.SortCoreFunc, d) }

// typeOf adds a definition that defines a type.
func (b *builder) typeOf(d binary.Def) uint32 { return b.add(binary.SortType, d) }
