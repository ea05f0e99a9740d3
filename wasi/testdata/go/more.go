//go:build !tinygo

package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

func init() {
	cases["links"] = links
	cases["walk"] = walk
	cases["goroutines"] = goroutines
	cases["deadlines"] = deadlines
	cases["nil"] = func() { var p *int; fmt.Println(*p) }
	cases["deadlock"] = func() { <-make(chan int) }
}

func links() {
	say("write")(os.WriteFile("/data/f", []byte("text"), 0o666))
	say("symlink")(os.Symlink("f", "/data/l"))
	say("readlink")(os.Readlink("/data/l"))
	say("through")(os.ReadFile("/data/l"))
	info, err := os.Lstat("/data/l")
	say("lstat")(info.Mode()&fs.ModeSymlink != 0, err)
	say("link")(os.Link("/data/f", "/data/h"))
	a, _ := os.Stat("/data/f")
	h, _ := os.Stat("/data/h")
	say("same")(os.SameFile(a, h))
	then := time.Unix(1_000_000_000, 5000)
	say("chtimes")(os.Chtimes("/data/f", then, then))
	a, _ = os.Stat("/data/f")
	say("time")(a.ModTime().Equal(then))
	say("truncate")(os.Truncate("/data/f", 2))
	say("shorter")(os.ReadFile("/data/h"))
	_, err = os.ReadFile("/data")
	say("a folder")(err != nil)
	root, err := os.OpenRoot("/data")
	say("root")(err)
	b, err := root.ReadFile("../etc/passwd")
	say("escape")(b, err)
	say("absolute")(os.Symlink("/etc/passwd", "/data/abs"))
	say("chdir")(os.Chdir("/data"))
	say("relative")(os.ReadFile("f"))
	say("temporary")(func() error { f, err := os.CreateTemp("/data", "x*"); return opened(f, err) }())
	left, _ := filepath.Glob("/data/x*")
	for _, name := range left {
		say("remove")(os.Remove(name))
	}
	say("remove all")(os.RemoveAll("/data"))
}

func walk() {
	for a := 0; a < 4; a++ {
		for b := 0; b < 4; b++ {
			os.MkdirAll(fmt.Sprintf("/data/%d/%d", a, b), 0o777)
			os.WriteFile(fmt.Sprintf("/data/%d/%d/f", a, b), make([]byte, a*10+b), 0o666)
		}
	}
	var size int64
	err := filepath.WalkDir("/data", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			fmt.Println(path)
			return err
		}
		info, err := d.Info()
		size += info.Size()
		return err
	})
	say("size")(size, err)
	say("remove all")(os.RemoveAll("/data/2"))
	say("copy")(os.CopyFS("/data/copy", os.DirFS("/fixed")))
	say("copied")(os.ReadFile("/data/copy/text"))
}

func goroutines() {
	var wg sync.WaitGroup
	results := make(chan int, 100)
	for n := range 100 {
		wg.Go(func() {
			time.Sleep(time.Duration(n%5) * time.Millisecond)
			name := fmt.Sprintf("/data/%d", n)
			os.WriteFile(name, []byte(name), 0o666)
			b, _ := os.ReadFile(name)
			results <- len(b)
			os.Remove(name)
		})
	}
	wg.Wait()
	close(results)
	sum := 0
	for n := range results {
		sum += n
	}
	say("sum")(sum)
}

func deadlines() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	fmt.Println(ctx.Err())
	select {
	case <-time.After(time.Millisecond):
		fmt.Println("after")
	case <-make(chan int):
	}
}
