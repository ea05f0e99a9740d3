package parser_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser"
	"github.com/witgen/witgen/parser/ast"
)

// dump shows a tree without its places: Type(Field=value ...), and no field that
// is zero.
func dump(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case ast.Ident:
		return x.Text
	case *ast.Version:
		if x == nil {
			return ""
		}
		return x.Text
	case ast.Docs:
		if len(x.Comments) == 0 {
			return ""
		}
		return fmt.Sprintf("%q", x.Text())
	case fmt.Stringer:
		return x.String()
	case diag.Span, ast.Pos, ast.Keyword, *diag.File, []ast.Comment:
		return ""
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ""
		}
		return dump(v.Elem())
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			parts = append(parts, dump(v.Index(i)))
		}
		if parts == nil {
			return ""
		}
		return "[" + strings.Join(parts, " ") + "]"
	case reflect.Struct:
		var parts []string
		for i := range v.NumField() {
			if s := dump(v.Field(i)); s != "" {
				parts = append(parts, v.Type().Field(i).Name+"="+s)
			}
		}
		return v.Type().Name() + "(" + strings.Join(parts, " ") + ")"
	default:
		if v.IsZero() {
			return ""
		}
		return fmt.Sprint(v.Interface())
	}
}

func parse(t *testing.T, text string) *ast.File {
	t.Helper()
	tree, list := parser.Parse(diag.NewFile("test.wit", []byte(text)))
	if len(list) > 0 {
		t.Fatal(list)
	}
	return tree
}

