package preview2

import (
	"context"

	"github.com/witgen/witgen/wasi/internal/random"
)

// secure implements wasi:random/random.
type secure struct{ source *random.Source }

func (r secure) GetRandomBytes(ctx context.Context, n uint64) ([]byte, error) {
	return r.source.Bytes(ctx, n)
}

func (r secure) GetRandomU64(context.Context) (uint64, error) { return r.source.Uint64() }

// insecure implements wasi:random/insecure and insecure-seed.
type insecure struct{ source *random.Source }

func (r insecure) GetInsecureRandomBytes(ctx context.Context, n uint64) ([]byte, error) {
	return r.source.Insecure(ctx, n)
}

func (r insecure) GetInsecureRandomU64(context.Context) (uint64, error) {
	return r.source.InsecureUint64(), nil
}

// InsecureSeed returns the same for the life of the instance.
func (r insecure) InsecureSeed(context.Context) (a, b uint64, err error) {
	a, b = r.source.Seed()
	return a, b, nil
}
