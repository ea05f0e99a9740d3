package bind

import (
	"encoding/binary"
	"math"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
)

// What generated code does in many places has a name here, so that a body reads as
// what it does. Nothing here does anything that the rest of the package does not.

// Run is Finish for a function without a result.
func (c *Call) Run() error {
	_, err := c.Finish()
	return err
}

// InvokeCore is Invoke, and returns the core result, as wazero has it. It is 0 where
// the call has failed.
func (c *Call) InvokeCore() uint64 {
	if !c.Invoke() {
		return 0
	}
	return c.Stack[0]
}

// InvokeView is Invoke, and Area of the size bytes that the core result points to: for
// a function whose result lies in memory.
func (c *Call) InvokeView(size, align uint32) []byte {
	if !c.Invoke() {
		return zeroArea(size)
	}
	return c.Area(uint32(c.Stack[0]), size, align)
}

// Area is View for a caller who goes on in any case: where the call has failed, the
// area is one of zeros, and what is lifted from it is not used.
func (c *Call) Area(ptr, size, align uint32) []byte {
	area, ok := c.View(ptr, size, align)
	if !ok {
		return zeroArea(size)
	}
	return area
}

// zeros is the area of calls that have failed.
var zeros [1024]byte

func zeroArea(size uint32) []byte {
	if size > uint32(len(zeros)) {
		return make([]byte, size)
	}
	return zeros[:size:size]
}

// ResultArea returns the pointer on the Stack to which the result of an import is
// lowered, as CheckArea has checked it.
func (c *Call) ResultArea(param int, size, align uint32) (ptr uint32) {
	ptr = uint32(c.Stack[param])
	c.CheckArea(ptr, size, align)
	return ptr
}

// EndWith is End for a function that returned err as its error in WIT, or nil: it
// returns err where the call itself has no error.
func (c *Call) EndWith(err error) error {
	if trap := c.End(); trap != nil {
		return trap
	}
	return err
}

// Return is Fail for an error that may be nil: it ends a call of an import with the
// error that the implementation returned, where WIT has no error.
func (c *Call) Return(err error) {
	if err != nil {
		c.Fail(err)
	}
}

// ErrorValue is AsError for a caller who goes on in any case: where the error is not
// the guest's, the call has failed, and the rest of it does nothing.
func ErrorValue[E any](c *Call, err error) E {
	e, _ := AsError[E](c, err)
	return e
}

// ErrorString is ErrorText likewise.
func (c *Call) ErrorString(err error) string {
	text, _ := c.ErrorText(err)
	return text
}

// LiftSome reports whether a discriminant is that of some. It fails the call where it
// is not none's either.
func (c *Call) LiftSome(disc uint32) bool {
	if disc > 1 {
		c.BadDiscriminant(disc, 2)
	}
	return disc == 1
}

// LoadSome is LiftSome for the byte in memory.
func (c *Call) LoadSome(disc byte) bool { return c.LiftSome(uint32(disc)) }

// LiftOK reports whether a discriminant is that of ok. It fails the call where it is
// not err's either.
func (c *Call) LiftOK(disc uint32) bool {
	if disc > 1 {
		c.BadDiscriminant(disc, 2)
	}
	return disc == 0
}

// LoadOK is LiftOK for the byte in memory.
func (c *Call) LoadOK(disc byte) bool { return c.LiftOK(uint32(disc)) }

// StoreSome stores the discriminant of an option, and returns whether it is some's.
func (c *Call) StoreSome(ptr uint32, some bool) bool {
	c.StoreBool(ptr, some)
	return some
}

// StoreOK stores the discriminant of a result, and returns whether it is ok's.
func (c *Call) StoreOK(ptr uint32, ok bool) bool {
	c.StoreBool(ptr, !ok)
	return ok
}

// Uint16 returns the number in the first two bytes of an area.
func Uint16(area []byte) uint16 { return binary.LittleEndian.Uint16(area) }

// Uint32 returns the number in the first four bytes of an area.
func Uint32(area []byte) uint32 { return binary.LittleEndian.Uint32(area) }

// Uint64 returns the number in the first eight bytes of an area.
func Uint64(area []byte) uint64 { return binary.LittleEndian.Uint64(area) }

// Float32 returns the number in the first four bytes of an area.
func Float32(area []byte) float32 { return math.Float32frombits(Uint32(area)) }

// Float64 returns the number in the first eight bytes of an area.
func Float64(area []byte) float64 { return math.Float64frombits(Uint64(area)) }

// LoadString is LiftString for the pointer and the length at the beginning of an
// area.
func (c *Call) LoadString(area []byte) string {
	return c.LiftString(Uint32(area), Uint32(area[4:]))
}

// StoreString lowers a string, and stores its pointer and its length at ptr.
func (c *Call) StoreString(ptr uint32, s string) {
	start, n := c.LowerString(s)
	c.storePair(ptr, start, n)
}

func (c *Call) storePair(at, ptr, n uint32) {
	c.StoreUint32(at, ptr)
	c.StoreUint32(at+4, n)
}

// PutString lowers a string, and puts its pointer and its length on the Stack from
// place i on.
func (c *Call) PutString(i int, s string) {
	ptr, n := c.LowerString(s)
	c.putPair(i, ptr, n)
}

func (c *Call) putPair(i int, ptr, n uint32) {
	stack := c.Stack[i : i+2]
	stack[0], stack[1] = uint64(ptr), uint64(n)
}

