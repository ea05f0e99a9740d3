package comptest

import (
	"strings"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
)

// Case is a component and a part of the rule that it breaks, or "".
type Case struct {
	Name string
	C    *component.Component
	Rule string
}

func ValidationCases() []Case {
	var list []Case
	for _, cases := range [][]Case{typeCases(), nameCases(), resourceCases(), instanceCases(), canonCases(), coreCases()} {
		list = append(list, cases...)
	}
	return list
}

func typeCases() []Case {
	point := &component.Record{Fields: []component.Field{{Name: "x", Type: U8}}}
	return []Case{
		{"a type of an index that is not there", Nest(Typ(&component.List{Elem: At(0)})), "type 0 is out of range: there are 0"},
		{"a function as a value type", Nest(Typ(Fn()), Typ(&component.List{Elem: At(0)})), "type 0 is not a value type"},
		{"an empty record", Nest(Typ(&component.Record{})), "at least one field"},
		{"an empty variant", Nest(Typ(&component.Variant{})), "at least one case"},
		{"an empty tuple", Nest(Typ(&component.Tuple{})), "at least one type"},
		{"empty flags", Nest(Typ(&component.Flags{})), "at least one flag"},
		{"33 flags", Nest(Typ(&component.Flags{Labels: Numbered(33)})), "has 33 flags"},
		{"32 flags", Nest(Typ(&component.Flags{Labels: Numbered(32)})), ""},
		{"an empty enum", Nest(Typ(&component.Enum{})), "at least one case"},
		{"a list of length 0", Nest(Typ(&component.FixedList{Elem: U8, Length: 0})), "length 0"},
		{"a list of 2^28 bytes", Nest(Typ(&component.FixedList{Elem: U8, Length: 1 << 28})), "268435456 bytes"},
		{"a list of 2^28-1 bytes", Nest(Typ(&component.FixedList{Elem: U8, Length: 1<<28 - 1})), ""},
		{"labels of one spelling", Nest(Typ(&component.Record{Fields: []component.Field{{Name: "a-b", Type: U8}, {Name: "A-B", Type: U8}}})), "strongly unique"},
		{"a label with an underscore", Nest(Typ(&component.Enum{Labels: []string{"a_b"}})), "letters, digits and dashes"},
		{"a label that starts with a digit", Nest(Typ(&component.Enum{Labels: []string{"1a"}})), "starts with a digit"},
		{"a label of mixed case", Nest(Typ(&component.Enum{Labels: []string{"aB"}})), "mixes upper and lower case"},
		{"parameters of one spelling", Nest(Typ(Fn(component.Field{Name: "a", Type: U8}, component.Field{Name: "A", Type: U8}))), "strongly unique"},
		{"a map with a float as key", Nest(Typ(&component.Map{Key: component.ValType{Prim: component.F32}, Value: U8})), "no key type"},
		{"a map with a string as key", Nest(Typ(&component.Map{Key: Str, Value: U8})), ""},
		{"a map with a named integer as key", Nest(Typ(&component.PrimType{Prim: component.U32}), Typ(&component.Map{Key: At(0), Value: U8})), ""},
		{"a stream of char", Nest(Typ(&component.Stream{Type: &char})), "stream of char"},
		{"own of a value type", Nest(Typ(&component.List{Elem: U8}), Typ(&component.Own{Resource: 0})), "type 0 is not a resource"},
		{"a borrow in a result", Nest(impResource("r"), Typ(&component.Borrow{Resource: 0}), Typ(returns(At(1)))), "must not contain a borrow"},
		{"a borrow in a stream", Nest(impResource("r"), Typ(&component.Borrow{Resource: 0}), Typ(&component.Stream{Type: Ptr(At(1))})), "must not contain a borrow"},
		{"a resource inside a type", Nest(Typ(&component.InstanceType{Decls: []component.Def{Typ(ResourceType32())}})), "defined inside a type"},
		{"a resource of float", Nest(Typ(&component.Resource{Rep: wasm.F32})), "i32 or i64"},
		{"an import of a type that is no function", Nest(Typ(&component.List{Elem: U8}), Imp("f", component.SortFunc, 0)), "type 0 is not that of a func"},
		{"an export of a record without a name", Nest(Typ(point), Typ(Fn(component.Field{Name: "p", Type: At(0)})), Typ(&component.ComponentType{Decls: []component.Def{outer(1, 1), Declare("f", component.SortFunc, 0)}})), "a record that no export gives a name"},
		{"an import that refers to a named record", Nest(Typ(point), &component.Import{Name: component.Named("p"), Type: component.ExternType{Sort: component.SortType, Index: 0}}, Typ(Fn(component.Field{Name: "p", Type: At(1)})), Imp("f", component.SortFunc, 2)), ""},
		{"an import that refers to what is only exported", Nest(Typ(point), Exp("p", component.SortType, 0), Typ(Fn(component.Field{Name: "p", Type: At(1)})), Imp("f", component.SortFunc, 2)), "a record that no import gives a name"},
		{"an import of a type that is only exported", Nest(Typ(&component.Future{Type: &U8}), Exp("p", component.SortType, 0), &component.Import{Name: component.Named("q"), Type: component.ExternType{Sort: component.SortType, Index: 1}}), "imports cannot depend on exports"},
		{"an import of a type that is exported too", Nest(Typ(&component.Future{Type: &U8}), Exp("p", component.SortType, 0), &component.Import{Name: component.Named("q"), Type: component.ExternType{Sort: component.SortType, Index: 0}}), ""},
		{"an export of an instance type with a record without a name", Nest(Typ(&component.InstanceType{Decls: []component.Def{Typ(point), Typ(&component.List{Elem: At(0)}), Declare("l", component.SortType, 1)}}), Exp("i", component.SortType, 0)), "a record that no export gives a name"},
		{"an export of an instance type with a named record", Nest(Typ(&component.InstanceType{Decls: []component.Def{Typ(point), Declare("p", component.SortType, 0), Typ(&component.List{Elem: At(1)}), Declare("l", component.SortType, 2)}}), Exp("i", component.SortType, 0)), ""},
		{"an outer alias that goes too far", Nest(outer(1, 0)), "goes 1 scopes outwards"},
		{"an outer alias of a value type", Nest(Typ(&component.List{Elem: U8}), Nest(outer(1, 0))), ""},
		{"an outer alias of a resource", Nest(impResource("r"), Nest(outer(1, 0))), "refers to a resource"},
		{"an outer alias of a resource from a type", Nest(impResource("r"), Typ(&component.InstanceType{Decls: []component.Def{outer(1, 0)}})), ""},
		{"an outer alias of a component from a type", Nest(Nest(), Typ(&component.InstanceType{Decls: []component.Def{&component.Alias{Sort: component.SortComponent, Target: component.AliasOuter, Count: 1}}})), "and no component"},
	}
}

