package bind

import (
	"encoding/binary"
	"fmt"
	"iter"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"github.com/witgen/witgen/canonicalabi/host"
)

// StringEncoding is the encoding of strings in a guest's memory (CanonicalABI.md,
// "Canonical ABI Options").
type StringEncoding uint8

// The string encodings.
const (
	UTF8 StringEncoding = iota
	UTF16
	Latin1UTF16
)

// String returns the encoding's name in the text format.
func (e StringEncoding) String() string {
	return [...]string{"utf8", "utf16", "latin1+utf16"}[e]
}

// maxLatin1 is the greatest code point of Latin-1.
const maxLatin1 = 0xff

// utf16Tag is set in the length of a string of Latin1UTF16 that is UTF-16.
const utf16Tag = 1 << 31

// text is a string in a guest's memory.
type text struct {
	bytes []byte
	// wide is true if bytes are UTF-16, and narrow if they are Latin-1. Otherwise they
	// are UTF-8.
	wide, narrow bool
	// probably reports whether a guest chose UTF-16 that could have chosen Latin-1.
	probably bool
}

// units returns the number of code units.
func (t text) units() int {
	if t.wide {
		return len(t.bytes) / 2
	}
	return len(t.bytes)
}

// runes calls yield for each code point. The text has been checked, but the guest's
// realloc may have changed it.
func (t text) runes(yield func(rune) bool) {
	switch {
	case t.wide:
		for i := 0; i < len(t.bytes); i += 2 {
			r := rune(binary.LittleEndian.Uint16(t.bytes[i:]))
			if utf16.IsSurrogate(r) && i+4 <= len(t.bytes) {
				i += 2
				r = utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(t.bytes[i:])))
			}
			if !yield(r) {
				return
			}
		}
	case t.narrow:
		for _, b := range t.bytes {
			if !yield(rune(b)) {
				return
			}
		}
	default:
		for i := 0; i < len(t.bytes); {
			r, n := utf8.DecodeRune(t.bytes[i:])
			i += n
			if !yield(r) {
				return
			}
		}
	}
}

// cut divides the text between two code points, so that the first part is not much longer
// than n bytes, which is even. The second part is empty if the text is not longer.
func (t text) cut(n int) (first, rest text) {
	if len(t.bytes) <= n {
		return t, text{}
	}
	switch {
	case t.wide:
		if u := binary.LittleEndian.Uint16(t.bytes[n:]); u >= 0xdc00 && u <= 0xdfff {
			n += 2
		}
	case !t.narrow:
		for most := n + utf8.UTFMax; n < len(t.bytes) && n < most && !utf8.RuneStart(t.bytes[n]); {
			n++
		}
	}
	first, rest = t, t
	first.bytes, rest.bytes = t.bytes[:n], t.bytes[n:]
	return first, rest
}

// parts calls yield for parts of a text that are encoded anew, and counts the work. It
// stops if the call fails.
func (c *Call) parts(t text) iter.Seq[text] {
	return func(yield func(text) bool) {
		for len(t.bytes) > 0 && c.err == nil {
			var part text
			part, t = t.cut(lookUnits >> runeShift)
			if !c.work(uint64(len(part.bytes))<<runeShift) || !yield(part) {
				return
			}
		}
	}
}

// length returns the length of the text in UTF-8.
func (t text) length() int {
	if !t.wide && !t.narrow {
		return len(t.bytes)
	}
	n := 0
	for r := range t.runes {
		n += utf8.RuneLen(r)
	}
	return n
}

// appendUTF8 appends the text as UTF-8.
func (t text) appendUTF8(b []byte) []byte {
	if !t.wide && !t.narrow {
		return append(b, t.bytes...)
	}
	for r := range t.runes {
		b = utf8.AppendRune(b, r)
	}
	return b
}

// appendUTF16 appends the text as UTF-16.
func (t text) appendUTF16(b []byte) []byte {
	if t.wide {
		return append(b, t.bytes...)
	}
	for r := range t.runes {
		if r1, r2 := utf16.EncodeRune(r); r1 != utf8.RuneError {
			b = binary.LittleEndian.AppendUint16(b, uint16(r1))
			b = binary.LittleEndian.AppendUint16(b, uint16(r2))
		} else {
			b = binary.LittleEndian.AppendUint16(b, uint16(r))
		}
	}
	return b
}

