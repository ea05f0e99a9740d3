package link_test

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// leaving is a component whose child calls the root's import exit in its function g and
// in the destructor of its resource. run calls g, and drop drops a resource of the
// child's.
func leaving() []byte {
	dtor := &wasmtest.Module{}
	leave := dtor.Import("p", "exit", "i32 ->")
	dtor.ExportFunc("leave", "i32 ->", "", wasmtest.Get(0), wasmtest.Call(leave))
	made := &wasmtest.Module{}
	newHandle := made.Import("p", "new", "i32 -> i32")
	made.ExportFunc("make", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Call(newHandle))

	child := &builder{}
	exit := child.Add(&binary.Import{Name: binary.Named("exit"), Type: binary.ExternType{Sort: binary.SortFunc, Index: child.Type(funcType(1, false))}})
	core := child.Core(child.Module(dtor.Bytes()), coreArg("p", child.Bag(coreExport("exit", binary.SortCoreFunc, child.Lower(exit)))))
	destroy := child.CoreAlias(binary.SortCoreFunc, core, "leave")
	resource := child.Type(&binary.Resource{Rep: coretype.I32, Dtor: &destroy})
	maker := child.Core(child.Module(made.Bytes()), coreArg("p", child.Bag(coreExport("new", binary.SortCoreFunc, child.Resource(binary.CanonResourceNew, resource)))))
	exported := child.Export("r", binary.SortType, resource)
	own := child.Type(&binary.Own{Resource: exported})
	makes := &binary.Func{Params: []binary.Field{{Name: "rep", Type: u32Type}}, Result: &binary.ValType{Index: own}}
	child.Export("make", binary.SortFunc, child.Lift(child.CoreAlias(binary.SortCoreFunc, maker, "make"), child.Type(makes)))
	liftExport(child, core, "leave", funcType(1, false))

	b := &builder{}
	root := b.Add(&binary.Import{Name: binary.Named("exit"), Type: binary.ExternType{Sort: binary.SortFunc, Index: b.Type(funcType(1, false))}})
	c := b.Instance(b.Add(&child.Component), arg("exit", binary.SortFunc, root))
	m := &wasmtest.Module{}
	g, mk, drop := m.Import("c", "leave", "i32 ->"), m.Import("c", "make", "i32 -> i32"), m.Import("c", "drop", "i32 ->")
	m.ExportFunc("run", "i32 ->", "", wasmtest.Get(0), wasmtest.Call(g))
	m.ExportFunc("drop", "i32 ->", "", wasmtest.Get(0), wasmtest.Call(mk), wasmtest.Call(drop))
	i := b.Core(b.Module(m.Bytes()), coreArg("c", b.Bag(
		coreExport("leave", binary.SortCoreFunc, b.Lower(b.Alias(binary.SortFunc, c, "leave"))),
		coreExport("make", binary.SortCoreFunc, b.Lower(b.Alias(binary.SortFunc, c, "make"))),
		coreExport("drop", binary.SortCoreFunc, b.Resource(binary.CanonResourceDrop, b.Alias(binary.SortType, c, "r"))))))
	liftExport(b, i, "run", funcType(1, false))
	liftExport(b, i, "drop", funcType(1, false))
	return b.Bytes()
}

// A guest that exits, however deep inside of a component, ends the call with its status.
func TestExit(t *testing.T) {
	ctx := context.Background()
	for _, function := range []string{"run", "drop"} {
		for _, code := range []uint32{0, 3} {
			inst := open(t, leaving(), dynamic.Imports{"exit": func(_ context.Context, args []any) (any, error) {
				return nil, &host.ExitError{Code: args[0].(uint32)}
			}})
			_, err := inst.Call(ctx, function, code)
			var exit *host.ExitError
			var trap *host.Trap
			if !errors.As(err, &exit) || errors.As(err, &trap) || exit.Func != function || exit.Code != code {
				t.Errorf("%s(%d): got %T %v; want an ExitError", function, code, err, err)
			}
			if _, err := inst.Call(ctx, function, code); !errors.Is(err, host.ErrDead) || !errors.As(err, &exit) {
				t.Errorf("%s(%d) again: %v; want ErrDead with the exit", function, code, err)
			}
		}
	}
}
