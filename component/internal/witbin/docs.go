package witbin

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/witgen/witgen/wit"
)

// docsSection is the custom section that holds the documentation and the gates of
// a WIT package, which component types have no place for: a version byte and JSON.
const docsSection = "package-docs"

// docsVersion is the version of the section that is written. Version 0, which
// lacks gates, is read too.
const docsVersion = 1

// The JSON of the section. Maps keep their order, so that what is written follows
// the order of the model.
type (
	docsPackage struct {
		Docs       *string                   `json:"docs,omitempty"`
		Worlds     orderedMap[docsWorld]     `json:"worlds,omitzero"`
		Interfaces orderedMap[docsInterface] `json:"interfaces,omitzero"`
	}
	docsWorld struct {
		Docs      *string       `json:"docs,omitempty"`
		Stability docsStability `json:"stability,omitzero"`
		// Interfaces and Funcs are imports; in version 0 exports too, unless an
		// import has the name.
		Interfaces       orderedMap[docsInterface] `json:"interfaces,omitzero"`
		Types            orderedMap[docsType]      `json:"types,omitzero"`
		Funcs            orderedMap[docsFunc]      `json:"funcs,omitzero"`
		InterfaceExports orderedMap[docsInterface] `json:"interface_exports,omitzero"`
		FuncExports      orderedMap[docsFunc]      `json:"func_exports,omitzero"`
		// The four below are for interfaces that a world names.
		ImportStability orderedMap[docsStability] `json:"interface_import_stability,omitzero"`
		ExportStability orderedMap[docsStability] `json:"interface_export_stability,omitzero"`
		ImportDocs      orderedMap[string]        `json:"interface_import_docs,omitzero"`
		ExportDocs      orderedMap[string]        `json:"interface_export_docs,omitzero"`
	}
	docsInterface struct {
		Docs      *string              `json:"docs,omitempty"`
		Stability docsStability        `json:"stability,omitzero"`
		Funcs     orderedMap[docsFunc] `json:"funcs,omitzero"`
		Types     orderedMap[docsType] `json:"types,omitzero"`
	}
	docsFunc struct {
		Docs      *string       `json:"docs,omitempty"`
		Stability docsStability `json:"stability,omitzero"`
	}
	docsType struct {
		Docs      *string       `json:"docs,omitempty"`
		Stability docsStability `json:"stability,omitzero"`
		// Items are the docs of fields, cases and flags.
		Items orderedMap[string] `json:"items,omitzero"`
	}
	docsStability struct {
		Stable   *docsGate `json:"stable,omitempty"`
		Unstable *docsGate `json:"unstable,omitempty"`
	}
	docsGate struct {
		Since      string `json:"since,omitempty"`
		Feature    string `json:"feature,omitempty"`
		Deprecated string `json:"deprecated,omitempty"`
	}
)

// UnmarshalJSON reads a function's entry: an object, or in version 0 its docs.
func (f *docsFunc) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		type plain docsFunc
		return strictJSON(data, (*plain)(f))
	}
	return json.Unmarshal(data, &f.Docs)
}

// strictJSON is json.Unmarshal that refuses unknown members.
func strictJSON(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// orderedMap is a JSON object whose members keep their order.
type orderedMap[T any] struct {
	names  []string
	values []T
}

// IsZero reports whether the map is empty.
func (m orderedMap[T]) IsZero() bool { return len(m.names) == 0 }

func (m *orderedMap[T]) add(name string, value T) {
	m.names = append(m.names, name)
	m.values = append(m.values, value)
}

// MarshalJSON writes the members in order.
func (m orderedMap[T]) MarshalJSON() ([]byte, error) {
	buf := []byte{'{'}
	for i, name := range m.names {
		if i > 0 {
			buf = append(buf, ',')
		}
		key, err := plainJSON(name)
		if err != nil {
			return nil, err
		}
		value, err := plainJSON(m.values[i])
		if err != nil {
			return nil, err
		}
		buf = append(append(append(buf, key...), ':'), value...)
	}
	return append(buf, '}'), nil
}

// UnmarshalJSON reads an object.
func (m *orderedMap[T]) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("an object is expected")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		var value T
		if err := d.Decode(&value); err != nil {
			return err
		}
		m.add(t.(string), value)
	}
	return nil
}

// plainJSON is json.Marshal without escapes for HTML.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// docsText is the text of docs as JSON holds it: without it the empty comment is
// the empty text.
func docsText(docs string) *string {
	switch docs {
	case "":
		return nil
	case wit.EmptyDocs:
		docs = ""
	}
	return &docs
}

func setDocs(to *string, docs *string) {
	if docs == nil {
		return
	}
	if *to = *docs; *docs == "" {
		*to = wit.EmptyDocs
	}
}

func stabilityOf(s wit.Stability) docsStability {
	switch {
	case s.Since != "":
		return docsStability{Stable: &docsGate{Since: s.Since, Deprecated: s.Deprecated}}
	case s.Feature != "":
		return docsStability{Unstable: &docsGate{Feature: s.Feature, Deprecated: s.Deprecated}}
	default:
		return docsStability{}
	}
}

func (s docsStability) stability() wit.Stability {
	switch {
	case s.Stable != nil:
		return wit.Stability{Since: s.Stable.Since, Deprecated: s.Stable.Deprecated}
	case s.Unstable != nil:
		return wit.Stability{Feature: s.Unstable.Feature, Deprecated: s.Unstable.Deprecated}
	default:
		return wit.Stability{}
	}
}
