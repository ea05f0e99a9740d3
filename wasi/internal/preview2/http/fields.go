package http

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/preview2"
)

// Fields is the resource fields. It keeps the order of the fields and the letters of
// their names, whose case does not matter.
type Fields struct {
	preview2.Resource
	sys     *System
	list    []Field
	size    int64 // that the instance is charged for
	mutable bool
}

// fieldCost is what a field counts beside its text.
const fieldCost = 32

func sizeOf(list []Field) (n int64) {
	for _, f := range list {
		n += int64(fieldCost + len(f.Name) + len(f.Value))
	}
	return n
}

// newFields returns fields of their own, which the guest may change.
func (s *System) newFields(list []Field) (*Fields, error) {
	f := &Fields{sys: s, mutable: true}
	f.Init("fields", nil, func(context.Context) error { s.release(f.size); return nil })
	return f, f.update(list)
}

// view returns the fields of a message, which do not change, and which depend on it.
func (s *System) view(parent *preview2.Resource, list []Field) *Fields {
	f := &Fields{sys: s, list: list}
	f.Init("fields", parent, nil)
	return f
}

var errLargeFields = errors.New("the guest makes larger fields of an HTTP message than the limit")

// update has f be list, which f may keep.
func (f *Fields) update(list []Field) error {
	size := sizeOf(list)
	if size > int64(f.sys.limits.Fields) {
		return errLargeFields
	}
	if err := f.sys.charge(size - f.size); err != nil {
		return err
	}
	if size < f.size {
		f.sys.release(f.size - size)
	}
	f.list, f.size = list, size
	return nil
}

// take takes the fields that become those of a message, and what they are charged.
func (s *System) take(ctx context.Context, v httptypes.Fields) (list []Field, size int64, err error) {
	f, err := own[*Fields](v)
	if err != nil {
		return nil, 0, err
	}
	list, size = f.list, f.size
	if f.mutable {
		f.size = 0 // the charge goes over
		return list, size, f.Drop(ctx)
	}
	s.work(list)
	size = sizeOf(list)
	if err := s.charge(size); err != nil {
		return nil, 0, err
	}
	return list, size, f.Drop(ctx)
}

// NewFields returns fields without any.
func (s *System) NewFields(context.Context) (httptypes.Fields, error) { return s.newFields(nil) }

// FieldsFromList returns fields in an order.
func (s *System) FieldsFromList(_ context.Context, entries []types.Tuple2[string, []byte]) (httptypes.Fields, error) {
	list := make([]Field, 0, len(entries))
	for _, e := range entries {
		if err := checkName(e.F0); err != nil {
			return nil, err
		}
		list = append(list, Field{Name: e.F0, Value: e.F1})
	}
	if err := checkValues(list); err != nil {
		return nil, err
	}
	return s.newFields(list)
}

// is returns what reports whether a field has a name.
func is(name string) func(Field) bool {
	return func(f Field) bool { return strings.EqualFold(f.Name, name) }
}

// Get returns the values of a name, in their order.
func (f *Fields) Get(_ context.Context, name string) ([][]byte, error) {
	f.sys.work(f.list)
	var values [][]byte
	for _, field := range f.list {
		if is(name)(field) {
			values = append(values, field.Value)
		}
	}
	return values, nil
}

// Has reports whether there is a value of a name.
func (f *Fields) Has(_ context.Context, name string) (bool, error) {
	f.sys.work(f.list)
	return slices.ContainsFunc(f.list, is(name)), nil
}

// change has f be what edit makes of a copy of the list.
func (f *Fields) change(name string, edit func([]Field) []Field) error {
	f.sys.work(f.list)
	if err := checkName(name); err != nil {
		return err
	}
	if !f.mutable {
		return httptypes.HeaderErrorImmutable{}
	}
	list := edit(slices.Clone(f.list))
	if err := checkValues(list); err != nil {
		return err
	}
	return f.update(list)
}