// isLatin1 reports whether Latin-1 has all code points of the text.
func (t text) isLatin1() bool {
	if t.narrow {
		return true
	}
	for r := range t.runes {
		if r > maxLatin1 {
			return false
		}
	}
	return true
}

// validUTF16 reports whether every surrogate belongs to a pair.
func validUTF16(b []byte) bool {
	for i := 0; i < len(b); i += 2 {
		switch u := binary.LittleEndian.Uint16(b[i:]); {
		case u < 0xd800 || u > 0xdfff:
		case u > 0xdbff || i+4 > len(b):
			return false
		default:
			if low := binary.LittleEndian.Uint16(b[i+2:]); low < 0xdc00 || low > 0xdfff {
				return false
			}
			i += 2
		}
	}
	return true
}

// viewString checks a string in the guest's memory (CanonicalABI.md, "Loading",
// load_string_from_range).
func (c *Call) viewString(ptr, tagged uint32) (t text, ok bool) {
	size, align := uint64(tagged), uint32(1)
	rule := host.RuleUTF8
	switch c.opts.encoding {
	case UTF8:
	case UTF16:
		size, align, t.wide = 2*size, 2, true
	case Latin1UTF16:
		align = 2
		if t.wide = tagged&utf16Tag != 0; t.wide {
			size, t.probably = 2*uint64(tagged^utf16Tag), true
		} else {
			t.narrow = true
		}
	default:
		panic(fmt.Sprintf("bind: unhandled string encoding %d", c.opts.encoding))
	}
	if size > maxBytes {
		c.trap(host.RuleStringLength, fmt.Sprintf("%d bytes", size))
	}
	if !c.check(ptr, size, align) {
		return text{}, false
	}
	t.bytes = c.mem[ptr : uint64(ptr)+size]
	switch {
	case t.wide:
		ok, rule = c.validWide(t), host.RuleUTF16
	case t.narrow:
		ok = true
	default:
		ok = c.validText(t.bytes)
	}
	if !ok {
		c.trap(rule, fmt.Sprintf("%d bytes at 0x%x", size, ptr))
	}
	return t, c.err == nil
}

// validWide reports whether a text is UTF-16.
func (c *Call) validWide(t text) bool {
	for part := range c.parts(t) {
		if !validUTF16(part.bytes) {
			return false
		}
	}
	return true
}

// encode encodes a text anew, to memory that has room for it. It returns how many bytes it
// wrote. The guest may have changed the text since that was checked: what has no room then
// is left out.
func (c *Call) encode(room []byte, t text, encode func(text, []byte) []byte) (n int) {
	for part := range c.parts(t) {
		encoded := encode(part, room[n:n:len(room)])
		if len(encoded) > len(room)-n {
			break
		}
		n += len(encoded)
	}
	return n
}

// isLatin1 reports whether Latin-1 has all code points of a text.
func (c *Call) isLatin1(t text) bool {
	for part := range c.parts(t) {
		if !part.isLatin1() {
			return false
		}
	}
	return true
}

// liftWide lifts a string in another encoding than UTF-8.
func (c *Call) liftWide(ptr, tagged uint32) string {
	t, ok := c.viewString(ptr, tagged)
	if !ok {
		return ""
	}
	n := 0
	for part := range c.parts(t) {
		n += part.length()
	}
	if c.err != nil || !c.charge(uint64(n)) {
		return ""
	}
	b := make([]byte, n)
	return unsafe.String(unsafe.SliceData(b), c.encode(b, t, text.appendUTF8))
}

// storeText lowers a text to new memory, by the reallocs that the specification
// prescribes (CanonicalABI.md, "Storing", store_string_into_range).
func (c *Call) storeText(t text) (ptr, tagged uint32) {
	units := t.units()
	if units == 0 {
		if c.opts.encoding == UTF8 {
			return c.Realloc(0, 1), 0
		}
		return c.Realloc(0, 2), 0
	}
	switch c.opts.encoding {
	case UTF8:
		switch {
		case t.wide:
			return c.storeUTF8(t, 3*units)
		case t.narrow:
			return c.storeUTF8(t, 2*units)
		default:
			return c.storeCopy(t.bytes, units, 1)
		}
	case UTF16:
		switch {
		case t.wide:
			return c.storeCopy(t.bytes, units, 2)
		case t.narrow:
			ptr = c.Realloc(uint32(2*units), 2)
			c.encode(c.room(ptr, 2*units), t, text.appendUTF16)
			return ptr, uint32(units)
		default:
			return c.storeUTF16(t)
		}
	case Latin1UTF16:
		if t.narrow {
			return c.storeCopy(t.bytes, units, 2)
		}
		return c.storeLatin1(t)
	default:
		panic(fmt.Sprintf("bind: unhandled string encoding %d", c.opts.encoding))
	}
}

