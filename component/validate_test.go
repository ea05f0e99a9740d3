package component

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
)

// The parts that the cases are made of.
var (
	u8   = ValType{Prim: U8}
	str  = ValType{Prim: String}
	char = ValType{Prim: Char}
)

func at(i uint32) ValType { return ValType{Index: i} }
func typ(t Type) Def      { return &TypeDef{Type: t} }
func fn(params ...Field) *Func {
	return &Func{Params: params}
}
func returns(t ValType) *Func { return &Func{Result: &t} }
func imp(name string, sort Sort, index uint32) Def {
	return &Import{Name: Named(name), Type: ExternType{Sort: sort, Index: index}}
}
func impResource(name string) Def {
	return &Import{Name: Named(name), Type: ExternType{Sort: SortType, Bound: BoundSub}}
}
func exp(name string, sort Sort, index uint32) Def {
	return &Export{Name: Named(name), Sort: sort, Index: index}
}
func declare(name string, sort Sort, index uint32) Def {
	return &ExportDecl{Name: Named(name), Type: ExternType{Sort: sort, Index: index}}
}
func declareResource(name string) Def {
	return &ExportDecl{Name: Named(name), Type: ExternType{Sort: SortType, Bound: BoundSub}}
}
func outer(count, index uint32) Def {
	return &Alias{Sort: SortType, Target: AliasOuter, Count: count, Index: index}
}
func aliasOf(sort Sort, instance uint32, name string) Def {
	return &Alias{Sort: sort, Target: AliasExport, Instance: instance, Name: name}
}
func nest(defs ...Def) *Component {
	c := &Component{}
	for _, d := range defs {
		c.Add(d)
	}
	return c
}
func resourceType32() Type { return &Resource{Rep: wasm.I32} }

// library is a core module with functions of all types that the cases need, and a
// memory, with an instance of it and aliases of all.
func library() []Def {
	i32, i64 := abi.I32, abi.I64
	sigs := []coreFuncDef{
		{name: "nothing"},
		{name: "realloc", sig: abi.Signature{Params: []abi.Core{i32, i32, i32, i32}, Results: []abi.Core{i32}}},
		{name: "string", sig: abi.Signature{Params: []abi.Core{i32, i32}, Results: []abi.Core{i32}}},
		{name: "take", sig: abi.Signature{Params: []abi.Core{i32}}},
		{name: "give", sig: abi.Signature{Results: []abi.Core{i32}}},
		{name: "callback", sig: abi.Signature{Params: []abi.Core{i32, i32, i32}, Results: []abi.Core{i32}}},
		{name: "take64", sig: abi.Signature{Params: []abi.Core{i64}}},
	}
	defs := []Def{&CoreModule{Bytes: coreModuleOf(nil, sigs, true)}, &CoreInstance{}}
	for _, f := range sigs {
		defs = append(defs, &Alias{Sort: SortCoreFunc, Target: AliasCoreExport, Name: f.name})
	}
	return append(defs, &Alias{Sort: SortCoreMemory, Target: AliasCoreExport, Name: "memory"})
}

// The indices of the library's functions.
const (
	coreNothing uint32 = iota
	coreRealloc
	coreString
	coreTake
	coreGive
	coreCallback
	coreTake64
)

func withLibrary(defs ...Def) *Component { return nest(append(library(), defs...)...) }

func option(kind OptionKind, index ...uint32) CanonOption {
	o := CanonOption{Kind: kind}
	if len(index) > 0 {
		o.Index = index[0]
	}
	return o
}

var (
	memory0 = option(MemoryOption, 0)
	realloc = option(ReallocOption, coreRealloc)
)

// validationCase is a component and the rule that it breaks, or "".
type validationCase struct {
	name string
	c    *Component
	rule string
}

func lift(f, t uint32, options ...CanonOption) Def {
	return &Canon{Op: CanonLift, Func: f, Type: t, Options: options}
}
func lower(f uint32, options ...CanonOption) Def {
	return &Canon{Op: CanonLower, Func: f, Options: options}
}

func validationCases() []validationCase {
	var list []validationCase
	for _, cases := range [][]validationCase{typeCases(), nameCases(), resourceCases(), instanceCases(), canonCases(), coreCases()} {
		list = append(list, cases...)
	}
	return list
}

