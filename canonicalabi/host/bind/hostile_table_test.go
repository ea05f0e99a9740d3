package bind_test

import (
	_ "embed"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// trapIf is a trap_if of CanonicalABI.md, by its function there and its text without
// what is said of 64-bit memories; or the trap of a guest's own code.
type trapIf struct {
	function, text string
	// rules are those of the tables of hostile guests that break it.
	rules []string
	// why says why no guest of a synchronous host can break it.
	why string
}

// Why trap_ifs are not met.
const (
	asynchronous = "the runtime takes no asynchronous functions, streams, futures, tasks, threads or error contexts: Compile refuses guests that import them"
	oneKind      = "tables hold nothing but handles of resources"
)

// trapIfs are all that a synchronous host meets, and those of the same functions that
// it does not. Functions of which all are asynchronous stand in asyncFunctions.
var trapIfs = []trapIf{
	{"Task.return_", "self.state == Task.State.RESOLVED", nil, "a synchronous task returns once"},
	{"Task.return_", "self.num_borrows > 0", []string{"Task.return_: num_borrows > 0"}, ""},
	{"Task.unregister_thread", "self.state != Task.State.RESOLVED", nil, "a synchronous task returns with its only thread"},
	{"Store.lift", "not inst.may_enter_from(caller)", []string{"what the host does when it is called"}, ""},
	{"Table.get", "i >= len(self.array)", []string{"Table.get: i >= len(array)"}, ""},
	{"Table.get", "self.array[i] is None", []string{"Table.get: array[i] is None"}, ""},
	{"Table.add", "i > Table.MAX_LENGTH", []string{"Table.add: i > MAX_LENGTH, and the limit of handles"}, ""},
	{"convert_i32_to_char", "i >= 0x110000", []string{"convert_i32_to_char: i >= 0x110000", "convert_i32_to_char, of an import's parameter"}, ""},
	{"convert_i32_to_char", "0xD800 <= i <= 0xDFFF", []string{"convert_i32_to_char: 0xD800 <= i <= 0xDFFF", "convert_i32_to_char, of an import's parameter"}, ""},
	{"load_string_from_range", "byte_length > MAX_STRING_BYTE_LENGTH", []string{"load_string_from_range: byte_length > MAX_STRING_BYTE_LENGTH",
		"load_string_from_range: byte_length > MAX_STRING_BYTE_LENGTH, of UTF-16", "load_string_from_range, of an import's parameter"}, ""},
	{"load_string_from_range", "ptr != align_to(ptr, alignment)", []string{"load_string_from_range: ptr != align_to(ptr, alignment)"}, ""},
	{"load_string_from_range", "ptr + byte_length > len(memory)", []string{"load_string_from_range: ptr + byte_length > len(memory)",
		"load_string_from_range: ptr + byte_length > len(memory), of UTF-16", "load_string_from_range, of an import's parameter"}, ""},
	{"load_string_from_range", "", []string{"load_string_from_range: UnicodeError", "load_string_from_range: UnicodeError, of UTF-16"}, ""},
	{"load_list_from_range", "length * elem_size(elem_type) > MAX_LIST_BYTE_LENGTH",
		[]string{"load_list_from_range: length * elem_size > MAX_LIST_BYTE_LENGTH", "load_list_from_range, of an import's parameter"}, ""},
	{"load_list_from_range", "ptr != align_to(ptr, alignment(elem_type))",
		[]string{"load_list_from_range: ptr != align_to(ptr, alignment)", "load_list_from_range, of an import's parameter"}, ""},
	{"load_list_from_range", "ptr + length * elem_size(elem_type) > len(memory)",
		[]string{"load_list_from_range: ptr + length * elem_size > len(memory)", "load_list_from_range, of an import's parameter"}, ""},
	{"load_variant", "case_index >= len(cases)", []string{"load_variant: case_index >= len(cases)"}, ""},
	{"lift_own", "not isinstance(h, ResourceHandle)", nil, oneKind},
	{"lift_own", "h.rt is not t.rt", []string{"lift_own: h.rt is not t.rt"}, ""},
	{"lift_own", "h.num_lends != 0", []string{"lift_own: h.num_lends != 0"}, ""},
	{"lift_own", "not h.own", []string{"lift_own: not h.own"}, ""},
	{"lift_borrow", "not isinstance(h, ResourceHandle)", nil, oneKind},
	{"lift_borrow", "h.rt is not t.rt", []string{"lift_borrow: h.rt is not t.rt"}, ""},
	{"store_string_copy", "ptr != align_to(ptr, dst_alignment)", []string{"store_string_copy: ptr != align_to(ptr, dst_alignment)"}, ""},
	{"store_string_copy", "ptr + dst_byte_length > len(memory)", []string{"store_string_copy: ptr + dst_byte_length > len(memory)"}, ""},
	{"store_string_to_utf8", "ptr + src_code_units > len(memory)", []string{"store_string_to_utf8: ptr + src_code_units > len(memory)"}, ""},
	{"store_string_to_utf8", "ptr + worst_case_size > len(memory)", []string{"store_string_to_utf8: ptr + worst_case_size > len(memory)"}, ""},
	{"store_string_to_utf8", "ptr + len(encoded) > len(memory)", []string{"store_string_to_utf8: ptr + len(encoded) > len(memory)"}, ""},
	{"store_utf8_to_utf16", "ptr != align_to(ptr, 2)", []string{"store_utf8_to_utf16: ptr != align_to(ptr, 2)"}, ""},
	{"store_utf8_to_utf16", "ptr + worst_case_size > len(memory)", []string{"store_utf8_to_utf16: ptr + worst_case_size > len(memory)"}, ""},
	{"store_utf8_to_utf16", "ptr + len(encoded) > len(memory)", []string{"store_utf8_to_utf16: ptr + len(encoded) > len(memory)"}, ""},
	{"store_string_to_latin1_or_utf16", "ptr != align_to(ptr, 2)", []string{"store_string_to_latin1_or_utf16: ptr != align_to(ptr, 2)"}, ""},
	{"store_string_to_latin1_or_utf16", "ptr + src_code_units > len(memory)", []string{"store_string_to_latin1_or_utf16: ptr + src_code_units > len(memory)"}, ""},
	{"store_string_to_latin1_or_utf16", "ptr + worst_case_size > len(memory)", []string{"store_string_to_latin1_or_utf16: ptr + worst_case_size > len(memory)"}, ""},
	{"store_string_to_latin1_or_utf16", "ptr + len(encoded) > len(memory)", []string{"store_string_to_latin1_or_utf16: ptr + len(encoded) > len(memory)"}, ""},
	{"store_string_to_latin1_or_utf16", "ptr + dst_byte_length > len(memory)", []string{"store_string_to_latin1_or_utf16: ptr + dst_byte_length > len(memory)"}, ""},
	{"store_probably_utf16_to_latin1_or_utf16", "ptr != align_to(ptr, 2)", []string{"store_probably_utf16_to_latin1_or_utf16: ptr != align_to(ptr, 2)"}, ""},
	{"store_probably_utf16_to_latin1_or_utf16", "ptr + src_byte_length > len(memory)", []string{"store_probably_utf16_to_latin1_or_utf16: ptr + src_byte_length > len(memory)"}, ""},
	{"store_probably_utf16_to_latin1_or_utf16", "ptr + latin1_size > len(memory)", []string{"store_probably_utf16_to_latin1_or_utf16: ptr + latin1_size > len(memory)"}, ""},
	{"store_list_into_range", "ptr != align_to(ptr, alignment(elem_type))", []string{"store_list_into_range: ptr != align_to(ptr, alignment)"}, ""},
	{"store_list_into_range", "ptr + byte_length > len(memory)", []string{"store_list_into_range: ptr + byte_length > len(memory)"}, ""},
	{"lift_flat_variant", "case_index >= len(cases)", []string{"lift_flat_variant: case_index >= len(cases)", "lift_flat_variant, of an import's parameter"}, ""},
	{"lift_flat_values", "ptr != align_to(ptr, alignment(tuple_type))", []string{"lift_flat_values: ptr != align_to(ptr, alignment)", "lift_flat_values, of an import's parameters"}, ""},
	{"lift_flat_values", "ptr + elem_size(tuple_type) > len(memory)", []string{"lift_flat_values: ptr + elem_size > len(memory)", "lift_flat_values, of an import's parameters"}, ""},
	{"lower_flat_values", "ptr != align_to(ptr, alignment(tuple_type))",
		[]string{"lower_flat_values: ptr != align_to(ptr, alignment)", "lower_flat_values: ptr != align_to(ptr, alignment), of an import's result"}, ""},
	{"lower_flat_values", "ptr + elem_size(tuple_type) > len(memory)",
		[]string{"lower_flat_values: ptr + elem_size > len(memory)", "lower_flat_values: ptr + elem_size > len(memory), of an import's result"}, ""},
	{"canon_lift", "not isinstance(wset, WaitableSet)", nil, asynchronous},
	{"canon_lift", "not candidates", nil, asynchronous},
	{"canon_lift", "", nil, asynchronous},
	{"call_and_trap_on_throw", "", []string{"traps of core code", "call_and_trap_on_throw, of realloc", "call_and_trap_on_throw, of post-return"}, ""},
	{"canon_lower", "not thread.task.inst.may_leave", []string{"canon_lower: not may_leave, in realloc", "canon_lower: not may_leave, in post-return"}, ""},
	{"canon_resource_new", "not inst.may_leave", []string{"canon_lower: not may_leave, in realloc", "canon_lower: not may_leave, in post-return"}, ""},
	{"canon_resource_drop", "not inst.may_leave", []string{"canon_lower: not may_leave, in realloc", "canon_lower: not may_leave, in post-return"}, ""},
	{"canon_resource_drop", "not isinstance(h, ResourceHandle)", nil, oneKind},
	{"canon_resource_drop", "h.rt is not rt", []string{"canon_resource_drop"}, ""},
	{"canon_resource_drop", "h.num_lends != 0", nil, "while a handle is lent its guest is in an import, and may not be entered, so that it cannot drop it"},
	{"canon_resource_rep", "not isinstance(h, ResourceHandle)", nil, oneKind},
	{"canon_resource_rep", "h.rt is not rt", []string{"canon_resource_rep: h.rt is not rt"}, ""},
}

// asyncFunctions matches the functions that only asynchronous guests meet.
var asyncFunctions = regexp.MustCompile(`^(Task\.cancel|WaitableSet\..*|Subtask\..*|BufferGuestImpl\..*|Shared(Stream|Future)Impl\..*|CopyEnd\..*|Writable(Stream|Future)End\..*|` +
	`lift_error_context|lift_async_value|unpack_callback_result|(stream|future|cancel)_copy|drop|canon_(backpressure|task|waitable|subtask|stream|future|thread|error_context)_.*)$`)

// Each trap_if that a synchronous host meets has hostile guests that break it.
func TestEveryTrapIfHasGuests(t *testing.T) {
	t.Parallel()
	guests := map[string]int{}
	for _, r := range rules() {
		guests[r.of] += len(r.guests)
	}
	for _, r := range encodingRules() {
		guests[r.of] += len(r.guests)
	}
	named := map[string]bool{}
	for _, row := range trapIfs {
		if (len(row.rules) == 0) != (row.why != "") {
			t.Errorf("%s, %s: there are to be rules, or a reason why there are none", row.function, row.text)
		}
		for _, r := range row.rules {
			named[r] = true
			if guests[r] == 0 {
				t.Errorf("%s, %s: there are no guests for %q", row.function, row.text, r)
			}
		}
	}
	for r := range guests { // those that name a function of the document
		if name, _, ok := strings.Cut(r, ":"); ok && strings.Contains(name, "_") && !named[r] {
			t.Errorf("no trap_if of the table has the rule %q", r)
		}
	}
}

// traps.txt lists what CanonicalABI.md traps on, a line each: the function, and the
// text of the trap_if after a tab where there is one. The first line says of which
// commit.
//
//go:embed testdata/traps.txt
var trapsText string

// The table is complete: each trap of the document is in it, or of a function that is
// asynchronous.
func TestTrapIfsAreComplete(t *testing.T) {
	found := listedTraps()
	for _, row := range trapIfs {
		if !slices.ContainsFunc(found, row.same) {
			t.Errorf("the document has no %s, %q", row.function, row.text)
		}
	}
	for _, f := range found {
		if slices.ContainsFunc(trapIfs, f.same) == asyncFunctions.MatchString(f.function) {
			t.Errorf("%s, %q: it must be in the table, or of a function that is asynchronous", f.function, f.text)
		}
	}
	t.Logf("%d traps in the document, %d in the table", len(found), len(trapIfs))
	// Whoever has a newer document at hand sees what it changes.
	if path := os.Getenv("WITGEN_CANONICAL_ABI"); path != "" {
		document, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lines(found), lines(documentTraps(string(document)))); diff != "" {
			t.Errorf("testdata/traps.txt is not what %s says (-list +document):\n%s", path, diff)
		}
	}
}

