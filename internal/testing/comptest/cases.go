package comptest

import (
	"strings"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
)

// Case is a component and a part of the rule that it breaks, or "".
type Case struct {
	Name string
	C    *binary.Component
	Rule string
}

// ValidationCases returns the cases of all the rules of validation.
func ValidationCases() []Case {
	var list []Case
	for _, cases := range [][]Case{typeCases(), nameCases(), resourceCases(), instanceCases(), canonCases(), coreCases(), subtypeCases(), argumentCases(), valueCases()} {
		list = append(list, cases...)
	}
	return list
}

func typeCases() []Case {
	point := &binary.Record{Fields: []binary.Field{{Name: "x", Type: U8}}}
	return []Case{
		{"a type of an index that is not there", Nest(Typ(&binary.List{Elem: At(0)})), "type 0 is out of range: there are 0"},
		{"a function as a value type", Nest(Typ(Fn()), Typ(&binary.List{Elem: At(0)})), "type 0 is not a value type"},
		{"an empty record", Nest(Typ(&binary.Record{})), "at least one field"},
		{"an empty variant", Nest(Typ(&binary.Variant{})), "at least one case"},
		{"an empty tuple", Nest(Typ(&binary.Tuple{})), "at least one type"},
		{"empty flags", Nest(Typ(&binary.Flags{})), "at least one flag"},
		{"33 flags", Nest(Typ(&binary.Flags{Labels: Numbered(33)})), "has 33 flags"},
		{"32 flags", Nest(Typ(&binary.Flags{Labels: Numbered(32)})), ""},
		{"an empty enum", Nest(Typ(&binary.Enum{})), "at least one case"},
		{"a list of length 0", Nest(Typ(&binary.FixedList{Elem: U8, Length: 0})), "length 0"},
		{"a list of 2^28 bytes", Nest(Typ(&binary.FixedList{Elem: U8, Length: 1 << 28})), "268435456 bytes"},
		{"a list of 2^28-1 bytes", Nest(Typ(&binary.FixedList{Elem: U8, Length: 1<<28 - 1})), ""},
		{"labels of one spelling", Nest(Typ(&binary.Record{Fields: []binary.Field{{Name: "a-b", Type: U8}, {Name: "A-B", Type: U8}}})), "strongly unique"},
		{"a label with an underscore", Nest(Typ(&binary.Enum{Labels: []string{"a_b"}})), "letters, digits and dashes"},
		{"a label that starts with a digit", Nest(Typ(&binary.Enum{Labels: []string{"1a"}})), "starts with a digit"},
		{"a label of mixed case", Nest(Typ(&binary.Enum{Labels: []string{"aB"}})), "mixes upper and lower case"},
		{"parameters of one spelling", Nest(Typ(Fn(binary.Field{Name: "a", Type: U8}, binary.Field{Name: "A", Type: U8}))), "strongly unique"},
		{"a map with a float as key", Nest(Typ(&binary.Map{Key: binary.ValType{Prim: binary.F32}, Value: U8})), "not a key type"},
		{"a map with a string as key", Nest(Typ(&binary.Map{Key: Str, Value: U8})), ""},
		{"a map with a named integer as key", Nest(Typ(&binary.PrimType{Prim: binary.U32}), Typ(&binary.Map{Key: At(0), Value: U8})), ""},
		{"a stream of char", Nest(Typ(&binary.Stream{Type: &char})), "stream of char"},
		{"own of a value type", Nest(Typ(&binary.List{Elem: U8}), Typ(&binary.Own{Resource: 0})), "type 0 is not a resource"},
		{"a borrow in a result", Nest(impResource("r"), Typ(&binary.Borrow{Resource: 0}), Typ(returns(At(1)))), "must not contain a borrow"},
		{"a borrow in a stream", Nest(impResource("r"), Typ(&binary.Borrow{Resource: 0}), Typ(&binary.Stream{Type: Ptr(At(1))})), "must not contain a borrow"},
		{"a resource inside a type", Nest(Typ(&binary.InstanceType{Decls: []binary.Def{Typ(ResourceType32())}})), "defined inside a type"},
		{"a resource of float", Nest(Typ(&binary.Resource{Rep: wasm.F32})), "i32 or i64"},
		{"an import of a type that is no function", Nest(Typ(&binary.List{Elem: U8}), Imp("f", binary.SortFunc, 0)), "type 0 is not that of a func"},
		{"an export of a record without a name", Nest(Typ(point), Typ(Fn(binary.Field{Name: "p", Type: At(0)})), Typ(&binary.ComponentType{Decls: []binary.Def{outer(1, 1), Declare("f", binary.SortFunc, 0)}})), "a record that no export gives a name"},
		{"an import that refers to a named record", Nest(Typ(point), &binary.Import{Name: binary.Named("p"), Type: binary.ExternType{Sort: binary.SortType, Index: 0}}, Typ(Fn(binary.Field{Name: "p", Type: At(1)})), Imp("f", binary.SortFunc, 2)), ""},
		{"an import that refers to what is only exported", Nest(Typ(point), Exp("p", binary.SortType, 0), Typ(Fn(binary.Field{Name: "p", Type: At(1)})), Imp("f", binary.SortFunc, 2)), "a record that no import gives a name"},
		{"an import of a type that is only exported", Nest(Typ(&binary.Future{Type: &U8}), Exp("p", binary.SortType, 0), &binary.Import{Name: binary.Named("q"), Type: binary.ExternType{Sort: binary.SortType, Index: 1}}), "imports cannot depend on exports"},
		{"an import of a type that is exported too", Nest(Typ(&binary.Future{Type: &U8}), Exp("p", binary.SortType, 0), &binary.Import{Name: binary.Named("q"), Type: binary.ExternType{Sort: binary.SortType, Index: 0}}), ""},
		{"an export of an instance type with a record without a name", Nest(Typ(&binary.InstanceType{Decls: []binary.Def{Typ(point), Typ(&binary.List{Elem: At(0)}), Declare("l", binary.SortType, 1)}}), Exp("i", binary.SortType, 0)), "a record that no export gives a name"},
		{"an export of an instance type with a named record", Nest(Typ(&binary.InstanceType{Decls: []binary.Def{Typ(point), Declare("p", binary.SortType, 0), Typ(&binary.List{Elem: At(1)}), Declare("l", binary.SortType, 2)}}), Exp("i", binary.SortType, 0)), ""},
		{"an outer alias that goes too far", Nest(outer(1, 0)), "goes 1 scopes outwards"},
		{"an outer alias of a value type", Nest(Typ(&binary.List{Elem: U8}), Nest(outer(1, 0))), ""},
		{"an outer alias of a resource", Nest(impResource("r"), Nest(outer(1, 0))), "refers to a resource"},
		{"an outer alias of a resource from a type", Nest(impResource("r"), Typ(&binary.InstanceType{Decls: []binary.Def{outer(1, 0)}})), ""},
		{"an outer alias of a component from a type", Nest(Nest(), Typ(&binary.InstanceType{Decls: []binary.Def{&binary.Alias{Sort: binary.SortComponent, Target: binary.AliasOuter, Count: 1}}})), "and no component"},
	}
}