func nameCases() []Case {
	f := Typ(Fn())
	instance := Typ(&component.InstanceType{})
	name := func(n string, a ...component.Attribute) component.Def {
		return &component.Import{Name: component.ExternName{Name: n, Attributes: a}, Type: component.ExternType{Sort: component.SortInstance}}
	}
	return []Case{
		{"two imports of one name", Nest(f, Imp("a", component.SortFunc, 0), Imp("A", component.SortFunc, 0)), "not strongly unique"},
		{"an import and an export of one name", Nest(f, Imp("a", component.SortFunc, 0), Exp("a", component.SortFunc, 0)), ""},
		{"an empty name", Nest(f, Imp("", component.SortFunc, 0)), "a name is empty"},
		{"a name with a space", Nest(f, Imp("a b", component.SortFunc, 0)), "letters, digits and dashes"},
		{"an unknown annotation", Nest(f, Imp("[getter]a", component.SortFunc, 0)), "the annotation is not"},
		{"a method without a resource", Nest(f, Imp("[method]r.f", component.SortFunc, 0)), "first parameter self"},
		{"a static of an unknown resource", Nest(f, Imp("[static]r.f", component.SortFunc, 0)), "does not stand before it"},
		{"a static function", Nest(impResource("r"), f, Imp("[static]r.f", component.SortFunc, 1)), ""},
		{"a constructor without a result", Nest(impResource("r"), f, Imp("[constructor]r", component.SortFunc, 1)), "must return (own R)"},
		{"a constructor", Nest(impResource("r"), Typ(&component.Own{Resource: 0}), Typ(returns(At(1))), Imp("[constructor]r", component.SortFunc, 2)), ""},
		{"a constructor that may fail", Nest(impResource("r"), Typ(&component.Own{Resource: 0}), Typ(&component.Result{OK: Ptr(At(1)), Err: &Str}), Typ(returns(At(2))), Imp("[constructor]r", component.SortFunc, 3)), ""},
		{"a constructor of another resource", Nest(impResource("r"), impResource("q"), Typ(&component.Own{Resource: 0}), Typ(returns(At(2))), Imp("[constructor]q", component.SortFunc, 3)), "where R is the resource"},
		{"a method", Nest(impResource("r"), Typ(&component.Borrow{Resource: 0}), Typ(Fn(component.Field{Name: "self", Type: At(1)})), Imp("[method]r.f", component.SortFunc, 2)), ""},
		{"a method that takes own", Nest(impResource("r"), Typ(&component.Own{Resource: 0}), Typ(Fn(component.Field{Name: "self", Type: At(1)})), Imp("[method]r.f", component.SortFunc, 2)), "must take (borrow R)"},
		{"a method of another name and a static of that", Nest(impResource("r"), Typ(&component.Borrow{Resource: 0}), Typ(Fn(component.Field{Name: "self", Type: At(1)})), Imp("[method]r.f", component.SortFunc, 2), Imp("[static]r.F", component.SortFunc, 2)), "not strongly unique"},
		{"a method with the name of its resource", Nest(impResource("r"), Typ(&component.Borrow{Resource: 0}), Typ(Fn(component.Field{Name: "self", Type: At(1)})), Imp("[method]r.r", component.SortFunc, 2)), "not strongly unique"},
		{"an interface", Nest(instance, name("a:b/c@1.2.3")), ""},
		{"an interface with a version that is none", Nest(instance, name("a:b/c@1.2")), "no semantic version"},
		{"an interface with a canonical version", Nest(instance, name("a:b/c@0.2", component.Attribute{Kind: component.VersionSuffix, Value: ".8"})), ""},
		{"a version suffix that makes no version", Nest(instance, name("a:b/c@0.2", component.Attribute{Kind: component.VersionSuffix, Value: ".x"})), "makes no semantic version"},
		{"an upper-case namespace", Nest(instance, name("A:b/c")), "lower case"},
		{"implements", Nest(instance, name("a", component.Attribute{Kind: component.Implements, Value: "a:b/c"})), ""},
		{"implements at an interface", Nest(instance, name("a:b/d", component.Attribute{Kind: component.Implements, Value: "a:b/c"})), "may only at a plain name"},
		{"implements what is no interface", Nest(instance, name("a", component.Attribute{Kind: component.Implements, Value: "b"})), "no name of an interface"},
		{"implements twice", Nest(instance, name("a", component.Attribute{Kind: component.Implements, Value: "a:b/c"}, component.Attribute{Kind: component.Implements, Value: "a:b/c"})), "two attributes"},
		{"implements at a function", Nest(f, &component.Import{Name: component.ExternName{Name: "a", Attributes: []component.Attribute{{Kind: component.Implements, Value: "a:b/c"}}}, Type: component.ExternType{Sort: component.SortFunc}}), "may only at an instance"},
		{"an external id", Nest(f, &component.Import{Name: component.ExternName{Name: "a", Attributes: []component.Attribute{{Kind: component.ExternalID, Value: "https://x"}}}, Type: component.ExternType{Sort: component.SortFunc}}), ""},
	}
}

