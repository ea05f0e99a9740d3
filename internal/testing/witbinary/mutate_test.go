package witbinary

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser"
)

// mutator changes WIT text so that it often stays WIT and seldom stays valid.
type mutator struct {
	*rand.Rand
	tokens []string
	names  []int // indices of tokens that are names
}

// mutate returns a text with one to four changes. Comments get lost.
func mutate(r *rand.Rand, text string) string {
	m := &mutator{Rand: r}
	for _, t := range parser.Tokens(diag.NewFile("", []byte(text))) {
		m.tokens = append(m.tokens, t.Text)
	}
	for range 1 + m.IntN(4) {
		m.find()
		m.change()
	}
	var b strings.Builder
	for i, t := range m.tokens {
		if i > 0 && spaced(m.tokens[i-1], t) {
			b.WriteByte(' ')
		}
		b.WriteString(t)
	}
	return b.String()
}

// spaced reports whether a blank goes between two tokens. The parts of a version
// stand together.
func spaced(a, b string) bool {
	return !strings.HasSuffix(a, ".") && b != "." && a != "@" && b != "@" && a != "-" && b != "-" && a != "+" && b != "+" || strings.HasPrefix(b, "{")
}

func isName(t string) bool {
	t = strings.TrimPrefix(t, "%")
	return t != "" && (t[0] >= 'a' && t[0] <= 'z' || t[0] >= 'A' && t[0] <= 'Z') && !parser.IsKeyword(t)
}

func (m *mutator) find() {
	m.names = m.names[:0]
	for i, t := range m.tokens {
		if isName(t) {
			m.names = append(m.names, i)
		}
	}
}

// name returns one of the file's names.
func (m *mutator) name() string {
	if len(m.names) == 0 {
		return "x"
	}
	return m.tokens[m.names[m.IntN(len(m.names))]]
}

// replace puts other tokens in the place of those from i to j.
func (m *mutator) replace(i, j int, by ...string) {
	m.tokens = append(append(append([]string{}, m.tokens[:i]...), by...), m.tokens[j:]...)
}

func (m *mutator) change() {
	if len(m.tokens) < 2 {
		return
	}
	at := m.IntN(len(m.tokens) - 1)
	switch m.IntN(14) {
	case 0, 1: // a name takes the place of another
		if len(m.names) > 0 {
			m.tokens[m.names[m.IntN(len(m.names))]] = m.name()
		}
	case 2, 3: // a name becomes one like another
		if len(m.names) > 0 {
			m.tokens[m.names[m.IntN(len(m.names))]] = m.vary(m.name())
		}
	case 4, 5, 6: // a type takes the place of another
		for range 50 {
			i := m.IntN(len(m.tokens))
			if _, isType := kinds[m.tokens[i]]; isType || i > 0 && isName(m.tokens[i]) && strings.Contains("< ( : = ,", m.tokens[i-1]) {
				m.replace(i, i+1, strings.Fields(m.typ(2))...)
				return
			}
		}
	case 7: // braces or brackets become empty
		if i, j := m.brackets(at); j > 0 {
			m.replace(i+1, j)
		}
	case 8: // what stands in braces comes twice
		if i, j := m.brackets(at); j > 0 {
			m.replace(j, j, m.tokens[i+1:j]...)
		}
	case 9: // a piece up to a comma or semicolon goes, or comes twice
		i, j := m.piece(at)
		if m.IntN(2) == 0 {
			m.replace(i, j)
		} else {
			m.replace(j, j, m.tokens[i:j]...)
		}
	case 10: // a piece moves
		i, j := m.piece(at)
		piece := append([]string{}, m.tokens[i:j]...)
		m.replace(i, j)
		_, to := m.piece(m.IntN(max(len(m.tokens)-1, 1)))
		m.replace(to, to, piece...)
	case 11:
		words := []string{"async", "static", "@external-id(\"x\")", "@unstable(feature = f)", "own", "import", "export", "include", "use", "%"}
		m.replace(at, at, words[m.IntN(len(words))])
	case 12: // a number becomes another
		for i := range m.tokens {
			i = (i + at) % len(m.tokens)
			if c := m.tokens[i][:min(1, len(m.tokens[i]))]; c >= "0" && c <= "9" && c != "" {
				m.tokens[i] = []string{"0", "1", "00", "4294967295", "268435456", "18446744073709551615"}[m.IntN(6)]
				return
			}
		}
	case 13:
		m.replace(at, at+1)
	}
}