func nameCases() []Case {
	f := Typ(Fn())
	instance := Typ(&binary.InstanceType{})
	name := func(n string, a ...binary.Attribute) binary.Def {
		return &binary.Import{Name: binary.ExternName{Name: n, Attributes: a}, Type: binary.ExternType{Sort: binary.SortInstance}}
	}
	return []Case{
		{"two imports of one name", Nest(f, Imp("a", binary.SortFunc, 0), Imp("A", binary.SortFunc, 0)), "not strongly unique"},
		{"two imports that differ in a hyphen", Nest(f, Imp("foo-bar", binary.SortFunc, 0), Imp("foobar", binary.SortFunc, 0)), "not strongly unique"},
		{"two exports that differ in a hyphen", Nest(f, Imp("a", binary.SortFunc, 0), Exp("f-1", binary.SortFunc, 0), Exp("f1", binary.SortFunc, 0)), "not strongly unique"},
		{"an import and an export that differ in a hyphen", Nest(f, Imp("f-1", binary.SortFunc, 0), Exp("f1", binary.SortFunc, 0)), ""},
		{"fields that differ in a hyphen", Nest(Typ(&binary.Record{Fields: []binary.Field{{Name: "a-b", Type: U8}, {Name: "ab", Type: U8}}})), "strongly unique"},
		{"cases that differ in a hyphen", Nest(Typ(&binary.Variant{Cases: []binary.Case{{Name: "a-b"}, {Name: "AB"}}})), "strongly unique"},
		{"flags that differ in a hyphen", Nest(Typ(&binary.Flags{Labels: []string{"a1", "a-1"}})), "strongly unique"},
		{"parameters that differ in a hyphen", Nest(Typ(Fn(binary.Field{Name: "a1", Type: U8}, binary.Field{Name: "a-1", Type: U8}))), "strongly unique"},
		{"types that differ in a hyphen", Nest(impResource("r-1"), impResource("r1")), "not strongly unique"},
		{"a method and a static that differ in a hyphen", Nest(impResource("r"), Typ(&binary.Borrow{Resource: 0}), Typ(Fn(binary.Field{Name: "self", Type: At(1)})), Imp("[method]r.m1", binary.SortFunc, 2), Imp("[static]r.m-1", binary.SortFunc, 2)), "not strongly unique"},
		{"a method that differs from its resource in a hyphen", Nest(impResource("r-1"), Typ(&binary.Borrow{Resource: 0}), Typ(Fn(binary.Field{Name: "self", Type: At(1)})), Imp("[method]r-1.r1", binary.SortFunc, 2)), "not strongly unique"},
		{"interfaces that differ in a hyphen", Nest(instance, name("a:b/c-1"), name("a:b/c1")), "not strongly unique"},
		{"packages that differ in a hyphen", Nest(instance, name("a:b-1/c"), name("a:b1/c")), "not strongly unique"},
		{"interfaces of two versions", Nest(instance, name("a:b/c@1.0.0"), name("a:b/c@2.0.0")), ""},
		{"exports of an instance type that differ in a hyphen", Nest(Typ(&binary.InstanceType{Decls: []binary.Def{Typ(Fn()), Declare("a-b", binary.SortFunc, 0), Declare("ab", binary.SortFunc, 0)}})), "not strongly unique"},
		{"imports of a component type that differ in a hyphen", Nest(Typ(&binary.ComponentType{Decls: []binary.Def{Typ(Fn()), Imp("a-b", binary.SortFunc, 0), Imp("ab", binary.SortFunc, 0)}})), "not strongly unique"},
		{"exports of a bag that differ in a hyphen", Nest(f, Imp("f", binary.SortFunc, 0), &binary.Instance{Exports: []binary.InlineExport{{Name: binary.Named("a-b"), Sort: binary.SortFunc, Index: 0}, {Name: binary.Named("ab"), Sort: binary.SortFunc, Index: 0}}}), "not strongly unique"},
		{"an import and an export of one name", Nest(f, Imp("a", binary.SortFunc, 0), Exp("a", binary.SortFunc, 0)), ""},
		{"an empty name", Nest(f, Imp("", binary.SortFunc, 0)), "a name is empty"},
		{"a name with a space", Nest(f, Imp("a b", binary.SortFunc, 0)), "letters, digits and dashes"},
		{"an unknown annotation", Nest(f, Imp("[getter]a", binary.SortFunc, 0)), "the annotation is not"},
		{"a method without a resource", Nest(f, Imp("[method]r.f", binary.SortFunc, 0)), "first parameter self"},
		{"a static of an unknown resource", Nest(f, Imp("[static]r.f", binary.SortFunc, 0)), "does not stand before it"},
		{"a static function", Nest(impResource("r"), f, Imp("[static]r.f", binary.SortFunc, 1)), ""},
		{"a constructor without a result", Nest(impResource("r"), f, Imp("[constructor]r", binary.SortFunc, 1)), "must return (own R)"},
		{"a constructor", Nest(impResource("r"), Typ(&binary.Own{Resource: 0}), Typ(returns(At(1))), Imp("[constructor]r", binary.SortFunc, 2)), ""},
		{"a constructor that may fail", Nest(impResource("r"), Typ(&binary.Own{Resource: 0}), Typ(&binary.Result{OK: Ptr(At(1)), Err: &Str}), Typ(returns(At(2))), Imp("[constructor]r", binary.SortFunc, 3)), ""},
		{"a constructor of another resource", Nest(impResource("r"), impResource("q"), Typ(&binary.Own{Resource: 0}), Typ(returns(At(2))), Imp("[constructor]q", binary.SortFunc, 3)), "where R is the resource"},
		{"a method", Nest(impResource("r"), Typ(&binary.Borrow{Resource: 0}), Typ(Fn(binary.Field{Name: "self", Type: At(1)})), Imp("[method]r.f", binary.SortFunc, 2)), ""},
		{"a method that takes own", Nest(impResource("r"), Typ(&binary.Own{Resource: 0}), Typ(Fn(binary.Field{Name: "self", Type: At(1)})), Imp("[method]r.f", binary.SortFunc, 2)), "must take (borrow R)"},
		{"a method of another name and a static of that", Nest(impResource("r"), Typ(&binary.Borrow{Resource: 0}), Typ(Fn(binary.Field{Name: "self", Type: At(1)})), Imp("[method]r.f", binary.SortFunc, 2), Imp("[static]r.F", binary.SortFunc, 2)), "not strongly unique"},
		{"a method with the name of its resource", Nest(impResource("r"), Typ(&binary.Borrow{Resource: 0}), Typ(Fn(binary.Field{Name: "self", Type: At(1)})), Imp("[method]r.r", binary.SortFunc, 2)), "not strongly unique"},
		{"an interface", Nest(instance, name("a:b/c@1.2.3")), ""},
		{"an interface with a version that is none", Nest(instance, name("a:b/c@1.2")), "not a semantic version"},
		{"an interface with a canonical version", Nest(instance, name("a:b/c@0.2", binary.Attribute{Kind: binary.VersionSuffix, Value: ".8"})), ""},
		{"a version suffix that makes no version", Nest(instance, name("a:b/c@0.2", binary.Attribute{Kind: binary.VersionSuffix, Value: ".x"})), "makes no semantic version"},
		{"an upper-case namespace", Nest(instance, name("A:b/c")), "lower case"},
		{"a nested namespace", Nest(instance, name("a:b:c/d")), "nested namespaces or packages, which is not supported"},
		{"a nested interface", Nest(instance, name("a:b/c/d@1.0.0")), "nested namespaces or packages, which is not supported"},
		{"implements of a nested name", Nest(instance, name("a", binary.Attribute{Kind: binary.Implements, Value: "a:b:c/d"})), "nested namespaces or packages, which is not supported"},
		{"implements", Nest(instance, name("a", binary.Attribute{Kind: binary.Implements, Value: "a:b/c"})), ""},
		{"implements at an interface", Nest(instance, name("a:b/d", binary.Attribute{Kind: binary.Implements, Value: "a:b/c"})), "may only at a plain name"},
		{"implements what is no interface", Nest(instance, name("a", binary.Attribute{Kind: binary.Implements, Value: "b"})), "not the name of an interface"},
		{"implements twice", Nest(instance, name("a", binary.Attribute{Kind: binary.Implements, Value: "a:b/c"}, binary.Attribute{Kind: binary.Implements, Value: "a:b/c"})), "two attributes"},
		{"implements at a function", Nest(f, &binary.Import{Name: binary.ExternName{Name: "a", Attributes: []binary.Attribute{{Kind: binary.Implements, Value: "a:b/c"}}}, Type: binary.ExternType{Sort: binary.SortFunc}}), "may only at an instance"},
		{"an external id", Nest(f, &binary.Import{Name: binary.ExternName{Name: "a", Attributes: []binary.Attribute{{Kind: binary.ExternalID, Value: "https://x"}}}, Type: binary.ExternType{Sort: binary.SortFunc}}), ""},
	}
}