func resourceCases() []Case {
	withResource := Nest(Typ(ResourceType32()), Exp("r", component.SortType, 0), Typ(&component.Own{Resource: 1}), Typ(Fn(component.Field{Name: "a", Type: At(2)})))
	maker := Nest(append(Library(), Typ(ResourceType32()), Exp("r", component.SortType, 0), Typ(&component.Own{Resource: 1}), Typ(returns(At(2))), lift(coreGive, 3), Exp("make", component.SortFunc, 0))...)
	twoNames := Nest(impResource("r"), &component.Import{Name: component.Named("q"), Type: component.ExternType{Sort: component.SortType, Index: 0}}, Typ(&component.Own{Resource: 1}), Typ(Fn(component.Field{Name: "a", Type: At(2)})), Imp("f", component.SortFunc, 3), Exp("g", component.SortFunc, 0))
	user := Nest(impResource("r"), Typ(&component.Own{Resource: 0}), Typ(returns(At(1))), Imp("make", component.SortFunc, 2))
	return []Case{
		{"a resource with a name", withResource, ""},
		{"an export of a resource that has no name", withLibrary(Typ(ResourceType32()), Typ(&component.Own{Resource: 0}), Typ(returns(At(1))), lift(coreGive, 2), Exp("f", component.SortFunc, 0)), "a resource that no export gives a name"},
		{"resource.new of an import", Nest(impResource("r"), &component.Canon{Op: component.CanonResourceNew}), "this component defines"},
		{"resource.rep of an import", Nest(impResource("r"), &component.Canon{Op: component.CanonResourceRep}), "this component defines"},
		{"resource.drop of an import", Nest(impResource("r"), &component.Canon{Op: component.CanonResourceDrop}), ""},
		{"resource.new of a value type", Nest(Typ(&component.List{Elem: U8}), &component.Canon{Op: component.CanonResourceNew}), "not a resource"},
		{"a destructor of the wrong type", withLibrary(Typ(&component.Resource{Rep: wasm.I32, Dtor: Ptr(coreString)})), "destructor of a resource must be of type (i32) -> ()"},
		{"a destructor", withLibrary(Typ(&component.Resource{Rep: wasm.I32, Dtor: Ptr(CoreTake)})), ""},
		{"a destructor of a resource of i64", withLibrary(Typ(&component.Resource{Rep: wasm.I64, Dtor: Ptr(CoreTake)})), "(i64) -> ()"},
		{"one resource for an import", Nest(maker, user, &component.Instance{Component: 0}, AliasOf(component.SortType, 0, "r"), AliasOf(component.SortFunc, 0, "make"), &component.Instance{Component: 1, Args: []component.Arg{{Name: "r", Sort: component.SortType, Index: 0}, {Name: "make", Sort: component.SortFunc, Index: 0}}}), ""},
		{"resources of two instances", Nest(maker, user, &component.Instance{Component: 0}, &component.Instance{Component: 0}, AliasOf(component.SortType, 0, "r"), AliasOf(component.SortFunc, 1, "make"), &component.Instance{Component: 1, Args: []component.Arg{{Name: "r", Sort: component.SortType, Index: 0}, {Name: "make", Sort: component.SortFunc, Index: 0}}}), "is of another resource"},
		{"two names of an import for a resource", Nest(impResource("t"), Typ(&component.Own{Resource: 0}), Typ(Fn(component.Field{Name: "a", Type: At(1)})), Imp("f", component.SortFunc, 2), twoNames,
			&component.Instance{Component: 0, Args: []component.Arg{{Name: "r", Sort: component.SortType, Index: 0}, {Name: "q", Sort: component.SortType, Index: 0}, {Name: "f", Sort: component.SortFunc, Index: 0}}}, Exp("i", component.SortInstance, 0)), ""},
		{"two exports of a resource", Nest(Typ(ResourceType32()), Exp("r", component.SortType, 0), Exp("q", component.SortType, 0)), ""},
	}
}

