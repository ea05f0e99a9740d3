package preview1

import "sync"

// The errors of WASI preview 1 that are returned.
const (
	success = 0
	badf    = 8
	inval   = 28
	nosys   = 52
	spipe   = 70
)

// step is what the clock goes on by at each reading, in nanoseconds. Go's collector
// takes a millisecond for a long slice of time and would stop collecting.
const step = 1000

// The module's state: globals that are zero at first.
const (
	clock  uint32 = iota // i64, in nanoseconds
	random               // i64, the state of SplitMix64

	globals = iota
)

// function is one of WASI preview 1. It returns an error number unless noResult.
type function struct {
	name     string
	params   string // i for i32, l for i64
	locals   string // likewise; they are numbered after the parameters
	noResult bool
	memory   bool
	body     code
}

// result ends a function with an error number.
func result(errno int32) code { return i32(errno) }

// onlyDescriptors returns badf where the first parameter is not a descriptor from
// first to last.
func onlyDescriptors(first, last int32) code {
	return seq(get(0), i32(first), i32Sub, i32(last-first), i32GtU, when(result(badf), ret))
}

// standard is the body of a function of the standard descriptors, which has the
// same result for all of them.
func standard(errno int32) code { return seq(onlyDescriptors(0, 2), result(errno)) }

// putZeros stores n zeros of 64 bits from the address in a local on.
func putZeros(address uint32, n int) code {
	var all code
	for i := range n {
		all = append(all, seq(get(address), i64(0), store64(uint32(8*i)))...)
	}
	return all
}

// characterDevice is the file type of standard input and output.
const characterDevice = 2

// The rights that standard input and output have.
const rightRead, rightWrite = 1 << 1, 1 << 6

// functions returns all of WASI preview 1, in the order of its definition. They are
// not made when the program starts, since most commands need none.
var functions = sync.OnceValue(makeFunctions)

func makeFunctions() []function {
	// A clock is the realtime one, 0, or the monotonic one, 1. The two are one clock.
	onlyClocks := seq(get(0), i32(1), i32GtU, when(result(inval), ret))
	// The number of arguments, and the bytes that they take: none.
	sizes := seq(get(0), i32(0), store32(0), get(1), i32(0), store32(0), result(success))
	return []function{
		{name: "args_get", params: "ii", body: result(success)},
		{name: "args_sizes_get", params: "ii", memory: true, body: sizes},
		{name: "environ_get", params: "ii", body: result(success)},
		{name: "environ_sizes_get", params: "ii", memory: true, body: sizes},
		{name: "clock_res_get", params: "ii", memory: true, body: seq(onlyClocks, get(1), i64(step), store64(0), result(success))},
		{name: "clock_time_get", params: "ili", memory: true, body: seq(onlyClocks,
			getGlobal(clock), i64(step), i64Add, setGlobal(clock),
			get(2), getGlobal(clock), store64(0), result(success))},
		{name: "fd_advise", params: "illi", body: standard(nosys)},
		{name: "fd_allocate", params: "ill", body: standard(nosys)},
		{name: "fd_close", params: "i", body: standard(success)},
		{name: "fd_datasync", params: "i", body: standard(nosys)},
		{name: "fd_fdstat_get", params: "ii", memory: true, body: seq(onlyDescriptors(0, 2),
			putZeros(1, 3),
			get(1), i32(characterDevice), store8(0),
			get(1), i64(rightWrite), i64(rightRead), get(0), selectOp, store64(8), result(success))},
		{name: "fd_fdstat_set_flags", params: "ii", body: standard(nosys)},
		{name: "fd_fdstat_set_rights", params: "ill", body: standard(nosys)},
		{name: "fd_filestat_get", params: "ii", memory: true, body: seq(onlyDescriptors(0, 2),
			putZeros(1, 8),
			get(1), i32(characterDevice), store8(16), result(success))},
		{name: "fd_filestat_set_size", params: "il", body: standard(nosys)},
		{name: "fd_filestat_set_times", params: "illi", body: standard(nosys)},
		{name: "fd_pread", params: "iiili", body: standard(spipe)},
		{name: "fd_prestat_get", params: "ii", body: result(badf)},
		{name: "fd_prestat_dir_name", params: "iii", body: result(badf)},
		{name: "fd_pwrite", params: "iiili", body: standard(spipe)},
		{name: "fd_read", params: "iiii", memory: true, body: seq(onlyDescriptors(0, 0),
			get(3), i32(0), store32(0), result(success))},
		{name: "fd_readdir", params: "iiili", body: standard(nosys)},
		{name: "fd_renumber", params: "ii", body: standard(nosys)},
		{name: "fd_seek", params: "ilii", body: standard(spipe)},
		{name: "fd_sync", params: "i", body: standard(nosys)},
		{name: "fd_tell", params: "ii", body: standard(spipe)},
		{name: "fd_write", params: "iiii", locals: "i", memory: true, body: fdWrite()},
		{name: "path_create_directory", params: "iii", body: result(badf)},
		{name: "path_filestat_get", params: "iiiii", body: result(badf)},
		{name: "path_filestat_set_times", params: "iiiilli", body: result(badf)},
		{name: "path_link", params: "iiiiiii", body: result(badf)},
		{name: "path_open", params: "iiiiillii", body: result(badf)},
		{name: "path_readlink", params: "iiiiii", body: result(badf)},
		{name: "path_remove_directory", params: "iii", body: result(badf)},
		{name: "path_rename", params: "iiiiii", body: result(badf)},
		{name: "path_symlink", params: "iiiii", body: result(badf)},
		{name: "path_unlink_file", params: "iii", body: result(badf)},
		{name: "poll_oneoff", params: "iiii", locals: "iiilll", memory: true, body: pollOneoff()},
		{name: "proc_exit", params: "i", noResult: true, body: unreachable},
		{name: "proc_raise", params: "i", body: result(nosys)},
		{name: "sched_yield", body: result(success)},
		{name: "random_get", params: "ii", locals: "l", memory: true, body: randomGet()},
		{name: "sock_accept", params: "iii", body: result(nosys)},
		{name: "sock_recv", params: "iiiiii", body: result(nosys)},
		{name: "sock_send", params: "iiiii", body: result(nosys)},
		{name: "sock_shutdown", params: "ii", body: result(nosys)},
	}
}

