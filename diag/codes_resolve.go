package diag

// Codes of the second to the sixth hundred: names, packages, types, functions,
// worlds and gates, found by parser/resolve. The comment of each describes
// it; the example below it is refused with that code.

// Packages and the names of interfaces and worlds.
const (
	// MissingPackage occurs where no file of a package says which package it is.
	//
	// Example:
	//
	//	interface i {}
	MissingPackage Code = "W0201"

	// PackageMismatch occurs where two files of one folder name different
	// packages.
	//
	// Example:
	//
	//	// a.wit
	//	package a:one;
	//	// b.wit
	//	package a:two;
	PackageMismatch Code = "W0202"

	// DuplicatePackageDocs occurs where more than one file documents the
	// package.
	//
	// Example:
	//
	//	// a.wit
	//	/// The package.
	//	package a:b;
	//	// b.wit
	//	/// The package again.
	//	package a:b;
	DuplicatePackageDocs Code = "W0203"

	// NestedPackage occurs where a package { ... } stands inside another one.
	//
	// Example:
	//
	//	package a:b;
	//	package a:c {
	//	  package a:d {}
	//	}
	NestedPackage Code = "W0204"

	// DuplicateItem occurs where a package defines two interfaces or worlds of
	// one name. Hyphens, and upper and lower case, do not tell names apart.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {}
	//	interface i {}
	DuplicateItem Code = "W0205"

	// DuplicateFileName occurs where a name that a file takes in with use is
	// also defined or taken in a second time by that file.
	//
	// Example:
	//
	//	package a:b;
	//	use i as j;
	//	interface i {}
	//	interface j {}
	DuplicateFileName Code = "W0206"

	// UnknownItem occurs where a path names an interface or world that neither
	// the file nor the package defines.
	//
	// Example:
	//
	//	package a:b;
	//	world w { import nothing; }
	UnknownItem Code = "W0207"

	// NotAnInterface occurs where an interface is wanted and a world is named.
	//
	// Example:
	//
	//	package a:b;
	//	world v {}
	//	world w { import v; }
	NotAnInterface Code = "W0208"

	// NotAWorld occurs where a world is wanted and an interface is named.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {}
	//	world w { include i; }
	NotAWorld Code = "W0209"

	// UseAttributes occurs where a use outside of interfaces and worlds has an
	// attribute such as @since.
	//
	// Example:
	//
	//	package a:b@1.0.0;
	//	@since(version = 1.0.0)
	//	use i as j;
	//	interface i {}
	UseAttributes Code = "W0210"

	// DuplicatePackage occurs where one package is defined twice, at the same
	// version.
	//
	// Example:
	//
	//	package a:b;
	//	package a:c {}
	//	package a:c {}
	DuplicatePackage Code = "W0211"

	// PackageNotFound occurs where a path names a package that is neither in the
	// file, the folder nor its deps.
	//
	// Example:
	//
	//	package a:b;
	//	world w { import a:missing/i; }
	PackageNotFound Code = "W0212"

	// InterfaceNotFound occurs where a path names an interface that its package
	// does not have, or that no active feature shows.
	//
	// Example:
	//
	//	package a:b;
	//	package a:c {}
	//	world w { import a:c/i; }
	InterfaceNotFound Code = "W0213"

	// WorldNotFound occurs where a path names a world that its package does not
	// have, or that no active feature shows.
	//
	// Example:
	//
	//	package a:b;
	//	package a:c {}
	//	world w { include a:c/v; }
	WorldNotFound Code = "W0214"

	// PackageCycle occurs where packages depend on each other in a circle.
	//
	// Example:
	//
	//	package a:b;
	//	interface i { use a:c/j.{t}; }
	//	package a:c {
	//	  interface j { use a:b/i.{t}; }
	//	}
	PackageCycle Code = "W0215"

	// ItemCycle occurs where interfaces use each other's types in a circle, or
	// worlds include each other in one.
	//
	// Example:
	//
	//	package a:b;
	//	interface i { use j.{t}; }
	//	interface j { use i.{t}; }
	ItemCycle Code = "W0216"

	// UsedNameClash occurs where an interface needs two others whose names are one
	// name, since they differ only in hyphens or in upper and lower case: those that it
	// uses types of, and those that these need.
	//
	// Example:
	//
	//	package a:b;
	//	package a:c-d { interface i { type t = u8; } }
	//	package a:cd { interface i { type t = u16; } }
	//	interface j {
	//	  use a:c-d/i.{t};
	//	  use a:cd/i.{t as t2};
	//	}
	UsedNameClash Code = "W0217"
)

