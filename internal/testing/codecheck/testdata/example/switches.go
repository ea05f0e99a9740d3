// Package example breaks the rules where a comment wants it.
package example

import "errors"

type kind int

const (
	kindA kind = iota
	kindB
	kindC
	kindFirst = kindA // another name of a kind
)

type node interface{ isNode() }

type (
	leaf   struct{}
	branch struct{}
	root   struct{}
)

func (leaf) isNode()    {}
func (*branch) isNode() {}
func (root) isNode()    {}

func values(k kind) (int, error) {
	switch k { // all
	case kindFirst, kindB, kindC:
	}
	switch k { // a question
	case kindA:
		return 1, nil
	}
	switch k { // most, and a panic
	case kindA, kindB:
	default:
		panic("no such kind")
	}
	switch k { // want switch: names 2 of the 3 kinds of kind; name kindC too
	case kindA, kindB:
	}
	switch k { // want switch: names 2 of the 3 kinds of kind
	case kindA, kindB:
	default:
		return 0, nil
	}
	switch k { // most, and an error
	case kindA, kindB:
	default:
		return 0, errors.New("no such kind")
	}
	return 0, nil
}

func nodes(n node) int {
	switch n.(type) { // all
	case leaf, *branch, root:
	}
	switch n := n.(type) { // want switch: names 2 of the 3 kinds of node; name root too
	case leaf:
		_ = n
	case *branch:
	}
	switch n.(type) { // a question
	case leaf:
	}
	switch any(n).(type) { // no sealed interface
	case leaf, *branch:
	}
	return 0
}