func resourceCases() []Case {
	withResource := Nest(Typ(ResourceType32()), Exp("r", binary.SortType, 0), Typ(&binary.Own{Resource: 1}), Typ(Fn(binary.Field{Name: "a", Type: At(2)})))
	maker := Nest(append(Library(), Typ(ResourceType32()), Exp("r", binary.SortType, 0), Typ(&binary.Own{Resource: 1}), Typ(returns(At(2))), lift(coreGive, 3), Exp("make", binary.SortFunc, 0))...)
	twoNames := Nest(impResource("r"), &binary.Import{Name: binary.Named("q"), Type: binary.ExternType{Sort: binary.SortType, Index: 0}}, Typ(&binary.Own{Resource: 1}), Typ(Fn(binary.Field{Name: "a", Type: At(2)})), Imp("f", binary.SortFunc, 3), Exp("g", binary.SortFunc, 0))
	user := Nest(impResource("r"), Typ(&binary.Own{Resource: 0}), Typ(returns(At(1))), Imp("make", binary.SortFunc, 2))
	return []Case{
		{"a resource with a name", withResource, ""},
		{"an export of a resource that has no name", withLibrary(Typ(ResourceType32()), Typ(&binary.Own{Resource: 0}), Typ(returns(At(1))), lift(coreGive, 2), Exp("f", binary.SortFunc, 0)), "a resource that no export gives a name"},
		{"resource.new of an import", Nest(impResource("r"), &binary.Canon{Op: binary.CanonResourceNew}), "this component defines"},
		{"resource.rep of an import", Nest(impResource("r"), &binary.Canon{Op: binary.CanonResourceRep}), "this component defines"},
		{"resource.drop of an import", Nest(impResource("r"), &binary.Canon{Op: binary.CanonResourceDrop}), ""},
		{"resource.new of a value type", Nest(Typ(&binary.List{Elem: U8}), &binary.Canon{Op: binary.CanonResourceNew}), "not a resource"},
		{"a destructor of the wrong type", withLibrary(Typ(&binary.Resource{Rep: wasm.I32, Dtor: Ptr(coreString)})), "destructor of a resource must be of type (i32) -> ()"},
		{"a destructor", withLibrary(Typ(&binary.Resource{Rep: wasm.I32, Dtor: Ptr(CoreTake)})), ""},
		{"a destructor of a resource of i64", withLibrary(Typ(&binary.Resource{Rep: wasm.I64, Dtor: Ptr(CoreTake)})), "(i64) -> ()"},
		{"one resource for an import", Nest(maker, user, &binary.Instance{Component: 0}, AliasOf(binary.SortType, 0, "r"), AliasOf(binary.SortFunc, 0, "make"), &binary.Instance{Component: 1, Args: []binary.Arg{{Name: "r", Sort: binary.SortType, Index: 0}, {Name: "make", Sort: binary.SortFunc, Index: 0}}}), ""},
		{"resources of two instances", Nest(maker, user, &binary.Instance{Component: 0}, &binary.Instance{Component: 0}, AliasOf(binary.SortType, 0, "r"), AliasOf(binary.SortFunc, 1, "make"), &binary.Instance{Component: 1, Args: []binary.Arg{{Name: "r", Sort: binary.SortType, Index: 0}, {Name: "make", Sort: binary.SortFunc, Index: 0}}}), "is of another resource"},
		{"two names of an import for a resource", Nest(impResource("t"), Typ(&binary.Own{Resource: 0}), Typ(Fn(binary.Field{Name: "a", Type: At(1)})), Imp("f", binary.SortFunc, 2), twoNames,
			&binary.Instance{Component: 0, Args: []binary.Arg{{Name: "r", Sort: binary.SortType, Index: 0}, {Name: "q", Sort: binary.SortType, Index: 0}, {Name: "f", Sort: binary.SortFunc, Index: 0}}}, Exp("i", binary.SortInstance, 0)), ""},
		{"two exports of a resource", Nest(Typ(ResourceType32()), Exp("r", binary.SortType, 0), Exp("q", binary.SortType, 0)), ""},
	}
}

