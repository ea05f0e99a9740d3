package sockets

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/witgen/witgen/wasi/internal/guard"
	"github.com/witgen/witgen/wasi/internal/poll"
)

// Datagram is one that was received, or is to be sent. Addr is the peer's; one to be
// sent to the peer of a stream may have none.
type Datagram struct {
	Data []byte
	Addr netip.AddrPort
}

// UDP is a UDP socket.
type UDP struct {
	network *Network
	family  Family

	mu      sync.Mutex
	state   state // unbound, bindInProgress, bound, closed
	conn    *net.UDPConn
	options map[option]int // before there is a conn
	remote  netip.AddrPort // of the streams, if they have one
	in      *DatagramInput
	out     *DatagramOutput
	users   int  // the socket and its streams
	reading bool // a goroutine receives
}

// NewUDP makes a socket.
func (n *Network) NewUDP(family Family) (*UDP, error) {
	if n == nil {
		return nil, AccessDenied
	}
	if err := n.hold(udpBytes); err != nil {
		return nil, err
	}
	return &UDP{network: n, family: family, options: map[option]int{}, users: 1}, nil
}

// Family returns the family of the socket's addresses.
func (s *UDP) Family() Family { return s.family }

// StartBind binds the socket to an address of the host's.
func (s *UDP) StartBind(addr netip.AddrPort) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != unbound {
		return InvalidState
	}
	if err := s.family.checkLocal(addr); err != nil {
		return err
	}
	// A client may bind a port of the system's choice.
	client := s.network.UDP != nil && addr.Port() == 0
	if !client && !s.network.allowed(s.network.UDP, "udp", addr) {
		return AccessDenied
	}
	network := "udp4"
	if s.family == IPv6 {
		network = "udp6"
	}
	c, err := (&net.ListenConfig{}).ListenPacket(context.Background(), network, addr.String())
	if err != nil {
		if Of(err) == InvalidArgument { // of an address that no interface has
			return &Error{AddressNotBindable, err}
		}
		return wrap(err)
	}
	s.conn = c.(*net.UDPConn)
	for o, v := range s.options {
		_ = setUDPOption(s.conn, s.family, o, v) // The guest was told that it may be another.
	}
	s.state = bindInProgress
	return nil
}

// FinishBind ends StartBind.
func (s *UDP) FinishBind() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != bindInProgress {
		return NotInProgress
	}
	s.state = bound
	return nil
}

// Stream returns streams of datagrams: from and to one peer, or any where remote is
// zero. Earlier streams of the socket end.
func (s *UDP) Stream(remote netip.AddrPort) (*DatagramInput, *DatagramOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != bound {
		return nil, nil, InvalidState
	}
	if remote.IsValid() {
		if err := s.family.checkRemote(remote); err != nil {
			return nil, nil, err
		}
		if !s.network.allowed(s.network.UDP, "udp", remote) {
			return nil, nil, AccessDenied
		}
	}
	if s.in != nil {
		s.in.stop()
		s.out.stop()
	}
	s.remote = remote
	s.in, s.out = &DatagramInput{socket: s, remote: remote}, &DatagramOutput{socket: s, remote: remote}
	s.users += 2
	return s.in, s.out, nil
}

// LocalAddress returns the address that the socket is bound to.
func (s *UDP) LocalAddress() (netip.AddrPort, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != bound {
		return netip.AddrPort{}, InvalidState
	}
	return addrPort(s.conn.LocalAddr())
}

// RemoteAddress returns the peer of the socket's streams.
func (s *UDP) RemoteAddress() (netip.AddrPort, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != bound || !s.remote.IsValid() {
		return netip.AddrPort{}, InvalidState
	}
	return s.remote, nil
}

// HopLimit returns how many hops a packet may take.
func (s *UDP) HopLimit() (uint8, error) {
	v, err := s.get(hopLimit)
	return uint8(v), err
}

// SetHopLimit sets it.
func (s *UDP) SetHopLimit(n uint8) error {
	if n == 0 {
		return InvalidArgument
	}
	return s.set(hopLimit, int(n))
}

