package binary

import "iter"

// Component is one component, as it stands in its binary: sections in order, and
// in them definitions in order. A Component is itself a definition where it is
// nested in another.
type Component struct {
	// Offset is where the preamble starts, in bytes from the start of the file,
	// and Size is the length in bytes. Both are 0 where the component was not
	// decoded.
	Offset, Size int
	Sections     []Section
}

// Section is one section of a component (Binary.md, "Component Definitions").
type Section struct {
	ID SectionID
	// Offset is where the section's contents start in the file.
	Offset int
	// Defs are the definitions, all of the kind that ID says. A custom section,
	// a core module, a component and a start are sections of one definition.
	Defs []Def
}

// SectionID is the number that a section starts with.
type SectionID uint8

// The sections of a component.
const (
	CustomSection SectionID = iota
	CoreModuleSection
	CoreInstanceSection
	CoreTypeSection
	ComponentSection
	InstanceSection
	AliasSection
	TypeSection
	CanonSection
	StartSection
	ImportSection
	ExportSection
	ValueSection
)

var sectionNames = [...]string{"custom", "core module", "core instance", "core type", "component", "instance", "alias", "type", "canon", "start", "import", "export", "value"}

// String returns the name of what the section holds.
func (id SectionID) String() string { return sectionNames[id] }

// Def is a definition: *Custom, *CoreModule, *CoreInstance, *CoreTypeDef,
// *Component, *Instance, *Alias, *TypeDef, *Canon, *Start, *Import, *Export or
// *Value.
type Def interface {
	section() SectionID
	// At returns the offset of the definition in the file.
	At() int
}

// Defs yields the definitions of all sections in order.
func (c *Component) Defs() iter.Seq[Def] {
	return func(yield func(Def) bool) {
		for i := range c.Sections {
			for _, d := range c.Sections[i].Defs {
				if !yield(d) {
					return
				}
			}
		}
	}
}

// Add appends a definition: to the last section where that is of its kind and
// holds several definitions, and else in a section of its own.
func (c *Component) Add(d Def) {
	id := d.section()
	if n := len(c.Sections); n > 0 && c.Sections[n-1].ID == id && isVector[id] {
		c.Sections[n-1].Defs = append(c.Sections[n-1].Defs, d)
		return
	}
	c.Sections = append(c.Sections, Section{ID: id, Defs: []Def{d}})
}

// isVector tells the sections that hold a vector of definitions.
var isVector = [...]bool{
	CoreInstanceSection: true, CoreTypeSection: true, InstanceSection: true, AliasSection: true, TypeSection: true,
	CanonSection: true, ImportSection: true, ExportSection: true, ValueSection: true,
}

// Custom returns the contents of the first custom section of the given name.
func (c *Component) Custom(name string) ([]byte, bool) {
	for _, s := range c.Sections {
		if s.ID == CustomSection {
			if custom := s.Defs[0].(*Custom); custom.Name == name {
				return custom.Data, true
			}
		}
	}
	return nil, false
}

// pos is the offset of a definition in the file.
type pos int

// At returns the offset.
func (p pos) At() int { return int(p) }

// Custom is a custom section. Data shares the memory of the binary.
type Custom struct {
	pos
	Name string
	Data []byte
}

// CoreModule is a core module. Bytes is the whole module with its preamble; it
// shares the memory of the binary.
type CoreModule struct {
	pos
	Bytes []byte
}

// CoreInstance is an instance of a core module, or a bag of exports (Binary.md,
// "Instance Definitions").
type CoreInstance struct {
	pos
	// Exports is not nil where the instance is a bag of exports; Module and Args
	// do not count then.
	Exports []CoreExport
	Module  uint32
	Args    []CoreArg
}

// CoreArg supplies the core instance of index Instance under a name.
type CoreArg struct {
	Name     string
	Instance uint32
}

// CoreExport gives a core definition a name. Sort is one of the core sorts.
type CoreExport struct {
	Name  string
	Sort  Sort
	Index uint32
}

// Instance is an instance of a component, or a bag of exports (Binary.md,
// "Instance Definitions").
type Instance struct {
	pos
	// Exports is not nil where the instance is a bag of exports; Component and
	// Args do not count then.
	Exports   []InlineExport
	Component uint32
	Args      []Arg
}

// Arg supplies a definition under a name.
type Arg struct {
	Name  string
	Sort  Sort
	Index uint32
}

// InlineExport is one of a bag of exports.
type InlineExport struct {
	Name  ExternName
	Sort  Sort
	Index uint32
}

