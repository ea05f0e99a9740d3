package diag

// Codes of the first hundred: reading a file and its grammar, found by package
// parser. The comment of each says what it means; the example below it is
// refused with that code. The other codes stand in codes_resolve.go.

// Text and tokens.
const (
	// Syntax occurs where the grammar wants something else than what stands
	// there.
	//
	// Example:
	//
	//	package a:b
	//	interface i {}
	Syntax Code = "W0101"

	// UnexpectedCharacter occurs at a character that starts no token.
	//
	// Example:
	//
	//	package a:b;
	//	interface i { f: func() -> u8?; }
	UnexpectedCharacter Code = "W0102"

	// UnterminatedComment occurs at the start of a block comment that the file
	// ends within. Block comments nest.
	//
	// Example:
	//
	//	package a:b;
	//	/* a comment /* within a comment */
	//	interface i {}
	UnterminatedComment Code = "W0103"

	// UnterminatedString occurs where a line or the file ends within a string.
	//
	// Example:
	//
	//	package a:b;
	//	world w {
	//	  @external-id("name
	UnterminatedString Code = "W0104"

	// InvalidString occurs within a string, at an escape that does not exist, a
	// control character, or bytes that are not UTF-8 once the escapes are
	// replaced.
	//
	// Example:
	//
	//	package a:b;
	//	world w {
	//	  @external-id("a\qb")
	//	  import f: func();
	//	}
	InvalidString Code = "W0105"

	// InvalidName occurs at a name that is not in kebab-case: words of letters
	// and digits with a hyphen between two, each word in one case, the first one
	// starting with a letter. Namespaces and packages are in lower case.
	//
	// Example:
	//
	//	package a:b;
	//	interface myInterface {}
	InvalidName Code = "W0106"

	// InvalidUTF8 occurs at a byte that is not part of valid UTF-8.
	InvalidUTF8 Code = "W0107"

	// ForbiddenCharacter occurs at a character that a file may not hold, not
	// even in a comment: control characters, overrides of the direction of
	// text, and characters that Unicode deprecates.
	ForbiddenCharacter Code = "W0108"

	// InvalidVersion occurs at a version that is not a semantic version.
	//
	// Example:
	//
	//	package a:b@1.02.0;
	InvalidVersion Code = "W0109"

	// UnknownAttribute occurs at an attribute that WIT does not have.
	//
	// Example:
	//
	//	package a:b;
	//	@stable
	//	interface i {}
	UnknownAttribute Code = "W0110"

	// MisplacedAttribute occurs at an attribute before an item that takes none.
	//
	// Example:
	//
	//	package a:b@1.0.0;
	//	@since(version = 1.0.0)
	//	package a:c {}
	MisplacedAttribute Code = "W0111"

	// InvalidListSize occurs where the length of a list is not a number from 1 to
	// 2^32-1.
	//
	// Example:
	//
	//	package a:b;
	//	interface i { type t = list<u8, 5000000000>; }
	InvalidListSize Code = "W0112"
)

// Limits of the parser.
const (
	// TypeTooDeep occurs where types stand in each other more than 100 deep in the
	// text, or more than 94 deep with the types that names stand for.
	TypeTooDeep Code = "W0120"

	// PackageTooDeep occurs where nested packages stand in each other more than
	// 100 deep.
	PackageTooDeep Code = "W0121"

	// TokenTooLong occurs at a name, number or string of more than 100,000
	// bytes, the most that a component binary may hold.
	TokenTooLong Code = "W0122"

	// FileTooLarge occurs at a file of more than 16 MiB.
	FileTooLarge Code = "W0123"

	// NotText occurs at a file that is no text: it has a NUL byte, or more than 20
	// characters that a file may not hold.
	NotText Code = "W0125"

	// TooManySyntaxErrors occurs where the parser gives up on a file that has
	// shown 20 mistakes.
	TooManySyntaxErrors Code = "W0124"
)
