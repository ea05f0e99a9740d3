//go:build wasip1

// Command goprogram does what programs in Go do, and prints what comes of it. It has
// one folder, /data, which is empty.
package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	fmt.Println("arguments", os.Args[1:], "environment", os.Getenv("A"), os.Getenv("C"))
	input()
	if err := files(); err != nil {
		fmt.Println("files:", err)
	}
	failures()
	clocks()
	println("printed in", 3, "pieces", true)
	fmt.Fprintln(os.Stderr, "the end")
	os.Exit(3)
}

// input reads lines.
func input() {
	lines, bytes := 0, 0
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		lines++
		bytes += len(scanner.Text())
	}
	fmt.Println("input", lines, bytes, scanner.Err())
	fmt.Println(strings.Repeat("a long line, ", 2000))
}

func files() error {
	if err := os.MkdirAll("/data/a/b/c", 0o777); err != nil {
		return err
	}
	if err := os.WriteFile("/data/a/text", []byte("first\n"), 0o666); err != nil {
		return err
	}
	f, err := os.OpenFile("/data/a/text", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	for n := range 3 {
		if _, err := fmt.Fprintln(f, "appended", n); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	f, err = os.OpenFile("/data/a/b/big", os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	big := []byte(strings.Repeat("0123456789abcdef", 1<<17)) // 2 MiB
	if _, err := f.Write(big); err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte("WRITTEN"), 1_000_000); err != nil {
		return err
	}
	some := make([]byte, 20)
	if _, err := f.ReadAt(some, 999_995); err != nil {
		return err
	}
	at, err := f.Seek(-10, io.SeekEnd)
	fmt.Println("big", string(some), at, err)
	rest, err := io.ReadAll(f)
	fmt.Println("rest", string(rest), err)
	if err := f.Truncate(1_500_000); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	all, err := io.ReadAll(f)
	fmt.Println("all", len(all), err, f.Sync())

	text, err := os.ReadFile("/data/a/text")
	fmt.Printf("text %q %v\n", text, err)
	if err := os.Rename("/data/a/text", "/data/a/b/renamed"); err != nil {
		return err
	}
	if err := os.Symlink("renamed", "/data/a/b/link"); err != nil {
		return err
	}
	target, err := os.Readlink("/data/a/b/link")
	fmt.Println("link", target, err)
	err = filepath.WalkDir("/data", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		size := info.Size()
		if entry.IsDir() {
			size = 0
		}
		fmt.Println(path, entry.Type(), size)
		return nil
	})
	if err != nil {
		return err
	}
	one, err := os.Stat("/data/a/b/renamed")
	if err != nil {
		return err
	}
	two, err := os.Stat("/data/a/b/link")
	if err != nil {
		return err
	}
	three, err := os.Stat("/data/a/b/big")
	if err != nil {
		return err
	}
	fmt.Println("same", os.SameFile(one, two), os.SameFile(one, three), time.Since(one.ModTime()) < time.Hour)
	for n := range 300 {
		if err := os.WriteFile(fmt.Sprintf("/data/a/b/c/%03d", n), nil, 0o666); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir("/data/a/b/c")
	fmt.Println("entries", len(entries), entries[0].Name(), entries[299].Name(), err)
	return os.RemoveAll("/data/a/b/c")
}

// failures prints which errors there are.
func failures() {
	_, err := os.ReadFile("/data/nothing")
	fmt.Println(errors.Is(err, fs.ErrNotExist), err)
	_, err = os.OpenFile("/data/a", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	fmt.Println(errors.Is(err, fs.ErrExist), err)
	fmt.Println(os.Mkdir("/data/a", 0o777))
	fmt.Println(os.Remove("/data/a"))
	_, err = os.ReadFile("/data/../etc/passwd")
	fmt.Println(err != nil)
	_, err = os.ReadFile("/etc/hostname-that-is-not")
	fmt.Println(err != nil)
	_, err = os.ReadDir("/data/a/b/renamed")
	fmt.Println(err)
}

func clocks() {
	start := time.Now()
	time.Sleep(3 * time.Millisecond)
	slept := time.Since(start)
	timer := time.After(5 * time.Millisecond)
	done := make(chan int)
	go func() {
		time.Sleep(time.Millisecond)
		done <- 1
	}()
	goroutines, timers := 0, 0
	for range 2 {
		select {
		case n := <-done:
			goroutines += n
		case <-timer:
			timers++
		}
	}
	fmt.Println("clocks", start.Year() > 2020, slept >= 3*time.Millisecond, slept < time.Hour, goroutines, timers)
	a, b := make([]byte, 100_000), make([]byte, 100_000)
	_, err := rand.Read(a)
	rand.Read(b)
	fmt.Println("random", err, string(a) != string(b))
}
