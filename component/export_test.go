package component

// SetHostSeeds gives the tests of this package components that only packages above
// it can make.
func SetHostSeeds(f func() [][]byte) { hostSeeds = f }