func instanceCases() []Case {
	wants := Nest(Typ(Fn(binary.Field{Name: "a", Type: U8})), Imp("f", binary.SortFunc, 0), Exp("g", binary.SortFunc, 0))
	has := []binary.Def{Typ(Fn(binary.Field{Name: "a", Type: U8})), Imp("f", binary.SortFunc, 0), wants}
	give := func(name string, sort binary.Sort) *binary.Component {
		return Nest(append(has[:len(has):len(has)], &binary.Instance{Args: []binary.Arg{{Name: name, Sort: sort, Index: 0}}})...)
	}
	instanceOf := func(names ...string) binary.Type {
		t := &binary.InstanceType{Decls: []binary.Def{Typ(Fn())}}
		for _, n := range names {
			t.Decls = append(t.Decls, Declare(n, binary.SortFunc, 0))
		}
		return t
	}
	ascribe := func(actual, ascribed binary.Type) *binary.Component {
		return Nest(Typ(actual), Typ(ascribed), Imp("i", binary.SortInstance, 0), &binary.Export{Name: binary.Named("e"), Sort: binary.SortInstance, Type: &binary.ExternType{Sort: binary.SortInstance, Index: 1}})
	}
	return []Case{
		{"an argument", give("f", binary.SortFunc), ""},
		{"no argument", give("h", binary.SortFunc), `func "f" is missing`},
		{"an argument of another sort", give("f", binary.SortType), "a func is expected and a type is there"},
		{"an argument twice", Nest(append(has[:3:3], &binary.Instance{Args: []binary.Arg{{Name: "f", Sort: binary.SortFunc, Index: 0}, {Name: "f", Sort: binary.SortFunc, Index: 0}}})...), "given twice"},
		{"an argument of another type", Nest(Typ(Fn(binary.Field{Name: "b", Type: U8})), Imp("f", binary.SortFunc, 0), wants, &binary.Instance{Args: []binary.Arg{{Name: "f", Sort: binary.SortFunc, Index: 0}}}), `"b" and "a" is expected`},
		{"a component that is not there", Nest(&binary.Instance{}), "component 0 is out of range"},
		{"an alias of an export", Nest(append(has[:3:3], &binary.Instance{Args: []binary.Arg{{Name: "f", Sort: binary.SortFunc, Index: 0}}}, AliasOf(binary.SortFunc, 0, "g"))...), ""},
		{"an alias of what is not exported", Nest(append(has[:3:3], &binary.Instance{Args: []binary.Arg{{Name: "f", Sort: binary.SortFunc, Index: 0}}}, AliasOf(binary.SortFunc, 0, "x"))...), `exports no func "x"`},
		{"an alias of another sort", Nest(append(has[:3:3], &binary.Instance{Args: []binary.Arg{{Name: "f", Sort: binary.SortFunc, Index: 0}}}, AliasOf(binary.SortType, 0, "g"))...), `exports no type "g"`},
		{"a bag of exports", Nest(Typ(Fn()), Imp("f", binary.SortFunc, 0), &binary.Instance{Exports: []binary.InlineExport{{Name: binary.Named("a"), Sort: binary.SortFunc, Index: 0}}}, Exp("i", binary.SortInstance, 0)), ""},
		{"a bag with a name twice", Nest(Typ(Fn()), Imp("f", binary.SortFunc, 0), &binary.Instance{Exports: []binary.InlineExport{{Name: binary.Named("a"), Sort: binary.SortFunc, Index: 0}, {Name: binary.Named("a"), Sort: binary.SortFunc, Index: 0}}}), "not strongly unique"},
		{"an ascribed type with less", ascribe(instanceOf("a", "b"), instanceOf("b")), ""},
		{"an ascribed type with more", ascribe(instanceOf("a"), instanceOf("a", "b")), `func "b" is missing`},
		{"a value that nobody uses", Nest(&binary.Import{Name: binary.Named("v"), Type: binary.ExternType{Sort: binary.SortValue, Bound: binary.BoundType, Value: U8}}), "is not used"},
		{"a value", Nest(&binary.Value{Type: U8, Data: []byte{7}}, Exp("v", binary.SortValue, 0)), ""},
		{"a value used twice", Nest(&binary.Value{Type: U8, Data: []byte{7}}, Exp("v", binary.SortValue, 0), Exp("w", binary.SortValue, 0)), "used twice"},
		{"a value that does not fit its type", Nest(&binary.Value{Type: binary.ValType{Prim: binary.Bool}, Data: []byte{2}}), "invalid bool 0x02"},
		{"a value with bytes left", Nest(&binary.Value{Type: U8, Data: []byte{2, 3}}), "1 bytes are left"},
		{"a start function", Nest(Typ(Fn(binary.Field{Name: "a", Type: U8})), Imp("f", binary.SortFunc, 0), &binary.Value{Type: U8, Data: []byte{7}}, &binary.Start{Args: []uint32{0}}), ""},
		{"a start function with too few arguments", Nest(Typ(Fn(binary.Field{Name: "a", Type: U8})), Imp("f", binary.SortFunc, 0), &binary.Start{}), "takes 1 arguments and is given 0"},
		{"a start function with the wrong argument", Nest(Typ(Fn(binary.Field{Name: "a", Type: U8})), Imp("f", binary.SortFunc, 0), &binary.Value{Type: char, Data: []byte("a")}, &binary.Start{Args: []uint32{0}}), "u8 is expected and char is there"},
	}
}