// Alias projects a definition out of an instance or an outer scope (Binary.md,
// "Alias Definitions").
type Alias struct {
	pos
	Sort   Sort
	Target AliasTarget
	// Instance is the index of the instance, or core instance, that the alias takes
	// its item from, and Name is the name of the item there.
	Instance uint32
	Name     string
	// Count is the number of scopes to go outwards, and Index is the index
	// there, of an outer alias.
	Count, Index uint32
}

// AliasTarget is the place that an alias points to.
type AliasTarget uint8

// The targets of aliases.
const (
	AliasExport AliasTarget = iota
	AliasCoreExport
	AliasOuter
)

// Start calls a function at instantiation (Binary.md, "Start Definitions").
type Start struct {
	pos
	Func    uint32
	Args    []uint32 // values
	Results uint32   // number of values that it defines
}

// Import is an import of a component, or of a component type.
type Import struct {
	pos
	Name ExternName
	Type ExternType
}

// Export is an export of a component.
type Export struct {
	pos
	Name  ExternName
	Sort  Sort
	Index uint32
	// Type is the ascribed type, or nil.
	Type *ExternType
}

// Value is a constant (Binary.md, "Value Definitions"). Data is its encoding.
type Value struct {
	pos
	Type ValType
	Data []byte
}

func (*Custom) section() SectionID       { return CustomSection }
func (*CoreModule) section() SectionID   { return CoreModuleSection }
func (*CoreInstance) section() SectionID { return CoreInstanceSection }
func (*CoreTypeDef) section() SectionID  { return CoreTypeSection }
func (*Component) section() SectionID    { return ComponentSection }
func (*Instance) section() SectionID     { return InstanceSection }
func (*Alias) section() SectionID        { return AliasSection }
func (*TypeDef) section() SectionID      { return TypeSection }
func (*Canon) section() SectionID        { return CanonSection }
func (*Start) section() SectionID        { return StartSection }
func (*Import) section() SectionID       { return ImportSection }
func (*Export) section() SectionID       { return ExportSection }
func (*Value) section() SectionID        { return ValueSection }

// At returns the offset of the preamble.
func (c *Component) At() int { return c.Offset }

// ExternName is the name of an import or export with its attributes (Binary.md,
// "Import and Export Definitions").
type ExternName struct {
	Name       string
	Attributes []Attribute
	// Old is true where the name was written with 0x01, which older tools used for
	// the names of interfaces. It means nothing.
	Old bool
}

// Attribute is an annotation of an import or export.
type Attribute struct {
	Kind  AttributeKind
	Value string
}

// AttributeKind tells the attributes apart.
type AttributeKind uint8

// The attributes of imports and exports.
const (
	Implements AttributeKind = iota
	VersionSuffix
	ExternalID
)

var attributeNames = [...]string{"implements", "versionsuffix", "external-id"}

// String returns the attribute's name in the text format.
func (k AttributeKind) String() string { return attributeNames[k] }

// Attribute returns the value of an attribute and whether there is one.
func (n ExternName) Attribute(kind AttributeKind) (string, bool) {
	for _, a := range n.Attributes {
		if a.Kind == kind {
			return a.Value, true
		}
	}
	return "", false
}

// Named returns an ExternName without attributes.
func Named(name string) ExternName { return ExternName{Name: name} }

// Sort tells the index spaces apart (Explainer.md, "Index Spaces").
type Sort uint8

// The sorts.
const (
	SortCoreFunc Sort = iota
	SortCoreTable
	SortCoreMemory
	SortCoreGlobal
	SortCoreTag
	SortCoreType
	SortCoreModule
	SortCoreInstance
	SortFunc
	SortValue
	SortType
	SortComponent
	SortInstance

	// NumSorts is the number of sorts.
	NumSorts = iota
)

var sortNames = [...]string{"core func", "core table", "core memory", "core global", "core tag", "core type", "core module", "core instance",
	"func", "value", "type", "component", "instance"}

// String returns the sort's name in the text format.
func (s Sort) String() string { return sortNames[s] }

// Core reports whether s is a core sort.
func (s Sort) Core() bool { return s <= SortCoreInstance }

// sortBytes is how sorts are written. Core sorts follow a 0x00 where both kinds
// may stand.
var sortBytes = [...]byte{0x00, 0x01, 0x02, 0x03, 0x04, 0x10, 0x11, 0x12, 0x01, 0x02, 0x03, 0x04, 0x05}
