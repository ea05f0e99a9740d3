package diag

// Codes of what is valid WIT that cannot become Go, found by internal/gogen. The
// comment of each describes it; the example below it is refused with that
// code when bindings are generated for world w.
const (
	// AsyncFunction occurs where the world needs an async function.
	//
	// Example:
	//
	//	package a:b;
	//	world w { import f: async func(); }
	AsyncFunction Code = "G0101"

	// StreamType occurs where the world needs a stream.
	//
	// Example:
	//
	//	package a:b;
	//	world w { import f: func(s: stream<u8>); }
	StreamType Code = "G0102"

	// FutureType occurs where the world needs a future.
	//
	// Example:
	//
	//	package a:b;
	//	world w { import f: func(s: future<u8>); }
	FutureType Code = "G0103"

	// ErrorContextType occurs where the world needs an error-context.
	//
	// Example:
	//
	//	package a:b;
	//	world w { import f: func(e: error-context); }
	ErrorContextType Code = "G0104"

	// TooLargeType occurs where passing a type takes more operations than generated
	// code may have.
	//
	// Example:
	//
	//	package a:b;
	//	world w {
	//	  type a = tuple<u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64>;
	//	  type b = tuple<a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a>;
	//	  type c = tuple<b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b>;
	//	  type d = tuple<c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c>;
	//	  import sum: func(numbers: tuple<d, d, d, d, d>) -> u64;
	//	}
	TooLargeType Code = "G0105"

	// UnknownWith occurs where --with names an interface that the world does not
	// need.
	UnknownWith Code = "G0106"

	// ForeignDependency occurs where --with gives the package of an interface and
	// nothing tells where the packages are whose types it uses.
	ForeignDependency Code = "G0107"

	// ReservedExport occurs where the world exports a function by a name that
	// every core module of a guest needs for something else: memory.
	//
	// Example:
	//
	//	package a:b;
	//	world w { export memory: func() -> u32; }
	ReservedExport Code = "G0108"

	// BadInitialism occurs where --initialisms gives what no word of a Go name can
	// be spelled like.
	BadInitialism Code = "G0109"

	// UnknownOptional occurs where --optional names a function, an interface or a
	// package that the WIT does not have.
	UnknownOptional Code = "G0110"
)