// ReceiveBuffer returns the size of the system's buffer for receiving, in bytes.
func (s *UDP) ReceiveBuffer() (uint64, error) { return size(s.get(receiveBuffer)) }

// SendBuffer returns the size of the system's buffer for sending, in bytes.
func (s *UDP) SendBuffer() (uint64, error) { return size(s.get(sendBuffer)) }

// SetReceiveBuffer asks for a buffer of n bytes for receiving.
func (s *UDP) SetReceiveBuffer(n uint64) error { return setSize(s.set, receiveBuffer, n) }

// SetSendBuffer asks for a buffer of n bytes for sending.
func (s *UDP) SetSendBuffer(n uint64) error { return setSize(s.set, sendBuffer, n) }

// udpDefaults are options of a socket that was not bound yet.
var udpDefaults = map[option]int{hopLimit: 64, receiveBuffer: 208 << 10, sendBuffer: 208 << 10}

func (s *UDP) get(o option) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == closed {
		return 0, InvalidState
	}
	if s.conn != nil {
		if v, err := getUDPOption(s.conn, s.family, o); err == nil {
			return v, nil
		}
	}
	if v, ok := s.options[o]; ok {
		return v, nil
	}
	return udpDefaults[o], nil
}

func (s *UDP) set(o option, v int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == closed {
		return InvalidState
	}
	s.options[o] = v
	if s.conn != nil {
		return wrap(setUDPOption(s.conn, s.family, o, v))
	}
	return nil
}

// Close closes the socket. Its streams stay open until they are closed. A second
// Close does nothing.
func (s *UDP) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == closed {
		return nil
	}
	s.state = closed
	s.leave()
	return nil
}

// leave closes the system's socket with the last of its users.
func (s *UDP) leave() {
	if s.users--; s.users > 0 {
		return
	}
	s.network.letGo(udpBytes)
	if s.conn != nil {
		_ = s.conn.Close() // It was given up.
	}
}

// The bounds of what a stream of datagrams holds.
const (
	maxDatagrams     = 64
	maxDatagramBytes = 256 << 10
	maxDatagram      = 64 << 10
	// udpBytes is what a socket holds at most: one datagram may come beyond the bound, and
	// one is being received.
	udpBytes = maxDatagramBytes + 2*maxDatagram
)

// receive receives for the socket's current stream while that has room. One goroutine
// does it for a socket, so that none takes what is another stream's.
func (s *UDP) receive() {
	buffer := make([]byte, maxDatagram)
	for again := true; again; {
		var n int
		var from netip.AddrPort
		allowed := false
		guard.Run(func() (err error) {
			n, from, err = s.conn.ReadFromUDPAddrPort(buffer)
			from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
			allowed = err == nil && s.network.allowed(s.network.UDP, "udp", from)
			return err
		}, func(err error) {
			if guard.Of(err) == nil {
				err = wrap(err)
			}
			again = s.received(buffer[:n], from, allowed, err)
		})
	}
}

// received ends a receive, and reports whether there is room for more.
func (s *UDP) received(data []byte, from netip.AddrPort, allowed bool, err error) (again bool) {
	s.mu.Lock()
	in := s.in
	switch {
	case in.stopped:
	case err != nil:
		in.err = err
	case in.remote.IsValid() && in.remote != from, !allowed:
	default:
		in.queue = append(in.queue, Datagram{slices.Clone(data), from})
		in.bytes += len(data)
	}
	again = err == nil && !in.stopped && in.room()
	s.reading = again
	s.mu.Unlock()
	in.signal.Fire()
	return again
}

// DatagramInput receives datagrams. It is ready when one is there.
type DatagramInput struct {
	signal poll.Signal
	socket *UDP
	remote netip.AddrPort

	// These are guarded by the socket's lock.
	queue   []Datagram
	bytes   int
	err     error
	stopped bool
	closed  bool
}

