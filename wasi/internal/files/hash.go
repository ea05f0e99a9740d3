package files

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// secret is a part of every hash, so that a hash tells nothing of what it is of.
var secret = sync.OnceValue(func() [32]byte {
	var made [32]byte
	_, _ = rand.Read(made[:]) // It does not fail: package rand ends the process before.
	return made
})

// hash returns 128 bits that change when the file is modified or replaced.
func (s Stat) hash() (lower, upper uint64) {
	key := secret()
	data := key[:]
	for _, n := range []uint64{s.Device, s.Inode, s.Size, uint64(s.Modified.UnixNano()), uint64(s.Type)} {
		data = binary.LittleEndian.AppendUint64(data, n)
	}
	sum := sha256.Sum256(data)
	return binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:])
}

// Hash returns a hash of the file's metadata. It is another one in another process.
func (d *Descriptor) Hash() (lower, upper uint64, err error) {
	stat, err := d.Stat()
	if err != nil {
		return 0, 0, err
	}
	lower, upper = stat.hash()
	return lower, upper, nil
}

// HashAt returns the hash of a file in a folder.
func (d *Descriptor) HashAt(path string, follow bool) (lower, upper uint64, err error) {
	stat, err := d.StatAt(path, follow)
	if err != nil {
		return 0, 0, err
	}
	lower, upper = stat.hash()
	return lower, upper, nil
}
