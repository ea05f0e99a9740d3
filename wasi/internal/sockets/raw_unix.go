//go:build linux || darwin

package sockets

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// rawTCP is a TCP socket before it is a connection or listens: package net has none
// that is bound and nothing else.
type rawTCP = *raw

type raw struct {
	file   *os.File
	family Family
}

// newRaw makes a socket that does not wait.
func newRaw(family Family, kind int) (*raw, error) {
	domain := unix.AF_INET
	if family == IPv6 {
		domain = unix.AF_INET6
	}
	// As package net does it: a process that forks meanwhile must not inherit it.
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(domain, kind, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, err
	}
	err = unix.SetNonblock(fd, true)
	if err == nil && family == IPv6 {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1)
	}
	if err != nil {
		_ = unix.Close(fd) // The error above is the reason.
		return nil, err
	}
	return &raw{os.NewFile(uintptr(fd), "socket"), family}, nil
}

func newRawTCP(family Family) (rawTCP, error) { return newRaw(family, unix.SOCK_STREAM) }

// control calls op with the socket's descriptor.
func control(c syscall.Conn, op func(fd int) error) error {
	conn, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := conn.Control(func(fd uintptr) { inner = op(int(fd)) }); err != nil {
		return err
	}
	return inner
}

func (r *raw) control(op func(fd int) error) error { return control(r.file, op) }

func (r *raw) sockaddr(addr netip.AddrPort) unix.Sockaddr {
	if r.family == IPv4 {
		return &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(addr.Port()), Addr: addr.Addr().As16(), ZoneId: Scope(addr.Addr())}
}

func addressOf(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return netip.AddrPort{}
}

func (r *raw) bind(addr netip.AddrPort) error {
	return r.control(func(fd int) error {
		// A connection that has just ended does not hold the port.
		if addr.Port() != 0 {
			if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
				return err
			}
		}
		return unix.Bind(fd, r.sockaddr(addr))
	})
}

func (r *raw) local() (addr netip.AddrPort, err error) {
	err = r.control(func(fd int) error {
		sa, err := unix.Getsockname(fd)
		if err == nil {
			addr = addressOf(sa)
		}
		return err
	})
	return addr, err
}

// listen has the socket listen, and takes it over.
func (r *raw) listen(backlog int) (net.Listener, error) {
	if err := r.control(func(fd int) error { return unix.Listen(fd, backlog) }); err != nil {
		return nil, err
	}
	l, err := net.FileListener(r.file)
	if err != nil {
		return nil, err
	}
	_ = r.file.Close() // The listener has a descriptor of its own.
	return l, nil
}

// connect connects, waits for it, and takes the socket over.
func (r *raw) connect(addr netip.AddrPort) (net.Conn, error) {
	err := r.control(func(fd int) error {
		for {
			switch err := unix.Connect(fd, r.sockaddr(addr)); err {
			case unix.EINTR:
			case unix.EINPROGRESS, unix.EALREADY:
				return nil
			default:
				return err
			}
		}
	})
	if err == nil {
		err = r.await()
	}
	if err != nil {
		_ = r.file.Close() // The error above is the reason.
		return nil, err
	}
	kept := keptOptions(r, r.family)
	c, err := net.FileConn(r.file)
	_ = r.file.Close() // The connection has a descriptor of its own.
	if err != nil {
		return nil, err
	}
	kept.give(c, r.family)
	return c, nil
}

// await waits until a connect has ended. Close ends the wait.
func (r *raw) await() error {
	conn, err := r.file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Write(func(fd uintptr) bool {
		number, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		if err == nil && number != 0 {
			err = syscall.Errno(number)
		}
		if err != nil {
			failed = err
			return true
		}
		_, err = unix.Getpeername(int(fd))
		return err == nil
	})
	if err == nil {
		err = failed
	}
	return err
}

func (r *raw) Close() error { return r.file.Close() }

// SyscallConn is that of the socket's file.
func (r *raw) SyscallConn() (syscall.RawConn, error) { return r.file.SyscallConn() }

// names returns the level and the name of an option.
func (o option) names(family Family) (level, name int) {
	switch o {
	case keepAlive:
		return unix.SOL_SOCKET, unix.SO_KEEPALIVE
	case keepIdle:
		return unix.IPPROTO_TCP, tcpKeepIdle
	case keepInterval:
		return unix.IPPROTO_TCP, unix.TCP_KEEPINTVL
	case keepCount:
		return unix.IPPROTO_TCP, unix.TCP_KEEPCNT
	case receiveBuffer:
		return unix.SOL_SOCKET, unix.SO_RCVBUF
	case sendBuffer:
		return unix.SOL_SOCKET, unix.SO_SNDBUF
	case hopLimit:
		if family == IPv4 {
			return unix.IPPROTO_IP, unix.IP_TTL
		}
		return unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS
	default:
		panic(fmt.Sprintf("sockets: unhandled option %d", o))
	}
}

func getOption(c any, family Family, o option) (v int, err error) {
	level, name := o.names(family)
	err = control(c.(syscall.Conn), func(fd int) error {
		v, err = unix.GetsockoptInt(fd, level, name)
		return err
	})
	return v / o.doubled(), err
}

func setOption(c any, family Family, o option, v int) error {
	level, name := o.names(family)
	return control(c.(syscall.Conn), func(fd int) error { return unix.SetsockoptInt(fd, level, name, v) })
}

func setBacklog(l net.Listener, n int) error {
	return control(l.(syscall.Conn), func(fd int) error { return unix.Listen(fd, n) })
}

func getUDPOption(c *net.UDPConn, family Family, o option) (int, error) {
	return getOption(c, family, o)
}

func setUDPOption(c *net.UDPConn, family Family, o option, v int) error {
	return setOption(c, family, o, v)
}
