//go:build wasip1

package adapter

// What the guest was started with, once it has asked for it: 0, or where in the state a
// number of strings is, as keep has them.
var arguments, environment uint32

// keep copies a list of strings, or of pairs of strings, to the state: their number, the
// size of all with a zero behind each, their lengths, and the bytes. The two of
// a pair have a = between them.
func keep(list, count, strings uint32) uint32 {
	size := uint32(0)
	for n := range count * strings {
		size += load32(list+8*n+4) + 1
	}
	all := allocate(8 + 4*count + size)
	setState32(all, count)
	setState32(all+4, size)
	to := all + 8 + 4*count
	for n := range count {
		length := uint32(0)
		for s := range strings {
			item := list + 8*(n*strings+s)
			copyIn(to, load32(item), load32(item+4))
			to += load32(item + 4)
			end := uint32(0)
			if s+1 < strings {
				end = '='
			}
			setState8(to, end)
			to++
			length += load32(item+4) + 1
		}
		setState32(all+8+4*n, length)
	}
	return all
}

func loadArguments() {
	if arguments == 0 {
		ret := borrow(4, 8)
		getArguments(ret)
		arguments = keep(load32(ret), load32(ret+4), 1)
		giveBack()
	}
}

func loadEnvironment() {
	if environment == 0 {
		ret := borrow(4, 8)
		getEnvironment(ret)
		environment = keep(load32(ret), load32(ret+4), 2)
		giveBack()
	}
}

// putStrings stores pointers to strings, and the strings.
func putStrings(all, pointers, bytes uint32) {
	count := state32(all)
	copyOut(bytes, all+8+4*count, state32(all+4))
	for n := range count {
		store32(pointers+4*n, bytes)
		bytes += state32(all + 8 + 4*n)
	}
}

//go:wasmexport args_sizes_get
func argsSizesGet(count, size uint32) errno {
	loadArguments()
	store32(count, state32(arguments))
	store32(size, state32(arguments+4))
	return success
}

//go:wasmexport args_get
func argsGet(pointers, bytes uint32) errno {
	loadArguments()
	putStrings(arguments, pointers, bytes)
	return success
}

//go:wasmexport environ_sizes_get
func environSizesGet(count, size uint32) errno {
	loadEnvironment()
	store32(count, state32(environment))
	store32(size, state32(environment+4))
	return success
}

//go:wasmexport environ_get
func environGet(pointers, bytes uint32) errno {
	loadEnvironment()
	putStrings(environment, pointers, bytes)
	return success
}

// The clocks. Those of the processor's time do not exist.
const (
	clockRealtime  = 0
	clockMonotonic = 1
)

// takeDatetime returns a datetime that an import returned in nanoseconds, 0 for one before 1970.
func takeDatetime(ret uint32) uint64 {
	seconds, rest := load64(ret), load32(ret+8)
	giveBack()
	if int64(seconds) < 0 {
		return 0
	}
	return seconds*1_000_000_000 + uint64(rest)
}

// wall returns the time of day in nanoseconds.
func wall() uint64 {
	ret := borrow(8, 16)
	wallNow(ret)
	return takeDatetime(ret)
}

//go:wasmexport clock_res_get
func clockResGet(clock, result uint32) errno {
	switch clock {
	case clockRealtime:
		ret := borrow(8, 16)
		wallResolution(ret)
		store64(result, takeDatetime(ret))
	case clockMonotonic:
		store64(result, monotonicResolution())
	default:
		return inval
	}
	return success
}

//go:wasmexport clock_time_get
func clockTimeGet(clock uint32, precision uint64, result uint32) errno {
	switch clock {
	case clockRealtime:
		store64(result, wall())
	case clockMonotonic:
		store64(result, monotonicNow())
	default:
		return inval
	}
	return success
}

//go:wasmexport random_get
func randomGet(at, length uint32) errno {
	for length > 0 {
		n := receive(at, min32(length, 1<<16))
		ret := borrow(4, 8)
		getRandomBytes(uint64(n), ret)
		received()
		at, length = at+n, length-n
	}
	return success
}

//go:wasmexport proc_exit
func procExit(code uint32) {
	if exitCodes {
		exitWithCode(min32(code, 255))
	} else if code == 0 {
		exit(0)
	} else {
		exit(1)
	}
	panic("the guest goes on after its end")
}

//go:wasmexport proc_raise
func procRaise(signal uint32) errno { return notsup }

//go:wasmexport sched_yield
func schedYield() errno { return success }

// socket answers the functions of sockets, of which preview 1 can open none.
func socket(fd uint32) errno {
	if get(fd) == 0 {
		return badf
	}
	return notsock
}

//go:wasmexport sock_accept
func sockAccept(fd, flags, result uint32) errno { return socket(fd) }

//go:wasmexport sock_recv
func sockRecv(fd, list, count, flags, result, resultFlags uint32) errno { return socket(fd) }

//go:wasmexport sock_send
func sockSend(fd, list, count, flags, result uint32) errno { return socket(fd) }

//go:wasmexport sock_shutdown
func sockShutdown(fd, how uint32) errno { return socket(fd) }

// run is the program of a guest that has a main function. One that fails exits.
//
//go:wasmexport wasi:cli/run@0.2.0#run
func run() uint32 {
	start()
	return 0
}
