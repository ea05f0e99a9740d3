package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/dynamic/wave"
	"github.com/witgen/witgen/wit"
)

// callSession is the calls of one run, with the resources that they returned.
type callSession struct {
	ctx       context.Context
	plugin    *dynamic.Plugin
	inst      *dynamic.Instance
	resources map[string]*dynamic.Resource
	// result is the name that the call at hand gives to the resource in its
	// result, or "".
	result string
	// json says that results are wanted in JSON, and not in WAVE.
	json bool
}

// call makes one call. out is its result, and "" where it has none; failed tells that it
// is an err.
func (s *callSession) call(text string) (out string, failed bool, err error) {
	bad := func(err error) (string, bool, error) { return "", false, fmt.Errorf("%s: %w", text, err) }
	c, err := wave.ParseCall(text)
	if err != nil {
		return bad(err)
	}
	f, self, err := s.function(c)
	if err != nil {
		return bad(err)
	}
	if f == nil {
		if err := s.drop(c); err != nil {
			return bad(err)
		}
		return "", false, nil
	}
	codec := s.codec()
	params := f.Func.Params
	if self != nil {
		params = params[1:]
	}
	if f.Unsupported != "" {
		params = nil // they may have no text; the call says why it cannot be made
	}
	if s.result = c.Result; s.result != "" && (f.Func.Result == nil || !holdsResource(f.Resolve, f.Func.Result)) {
		return bad(fmt.Errorf("the result of %s holds no resource that %s could name", f.Name, c.Result))
	}
	var args []any
	if f.Unsupported == "" {
		if args, err = codec.Args(c, params); err != nil {
			return bad(err)
		}
	}
	if self != nil {
		args = append([]any{self}, args...)
	}
	v, err := s.inst.CallFunction(s.ctx, f, args...)
	var badValue *host.BadValueError
	switch {
	case errors.As(err, &badValue): // it names the parameter and not the function
		return bad(err)
	case err != nil || f.Func.Result == nil:
		return "", false, wrong(err)
	}
	if r, ok := v.(value.Result); ok {
		_, _, isOK := r.Get()
		failed = !isOK
	}
	if s.json {
		return string(jsonValue(f.Resolve, f.Func.Result, v, func(r any) string { return s.name(r.(*dynamic.Resource)) })), failed, nil
	}
	out, err = codec.Format(f.Func.Result, v)
	return out, failed, err
}

// function finds the function that a call names, and the resource whose method it
// is where the call is of the form c.get(). It returns nil for drop(c).
func (s *callSession) function(c *wave.Call) (*dynamic.Function, *dynamic.Resource, error) {
	if name, method, ok := strings.Cut(c.Func, "."); ok {
		if r := s.resources[name]; r != nil {
			f, err := r.Method(method)
			return f, r, err
		}
	}
	f, err := s.plugin.Lookup(c.Func)
	if err != nil && c.Func == "drop" && c.Result == "" {
		return nil, nil, nil
	}
	return f, nil, err
}

// drop destroys the resource that a call of drop names. An error of its destructor is
// the guest's.
func (s *callSession) drop(c *wave.Call) error {
	codec := s.codec()
	// The argument is any resource: one of a type that nothing else is of.
	resolve := &wit.Resolve{Types: []*wit.TypeDef{{Name: "resource", Kind: &wit.Resource{}}, {Kind: &wit.Own{Resource: 0}}}}
	codec.Resolve = resolve
	args, err := codec.Args(c, []wit.Param{{Name: "resource", Type: wit.TypeID(1)}})
	if err != nil {
		return err
	}
	return wrong(args[0].(*dynamic.Resource).Close(s.ctx))
}

// codec reads and writes values, with names for resources.
func (s *callSession) codec() *wave.Codec {
	r, _ := s.plugin.Guest().World()
	return &wave.Codec{
		Resolve:        r,
		ParseResource:  func(_ wit.Type, name string) (any, error) { return s.resource(name) },
		FormatResource: func(_ wit.Type, v any) (string, error) { return s.name(v.(*dynamic.Resource)), nil },
	}
}

func (s *callSession) resource(name string) (*dynamic.Resource, error) {
	r := s.resources[name]
	if r == nil {
		return nil, fmt.Errorf("no call before this one returned a resource %s", name)
	}
	return r, nil
}

// name gives a resource a name: the one that the call asks for, for the first
// resource of its result, else that of its type and a number.
func (s *callSession) name(r *dynamic.Resource) string {
	base, name := s.result, s.result
	s.result = ""
	if base == "" {
		_, base, _ = strings.Cut(r.Name(), "#")
		name = base + "-1"
		for n := 2; s.resources[name] != nil; n++ {
			name = fmt.Sprintf("%s-%d", base, n)
		}
	}
	s.resources[name] = r
	return name
}

// holdsResource reports whether a type holds a resource, at any depth.
func holdsResource(r *wit.Resolve, t wit.Type) bool {
	if id, ok := r.Dealias(t).(wit.TypeID); ok {
		k := r.Types[id].Kind
		if _, ok := k.(*wit.Own); ok {
			return true
		}
		found := false
		if _, ok := k.(*wit.Borrow); !ok {
			wit.EachType(k, func(part wit.Type) { found = found || holdsResource(r, part) })
		}
		return found
	}
	return false
}
