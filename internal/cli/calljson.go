package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/wit"
)

// callLine is the JSON of a call (docs/call.md): a line of its own.
type callLine struct {
	Call string `json:"call"`
	// Result is left out where the function has none.
	Result json.RawMessage `json:"result,omitempty"`
	// Failed reports whether the result is an err.
	Failed bool `json:"failed"`
	// Error says why the call did not end with a result.
	Error string `json:"error,omitempty"`
	// Exit is the status with which the guest exited, if it did.
	Exit *uint32 `json:"exit,omitempty"`
}

// functionLine is the JSON of a function that --list shows.
type functionLine struct {
	Direction string      `json:"direction"` // "export" or "import"
	Interface string      `json:"interface,omitempty"`
	Name      string      `json:"name"`
	Signature string      `json:"signature"`
	Params    []paramLine `json:"params"`
	Result    string      `json:"result,omitempty"`
	// Unsupported names what keeps the function from being called.
	Unsupported string `json:"unsupported,omitempty"`
}

type paramLine struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// jsonValue returns a value of type t as JSON. resource names resources.
func jsonValue(r *wit.Resolve, t wit.Type, v any, resource func(any) string) json.RawMessage {
	w := valueWriter{r: r, resource: resource}
	w.value(t, v)
	return w.out
}

// valueWriter appends a value, which is one of its type, to out.
type valueWriter struct {
	r        *wit.Resolve
	resource func(any) string
	out      []byte
}

func (w *valueWriter) text(s string) { w.out = append(w.out, s...) }

// json appends what package json makes of a Go value.
func (w *valueWriter) json(v any) {
	var text bytes.Buffer
	if err := writeLine(&text, v); err != nil {
		panic(fmt.Sprintf("cli: %T has no JSON: %v", v, err))
	}
	w.out = append(w.out, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}

func (w *valueWriter) value(t wit.Type, v any) {
	switch k := w.r.Kind(t).(type) {
	case nil:
		w.prim(w.r.Dealias(t).(wit.Prim), v)
	case *wit.Record:
		w.text("{")
		for i, f := range k.Fields {
			w.comma(i)
			w.json(f.Name)
			w.text(":")
			w.value(f.Type, v.(value.Record)[f.Name])
		}
		w.text("}")
	case *wit.Tuple:
		w.array(len(k.Types), func(i int) { w.value(k.Types[i], v.(value.Tuple)[i]) })
	case *wit.List:
		w.list(k.Type, v)
	case *wit.FixedList:
		w.list(k.Type, v)
	case *wit.Map:
		m := v.(value.Map)
		keys := slices.SortedFunc(maps.Keys(m), value.CompareKeys)
		w.array(len(keys), func(i int) {
			w.array(2, func(part int) {
				if part == 0 {
					w.value(k.Key, keys[i])
				} else {
					w.value(k.Value, m[keys[i]])
				}
			})
		})
	case *wit.Variant:
		c := v.(value.Variant)
		i := slices.IndexFunc(k.Cases, func(other wit.Case) bool { return other.Name == c.Case })
		w.tagged(c.Case, k.Cases[i].Type, c.Value)
	case *wit.Enum:
		w.json(string(v.(value.Enum)))
	case *wit.Flags:
		set := v.(value.Flags)
		names := []string{}
		for _, l := range k.Flags {
			if slices.Contains(set, l.Name) {
				names = append(names, l.Name)
			}
		}
		w.json(names)
	case *wit.Option:
		some, ok := v.(value.Option).Get()
		_, nested := w.r.Kind(k.Type).(*wit.Option)
		switch {
		case !ok:
			w.text("null")
		case nested: // null would be none of either
			w.tagged("some", k.Type, some)
		default:
			w.value(k.Type, some)
		}
	case *wit.Result:
		if ok, failure, isOK := v.(value.Result).Get(); isOK {
			w.tagged("ok", k.OK, ok)
		} else {
			w.tagged("err", k.Err, failure)
		}
	case *wit.Own, *wit.Borrow:
		w.json(w.resource(v))
	default:
		panic(fmt.Sprintf("cli: unhandled kind %T", k))
	}
}

// prim appends a number, a boolean, a character or a string. Numbers that JSON does not
// have are strings.
func (w *valueWriter) prim(p wit.Prim, v any) {
	f := 0.0
	switch p {
	case wit.Char:
		w.json(string(v.(rune)))
		return
	case wit.F32:
		f = float64(v.(float32))
	case wit.F64:
		f = v.(float64)
	}
	switch {
	case math.IsNaN(f):
		w.text(`"nan"`)
	case math.IsInf(f, 1):
		w.text(`"inf"`)
	case math.IsInf(f, -1):
		w.text(`"-inf"`)
	default:
		w.json(v)
	}
}

// tagged appends a case with its payload, where it has one.
func (w *valueWriter) tagged(name string, t wit.Type, payload any) {
	w.text(`{"tag":`)
	w.json(name)
	if t != nil {
		w.text(`,"val":`)
		w.value(t, payload)
	}
	w.text("}")
}

func (w *valueWriter) array(n int, element func(i int)) {
	w.text("[")
	for i := range n {
		w.comma(i)
		element(i)
	}
	w.text("]")
}

func (w *valueWriter) comma(i int) {
	if i > 0 {
		w.text(",")
	}
}

func (w *valueWriter) list(elem wit.Type, v any) {
	w.text("[")
	i := 0
	for e := range value.Elements(v) {
		w.comma(i)
		w.value(elem, e)
		i++
	}
	w.text("]")
}
