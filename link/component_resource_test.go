package link_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
)

// wantsTrap calls a function of u32s that must trap.
func wantsTrap(t testing.TB, inst *dynamic.Instance, rule host.Rule, text, name string, args ...uint32) {
	t.Helper()
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = a
	}
	got, err := inst.Call(context.Background(), name, list...)
	var trap *host.Trap
	if !errors.As(err, &trap) {
		t.Fatalf("%s%v: %v, %v; want a trap", name, args, got, err)
	}
	if trap.Rule != rule || !strings.Contains(err.Error(), text) {
		t.Errorf("%s%v: got rule %q, %v; want %q with %q", name, args, trap.Rule, err, rule, text)
	}
	if _, err := inst.Call(context.Background(), name, list...); !errors.Is(err, host.ErrDead) {
		t.Errorf("%s%v after the trap: %v", name, args, err)
	}
}

// definer is a component that defines a resource r. Its make gives one, peek and
// take tell the representation, and destroyed the sum of those that its destructor
// has seen.
func definer() *binary.Component {
	d := &wasmtest.Module{}
	g := d.Global("i32", wasmtest.I32(0))
	d.ExportFunc("dtor", "i32 ->", "", wasmtest.GlobalGet(g), wasmtest.Get(0), wasmtest.I32Add, wasmtest.GlobalSet(g))
	d.ExportFunc("destroyed", "-> i32", "", wasmtest.GlobalGet(g))

	m := &wasmtest.Module{}
	makeNew, rep, drop := m.Import("r", "new", "i32 -> i32"), m.Import("r", "rep", "i32 -> i32"), m.Import("r", "drop", "i32 ->")
	m.ExportFunc("make", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Call(makeNew))
	m.ExportFunc("peek", "i32 -> i32", "", wasmtest.Get(0))
	m.ExportFunc("take", "i32 -> i32", "i32", wasmtest.Get(0), wasmtest.Call(rep), wasmtest.Get(0), wasmtest.Call(drop))

	b := &builder{}
	i := b.Core(b.Module(d.Bytes()))
	dtor := b.CoreAlias(binary.SortCoreFunc, i, "dtor")
	r := b.Type(&binary.Resource{Rep: coretype.I32, Dtor: &dtor})
	bag := b.Bag(
		coreExport("new", binary.SortCoreFunc, b.Resource(binary.CanonResourceNew, r)),
		coreExport("rep", binary.SortCoreFunc, b.Resource(binary.CanonResourceRep, r)),
		coreExport("drop", binary.SortCoreFunc, b.Resource(binary.CanonResourceDrop, r)))
	k := b.Core(b.Module(m.Bytes()), coreArg("r", bag))
	exported := b.Export("r", binary.SortType, r)
	own, borrow := b.Type(&binary.Own{Resource: exported}), b.Type(&binary.Borrow{Resource: exported})
	for name, typ := range resourceFuncs(binary.ValType{Index: own}, binary.ValType{Index: borrow}) {
		liftExport(b, k, name, typ)
	}
	liftExport(b, i, "destroyed", funcType(0, true))
	return &b.Component
}

// resourceFuncs are the functions of the definer.
func resourceFuncs(own, borrow binary.ValType) map[string]*binary.Func {
	return map[string]*binary.Func{
		"make": {Params: []binary.Field{{Name: "rep", Type: u32Type}}, Result: &own},
		"peek": {Params: []binary.Field{{Name: "r", Type: borrow}}, Result: &u32Type},
		"take": {Params: []binary.Field{{Name: "r", Type: own}}, Result: &u32Type},
	}
}

// importDefiner makes a component import what the definer exports, and returns a
// core instance with it: make, peek, take and drop.
func importDefiner(b *builder) (r uint32, exports []binary.CoreExport) {
	t := &binary.InstanceType{Decls: []binary.Def{
		&binary.ExportDecl{Name: binary.Named("r"), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}},
		&binary.TypeDef{Type: &binary.Own{Resource: 0}},
		&binary.TypeDef{Type: &binary.Borrow{Resource: 0}},
	}}
	index := uint32(3)
	functions := resourceFuncs(binary.ValType{Index: 1}, binary.ValType{Index: 2})
	for name, typ := range functions {
		t.Decls = append(t.Decls, &binary.TypeDef{Type: typ},
			&binary.ExportDecl{Name: binary.Named(name), Type: binary.ExternType{Sort: binary.SortFunc, Index: index}})
		index++
	}
	i := b.Add(&binary.Import{Name: binary.Named("a"), Type: binary.ExternType{Sort: binary.SortInstance, Index: b.Type(t)}})
	r = b.Alias(binary.SortType, i, "r")
	for name := range functions {
		exports = append(exports, coreExport(name, binary.SortCoreFunc, b.Lower(b.Alias(binary.SortFunc, i, name))))
	}
	return r, append(exports, coreExport("drop", binary.SortCoreFunc, b.Resource(binary.CanonResourceDrop, r)))
}

