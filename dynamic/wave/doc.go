// Package wave reads and writes values of WIT types as text, in WAVE, the
// WebAssembly Value Encoding of the component model's tools:
//
//	true  -7  6.02e23  -inf  'x'  "a\nb"  (1, "one")  [1, 2]  {name: "Ann", age: 7}
//	days(30)  south  some(1)  none  ok("fine")  err(404)  {read, write}  {"a": 1}
//
// Reading follows the type: an option and a result may be written as the bare value
// inside (7 for some(7)), fields of a record that are none may be left out, and {:}
// is a record without any field. Cases that are called as one of WAVE's keywords
// (true, false, inf, nan, some, none, ok, err) begin with a %. Blanks and //
// comments may stand between tokens, a comma at the end of a list.
//
// Writing is canonical: one line, options and results spelled out, fields in the
// order of the type and without those that are none, map entries in key order.
// What was written reads back as the same value; of NaNs there is one.
//
// The values are those of package value.
package wave
