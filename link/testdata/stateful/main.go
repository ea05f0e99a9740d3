// Command stateful is a guest whose run returns another number in each call, unless all
// of its state is as it was after its start.
package main

var (
	calls  int32
	grown  []byte
	known  = map[int32]int32{}
	onHeap = new(int32)
	float  = 1.0
)

func main() {}

//go:wasmexport run
func run(n int32) int32 {
	calls++
	*onHeap += 2
	float *= 2
	known[calls] = n
	for range n {
		grown = append(grown, make([]byte, 10_000)...)
	}
	for i := range grown {
		grown[i]++
	}
	sum := int32(0)
	for k, v := range known {
		sum += k*31 + v
	}
	if len(grown) > 0 {
		sum += int32(grown[0])
	}
	return calls + *onHeap + int32(float) + sum + int32(len(grown))
}