// Types.
const (
	// DuplicateName occurs where an interface or world defines a name twice:
	// types, functions and used types share one set of names, in which hyphens, and
	// upper and lower case, do not tell names apart.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  type x = u8;
	//	  x: func();
	//	}
	DuplicateName Code = "W0301"

	// UnknownName occurs where a type is named that is not defined in its
	// interface or world, nor used there.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  f: func(x: nothing);
	//	}
	UnknownName Code = "W0302"

	// NotAType occurs where a type is wanted and a function is named.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  f: func();
	//	  g: func(x: f);
	//	}
	NotAType Code = "W0303"

	// TypeCycle occurs where a type contains itself. WIT has no recursive types.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  record node { next: option<node> }
	//	}
	TypeCycle Code = "W0304"

	// NotAResource occurs where own or borrow is given a type that is no
	// resource.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  type x = u8;
	//	  f: func(x: borrow<x>);
	//	}
	NotAResource Code = "W0305"

	// MapKey occurs where the key of a map is not bool, an integer, char or
	// string.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  type m = map<f32, u8>;
	//	}
	MapKey Code = "W0306"

	// EmptyType occurs where a record has no fields, a variant or an enum no cases,
	// flags no flag, or a tuple no types. The command wit prints records, flags and
	// tuples without parts all the same; no binary can have them.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  enum e {}
	//	}
	EmptyType Code = "W0307"

	// DuplicateLabel occurs where two fields of a record, two cases or two flags
	// have one name. Hyphens, and upper and lower case, do not tell names apart.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  enum e { red, red }
	//	}
	DuplicateLabel Code = "W0308"

	// TypeNotFound occurs where a type is used from an interface of another
	// package that does not define it, or that no active feature shows.
	//
	// Example:
	//
	//	package a:b;
	//	package a:c {
	//	  interface j {}
	//	}
	//	interface i { use a:c/j.{t}; }
	TypeNotFound Code = "W0309"

	// TooManyFlags occurs where a type has more than 32 flags.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  flags f {
	//	    a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
	//	    a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32
	//	  }
	//	}
	TooManyFlags Code = "W0310"

	// StreamOfChar occurs where a stream carries char, which the component model
	// leaves to a later version.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  type t = stream<char>;
	//	}
	StreamOfChar Code = "W0311"

	// TypeTooLarge occurs where a type, a function, an interface or a world is made of
	// more than 999,990 types, each counted wherever it is used, or where a type's
	// values take 2^28 bytes or more.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  type t = list<u64, 100000000>;
	//	}
	TypeTooLarge Code = "W0312"
)

// Functions and resources.
const (
	// DuplicateParam occurs where two parameters of a function have one name. Hyphens,
	// and upper and lower case, do not tell names apart.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  f: func(x: u8, x: u8);
	//	}
	DuplicateParam Code = "W0401"

	// DuplicateMethod occurs where a resource has two methods or statics of one
	// name, or two constructors, or a method or static with the resource's name.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  resource r {
	//	    f: func();
	//	    f: static func();
	//	  }
	//	}
	DuplicateMethod Code = "W0402"

	// ConstructorResult occurs where a constructor's result is neither left out
	// nor a result whose ok type is the resource.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  resource r {
	//	    constructor() -> u32;
	//	  }
	//	}
	ConstructorResult Code = "W0403"

	// BorrowInResult occurs where a function's result holds a borrow: a borrow
	// ends with the call that it was lent for.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  resource r;
	//	  f: func() -> option<borrow<r>>;
	//	}
	BorrowInResult Code = "W0404"

	// BorrowInStream occurs where what a stream or future carries holds a borrow:
	// it arrives after the call that the borrow was lent for.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  resource r;
	//	  f: func(x: stream<borrow<r>>);
	//	}
	BorrowInStream Code = "W0405"
)

