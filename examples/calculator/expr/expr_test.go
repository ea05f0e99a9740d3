package expr

import "testing"

func TestEval(t *testing.T) {
	for _, test := range []struct {
		text string
		want float64
	}{
		{"1", 1},
		{"1 + 2 * 3", 7},
		{"(1 + 2) * 3", 9},
		{"10 / 4 - 1", 1.5},
		{"--2", 2},
		{"8 / 2 / 2", 2},
		{" 1.5*2 ", 3},
	} {
		steps := 0
		got, err := Eval(test.text, func(string) { steps++ })
		if err != nil || got != test.want {
			t.Errorf("Eval(%q) = %v, %v; want %v", test.text, got, err, test.want)
		}
	}
}

func TestEvalErrors(t *testing.T) {
	deep := ""
	for range 200 {
		deep += "("
	}
	for text, want := range map[string]string{
		"":      "expected a number at offset 0",
		"1 +":   "expected a number at offset 3",
		"(1":    "missing ) at offset 2",
		"1 2":   `unexpected "2" at offset 2`,
		"1 / 0": "division by zero at offset 5",
		"1..2":  "expected a number at offset 0",
		deep:    "nested too deep at offset 101",
	} {
		if _, err := Eval(text, func(string) {}); err == nil || err.Error() != want {
			t.Errorf("Eval(%.10q) gives %v, want %s", text, err, want)
		}
	}
}

func TestEvalSteps(t *testing.T) {
	var steps []string
	if _, err := Eval("1 + 2 * 3", func(s string) { steps = append(steps, s) }); err != nil {
		t.Fatal(err)
	}
	if len(steps) != 2 || steps[0] != "2 * 3 = 6" || steps[1] != "1 + 6 = 7" {
		t.Errorf("steps are %q", steps)
	}
}
