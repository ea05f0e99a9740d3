//go:build !(wasm || tinygo.wasm)

// Command host serves a component of the world wasi:http/proxy:
//
//	host HANDLER.wasm 127.0.0.1:8080
//
// The handler may make requests to servers of the public internet.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/http/v0.2/proxy"
	"github.com/witgen/witgen/wasi/wasihttp"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: host HANDLER.wasm ADDRESS")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, file, address string) error {
	wasm, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	plugin, err := proxy.Compile(ctx, wasm, wasi.Stderr(os.Stderr), wasi.Clock(),
		wasihttp.Client(nil, func(r wasihttp.Request) bool { return r.Method == http.MethodGet }))
	if err != nil {
		return err
	}
	defer plugin.Close(context.WithoutCancel(ctx))

	server := &http.Server{
		Addr:              address,
		Handler:           wasihttp.Handler(plugin, wasihttp.Deadline(time.Minute)),
		ReadHeaderTimeout: 10 * time.Second,
	}
	context.AfterFunc(ctx, func() { _ = server.Shutdown(context.WithoutCancel(ctx)) })
	fmt.Fprintf(os.Stderr, "serving http://%s/\n", address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
