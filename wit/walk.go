package wit

import "fmt"

// EachType calls visit for every type that k refers to directly, in the order of
// the text. A handle refers to its resource. Absent payloads are left out.
func EachType(k Kind, visit func(Type)) {
	Rewrite(k, func(t Type) Type {
		visit(t)
		return t
	})
}

// Rewrite returns a copy of k in which every type that k refers to directly is
// replaced by what replace makes of it. For the resource of a handle, replace
// must return a TypeID. A kind that refers to no type is returned as it is.
func Rewrite(k Kind, replace func(Type) Type) Kind {
	optional := func(t Type) Type {
		if t == nil {
			return nil
		}
		return replace(t)
	}
	switch k := k.(type) {
	case *Record:
		fields := make([]Field, len(k.Fields))
		for i, f := range k.Fields {
			f.Type = replace(f.Type)
			fields[i] = f
		}
		return &Record{fields}
	case *Variant:
		cases := make([]Case, len(k.Cases))
		for i, c := range k.Cases {
			c.Type = optional(c.Type)
			cases[i] = c
		}
		return &Variant{cases}
	case *Tuple:
		types := make([]Type, len(k.Types))
		for i, t := range k.Types {
			types[i] = replace(t)
		}
		return &Tuple{types}
	case *Option:
		return &Option{replace(k.Type)}
	case *Result:
		return &Result{OK: optional(k.OK), Err: optional(k.Err)}
	case *List:
		return &List{replace(k.Type)}
	case *FixedList:
		return &FixedList{replace(k.Type), k.Size}
	case *Map:
		return &Map{replace(k.Key), replace(k.Value)}
	case *Stream:
		return &Stream{optional(k.Type)}
	case *Future:
		return &Future{optional(k.Type)}
	case *Own:
		return &Own{replace(k.Resource).(TypeID)}
	case *Borrow:
		return &Borrow{replace(k.Resource).(TypeID)}
	case *Alias:
		return &Alias{replace(k.Type)}
	case *Flags, *Enum, *Resource:
		return k
	default:
		panic(fmt.Sprintf("wit: unhandled kind %T", k))
	}
}