func canonCases() []Case {
	stringFunc := Typ(&binary.Func{Params: []binary.Field{{Name: "a", Type: Str}}, Result: &Str})
	many := &binary.Func{}
	for _, name := range strings.Split("a b c d e f g h i j k l m n o p q", " ") {
		many.Params = append(many.Params, binary.Field{Name: name, Type: U8})
	}
	async := Typ(&binary.Func{Async: true})
	importString := []binary.Def{stringFunc, Imp("f", binary.SortFunc, 0)}
	lowered := func(o ...binary.CanonOption) *binary.Component {
		return withLibrary(append(importString, Lower(0, o...))...)
	}
	lifted := func(f uint32, o ...binary.CanonOption) *binary.Component {
		return withLibrary(stringFunc, lift(f, 0, o...))
	}
	numbered := func(n int) binary.Def { return Typ(&binary.Func{Async: true, Params: many.Params[:n]}) }
	return []Case{
		{"lift", lifted(coreString, Memory0, realloc), ""},
		{"lift with an encoding and post-return", lifted(coreString, Option(component.UTF16), Memory0, realloc, Option(binary.PostReturnOption, CoreTake)), ""},
		{"lift of the wrong core type", lifted(CoreTake, Memory0, realloc), "of type (i32, i32) -> (i32), and function 3 is of type (i32) -> ()"},
		{"lift of a type that is no function", withLibrary(Typ(&binary.List{Elem: U8}), lift(CoreNothing, 0)), "not that of a function"},
		{"lift without memory", lifted(coreString), "needs the option memory"},
		{"lift without realloc", lifted(coreString, Memory0), "needs the option realloc"},
		{"lift with realloc and no memory", lifted(coreString, realloc), "realloc of canon lift needs the option memory"},
		{"lift with a realloc of the wrong type", lifted(coreString, Memory0, Option(binary.ReallocOption, CoreTake)), "the option realloc needs a core function of type (i32, i32, i32, i32) -> (i32)"},
		{"lift with a post-return of the wrong type", lifted(coreString, Memory0, realloc, Option(binary.PostReturnOption, CoreNothing)), "the option post-return needs a core function of type (i32) -> ()"},
		{"lift with memory twice", lifted(coreString, Memory0, Memory0, realloc), "given twice"},
		{"lift with two encodings", lifted(coreString, Option(component.UTF8), Option(component.UTF16), Memory0, realloc), "more than one string encoding"},
		{"lift with many parameters", withLibrary(Typ(many), lift(CoreTake, 0, Memory0)), "too many to pass flat"},
		{"lift with many parameters and realloc", withLibrary(Typ(many), lift(CoreTake, 0, Memory0, realloc)), ""},
		{"lift async of a function that is not", withLibrary(Typ(Fn()), lift(coreGive, 0, Option(binary.AsyncOption), Option(binary.CallbackOption, CoreCallback))), "needs a function type that is async"},
		{"lift async", withLibrary(async, lift(coreGive, 0, Option(binary.AsyncOption), Option(binary.CallbackOption, CoreCallback))), ""},
		{"lift with a callback alone", withLibrary(async, lift(CoreNothing, 0, Option(binary.CallbackOption, CoreCallback))), "needs the option async"},
		{"lift async with post-return", withLibrary(async, lift(CoreNothing, 0, Option(binary.AsyncOption), Option(binary.PostReturnOption, CoreNothing))), "post-return cannot stand"},
		{"lower", lowered(Memory0, realloc), ""},
		{"lower without realloc", lowered(Memory0), "needs the option realloc"},
		{"lower without memory", lowered(), "needs the option memory"},
		{"lower with post-return", lowered(Memory0, realloc, Option(binary.PostReturnOption, CoreTake)), "takes no option post-return"},
		{"lower async", withLibrary(async, Imp("f", binary.SortFunc, 0), Lower(0, Option(binary.AsyncOption), Memory0)), ""},
		{"lower async without memory", withLibrary(async, Imp("f", binary.SortFunc, 0), Lower(0, Option(binary.AsyncOption))), ""},
		{"lower async of a result without memory", withLibrary(Typ(&binary.Func{Async: true, Result: &U8}), Imp("f", binary.SortFunc, 0), Lower(0, Option(binary.AsyncOption))), "an async lowering returns its result there"},
		{"lower async of four parameters without memory", withLibrary(numbered(4), Imp("f", binary.SortFunc, 0), Lower(0, Option(binary.AsyncOption))), ""},
		{"lower async of five parameters without memory", withLibrary(numbered(5), Imp("f", binary.SortFunc, 0), Lower(0, Option(binary.AsyncOption))), "too many to pass flat"},
		{"lower of numbers alone", Nest(Typ(Fn(binary.Field{Name: "a", Type: U8})), Imp("f", binary.SortFunc, 0), Lower(0)), ""},
		{"task.return", withLibrary(&binary.Canon{Op: binary.CanonTaskReturn, Result: &Str, Options: []binary.CanonOption{Memory0}}), ""},
		{"task.return without memory", Nest(&binary.Canon{Op: binary.CanonTaskReturn, Result: &Str}), "needs the option memory"},
		{"context.get of slot 2", Nest(&binary.Canon{Op: binary.CanonContextGet, SlotType: wasm.I32, Slot: 2}), "slot 2"},
		{"context built-ins of two types", Nest(&binary.Canon{Op: binary.CanonContextGet, SlotType: wasm.I32}, &binary.Canon{Op: binary.CanonContextSet, SlotType: wasm.I64}), "they must agree"},
		{"stream.new", Nest(Typ(&binary.Stream{Type: &U8}), &binary.Canon{Op: binary.CanonStreamNew}), ""},
		{"stream.new of a future", Nest(Typ(&binary.Future{Type: &U8}), &binary.Canon{Op: binary.CanonStreamNew}), "needs a stream"},
		{"stream.read without memory", Nest(Typ(&binary.Stream{Type: &U8}), &binary.Canon{Op: binary.CanonStreamRead, Options: []binary.CanonOption{Option(binary.AsyncOption)}}), "needs the option memory"},
		{"stream.read", withLibrary(Typ(&binary.Stream{Type: &U8}), &binary.Canon{Op: binary.CanonStreamRead, Options: []binary.CanonOption{Option(binary.AsyncOption), Memory0}}), ""},
		{"future.read of strings without realloc", withLibrary(Typ(&binary.Future{Type: &Str}), &binary.Canon{Op: binary.CanonFutureRead, Options: []binary.CanonOption{Option(binary.AsyncOption), Memory0}}), "needs the option realloc"},
		{"waitable-set.wait", withLibrary(&binary.Canon{Op: binary.CanonWaitableSetWait}), ""},
		{"waitable-set.wait without memory", Nest(&binary.Canon{Op: binary.CanonWaitableSetWait}), "core memory 0 is out of range"},
		{"error-context.new with realloc", withLibrary(&binary.Canon{Op: binary.CanonErrorContextNew, Options: []binary.CanonOption{Memory0, realloc}}), ""},
		{"error-context.new with async", withLibrary(&binary.Canon{Op: binary.CanonErrorContextNew, Options: []binary.CanonOption{Memory0, Option(binary.AsyncOption)}}), "takes no option async"},
		{"a shared thread of a function that is not", Nest(&binary.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{wasm.I32}}}}}, &binary.Canon{Op: binary.CanonThreadSpawnRef, Shared: true}), "that of a function that is not"},
		{"error-context.new without memory", Nest(&binary.Canon{Op: binary.CanonErrorContextNew}), "needs the option memory"},
	}
}