func typeCases() []validationCase {
	point := &Record{[]Field{{"x", u8}}}
	return []validationCase{
		{"a type of an index that is not there", nest(typ(&List{at(0)})), "type 0 is out of range: there are 0"},
		{"a function as a value type", nest(typ(fn()), typ(&List{at(0)})), "type 0 is not a value type"},
		{"an empty record", nest(typ(&Record{})), "at least one field"},
		{"an empty variant", nest(typ(&Variant{})), "at least one case"},
		{"an empty tuple", nest(typ(&Tuple{})), "at least one type"},
		{"empty flags", nest(typ(&Flags{})), "at least one flag"},
		{"33 flags", nest(typ(&Flags{numbered(33)})), "has 33 flags"},
		{"32 flags", nest(typ(&Flags{numbered(32)})), ""},
		{"an empty enum", nest(typ(&Enum{})), "at least one case"},
		{"a list of length 0", nest(typ(&FixedList{u8, 0})), "length 0"},
		{"a list of 2^28 bytes", nest(typ(&FixedList{u8, 1 << 28})), "268435456 bytes"},
		{"a list of 2^28-1 bytes", nest(typ(&FixedList{u8, 1<<28 - 1})), ""},
		{"labels of one spelling", nest(typ(&Record{[]Field{{"a-b", u8}, {"A-B", u8}}})), "strongly unique"},
		{"a label with an underscore", nest(typ(&Enum{[]string{"a_b"}})), "letters, digits and dashes"},
		{"a label that starts with a digit", nest(typ(&Enum{[]string{"1a"}})), "starts with a digit"},
		{"a label of mixed case", nest(typ(&Enum{[]string{"aB"}})), "mixes upper and lower case"},
		{"parameters of one spelling", nest(typ(fn(Field{"a", u8}, Field{"A", u8}))), "strongly unique"},
		{"a map with a float as key", nest(typ(&Map{ValType{Prim: F32}, u8})), "no key type"},
		{"a map with a string as key", nest(typ(&Map{str, u8})), ""},
		{"a map with a named integer as key", nest(typ(&PrimType{U32}), typ(&Map{at(0), u8})), ""},
		{"a stream of char", nest(typ(&Stream{&char})), "stream of char"},
		{"own of a value type", nest(typ(&List{u8}), typ(&Own{0})), "type 0 is not a resource"},
		{"a borrow in a result", nest(impResource("r"), typ(&Borrow{0}), typ(returns(at(1)))), "must not contain a borrow"},
		{"a borrow in a stream", nest(impResource("r"), typ(&Borrow{0}), typ(&Stream{ptr(at(1))})), "must not contain a borrow"},
		{"a resource inside a type", nest(typ(&InstanceType{[]Def{typ(resourceType32())}})), "defined inside a type"},
		{"a resource of float", nest(typ(&Resource{Rep: wasm.F32})), "i32 or i64"},
		{"an import of a type that is no function", nest(typ(&List{u8}), imp("f", SortFunc, 0)), "type 0 is not that of a func"},
		{"an export of a record without a name", nest(typ(point), typ(fn(Field{"p", at(0)})), typ(&ComponentType{[]Def{outer(1, 1), declare("f", SortFunc, 0)}})), "a record that no export gives a name"},
		{"an import that refers to a named record", nest(typ(point), &Import{Name: Named("p"), Type: ExternType{Sort: SortType, Index: 0}}, typ(fn(Field{"p", at(1)})), imp("f", SortFunc, 2)), ""},
		{"an import that refers to what is only exported", nest(typ(point), exp("p", SortType, 0), typ(fn(Field{"p", at(1)})), imp("f", SortFunc, 2)), "a record that no import gives a name"},
		{"an import of a type that is only exported", nest(typ(&Future{&u8}), exp("p", SortType, 0), &Import{Name: Named("q"), Type: ExternType{Sort: SortType, Index: 1}}), "imports cannot depend on exports"},
		{"an import of a type that is exported too", nest(typ(&Future{&u8}), exp("p", SortType, 0), &Import{Name: Named("q"), Type: ExternType{Sort: SortType, Index: 0}}), ""},
		{"an export of an instance type with a record without a name", nest(typ(&InstanceType{[]Def{typ(point), typ(&List{at(0)}), declare("l", SortType, 1)}}), exp("i", SortType, 0)), "a record that no export gives a name"},
		{"an export of an instance type with a named record", nest(typ(&InstanceType{[]Def{typ(point), declare("p", SortType, 0), typ(&List{at(1)}), declare("l", SortType, 2)}}), exp("i", SortType, 0)), ""},
		{"an outer alias that goes too far", nest(outer(1, 0)), "goes 1 scopes outwards"},
		{"an outer alias of a value type", nest(typ(&List{u8}), nest(outer(1, 0))), ""},
		{"an outer alias of a resource", nest(impResource("r"), nest(outer(1, 0))), "refers to a resource"},
		{"an outer alias of a resource from a type", nest(impResource("r"), typ(&InstanceType{[]Def{outer(1, 0)}})), ""},
		{"an outer alias of a component from a type", nest(nest(), typ(&InstanceType{[]Def{&Alias{Sort: SortComponent, Target: AliasOuter, Count: 1}}})), "and no component"},
	}
}

