package types

import "testing"

func TestFromBool(t *testing.T) {
	if FromBool(false) != 0 || FromBool(true) != 1 {
		t.Errorf("FromBool gives %d and %d", FromBool(false), FromBool(true))
	}
}

func TestUnknownCase(t *testing.T) {
	if got := UnknownCase("level", 1<<32-1); got != "level(4294967295)" {
		t.Errorf("got %q", got)
	}
}

func TestCaseName(t *testing.T) {
	for n, want := range map[uint32]string{0: "low", 1: "high", 2: "level(2)", 1<<32 - 1: "level(4294967295)"} {
		if got := CaseName("level", n, "low", "high"); got != want {
			t.Errorf("CaseName(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestFlagNames(t *testing.T) {
	for bits, want := range map[uint32]string{
		0: "0", 1: "read", 2: "write", 3: "read|write", 7: "read|write", 8: "0",
	} {
		if got := FlagNames(bits, "read", "write"); got != want {
			t.Errorf("FlagNames(%d) = %q, want %q", bits, got, want)
		}
	}
}
