package maker

import "github.com/witgen/witgen/wit"

// needs are the options that lowering or lifting a function needs.
type needs struct{ memory, realloc, encoding bool }

// needsOf returns the needs of f, which is an export where lifted is true.
func (in *input) needsOf(f *wit.Function, lifted bool) needs {
	params, result := in.abi.ParamsInMemory(f), in.abi.ResultInMemory(f)
	paramLists, resultLists := false, f.Result != nil && in.hasList(f.Result)
	seen := make(map[wit.TypeID]bool)
	n := needs{encoding: f.Result != nil && in.hasString(f.Result, seen)}
	for _, p := range f.Params {
		paramLists = paramLists || in.hasList(p.Type)
		n.encoding = n.encoding || in.hasString(p.Type, seen)
	}
	n.memory = params || result || paramLists || resultLists
	if lifted {
		n.realloc = params || paramLists
	} else {
		n.realloc = resultLists
	}
	return n
}

// hasList reports whether values of a type are or contain lists, strings or maps,
// which go through memory.
func (in *input) hasList(t wit.Type) bool {
	id, ok := t.(wit.TypeID)
	if !ok {
		return t == wit.String
	}
	if has, ok := in.lists[id]; ok {
		return has
	}
	has := false
	switch k := in.r.Types[id].Kind.(type) {
	case *wit.List, *wit.Map:
		has = true
	case *wit.Stream, *wit.Future, *wit.Own, *wit.Borrow, *wit.Resource:
	default:
		wit.EachType(k, func(t wit.Type) { has = has || in.hasList(t) })
	}
	in.lists[id] = has
	return has
}

// hasString reports whether values of a type contain a string, for which the string
// encoding counts.
func (in *input) hasString(t wit.Type, seen map[wit.TypeID]bool) bool {
	id, ok := t.(wit.TypeID)
	if !ok {
		return t == wit.String
	}
	if seen[id] {
		return false
	}
	seen[id] = true
	has := false
	switch k := in.r.Types[id].Kind.(type) {
	case *wit.Own, *wit.Borrow, *wit.Resource, *wit.Stream, *wit.Future:
	default:
		wit.EachType(k, func(t wit.Type) { has = has || in.hasString(t, seen) })
	}
	return has
}
