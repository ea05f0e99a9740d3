package cli

import "testing"

// Each command is listed under the name that it has.
func TestCommandNames(t *testing.T) {
	a := newApp(nil, nil, nil)
	for _, c := range a.commands() {
		if got := c.make().Name(); got != c.name {
			t.Errorf("the command %s is listed as %s", got, c.name)
		}
	}
	if n, all := len(a.rootCommand([]string{"check"}).Commands()), len(a.rootCommand(nil).Commands()); n != 1 || all != len(a.commands()) {
		t.Errorf("%d commands are made for one and %d for help", n, all)
	}
}
