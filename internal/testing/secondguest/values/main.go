//go:build tinygo

// Command values is the guest of the world roundtrip:values/second by the bindings
// of another generator. Each export is the import of the same name.
package main

import (
	"unsafe"

	"example.com/second/gen/roundtrip/values/calls"
	"example.com/second/gen/roundtrip/values/lists"
	"example.com/second/gen/roundtrip/values/many"
	"example.com/second/gen/roundtrip/values/options"
	"example.com/second/gen/roundtrip/values/outcomes"
	"example.com/second/gen/roundtrip/values/records"
	"example.com/second/gen/roundtrip/values/scalars"
	"example.com/second/gen/roundtrip/values/sets"
	"example.com/second/gen/roundtrip/values/text"
	"example.com/second/gen/roundtrip/values/tuples"
	"example.com/second/gen/roundtrip/values/variants"

	_ "example.com/second/realloc"
)

func init() {
	scalars.Exports.OfBool = scalars.OfBool
	scalars.Exports.OfU8 = scalars.OfU8
	scalars.Exports.OfS8 = scalars.OfS8
	scalars.Exports.OfU16 = scalars.OfU16
	scalars.Exports.OfS16 = scalars.OfS16
	scalars.Exports.OfU32 = scalars.OfU32
	scalars.Exports.OfS32 = scalars.OfS32
	scalars.Exports.OfU64 = scalars.OfU64
	scalars.Exports.OfS64 = scalars.OfS64
	scalars.Exports.OfF32 = scalars.OfF32
	scalars.Exports.OfF64 = scalars.OfF64
	scalars.Exports.OfChar = scalars.OfChar
	text.Exports.OfString = text.OfString
	text.Exports.OfChars = text.OfChars
	text.Exports.OfStrings = text.OfStrings
	text.Exports.OfLines = text.OfLines
	text.Exports.OfPair = text.OfPair
	lists.Exports.OfBools = lists.OfBools
	lists.Exports.OfU8s = lists.OfU8s
	lists.Exports.OfS8s = lists.OfS8s
	lists.Exports.OfU16s = lists.OfU16s
	lists.Exports.OfS16s = lists.OfS16s
	lists.Exports.OfU32s = lists.OfU32s
	lists.Exports.OfS32s = lists.OfS32s
	lists.Exports.OfU64s = lists.OfU64s
	lists.Exports.OfS64s = lists.OfS64s
	lists.Exports.OfF32s = lists.OfF32s
	lists.Exports.OfF64s = lists.OfF64s
	lists.Exports.OfBytes = lists.OfBytes
	lists.Exports.OfDeep = lists.OfDeep
	lists.Exports.OfTuples = lists.OfTuples
	lists.Exports.OfOptions = lists.OfOptions
	lists.Exports.OfResults = lists.OfResults
	lists.Exports.OfPoints = lists.OfPoints
	lists.Exports.OfPeople = lists.OfPeople
	lists.Exports.OfColours = lists.OfColours
	lists.Exports.OfAccesses = lists.OfAccesses
	lists.Exports.OfShapes = lists.OfShapes
	tuples.Exports.OfOne = tuples.OfOne
	tuples.Exports.OfTwo = tuples.OfTwo
	tuples.Exports.OfThree = tuples.OfThree
	tuples.Exports.OfNested = tuples.OfNested
	tuples.Exports.OfPair = tuples.OfPair
	tuples.Exports.OfMany = tuples.OfMany
	records.Exports.OfPoint = records.OfPoint
	records.Exports.OfHuman = records.OfHuman
	records.Exports.OfPadded = records.OfPadded
	records.Exports.OfNested = records.OfNested
	records.Exports.OfTiny = records.OfTiny
	records.Exports.OfAlias = records.OfAlias
	records.Exports.OfCrowd = records.OfCrowd
	records.Exports.OfName = records.OfName
	variants.Exports.OfOnly = variants.OfOnly
	variants.Exports.OfNumbers = variants.OfNumbers
	variants.Exports.OfWide = variants.OfWide
	variants.Exports.OfMixed = variants.OfMixed
	variants.Exports.OfTexts = variants.OfTexts
	variants.Exports.OfTuples = variants.OfTuples
	variants.Exports.OfOuter = variants.OfOuter
	variants.Exports.OfShape = variants.OfShape
	variants.Exports.OfOuters = variants.OfOuters
	many.Exports.OfE256 = many.OfE256
	many.Exports.OfE257 = many.OfE257
	many.Exports.OfV257 = many.OfV257
	many.Exports.OfSome = many.OfSome
	many.Exports.OfE256s = many.OfE256s
	many.Exports.OfE257s = many.OfE257s
	many.Exports.OfV257s = many.OfV257s
	sets.Exports.OfF1 = sets.OfF1
	sets.Exports.OfF8 = sets.OfF8
	sets.Exports.OfF9 = sets.OfF9
	sets.Exports.OfF16 = sets.OfF16
	sets.Exports.OfF17 = sets.OfF17
	sets.Exports.OfF32 = sets.OfF32
	sets.Exports.OfAll = sets.OfAll
	sets.Exports.OfF9s = sets.OfF9s
	sets.Exports.OfF32s = sets.OfF32s
	options.Exports.OfU8 = options.OfU8
	options.Exports.OfU64 = options.OfU64
	options.Exports.OfF32 = options.OfF32
	options.Exports.OfBool = options.OfBool
	options.Exports.OfString = options.OfString
	options.Exports.OfNested = options.OfNested
	options.Exports.OfDeep = options.OfDeep
	options.Exports.OfList = options.OfList
	options.Exports.OfTuple = options.OfTuple
	options.Exports.OfPerson = options.OfPerson
	options.Exports.OfColour = options.OfColour
	options.Exports.OfShape = options.OfShape
	outcomes.Exports.OfPlain = outcomes.OfPlain
	outcomes.Exports.OfOK = outcomes.OfOK
	outcomes.Exports.OfErr = outcomes.OfErr
	set(&outcomes.Exports.OfBoth, outcomes.OfBoth)
	set(&outcomes.Exports.OfNested, outcomes.OfNested)
	outcomes.Exports.OfParam = outcomes.OfParam
	set(&outcomes.Exports.OfOption, outcomes.OfOption)
	calls.Exports.Nothing = calls.Nothing
	calls.Exports.OnlyParam = calls.OnlyParam
	calls.Exports.OnlyResult = calls.OnlyResult
	calls.Exports.Sixteen = calls.Sixteen
	calls.Exports.Seventeen = calls.Seventeen
	calls.Exports.Spilled = calls.Spilled
	calls.Exports.Names = calls.Names
	calls.Exports.Keywords = calls.Keywords
	calls.Exports.Check = calls.Check
	calls.Exports.Value = calls.Value
	calls.Exports.Error = calls.Error
	calls.Exports.Text = calls.Text
	set(&calls.Exports.Records, calls.Records)
	set(&calls.Exports.Variants, calls.Variants)
	calls.Exports.Enums = calls.Enums
	calls.Exports.Flags = calls.Flags
	calls.Exports.Lists = calls.Lists
	set(&calls.Exports.Options, calls.Options)
	set(&calls.Exports.Tuples, calls.Tuples)
	set(&calls.Exports.Nested, calls.Nested)
	calls.Exports.Floats = calls.Floats
	calls.Exports.Colours = calls.Colours
}

func main() {}

// set is an assignment between functions whose types differ only in names that
// the generator makes for what is laid out alike.
func set[P, R, P2, R2 any](export *func(P2) R2, imported func(P) R) {
	*export = func(v P2) R2 {
		r := imported(*(*P)(unsafe.Pointer(&v)))
		return *(*R2)(unsafe.Pointer(&r))
	}
}
