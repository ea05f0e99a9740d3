package gen_test

import (
	"fmt"
	"log"

	"github.com/witgen/witgen/gen"
	"github.com/witgen/witgen/gen/guest"
	"github.com/witgen/witgen/gen/host"
	"github.com/witgen/witgen/parser/resolve"
)

// A program generates both sides of a world.
func Example() {
	result, err := resolve.Source("hello.wit", `package example:hello@1.2.0;
		interface greeter { greet: func(name: string) -> string; }
		world hello { export greeter; }`, resolve.Options{})
	if err != nil {
		log.Fatal(err)
	}
	world, err := resolve.SelectWorld(result.Resolve, result.Main, "hello")
	if err != nil {
		log.Fatal(err)
	}
	opts := gen.Options{ImportPath: "example.com/app/gen"}
	hostFiles, diags := host.Generate(result.Resolve, world, opts)
	if err := diags.Err(); err != nil {
		log.Fatal(err)
	}
	guestFiles, diags := guest.Generate(result.Resolve, world, opts)
	if err := diags.Err(); err != nil {
		log.Fatal(err)
	}
	// The neutral files, which both generators make, have the same content.
	for _, f := range append(hostFiles, guestFiles...) {
		fmt.Println(f.Path)
	}
	// Output:
	// example/hello/greeter/greeter.wit.go
	// example/hello/greeter/greeter_host.wit.go
	// example/hello/hello/hello.wit.go
	// example/hello/hello/hello_host.wit.go
	// example/hello/greeter/greeter.wit.go
	// example/hello/greeter/greeter_guest.wit.go
	// example/hello/hello/hello.wit.go
	// example/hello/hello/hello_guest.wit.go
}
