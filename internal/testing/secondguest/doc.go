// Package secondguest is a module of its own: it holds guests of the round
// trips' worlds by the bindings of another generator, wit-bindgen-go of
// go.bytecodealliance.org, so that witgen does not depend on it. TestSecondGuest
// of internal/testing/generated/roundtrip copies the module, generates the bindings there, and runs
// the guests under witgen's host.
package secondguest
