package gogen

// Symbols of the guest runtime.
var (
	GuestArena        = symbol(GuestPath, "Arena")
	GuestCall         = symbol(GuestPath, "Call")
	GuestResults      = symbol(GuestPath, "Results")
	GuestFreeResults  = symbol(GuestPath, "FreeResults")
	GuestParamsLifted = symbol(GuestPath, "ParamsLifted")

	GuestLoad        = symbol(GuestPath, "Load")
	GuestLoadBool    = symbol(GuestPath, "LoadBool")
	GuestLoadArray   = symbol(GuestPath, "LoadArray")
	GuestStore       = symbol(GuestPath, "Store")
	GuestStoreBool   = symbol(GuestPath, "StoreBool")
	GuestStoreArray  = symbol(GuestPath, "StoreArray")
	GuestLiftString  = symbol(GuestPath, "LiftString")
	GuestLiftSlice   = symbol(GuestPath, "LiftSlice")
	GuestLowerString = symbol(GuestPath, "LowerString")
	GuestLowerSlice  = symbol(GuestPath, "LowerSlice")
	GuestLowerChar   = symbol(GuestPath, "LowerChar")
	GuestLowerEnum   = symbol(GuestPath, "LowerEnum")
	GuestLowerFlags  = symbol(GuestPath, "LowerFlags")
	GuestSortedKeys  = symbol(GuestPath, "SortedKeys")
	GuestSortedBools = symbol(GuestPath, "SortedBools")

	GuestErrorValue     = symbol(GuestPath, "ErrorValue")
	GuestNoCase         = symbol(GuestPath, "NoCase")
	GuestNoDiscriminant = symbol(GuestPath, "NoDiscriminant")
	GuestNoHandle       = symbol(GuestPath, "NoHandle")

	GuestHandle     = symbol(GuestPath, "Handle")
	GuestLiftHandle = symbol(GuestPath, "LiftHandle")
	GuestBorrows    = symbol(GuestPath, "Borrows")
	GuestBorrow     = symbol(GuestPath, "Borrow")
	GuestValues     = symbol(GuestPath, "Values")
)