// looker is a component that is lent resources of the definer's. look calls peek
// and drops what it was lent; hold keeps it.
func looker() *binary.Component {
	m := &wasmtest.Module{}
	peek, drop := m.Import("a", "peek", "i32 -> i32"), m.Import("a", "drop", "i32 ->")
	m.ExportFunc("look", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Call(peek), wasmtest.Get(0), wasmtest.Call(drop))
	m.ExportFunc("hold", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Call(peek))

	b := &builder{}
	r, exports := importDefiner(b)
	i := b.Core(b.Module(m.Bytes()), coreArg("a", b.Bag(exports...)))
	borrow := b.Type(&binary.Borrow{Resource: r})
	for _, name := range []string{"look", "hold"} {
		liftExport(b, i, name, &binary.Func{Params: []binary.Field{{Name: "r", Type: binary.ValType{Index: borrow}}}, Result: &u32Type})
	}
	return &b.Component
}

// sharing is a component of three instances that share a resource.
func sharing() []byte {
	m := &wasmtest.Module{}
	call := func(name string) wasmtest.Code {
		switch name {
		case "make":
			return wasmtest.Call(0)
		case "peek":
			return wasmtest.Call(1)
		case "take":
			return wasmtest.Call(2)
		case "drop":
			return wasmtest.Call(3)
		case "look":
			return wasmtest.Call(4)
		default:
			return wasmtest.Call(5)
		}
	}
	for _, name := range []string{"make", "peek", "take"} {
		m.Import("a", name, "i32 -> i32")
	}
	m.Import("a", "drop", "i32 ->")
	m.Import("c", "look", "i32 -> i32")
	m.Import("c", "hold", "i32 -> i32")
	made := wasmtest.Seq(wasmtest.Get(0), call("make"), wasmtest.Tee(1))
	scenarios := map[string]wasmtest.Code{
		"give":      wasmtest.Seq(made, call("peek"), wasmtest.Get(1), call("take"), wasmtest.I32Add),
		"drop":      wasmtest.Seq(made, call("drop"), wasmtest.I32(0)),
		"lend":      wasmtest.Seq(made, call("look"), wasmtest.Get(1), call("look"), wasmtest.I32Add),
		"hold":      wasmtest.Seq(made, call("hold")),
		"twice":     wasmtest.Seq(made, call("take"), wasmtest.Drop, wasmtest.Get(1), call("take")),
		"forge":     wasmtest.Seq(wasmtest.Get(0), call("peek")),
		"drop-lent": wasmtest.Seq(made, call("drop"), wasmtest.Get(1), call("look")),
	}
	for name, code := range scenarios {
		m.ExportFunc(name, "i32 -> i32", "i32", code)
	}

	user := &builder{}
	r, exports := importDefiner(user)
	borrow := user.Type(&binary.Borrow{Resource: r})
	var lookers []binary.CoreExport
	for _, name := range []string{"look", "hold"} {
		typ := user.Type(&binary.Func{Params: []binary.Field{{Name: "r", Type: binary.ValType{Index: borrow}}}, Result: &u32Type})
		f := user.Add(&binary.Import{Name: binary.Named(name), Type: binary.ExternType{Sort: binary.SortFunc, Index: typ}})
		lookers = append(lookers, coreExport(name, binary.SortCoreFunc, user.Lower(f)))
	}
	i := user.Core(user.Module(m.Bytes()), coreArg("a", user.Bag(exports...)), coreArg("c", user.Bag(lookers...)))
	for name := range scenarios {
		liftExport(user, i, name, funcType(1, true))
	}

	b := &builder{}
	a := b.Instance(b.Add(definer()))
	c := b.Instance(b.Add(looker()), arg("a", binary.SortInstance, a))
	u := b.Instance(b.Add(&user.Component), arg("a", binary.SortInstance, a),
		arg("look", binary.SortFunc, b.Alias(binary.SortFunc, c, "look")), arg("hold", binary.SortFunc, b.Alias(binary.SortFunc, c, "hold")))
	for name := range scenarios {
		b.Export(name, binary.SortFunc, b.Alias(binary.SortFunc, u, name))
	}
	b.Export("destroyed", binary.SortFunc, b.Alias(binary.SortFunc, a, "destroyed"))
	return b.Bytes()
}

