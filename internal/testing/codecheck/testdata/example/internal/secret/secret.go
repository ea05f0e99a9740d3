// Package secret is internal.
package secret

// T is a type.
type T struct{}
