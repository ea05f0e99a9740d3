//go:build !unix

package cli

import (
	"os"
	"os/exec"
)

var endingSignals = []os.Signal{os.Interrupt}

// ownGroup does nothing: there are no process groups here.
func ownGroup(*exec.Cmd) {}

// kill ends a command. What it started ends when its pipes break.
func kill(cmd *exec.Cmd) { cmd.Process.Kill() }

// signalStatus returns the exit status of a program that a signal ended, of which there
// is one.
func signalStatus(os.Signal) int { return 130 }