func instanceCases() []Case {
	wants := Nest(Typ(Fn(component.Field{Name: "a", Type: U8})), Imp("f", component.SortFunc, 0), Exp("g", component.SortFunc, 0))
	has := []component.Def{Typ(Fn(component.Field{Name: "a", Type: U8})), Imp("f", component.SortFunc, 0), wants}
	give := func(name string, sort component.Sort) *component.Component {
		return Nest(append(has[:len(has):len(has)], &component.Instance{Args: []component.Arg{{Name: name, Sort: sort, Index: 0}}})...)
	}
	instanceOf := func(names ...string) component.Type {
		t := &component.InstanceType{Decls: []component.Def{Typ(Fn())}}
		for _, n := range names {
			t.Decls = append(t.Decls, Declare(n, component.SortFunc, 0))
		}
		return t
	}
	ascribe := func(actual, ascribed component.Type) *component.Component {
		return Nest(Typ(actual), Typ(ascribed), Imp("i", component.SortInstance, 0), &component.Export{Name: component.Named("e"), Sort: component.SortInstance, Type: &component.ExternType{Sort: component.SortInstance, Index: 1}})
	}
	return []Case{
		{"an argument", give("f", component.SortFunc), ""},
		{"no argument", give("h", component.SortFunc), `func "f" is missing`},
		{"an argument of another sort", give("f", component.SortType), "a func is expected and a type is there"},
		{"an argument twice", Nest(append(has[:3:3], &component.Instance{Args: []component.Arg{{Name: "f", Sort: component.SortFunc, Index: 0}, {Name: "f", Sort: component.SortFunc, Index: 0}}})...), "given twice"},
		{"an argument of another type", Nest(Typ(Fn(component.Field{Name: "b", Type: U8})), Imp("f", component.SortFunc, 0), wants, &component.Instance{Args: []component.Arg{{Name: "f", Sort: component.SortFunc, Index: 0}}}), `"b" and "a" is expected`},
		{"a component that is not there", Nest(&component.Instance{}), "component 0 is out of range"},
		{"an alias of an export", Nest(append(has[:3:3], &component.Instance{Args: []component.Arg{{Name: "f", Sort: component.SortFunc, Index: 0}}}, AliasOf(component.SortFunc, 0, "g"))...), ""},
		{"an alias of what is not exported", Nest(append(has[:3:3], &component.Instance{Args: []component.Arg{{Name: "f", Sort: component.SortFunc, Index: 0}}}, AliasOf(component.SortFunc, 0, "x"))...), `exports no func "x"`},
		{"an alias of another sort", Nest(append(has[:3:3], &component.Instance{Args: []component.Arg{{Name: "f", Sort: component.SortFunc, Index: 0}}}, AliasOf(component.SortType, 0, "g"))...), `exports no type "g"`},
		{"a bag of exports", Nest(Typ(Fn()), Imp("f", component.SortFunc, 0), &component.Instance{Exports: []component.InlineExport{{Name: component.Named("a"), Sort: component.SortFunc, Index: 0}}}, Exp("i", component.SortInstance, 0)), ""},
		{"a bag with a name twice", Nest(Typ(Fn()), Imp("f", component.SortFunc, 0), &component.Instance{Exports: []component.InlineExport{{Name: component.Named("a"), Sort: component.SortFunc, Index: 0}, {Name: component.Named("a"), Sort: component.SortFunc, Index: 0}}}), "not strongly unique"},
		{"an ascribed type with less", ascribe(instanceOf("a", "b"), instanceOf("b")), ""},
		{"an ascribed type with more", ascribe(instanceOf("a"), instanceOf("a", "b")), `func "b" is missing`},
		{"a value that nobody uses", Nest(&component.Import{Name: component.Named("v"), Type: component.ExternType{Sort: component.SortValue, Bound: component.BoundType, Value: U8}}), "is not used"},
		{"a value", Nest(&component.Value{Type: U8, Data: []byte{7}}, Exp("v", component.SortValue, 0)), ""},
		{"a value used twice", Nest(&component.Value{Type: U8, Data: []byte{7}}, Exp("v", component.SortValue, 0), Exp("w", component.SortValue, 0)), "used twice"},
		{"a value that does not fit its type", Nest(&component.Value{Type: component.ValType{Prim: component.Bool}, Data: []byte{2}}), "invalid bool 0x02"},
		{"a value with bytes left", Nest(&component.Value{Type: U8, Data: []byte{2, 3}}), "1 bytes are left"},
		{"a start function", Nest(Typ(Fn(component.Field{Name: "a", Type: U8})), Imp("f", component.SortFunc, 0), &component.Value{Type: U8, Data: []byte{7}}, &component.Start{Args: []uint32{0}}), ""},
		{"a start function with too few arguments", Nest(Typ(Fn(component.Field{Name: "a", Type: U8})), Imp("f", component.SortFunc, 0), &component.Start{}), "takes 1 arguments and is given 0"},
		{"a start function with the wrong argument", Nest(Typ(Fn(component.Field{Name: "a", Type: U8})), Imp("f", component.SortFunc, 0), &component.Value{Type: char, Data: []byte("a")}, &component.Start{Args: []uint32{0}}), "u8 is expected and char is there"},
	}
}