// Resources go from one component instance to another: given, lent, and destroyed
// where they are defined.
func TestInnerResources(t *testing.T) {
	wasm := sharing()
	inst := open(t, wasm, nil)
	wants(t, inst, 14, "give", 7)
	wants(t, inst, 7, "destroyed")
	wants(t, inst, 0, "drop", 5)
	wants(t, inst, 12, "destroyed")
	wants(t, inst, 6, "lend", 3)
	wants(t, inst, 12, "destroyed")

	wantsTrap(t, open(t, wasm, nil), host.RuleBorrowKept, "hold", "hold", 1)
	wantsTrap(t, open(t, wasm, nil), host.RuleHandle, "there is no handle 1", "twice", 1)
	wantsTrap(t, open(t, wasm, nil), host.RuleHandle, "there is no handle 9", "forge", 9)
	wantsTrap(t, open(t, wasm, nil), host.RuleHandle, "there is no handle 1", "drop-lent", 1)
}

// lending is a component that exports the definer's functions and the looker's.
func lending() []byte {
	b := &builder{}
	a := b.Instance(b.Add(definer()))
	c := b.Instance(b.Add(looker()), arg("a", binary.SortInstance, a))
	bag := func(instance uint32, names ...string) uint32 {
		exports := []binary.InlineExport{{Name: binary.Named("r"), Sort: binary.SortType, Index: b.Alias(binary.SortType, a, "r")}}
		for _, name := range names {
			exports = append(exports, binary.InlineExport{Name: binary.Named(name), Sort: binary.SortFunc, Index: b.Alias(binary.SortFunc, instance, name)})
		}
		return b.Add(&binary.Instance{Exports: exports})
	}
	b.Export("test:lending/a", binary.SortInstance, bag(a, "make", "peek", "take", "destroyed"))
	b.Export("test:lending/c", binary.SortInstance, bag(c, "look", "hold"))
	return b.Bytes()
}

// lendingWorld is the world of lending: interface c uses the resource of a.
func lendingWorld() *bind.World {
	item := func(name string, functions ...bind.Function) bind.Item {
		return bind.Item{Name: name, Interface: &bind.Interface{Functions: functions, Resources: []string{"r"}},
			Resources: []bind.Resource{{Export: true, Item: 0, Name: "r"}}}
	}
	one := func(name string) bind.Function { return bind.Function{Name: name, Export: "i32 -> i32"} }
	return &bind.World{Name: "test:lending/w", Exports: []bind.Item{
		item("test:lending/a", one("make"), one("peek"), one("take"), bind.Function{Name: "destroyed", Export: "-> i32"}),
		item("test:lending/c", one("look"), one("hold")),
	}}
}

// lent is the host's side of the resource.
type lent struct{ *bind.Handle }

// The host lends a resource that one component instance defines to another, which
// gets a handle, and to the one that defines it, which gets the representation.
func TestLendToAnother(t *testing.T) {
	ctx := context.Background()
	plugin, err := link.Compile(ctx, lending(), lendingWorld())
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	inst, err := plugin.Instantiate(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, c := plugin.Export(inst, 0), plugin.Export(inst, 1)
	a.Wrap(0, func(h *bind.Handle) any { return lent{h} })
	create, peek, take, destroyed, look, hold := a.Func(0), a.Func(1), a.Func(2), a.Func(3), c.Func(0), c.Func(1)
	made := func(rep uint64) lent {
		t.Helper()
		call := create.Begin(ctx)
		if call.Stack[0] = rep; !call.Invoke() {
			t.Fatal(call.End())
		}
		r := bind.LiftOwn[lent](call, 0, uint32(call.Stack[0]))
		if err := call.End(); err != nil {
			t.Fatal(err)
		}
		return r
	}
	wants := func(what string, want uint64, got uint64, err error) {
		t.Helper()
		if got != want || err != nil {
			t.Errorf("%s: %d, %v; want %d", what, got, err, want)
		}
	}
	borrowing := func(f *bind.Func, r lent) (uint64, error) {
		call := f.Begin(ctx)
		call.Stack[0] = uint64(call.LowerBorrow(0, r))
		return call.Finish()
	}
	r := made(7)
	for name, f := range map[string]*bind.Func{"peek": &peek, "look": &look} {
		for range 2 {
			got, err := borrowing(f, r)
			wants(name, 7, got, err)
		}
	}
	self := look.Begin(ctx) // as if look were a method
	self.Stack[0] = uint64(self.LowerSelf(0, r.Handle))
	got, err := self.Finish()
	wants("look at self", 7, got, err)
	if err := r.Close(ctx); err != nil {
		t.Fatal(err)
	}
	given := made(5)
	call := take.Begin(ctx)
	call.Stack[0] = uint64(call.LowerOwn(0, given))
	got, err = call.Finish()
	wants("take", 5, got, err)
	got, err = destroyed.Begin(ctx).Finish()
	wants("destroyed", 12, got, err)
	_, err = borrowing(&hold, made(1))
	var trap *host.Trap
	if !errors.As(err, &trap) || trap.Rule != host.RuleBorrowKept {
		t.Errorf("hold: %v", err)
	}
}
