//go:build wasm || tinygo.wasm

package guest

import "github.com/witgen/witgen/canonicalabi/types"

// LowerChar returns the code point of v. It panics where v is none that UTF-8
// can hold.
func LowerChar(v rune) uint32 {
	if uint32(v) > 0x10ffff || v&^0x7ff == 0xd800 {
		panic(message("rune ", decimal(uint32(v)), " is no Unicode scalar value"))
	}
	return uint32(v)
}

// LowerEnum returns v. It panics if v is not less than cases, the number of the enum's
// cases; typ names the Go type in the message.
func LowerEnum[T ~uint8 | ~uint16 | ~uint32](v T, cases uint32, typ string) T {
	if uint32(v) >= cases {
		panic(message(decimal(uint32(v)), " is no case of ", typ))
	}
	return v
}

// LowerFlags returns v. It panics where v has a flag beside the known ones.
func LowerFlags[T ~uint8 | ~uint16 | ~uint32](v, known T, typ string) T {
	if v&^known != 0 {
		panic(message(decimal(uint32(v)), " has flags that are unknown to ", typ))
	}
	return v
}

// NoCase panics for a variant that is nil or of a type that is no case of it.
func NoCase(typ string) {
	panic(message("a nil ", typ, ", or one that is no case of it"))
}

// NoHandle panics for a resource that is nil or that the guest did not get by
// the import that it is given to.
func NoHandle(typ string) {
	panic(message("a nil ", typ, ", or one that is no handle of the import"))
}

// NoDiscriminant panics for a discriminant that none of the cases has.
func NoDiscriminant(disc uint32, typ string) {
	panic(message(decimal(disc), " is no discriminant of ", typ))
}

// ErrorValue returns the error value of type E in err, which an export returned.
// It panics if err holds none.
func ErrorValue[E any](err error) E {
	value, ok := types.AsError[E](err)
	if !ok {
		panic(message("an error that the function's WIT type has no place for: ", errorText(err)))
	}
	return value
}
