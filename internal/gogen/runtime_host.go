package gogen

// Symbols of the host runtime.
var (
	HostInterface = symbol(HostPath, "Interface")
	HostFunction  = symbol(HostPath, "Function")
	HostWorld     = symbol(HostPath, "World")
	HostItem      = symbol(HostPath, "Item")
	HostResource  = symbol(HostPath, "Resource")
	HostOption    = symbol(HostPath, "Option")
	HostInstance  = symbol(HostPath, "Instance")
	HostExports   = symbol(HostPath, "Exports")
	HostFunc      = symbol(HostPath, "Func")
	HostCall      = symbol(HostPath, "Call")
	HostHandle    = symbol(HostPath, "Handle")
	HostBadValue  = symbol(HostPath, "BadValueError")

	HostLiftNumbers = symbol(HostPath, "LiftNumbers")
	HostLiftArray   = symbol(HostPath, "LiftArray")
	HostLiftList    = symbol(HostPath, "LiftList")
	HostLiftMap     = symbol(HostPath, "LiftMap")
	HostLiftOwn     = symbol(HostPath, "LiftOwn")
	HostLiftBorrow  = symbol(HostPath, "LiftBorrow")
	HostLowerNums   = symbol(HostPath, "LowerNumbers")
	HostStoreArray  = symbol(HostPath, "StoreArray")
	HostSortedKeys  = symbol(HostPath, "SortedKeys")
	HostAsError     = symbol(HostPath, "AsError")

	HostCheckString = symbol(HostPath, "CheckString")
	HostCheckChar   = symbol(HostPath, "CheckChar")
	HostCheckEnum   = symbol(HostPath, "CheckEnum")
	HostCheckFlags  = symbol(HostPath, "CheckFlags")
	HostCheckList   = symbol(HostPath, "CheckList")
	HostNilValue    = symbol(HostPath, "NilValue")
	HostUnknownCase = symbol(HostPath, "UnknownCase")

	InstancePlugin  = symbol(InstancePath, "Plugin")
	InstanceCompile = symbol(InstancePath, "Compile")
)