// vary returns a name that differs in little from another.
func (m *mutator) vary(name string) string {
	switch m.IntN(6) {
	case 0:
		return strings.ReplaceAll(name, "-", "")
	case 1:
		return strings.ToUpper(name)
	case 2:
		i := m.IntN(len(name))
		return name[:i] + "-" + name[i:]
	case 3:
		first, rest, _ := strings.Cut(name, "-")
		return strings.ToUpper(first) + "-" + rest
	case 4:
		return name + "-1"
	default:
		return name + fmt.Sprint(m.IntN(3))
	}
}

// kinds are words that begin a type, with how many types each takes.
var kinds = map[string]int{
	"u8": 0, "s64": 0, "f32": 0, "f64": 0, "char": 0, "string": 0, "bool": 0, "error-context": 0,
	"list": 1, "option": 1, "stream": 1, "future": 1, "borrow": 1, "own": 1, "result": 2, "tuple": 2, "map": 2,
}

func (m *mutator) typ(depth int) string {
	inner := func() string { return m.typ(depth - 1) }
	if depth == 0 {
		return []string{"u8", "char", "string", "f32", m.name(), m.name()}[m.IntN(6)]
	}
	switch m.IntN(18) {
	case 0:
		return "tuple < >"
	case 1:
		return "list < " + inner() + " , " + []string{"0", "1", "268435456", "4294967295"}[m.IntN(4)] + " >"
	case 2:
		return "stream < char >"
	case 3:
		return "stream < " + inner() + " >"
	case 4:
		return "future < " + inner() + " >"
	case 5:
		return "map < " + inner() + " , " + inner() + " >"
	case 6:
		return "tuple < " + inner() + " , " + inner() + " >"
	case 7:
		return "option < " + inner() + " >"
	case 8:
		return "result < " + inner() + " , " + inner() + " >"
	case 9:
		return "result < _ , " + inner() + " >"
	case 10:
		return "list < " + inner() + " >"
	case 11:
		return "borrow < " + m.name() + " >"
	case 12:
		return "own < " + m.name() + " >"
	case 13:
		return []string{"stream", "future", "result", "error-context"}[m.IntN(4)]
	default:
		return m.typ(0)
	}
}

// brackets returns the first pair of brackets at or behind a token.
func (m *mutator) brackets(at int) (open, end int) {
	for i := at; i < len(m.tokens); i++ {
		if !strings.Contains("{ ( <", m.tokens[i]) || m.tokens[i] == "" {
			continue
		}
		depth := 0
		for j := i; j < len(m.tokens); j++ {
			switch m.tokens[j] {
			case "{", "(", "<":
				depth++
			case "}", ")", ">":
				if depth--; depth == 0 {
					return i, j
				}
			}
		}
	}
	return 0, 0
}

// piece returns the tokens around one, from behind a separator to the next one.
func (m *mutator) piece(at int) (start, end int) {
	separator := func(i int) bool { return strings.Contains("{ } ( ) , ;", m.tokens[i]) && m.tokens[i] != "" }
	start, end = at, at
	for start > 0 && !separator(start-1) {
		start--
	}
	for end < len(m.tokens)-1 && !separator(end) {
		end++
	}
	if end < len(m.tokens)-1 && strings.Contains(", ;", m.tokens[end]) {
		end++
	}
	return start, end
}