// numbered returns n labels.
func numbered(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("f%d", i)
	}
	return list
}

func ptr[T any](v T) *T { return &v }

func nameCases() []validationCase {
	f := typ(fn())
	instance := typ(&InstanceType{})
	name := func(n string, a ...Attribute) Def {
		return &Import{Name: ExternName{Name: n, Attributes: a}, Type: ExternType{Sort: SortInstance}}
	}
	return []validationCase{
		{"two imports of one name", nest(f, imp("a", SortFunc, 0), imp("A", SortFunc, 0)), "not strongly unique"},
		{"an import and an export of one name", nest(f, imp("a", SortFunc, 0), exp("a", SortFunc, 0)), ""},
		{"an empty name", nest(f, imp("", SortFunc, 0)), "a name is empty"},
		{"a name with a space", nest(f, imp("a b", SortFunc, 0)), "letters, digits and dashes"},
		{"an unknown annotation", nest(f, imp("[getter]a", SortFunc, 0)), "the annotation is not"},
		{"a method without a resource", nest(f, imp("[method]r.f", SortFunc, 0)), "first parameter self"},
		{"a static of an unknown resource", nest(f, imp("[static]r.f", SortFunc, 0)), "does not stand before it"},
		{"a static function", nest(impResource("r"), f, imp("[static]r.f", SortFunc, 1)), ""},
		{"a constructor without a result", nest(impResource("r"), f, imp("[constructor]r", SortFunc, 1)), "must return (own R)"},
		{"a constructor", nest(impResource("r"), typ(&Own{0}), typ(returns(at(1))), imp("[constructor]r", SortFunc, 2)), ""},
		{"a constructor that may fail", nest(impResource("r"), typ(&Own{0}), typ(&Result{ptr(at(1)), &str}), typ(returns(at(2))), imp("[constructor]r", SortFunc, 3)), ""},
		{"a constructor of another resource", nest(impResource("r"), impResource("q"), typ(&Own{0}), typ(returns(at(2))), imp("[constructor]q", SortFunc, 3)), "where R is the resource"},
		{"a method", nest(impResource("r"), typ(&Borrow{0}), typ(fn(Field{"self", at(1)})), imp("[method]r.f", SortFunc, 2)), ""},
		{"a method that takes own", nest(impResource("r"), typ(&Own{0}), typ(fn(Field{"self", at(1)})), imp("[method]r.f", SortFunc, 2)), "must take (borrow R)"},
		{"a method of another name and a static of that", nest(impResource("r"), typ(&Borrow{0}), typ(fn(Field{"self", at(1)})), imp("[method]r.f", SortFunc, 2), imp("[static]r.F", SortFunc, 2)), "not strongly unique"},
		{"a method with the name of its resource", nest(impResource("r"), typ(&Borrow{0}), typ(fn(Field{"self", at(1)})), imp("[method]r.r", SortFunc, 2)), "not strongly unique"},
		{"an interface", nest(instance, name("a:b/c@1.2.3")), ""},
		{"an interface with a version that is none", nest(instance, name("a:b/c@1.2")), "no semantic version"},
		{"an interface with a canonical version", nest(instance, name("a:b/c@0.2", Attribute{VersionSuffix, ".8"})), ""},
		{"a version suffix that makes no version", nest(instance, name("a:b/c@0.2", Attribute{VersionSuffix, ".x"})), "makes no semantic version"},
		{"an upper-case namespace", nest(instance, name("A:b/c")), "lower case"},
		{"implements", nest(instance, name("a", Attribute{Implements, "a:b/c"})), ""},
		{"implements at an interface", nest(instance, name("a:b/d", Attribute{Implements, "a:b/c"})), "may only at a plain name"},
		{"implements what is no interface", nest(instance, name("a", Attribute{Implements, "b"})), "no name of an interface"},
		{"implements twice", nest(instance, name("a", Attribute{Implements, "a:b/c"}, Attribute{Implements, "a:b/c"})), "two attributes"},
		{"implements at a function", nest(f, &Import{Name: ExternName{Name: "a", Attributes: []Attribute{{Implements, "a:b/c"}}}, Type: ExternType{Sort: SortFunc}}), "may only at an instance"},
		{"an external id", nest(f, &Import{Name: ExternName{Name: "a", Attributes: []Attribute{{ExternalID, "https://x"}}}, Type: ExternType{Sort: SortFunc}}), ""},
	}
}