func coreCases() []Case {
	imports := &binary.CoreModule{Bytes: CoreModuleOf([]CoreFuncDef{{Module: "m", Name: "f", Sig: abi.Signature{Params: []abi.Core{abi.I32}}}}, nil, false)}
	bag := func(name string, f uint32) binary.Def {
		return &binary.CoreInstance{Exports: []binary.CoreExport{{Name: name, Sort: binary.SortCoreFunc, Index: f}}}
	}
	module := func(decls ...binary.ModuleDecl) binary.Def {
		return &binary.CoreTypeDef{Module: &binary.ModuleType{Decls: decls}}
	}
	exportsOf := func(t wasm.Extern) binary.Def {
		return module(binary.ModuleDecl{Export: &binary.CoreExportDecl{Name: "x", Type: t}})
	}
	table := func(l wasm.Limits) binary.Def {
		return exportsOf(wasm.Extern{Kind: wasm.TableKind, Table: wasm.Table{Elem: wasm.ValType{Code: wasm.CodeFuncRef}, Limits: l}})
	}
	memory := func(l wasm.Limits) binary.Def { return exportsOf(wasm.Extern{Kind: wasm.MemoryKind, Memory: l}) }
	functionType := binary.ModuleDecl{Type: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm}}}}
	return []Case{
		{"a core instance", withLibrary(imports, bag("f", CoreTake), &binary.CoreInstance{Module: 1, Args: []binary.CoreArg{{Name: "m", Instance: 1}}}), ""},
		{"a core import that nobody supplies", withLibrary(imports, &binary.CoreInstance{Module: 1}), `imports from "m", which no argument supplies`},
		{"a core import that the argument lacks", withLibrary(imports, bag("g", CoreTake), &binary.CoreInstance{Module: 1, Args: []binary.CoreArg{{Name: "m", Instance: 1}}}), "does not export"},
		{"a core import of another type", withLibrary(imports, bag("f", coreGive), &binary.CoreInstance{Module: 1, Args: []binary.CoreArg{{Name: "m", Instance: 1}}}), "a function of type (i32) -> () is expected"},
		{"a core export twice", withLibrary(&binary.CoreInstance{Exports: []binary.CoreExport{{Name: "f", Sort: binary.SortCoreFunc, Index: 0}, {Name: "f", Sort: binary.SortCoreFunc, Index: 0}}}), "exports \"f\" twice"},
		{"a core alias that is not there", withLibrary(&binary.Alias{Sort: binary.SortCoreFunc, Target: binary.AliasCoreExport, Name: "x"}), "exports no core func"},
		{"a module with functions out of range", Nest(&binary.CoreModule{Bytes: append([]byte(wasm.Preamble), byte(wasm.FunctionSection), 2, 1, 0)}), "core type 0 is out of range"},
		{"a module with sections out of order", Nest(&binary.CoreModule{Bytes: append([]byte(wasm.Preamble), byte(wasm.MemorySection), 1, 0, byte(wasm.TypeSection), 1, 0)}), "out of order"},
		{"a module that imports a name twice", Nest(&binary.CoreModule{Bytes: CoreModuleOf([]CoreFuncDef{{Module: "m", Name: "f"}, {Module: "m", Name: "g"}, {Module: "m", Name: "f"}}, nil, false)}), `imports "m" "f" twice`},
		{"a module with functions and no bodies", Nest(&binary.CoreModule{Bytes: append([]byte(wasm.Preamble), byte(wasm.TypeSection), 4, 1, 0x60, 0, 0, byte(wasm.FunctionSection), 2, 1, 0)}), "without a body"},
		{"a module type", Nest(module(functionType, binary.ModuleDecl{Import: &wasm.Import{Module: "a", Name: "b", Type: wasm.Extern{}}}, binary.ModuleDecl{Export: &binary.CoreExportDecl{Name: "c", Type: wasm.Extern{}}})), ""},
		{"a module type that exports twice", Nest(module(functionType, binary.ModuleDecl{Export: &binary.CoreExportDecl{Name: "c", Type: wasm.Extern{}}}, binary.ModuleDecl{Export: &binary.CoreExportDecl{Name: "c", Type: wasm.Extern{}}})), "exports \"c\" twice"},
		{"a core type that refers to a module type", Nest(module(), &binary.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{wasm.FuncType([]wasm.ValType{{Code: wasm.CodeRef}}, nil)}}}), "which is that of a module"},
		{"a module type that aliases a module type", Nest(module(), module(binary.ModuleDecl{Alias: &binary.CoreAlias{Count: 1, Index: 0}})), "that of a module"},
		{"a module type that aliases a function type", Nest(&binary.CoreTypeDef{Rec: functionType.Type}, module(binary.ModuleDecl{Alias: &binary.CoreAlias{Count: 1, Index: 0}}, binary.ModuleDecl{Export: &binary.CoreExportDecl{Name: "c", Type: wasm.Extern{}}})), ""},
		{"a table with a minimum above its maximum", Nest(table(wasm.Limits{Min: 2, Max: 1, HasMax: true, PageLog2: 16})), "the minimum of a table, 2, is above its maximum, 1"},
		{"a shared table", Nest(table(wasm.Limits{Min: 1, Max: 1, HasMax: true, Shared: true, PageLog2: 16})), "a table is shared"},
		{"a table with pages", Nest(table(wasm.Limits{Min: 1, HasPage: true, PageLog2: 0})), "only memories have"},
		{"a memory of 2^64 bytes", Nest(memory(wasm.Limits{Min: 1 << 48, Addr64: true, PageLog2: 16})), ""},
		{"a memory of more than 2^64 bytes", Nest(memory(wasm.Limits{Min: 1<<48 + 1, Addr64: true, PageLog2: 16})), "exceed 2^48 pages"},
		{"an imported module", Nest(module(functionType, binary.ModuleDecl{Export: &binary.CoreExportDecl{Name: "c", Type: wasm.Extern{}}}), Imp("m", binary.SortCoreModule, 0), &binary.CoreInstance{}, &binary.Alias{Sort: binary.SortCoreFunc, Target: binary.AliasCoreExport, Name: "c"}), ""},
		{"an export of a core function", withLibrary(Exp("f", binary.SortCoreFunc, 0)), "only modules"},
	}
}

