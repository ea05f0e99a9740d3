package abi

import (
	"fmt"

	"github.com/witgen/witgen/wit"
)

// Description is what "witgen abi --json" says of a function.
type Description struct {
	// Interface is the qualified name of the interface, nil for a function that
	// has none.
	Interface *string            `json:"interface"`
	Name      string             `json:"name"`
	Params    []ParamDescription `json:"params"`
	Result    *TypeDescription   `json:"result"`
	// Lift is the core signature of the function exported, Lower of it imported.
	Lift  Signature `json:"lift"`
	Lower Signature `json:"lower"`
}

// ParamDescription is a parameter's name and its type's layout.
type ParamDescription struct {
	Name string `json:"name"`
	TypeDescription
}

// TypeDescription is the layout of a type.
type TypeDescription struct {
	Size  uint64 `json:"size"`
	Align uint32 `json:"align"`
	Flat  []Core `json:"flat"`
}

// maxDescribed is the most flat values that a description spells out.
const maxDescribed = 1 << 20

// Describe returns the description of a function of the named interface, or of
// none where iface is empty. A type of more than a million
// flat values is an error.
func (a *ABI) Describe(iface string, f *wit.Function) (*Description, error) {
	d := &Description{Name: f.Name, Params: []ParamDescription{}}
	if iface != "" {
		d.Interface = &iface
	}
	for _, p := range f.Params {
		t, err := a.describeType(p.Type)
		if err != nil {
			return nil, fmt.Errorf("parameter %s of %s: %w", p.Name, f.Name, err)
		}
		d.Params = append(d.Params, ParamDescription{p.Name, *t})
	}
	if f.Result != nil {
		t, err := a.describeType(f.Result)
		if err != nil {
			return nil, fmt.Errorf("result of %s: %w", f.Name, err)
		}
		d.Result = t
	}
	d.Lift, d.Lower = a.Lift(f), a.Lower(f)
	for _, s := range []*Signature{&d.Lift, &d.Lower} {
		s.Params, s.Results = orEmpty(s.Params), orEmpty(s.Results)
	}
	return d, nil
}

func (a *ABI) describeType(t wit.Type) (*TypeDescription, error) {
	if a.FlatCount(t) > maxDescribed {
		return nil, fmt.Errorf("its type flattens to more than %d values", maxDescribed)
	}
	return &TypeDescription{Size: a.Size(t), Align: a.Align(t), Flat: orEmpty(a.Flat(t))}, nil
}

// orEmpty makes nil an empty list, which JSON shows as one.
func orEmpty(types []Core) []Core {
	if types == nil {
		return []Core{}
	}
	return types
}

// MarshalText returns the type's name.
func (c Core) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText takes the name that MarshalText gives.
func (c *Core) UnmarshalText(text []byte) error {
	for _, core := range []Core{I32, I64, F32, F64} {
		if core.String() == string(text) {
			*c = core
			return nil
		}
	}
	return fmt.Errorf("%q is no core type", text)
}
