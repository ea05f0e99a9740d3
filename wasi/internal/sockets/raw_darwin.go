package sockets

import "golang.org/x/sys/unix"

const tcpKeepIdle = unix.TCP_KEEPALIVE

func (o option) doubled() int { return 1 }