// argumentCases are components that are given components and core modules.
func argumentCases() []Case {
	takesComponent := Nest(Typ(&binary.ComponentType{Decls: []binary.Def{Typ(Fn()), Declare("f", binary.SortFunc, 0)}}), Imp("c", binary.SortComponent, 0))
	component := func(given *binary.Component) *binary.Component {
		return Nest(takesComponent, given, &binary.Instance{Args: []binary.Arg{{Name: "c", Sort: binary.SortComponent, Index: 1}}})
	}
	lifted := withLibrary(Typ(Fn()), lift(CoreNothing, 0), Exp("f", binary.SortFunc, 0))
	withParam := withLibrary(Typ(Fn(binary.Field{Name: "x", Type: binary.ValType{Prim: binary.U32}})), lift(CoreTake, 0), Exp("f", binary.SortFunc, 0))

	function := wasm.FuncType([]wasm.ValType{wasm.I32}, nil)
	takesModule := Nest(&binary.CoreTypeDef{Module: &binary.ModuleType{Decls: []binary.ModuleDecl{
		{Type: &wasm.RecGroup{Types: []wasm.SubType{function}}},
		{Import: &wasm.Import{Module: "m", Name: "i"}},
		{Export: &binary.CoreExportDecl{Name: "f"}},
		{Export: &binary.CoreExportDecl{Name: "mem", Type: wasm.Extern{Kind: wasm.MemoryKind, Memory: wasm.Limits{Min: 2, Max: 4, HasMax: true, PageLog2: 16}}}},
	}}}, Imp("m", binary.SortCoreModule, 0))
	module := func(edit func(m *wasm.Module)) *binary.Component {
		var m wasm.Module
		typ := m.Type(function)
		edit(&m)
		m.Export("f", wasm.FuncKind, m.Func(typ, nil))
		return Nest(takesModule, &binary.CoreModule{Bytes: m.Bytes()}, &binary.Instance{Args: []binary.Arg{{Name: "m", Sort: binary.SortCoreModule}}})
	}
	memory := func(l wasm.Limits) func(m *wasm.Module) {
		return func(m *wasm.Module) { m.Export("mem", wasm.MemoryKind, m.Memory(l)) }
	}
	return []Case{
		{"a component as an argument", component(lifted), ""},
		{"a component that imports more", component(Nest(Typ(Fn()), Imp("f", binary.SortFunc, 0), Exp("g", binary.SortFunc, 0))), `in the imports: func "f" is missing`},
		{"a component that exports less", component(Nest()), `in the exports: func "f" is missing`},
		{"a component with another function", component(withParam), "a function has 1 parameters and 0 are expected"},

		{"a module as an argument", module(memory(wasm.Limits{Min: 2, Max: 3, HasMax: true})), ""},
		{"a module without a memory", module(func(*wasm.Module) {}), `the module does not export "mem"`},
		{"a module with a small memory", module(memory(wasm.Limits{Min: 1, Max: 3, HasMax: true})), "the minimum is 1 and 2 is expected"},
		{"a module with a memory without a maximum", module(memory(wasm.Limits{Min: 2})), "the maximum is above the expected 4"},
		{"a module with a shared memory", module(memory(wasm.Limits{Min: 2, Max: 3, HasMax: true, Shared: true})), "one is shared and the other is not"},
		{"a module with a function for a memory", module(func(m *wasm.Module) { m.Export("mem", wasm.FuncKind, 0) }), "a core memory is expected and a core func is there"},
		{"a module with an import that is there", module(func(m *wasm.Module) {
			m.Import(wasm.Import{Module: "m", Name: "i"})
			memory(wasm.Limits{Min: 2, Max: 2, HasMax: true})(m)
		}), ""},
		{"a module with another import", module(func(m *wasm.Module) {
			m.Import(wasm.Import{Module: "m", Name: "j"})
			memory(wasm.Limits{Min: 2, Max: 2, HasMax: true})(m)
		}), `the module imports "m" "j", which is not expected`},
	}
}

