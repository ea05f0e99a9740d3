package abi

// shape describes the values that an operation takes and gives. Args and results have
// a letter for each value in order:
//
//	p  an i32 core value: a pointer, length, handle or discriminant
//	c  a core value of any type
//	v  a WIT value of the operation's Type
//	w  a WIT value of any type
//	*  any number of the one before, none included
type shape struct {
	name          string
	args, results string
	blocks        blocks
	needs         need
}

// blocks says how many blocks an operation has.
type blocks uint8

const (
	noBlock blocks = iota
	oneBlock
	perCase // one for each case of Type
)

// need says which fields of an operation are set beside Args and Results. Those
// not named are zero.
type need uint8

const (
	needType need = 1 << iota
	needSize
	needAlign
	mayOffset
	mayImm
	mayBulk
	nothing need = 0

	needArea = needSize | needAlign
	needList = needType | needArea | mayBulk
)

// shapes has the shape of every operation, by its Code.
var shapes = [...]shape{
	Const:       {"const", "", "c", noBlock, mayImm},
	Bitcast:     {"bitcast", "c", "c", noBlock, nothing},
	LowerScalar: {"lower-scalar", "v", "c", noBlock, needType},
	LiftScalar:  {"lift-scalar", "c", "v", noBlock, needType},
	LoadScalar:  {"load-scalar", "p", "v", noBlock, needType | needSize | mayOffset},
	StoreScalar: {"store-scalar", "pv", "", noBlock, needType | needSize | mayOffset},
	LoadCore:    {"load-core", "p", "p", noBlock, mayOffset},
	StoreCore:   {"store-core", "pp", "", noBlock, mayOffset},
	Realloc:     {"realloc", "", "p", noBlock, needArea},
	ReturnArea:  {"return-area", "", "p", noBlock, needArea},
	View:        {"view", "p", "p", noBlock, needArea},
	LowerString: {"lower-string", "v", "pp", noBlock, needType},
	LiftString:  {"lift-string", "pp", "v", noBlock, needType},
	LowerList:   {"lower-list", "v", "pp", oneBlock, needList},
	LiftList:    {"lift-list", "pp", "v", oneBlock, needList},
	LowerMap:    {"lower-map", "v", "pp", oneBlock, needType | needArea},
	LiftMap:     {"lift-map", "pp", "v", oneBlock, needType | needArea},
	StoreFixed:  {"store-fixed", "pv", "", oneBlock, needList | mayOffset},
	LoadFixed:   {"load-fixed", "p", "v", oneBlock, needList | mayOffset},
	Unpack:      {"unpack", "v", "w*", noBlock, needType},
	Pack:        {"pack", "w*", "v", noBlock, needType},
	Switch:      {"switch", "v", "c*", perCase, needType},
	SwitchDisc:  {"switch-disc", "p", "v", perCase, needType},
	LoadDisc:    {"load-disc", "p", "p", noBlock, needSize | mayOffset},
	StoreDisc:   {"store-disc", "p", "", noBlock, needSize | mayOffset | mayImm},
	LowerOwn:    {"lower-own", "v", "p", noBlock, needType},
	LowerBorrow: {"lower-borrow", "v", "p", noBlock, needType},
	LiftOwn:     {"lift-own", "p", "v", noBlock, needType},
	LiftBorrow:  {"lift-borrow", "p", "v", noBlock, needType},
	StoreNamed:  {"store-named", "pv", "", noBlock, needType | mayOffset},
	LoadNamed:   {"load-named", "p", "v", noBlock, needType | mayOffset},
	LowerNamed:  {"lower-named", "v", "c*", noBlock, needType},
	LiftNamed:   {"lift-named", "c*", "v", noBlock, needType},
	CallCore:    {"call-core", "c*", "c*", noBlock, nothing},
	CallValue:   {"call-value", "w*", "w*", noBlock, nothing},
	PostReturn:  {"post-return", "c*", "", noBlock, nothing},
	ReturnValue: {"return-value", "w*", "", noBlock, nothing},
	ReturnCore:  {"return-core", "c*", "", noBlock, nothing},
}

// String returns the name that printed Programs have for the operation.
func (c Code) String() string { return shapes[c].name }

// String returns the name of the kind in printed Programs.
func (k Kind) String() string {
	return [...]string{"call-export", "handle-import", "call-import", "handle-export", "load-type", "store-type", "lower-type", "lift-type"}[k]
}
