package preview1

import (
	"context"
	"reflect"
	"runtime"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/witgen/witgen/wasi/internal/random"
)

// Module is the name that guests import the functions from.
const Module = "wasi_snapshot_preview1"

// function is one of preview 1.
type function struct {
	name   string
	params string // i for i32, l for i64
	// run returns the function's result; the only one without is proc_exit.
	run func(c *call) errno
}

var functions = []function{
	{"args_get", "ii", (*call).argsGet},
	{"args_sizes_get", "ii", (*call).argsSizesGet},
	{"environ_get", "ii", (*call).environGet},
	{"environ_sizes_get", "ii", (*call).environSizesGet},
	{"clock_res_get", "ii", (*call).clockResGet},
	{"clock_time_get", "ili", (*call).clockTimeGet},
	{"fd_advise", "illi", (*call).fdAdvise},
	{"fd_allocate", "ill", (*call).fdAllocate},
	{"fd_close", "i", (*call).fdClose},
	{"fd_datasync", "i", (*call).fdDatasync},
	{"fd_fdstat_get", "ii", (*call).fdFdstatGet},
	{"fd_fdstat_set_flags", "ii", (*call).fdFdstatSetFlags},
	{"fd_fdstat_set_rights", "ill", (*call).fdFdstatSetRights},
	{"fd_filestat_get", "ii", (*call).fdFilestatGet},
	{"fd_filestat_set_size", "il", (*call).fdFilestatSetSize},
	{"fd_filestat_set_times", "illi", (*call).fdFilestatSetTimes},
	{"fd_pread", "iiili", (*call).fdPread},
	{"fd_prestat_get", "ii", (*call).fdPrestatGet},
	{"fd_prestat_dir_name", "iii", (*call).fdPrestatDirName},
	{"fd_pwrite", "iiili", (*call).fdPwrite},
	{"fd_read", "iiii", (*call).fdRead},
	{"fd_readdir", "iiili", (*call).fdReaddir},
	{"fd_renumber", "ii", (*call).fdRenumber},
	{"fd_seek", "ilii", (*call).fdSeek},
	{"fd_sync", "i", (*call).fdSync},
	{"fd_tell", "ii", (*call).fdTell},
	{"fd_write", "iiii", (*call).fdWrite},
	{"path_create_directory", "iii", (*call).pathCreateDirectory},
	{"path_filestat_get", "iiiii", (*call).pathFilestatGet},
	{"path_filestat_set_times", "iiiilli", (*call).pathFilestatSetTimes},
	{"path_link", "iiiiiii", (*call).pathLink},
	{"path_open", "iiiiillii", (*call).pathOpen},
	{"path_readlink", "iiiiii", (*call).pathReadlink},
	{"path_remove_directory", "iii", (*call).pathRemoveDirectory},
	{"path_rename", "iiiiii", (*call).pathRename},
	{"path_symlink", "iiiii", (*call).pathSymlink},
	{"path_unlink_file", "iii", (*call).pathUnlinkFile},
	{"poll_oneoff", "iiii", (*call).pollOneoff},
	{"proc_exit", "i", (*call).procExit},
	{"proc_raise", "i", (*call).procRaise},
	{"sched_yield", "", (*call).schedYield},
	{"random_get", "ii", (*call).randomGet},
	{"sock_accept", "iii", (*call).socket},
	{"sock_recv", "iiiiii", (*call).socket},
	{"sock_send", "iiiii", (*call).socket},
	{"sock_shutdown", "ii", (*call).socket},
}

// Export adds the functions to a host module. of returns the System of the instance
// that calls. A function fails by a panic where the guest must trap: with a
// PointerError, with the cause of ctx's end where that ends a wait, and with a
// sys.ExitError for proc_exit. work is told what a function does, and panics likewise: see
// call.work.
func Export(builder wazero.HostModuleBuilder, of func(ctx context.Context, caller api.Module) *System, work func(ctx context.Context, name string, units uint64)) {
	for _, f := range functions {
		var results []api.ValueType
		if f.name != "proc_exit" {
			results = []api.ValueType{api.ValueTypeI32}
		}
		params := make([]api.ValueType, len(f.params))
		for n, p := range f.params {
			params[n] = api.ValueTypeI32
			if p == 'l' {
				params[n] = api.ValueTypeI64
			}
		}
		serve := func(ctx context.Context, caller api.Module, stack []uint64) {
			c := call{System: of(ctx, caller), ctx: ctx, mem: caller.Memory(), name: f.name, stack: stack, units: work}
			if v := reflect.ValueOf(c.mem); !v.IsValid() || v.IsNil() {
				c.mem = noMemory{}
			}
			c.work(callUnits)
			result := f.run(&c)
			if results != nil {
				stack[0] = uint64(result)
			}
		}
		builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(serve), params, results).Export(f.name)
	}
}

// noMemory is the memory of a guest that has none.
type noMemory struct{ api.Memory }

func (noMemory) Read(uint32, uint32) ([]byte, bool) { return nil, false }

func (c *call) procExit() errno { panic(sys.NewExitError(c.u32(0))) }

func (c *call) procRaise() errno { return notsup }

func (c *call) schedYield() errno {
	runtime.Gosched()
	return success
}

func (c *call) randomGet() errno {
	if n := uint64(c.u32(1)); n > c.Random.Max {
		c.bytes(c.u32(0), c.u32(1)) // It traps for what is out of memory anyway.
		panic(random.TooMany(n, c.Random.Max))
	}
	for b := range c.pieces(c.bytes(c.u32(0), c.u32(1))) {
		c.work(uint64(len(b)))
		if err := c.Random.Fill(b); err != nil {
			return errnoOf(err)
		}
	}
	return success
}

// socket is a function of sockets, of which preview 1 can open none.
func (c *call) socket() errno {
	if _, e := c.get(c.u32(0)); e != success {
		return e
	}
	return notsock
}