// TakeString is LiftString for the pointer and the length on the Stack from place i on.
func (c *Call) TakeString(i int) string { return c.LiftString(c.pair(i)) }

func (c *Call) pair(i int) (ptr, n uint32) {
	stack := c.Stack[i : i+2]
	return uint32(stack[0]), uint32(stack[1])
}

// PutNumbers lowers a list of plain numbers like PutString.
func PutNumbers[T number](c *Call, i int, list []T) {
	ptr, n := LowerNumbers(c, list)
	c.putPair(i, ptr, n)
}

// TakeNumbers is LiftNumbers like TakeString.
func TakeNumbers[T number](c *Call, i int) []T {
	ptr, n := c.pair(i)
	return LiftNumbers[T](c, ptr, n)
}

// LoadNumbers is LiftNumbers for the pointer and the length at the beginning of an
// area.
func LoadNumbers[T number](c *Call, area []byte) []T {
	return LiftNumbers[T](c, Uint32(area), Uint32(area[4:]))
}

// StoreNumbers lowers a list of plain numbers, and stores its pointer and its length
// at ptr.
func StoreNumbers[T number](c *Call, ptr uint32, list []T) {
	start, n := LowerNumbers(c, list)
	c.storePair(ptr, start, n)
}

// LiftStrings lifts a list<string>.
func (c *Call) LiftStrings(ptr, n uint32) []string {
	region, list := LiftList[string](c, ptr, n, 8, 4)
	for region, part := range LiftPieces(c, region, list, 8) {
		for i := range part {
			part[i] = c.LoadString(region[8*i:])
		}
	}
	return list
}

// TakeStrings is LiftStrings like TakeString.
func (c *Call) TakeStrings(i int) []string { return c.LiftStrings(c.pair(i)) }

// LoadStrings is LiftStrings for the pointer and the length at the beginning of an
// area.
func (c *Call) LoadStrings(area []byte) []string {
	return c.LiftStrings(Uint32(area), Uint32(area[4:]))
}

// LowerStrings lowers a list<string> to new memory.
func (c *Call) LowerStrings(list []string) (ptr, n uint32) {
	ptr = c.LowerList(len(list), 8, 4)
	for start, part := range LowerPieces(c, ptr, list, 8) {
		for i, s := range part {
			c.StoreString(start+8*uint32(i), s)
		}
	}
	return ptr, uint32(len(list))
}

// PutStrings lowers a list<string> like PutString.
func (c *Call) PutStrings(i int, list []string) {
	ptr, n := c.LowerStrings(list)
	c.putPair(i, ptr, n)
}

// StoreStrings lowers a list<string>, and stores its pointer and its length at ptr.
func (c *Call) StoreStrings(ptr uint32, list []string) {
	start, n := c.LowerStrings(list)
	c.storePair(ptr, start, n)
}

// LoadList is LiftList for the pointer and the length at the beginning of an area.
func LoadList[T any](c *Call, area []byte, size, align uint32) (region []byte, list []T) {
	return LiftList[T](c, Uint32(area), Uint32(area[4:]), size, align)
}

// StoreList stores the address and the length of a list or map, whose elements are
// stored, at ptr.
func (c *Call) StoreList(ptr, elements uint32, n int) { c.storePair(ptr, elements, uint32(n)) }

// LoadMap is LiftMap for the pointer and the length at the beginning of an area.
func LoadMap[K comparable, V any](c *Call, area []byte, size, align uint32) (region []byte, m map[K]V) {
	return LiftMap[K, V](c, Uint32(area), Uint32(area[4:]), size, align)
}

// Bind gives each of funcs the function of its number.
func (e Exports) Bind(funcs ...*Func) {
	for number, f := range funcs {
		*f = e.Func(number)
	}
}

// First returns the first of what several checks found, and nil where they found
// nothing.
func First(checks ...*host.BadValueError) *host.BadValueError {
	for _, bad := range checks {
		if bad != nil {
			return bad
		}
	}
	return nil
}

// CheckEach refuses a list of elements of size bytes each that CheckList or check
// refuses.
func CheckEach[T any](list []T, size uint32, check func(T) *host.BadValueError) *host.BadValueError {
	if bad := CheckList(len(list), size); bad != nil {
		return bad
	}
	for i, v := range list {
		if bad := check(v); bad != nil {
			return bad.At(i)
		}
	}
	return nil
}

// CheckMap refuses a map of entries of size bytes each of which CheckList refuses as
// many, or of which check refuses one.
func CheckMap[K comparable, V any](m map[K]V, size uint32, check func(K, V) *host.BadValueError) *host.BadValueError {
	if bad := CheckList(len(m), size); bad != nil {
		return bad
	}
	for key, v := range m {
		if bad := check(key, v); bad != nil {
			return bad.AtKey(key)
		}
	}
	return nil
}

// CheckSome refuses an option that holds what check refuses.
func CheckSome[T any](o types.Option[T], check func(T) *host.BadValueError) *host.BadValueError {
	if v, ok := o.Get(); ok {
		return check(v)
	}
	return nil
}

// CheckResult refuses a result whose payload a check refuses. A check that is nil
// refuses nothing.
func CheckResult[T, E any](r types.Result[T, E], check func(T) *host.BadValueError, checkErr func(E) *host.BadValueError) *host.BadValueError {
	v, e, ok := r.Get()
	switch {
	case ok && check != nil:
		return check(v)
	case !ok && checkErr != nil:
		return checkErr(e)
	}
	return nil
}
