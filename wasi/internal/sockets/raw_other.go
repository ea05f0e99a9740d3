//go:build !linux && !darwin

package sockets

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// rawTCP is a TCP socket before it is a connection or listens. Package net has none
// that is bound and nothing else: one that is bound listens here, so that it has its
// port, and peers may be let in before the guest listens.
type rawTCP = *raw

type raw struct {
	family  Family
	ctx     context.Context
	cancel  context.CancelFunc
	mu      sync.Mutex
	bound   net.Listener
	options map[option]int
}

func newRawTCP(family Family) (rawTCP, error) {
	ctx, cancel := context.WithCancel(context.Background())
	return &raw{family: family, ctx: ctx, cancel: cancel, options: map[option]int{}}, nil
}

func (f Family) tcp() string {
	if f == IPv4 {
		return "tcp4"
	}
	return "tcp6"
}

func (r *raw) bind(addr netip.AddrPort) error {
	l, err := (&net.ListenConfig{}).Listen(r.ctx, r.family.tcp(), addr.String())
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bound = l
	return nil
}

func (r *raw) local() (netip.AddrPort, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bound == nil {
		return netip.AddrPort{}, InvalidState
	}
	return addrPort(r.bound.Addr())
}

// listen takes the socket over.
func (r *raw) listen(int) (net.Listener, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.bound
	r.bound = nil
	return l, nil
}

// connect connects, waits for it, and takes the socket over. Close ends the wait.
func (r *raw) connect(addr netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{KeepAlive: -1}
	r.mu.Lock()
	if r.bound != nil {
		d.LocalAddr = r.bound.Addr()
		_ = r.bound.Close() // Its port is to be free for the connection.
		r.bound = nil
	}
	r.mu.Unlock()
	c, err := d.DialContext(r.ctx, r.family.tcp(), addr.String())
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for o, v := range r.options {
		_ = setOption(c, r.family, o, v) // What a connection lacks, the guest can ask for again.
	}
	return c, nil
}

func (r *raw) Close() error {
	r.cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bound == nil {
		return nil
	}
	return r.bound.Close()
}

var defaults = map[option]int{keepIdle: 7200, keepInterval: 75, keepCount: 9, hopLimit: 64, receiveBuffer: 64 << 10, sendBuffer: 64 << 10}

// getOption returns what was set, since package net sets options and does not tell
// them.
func getOption(c any, _ Family, o option) (int, error) {
	r, ok := c.(*raw)
	if !ok {
		return 0, NotSupported
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.options[o]; ok {
		return v, nil
	}
	return defaults[o], nil
}

func setOption(c any, _ Family, o option, v int) error {
	switch c := c.(type) {
	case *raw:
		c.mu.Lock()
		defer c.mu.Unlock()
		c.options[o] = v
		return nil
	case *net.TCPConn:
		switch o {
		case keepAlive:
			return c.SetKeepAlive(v != 0)
		case keepIdle:
			return c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Duration(v) * time.Second, Interval: -1, Count: -1})
		case keepInterval:
			return c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: -1, Interval: time.Duration(v) * time.Second, Count: -1})
		case keepCount:
			return c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: v})
		case receiveBuffer:
			return c.SetReadBuffer(v)
		case sendBuffer:
			return c.SetWriteBuffer(v)
		}
	}
	return NotSupported
}

func setBacklog(net.Listener, int) error { return NotSupported }

func getUDPOption(*net.UDPConn, Family, option) (int, error) { return 0, NotSupported }

func setUDPOption(c *net.UDPConn, _ Family, o option, v int) error {
	switch o {
	case receiveBuffer:
		return c.SetReadBuffer(v)
	case sendBuffer:
		return c.SetWriteBuffer(v)
	}
	return NotSupported
}
