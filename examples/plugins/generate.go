// Package plugins is an example: a host that runs any number of plugins which it
// does not trust, out of a folder. The bindings lie in gen.
package plugins

//go:generate go tool witgen generate --world plugin --out gen ./wit
