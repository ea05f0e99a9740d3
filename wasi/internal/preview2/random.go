package preview2

import (
	"context"

	"github.com/witgen/witgen/wasi/internal/grants"
)

// secure implements wasi:random/random.
type secure struct{ *grants.Grants }

func (r secure) GetRandomBytes(ctx context.Context, n uint64) ([]byte, error) {
	r.Did(min(n, r.Random.Max)) // a byte takes about a nanosecond
	return r.Random.Bytes(ctx, n)
}

func (r secure) GetRandomU64(context.Context) (uint64, error) { return r.Random.Uint64() }

// insecure implements wasi:random/insecure and insecure-seed.
type insecure struct{ *grants.Grants }

func (r insecure) GetInsecureRandomBytes(ctx context.Context, n uint64) ([]byte, error) {
	r.Did(min(n, r.Random.Max))
	return r.Random.Insecure(ctx, n)
}

func (r insecure) GetInsecureRandomU64(context.Context) (uint64, error) {
	return r.Random.InsecureUint64(), nil
}

// InsecureSeed returns the same for the life of the instance.
func (r insecure) InsecureSeed(context.Context) (a, b uint64, err error) {
	a, b = r.Random.Seed()
	return a, b, nil
}
