// Package guests is a module of its own, so that what it is called stays short: the
// names of types, which hold their package's path, are part of what a guest weighs.
package guests

//go:generate go tool witgen generate --world calculator --world shops --out gen --prune ../wit