// Set has a name have these values, after all other fields.
func (f *Fields) Set(_ context.Context, name string, values [][]byte) error {
	return f.change(name, func(list []Field) []Field {
		list = slices.DeleteFunc(list, is(name))
		for _, v := range values {
			list = append(list, Field{Name: name, Value: v})
		}
		return list
	})
}

// Delete removes all values of a name.
func (f *Fields) Delete(_ context.Context, name string) error {
	return f.change(name, func(list []Field) []Field { return slices.DeleteFunc(list, is(name)) })
}

// Append adds a field after all others.
func (f *Fields) Append(_ context.Context, name string, value []byte) error {
	if err := checkName(name); err != nil {
		return err
	}
	if !f.mutable {
		return httptypes.HeaderErrorImmutable{}
	}
	added := Field{Name: name, Value: value}
	if is("content-length")(added) {
		return f.change(name, func(list []Field) []Field { return append(list, added) })
	}
	if !validValue(value) {
		return httptypes.HeaderErrorInvalidSyntax{}
	}
	size := f.size + sizeOf([]Field{added})
	if size > int64(f.sys.limits.Fields) {
		return errLargeFields
	}
	if err := f.sys.charge(size - f.size); err != nil {
		return err
	}
	f.list, f.size = append(f.list, added), size
	return nil
}

// Entries returns all fields in their order.
func (f *Fields) Entries(context.Context) ([]types.Tuple2[string, []byte], error) {
	f.sys.work(f.list)
	entries := make([]types.Tuple2[string, []byte], len(f.list))
	for n, field := range f.list {
		entries[n] = types.Tuple2[string, []byte]{F0: field.Name, F1: field.Value}
	}
	return entries, nil
}

// Clone returns a copy, which the guest may change.
func (f *Fields) Clone(context.Context) (httptypes.Fields, error) {
	f.sys.work(f.list)
	return f.sys.newFields(slices.Clone(f.list))
}

// forbidden are the fields that are the connection's business. A guest neither sees nor
// sets them.
var forbidden = []string{"connection", "host", "http2-settings", "keep-alive", "proxy-authenticate", "proxy-authorization",
	"proxy-connection", "transfer-encoding", "upgrade"}

// Forbidden reports whether guests neither see nor set a field.
func Forbidden(name string) bool { return slices.Contains(forbidden, strings.ToLower(name)) }

func checkName(name string) error {
	if !validToken(name) {
		return httptypes.HeaderErrorInvalidSyntax{}
	}
	if Forbidden(name) {
		return httptypes.HeaderErrorForbidden{}
	}
	return nil
}

// checkValues refuses values that would end their field early, and lengths of the body
// that do not agree: either would let a guest write messages that two readers take for
// different ones.
func checkValues(list []Field) error {
	for _, f := range list {
		if !validValue(f.Value) {
			return httptypes.HeaderErrorInvalidSyntax{}
		}
	}
	if _, err := contentLength(list); err != nil {
		return httptypes.HeaderErrorInvalidSyntax{}
	}
	return nil
}

// validToken reports whether text is a token of RFC 9110, section 5.6.2.
func validToken(text string) bool {
	for n := range len(text) {
		c := text[n]
		alpha := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !alpha && (c < '0' || c > '9') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

// validValue reports whether a value is one of RFC 9110, section 5.5.
func validValue(value []byte) bool {
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

var errLength = errors.New("content-length is not one number")

// contentLength returns the length of the body that fields state, or -1.
func contentLength(list []Field) (int64, error) {
	length := int64(-1)
	for _, f := range list {
		if !is("content-length")(f) {
			continue
		}
		n := int64(0)
		if len(f.Value) == 0 || len(f.Value) > 18 {
			return 0, errLength
		}
		for _, c := range f.Value {
			if c < '0' || c > '9' {
				return 0, errLength
			}
			n = 10*n + int64(c-'0')
		}
		if length >= 0 && n != length {
			return 0, errLength
		}
		length = n
	}
	return length, nil
}
