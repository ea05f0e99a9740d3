// Command go tries the standard library, as far as TinyGo has it, too. The first argument
// is a case.
package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sort"
	"strings"
	"time"
)

// cases are the cases by name.
var cases = map[string]func(){
	"files":        files,
	"folders":      folders,
	"time":         times,
	"errors":       failures,
	"exit":         func() { fmt.Println("exits"); defer fmt.Println("never"); os.Exit(3) },
	"panic":        func() { fmt.Println("panics"); panic("an odd message") },
	"random":       random,
	"collect":      collect,
	"lines":        lines,
	"copy":         func() { say("copied")(io.Copy(os.Stdout, os.Stdin)) },
	"surroundings": surroundings,
}

func main() {
	if run := cases[os.Args[1]]; run != nil {
		run()
		return
	}
	fmt.Println("no case", os.Args[1])
	os.Exit(2)
}

// kind returns what an error is.
func kind(err error) string {
	for text, known := range map[string]error{"not exist": fs.ErrNotExist, "exist": fs.ErrExist, "permission": fs.ErrPermission, "closed": fs.ErrClosed, "end": io.EOF} {
		if errors.Is(err, known) {
			return text
		}
	}
	if err != nil {
		return "error"
	}
	return "ok"
}

// say returns a function that prints results.
func say(what string) func(...any) {
	return func(results ...any) {
		line := what + ":"
		for _, r := range results {
			switch r := r.(type) {
			case error:
				line += " " + kind(r)
			case nil:
				line += " ok"
			case []byte:
				line += fmt.Sprintf(" %q", r)
			case *os.File:
				line += " file"
			default:
				line += fmt.Sprintf(" %v", r)
			}
		}
		fmt.Println(line)
	}
}

func opened(f *os.File, err error) error {
	if err == nil {
		err = f.Close()
	}
	return err
}

func files() {
	say("write")(os.WriteFile("/data/a", []byte("hello"), 0o666))
	say("read")(os.ReadFile("/data/a"))
	say("read none")(os.ReadFile("/data/none"))
	say("create new")(opened(os.OpenFile("/data/a", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)))
	f, err := os.OpenFile("/data/a", os.O_RDWR|os.O_APPEND, 0)
	say("append")(err)
	say("write")(f.Write([]byte(" world")))
	say("close")(f.Close())
	f, _ = os.OpenFile("/data/a", os.O_RDWR, 0)
	say("seek")(f.Seek(-5, io.SeekEnd))
	all, err := io.ReadAll(f)
	say("rest")(all, err)
	say("seek")(f.Seek(1, io.SeekStart))
	say("write")(f.Write([]byte("EL")))
	b := make([]byte, 3)
	say("read")(f.Read(b))
	say("bytes")(b)
	info, err := f.Stat()
	say("stat")(info.Size(), info.IsDir(), info.Name(), err)
	say("close")(f.Close())
	say("truncate")(opened(os.OpenFile("/data/a", os.O_WRONLY|os.O_TRUNC, 0)))
	info, err = os.Stat("/data/a")
	say("size")(info.Size(), err)
	big := strings.Repeat("0123456789", 100_000)
	say("large")(os.WriteFile("/data/big", []byte(big), 0o666))
	got, err := os.ReadFile("/data/big")
	say("large")(string(got) == big, err)
	say("remove")(os.Remove("/data/big"))
	say("remove")(os.Remove("/data/big"))
	say("outside")(os.ReadFile("/data/../etc/passwd"))
	say("elsewhere")(os.ReadFile("/etc/passwd"))
	say("fixed")(os.ReadFile("/fixed/text"))
}

func folders() {
	say("mkdir")(os.Mkdir("/data/d", 0o777))
	say("again")(os.Mkdir("/data/d", 0o777))
	say("all")(os.MkdirAll("/data/d/e/f", 0o777))
	for n := 0; n < 150; n++ {
		if err := os.WriteFile(fmt.Sprintf("/data/d/%03d", n), nil, 0o666); err != nil {
			fmt.Println(n, kind(err))
		}
	}
	list, err := os.ReadDir("/data/d")
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = fmt.Sprint(e.Name(), e.IsDir())
	}
	sort.Strings(names)
	say("list")(len(list), err, names[:3], names[len(names)-1])
	say("none")(os.ReadDir("/data/none"))
	say("rename")(os.Rename("/data/d/001", "/data/moved"))
	say("rename none")(os.Rename("/data/none", "/data/x"))
	say("remove full")(kind(os.Remove("/data/d")))
	say("remove")(os.Remove("/data/d/e/f"))
}

func times() {
	start := time.Now()
	time.Sleep(5 * time.Millisecond)
	say("slept")(time.Since(start) >= 5*time.Millisecond)
	say("year")(start.Year() > 2020)
	timer := time.NewTimer(2 * time.Millisecond)
	<-timer.C
	say("timer")(time.Since(start) >= 7*time.Millisecond)
	say("zone")(start.UTC().Equal(start))
}

func failures() {
	_, err := os.Open("/data/none")
	fmt.Println(err)
	f, _ := os.Create("/data/f")
	f.Close()
	_, err = f.Write([]byte("x"))
	say("closed")(err != nil)
	say("below a file")(opened(os.Open("/data/f/x")) != nil)
}

func random() {
	b := make([]byte, 1000)
	n, err := rand.Read(b)
	zero := 0
	for _, c := range b {
		if c == 0 {
			zero++
		}
	}
	say("random")(n, err, zero < 100)
}

func collect() {
	var keep [][]byte
	for n := 0; n < 2000; n++ {
		b := make([]byte, 10_000)
		b[n] = byte(n)
		if n%100 == 0 {
			keep = append(keep, b)
			runtime.GC()
		}
	}
	sum := 0
	for i, b := range keep {
		sum += int(b[i*100])
	}
	say("sum")(sum, len(keep))
}

func lines() {
	n, sum := 0, 0
	for s := bufio.NewScanner(os.Stdin); s.Scan(); n++ {
		sum += len(s.Text())
	}
	say("lines")(n, sum)
	say("end")(os.Stdin.Read(make([]byte, 1)))
}

func surroundings() {
	fmt.Printf("%q\n", os.Args[1:])
	fmt.Printf("%q\n", os.Environ())
	fmt.Printf("%q %q\n", os.Getenv("A"), os.Getenv("NONE"))
	fmt.Fprintln(os.Stderr, "to standard error")
}
