package abi

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/wit"
)

// ErrorType returns the error type of a function in WIT, if a guest must return errors of
// that type: "" for a function without a result<T, E>, and where any error will do since E is
// string or absent. Of a type without a name it returns the kind, since the text may be of
// any length.
func (a *ABI) ErrorType(f *wit.Function) string {
	if f.Result == nil {
		return ""
	}
	result, ok := a.Resolve.Kind(f.Result).(*wit.Result)
	if !ok || result.Err == nil || a.dealias(result.Err) == wit.String {
		return ""
	}
	switch t := result.Err.(type) {
	case wit.Prim:
		return t.String()
	case wit.TypeID:
		if name := a.Resolve.Types[t].Name; name != "" {
			return name
		}
	}
	kind := fmt.Sprintf("%T", a.Resolve.Kind(result.Err))
	return strings.ToLower(kind[strings.LastIndexByte(kind, '.')+1:])
}