func resourceCases() []validationCase {
	withResource := nest(typ(resourceType32()), exp("r", SortType, 0), typ(&Own{1}), typ(fn(Field{"a", at(2)})))
	maker := nest(append(library(), typ(resourceType32()), exp("r", SortType, 0), typ(&Own{1}), typ(returns(at(2))), lift(coreGive, 3), exp("make", SortFunc, 0))...)
	twoNames := nest(impResource("r"), &Import{Name: Named("q"), Type: ExternType{Sort: SortType, Index: 0}}, typ(&Own{1}), typ(fn(Field{"a", at(2)})), imp("f", SortFunc, 3), exp("g", SortFunc, 0))
	user := nest(impResource("r"), typ(&Own{0}), typ(returns(at(1))), imp("make", SortFunc, 2))
	return []validationCase{
		{"a resource with a name", withResource, ""},
		{"an export of a resource that has no name", withLibrary(typ(resourceType32()), typ(&Own{0}), typ(returns(at(1))), lift(coreGive, 2), exp("f", SortFunc, 0)), "a resource that no export gives a name"},
		{"resource.new of an import", nest(impResource("r"), &Canon{Op: CanonResourceNew}), "this component defines"},
		{"resource.rep of an import", nest(impResource("r"), &Canon{Op: CanonResourceRep}), "this component defines"},
		{"resource.drop of an import", nest(impResource("r"), &Canon{Op: CanonResourceDrop}), ""},
		{"resource.new of a value type", nest(typ(&List{u8}), &Canon{Op: CanonResourceNew}), "not a resource"},
		{"a destructor of the wrong type", withLibrary(typ(&Resource{Rep: wasm.I32, Dtor: ptr(coreString)})), "destructor of a resource must be of type (i32) -> ()"},
		{"a destructor", withLibrary(typ(&Resource{Rep: wasm.I32, Dtor: ptr(coreTake)})), ""},
		{"a destructor of a resource of i64", withLibrary(typ(&Resource{Rep: wasm.I64, Dtor: ptr(coreTake)})), "(i64) -> ()"},
		{"one resource for an import", nest(maker, user, &Instance{Component: 0}, aliasOf(SortType, 0, "r"), aliasOf(SortFunc, 0, "make"), &Instance{Component: 1, Args: []Arg{{"r", SortType, 0}, {"make", SortFunc, 0}}}), ""},
		{"resources of two instances", nest(maker, user, &Instance{Component: 0}, &Instance{Component: 0}, aliasOf(SortType, 0, "r"), aliasOf(SortFunc, 1, "make"), &Instance{Component: 1, Args: []Arg{{"r", SortType, 0}, {"make", SortFunc, 0}}}), "is of another resource"},
		{"two names of an import for a resource", nest(impResource("t"), typ(&Own{0}), typ(fn(Field{"a", at(1)})), imp("f", SortFunc, 2), twoNames,
			&Instance{Component: 0, Args: []Arg{{"r", SortType, 0}, {"q", SortType, 0}, {"f", SortFunc, 0}}}, exp("i", SortInstance, 0)), ""},
		{"two exports of a resource", nest(typ(resourceType32()), exp("r", SortType, 0), exp("q", SortType, 0)), ""},
	}
}

