package dynamic_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/dynamic/value"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/interp"
	"github.com/witgen/witgen/internal/testing/vectors"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/wit"
)

// The functions and values of the specification's reference code: a guest gets the
// values as the reference lowers them, and those that it returns or passes in the
// reference's lowering are lifted to the same values. Every fourth guest is a
// component.
func TestVectors(t *testing.T) {
	list, err := vectors.Read("../testdata/vectors/abi.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1000 {
		t.Fatalf("%d vectors", len(list))
	}
	for _, v := range list {
		t.Run(fmt.Sprint(v.ID), func(t *testing.T) {
			testVector(t, v)
			if t.Failed() {
				t.Log(v.WIT)
			}
		})
	}
}

// The guest of a vector: its f keeps the first page of memory, with the parameters
// at paramArea, in the second page, and returns what the vector says, from the
// third. run passes the parameters of the vector, which lie in the fourth page, to
// the imported f, whose result goes to the fifth.
const (
	page      = 64 << 10
	listArea  = 32
	paramArea = 64
)

func vectorGuest(v *vectors.Vector, iface string) []byte {
	g := &guest{}
	imported := g.Import(iface, "f", v.Lower.String())
	g.next = g.Global("i32", wasmtest.I32(vectors.Base))
	move := func(to, from, n uint32) wasmtest.Code {
		return wasmtest.Seq(wasmtest.I32(to), wasmtest.I32(from), wasmtest.I32(n), wasmtest.MemoryCopy)
	}
	var body wasmtest.Code
	for i, core := range v.Lift.Params {
		body = wasmtest.Seq(body, wasmtest.I32(paramArea), wasmtest.Get(uint32(i)), store(core, 8*uint32(i)))
	}
	body = wasmtest.Seq(body, move(page, 0, page))
	if v.Returned != nil {
		g.Data(2*page, v.Returned.Memory)
		body = wasmtest.Seq(body, move(vectors.Base, 2*page, uint32(len(v.Returned.Memory))))
		for i, core := range v.Lift.Results {
			body = wasmtest.Seq(body, constant(core, uint64(v.Returned.Flat[i])))
		}
	}
	g.ExportFunc(iface+"#f", v.Lift.String(), "", body)

	g.Data(3*page, v.Args.Memory)
	end := vectors.Base + uint32(len(v.Args.Memory))
	run := wasmtest.Seq(move(vectors.Base, 3*page, uint32(len(v.Args.Memory))), wasmtest.I32(end), wasmtest.GlobalSet(g.next))
	for i, bits := range v.Args.Flat {
		run = wasmtest.Seq(run, constant(v.Lower.Params[i], uint64(bits)))
	}
	if len(v.Lower.Params) > len(v.Args.Flat) {
		run = wasmtest.Seq(run, wasmtest.I32(4*page))
	}
	run = wasmtest.Seq(run, wasmtest.Call(imported))
	for range v.Lower.Results {
		run = wasmtest.Seq(run, wasmtest.Drop)
	}
	g.ExportFunc("run", "->", "", run)
	g.ExportFunc("saved", "-> i32", "",
		wasmtest.I32(listArea), wasmtest.I32(page), wasmtest.Store32(0),
		wasmtest.I32(listArea), wasmtest.I32(page), wasmtest.Store32(4), wasmtest.I32(listArea))
	return g.finish(8)
}

