package mangle

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/calls"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/many"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/sets"
)

// What is done to the values of the interface scalars.
var (
	ScalarsOfBool = Bool
	ScalarsOfU8   = Int[uint8]
	ScalarsOfS8   = Int[int8]
	ScalarsOfU16  = Int[uint16]
	ScalarsOfS16  = Int[int16]
	ScalarsOfU32  = Int[uint32]
	ScalarsOfS32  = Int[int32]
	ScalarsOfU64  = Int[uint64]
	ScalarsOfS64  = Int[int64]
	ScalarsOfF32  = Float[float32]
	ScalarsOfF64  = Float[float64]
	ScalarsOfChar = Char
)

// What is done to the values of the interface text.
var (
	TextOfString  = String
	TextOfChars   = List(Char)
	TextOfStrings = List(String)
	TextOfLines   = List(List(String))
	TextOfPair    = Tuple2(String, String)
)

// What is done to the values of the interface lists.
var (
	ListsOfBools    = List(Bool)
	ListsOfU8s      = List(Int[uint8])
	ListsOfS8s      = List(Int[int8])
	ListsOfU16s     = List(Int[uint16])
	ListsOfS16s     = List(Int[int16])
	ListsOfU32s     = List(Int[uint32])
	ListsOfS32s     = List(Int[int32])
	ListsOfU64s     = List(Int[uint64])
	ListsOfS64s     = List(Int[int64])
	ListsOfF32s     = List(Float[float32])
	ListsOfF64s     = List(Float[float64])
	ListsOfBytes    = List(List(Int[byte]))
	ListsOfDeep     = List(List(List(Int[uint16])))
	ListsOfTuples   = List(Tuple3(Int[uint8], Int[uint64], String))
	ListsOfOptions  = List(Option(Int[uint16]))
	ListsOfResults  = List(Result(Int[uint64], String))
	ListsOfPoints   = List(Point)
	ListsOfPeople   = List(Person)
	ListsOfColours  = List(Colour)
	ListsOfAccesses = List(Access)
	ListsOfShapes   = List(Shape)
)

// What is done to the values of the interface fixed.
var (
	FixedOfU8s     = Array5(Int[uint8])
	FixedOfF64s    = Array3(Float[float64])
	FixedOfBools   = Array3(Bool)
	FixedOfChars   = Array2(Char)
	FixedOfStrings = Array2(String)
	FixedOfMany    = Array20(Int[uint32])
	FixedOfLists   = Array3(List(Int[uint16]))
	FixedOfNested  = Array2(Array3(Int[uint16]))
	FixedOfList    = List(Array2(Int[uint32]))
	FixedOfOption  = Option(Array2(Int[uint64]))
	FixedOfPeople  = Array2(Person)
	FixedOfColours = Array3(Colour)
	FixedOfMatrix  = Matrix
)

// What is done to the values of the interface maps.
var (
	MapsOfStrings = Map(String, String)
	MapsOfU8s     = Map(Int[uint8], Int[uint64])
	MapsOfS64s    = Map(Int[int64], Int[uint8])
	MapsOfChars   = Map(Char, Float[float64])
	MapsOfBools   = Map(Bool, String)
	MapsOfLists   = Map(Int[uint32], List(String))
	MapsOfPeople  = Map(String, Person)
	MapsOfShapes  = Map(Int[int16], Shape)
	MapsOfMaps    = Map(Int[uint16], Map(String, Int[uint32]))
	MapsOfList    = List(Map(Int[int32], Bool))
	MapsOfOption  = Option(Map(Int[uint64], String))
)

// What is done to the values of the interface tuples.
var (
	TuplesOfOne    = Tuple1(Int[uint16])
	TuplesOfTwo    = Tuple2(Int[uint8], Int[uint64])
	TuplesOfThree  = Tuple3(Float[float32], String, Bool)
	TuplesOfNested = Tuple2(Tuple2(Int[uint8], Int[uint16]), Tuple2(Int[uint64], Tuple2(Char, Int[int8])))
	TuplesOfPair   = Tuple2(Int[uint8], String)
	TuplesOfMany   = Tuple16
)

// What is done to the values of the interface records.
var (
	RecordsOfPoint  = Point
	RecordsOfHuman  = Person
	RecordsOfPadded = Padded
	RecordsOfNested = Nested
	RecordsOfTiny   = Tiny
	RecordsOfAlias  = Wrapper
	RecordsOfCrowd  = List(Person)
	RecordsOfName   = String
)

