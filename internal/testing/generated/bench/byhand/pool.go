package byhand

import "context"

// Pool hands out guests to goroutines, in the order of asking.
type Pool struct{ idle chan *Guest }

// NewPool starts size guests.
func (p *Plugin) NewPool(ctx context.Context, size int) (*Pool, error) {
	pool := &Pool{make(chan *Guest, size)}
	for range size {
		g, err := p.Instantiate(ctx)
		if err != nil {
			return nil, err
		}
		pool.idle <- g
	}
	return pool, nil
}

// Do calls f with a guest that nobody else uses meanwhile.
func (p *Pool) Do(ctx context.Context, f func(g *Guest) error) error {
	var g *Guest
	select {
	case g = <-p.idle:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { p.idle <- g }()
	return f(g)
}