// testVector runs one vector. What is lowered must have the vector's bytes, and is lifted
// by the interpreter of Programs too.
func testVector(t *testing.T, v *vectors.Vector) {
	ctx := context.Background()
	v.WIT = strings.TrimSpace(v.WIT)
	name := strings.Fields(v.WIT)[1]
	r, world := model(t, fmt.Sprintf("package test:vectors;\n%s\nworld w { import %s; export %s; export run: func(); export saved: func() -> list<u8>; }", v.WIT, name, name))
	var f *wit.Function
	for _, iface := range r.Interfaces {
		if len(iface.Functions) > 0 {
			f = iface.Functions[0]
		}
	}
	decoded := make([]interp.Value, len(f.Params))
	params := make([]any, len(f.Params))
	for i, p := range f.Params {
		var err error
		if decoded[i], err = vectors.Decode(r, p.Type, v.Params[i]); err != nil {
			t.Fatal(err)
		}
		params[i] = convert(r, p.Type, decoded[i])
	}
	var result any
	if f.Result != nil {
		decoded, err := vectors.Decode(r, f.Result, v.Result)
		if err != nil {
			t.Fatal(err)
		}
		result = convert(r, f.Result, decoded)
	}

	var received []any
	imports := dynamic.Imports{
		"test:vectors/" + name + "#f": func(_ context.Context, args []any) (any, error) {
			received = args
			return result, nil
		},
	}
	wasm := vectorGuest(v, "test:vectors/"+name)
	var inst *dynamic.Instance
	if v.ID%4 == 0 {
		inst = startComponent(t, wasm, r, world, imports)
	} else {
		inst = start(t, wasm, r, world, imports)
	}
	got, err := inst.Call(ctx, "f", params...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := difference(result, got); diff != "" {
		t.Errorf("lifted result (-want +got):\n%s", diff)
	}
	saved, err := inst.Call(ctx, "saved")
	if err != nil {
		t.Fatal(err)
	}
	compareLowered(t, v, r, f, decoded, saved.([]byte))
	if _, err := inst.Call(ctx, "run"); err != nil {
		t.Fatal(err)
	}
	if diff := difference(params, received); diff != "" {
		t.Errorf("lifted parameters (-want +got):\n%s", diff)
	}
}

// compareLowered compares the guest's memory after its parameters were lowered.
func compareLowered(t *testing.T, v *vectors.Vector, r *wit.Resolve, f *wit.Function, params []interp.Value, memory []byte) {
	flat := make([]uint64, len(v.Lift.Params))
	for i, core := range v.Lift.Params {
		size := 4
		if core == abi.I64 || core == abi.F64 {
			size = 8
		}
		for k := range size {
			flat[i] |= uint64(memory[paramArea+8*i+k]) << (8 * k)
		}
	}
	for i, bits := range v.Args.Flat {
		if flat[i] != uint64(bits) {
			t.Errorf("core parameter %d is %#x, want %#x", i, flat[i], bits)
		}
	}
	want := []byte(v.Args.Memory)
	if diff := difference(want, memory[vectors.Base:vectors.Base+len(want)]); diff != "" {
		t.Errorf("memory (-want +got):\n%s", diff)
	}
	m := &interp.Machine{ABI: abi.New(r), Memory: func() []byte { return memory },
		Realloc: func(_, _ uint32) (uint32, error) { return 0, errors.New("no realloc") }}
	lifted := errors.New("lifted")
	m.Implementation = func(args []interp.Value) (interp.Value, error) {
		if !reflect.DeepEqual(params, args) {
			t.Errorf("the interpreter lifts %v, want %v", args, params)
		}
		return nil, lifted
	}
	if _, err := m.Handle(m.ABI.Program(abi.HandleExport, f), flat); err != lifted {
		t.Errorf("the interpreter: %v", err)
	}
}

// convert turns a value of the interpreter into one of the dynamic API.
func convert(r *wit.Resolve, t wit.Type, v interp.Value) any {
	if t == nil {
		return nil
	}
	switch p := r.Dealias(t); p {
	case wit.Bool, wit.Char, wit.String:
		return v
	case wit.U8:
		return uint8(v.(uint64))
	case wit.U16:
		return uint16(v.(uint64))
	case wit.U32:
		return uint32(v.(uint64))
	case wit.U64:
		return v.(uint64)
	case wit.S8:
		return int8(v.(int64))
	case wit.S16:
		return int16(v.(int64))
	case wit.S32:
		return int32(v.(int64))
	case wit.S64:
		return v.(int64)
	case wit.F32:
		return math.Float32frombits(uint32(v.(interp.F32)))
	case wit.F64:
		return math.Float64frombits(uint64(v.(interp.F64)))
	}
	switch k := r.Kind(t).(type) {
	case *wit.Record:
		record := value.Record{}
		for i, f := range k.Fields {
			record[f.Name] = convert(r, f.Type, v.([]interp.Value)[i])
		}
		return record
	case *wit.Tuple:
		tuple := value.Tuple{}
		for i, t := range k.Types {
			tuple = append(tuple, convert(r, t, v.([]interp.Value)[i]))
		}
		return tuple
	case *wit.List:
		return convertList(r, k.Type, v.([]interp.Value))
	case *wit.FixedList:
		return convertList(r, k.Type, v.([]interp.Value))
	case *wit.Map:
		m := value.Map{}
		for _, e := range v.([]interp.Value) {
			entry := e.([]interp.Value)
			m[convert(r, k.Key, entry[0])] = convert(r, k.Value, entry[1])
		}
		return m
	case *wit.Enum:
		return value.Enum(k.Cases[v.(interp.Case).Index].Name)
	case *wit.Flags:
		set := value.Flags{}
		for i, f := range k.Flags {
			if v.(interp.Flags)&(1<<i) != 0 {
				set = append(set, f.Name)
			}
		}
		return set
	case *wit.Variant:
		c := v.(interp.Case)
		return value.Variant{Case: k.Cases[c.Index].Name, Value: convert(r, k.Cases[c.Index].Type, c.Payload)}
	case *wit.Option:
		c := v.(interp.Case)
		if c.Index == 0 {
			return value.None()
		}
		return value.Some(convert(r, k.Type, c.Payload))
	case *wit.Result:
		c := v.(interp.Case)
		if c.Index == 0 {
			return value.OK(convert(r, k.OK, c.Payload))
		}
		return value.Err(convert(r, k.Err, c.Payload))
	default:
		panic(fmt.Sprintf("unhandled kind %T", k))
	}
}

func convertList(r *wit.Resolve, element wit.Type, v []interp.Value) any {
	list := value.NewList(r.Dealias(element), len(v))
	for _, e := range v {
		list.Append(convert(r, element, e))
	}
	return list.Value()
}