func canonCases() []Case {
	stringFunc := Typ(&component.Func{Params: []component.Field{{Name: "a", Type: Str}}, Result: &Str})
	many := &component.Func{}
	for _, name := range strings.Split("a b c d e f g h i j k l m n o p q", " ") {
		many.Params = append(many.Params, component.Field{Name: name, Type: U8})
	}
	async := Typ(&component.Func{Async: true})
	importString := []component.Def{stringFunc, Imp("f", component.SortFunc, 0)}
	lowered := func(o ...component.CanonOption) *component.Component {
		return withLibrary(append(importString, Lower(0, o...))...)
	}
	lifted := func(f uint32, o ...component.CanonOption) *component.Component {
		return withLibrary(stringFunc, lift(f, 0, o...))
	}
	return []Case{
		{"lift", lifted(coreString, Memory0, realloc), ""},
		{"lift with an encoding and post-return", lifted(coreString, Option(component.UTF16), Memory0, realloc, Option(component.PostReturnOption, CoreTake)), ""},
		{"lift of the wrong core type", lifted(CoreTake, Memory0, realloc), "of type (i32, i32) -> (i32), and function 3 is of type (i32) -> ()"},
		{"lift of a type that is no function", withLibrary(Typ(&component.List{Elem: U8}), lift(CoreNothing, 0)), "not that of a function"},
		{"lift without memory", lifted(coreString), "needs the option memory"},
		{"lift without realloc", lifted(coreString, Memory0), "needs the option realloc"},
		{"lift with realloc and no memory", lifted(coreString, realloc), "realloc of canon lift needs the option memory"},
		{"lift with a realloc of the wrong type", lifted(coreString, Memory0, Option(component.ReallocOption, CoreTake)), "the option realloc needs a core function of type (i32, i32, i32, i32) -> (i32)"},
		{"lift with a post-return of the wrong type", lifted(coreString, Memory0, realloc, Option(component.PostReturnOption, CoreNothing)), "the option post-return needs a core function of type (i32) -> ()"},
		{"lift with memory twice", lifted(coreString, Memory0, Memory0, realloc), "given twice"},
		{"lift with two encodings", lifted(coreString, Option(component.UTF8), Option(component.UTF16), Memory0, realloc), "more than one string encoding"},
		{"lift with many parameters", withLibrary(Typ(many), lift(CoreTake, 0, Memory0)), "too many to pass flat"},
		{"lift with many parameters and realloc", withLibrary(Typ(many), lift(CoreTake, 0, Memory0, realloc)), ""},
		{"lift async of a function that is not", withLibrary(Typ(Fn()), lift(coreGive, 0, Option(component.AsyncOption), Option(component.CallbackOption, CoreCallback))), "needs a function type that is async"},
		{"lift async", withLibrary(async, lift(coreGive, 0, Option(component.AsyncOption), Option(component.CallbackOption, CoreCallback))), ""},
		{"lift with a callback alone", withLibrary(async, lift(CoreNothing, 0, Option(component.CallbackOption, CoreCallback))), "needs the option async"},
		{"lift async with post-return", withLibrary(async, lift(CoreNothing, 0, Option(component.AsyncOption), Option(component.PostReturnOption, CoreNothing))), "post-return cannot stand"},
		{"lower", lowered(Memory0, realloc), ""},
		{"lower without realloc", lowered(Memory0), "needs the option realloc"},
		{"lower without memory", lowered(), "needs the option memory"},
		{"lower with post-return", lowered(Memory0, realloc, Option(component.PostReturnOption, CoreTake)), "takes no option post-return"},
		{"lower async", withLibrary(async, Imp("f", component.SortFunc, 0), Lower(0, Option(component.AsyncOption), Memory0)), ""},
		{"lower async without memory", withLibrary(async, Imp("f", component.SortFunc, 0), Lower(0, Option(component.AsyncOption))), "an async lowering needs it"},
		{"lower of numbers alone", Nest(Typ(Fn(component.Field{Name: "a", Type: U8})), Imp("f", component.SortFunc, 0), Lower(0)), ""},
		{"task.return", withLibrary(&component.Canon{Op: component.CanonTaskReturn, Result: &Str, Options: []component.CanonOption{Memory0}}), ""},
		{"task.return without memory", Nest(&component.Canon{Op: component.CanonTaskReturn, Result: &Str}), "needs the option memory"},
		{"context.get of slot 2", Nest(&component.Canon{Op: component.CanonContextGet, SlotType: wasm.I32, Slot: 2}), "slot 2"},
		{"context built-ins of two types", Nest(&component.Canon{Op: component.CanonContextGet, SlotType: wasm.I32}, &component.Canon{Op: component.CanonContextSet, SlotType: wasm.I64}), "they must agree"},
		{"stream.new", Nest(Typ(&component.Stream{Type: &U8}), &component.Canon{Op: component.CanonStreamNew}), ""},
		{"stream.new of a future", Nest(Typ(&component.Future{Type: &U8}), &component.Canon{Op: component.CanonStreamNew}), "needs a stream"},
		{"stream.read without memory", Nest(Typ(&component.Stream{Type: &U8}), &component.Canon{Op: component.CanonStreamRead, Options: []component.CanonOption{Option(component.AsyncOption)}}), "needs the option memory"},
		{"stream.read", withLibrary(Typ(&component.Stream{Type: &U8}), &component.Canon{Op: component.CanonStreamRead, Options: []component.CanonOption{Option(component.AsyncOption), Memory0}}), ""},
		{"future.read of strings without realloc", withLibrary(Typ(&component.Future{Type: &Str}), &component.Canon{Op: component.CanonFutureRead, Options: []component.CanonOption{Option(component.AsyncOption), Memory0}}), "needs the option realloc"},
		{"waitable-set.wait", withLibrary(&component.Canon{Op: component.CanonWaitableSetWait}), ""},
		{"waitable-set.wait without memory", Nest(&component.Canon{Op: component.CanonWaitableSetWait}), "core memory 0 is out of range"},
		{"error-context.new with realloc", withLibrary(&component.Canon{Op: component.CanonErrorContextNew, Options: []component.CanonOption{Memory0, realloc}}), ""},
		{"error-context.new with async", withLibrary(&component.Canon{Op: component.CanonErrorContextNew, Options: []component.CanonOption{Memory0, Option(component.AsyncOption)}}), "takes no option async"},
		{"a shared thread of a function that is not", Nest(&component.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{wasm.I32}}}}}, &component.Canon{Op: component.CanonThreadSpawnRef, Shared: true}), "that of a function that is not"},
		{"error-context.new without memory", Nest(&component.Canon{Op: component.CanonErrorContextNew}), "needs the option memory"},
	}
}