func (row trapIf) same(other trapIf) bool {
	return row.function == other.function && row.text == other.text
}

// listedTraps returns the traps of the list.
func listedTraps() []trapIf {
	var found []trapIf
	for _, line := range strings.Split(strings.TrimSpace(trapsText), "\n")[1:] {
		function, text, _ := strings.Cut(line, "\t")
		found = append(found, trapIf{function: function, text: text})
	}
	return found
}

// lines returns traps as the list has them.
func lines(traps []trapIf) []string {
	list := make([]string, len(traps))
	for i, f := range traps {
		list[i] = strings.TrimSuffix(f.function+"\t"+f.text, "\t")
	}
	return list
}

var (
	classLine = regexp.MustCompile(`^class (\w+)`)
	defLine   = regexp.MustCompile(`^(?:  )?def (\w+)`)
	trapLine  = regexp.MustCompile(`^\s*(?:trap_if\((.*)\)|trap\(\))\s*(?:#.*)?$`)
	noise     = strings.NewReplacer(", cx.opts.memory.ptr_type()", "", "cx.opts.", "")
)

// documentTraps returns what the document traps on, by method or outermost function.
func documentTraps(document string) []trapIf {
	var found []trapIf
	var class, function string
	python := false
	for line := range strings.Lines(document) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "```") {
			python = line == "```python"
			continue
		}
		if !python {
			continue
		}
		if m := classLine.FindStringSubmatch(line); m != nil {
			class = m[1] + "."
		} else if m := defLine.FindStringSubmatch(line); m != nil {
			switch nested := strings.HasPrefix(line, " "); {
			case !nested:
				class, function = "", m[1]
			case class != "":
				function = m[1]
			}
		} else if m := trapLine.FindStringSubmatch(line); m != nil {
			found = append(found, trapIf{function: class + function, text: noise.Replace(m[1])})
		}
	}
	return found
}