// What is done to the values of the interface variants.
var (
	VariantsOfOnly    = Only
	VariantsOfNumbers = Numbers
	VariantsOfWide    = Wide
	VariantsOfMixed   = Mixed
	VariantsOfTexts   = Texts
	VariantsOfTuples  = Tuples
	VariantsOfOuter   = Outer
	VariantsOfShape   = Shape
	VariantsOfOuters  = List(Outer)
)

// What is done to the values of the interface big.
var BigOfLarge = Large

// What is done to the values of the interface many.
var (
	ManyOfE256  = Enum[many.E256](256)
	ManyOfE257  = Enum[many.E257](257)
	ManyOfV257  = V257
	ManyOfSome  = Some
	ManyOfE256s = List(Enum[many.E256](256))
	ManyOfE257s = List(Enum[many.E257](257))
	ManyOfV257s = List(V257)
)

// What is done to the values of the interface sets.
var (
	SetsOfF1   = Flags[sets.F1](1)
	SetsOfF8   = Flags[sets.F8](8)
	SetsOfF9   = Flags[sets.F9](9)
	SetsOfF16  = Flags[sets.F16](16)
	SetsOfF17  = Flags[sets.F17](17)
	SetsOfF32  = Flags[sets.F32](32)
	SetsOfAll  = Sets
	SetsOfF9s  = List(Flags[sets.F9](9))
	SetsOfF32s = List(Flags[sets.F32](32))
)

// What is done to the values of the interface options.
var (
	OptionsOfU8     = Option(Int[uint8])
	OptionsOfU64    = Option(Int[uint64])
	OptionsOfF32    = Option(Float[float32])
	OptionsOfBool   = Option(Bool)
	OptionsOfString = Option(String)
	OptionsOfNested = Option(Option(Int[uint32]))
	OptionsOfDeep   = Option(Option(Option(String)))
	OptionsOfList   = Option(List(Option(Int[int16])))
	OptionsOfTuple  = Option(Tuple2(Int[uint8], Option(Int[uint64])))
	OptionsOfPerson = Option(Person)
	OptionsOfColour = Option(Colour)
	OptionsOfShape  = Option(Shape)
)

// What is done to the values of the interface outcomes.
var (
	OutcomesOfPlain  = List(Flip)
	OutcomesOfOk     = Option(Result(Int[uint8], Same[types.Unit]))
	OutcomesOfErr    = Tuple1(Result(Same[types.Unit], String))
	OutcomesOfBoth   = List(Result(Person, Colour))
	OutcomesOfNested = List(Result(Result(Int[uint8], String), Result(Float[float64], Int[uint64])))
	OutcomesOfParam  = Result(Int[uint64], Float[float32])
	OutcomesOfOption = Option(Result(Option(Int[uint32]), Option(String)))
)

// What is done to the parameters and to the results of the interface calls.
var (
	CallsCheck          = Int[uint32]
	CallsCheckResult    = Flip
	CallsValue          = Int[uint32]
	CallsValueResult    = Result(Int[uint32], Same[types.Unit])
	CallsError          = Int[uint32]
	CallsErrorResult    = Result(Same[types.Unit], Int[uint32])
	CallsText           = Int[uint32]
	CallsTextResult     = Result(String, String)
	CallsRecords        = Person
	CallsRecordsResult  = Result(Person, Fault)
	CallsVariants       = Shape
	CallsVariantsResult = Result(Shape, Failure)
	CallsEnums          = Int[uint64]
	CallsEnumsResult    = Result(Int[uint64], Enum[calls.Reason](3))
	CallsFlags          = Access
	CallsFlagsResult    = Result(Access, Access)
	CallsLists          = List(Int[uint32])
	CallsListsResult    = Result(List(Int[uint32]), List(String))
	CallsOptions        = Option(String)
	CallsOptionsResult  = Result(Option(String), Option(Int[uint8]))
	CallsTuples         = Tuple2(Int[uint8], String)
	CallsTuplesResult   = Result(Tuple2(Int[uint8], String), Tuple2(Float[float64], Int[uint8]))
	CallsNested         = Int[uint8]
	CallsNestedResult   = Result(Result(Int[uint8], String), Result(Int[uint16], Int[uint64]))
	CallsFloats         = Float[float32]
	CallsFloatsResult   = Result(Float[float32], Float[float64])
	CallsColours        = Colour
	CallsColoursResult  = Result(Colour, Colour)
)
