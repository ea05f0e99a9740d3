// Package random has the random numbers of WASI.
package random

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"slices"
	"sync"
)

// DefaultMax is how many bytes one request may ask for, unless an option says else.
const DefaultMax = 16 << 20

// Source gives random numbers to one instance.
type Source struct {
	// Secure gives the numbers that must be unpredictable.
	Secure io.Reader
	// Max bounds a request, in bytes.
	Max uint64

	mu       sync.Mutex
	insecure *mathrand.ChaCha8
	seed     [2]uint64
}

// New returns a source with the system's random numbers.
func New() *Source {
	s := &Source{Secure: rand.Reader, Max: DefaultMax}
	var seed [32]byte
	// It is as good as the numbers that are meant to be: nothing is saved by less.
	_, _ = rand.Read(seed[:]) // It does not fail: package rand ends the process before.
	s.insecure = mathrand.NewChaCha8(seed)
	s.seed = [2]uint64{s.insecure.Uint64(), s.insecure.Uint64()}
	return s
}

// Fill fills p with unpredictable bytes.
func (s *Source) Fill(p []byte) error {
	_, err := io.ReadFull(s.Secure, p)
	return err
}

// Bytes returns n unpredictable bytes. It fails for more than Max, and when ctx ends.
func (s *Source) Bytes(ctx context.Context, n uint64) ([]byte, error) {
	return s.pieces(ctx, n, s.Fill)
}

// Uint64 returns an unpredictable number.
func (s *Source) Uint64() (uint64, error) {
	var p [8]byte
	err := s.Fill(p[:])
	return binary.LittleEndian.Uint64(p[:]), err
}

// Insecure returns n bytes of a generator, like Bytes.
func (s *Source) Insecure(ctx context.Context, n uint64) ([]byte, error) {
	return s.pieces(ctx, n, func(p []byte) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, err := s.insecure.Read(p)
		return err
	})
}

// piece is how many bytes are made between two looks at a context.
const piece = 16 << 10

// pieces returns n bytes that fill has filled.
func (s *Source) pieces(ctx context.Context, n uint64, fill func([]byte) error) ([]byte, error) {
	if n > s.Max {
		return nil, TooMany(n, s.Max)
	}
	all := make([]byte, n)
	for p := range slices.Chunk(all, piece) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := fill(p); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// TooMany returns the error of a request for n bytes where max are allowed.
func TooMany(n, max uint64) error {
	return fmt.Errorf("a request for %d random bytes, and the limit is %d", n, max)
}

// InsecureUint64 returns a number of a generator.
func (s *Source) InsecureUint64() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.insecure.Uint64()
}

// Seed returns 128 bits that stay the same for the instance.
func (s *Source) Seed() (uint64, uint64) { return s.seed[0], s.seed[1] }
