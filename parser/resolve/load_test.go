package resolve_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/internal/input"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// writeTree writes files, and links where the content begins with "-> ".
func writeTree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			err = os.Symlink(strings.ReplaceAll(target, "DIR", dir), file)
		} else {
			err = os.WriteFile(file, []byte(content), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege on Windows")
	}
	const secret = "THIS LINE MUST NOT BE SHOWN"
	for name, test := range map[string]struct {
		files map[string]string
		code  diag.Code // "" where it resolves
		file  string
	}{
		"a file outside":             {map[string]string{"wit/deps/x.wit": "-> ../../out.wit"}, diag.LinkOutside, "wit/deps/x.wit"},
		"a file outside, absolute":   {map[string]string{"wit/deps/x.wit": "-> DIR/out.wit"}, diag.LinkOutside, "wit/deps/x.wit"},
		"a file of the package":      {map[string]string{"wit/x.wit": "-> ../out.wit"}, diag.LinkOutside, "wit/x.wit"},
		"a file of a dependency":     {map[string]string{"wit/deps/c/x.wit": "-> ../../../out.wit"}, diag.LinkOutside, "wit/deps/c/x.wit"},
		"a binary":                   {map[string]string{"wit/deps/x.wasm": "-> ../../out.wit"}, diag.LinkOutside, "wit/deps/x.wasm"},
		"a folder outside":           {map[string]string{"wit/deps/x": "-> ../../out"}, diag.LinkOutside, "wit/deps/x"},
		"a folder with a dot":        {map[string]string{"wit/deps/x-1.0.0": "-> ../../out"}, diag.LinkOutside, "wit/deps/x-1.0.0"},
		"the folder of dependencies": {map[string]string{"wit/deps": "-> ../out"}, diag.LinkOutside, "wit/deps"},
		"through a link inside":      {map[string]string{"wit/deps/x.wit": "-> in/out.wit", "wit/deps/in": "-> ../../out"}, diag.LinkOutside, "wit/deps/in"},
		"to nothing":                 {map[string]string{"wit/deps/x.wit": "-> nothing.wit"}, diag.FileNotFound, "wit/deps/x.wit"},
		"in a circle":                {map[string]string{"wit/deps/x.wit": "-> y.wit", "wit/deps/y.wit": "-> x.wit"}, diag.FileUnreadable, "wit/deps/x.wit"},
		"a file inside":              {map[string]string{"wit/deps/x.wit": "-> ../other/c.txt", "wit/other/c.txt": "package a:c;"}, "", ""},
		"a folder inside":            {map[string]string{"wit/deps/x": "-> ../other", "wit/other/c.wit": "package a:c;"}, "", ""},
		"dependencies inside":        {map[string]string{"wit/deps": "-> other", "wit/other/c.wit": "package a:c;"}, "", ""},
		"what is not read":           {map[string]string{"wit/README": "-> ../out.wit", "wit/other": "-> ../out"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			test.files["wit/w.wit"] = "package a:b;\nworld w {}\n"
			test.files["out.wit"] = secret
			test.files["out/out.wit"] = secret
			dir := writeTree(t, test.files)
			_, err := resolve.Dir(filepath.Join(dir, "wit"), resolve.Options{})
			if test.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var list diag.List
			if !errors.As(err, &list) || len(list) != 1 || list[0].Code != test.code || list[0].File != filepath.Join(dir, filepath.FromSlash(test.file)) {
				t.Fatalf("%v", err)
			}
			var shown strings.Builder
			if err := list.WriteText(&shown, false); err != nil || strings.Contains(shown.String(), secret) {
				t.Errorf("%s %v", shown.String(), err)
			}
		})
	}
	// A link that the user names is followed.
	dir := writeTree(t, map[string]string{"here": "-> there", "there/w.wit": "package a:b;"})
	if _, err := resolve.Dir(filepath.Join(dir, "here"), resolve.Options{}); err != nil {
		t.Error(err)
	}
}

func TestReadingIsBounded(t *testing.T) {
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	main := file("package a:b;")
	text := file("package a:c;" + strings.Repeat(" ", 16<<20-100))
	many := fstest.MapFS{"w.wit": main}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		many["deps/"+name+".wit"] = text
	}
	for name, test := range map[string]struct {
		fs   fstest.MapFS
		code diag.Code
		want string
	}{
		"a file too large":           {fstest.MapFS{"w.wit": main, "deps/c.wit": file(strings.Repeat(" ", 16<<20+1))}, diag.FileTooLarge, "16777216 bytes"},
		"all files together":         {many, diag.InputTooLarge, "67108864 bytes of WIT in this folder"},
		"a pipe":                     {fstest.MapFS{"w.wit": main, "deps/c.wit": {Mode: os.ModeNamedPipe}}, diag.FileUnreadable, "no regular file"},
		"a device":                   {fstest.MapFS{"w.wit": {Mode: os.ModeDevice | os.ModeCharDevice}}, diag.FileUnreadable, "no regular file"},
		"a folder without WIT":       {fstest.MapFS{"readme": main}, diag.FileNotFound, "there are no .wit files in this folder"},
		"no folder":                  {fstest.MapFS{}, diag.FileNotFound, "there is no such file or folder"},
		"a large binary":             {fstest.MapFS{"w.wit": main, "deps/c.wasm": file(strings.Repeat(" ", input.MaxWIT+1))}, diag.InputTooLarge, "67108864 bytes"},
		"no decoder, and the folder": {fstest.MapFS{"w.wit": main, "deps/c.wat": main}, diag.BinaryDependency, "not read here"},
	} {
		t.Run(name, func(t *testing.T) {
			at := "."
			if name == "no folder" {
				at = "nowhere"
			}
			_, err := resolve.FS(test.fs, at, resolve.Options{Decode: nil})
			if name == "a large binary" {
				_, err = resolve.FS(test.fs, at, resolve.Options{Decode: func(string, []byte) (*wit.Resolve, wit.PackageID, error) { return nil, 0, errors.New("decoded") }})
			}
			var list diag.List
			if !errors.As(err, &list) || len(list) != 1 || list[0].Code != test.code || list[0].File == "" || !strings.Contains(list[0].Message, test.want) {
				t.Errorf("%v", err)
			}
		})
	}
}