// valueCases are components with a constant that they export.
func valueCases() []Case {
	value := func(t binary.Type, data string) *binary.Component {
		return Nest(Typ(t), Exp("t", binary.SortType, 0), &binary.Value{Type: At(1), Data: []byte(data)}, Exp("v", binary.SortValue, 0))
	}
	f32, f64 := &binary.PrimType{Prim: binary.F32}, &binary.PrimType{Prim: binary.F64}
	u8, s16 := binary.ValType{Prim: binary.U8}, binary.ValType{Prim: binary.S16}
	return []Case{
		{"a list as a constant", value(&binary.List{Elem: u8}, "\x02\x07\x08"), ""},
		{"a list that is cut off", value(&binary.List{Elem: u8}, "\x02\x07"), "the binary ends too early"},
		{"a tuple as a constant", value(&binary.Tuple{Types: []binary.ValType{u8, s16}}, "\x01\x7f"), ""},
		{"a number beyond its type", value(&binary.Tuple{Types: []binary.ValType{s16}}, "\x80\x80\x02"), "32768 is not an s16"},
		{"bytes behind a constant", value(&binary.Option{Type: u8}, "\x00\x00"), "1 bytes are left at the end of a value"},
		{"an option as a constant", value(&binary.Option{Type: u8}, "\x01\x05"), ""},
		{"a result as a constant", value(&binary.Result{Err: &u8}, "\x01\x05"), ""},
		{"a case out of range", value(&binary.Variant{Cases: []binary.Case{{Name: "a"}, {Name: "b", Type: &u8}}}, "\x02"), "case 2 is out of range: there are 2"},
		{"a case as a constant", value(&binary.Variant{Cases: []binary.Case{{Name: "a"}, {Name: "b", Type: &u8}}}, "\x01\x09"), ""},
		{"the canonical NaN", value(f32, "\x00\x00\xc0\x7f"), ""},
		{"another NaN", value(f32, "\x01\x00\xc0\x7f"), "a NaN must be the canonical one"},
		{"another NaN of 64 bits", value(f64, "\x00\x00\x00\x00\x00\x00\xf8\xff"), "a NaN must be the canonical one"},
		{"a char", value(&binary.PrimType{Prim: binary.Char}, "\xc3\xa4"), ""},
		{"a char that is not UTF-8", value(&binary.PrimType{Prim: binary.Char}, "\xff"), "a char is not valid UTF-8"},
		{"a string as a constant", value(&binary.PrimType{Prim: binary.String}, "\x02ab"), ""},
		{"flags as a constant", value(&binary.Flags{Labels: Numbered(9)}, "\x01\x01"), ""},
		{"a stream as a constant", value(&binary.Stream{}, "\x00"), "a constant of a stream is not possible"},
	}
}
