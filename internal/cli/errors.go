package cli

// internalError is a mistake of witgen's, and not of its user.
type internalError struct{ what string }

func (e internalError) Error() string { return e.what }
