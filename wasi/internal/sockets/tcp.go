package sockets

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// state is that of a TCP socket, as the operational semantics of wasi:sockets name
// it. An operation in progress has been started, and waits for its finish.
type state uint8

const (
	unbound state = iota
	bindInProgress
	bound
	listenInProgress
	listening
	connectInProgress
	connected
	closed
)

// TCP is a TCP socket. It is ready when the operation in progress can be finished, or
// a connection accepted.
type TCP struct {
	network *Network
	family  Family
	signal  poll.Signal

	mu      sync.Mutex
	state   state
	raw     rawTCP // nil once the socket is a connection or listens
	backlog int
	conn    *conn
	connErr error // of the connect in progress
	done    bool  // the connect in progress has ended

	listener  net.Listener
	accepting bool // a goroutine waits for a connection
	accepted  net.Conn
	acceptErr error
	closed    bool
}

// NewTCP makes a socket.
func (n *Network) NewTCP(family Family) (*TCP, error) {
	if n == nil {
		return nil, AccessDenied
	}
	if err := n.hold(connBytes); err != nil {
		return nil, err
	}
	raw, err := newRawTCP(family)
	if err != nil {
		n.letGo(connBytes)
		return nil, wrap(err)
	}
	return &TCP{network: n, family: family, raw: raw, backlog: 128}, nil
}

// connBytes is what the two streams of a connection hold at most.
const connBytes = streams.ReaderBytes + streams.WriterBytes

// Family returns the family of the socket's addresses.
func (s *TCP) Family() Family { return s.family }

// StartBind binds the socket to an address of the host's.
func (s *TCP) StartBind(addr netip.AddrPort) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != unbound {
		return InvalidState
	}
	if err := s.family.checkLocal(addr); err != nil {
		return err
	}
	// A client may bind a port of the system's choice.
	client := s.network.Dial != nil && addr.Port() == 0
	if !client && !s.network.allowed(s.network.Listen, "tcp", addr) {
		return AccessDenied
	}
	if err := s.raw.bind(addr); err != nil {
		if Of(err) == InvalidArgument { // of an address that no interface has
			return &Error{AddressNotBindable, err}
		}
		return wrap(err)
	}
	s.state = bindInProgress
	return nil
}

// FinishBind ends StartBind.
func (s *TCP) FinishBind() error { return s.step(bindInProgress, bound) }

// step finishes an operation that was done when it was started.
func (s *TCP) step(from, to state) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != from {
		return NotInProgress
	}
	s.state = to
	return nil
}

// StartConnect begins to connect to an address. It does not wait.
func (s *TCP) StartConnect(addr netip.AddrPort) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.state {
	case unbound, bound:
	case bindInProgress, listenInProgress, connectInProgress:
		return ConcurrencyConflict
	default:
		return InvalidState
	}
	if err := s.family.checkRemote(addr); err != nil {
		return err
	}
	if !s.network.allowed(s.network.Dial, "tcp", addr) {
		return AccessDenied
	}
	s.state = connectInProgress
	raw := s.raw
	go func() {
		c, err := raw.connect(addr)
		s.connectedTo(c, err)
	}()
	return nil
}

// connectedTo ends the connect in progress.
func (s *TCP) connectedTo(c net.Conn, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.signal.Fire()
	s.done, s.connErr = true, wrap(err)
	switch {
	case err != nil:
	case s.closed:
		_ = c.Close() // Nobody is left to use it.
	default:
		s.conn = newConn(s.network, c)
	}
}

// FinishConnect ends StartConnect, and returns the streams of the connection.
func (s *TCP) FinishConnect() (streams.Input, streams.Output, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state != connectInProgress:
		return nil, nil, NotInProgress
	case !s.done:
		return nil, nil, WouldBlock
	case s.connErr != nil:
		s.state = closed
		return nil, nil, s.connErr
	}
	s.state = connected
	in, out := s.conn.streams()
	return in, out, nil
}

// StartListen begins to listen at the address that the socket is bound to.
func (s *TCP) StartListen() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.state {
	case bound:
	case bindInProgress, listenInProgress, connectInProgress:
		return ConcurrencyConflict
	default:
		return InvalidState
	}
	addr, err := s.raw.local()
	if err != nil {
		return wrap(err)
	}
	if !s.network.allowed(s.network.Listen, "tcp", addr) {
		return AccessDenied
	}
	if s.listener, err = s.raw.listen(s.backlog); err != nil {
		return wrap(err)
	}
	s.state = listenInProgress
	return nil
}

// FinishListen ends StartListen.
func (s *TCP) FinishListen() error { return s.step(listenInProgress, listening) }

// Accept returns the next connection, with its streams. It does not wait.
func (s *TCP) Accept() (*TCP, streams.Input, streams.Output, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != listening {
		return nil, nil, nil, InvalidState
	}
	if !s.advance() {
		return nil, nil, nil, WouldBlock
	}
	if err := s.acceptErr; err != nil {
		s.acceptErr = nil
		return nil, nil, nil, wrap(err)
	}
	if err := s.network.hold(connBytes); err != nil {
		return nil, nil, nil, err
	}
	keptOptions(s.listener, s.family).give(s.accepted, s.family)
	c := newConn(s.network, s.accepted)
	s.accepted = nil
	made := &TCP{network: s.network, family: s.family, state: connected, conn: c}
	in, out := c.streams()
	return made, in, out, nil
}

