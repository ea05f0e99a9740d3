package link

import "fmt"

// This file tells errors of wazero apart that have no exported type or value and that
// the module at hand does not show either.

// invalidFunction returns the number of the function that a module defines whose body an
// error of wazero is about, and false for another error.
func invalidFunction(err error) (n int, ok bool) {
	_, scan := fmt.Sscanf(err.Error(), "invalid function[%d]", &n)
	return n, scan == nil
}
