// Package oracle compares witgen with another implementation, as a second
// opinion. It is a module of its own, so that witgen does not depend on it.
package oracle