// advance reports whether a connection or an error is there to accept. Where there is
// not, it sees that a goroutine waits for one.
func (s *TCP) advance() bool {
	if s.accepted != nil || s.acceptErr != nil {
		return true
	}
	if !s.accepting && !s.closed {
		s.accepting = true
		go s.acceptOne(s.listener)
	}
	return false
}

func (s *TCP) acceptOne(listener net.Listener) {
	c, err := listener.Accept()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepting = false
	if s.closed {
		if err == nil {
			_ = c.Close() // Nobody is left to use it.
		}
		return
	}
	s.accepted, s.acceptErr = c, err
	s.signal.Fire()
}

// Ready reports whether what is in progress can be finished, or there is a connection
// to accept.
func (s *TCP) Ready() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.state {
	case connectInProgress:
		return s.done
	case listening:
		return s.advance()
	}
	return true
}

// Watch has w woken when a connect has ended or a connection is there.
func (s *TCP) Watch(w *poll.Waiter) (stop func()) { return s.signal.Watch(w) }

// Listening reports whether the socket listens.
func (s *TCP) Listening() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state == listening
}

// LocalAddress returns the address that the socket is bound to.
func (s *TCP) LocalAddress() (netip.AddrPort, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.conn != nil && s.state != closed:
		return addrPort(s.conn.LocalAddr())
	case s.listener != nil:
		return addrPort(s.listener.Addr())
	case s.state == bound || s.state == connectInProgress:
		addr, err := s.raw.local()
		return addr, wrap(err)
	}
	return netip.AddrPort{}, InvalidState
}

// RemoteAddress returns the address of the peer.
func (s *TCP) RemoteAddress() (netip.AddrPort, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil || s.state != connected {
		return netip.AddrPort{}, InvalidState
	}
	return addrPort(s.conn.RemoteAddr())
}

func addrPort(a net.Addr) (netip.AddrPort, error) {
	var made netip.AddrPort
	switch a := a.(type) {
	case *net.TCPAddr:
		made = a.AddrPort()
	case *net.UDPAddr:
		made = a.AddrPort()
	default:
		return made, Unknown
	}
	return netip.AddrPortFrom(made.Addr().Unmap(), made.Port()), nil
}

// Shutdown kinds, in the order of shutdown-type.
const (
	ShutdownReceive = iota
	ShutdownSend
	ShutdownBoth
)

// Shutdown ends one or both directions of a connection.
func (s *TCP) Shutdown(kind int) error {
	s.mu.Lock()
	c, state := s.conn, s.state
	s.mu.Unlock()
	switch {
	case state != connected:
		return InvalidState
	case kind < ShutdownReceive || kind > ShutdownBoth:
		return InvalidArgument
	}
	if kind != ShutdownSend {
		c.shutdownReceive()
	}
	if kind != ShutdownReceive {
		c.shutdownSend()
	}
	return nil
}

// Close closes the socket. Streams of a connection stay open until they are closed.
// A second Close does nothing.
func (s *TCP) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	if s.conn == nil { // If not, the connection has it.
		s.network.letGo(connBytes)
	}
	switch {
	case s.conn != nil:
		if s.state != connected { // Its streams were never asked for.
			s.conn.release()
			s.conn.release()
		}
		s.conn.release()
	case s.listener != nil:
		err = s.listener.Close()
		if s.accepted != nil {
			_ = s.accepted.Close() // Nobody is left to use it.
		}
	default:
		_ = s.raw.Close() // It ends a connect in progress, or a failed one has closed it.
	}
	s.state = closed
	s.signal.Fire()
	return wrap(err)
}

// conn is a connection that a socket and its two streams have together.
type conn struct {
	net.Conn
	network *Network
	refs    atomic.Int32
	in      *streams.Reader
	out     *streams.Writer
	end     sync.Once
}

// newConn takes over what a socket holds of the network.
func newConn(n *Network, c net.Conn) *conn {
	made := &conn{Conn: c, network: n}
	made.refs.Store(3)
	made.in = streams.NewReader(receiver{made})
	linger := n.Linger
	if linger == 0 {
		linger = streams.Linger
	}
	made.out = streams.NewWriterThen(c, linger, func() {
		made.closeWrite()
		made.release()
	}).Piped()
	n.opened(made)
	return made
}

// streams returns the two streams.
func (c *conn) streams() (streams.Input, streams.Output) { return c.in, c.out }

// release closes the connection with the last of the three.
func (c *conn) release() {
	if c.refs.Add(-1) == 0 {
		_ = c.Conn.Close() // What was written has left, or failed before.
		c.network.closedConn(c)
		c.network.letGo(connBytes)
	}
}

func (c *conn) closeWrite() {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		c.end.Do(func() { _ = half.CloseWrite() }) // The peer may be gone.
	}
}

func (c *conn) shutdownSend() { _ = c.out.Close() } // It does not fail.

func (c *conn) shutdownReceive() { _ = c.in.Close() }

// receiver is the side of a connection that is read.
type receiver struct{ c *conn }

func (r receiver) Read(p []byte) (int, error) {
	n, err := r.c.Conn.Read(p)
	if err != nil && err != io.EOF {
		err = wrap(err)
	}
	return n, err
}

func (r receiver) SetReadDeadline(t time.Time) error { return r.c.Conn.SetReadDeadline(t) }

// Close ends receiving.
func (r receiver) Close() error {
	if half, ok := r.c.Conn.(interface{ CloseRead() error }); ok {
		_ = half.CloseRead() // The peer may be gone.
	}
	r.c.release()
	return nil
}
