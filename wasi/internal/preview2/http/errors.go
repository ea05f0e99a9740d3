package http

import (
	"context"
	"errors"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/preview2"
)

// errUnit is the error of a result without a value.
var errUnit = types.Error[types.Unit]{}

// bodyError is the error of the stream of a body.
type bodyError struct{ code httptypes.ErrorCode }

func (e *bodyError) Error() string { return "HTTP body: " + e.code.Error() }

// DebugText returns what the guest sees.
func (e *bodyError) DebugText() string { return e.code.Error() }

func (e *bodyError) Unwrap() error { return e.code }

// codeOf returns an error as wasi:http has it. Nothing of the host's is in it.
func codeOf(err error) httptypes.ErrorCode {
	var code httptypes.ErrorCode
	if errors.As(err, &code) {
		return code
	}
	return httptypes.ErrorCodeInternalError{}
}

// HTTPErrorCode returns the code of the error of a stream, if the stream is one of a
// body.
func (s *System) HTTPErrorCode(_ context.Context, err httptypes.IoError) (types.Option[httptypes.ErrorCode], error) {
	if own, ok := err.(*preview2.Error); ok {
		var code httptypes.ErrorCode
		if errors.As(own.Unwrap(), &code) {
			return types.Some(code), nil
		}
	}
	return types.None[httptypes.ErrorCode](), nil
}

// own returns a resource as this package's type of it.
func own[T any](v any) (T, error) {
	made, ok := v.(T)
	if !ok {
		return made, errors.New("the guest passes a resource that another implementation of wasi:http made")
	}
	return made, nil
}