// fdWrite is fd_write(fd, iovs, count, written): it adds up the lengths, which
// stand in the second half of each 8 bytes.
func fdWrite() code {
	const iovs, count, written, sum = 1, 2, 3, 4
	return seq(onlyDescriptors(1, 2),
		forEach(count,
			get(sum), get(iovs), load32(4), i32Add, set(sum),
			increase(iovs, 8)),
		get(written), get(sum), store32(0),
		result(success))
}

// randomGet is random_get(buffer, length): for each byte a step of SplitMix64, of
// whose result it is the lowest.
func randomGet() code {
	const buffer, length, z = 0, 1, 2
	mix := func(shift, factor uint64) code {
		return seq(get(z), get(z), i64(shift), i64ShrU, i64Xor, i64(factor), i64Mul, set(z))
	}
	return seq(
		forEach(length,
			getGlobal(random), i64(0x9e3779b97f4a7c15), i64Add, setGlobal(random),
			getGlobal(random), set(z),
			mix(30, 0xbf58476d1ce4e5b9),
			mix(27, 0x94d049bb133111eb),
			get(buffer), get(z), get(z), i64(31), i64ShrU, i64Xor, store64As8(0),
			increase(buffer, 1)),
		result(success))
}

// pollOneoff is poll_oneoff(in, out, count, events). A subscription to a descriptor
// is ready at once. If no subscription is ready, the clock is put forward to the earliest
// time that one waits for. Subscriptions whose time has come, or that are ready,
// become events.
func pollOneoff() code {
	const in, out, count, events, at, n, event, deadline, earliest, start = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	// Offsets in a subscription, of 48 bytes: user data, kind, timeout and flags
	// of a clock, descriptor.
	const kind, descriptor, timeout, flags, size = 8, 16, 24, 40, 48
	// A timeout is relative to now unless the lowest flag is set. One that reaches
	// past the end of time waits for that.
	findDeadline := seq(
		get(at), load64(timeout), set(deadline),
		get(at), load8(flags), i32(1), i32And, i32Eqz, when(
			get(deadline), get(start), i64Add, set(deadline),
			get(deadline), get(start), i64LtU, when(i64(1<<64-1), set(deadline)),
		))
	// Offsets in an event, of 32 bytes: user data, error and kind.
	const eventError, eventKind, eventSize = 8, 10, 32
	addEvent := seq(
		putZeros(event, eventSize/8),
		get(event), get(at), load64(0), store64(0),
		get(event), get(at), load8(kind), store8(eventKind),
		get(at), load8(kind), when(
			get(at), load32(descriptor), i32(2), i32GtU, when(
				get(event), i32(badf), store16(eventError))),
		increase(event, eventSize))
	restart := seq(get(in), set(at), get(count), set(n))
	return seq(
		get(count), i32Eqz, when(result(inval), ret),
		getGlobal(clock), set(start),
		i64(1<<64-1), set(earliest),
		restart,
		forEach(n,
			get(at), load8(kind), whenElse(
				seq(i64(0), set(earliest)),
				seq(findDeadline,
					get(deadline), get(earliest), i64LtU, when(get(deadline), set(earliest)))),
			increase(at, size)),
		get(earliest), get(start), i64GtU, when(get(earliest), setGlobal(clock)),
		restart,
		get(out), set(event),
		forEach(n,
			findDeadline,
			get(at), load8(kind), when(i64(0), set(deadline)),
			get(deadline), getGlobal(clock), i64GtU, i32Eqz, when(addEvent),
			increase(at, size)),
		get(events), get(event), get(out), i32Sub, i32(5), i32ShrU, store32(0),
		result(success))
}
