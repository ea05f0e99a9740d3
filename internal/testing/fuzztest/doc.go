// Package fuzztest holds tests of the host runtime that make their guests, calls
// and values at random: against the reference interpreter of internal/abi, against
// a model of the handle tables, and against nothing but the promise that a host
// survives. It has no code of its own. scripts/fuzz runs its fuzz targets for as
// long as one likes.
package fuzztest