func instanceCases() []validationCase {
	wants := nest(typ(fn(Field{"a", u8})), imp("f", SortFunc, 0), exp("g", SortFunc, 0))
	has := []Def{typ(fn(Field{"a", u8})), imp("f", SortFunc, 0), wants}
	give := func(name string, sort Sort) *Component {
		return nest(append(has[:len(has):len(has)], &Instance{Args: []Arg{{name, sort, 0}}})...)
	}
	instanceOf := func(names ...string) Type {
		t := &InstanceType{Decls: []Def{typ(fn())}}
		for _, n := range names {
			t.Decls = append(t.Decls, declare(n, SortFunc, 0))
		}
		return t
	}
	ascribe := func(actual, ascribed Type) *Component {
		return nest(typ(actual), typ(ascribed), imp("i", SortInstance, 0), &Export{Name: Named("e"), Sort: SortInstance, Type: &ExternType{Sort: SortInstance, Index: 1}})
	}
	return []validationCase{
		{"an argument", give("f", SortFunc), ""},
		{"no argument", give("h", SortFunc), `func "f" is missing`},
		{"an argument of another sort", give("f", SortType), "a func is expected and a type is there"},
		{"an argument twice", nest(append(has[:3:3], &Instance{Args: []Arg{{"f", SortFunc, 0}, {"f", SortFunc, 0}}})...), "given twice"},
		{"an argument of another type", nest(typ(fn(Field{"b", u8})), imp("f", SortFunc, 0), wants, &Instance{Args: []Arg{{"f", SortFunc, 0}}}), `"b" and "a" is expected`},
		{"a component that is not there", nest(&Instance{}), "component 0 is out of range"},
		{"an alias of an export", nest(append(has[:3:3], &Instance{Args: []Arg{{"f", SortFunc, 0}}}, aliasOf(SortFunc, 0, "g"))...), ""},
		{"an alias of what is not exported", nest(append(has[:3:3], &Instance{Args: []Arg{{"f", SortFunc, 0}}}, aliasOf(SortFunc, 0, "x"))...), `exports no func "x"`},
		{"an alias of another sort", nest(append(has[:3:3], &Instance{Args: []Arg{{"f", SortFunc, 0}}}, aliasOf(SortType, 0, "g"))...), `exports no type "g"`},
		{"a bag of exports", nest(typ(fn()), imp("f", SortFunc, 0), &Instance{Exports: []InlineExport{{Named("a"), SortFunc, 0}}}, exp("i", SortInstance, 0)), ""},
		{"a bag with a name twice", nest(typ(fn()), imp("f", SortFunc, 0), &Instance{Exports: []InlineExport{{Named("a"), SortFunc, 0}, {Named("a"), SortFunc, 0}}}), "not strongly unique"},
		{"an ascribed type with less", ascribe(instanceOf("a", "b"), instanceOf("b")), ""},
		{"an ascribed type with more", ascribe(instanceOf("a"), instanceOf("a", "b")), `func "b" is missing`},
		{"a value that nobody uses", nest(&Import{Name: Named("v"), Type: ExternType{Sort: SortValue, Bound: BoundType, Value: u8}}), "is not used"},
		{"a value", nest(&Value{Type: u8, Data: []byte{7}}, exp("v", SortValue, 0)), ""},
		{"a value used twice", nest(&Value{Type: u8, Data: []byte{7}}, exp("v", SortValue, 0), exp("w", SortValue, 0)), "used twice"},
		{"a value that does not fit its type", nest(&Value{Type: ValType{Prim: Bool}, Data: []byte{2}}), "invalid bool 0x02"},
		{"a value with bytes left", nest(&Value{Type: u8, Data: []byte{2, 3}}), "1 bytes are left"},
		{"a start function", nest(typ(fn(Field{"a", u8})), imp("f", SortFunc, 0), &Value{Type: u8, Data: []byte{7}}, &Start{Args: []uint32{0}}), ""},
		{"a start function with too few arguments", nest(typ(fn(Field{"a", u8})), imp("f", SortFunc, 0), &Start{}), "takes 1 arguments and is given 0"},
		{"a start function with the wrong argument", nest(typ(fn(Field{"a", u8})), imp("f", SortFunc, 0), &Value{Type: char, Data: []byte("a")}, &Start{Args: []uint32{0}}), "u8 is expected and char is there"},
	}
}

