// Package bombs makes core modules that are dear to compile for their size. A Shape
// is one way in which wazero's compiler takes more time or memory than the bytes of a
// module let expect: each is a family of modules by size. Random mixes them.
//
// The tests of canonicalabi/host/meter/cost compare its estimate with what wazero
// takes for them. The modules are valid, and nothing in them runs.
package bombs