// Worlds.
const (
	// InterfaceTwice occurs where a world imports or exports one interface
	// twice.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {}
	//	world w {
	//	  import i;
	//	  import i;
	//	}
	InterfaceTwice Code = "W0501"

	// WorldNameClash occurs where two imports or two exports of a world have one
	// name. Hyphens, and upper and lower case, do not tell names apart.
	//
	// Example:
	//
	//	package a:b;
	//	world w {
	//	  import x: func();
	//	  import x: interface {}
	//	}
	WorldNameClash Code = "W0502"

	// IncludeClash occurs where an included world brings a name that the world
	// has already.
	//
	// Example:
	//
	//	package a:b;
	//	world v { import x: func(); }
	//	world w {
	//	  import x: func();
	//	  include v;
	//	}
	IncludeClash Code = "W0503"

	// IncludeRename occurs where include ... with renames something that the
	// included world does not have under a plain name.
	//
	// Example:
	//
	//	package a:b;
	//	world v {}
	//	world w { include v with { x as y } }
	IncludeRename Code = "W0504"

	// ExportNeedsImport occurs where an exported interface would see two copies
	// of an interface that it depends on, one imported and one exported.
	//
	// Example:
	//
	//	package a:b;
	//	interface x { resource t; }
	//	interface y { use x.{t}; }
	//	interface z {
	//	  use x.{t};
	//	  use y.{t as t2};
	//	}
	//	world w {
	//	  export x;
	//	  export z;
	//	}
	ExportNeedsImport Code = "W0505"
)

// Gates, versions and limits.
const (
	// DuplicateAttribute occurs where an item has one attribute twice.
	//
	// Example:
	//
	//	package a:b@1.0.0;
	//	@since(version = 1.0.0) @since(version = 1.0.0)
	//	interface i {}
	DuplicateAttribute Code = "W0601"

	// SinceAndUnstable occurs where an item is both @since and @unstable.
	//
	// Example:
	//
	//	package a:b@1.0.0;
	//	@since(version = 1.0.0) @unstable(feature = x)
	//	interface i {}
	SinceAndUnstable Code = "W0602"

	// DeprecatedAlone occurs where an item is @deprecated and neither @since nor
	// @unstable.
	//
	// Example:
	//
	//	package a:b@1.0.0;
	//	@deprecated(version = 1.0.0)
	//	interface i {}
	DeprecatedAlone Code = "W0603"

	// GateNeedsVersion occurs where a package without a version says @since.
	//
	// Example:
	//
	//	package a:b;
	//	@since(version = 1.0.0)
	//	interface i {}
	GateNeedsVersion Code = "W0604"

	// UnreleasedVersion occurs where @since names a version after the package's
	// own.
	//
	// Example:
	//
	//	package a:b@1.0.0;
	//	@since(version = 2.0.0)
	//	interface i {}
	UnreleasedVersion Code = "W0605"

	// GatedReference occurs where something that is there refers to something
	// whose feature is not active.
	//
	// Example:
	//
	//	package a:b;
	//	interface i {
	//	  @unstable(feature = x)
	//	  type t = u8;
	//	  f: func(t: t);
	//	}
	GatedReference Code = "W0606"

	// StabilityMismatch occurs where a world gets one interface through two
	// ways with gates that differ.
	//
	// Example:
	//
	//	package a:b@1.0.0;
	//	interface i {}
	//	world v {
	//	  @since(version = 1.0.0)
	//	  import i;
	//	}
	//	world w {
	//	  @since(version = 0.9.0)
	//	  import i;
	//	  include v;
	//	}
	StabilityMismatch Code = "W0607"

	// TooManyItems occurs where the worlds of one run have more than a million
	// imports and exports between them, or come to more than 32 MiB of text, after
	// include and with what the types need. Worlds that include each other several
	// times get there quickly.
	TooManyItems Code = "W0610"

	// TooManyErrors occurs where a run found a thousand mistakes: the rest is
	// not shown.
	TooManyErrors Code = "W0611"

	// BinaryDependency occurs where a folder of dependencies holds a .wasm file
	// that cannot be read as WIT.
	BinaryDependency Code = "W0620"

	// NoBinaryForm occurs where witgen wit --wasm is to write a package that has no
	// interface and no world, or that is made of more than 999,990 types in binary form.
	NoBinaryForm Code = "W0622"

	// IncompatibleVersions occurs where two versions of an interface that ought
	// to be compatible are merged in a world, and the older one has something
	// that the newer one lacks or has otherwise.
	IncompatibleVersions Code = "W0621"
)