func canonCases() []validationCase {
	stringFunc := typ(&Func{Params: []Field{{"a", str}}, Result: &str})
	many := &Func{}
	for _, name := range strings.Split("a b c d e f g h i j k l m n o p q", " ") {
		many.Params = append(many.Params, Field{name, u8})
	}
	async := typ(&Func{Async: true})
	importString := []Def{stringFunc, imp("f", SortFunc, 0)}
	lowered := func(o ...CanonOption) *Component { return withLibrary(append(importString, lower(0, o...))...) }
	lifted := func(f uint32, o ...CanonOption) *Component { return withLibrary(stringFunc, lift(f, 0, o...)) }
	return []validationCase{
		{"lift", lifted(coreString, memory0, realloc), ""},
		{"lift with an encoding and post-return", lifted(coreString, option(UTF16), memory0, realloc, option(PostReturnOption, coreTake)), ""},
		{"lift of the wrong core type", lifted(coreTake, memory0, realloc), "of type (i32, i32) -> (i32), and function 3 is of type (i32) -> ()"},
		{"lift of a type that is no function", withLibrary(typ(&List{u8}), lift(coreNothing, 0)), "not that of a function"},
		{"lift without memory", lifted(coreString), "needs the option memory"},
		{"lift without realloc", lifted(coreString, memory0), "needs the option realloc"},
		{"lift with realloc and no memory", lifted(coreString, realloc), "realloc of canon lift needs the option memory"},
		{"lift with a realloc of the wrong type", lifted(coreString, memory0, option(ReallocOption, coreTake)), "the option realloc needs a core function of type (i32, i32, i32, i32) -> (i32)"},
		{"lift with a post-return of the wrong type", lifted(coreString, memory0, realloc, option(PostReturnOption, coreNothing)), "the option post-return needs a core function of type (i32) -> ()"},
		{"lift with memory twice", lifted(coreString, memory0, memory0, realloc), "given twice"},
		{"lift with two encodings", lifted(coreString, option(UTF8), option(UTF16), memory0, realloc), "more than one string encoding"},
		{"lift with many parameters", withLibrary(typ(many), lift(coreTake, 0, memory0)), "too many to pass flat"},
		{"lift with many parameters and realloc", withLibrary(typ(many), lift(coreTake, 0, memory0, realloc)), ""},
		{"lift async of a function that is not", withLibrary(typ(fn()), lift(coreGive, 0, option(AsyncOption), option(CallbackOption, coreCallback))), "needs a function type that is async"},
		{"lift async", withLibrary(async, lift(coreGive, 0, option(AsyncOption), option(CallbackOption, coreCallback))), ""},
		{"lift with a callback alone", withLibrary(async, lift(coreNothing, 0, option(CallbackOption, coreCallback))), "needs the option async"},
		{"lift async with post-return", withLibrary(async, lift(coreNothing, 0, option(AsyncOption), option(PostReturnOption, coreNothing))), "post-return cannot stand"},
		{"lower", lowered(memory0, realloc), ""},
		{"lower without realloc", lowered(memory0), "needs the option realloc"},
		{"lower without memory", lowered(), "needs the option memory"},
		{"lower with post-return", lowered(memory0, realloc, option(PostReturnOption, coreTake)), "takes no option post-return"},
		{"lower async", withLibrary(async, imp("f", SortFunc, 0), lower(0, option(AsyncOption), memory0)), ""},
		{"lower async without memory", withLibrary(async, imp("f", SortFunc, 0), lower(0, option(AsyncOption))), "an async lowering needs it"},
		{"lower of numbers alone", nest(typ(fn(Field{"a", u8})), imp("f", SortFunc, 0), lower(0)), ""},
		{"task.return", withLibrary(&Canon{Op: CanonTaskReturn, Result: &str, Options: []CanonOption{memory0}}), ""},
		{"task.return without memory", nest(&Canon{Op: CanonTaskReturn, Result: &str}), "needs the option memory"},
		{"context.get of slot 2", nest(&Canon{Op: CanonContextGet, SlotType: wasm.I32, Slot: 2}), "slot 2"},
		{"context built-ins of two types", nest(&Canon{Op: CanonContextGet, SlotType: wasm.I32}, &Canon{Op: CanonContextSet, SlotType: wasm.I64}), "they must agree"},
		{"stream.new", nest(typ(&Stream{&u8}), &Canon{Op: CanonStreamNew}), ""},
		{"stream.new of a future", nest(typ(&Future{&u8}), &Canon{Op: CanonStreamNew}), "needs a stream"},
		{"stream.read without memory", nest(typ(&Stream{&u8}), &Canon{Op: CanonStreamRead, Options: []CanonOption{option(AsyncOption)}}), "needs the option memory"},
		{"stream.read", withLibrary(typ(&Stream{&u8}), &Canon{Op: CanonStreamRead, Options: []CanonOption{option(AsyncOption), memory0}}), ""},
		{"future.read of strings without realloc", withLibrary(typ(&Future{&str}), &Canon{Op: CanonFutureRead, Options: []CanonOption{option(AsyncOption), memory0}}), "needs the option realloc"},
		{"waitable-set.wait", withLibrary(&Canon{Op: CanonWaitableSetWait}), ""},
		{"waitable-set.wait without memory", nest(&Canon{Op: CanonWaitableSetWait}), "core memory 0 is out of range"},
		{"error-context.new with realloc", withLibrary(&Canon{Op: CanonErrorContextNew, Options: []CanonOption{memory0, realloc}}), ""},
		{"error-context.new with async", withLibrary(&Canon{Op: CanonErrorContextNew, Options: []CanonOption{memory0, option(AsyncOption)}}), "takes no option async"},
		{"a shared thread of a function that is not", nest(&CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{wasm.I32}}}}}, &Canon{Op: CanonThreadSpawnRef, Shared: true}), "that of a function that is not"},
		{"error-context.new without memory", nest(&Canon{Op: CanonErrorContextNew}), "needs the option memory"},
	}
}

