package sockets

import "golang.org/x/sys/unix"

const tcpKeepIdle = unix.TCP_KEEPIDLE

// doubled returns what the system multiplies an option with: Linux doubles the sizes
// of buffers, for its own use.
func (o option) doubled() int {
	if o == receiveBuffer || o == sendBuffer {
		return 2
	}
	return 1
}
