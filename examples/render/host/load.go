//go:build !(wasm || tinygo.wasm)

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// The bounds of a load test.
const (
	loadClients  = 8
	loadRequests = 20000
	loadTime     = 3 * time.Second
)

// bounds are those of a load test: it ends after so many requests or so much time,
// whichever comes first, and each request has a deadline.
type bounds struct {
	requests        int
	limit, deadline time.Duration
}

// load asks each handler for the catalogue, over loopback, and prints how many
// requests it serves in a second.
func load(ctx context.Context, out io.Writer, guest render, bounds bounds) error {
	fmt.Fprintf(out, "GET /, %d books, %d clients\n%-32s %8s %10s %8s %8s\n", len(catalogue), loadClients, "", "requests", "per second", "p50", "p99")
	for _, gzip := range []bool{false, true} {
		for _, how := range []struct {
			name   string
			render render
		}{{"guest on wazero", guest}, {"html/template in-process", inProcess}} {
			name := how.name
			if gzip {
				name += ", gzip"
			}
			if err := loadOne(ctx, out, name, newHandler(how.render, bounds.deadline), bounds, gzip); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func loadOne(ctx context.Context, out io.Writer, name string, handler http.Handler, bounds bounds, gzip bool) error {
	server := httptest.NewServer(handler)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: loadClients, DisableCompression: !gzip}}
	defer client.CloseIdleConnections()
	get := func() (time.Duration, error) {
		began := time.Now()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/", nil)
		if err != nil {
			return 0, err
		}
		if gzip { // by hand, so that the client does not spend its time on unpacking
			request.Header.Set("Accept-Encoding", "gzip")
		}
		response, err := client.Do(request)
		if err != nil {
			return 0, err
		}
		defer response.Body.Close()
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return 0, err
		}
		if response.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("status %s", response.Status)
		}
		return time.Since(began), nil
	}
	if _, err := get(); err != nil { // the first instance starts
		return err
	}
	var left atomic.Int64
	left.Store(int64(bounds.requests))
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []time.Duration
	var firstErr error
	began := time.Now()
	for range loadClients {
		wg.Go(func() {
			var times []time.Duration
			var err error
			for err == nil && left.Add(-1) >= 0 && time.Since(began) < bounds.limit {
				var took time.Duration
				if took, err = get(); err == nil {
					times = append(times, took)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, times...)
			if firstErr == nil {
				firstErr = err
			}
		})
	}
	wg.Wait()
	if firstErr != nil {
		return firstErr
	}
	took := time.Since(began)
	slices.Sort(all)
	percentile := func(p int) time.Duration { return all[(len(all)-1)*p/100].Round(10 * time.Microsecond) }
	fmt.Fprintf(out, "%-32s %8d %10.0f %8s %8s\n", name+":", len(all), float64(len(all))/took.Seconds(), percentile(50), percentile(99))
	return nil
}
