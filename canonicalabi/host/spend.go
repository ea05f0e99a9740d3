package host

import "context"

// Spend takes units from the fuel of the call in which a host function runs. A host function
// spends what its work for the guest costs, with the context that it got or one made of it,
// before it does the work:
//
//	func (s store) Search(ctx context.Context, word string) ([]string, error) {
//		for _, page := range s.pages {
//			if err := host.Spend(ctx, uint64(len(page))/16); err != nil {
//				return nil, err
//			}
//			...
//
// It returns a *LimitError if less is left, and ctx's error if ctx has ended. A host function
// that returns the error ends the guest's call with it, as Fuel and the deadline do. Where the
// call has no fuel, and in a context of no call, Spend only looks whether ctx has ended. Once
// the host function has returned, Spend is an error.
func Spend(ctx context.Context, units uint64) error {
	if s, ok := ctx.Value(SpenderKey{}).(Spender); ok {
		if err := s.Spend(units); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Spender takes units of fuel for Spend. Package bind implements it.
type Spender interface {
	Spend(units uint64) error
}

// SpenderKey is the key of the Spender in the context of a host function.
type SpenderKey struct{}
