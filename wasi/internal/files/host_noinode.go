//go:build !unix

package files

import "io/fs"

// inodeOf returns 0: package os gives none here.
func inodeOf(fs.FileInfo) uint64 { return 0 }
