// Package wasihttp joins wasi:http 0.2 with net/http: Handler serves requests by a guest,
// and Client sends those that a guest makes. It is apart from package wasi so that a host
// without it does without net/http.
package wasihttp