func coreCases() []Case {
	imports := &component.CoreModule{Bytes: CoreModuleOf([]CoreFuncDef{{Module: "m", Name: "f", Sig: abi.Signature{Params: []abi.Core{abi.I32}}}}, nil, false)}
	bag := func(name string, f uint32) component.Def {
		return &component.CoreInstance{Exports: []component.CoreExport{{Name: name, Sort: component.SortCoreFunc, Index: f}}}
	}
	module := func(decls ...component.ModuleDecl) component.Def {
		return &component.CoreTypeDef{Module: &component.ModuleType{Decls: decls}}
	}
	exportsOf := func(t wasm.Extern) component.Def {
		return module(component.ModuleDecl{Export: &component.CoreExportDecl{Name: "x", Type: t}})
	}
	table := func(l wasm.Limits) component.Def {
		return exportsOf(wasm.Extern{Kind: wasm.TableKind, Table: wasm.Table{Elem: wasm.ValType{Code: wasm.CodeFuncRef}, Limits: l}})
	}
	memory := func(l wasm.Limits) component.Def { return exportsOf(wasm.Extern{Kind: wasm.MemoryKind, Memory: l}) }
	functionType := component.ModuleDecl{Type: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm}}}}
	return []Case{
		{"a core instance", withLibrary(imports, bag("f", CoreTake), &component.CoreInstance{Module: 1, Args: []component.CoreArg{{Name: "m", Instance: 1}}}), ""},
		{"a core import that nobody supplies", withLibrary(imports, &component.CoreInstance{Module: 1}), `imports from "m", which no argument supplies`},
		{"a core import that the argument lacks", withLibrary(imports, bag("g", CoreTake), &component.CoreInstance{Module: 1, Args: []component.CoreArg{{Name: "m", Instance: 1}}}), "does not export"},
		{"a core import of another type", withLibrary(imports, bag("f", coreGive), &component.CoreInstance{Module: 1, Args: []component.CoreArg{{Name: "m", Instance: 1}}}), "a function of type (i32) -> () is expected"},
		{"a core export twice", withLibrary(&component.CoreInstance{Exports: []component.CoreExport{{Name: "f", Sort: component.SortCoreFunc, Index: 0}, {Name: "f", Sort: component.SortCoreFunc, Index: 0}}}), "exports \"f\" twice"},
		{"a core alias that is not there", withLibrary(&component.Alias{Sort: component.SortCoreFunc, Target: component.AliasCoreExport, Name: "x"}), "exports no core func"},
		{"a module with functions out of range", Nest(&component.CoreModule{Bytes: append([]byte(wasm.Preamble), byte(wasm.FunctionSection), 2, 1, 0)}), "core type 0 is out of range"},
		{"a module with sections out of order", Nest(&component.CoreModule{Bytes: append([]byte(wasm.Preamble), byte(wasm.MemorySection), 1, 0, byte(wasm.TypeSection), 1, 0)}), "out of order"},
		{"a module that imports a name twice", Nest(&component.CoreModule{Bytes: CoreModuleOf([]CoreFuncDef{{Module: "m", Name: "f"}, {Module: "m", Name: "g"}, {Module: "m", Name: "f"}}, nil, false)}), `imports "m" "f" twice`},
		{"a module with functions and no bodies", Nest(&component.CoreModule{Bytes: append([]byte(wasm.Preamble), byte(wasm.TypeSection), 4, 1, 0x60, 0, 0, byte(wasm.FunctionSection), 2, 1, 0)}), "without a body"},
		{"a module type", Nest(module(functionType, component.ModuleDecl{Import: &wasm.Import{Module: "a", Name: "b", Type: wasm.Extern{}}}, component.ModuleDecl{Export: &component.CoreExportDecl{Name: "c", Type: wasm.Extern{}}})), ""},
		{"a module type that exports twice", Nest(module(functionType, component.ModuleDecl{Export: &component.CoreExportDecl{Name: "c", Type: wasm.Extern{}}}, component.ModuleDecl{Export: &component.CoreExportDecl{Name: "c", Type: wasm.Extern{}}})), "exports \"c\" twice"},
		{"a module type that aliases a module type", Nest(module(), module(component.ModuleDecl{Alias: &component.CoreAlias{Count: 1, Index: 0}})), "that of a module"},
		{"a module type that aliases a function type", Nest(&component.CoreTypeDef{Rec: functionType.Type}, module(component.ModuleDecl{Alias: &component.CoreAlias{Count: 1, Index: 0}}, component.ModuleDecl{Export: &component.CoreExportDecl{Name: "c", Type: wasm.Extern{}}})), ""},
		{"a table with a minimum above its maximum", Nest(table(wasm.Limits{Min: 2, Max: 1, HasMax: true, PageLog2: 16})), "the minimum of a table, 2, is above its maximum, 1"},
		{"a shared table", Nest(table(wasm.Limits{Min: 1, Max: 1, HasMax: true, Shared: true, PageLog2: 16})), "a table is shared"},
		{"a table with pages", Nest(table(wasm.Limits{Min: 1, HasPage: true, PageLog2: 0})), "only memories have"},
		{"a memory of 2^64 bytes", Nest(memory(wasm.Limits{Min: 1 << 48, Addr64: true, PageLog2: 16})), ""},
		{"a memory of more than 2^64 bytes", Nest(memory(wasm.Limits{Min: 1<<48 + 1, Addr64: true, PageLog2: 16})), "exceed 2^48 pages"},
		{"an imported module", Nest(module(functionType, component.ModuleDecl{Export: &component.CoreExportDecl{Name: "c", Type: wasm.Extern{}}}), Imp("m", component.SortCoreModule, 0), &component.CoreInstance{}, &component.Alias{Sort: component.SortCoreFunc, Target: component.AliasCoreExport, Name: "c"}), ""},
		{"an export of a core function", withLibrary(Exp("f", component.SortCoreFunc, 0)), "only modules"},
	}
}