func TestTree(t *testing.T) {
	inInterface := func(s string) string { return "interface i { " + s + " }" }
	inWorld := func(s string) string { return "world w { " + s + " }" }
	for _, test := range []struct{ source, want string }{
		{"", "File()"},
		{"/// d\npackage a:b@1.0.0-rc.1+x.2;", `File(Package=PackageDecl(Docs="d" Name=PackageName(Namespace=a Name=b Version=1.0.0-rc.1+x.2)))`},
		{"package a:b {}", "File(Items=[NestedPackage(Name=PackageName(Namespace=a Name=b))])"},
		{"package a:b; package c:d { use e; }", "File(Package=PackageDecl(Name=PackageName(Namespace=a Name=b)) Items=[NestedPackage(Name=PackageName(Namespace=c Name=d) Items=[TopUse(Path=UsePath(Name=e))])])"},
		{"use a:b/c@1.2.3 as d;", "File(Items=[TopUse(Path=UsePath(Package=PackageName(Namespace=a Name=b Version=1.2.3) Name=c) As=d)])"},
		{"interface %interface {}", "File(Items=[Interface(Name=interface Body=InterfaceBody())])"},
		{"/** x */ @since(version = 1.0.0) // y\n @unstable(feature = %f) @deprecated(version = 1.0.0) @external-id(\"a\\u{e9}\\t\\41\") interface i {}",
			`File(Items=[Interface(Docs="x" Attrs=[Attribute(Name=since Version=1.0.0) Attribute(Name=unstable Kind=1 Feature=f) Attribute(Name=deprecated Kind=2 Version=1.0.0) Attribute(Name=external-id Kind=3 ExternalID=aé	A)] Name=i Body=InterfaceBody())])`},
		{inInterface("use j.{a, b as c,};"), "Use(Path=UsePath(Name=j) Names=[UseName(Name=a) UseName(Name=b As=c)])"},
		{inInterface("use a:b/c@0.1.0-x.{};"), "Use(Path=UsePath(Package=PackageName(Namespace=a Name=b Version=0.1.0-x) Name=c))"},
		{inInterface("type a = list<u8, 4>;"), "TypeDecl(Name=a Def=Alias(Type=ListType(Elem=PrimType(Prim=u8) Size=ListSize(Value=4))))"},
		{inInterface("type a = tuple<list<b>, option<bool>, map<string, f64>,>;"),
			"TypeDecl(Name=a Def=Alias(Type=TupleType(Types=[ListType(Elem=NamedType(Name=b)) OptionType(Type=PrimType(Prim=bool)) MapType(Key=PrimType(Prim=string) Value=PrimType(Prim=f64))])))"},
		{inInterface("type a = tuple<result, result<u8>, result<_, s8>, result<u8, char>>;"),
			"TypeDecl(Name=a Def=Alias(Type=TupleType(Types=[ResultType() ResultType(OK=PrimType(Prim=u8)) ResultType(Err=PrimType(Prim=s8)) ResultType(OK=PrimType(Prim=u8) Err=PrimType(Prim=char))])))"},
		{inInterface("type a = tuple<stream, stream<u8>, future, future<error-context>, own<r>, borrow<%r>>;"),
			"TypeDecl(Name=a Def=Alias(Type=TupleType(Types=[StreamType() StreamType(Type=PrimType(Prim=u8)) FutureType() FutureType(Type=PrimType(Prim=error-context)) HandleType(Resource=r) HandleType(Borrow=true Resource=r)])))"},
		{inInterface("record r { /// d\n a: u8, b: s64 }"), `TypeDecl(Name=r Def=Record(Fields=[Field(Docs="d" Name=a Type=PrimType(Prim=u8)) Field(Name=b Type=PrimType(Prim=s64))]))`},
		{inInterface("flags f { a, // d\n b }"), `TypeDecl(Name=f Def=Flags(Flags=[Label(Name=a) Label(Docs="d" Name=b)]))`},
		{inInterface("enum e { a, b, }"), "TypeDecl(Name=e Def=Enum(Cases=[Label(Name=a) Label(Name=b)]))"},
		{inInterface("variant v { a, b(u8) }"), "TypeDecl(Name=v Def=Variant(Cases=[Case(Name=a) Case(Name=b Type=PrimType(Prim=u8))]))"},
		{inInterface("resource r;"), "TypeDecl(Name=r Def=Resource())"},
		{inInterface("resource r { constructor() -> result<r>; f: static async func(); /* d */ @since(version = 1.0.0) g: func(); }"),
			`TypeDecl(Name=r Def=Resource(Items=[FuncDecl(Name=constructor Kind=2 Func=Func(Result=ResultType(OK=NamedType(Name=r)))) FuncDecl(Name=f Kind=1 Func=Func(Async=true)) FuncDecl(Docs="* d */" Attrs=[Attribute(Name=since Version=1.0.0)] Name=g Func=Func())] HasBody=true))`},
		{inInterface("f: async func(a: u8, b: string,) -> u16;"), "FuncDecl(Name=f Func=Func(Async=true Params=[Param(Name=a Type=PrimType(Prim=u8)) Param(Name=b Type=PrimType(Prim=string))] Result=PrimType(Prim=u16)))"},
		{inWorld("import a;"), "Extern(Type=UsePath(Name=a))"},
		{inWorld("export a:b/c;"), "Extern(Export=true Type=UsePath(Package=PackageName(Namespace=a Name=b) Name=c))"},
		{inWorld("import a: b;"), "Extern(Name=a Type=UsePath(Name=b))"},
		{inWorld("import a:b;"), "Extern(Name=a Type=UsePath(Name=b))"},
		{inWorld("import a: b:c/d@1.0.0;"), "Extern(Name=a Type=UsePath(Package=PackageName(Namespace=b Name=c Version=1.0.0) Name=d))"},
		{inWorld("import f: func();"), "Extern(Name=f Type=Func())"},
		{inWorld("export g: interface { f: func(); }"), "Extern(Export=true Name=g Type=InlineInterface(Body=InterfaceBody(Items=[FuncDecl(Name=f Func=Func())])))"},
		{inWorld("include a;"), "Include(Path=UsePath(Name=a))"},
		{inWorld("include a:b/c with { x as y, z as u, }"), "Include(Path=UsePath(Package=PackageName(Namespace=a Name=b) Name=c) With=[IncludeName(Name=x As=y) IncludeName(Name=z As=u)] HasWith=true)"},
		{inWorld("type t = u8; use a.{b};"), "TypeDecl(Name=t Def=Alias(Type=PrimType(Prim=u8))) Use(Path=UsePath(Name=a) Names=[UseName(Name=b)])"},
	} {
		want := test.want
		switch {
		case strings.HasPrefix(test.source, "interface i { "):
			want = "File(Items=[Interface(Name=i Body=InterfaceBody(Items=[" + want + "]))])"
		case strings.HasPrefix(test.source, "world w { "):
			want = "File(Items=[World(Name=w Items=[" + want + "])])"
		}
		if diff := cmp.Diff(want, dump(reflect.ValueOf(parse(t, test.source)))); diff != "" {
			t.Errorf("%s\n%s", test.source, diff)
		}
	}
}

