package startcalls

import "testing"

func TestAllowed(t *testing.T) {
	all := Empty{true, true, true}
	for _, test := range []struct {
		name  string
		empty Empty
		want  bool
	}{
		{"fd_write", Empty{}, true},
		{"random_get", all, false},
		{"clock_time_get", all, false},
		{"path_open", all, false},
		{"fd_read", all, false},
		{"args_get", Empty{Arguments: true}, true},
		{"args_get", Empty{Environment: true, Folders: true}, false},
		{"environ_get", Empty{Environment: true}, true},
		{"environ_get", Empty{Arguments: true, Folders: true}, false},
		{"fd_prestat_get", Empty{Folders: true}, true},
		{"fd_prestat_get", Empty{Arguments: true, Environment: true}, false},
		{"pause", all, false}, // of the world
		{"wasi:cli/stdout@0.2.3#get-stdout", Empty{}, true},
		{"wasi:io/streams@0.2.0#[method]output-stream.blocking-write-and-flush", Empty{}, true},
		{"wasi:io/streams@0.2.0#[method]input-stream.read", all, false},
		{"wasi:random/random@0.2.3#get-random-bytes", all, false},
		{"wasi:random/insecure-seed#insecure-seed", all, false},
		{"wasi:clocks/monotonic-clock@0.2.3#now", all, false},
		{"wasi:cli/environment@0.2.3#get-arguments", Empty{Arguments: true}, true},
		{"wasi:cli/environment@0.2.3#get-arguments", Empty{Environment: true}, false},
		{"wasi:cli/environment#get-environment", Empty{Environment: true}, true},
		{"wasi:cli/environment#get-environment", Empty{Arguments: true}, false},
		{"wasi:filesystem/preopens@0.2.3#get-directories", Empty{Folders: true}, true},
		{"wasi:filesystem/preopens@0.2.3#get-directories", Empty{}, false},
		{"wasi:filesystem/types@0.2.3#[method]descriptor.read", all, false},
		{"wasi:http/outgoing-handler@0.2.3#handle", all, false},
		{"example:kv/store#open", all, false},
	} {
		if got := Allowed(test.name, test.empty); got != test.want {
			t.Errorf("Allowed(%q, %+v) is %t", test.name, test.empty, got)
		}
	}
}

func TestLasting(t *testing.T) {
	for name, want := range map[string]bool{"path_open": true, "fd_close": true, "fd_renumber": true, "sock_accept": true, "fd_write": false, "a#path_open": false} {
		if got := Lasting(name); got != want {
			t.Errorf("Lasting(%q) is %t", name, got)
		}
	}
}
