package wit

import "testing"

func TestCompareVersions(t *testing.T) {
	// Each comes before all after it.
	order := []string{"", "0.0.1-a", "0.0.1", "0.0.2", "0.1.0", "0.2.0-rc.1", "0.2.0-rc.2", "0.2.0-rc.10", "0.2.0-rc.a", "0.2.0-rc.a.1",
		"0.2.0", "0.2.0+1", "0.2.0+10", "0.2.0+a", "0.2.9", "0.2.10", "1.0.0", "18446744073709551615.0.0", "100000000000000000000.0.0"}
	for i, a := range order {
		for j, b := range order {
			if got := sign(CompareVersions(a, b)); got != sign(i-j) {
				t.Errorf("CompareVersions(%q, %q) = %d, want %d", a, b, got, sign(i-j))
			}
		}
	}
}

func sign(n int) int { return min(max(n, -1), 1) }

func TestVersionTrack(t *testing.T) {
	for version, want := range map[string]string{
		"":                "",
		"1.2.3":           "1",
		"12.0.0":          "12",
		"0.2.8":           "0.2",
		"0.2.8+build":     "0.2",
		"0.0.3":           "0.0.3",
		"0.0.0":           "0.0.0",
		"1.2.3-rc.1":      "1.2.3-rc.1",
		"0.3.0-rc.1+date": "0.3.0-rc.1",
	} {
		if got := VersionTrack(version); got != want {
			t.Errorf("VersionTrack(%q) = %q, want %q", version, got, want)
		}
	}
}

func TestInterfaceTrack(t *testing.T) {
	for name, want := range map[string]string{
		"a:b/c":             "a:b/c",
		"$root":             "$root",
		"a:b/c@0.2.8":       "a:b/c@0.2",
		"a:b/c@1.0.0+x@y":   "a:b/c@1",
		"a:b/c@0.0.3+build": "a:b/c@0.0.3",
		"a:b/c@1.0.0-rc":    "a:b/c@1.0.0-rc",
	} {
		if got := InterfaceTrack(name); got != want {
			t.Errorf("InterfaceTrack(%q) = %q, want %q", name, got, want)
		}
	}
}
