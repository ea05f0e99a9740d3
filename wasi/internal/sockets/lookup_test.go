package sockets

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/witgen/witgen/wasi/internal/poll"
)

func lookupAll(t *testing.T, n *Network, name string) (string, error) {
	t.Helper()
	l, err := n.ResolveName(name)
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, err = poll.Wait(background, l)
	must(t, err)
	var all []string
	for {
		a, ok, err := l.Next()
		if err != nil {
			return "", err
		}
		if !ok {
			return strings.Join(all, " "), nil
		}
		all = append(all, a.String())
	}
}

func TestResolve(t *testing.T) {
	goroutines(t)
	n := open(t)
	var asked []string
	n.Lookup = func(_ context.Context, name string) ([]netip.Addr, error) {
		asked = append(asked, name)
		switch name {
		case "missing.test":
			return nil, &net.DNSError{IsNotFound: true}
		case "later.test":
			return nil, &net.DNSError{IsTemporary: true}
		case "broken.test":
			return nil, &net.DNSError{}
		case "empty.test":
			return nil, nil
		}
		return []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.1"), netip.MustParseAddr("fe80::1%eth0")}, nil
	}
	for _, c := range []struct {
		name, want string
		code       Code
		asked      string
	}{
		{"Example.TEST.", "192.0.2.1 fe80::1", none, "example.test"},
		{"bücher.test", "192.0.2.1 fe80::1", none, "xn--bcher-kva.test"},
		{"例え.テスト", "192.0.2.1 fe80::1", none, "xn--r8jz45g.xn--zckzah"},
		{"missing.test", "", NameUnresolvable, "missing.test"},
		{"empty.test", "", NameUnresolvable, "empty.test"},
		{"later.test", "", TemporaryResolverFailure, "later.test"},
		{"broken.test", "", PermanentResolverFailure, "broken.test"},
		{"127.0.0.1", "127.0.0.1", none, ""},
		{"::1", "::1", none, ""},
		{"[::1]", "::1", none, ""},
		{"::ffff:127.0.0.1", "127.0.0.1", none, ""},
		{"", "", InvalidArgument, ""},
		{".", "", InvalidArgument, ""},
		{"a..b", "", InvalidArgument, ""},
		{"a b", "", InvalidArgument, ""},
		{"256.0.0.1", "", InvalidArgument, ""},
		{"host.123.", "", InvalidArgument, ""},
		{"a/b", "", InvalidArgument, ""},
		{"host:80", "", InvalidArgument, ""},
		{"-a.test", "", InvalidArgument, ""},
		{"a\x00b", "", InvalidArgument, ""},
		{"\xff", "", InvalidArgument, ""},
		{strings.Repeat("a", 64) + ".test", "", InvalidArgument, ""},
		{strings.Repeat("a.", 127) + "aa", "", InvalidArgument, ""},
	} {
		asked = nil
		got, err := lookupAll(t, n, c.name)
		expect(t, c.name, err, c.code)
		if got != c.want || strings.Join(asked, " ") != c.asked {
			t.Errorf("%s: %q, after asking for %q", c.name, got, asked)
		}
	}
	// The lookup of one name is remembered, and the guest's alone.
	if !n.allowed(func(t Target) bool { return t.Host == "example.test" }, "tcp", addr("192.0.2.1:1")) {
		t.Error("the name was forgotten")
	}
	n.Resolve = func(name string) bool { return name == "good.test" }
	expect(t, "not allowed", err1(n.ResolveName("bad.test")), PermanentResolverFailure)
	if got, err := lookupAll(t, n, "GOOD.test"); err != nil || got == "" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestLookupIsGivenUp closes a lookup that is under way. It counts until it has ended.
func TestLookupIsGivenUp(t *testing.T) {
	goroutines(t)
	n := open(t)
	n.Lookup = func(ctx context.Context, _ string) ([]netip.Addr, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	l, err := n.ResolveName("slow.test")
	must(t, err)
	if l.Ready() {
		t.Error("the lookup is ready")
	}
	_, _, err = l.Next()
	expect(t, "next", err, WouldBlock)
	must(t, l.Close())
	if n.Open() != 1 {
		t.Errorf("%d lookups are under way, want 1", n.Open())
	}
}