// TestPlaces checks that each node lies within the one around it, that names are
// where their places say, and that what is there has a place.
func TestPlaces(t *testing.T) {
	text, err := os.ReadFile("testdata/store.wit")
	if err != nil {
		t.Fatal(err)
	}
	tree := parse(t, string(text))
	places := 0
	var visit func(v reflect.Value, around diag.Span)
	visit = func(v reflect.Value, around diag.Span) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				visit(v.Elem(), around)
			}
			return
		case reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i), around)
			}
			return
		case reflect.Struct:
		default:
			return
		}
		within := around
		switch x := v.Interface().(type) {
		case ast.Ident:
			if got := strings.TrimPrefix(x.Where.Text(), "%"); got != x.Text {
				t.Errorf("the name %q is at %q", x.Text, got)
			}
			within = x.Where
		case diag.Span, ast.Pos, ast.Keyword, ast.Docs, ast.Attribute:
			return
		default:
			if pos := v.FieldByName("Pos"); pos.IsValid() {
				within = pos.Interface().(ast.Pos).Where
			}
		}
		places++
		if within.File == nil || within.Start >= within.End || within.Start < around.Start || within.End > around.End {
			t.Errorf("%s at %d to %d lies in %d to %d: %q", v.Type(), within.Start, within.End, around.Start, around.End, within.Text())
		}
		for i := range v.NumField() {
			if v.Type() == reflect.TypeFor[ast.PackageName]() && v.Type().Field(i).Name == "Version" {
				// In a path the version stands behind the interface.
				visit(v.Field(i), around)
				continue
			}
			visit(v.Field(i), within)
		}
	}
	visit(reflect.ValueOf(tree.Package), tree.Span())
	visit(reflect.ValueOf(tree.Items), tree.Span())
	if places < 100 {
		t.Errorf("only %d places were seen", places)
	}
}

// TestDocs checks documentation against what wit-parser makes of it.
func TestDocs(t *testing.T) {
	for _, test := range []struct{ comments, want string }{
		{"/// a", "a"},
		{"///a\n///  b", "a\n  b"},
		{"//   a\n//  b\n//\n//   c\n//", " a\nb\n\n c"},
		{"/** a\n * b */", "a\n * b"},
		{"/* a */ // b", "* a */\n b"},
		{"/**/", ""},
		{"/***/", ""},
		{"///\ta\n/// b", "\ta\nb"},
		{"//// a", "a"},
		{"/// a\u00a0\u3000", "a"},
		{"/**\n * a\n */", "\n * a"},
		{"/// a\r\n/** b\r\n c */", "a\nb\n c"},
	} {
		tree := parse(t, test.comments+"\ninterface i {}")
		got := tree.Items[0].(*ast.Interface).Docs.Text()
		if got != test.want {
			t.Errorf("%q documents %q, want %q", test.comments, got, test.want)
		}
	}
}
