package cli

// generators are the generators of both sides.
var generators = map[side]generator{}

// abiVersion is the version of the runtime that generated code asks for.
const abiVersion = 1