func coreCases() []validationCase {
	imports := &CoreModule{Bytes: coreModuleOf([]coreFuncDef{{module: "m", name: "f", sig: abi.Signature{Params: []abi.Core{abi.I32}}}}, nil, false)}
	bag := func(name string, f uint32) Def {
		return &CoreInstance{Exports: []CoreExport{{name, SortCoreFunc, f}}}
	}
	module := func(decls ...ModuleDecl) Def { return &CoreTypeDef{Module: &ModuleType{decls}} }
	exportsOf := func(t wasm.Extern) Def { return module(ModuleDecl{Export: &CoreExportDecl{"x", t}}) }
	table := func(l wasm.Limits) Def {
		return exportsOf(wasm.Extern{Kind: wasm.TableKind, Table: wasm.Table{Elem: wasm.ValType{Code: wasm.CodeFuncRef}, Limits: l}})
	}
	memory := func(l wasm.Limits) Def { return exportsOf(wasm.Extern{Kind: wasm.MemoryKind, Memory: l}) }
	functionType := ModuleDecl{Type: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm}}}}
	return []validationCase{
		{"a core instance", withLibrary(imports, bag("f", coreTake), &CoreInstance{Module: 1, Args: []CoreArg{{"m", 1}}}), ""},
		{"a core import that nobody supplies", withLibrary(imports, &CoreInstance{Module: 1}), `imports from "m", which no argument supplies`},
		{"a core import that the argument lacks", withLibrary(imports, bag("g", coreTake), &CoreInstance{Module: 1, Args: []CoreArg{{"m", 1}}}), "does not export"},
		{"a core import of another type", withLibrary(imports, bag("f", coreGive), &CoreInstance{Module: 1, Args: []CoreArg{{"m", 1}}}), "a function of type (i32) -> () is expected"},
		{"a core export twice", withLibrary(&CoreInstance{Exports: []CoreExport{{"f", SortCoreFunc, 0}, {"f", SortCoreFunc, 0}}}), "exports \"f\" twice"},
		{"a core alias that is not there", withLibrary(&Alias{Sort: SortCoreFunc, Target: AliasCoreExport, Name: "x"}), "exports no core func"},
		{"a module with functions out of range", nest(&CoreModule{Bytes: append([]byte(wasm.Preamble), byte(wasm.FunctionSection), 2, 1, 0)}), "core type 0 is out of range"},
		{"a module with sections out of order", nest(&CoreModule{Bytes: append([]byte(wasm.Preamble), byte(wasm.MemorySection), 1, 0, byte(wasm.TypeSection), 1, 0)}), "out of order"},
		{"a module that imports a name twice", nest(&CoreModule{Bytes: coreModuleOf([]coreFuncDef{{module: "m", name: "f"}, {module: "m", name: "g"}, {module: "m", name: "f"}}, nil, false)}), `imports "m" "f" twice`},
		{"a module with functions and no bodies", nest(&CoreModule{Bytes: append([]byte(wasm.Preamble), byte(wasm.TypeSection), 4, 1, 0x60, 0, 0, byte(wasm.FunctionSection), 2, 1, 0)}), "without a body"},
		{"a module type", nest(module(functionType, ModuleDecl{Import: &wasm.Import{Module: "a", Name: "b", Type: wasm.Extern{}}}, ModuleDecl{Export: &CoreExportDecl{"c", wasm.Extern{}}})), ""},
		{"a module type that exports twice", nest(module(functionType, ModuleDecl{Export: &CoreExportDecl{"c", wasm.Extern{}}}, ModuleDecl{Export: &CoreExportDecl{"c", wasm.Extern{}}})), "exports \"c\" twice"},
		{"a module type that aliases a module type", nest(module(), module(ModuleDecl{Alias: &CoreAlias{1, 0}})), "that of a module"},
		{"a module type that aliases a function type", nest(&CoreTypeDef{Rec: functionType.Type}, module(ModuleDecl{Alias: &CoreAlias{1, 0}}, ModuleDecl{Export: &CoreExportDecl{"c", wasm.Extern{}}})), ""},
		{"a table with a minimum above its maximum", nest(table(wasm.Limits{Min: 2, Max: 1, HasMax: true, PageLog2: 16})), "the minimum of a table, 2, is above its maximum, 1"},
		{"a shared table", nest(table(wasm.Limits{Min: 1, Max: 1, HasMax: true, Shared: true, PageLog2: 16})), "a table is shared"},
		{"a table with pages", nest(table(wasm.Limits{Min: 1, HasPage: true, PageLog2: 0})), "only memories have"},
		{"a memory of 2^64 bytes", nest(memory(wasm.Limits{Min: 1 << 48, Addr64: true, PageLog2: 16})), ""},
		{"a memory of more than 2^64 bytes", nest(memory(wasm.Limits{Min: 1<<48 + 1, Addr64: true, PageLog2: 16})), "exceed 2^48 pages"},
		{"an imported module", nest(module(functionType, ModuleDecl{Export: &CoreExportDecl{"c", wasm.Extern{}}}), imp("m", SortCoreModule, 0), &CoreInstance{}, &Alias{Sort: SortCoreFunc, Target: AliasCoreExport, Name: "c"}), ""},
		{"an export of a core function", withLibrary(exp("f", SortCoreFunc, 0)), "only modules"},
	}
}

func TestValidate(t *testing.T) {
	for _, test := range validationCases() {
		t.Run(test.name, func(t *testing.T) {
			c, err := Decode(test.c.Encode())
			if err != nil {
				t.Fatal(err)
			}
			err = Validate(c)
			if test.rule == "" {
				if err != nil {
					t.Errorf("got %v, want it to be valid", err)
				}
				return
			}
			var bad *Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if !strings.Contains(bad.Rule, test.rule) {
				t.Errorf("got %v, want %q", bad, test.rule)
			}
			if !inside(c, bad.Offset) {
				t.Errorf("the offset %d lies outside the component", bad.Offset)
			}
		})
	}
}

// inside reports whether an offset lies behind the preamble.
func inside(c *Component, offset int) bool { return offset >= len(preamble) && offset <= c.Size }
