package vectors

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/witgen/witgen/internal/testing/interp"
	"github.com/witgen/witgen/wit"
)

// Decode returns the value of type t that text means:
//
//	bool, u8..u32, s8..s32   true, 7
//	u64, s64                 "7"
//	f32, f64                 "0x7fc00000", the bits
//	char, string             "text"
//	list, list<T, N>, tuple  [ ... ]
//	map                      [[key, value], ... ]
//	record                   {"field": ...}
//	flags                    ["flag", ...]
//	variant, enum            {"case": payload or null}
//	option, result           {"none": null}, {"some": ...}, {"ok": ...}, {"error": ...}
func Decode(r *wit.Resolve, t wit.Type, text json.RawMessage) (interp.Value, error) {
	switch k := r.Kind(t).(type) {
	case nil:
		return decodePrim(r.Dealias(t).(wit.Prim), text)
	case *wit.List:
		return decodeList(r, text, func(int) wit.Type { return k.Type }, -1)
	case *wit.FixedList:
		return decodeList(r, text, func(int) wit.Type { return k.Type }, int(k.Size))
	case *wit.Tuple:
		return decodeList(r, text, func(i int) wit.Type { return k.Types[i] }, len(k.Types))
	case *wit.Map:
		return decodeMap(r, k, text)
	case *wit.Record:
		return decodeRecord(r, k, text)
	case *wit.Flags:
		return decodeFlags(k, text)
	case *wit.Enum:
		cases := make([]wit.Case, len(k.Cases))
		for i, c := range k.Cases {
			cases[i].Name = c.Name
		}
		return decodeCase(r, cases, text)
	case *wit.Variant:
		return decodeCase(r, k.Cases, text)
	case *wit.Option:
		return decodeCase(r, []wit.Case{{Name: "none"}, {Name: "some", Type: k.Type}}, text)
	case *wit.Result:
		return decodeCase(r, []wit.Case{{Name: "ok", Type: k.OK}, {Name: "error", Type: k.Err}}, text)
	default:
		panic(fmt.Sprintf("vectors: unhandled kind %T", k))
	}
}

func decodePrim(p wit.Prim, text json.RawMessage) (interp.Value, error) {
	var b bool
	if p == wit.Bool {
		err := json.Unmarshal(text, &b)
		return b, err
	}
	s := string(text)
	if text[0] == '"' {
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, err
		}
	}
	switch p {
	case wit.U8, wit.U16, wit.U32, wit.U64:
		return strconv.ParseUint(s, 10, 64)
	case wit.S8, wit.S16, wit.S32, wit.S64:
		return strconv.ParseInt(s, 10, 64)
	case wit.F32:
		bits, err := strconv.ParseUint(s, 0, 32)
		return interp.F32(bits), err
	case wit.F64:
		bits, err := strconv.ParseUint(s, 0, 64)
		return interp.F64(bits), err
	case wit.Char:
		c, size := utf8.DecodeRuneInString(s)
		if size != len(s) {
			return nil, fmt.Errorf("%q is no char", s)
		}
		return c, nil
	case wit.String:
		return s, nil
	default:
		panic(fmt.Sprintf("vectors: unhandled primitive type %s", p))
	}
}

// decodeList decodes an array of length elements, or of any number if length is
// negative.
func decodeList(r *wit.Resolve, text json.RawMessage, elem func(int) wit.Type, length int) (interp.Value, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	if length >= 0 && len(raw) != length {
		return nil, fmt.Errorf("%d elements, not %d", len(raw), length)
	}
	list := make([]interp.Value, len(raw))
	for i := range raw {
		var err error
		if list[i], err = Decode(r, elem(i), raw[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func decodeMap(r *wit.Resolve, k *wit.Map, text json.RawMessage) (interp.Value, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	list := make([]interp.Value, len(raw))
	types := []wit.Type{k.Key, k.Value}
	for i := range raw {
		var err error
		if list[i], err = decodeList(r, raw[i], func(i int) wit.Type { return types[i] }, 2); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func decodeRecord(r *wit.Resolve, k *wit.Record, text json.RawMessage) (interp.Value, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	list := make([]interp.Value, len(k.Fields))
	for i, field := range k.Fields {
		value, ok := raw[field.Name]
		if !ok {
			return nil, fmt.Errorf("there is no field %s", field.Name)
		}
		var err error
		if list[i], err = Decode(r, field.Type, value); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func decodeFlags(k *wit.Flags, text json.RawMessage) (interp.Value, error) {
	var names []string
	if err := json.Unmarshal(text, &names); err != nil {
		return nil, err
	}
	bits := make(map[string]interp.Flags, len(k.Flags))
	for i, f := range k.Flags {
		bits[f.Name] = 1 << i
	}
	var flags interp.Flags
	for _, name := range names {
		if bits[name] == 0 {
			return nil, fmt.Errorf("there is no flag %s", name)
		}
		flags |= bits[name]
	}
	return flags, nil
}

func decodeCase(r *wit.Resolve, cases []wit.Case, text json.RawMessage) (interp.Value, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	for i, c := range cases {
		payload, ok := raw[c.Name]
		if !ok || len(raw) != 1 {
			continue
		}
		if c.Type == nil {
			return interp.Case{Index: i}, nil
		}
		v, err := Decode(r, c.Type, payload)
		return interp.Case{Index: i, Payload: v}, err
	}
	return nil, fmt.Errorf("%s is no case", text)
}
