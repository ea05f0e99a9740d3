// Command program shows what a guest sees of its host.
package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

func main() {
	fmt.Println("arguments", os.Args)
	fmt.Println("environment", os.Environ())
	start := time.Now()
	time.Sleep(time.Hour * 24 * 365)
	fmt.Println("a year passed", time.Since(start) >= time.Hour*24*365)
	random := make([]byte, 32)
	n, err := rand.Read(random)
	fmt.Println("random", n, err, strings.Count(string(random), "\x00") < 16)
	_, err = os.Stat("/data")
	fmt.Println("folder", err == nil)
	if err == nil {
		files()
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println("line", lines.Text())
	}
	fmt.Fprintln(os.Stderr, "the end")
}

// files uses the folder /data.
func files() {
	fmt.Println("write", os.WriteFile("/data/file", []byte("hello"), 0o666))
	text, err := os.ReadFile("/data/file")
	fmt.Printf("read %q %v\n", text, err)
	fmt.Println("mkdir", os.Mkdir("/data/folder", 0o777))
	fmt.Println("rename", os.Rename("/data/file", "/data/folder/moved"))
	entries, err := os.ReadDir("/data")
	fmt.Println("list", len(entries), err)
	_, err = os.ReadFile("/data/file")
	fmt.Println("gone", errors.Is(err, fs.ErrNotExist))
	_, err = os.ReadFile("/data/../../etc/hostname")
	fmt.Println("outside", err != nil)
}