// Receive returns up to max datagrams that are there.
func (d *DatagramInput) Receive(max uint64) ([]Datagram, error) {
	d.socket.mu.Lock()
	defer d.socket.mu.Unlock()
	switch {
	case d.stopped:
		return nil, InvalidState
	case max == 0 || !d.advance():
		return nil, nil
	case len(d.queue) == 0:
		err := d.err
		d.err = nil
		return nil, err
	}
	n := int(min(max, uint64(len(d.queue))))
	got := slices.Clone(d.queue[:n])
	d.queue = slices.Delete(d.queue, 0, n)
	for _, g := range got {
		d.bytes -= len(g.Data)
	}
	return got, nil
}

// Ready reports whether there is a datagram or an error.
func (d *DatagramInput) Ready() bool {
	d.socket.mu.Lock()
	defer d.socket.mu.Unlock()
	return d.stopped || d.advance()
}

// Watch has w woken by datagrams.
func (d *DatagramInput) Watch(w *poll.Waiter) (stop func()) { return d.signal.Watch(w) }

// advance reports whether there is something to receive. Where there is not, it sees
// that a goroutine receives.
func (d *DatagramInput) advance() bool {
	if len(d.queue) > 0 || d.err != nil {
		return true
	}
	if !d.socket.reading {
		d.socket.reading = true
		go d.socket.receive()
	}
	return false
}

func (d *DatagramInput) room() bool {
	return len(d.queue) < maxDatagrams && d.bytes < maxDatagramBytes
}

// stop ends the stream. The socket's lock is held.
func (d *DatagramInput) stop() {
	d.stopped, d.queue = true, nil
	d.signal.Fire()
}

// Close ends the stream. A second Close does nothing.
func (d *DatagramInput) Close() error {
	d.socket.mu.Lock()
	defer d.socket.mu.Unlock()
	if !d.closed {
		d.closed = true
		d.stop()
		d.socket.leave()
	}
	return nil
}

// DatagramOutput sends datagrams.
type DatagramOutput struct {
	poll.Always
	socket *UDP
	remote netip.AddrPort

	mu      sync.Mutex
	permit  int
	stopped bool
	closed  bool
}

// ErrPermit is the error of a Send of more datagrams than Check permitted. The
// specification has the guest trap.
var ErrPermit = &Error{Code: InvalidArgument}

// Check returns how many datagrams the next Send may have.
func (d *DatagramOutput) Check() (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return 0, InvalidState
	}
	d.permit = maxDatagrams
	return d.permit, nil
}

// Send sends datagrams, and returns how many it has sent. It fails where the first one
// does.
func (d *DatagramOutput) Send(all []Datagram) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.stopped:
		return 0, InvalidState
	case len(all) > d.permit:
		return 0, ErrPermit
	}
	d.permit = 0
	for n, g := range all {
		if err := d.send(g); err != nil {
			if n > 0 {
				return n, nil
			}
			return 0, err
		}
	}
	return len(all), nil
}

func (d *DatagramOutput) send(g Datagram) error {
	to := g.Addr
	switch {
	case !to.IsValid():
		to = d.remote
	case d.remote.IsValid() && to != d.remote:
		return InvalidArgument
	}
	if !to.IsValid() || d.socket.family.checkRemote(to) != nil {
		return InvalidArgument
	}
	if !d.socket.network.allowed(d.socket.network.UDP, "udp", to) {
		return AccessDenied
	}
	if len(g.Data) > maxDatagram {
		return DatagramTooLarge
	}
	_, err := d.socket.conn.WriteToUDPAddrPort(g.Data, to)
	return wrap(err)
}

func (d *DatagramOutput) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stopped = true
}

// Close ends the stream. A second Close does nothing.
func (d *DatagramOutput) Close() error {
	d.mu.Lock()
	already := d.closed
	d.closed, d.stopped = true, true
	d.mu.Unlock()
	if already {
		return nil
	}
	d.socket.mu.Lock()
	defer d.socket.mu.Unlock()
	d.socket.leave()
	return nil
}
