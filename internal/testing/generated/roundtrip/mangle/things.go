package mangle

import (
	rows1 "github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/old/db/v1/rows"
	rows2 "github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/old/db/v2/rows"
)

// OldRow changes the fields of a row of old:db@1.0.0.
func OldRow(v rows1.Row) rows1.Row { return rows1.Row{ID: Int(v.ID), Text: String(v.Text)} }

// NewRow changes the fields of a row of old:db@2.1.0.
func NewRow(v rows2.Row) rows2.Row {
	return rows2.Row{ID: Int(v.ID), Text: Option(String)(v.Text), Tags: List(String)(v.Tags)}
}
