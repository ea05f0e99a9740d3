package diag

// Codes of files and folders that cannot be read. They are no mistakes in what a file
// holds: witgen exits with status 2 for them.
const (
	// FileNotFound occurs where there is no file or folder of a name.
	FileNotFound Code = "F0101"

	// FileUnreadable occurs where a file or folder is there and cannot be read: it is
	// not allowed, it is a folder where a file is wanted, or no regular file where one
	// of a folder is read.
	FileUnreadable Code = "F0102"

	// InputTooLarge occurs where reading stops at a limit: 128 MiB for a WebAssembly
	// file, 64 MiB for all WIT of a run, 100,000 entries of a folder.
	InputTooLarge Code = "F0103"

	// LinkOutside occurs where a folder of WIT holds a symbolic link that leads out of
	// it.
	LinkOutside Code = "F0104"
)
