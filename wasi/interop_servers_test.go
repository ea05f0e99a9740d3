package wasi_test

import (
	"bytes"
	"net"
	"testing"
)

// echoes returns the addresses of an echo for TCP, one for UDP, and one where nobody
// listens.
func echoes(t *testing.T) (tcp, udp, nobody string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				var all bytes.Buffer
				_, _ = all.ReadFrom(conn)
				_, _ = conn.Write(all.Bytes())
			}()
		}
	}()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { packets.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := packets.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = packets.WriteTo(b[:n], from)
		}
	}()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return listener.Addr().String(), packets.LocalAddr().String(), free.Addr().String()
}
