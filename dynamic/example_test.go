package dynamic_test

import (
	"context"
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/dynamic"
)

func sum(ctx context.Context, wasm []byte) (any, error) {
	plugin, err := dynamic.Compile(ctx, wasm, host.MemoryLimit(16<<20))
	if err != nil {
		return nil, err
	}
	defer plugin.Close(ctx)
	inst, err := plugin.Instantiate(ctx, dynamic.Imports{
		"demo:calls/log@1.2.0#write": func(_ context.Context, args []any) (any, error) {
			fmt.Println("the guest says", args[0])
			return nil, nil
		},
	})
	if err != nil {
		return nil, err
	}
	return inst.Call(ctx, "demo:calls/operations@1.2.0#add", int32(2), int32(3))
}
