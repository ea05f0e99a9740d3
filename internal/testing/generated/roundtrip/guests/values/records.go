//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/records"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type recordsGuest struct{}

func (recordsGuest) OfPoint(v records.Point) records.Point {
	return through(v, mangle.RecordsOfPoint, records.OfPoint)
}

func (recordsGuest) OfHuman(v records.Human) records.Human {
	return through(v, mangle.RecordsOfHuman, records.OfHuman)
}

func (recordsGuest) OfPadded(v records.Padded) records.Padded {
	return through(v, mangle.RecordsOfPadded, records.OfPadded)
}

func (recordsGuest) OfNested(v records.Nested) records.Nested {
	return through(v, mangle.RecordsOfNested, records.OfNested)
}

func (recordsGuest) OfTiny(v records.Tiny) records.Tiny {
	return through(v, mangle.RecordsOfTiny, records.OfTiny)
}

func (recordsGuest) OfAlias(v records.Alias) records.Alias {
	return through(v, mangle.RecordsOfAlias, records.OfAlias)
}

func (recordsGuest) OfCrowd(v records.Crowd) records.Crowd {
	return through(v, mangle.RecordsOfCrowd, records.OfCrowd)
}

func (recordsGuest) OfName(v records.Name) records.Name {
	return through(v, mangle.RecordsOfName, records.OfName)
}
