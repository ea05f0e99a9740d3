package host

// Fresh has the plugin's instances keep the state that they have after their start, so that
// they can be put back to it: by Reset, and by a [Pool], which does so each time that an
// instance is returned. So each taker gets an instance that nobody has used, for a fraction
// of what a new one takes.
//
// Put back are the memories, globals and tables of the guest, its handles, and what WASI
// has for it, such as open files. The resources that it held of the host's are closed, as
// they are when an instance is closed, and its own that the host holds are gone. The
// implementations that the host supplied stay the same values. An instance cannot be put
// back after a trap or a stop, after one of its tables has grown or a segment was dropped,
// or if it has given up a resource of the host's that it held after its start. Reset returns
// a [ResetError] then, or an InstanceError, and a Pool starts another instance in its place.
//
// What the guest has learned during its start stays true for all that follows, so Instantiate
// refuses a guest with a LinkError that calls certain imports while it starts: random
// numbers, clocks, arguments, environment variables and folders, unless those are empty, and
// functions of the host's own. [SnapshotAfterStart] allows them.
//
// The guest's modules get functions that save and restore their state, which need metering:
// the option excludes Unmetered and Memory. Its tables count twice against TableLimit. It is
// an option of Compile.
func Fresh() Option {
	return ofCompile("Fresh", func(c *Config) { c.Fresh = true })
}

// SnapshotAfterStart lets the guest call any import while it starts, although [Fresh] puts
// its instances back to the state after it: all calls see the random numbers, times and
// values that the instance got then. So guests of standard Go use the same seeds for their
// maps, and for math/rand, in all calls of an instance: whoever sends them data may learn
// how to have their maps collide. Each instance draws its own numbers, and gets the
// arguments and other values of its own options. The option has no effect without Fresh. It
// is an option of Compile.
func SnapshotAfterStart() Option {
	return ofCompile("SnapshotAfterStart", func(c *Config) { c.AnyStart = true })
}
