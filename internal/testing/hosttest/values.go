package hosttest

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
)

// EchoBool implements values.Interface.
func (Values) EchoBool(_ context.Context, v bool) (bool, error) { return v, nil }

// EchoU8 implements values.Interface.
func (Values) EchoU8(_ context.Context, v uint8) (uint8, error) { return v, nil }

// EchoS8 implements values.Interface.
func (Values) EchoS8(_ context.Context, v int8) (int8, error) { return v, nil }

// EchoU16 implements values.Interface.
func (Values) EchoU16(_ context.Context, v uint16) (uint16, error) { return v, nil }

// EchoS16 implements values.Interface.
func (Values) EchoS16(_ context.Context, v int16) (int16, error) { return v, nil }

// EchoU32 implements values.Interface.
func (Values) EchoU32(_ context.Context, v uint32) (uint32, error) { return v, nil }

// EchoU64 implements values.Interface.
func (Values) EchoU64(_ context.Context, v uint64) (uint64, error) { return v, nil }

// EchoF32 implements values.Interface.
func (Values) EchoF32(_ context.Context, v float32) (float32, error) { return v, nil }

// EchoF64 implements values.Interface.
func (Values) EchoF64(_ context.Context, v float64) (float64, error) { return v, nil }

// EchoChar implements values.Interface.
func (Values) EchoChar(_ context.Context, v rune) (rune, error) { return v, nil }

// EchoColor implements values.Interface.
func (Values) EchoColor(_ context.Context, v values.Color) (values.Color, error) { return v, nil }

// EchoPerms implements values.Interface.
func (Values) EchoPerms(_ context.Context, v values.Perms) (values.Perms, error) { return v, nil }

// EchoString implements values.Interface.
func (Values) EchoString(_ context.Context, v string) (string, error) { return v, nil }

// EchoBytes implements values.Interface.
func (Values) EchoBytes(_ context.Context, v []byte) ([]byte, error) { return v, nil }

// EchoNumbers implements values.Interface.
func (Values) EchoNumbers(_ context.Context, v []uint32) ([]uint32, error) { return v, nil }

// EchoWide implements values.Interface.
func (Values) EchoWide(_ context.Context, v []uint64) ([]uint64, error) { return v, nil }

// EchoChars implements values.Interface.
func (Values) EchoChars(_ context.Context, v []rune) ([]rune, error) { return v, nil }

// EchoBools implements values.Interface.
func (Values) EchoBools(_ context.Context, v []bool) ([]bool, error) { return v, nil }

// EchoStrings implements values.Interface.
func (Values) EchoStrings(_ context.Context, v []string) ([]string, error) { return v, nil }

// EchoLists implements values.Interface.
func (Values) EchoLists(_ context.Context, v [][]uint64) ([][]uint64, error) { return v, nil }

// EchoPerson implements values.Interface.
func (Values) EchoPerson(_ context.Context, v values.Person) (values.Person, error) { return v, nil }

// EchoPeople implements values.Interface.
func (Values) EchoPeople(_ context.Context, v []values.Person) ([]values.Person, error) {
	return v, nil
}

// EchoShape implements values.Interface.
func (Values) EchoShape(_ context.Context, v values.Shape) (values.Shape, error) { return v, nil }

// EchoShapes implements values.Interface.
func (Values) EchoShapes(_ context.Context, v []values.Shape) ([]values.Shape, error) { return v, nil }

// EchoGroups implements values.Interface.
func (Values) EchoGroups(_ context.Context, v [][]values.Shape) ([][]values.Shape, error) {
	return v, nil
}

// EchoOption implements values.Interface.
func (Values) EchoOption(_ context.Context, v types.Option[uint32]) (types.Option[uint32], error) {
	return v, nil
}

// EchoOutcome implements values.Interface.
func (Values) EchoOutcome(_ context.Context, v types.Tuple2[types.Result[uint32, string], uint8]) (types.Result[uint32, string], uint8, error) {
	return v.F0, v.F1, nil
}

// EchoMap implements values.Interface.
func (Values) EchoMap(_ context.Context, v map[uint32]string) (map[uint32]string, error) {
	return v, nil
}

// EchoFixed implements values.Interface.
func (Values) EchoFixed(_ context.Context, v [3]uint16) ([3]uint16, error) { return v, nil }
