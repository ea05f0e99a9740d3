//go:build !(wasm || tinygo.wasm)

// Command host serves a book shop whose pages a guest renders.
//
//	go run ./examples/render/host [-listen 127.0.0.1:8080] [-load] render.wasm
//
// With -load it measures how many pages it serves in a second, beside
// html/template, and ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "`address` to serve on")
	measure := flag.Bool("load", false, "measure requests per second over loopback, and end")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: host [-listen ADDRESS] [-load] render.wasm")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *listen, *measure); err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

func run(path, listen string, measure bool) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	wasm, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	pool, err := newPool(ctx, wasm, 2*runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close(context.WithoutCancel(ctx))) }()
	if measure {
		return load(ctx, os.Stdout, pooled(pool), bounds{loadRequests, loadTime, renderDeadline})
	}
	server := &http.Server{Addr: listen, Handler: newHandler(pooled(pool), renderDeadline), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renderDeadline)
		defer cancel()
		_ = server.Shutdown(ctx) // ListenAndServe returns what matters
	}()
	fmt.Printf("The shop is open at http://%s/\n", listen)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-ended // the requests under way are answered
	return nil
}
