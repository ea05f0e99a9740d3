package parser

import "github.com/witgen/witgen/parser/ast"

// kind is the kind of a token.
type kind uint8

const (
	tokEOF     kind = iota
	tokInvalid      // what the scanner refused; explain says why
	tokID
	tokExplicitID // %id
	tokInteger
	tokString

	tokEquals
	tokComma
	tokColon
	tokPeriod
	tokSemicolon
	tokLParen
	tokRParen
	tokLBrace
	tokRBrace
	tokLess
	tokGreater
	tokArrow
	tokStar
	tokAt
	tokSlash
	tokPlus
	tokMinus

	kwUnderscore // the first keyword
	kwAs
	kwAsync
	kwBool
	kwBorrow
	kwChar
	kwConstructor
	kwEnum
	kwErrorContext
	kwExport
	kwF32
	kwF64
	kwFlags
	kwFrom
	kwFunc
	kwFuture
	kwImport
	kwInclude
	kwInterface
	kwList
	kwMap
	kwOption
	kwOwn
	kwPackage
	kwRecord
	kwResource
	kwResult
	kwS8
	kwS16
	kwS32
	kwS64
	kwStatic
	kwStream
	kwString
	kwTuple
	kwType
	kwU8
	kwU16
	kwU32
	kwU64
	kwUse
	kwVariant
	kwWith
	kwWorld
)

// token is one token. Whitespace and comments are none.
type token struct {
	start, end uint32
	// comments counts the comments of the file before the token.
	comments uint32
	kind     kind
}

// punctuation holds the spelling of the operators.
var punctuation = map[kind]string{
	tokEquals: "=", tokComma: ",", tokColon: ":", tokPeriod: ".", tokSemicolon: ";",
	tokLParen: "(", tokRParen: ")", tokLBrace: "{", tokRBrace: "}",
	tokLess: "<", tokGreater: ">", tokArrow: "->", tokStar: "*", tokAt: "@",
	tokSlash: "/", tokPlus: "+", tokMinus: "-",
}

// keyword returns the keyword that text is, or tokID.
func keyword(text []byte) kind {
	switch string(text) {
	case "_":
		return kwUnderscore
	case "as":
		return kwAs
	case "async":
		return kwAsync
	case "bool":
		return kwBool
	case "borrow":
		return kwBorrow
	case "char":
		return kwChar
	case "constructor":
		return kwConstructor
	case "enum":
		return kwEnum
	case "error-context":
		return kwErrorContext
	case "export":
		return kwExport
	case "f32":
		return kwF32
	case "f64":
		return kwF64
	case "flags":
		return kwFlags
	case "from":
		return kwFrom
	case "func":
		return kwFunc
	case "future":
		return kwFuture
	case "import":
		return kwImport
	case "include":
		return kwInclude
	case "interface":
		return kwInterface
	case "list":
		return kwList
	case "map":
		return kwMap
	case "option":
		return kwOption
	case "own":
		return kwOwn
	case "package":
		return kwPackage
	case "record":
		return kwRecord
	case "resource":
		return kwResource
	case "result":
		return kwResult
	case "s8":
		return kwS8
	case "s16":
		return kwS16
	case "s32":
		return kwS32
	case "s64":
		return kwS64
	case "static":
		return kwStatic
	case "stream":
		return kwStream
	case "string":
		return kwString
	case "tuple":
		return kwTuple
	case "type":
		return kwType
	case "u8":
		return kwU8
	case "u16":
		return kwU16
	case "u32":
		return kwU32
	case "u64":
		return kwU64
	case "use":
		return kwUse
	case "variant":
		return kwVariant
	case "with":
		return kwWith
	case "world":
		return kwWorld
	}
	return tokID
}

// keywordNames holds the spelling of the keywords.
var keywordNames = [...]string{
	kwUnderscore:   "_",
	kwAs:           "as",
	kwAsync:        "async",
	kwBool:         "bool",
	kwBorrow:       "borrow",
	kwChar:         "char",
	kwConstructor:  "constructor",
	kwEnum:         "enum",
	kwErrorContext: "error-context",
	kwExport:       "export",
	kwF32:          "f32",
	kwF64:          "f64",
	kwFlags:        "flags",
	kwFrom:         "from",
	kwFunc:         "func",
	kwFuture:       "future",
	kwImport:       "import",
	kwInclude:      "include",
	kwInterface:    "interface",
	kwList:         "list",
	kwMap:          "map",
	kwOption:       "option",
	kwOwn:          "own",
	kwPackage:      "package",
	kwRecord:       "record",
	kwResource:     "resource",
	kwResult:       "result",
	kwS8:           "s8",
	kwS16:          "s16",
	kwS32:          "s32",
	kwS64:          "s64",
	kwStatic:       "static",
	kwStream:       "stream",
	kwString:       "string",
	kwTuple:        "tuple",
	kwType:         "type",
	kwU8:           "u8",
	kwU16:          "u16",
	kwU32:          "u32",
	kwU64:          "u64",
	kwUse:          "use",
	kwVariant:      "variant",
	kwWith:         "with",
	kwWorld:        "world",
}

// prims are the keywords that are a whole type.
var prims = [...]struct {
	is   bool
	prim ast.Prim
}{
	kwBool:         {true, ast.Bool},
	kwU8:           {true, ast.U8},
	kwU16:          {true, ast.U16},
	kwU32:          {true, ast.U32},
	kwU64:          {true, ast.U64},
	kwS8:           {true, ast.S8},
	kwS16:          {true, ast.S16},
	kwS32:          {true, ast.S32},
	kwS64:          {true, ast.S64},
	kwF32:          {true, ast.F32},
	kwF64:          {true, ast.F64},
	kwChar:         {true, ast.Char},
	kwString:       {true, ast.String},
	kwErrorContext: {true, ast.ErrorContext},
	kwWorld:        {},
}

// isKeyword reports whether text is a keyword, and so needs a % to be a name.
func (k kind) isKeyword() bool { return k >= kwUnderscore }

// IsKeyword reports whether WIT reserves text, so that it needs a leading % to
// stand as a name.
func IsKeyword(text string) bool { return keyword([]byte(text)) != tokID }