// storeCopy is store_string_copy.
func (c *Call) storeCopy(b []byte, units int, align uint32) (ptr, tagged uint32) {
	ptr = c.Realloc(uint32(len(b)), align)
	c.put(ptr, b)
	return ptr, uint32(units)
}

// storeUTF8 is store_string_to_utf8, which allocates for ASCII first.
func (c *Call) storeUTF8(t text, worst int) (ptr, tagged uint32) {
	units := t.units()
	ptr = c.Realloc(uint32(units), 1)
	n, ascii := c.narrow(c.room(ptr, units), t, utf8.RuneSelf-1)
	if ascii {
		return ptr, uint32(units)
	}
	ptr = c.resize(ptr, uint32(units), 1, uint32(worst))
	if room := c.room(ptr, worst); room != nil {
		t.bytes = t.bytes[n*(len(t.bytes)/units):]
		n += c.encode(room[n:], t, text.appendUTF8)
	}
	if worst > n {
		ptr = c.resize(ptr, uint32(worst), 1, uint32(n))
	}
	return ptr, uint32(n)
}

// storeUTF16 is store_utf8_to_utf16.
func (c *Call) storeUTF16(t text) (ptr, tagged uint32) {
	worst := 2 * t.units()
	ptr = c.Realloc(uint32(worst), 2)
	n := c.encode(c.room(ptr, worst), t, text.appendUTF16)
	if n < worst {
		ptr = c.resize(ptr, uint32(worst), 2, uint32(n))
	}
	return ptr, uint32(n / 2)
}

// storeLatin1 is store_string_to_latin1_or_utf16, and
// store_probably_utf16_to_latin1_or_utf16 for a text that a guest has tagged as
// UTF-16.
func (c *Call) storeLatin1(t text) (ptr, tagged uint32) {
	units := t.units()
	if t.probably {
		ptr = c.Realloc(uint32(2*units), 2)
		c.put(ptr, t.bytes)
		if !c.isLatin1(t) {
			return ptr, uint32(units) | utf16Tag
		}
		c.narrow(c.room(ptr, units), t, maxLatin1)
		return c.resize(ptr, uint32(2*units), 1, uint32(units)), uint32(units)
	}
	ptr = c.Realloc(uint32(units), 2)
	n, latin1 := c.narrow(c.room(ptr, units), t, maxLatin1)
	if latin1 {
		if n < units {
			ptr = c.resize(ptr, uint32(units), 2, uint32(n))
		}
		return ptr, uint32(n)
	}
	worst := 2 * units
	ptr = c.resize(ptr, uint32(units), 2, uint32(worst))
	n = c.encode(c.room(ptr, worst), t, text.appendUTF16)
	if worst > n {
		ptr = c.resize(ptr, uint32(worst), 2, uint32(n))
	}
	return ptr, uint32(n/2) | utf16Tag
}

// narrow stores the code points of a text up to the first that is greater than most, each in
// a byte of memory that has room for all. It returns how many it stored, and whether these
// are all.
func (c *Call) narrow(room []byte, t text, most rune) (n int, all bool) {
	for part := range c.parts(t) {
		for r := range part.runes {
			if r > most || n == len(room) {
				return n, false
			}
			room[n] = byte(r)
			n++
		}
	}
	return n, c.err == nil
}

// room returns size bytes of memory that realloc has returned, or nil if the call has failed.
func (c *Call) room(ptr uint32, size int) []byte {
	end := uint64(ptr) + uint64(size)
	if mem := c.memory(); c.err == nil && end <= uint64(len(mem)) {
		return mem[ptr:end:end]
	}
	return nil
}

// put stores bytes in memory that realloc has returned.
func (c *Call) put(ptr uint32, b []byte) {
	if room := c.room(ptr, len(b)); room != nil {
		c.copied(room, b)
	}
}

// lowerWide lowers a string in another encoding than UTF-8.
func (c *Call) lowerWide(s string) (ptr, tagged uint32) {
	if c.err != nil {
		return 0, 0
	}
	if len(s) == 0 {
		return c.Realloc(0, 2), 0
	}
	return c.storeText(text{bytes: unsafe.Slice(unsafe.StringData(s), len(s))})
}
