package resolve

import (
	"fmt"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// typeEntry is a name in an interface or world: a type, or a function.
type typeEntry struct {
	name string
	span diag.Span
	id   wit.TypeID
	// what is "" for a type and "function" for a function.
	what string
	// faulty tells that the type has a mistake that is already reported.
	faulty bool
}

// nameTable is the names of an interface or world in the order in which they
// came to be known.
type nameTable struct {
	index     map[string]*typeEntry
	order     []*typeEntry
	canonical map[string]*typeEntry // by canonical name
}

func newNameTable() *nameTable {
	return &nameTable{index: make(map[string]*typeEntry), canonical: make(map[string]*typeEntry)}
}

func (t *nameTable) add(e *typeEntry) {
	t.index[e.name] = e
	t.order = append(t.order, e)
	t.canonical[wit.CanonicalName(e.name)] = e
}

// oneName is the hint for names that are not strongly unique.
const oneName = "names that differ only in hyphens, or in upper and lower case, are one name"

// define adds a name to the table, where it is new. A name that conflicts with one
// of another spelling is added, too, so that its uses are no mistakes.
func (b *builder) define(t *nameTable, e *typeEntry) {
	if prev := t.index[e.name]; prev != nil {
		b.report(diag.DuplicateName, e.span, "name `%s` is defined more than once", e.name).
			Relate(prev.span, "the other definition").
			Hint("types, functions and used types share one set of names; a used type may be renamed: use i.{x as y}")
		return
	}
	if prev := t.canonical[wit.CanonicalName(e.name)]; prev != nil {
		b.report(diag.DuplicateName, e.span, "name `%s` conflicts with previous name `%s`", e.name, prev.name).
			Relate(prev.span, "the other definition").
			Hint(oneName)
	}
	t.add(e)
}

// typeNamed returns the type that a name stands for. It reports a name that is not
// defined, and returns false.
func (b *builder) typeNamed(t *nameTable, name string, span diag.Span) (wit.TypeID, bool) {
	e := t.index[name]
	switch {
	case e == nil:
		b.unknownType(t.index, name, span)
		return 0, false
	case e.what != "":
		b.report(diag.NotAType, span, "cannot use %s `%s` as a type", e.what, name).
			Relate(e.span, "the "+e.what)
		return 0, false
	}
	return e.id, !e.faulty
}

// unknownType reports a name that no type has.
func (b *builder) unknownType(known map[string]*typeEntry, name string, span diag.Span) {
	d := b.report(diag.UnknownName, span, "type `%s` does not exist", name)
	if hint := foreignTypeNames[name]; hint != "" {
		d.Hint(fmt.Sprintf("in WIT this type is %s", hint))
		return
	}
	d.Hint(b.guess(name, func(yield func(string) bool) {
		for _, n := range builtinTypes {
			if !yield(n) {
				return
			}
		}
		sortedKeys(known)(yield)
	}))
}

var builtinTypes = []string{"bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string",
	"list", "map", "option", "result", "tuple", "stream", "future", "error-context"}

// foreignTypeNames are names that people take for types of WIT, from other
// languages and from WIT's past.
var foreignTypeNames = map[string]string{
	"float32": "f32", "float64": "f64", "float": "f32", "double": "f64",
	"i8": "s8", "i16": "s16", "i32": "s32", "i64": "s64",
	"int8": "s8", "int16": "s16", "int32": "s32", "int64": "s64", "int": "s32",
	"uint8": "u8", "uint16": "u16", "uint32": "u32", "uint64": "u64", "uint": "u32", "byte": "u8", "usize": "u32", "size": "u32",
	"str": "string", "boolean": "bool", "vec": "list", "array": "list", "bytes": "list<u8>", "void": "written as no result", "unit": "written as no result",
}
