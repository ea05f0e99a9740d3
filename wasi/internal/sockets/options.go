package sockets

import (
	"math"
	"time"
)

// option is one of a socket's, which the systems have under other names.
type option uint8

const (
	keepAlive option = iota
	keepIdle         // in seconds
	keepInterval
	keepCount
	hopLimit
	receiveBuffer
	sendBuffer
)

// get returns an option of the socket or the connection.
func (s *TCP) get(o option) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.control()
	if err != nil {
		return 0, err
	}
	v, err := getOption(c, s.family, o)
	return v, wrap(err)
}

func (s *TCP) set(o option, v int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.control()
	if err != nil {
		return err
	}
	return wrap(setOption(c, s.family, o, v))
}

// control returns what the options are of.
func (s *TCP) control() (any, error) {
	switch {
	case s.state == closed || s.closed:
		return nil, InvalidState
	case s.conn != nil:
		return s.conn.Conn, nil
	case s.listener != nil:
		return s.listener, nil
	}
	return s.raw, nil
}

// SetBacklog sets how many connections may wait to be accepted.
func (s *TCP) SetBacklog(n uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case n == 0:
		return InvalidArgument
	case s.state == connectInProgress || s.state == connected || s.state == closed:
		return InvalidState
	}
	s.backlog = int(min(n, 4096))
	if s.listener != nil {
		return wrap(setBacklog(s.listener, s.backlog))
	}
	return nil
}

// KeepAlive reports whether idle connections are kept alive.
func (s *TCP) KeepAlive() (bool, error) {
	v, err := s.get(keepAlive)
	return v != 0, err
}

// SetKeepAlive has idle connections kept alive, or not.
func (s *TCP) SetKeepAlive(on bool) error {
	v := 0
	if on {
		v = 1
	}
	return s.set(keepAlive, v)
}

// KeepIdle returns how long a connection is idle before it is probed, in nanoseconds.
func (s *TCP) KeepIdle() (uint64, error) { return s.seconds(keepIdle) }

// KeepInterval returns the time between two probes, in nanoseconds.
func (s *TCP) KeepInterval() (uint64, error) { return s.seconds(keepInterval) }

// SetKeepIdle sets the time before the first probe, rounded up to seconds.
func (s *TCP) SetKeepIdle(ns uint64) error { return s.setSeconds(keepIdle, ns) }

// SetKeepInterval sets the time between two probes, rounded up to seconds.
func (s *TCP) SetKeepInterval(ns uint64) error { return s.setSeconds(keepInterval, ns) }

func (s *TCP) seconds(o option) (uint64, error) {
	v, err := s.get(o)
	return uint64(v) * uint64(time.Second), err
}

func (s *TCP) setSeconds(o option, ns uint64) error {
	if ns == 0 {
		return InvalidArgument
	}
	const second, most = uint64(time.Second), 32767 // of Linux
	return s.set(o, int(min((ns-1)/second+1, most)))
}

// KeepCount returns after how many probes without an answer a connection ends.
func (s *TCP) KeepCount() (uint32, error) {
	v, err := s.get(keepCount)
	return uint32(v), err
}

// SetKeepCount sets it.
func (s *TCP) SetKeepCount(n uint32) error {
	if n == 0 {
		return InvalidArgument
	}
	return s.set(keepCount, int(min(n, 127))) // of Linux
}

// HopLimit returns how many hops a packet may take.
func (s *TCP) HopLimit() (uint8, error) {
	v, err := s.get(hopLimit)
	return uint8(v), err
}

// SetHopLimit sets it.
func (s *TCP) SetHopLimit(n uint8) error {
	if n == 0 {
		return InvalidArgument
	}
	return s.set(hopLimit, int(n))
}

// ReceiveBuffer returns the size of the system's buffer for receiving, in bytes.
func (s *TCP) ReceiveBuffer() (uint64, error) { return size(s.get(receiveBuffer)) }

// SendBuffer returns the size of the system's buffer for sending, in bytes.
func (s *TCP) SendBuffer() (uint64, error) { return size(s.get(sendBuffer)) }

// SetReceiveBuffer asks for a buffer of n bytes for receiving.
func (s *TCP) SetReceiveBuffer(n uint64) error { return setSize(s.set, receiveBuffer, n) }

// SetSendBuffer asks for a buffer of n bytes for sending.
func (s *TCP) SetSendBuffer(n uint64) error { return setSize(s.set, sendBuffer, n) }

func size(v int, err error) (uint64, error) { return uint64(v), err }

// maxBuffer bounds what a guest may ask the system to buffer.
const maxBuffer = 4 << 20

func setSize(set func(option, int) error, o option, n uint64) error {
	if n == 0 {
		return InvalidArgument
	}
	return set(o, int(min(n, maxBuffer, math.MaxInt32)))
}

// kept are the options of keeping a connection alive. Package net sets its own on each
// connection that it makes.
type kept map[option]int

func keptOptions(c any, family Family) kept {
	made := kept{}
	for _, o := range []option{keepIdle, keepInterval, keepCount, keepAlive} {
		if v, err := getOption(c, family, o); err == nil {
			made[o] = v
		}
	}
	return made
}

// give sets the options of a connection, which works without them too.
func (k kept) give(c any, family Family) {
	for o, v := range k {
		_ = setOption(c, family, o, v)
	}
}
