package main

import "github.com/witgen/witgen/canonicalabi/guest"

// What is stored as an address and a length comes back, and lies where it should.
//
//go:wasmexport pairs
func pairs() uint32 {
	var arena guest.Arena
	at := arena.Area(24)
	guest.Store[uint64](at, 0, 0)
	guest.StoreString(&arena, at, 8, "grüße")
	start := guest.PointerTo(guest.Load[uint32](at, 8))
	switch {
	case guest.Load[uint32](at, 12) != 7 || guest.Load[uint8](start, 0) != 'g' || guest.Load[uint8](start, 2) != 0xc3:
		return 1
	case guest.LoadString(at, 8) != "grüße":
		return 2
	case guest.Load[uint64](at, 0) != 0:
		return 3
	}
	guest.StoreSlice(&arena, at, 16, []uint16{1, 0xffff, 3})
	if list := guest.LoadSlice[uint16](at, 16); len(list) != 3 || list[1] != 0xffff || guest.Load[uint32](at, 20) != 3 {
		return 4
	}
	guest.StoreStrings(&arena, at, 16, []string{"one", "", "three"})
	if list := guest.LoadStrings(at, 16); len(list) != 3 || list[0] != "one" || list[1] != "" || list[2] != "three" {
		return 5
	}
	store := func(_ *guest.Arena, ptr guest.Pointer, v uint8) {
		guest.Store(ptr, 0, v)
		guest.Store(ptr, 2, uint16(v)*256)
	}
	load := func(ptr guest.Pointer) uint32 {
		return uint32(guest.Load[uint8](ptr, 0)) + uint32(guest.Load[uint16](ptr, 2))
	}
	guest.StoreList(&arena, at, 16, []uint8{1, 2}, 4, store)
	if list := guest.LoadList(at, 16, 4, load); len(list) != 2 || list[0] != 0x101 || list[1] != 0x202 {
		return 6
	}
	address := guest.NewList(&arena, at, 16, 5, 4)
	if guest.Load[uint32](at, 16) != address || guest.Load[uint32](at, 20) != 5 || address == 0 {
		return 7
	}
	arena.Done()
	return 0
}

// The discriminants of options and results are 0 or 1, the other way round.
//
//go:wasmexport discriminants
func discriminants() uint32 {
	var arena guest.Arena
	at := arena.Area(8)
	for i := range uint32(8) {
		guest.Store[uint8](at, i, 9)
	}
	switch {
	case !guest.StoreSome(at, 1, true) || guest.StoreSome(at, 2, false):
		return 1
	case !guest.StoreOK(at, 3, true) || guest.StoreOK(at, 4, false):
		return 2
	case guest.Load[uint8](at, 1) != 1 || guest.Load[uint8](at, 2) != 0 || guest.Load[uint8](at, 3) != 0 || guest.Load[uint8](at, 4) != 1:
		return 3
	case guest.Load[uint8](at, 0) != 9 || guest.Load[uint8](at, 5) != 9:
		return 4
	case !guest.LoadSome(at, 1) || guest.LoadSome(at, 2) || !guest.LoadOK(at, 3) || guest.LoadOK(at, 4):
		return 5
	case guest.LiftSome(0) || !guest.LiftSome(1) || !guest.LiftOK(0) || guest.LiftOK(1):
		return 6
	}
	arena.Done()
	return 0
}

//go:wasmexport lift-some
func liftSome(disc uint32) uint32 {
	if guest.LiftSome(disc) {
		return 1
	}
	return 0
}

//go:wasmexport lift-ok
func liftOK(disc uint32) uint32 {
	if guest.LiftOK(disc) {
		return 0
	}
	return 1
}
