// Package witbinary holds tests that compare the parser of WIT text with the
// validator of WIT in binary form: what the one accepts, the other accepts, so that
// each mistake has a place in the text. It has no code of its own.
package witbinary
