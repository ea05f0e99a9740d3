package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/gogen"
)

// generated returns a file as witgen writes it.
func generated(path, source, body string) gogen.File {
	return gogen.File{Path: path, Content: []byte(generatedHeader + "\n" + sourcePrefix + source + "\n\n" + body + "\n")}
}

// mustWrite brings dir to the state that the files describe.
func mustWrite(t *testing.T, dir string, prune bool, sides []side, files ...gogen.File) {
	t.Helper()
	o, err := compare(dir, files, prune, sides)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.write(); err != nil {
		t.Fatal(err)
	}
}

// tree returns the files below dir with their contents, and its empty folders.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, entry fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		rel = filepath.ToSlash(rel)
		if entry.IsDir() {
			if inside, err := os.ReadDir(p); err != nil || len(inside) == 0 {
				found[rel+"/"] = ""
			}
			return nil
		}
		content, err := os.ReadFile(p)
		found[rel] = string(content)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return found
}

// contents returns what tree returns for the files.
func contents(files ...gogen.File) map[string]string {
	found := map[string]string{}
	for _, f := range files {
		found[f.Path] = string(f.Content)
	}
	return found
}

func checkTree(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	if d := cmp.Diff(want, tree(t, dir)); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
}

var (
	neutral   = generated("example/calculator/operations/operations.wit.go", "example:calculator/operations", "package operations")
	hostFile  = generated("example/calculator/operations/operations_host.wit.go", "example:calculator/operations", "package operations // host")
	guestFile = generated("example/calculator/operations/operations_guest.wit.go", "example:calculator/operations", "package operations // guest")
	other     = generated("example/calculator/log/log.wit.go", "example:calculator/log", "package log")
	otherH    = generated("example/calculator/log/log_host.wit.go", "example:calculator/log", "package log // host")
)

func TestWriteMakesFoldersAndFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "gen")
	mustWrite(t, dir, false, nil, neutral, hostFile)
	checkTree(t, dir, contents(neutral, hostFile))
}

func TestWriteLeavesUnchangedFilesUntouched(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, false, nil, neutral, hostFile)
	before := fileInfo(t, dir, neutral.Path)
	changed := hostFile
	changed.Content = append([]byte(nil), append(hostFile.Content, "// more\n"...)...)
	mustWrite(t, dir, false, nil, neutral, changed)
	checkTree(t, dir, contents(neutral, changed))
	after := fileInfo(t, dir, neutral.Path)
	if !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Error("a file whose content stays was written again")
	}
}

func fileInfo(t *testing.T, dir, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestCompareKeepsWhatWitgenDidNotWrite(t *testing.T) {
	for name, c := range map[string]struct {
		lay  func(t *testing.T, file string)
		want string
	}{
		"another file": {func(t *testing.T, file string) {
			if err := os.WriteFile(file, []byte("package operations\n"), 0o666); err != nil {
				t.Fatal(err)
			}
		}, "witgen did not write this file"},
		"an empty file": {func(t *testing.T, file string) {
			if err := os.WriteFile(file, nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}, "witgen did not write this file"},
		"a folder": {func(t *testing.T, file string) {
			if err := os.Mkdir(file, 0o777); err != nil {
				t.Fatal(err)
			}
		}, "no regular file"},
		"a link": {func(t *testing.T, file string) {
			if runtime.GOOS == "windows" {
				t.Skip("making links needs a privilege on Windows")
			}
			if err := os.Symlink("elsewhere.go", file); err != nil {
				t.Fatal(err)
			}
		}, "no regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, dir, false, nil, neutral, hostFile)
			file := filepath.Join(dir, filepath.FromSlash(hostFile.Path))
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			c.lay(t, file)
			_, err := compare(dir, []gogen.File{neutral, hostFile}, false, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("error %v; want one that names %s and says %q", err, file, c.want)
			}
		})
	}
}

func TestCompareNamesVersioned(t *testing.T) {
	dir := t.TempDir()
	old := generated(neutral.Path, "example:calculator/operations@1.2.3", "package operations")
	mustWrite(t, dir, false, nil, old)
	for _, source := range []string{"example:calculator/operations@2.0.0", "example:calculator/operations@1.2.4-rc.1", "example:calculator/operations"} {
		_, err := compare(dir, []gogen.File{generated(neutral.Path, source, "package operations")}, false, nil)
		if err == nil || !strings.Contains(err.Error(), "--versioned") || !strings.Contains(err.Error(), "@1.2.3") {
			t.Errorf("%s over version 1.2.3: error %v; want one that names --versioned and 1.2.3", source, err)
		}
	}
	checkTree(t, dir, contents(old))
}

// A run after a bump writes over the files of the version before.
func TestCompareTakesVersionsOfOneTrack(t *testing.T) {
	for _, versions := range [][2]string{{"1.2.3", "1.3.0"}, {"1.3.0", "1.2.3"}, {"0.2.0", "0.2.8"}, {"1.0.0", "1.0.0+build.5"}} {
		dir := t.TempDir()
		mustWrite(t, dir, false, nil, generated(neutral.Path, "example:calculator/operations@"+versions[0], "package operations"))
		bumped := generated(neutral.Path, "example:calculator/operations@"+versions[1], "package operations")
		mustWrite(t, dir, false, nil, bumped)
		checkTree(t, dir, contents(bumped))
	}
}

func TestCompareReportsEveryFile(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []gogen.File{neutral, hostFile} {
		file := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("package operations\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, err := compare(dir, []gogen.File{neutral, hostFile}, false, nil)
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("error %v; want a line for each of two files", err)
	}
}

// A failure at any rename leaves the files as they were.
func TestWriteIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, false, nil, neutral, hostFile)
	changed := []gogen.File{
		generated(neutral.Path, "example:calculator/operations", "package operations // new"),
		generated(hostFile.Path, "example:calculator/operations", "package operations // new host"),
		other,
	}
	o, err := compare(dir, changed, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	// What compare has not seen: a folder lies where the last file has to go.
	o.changes = append(o.changes, change{path: "z/z.wit.go", new: []byte("x")})
	blocked := filepath.Join(dir, "z", "z.wit.go", "full")
	if err := os.MkdirAll(blocked, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := o.write(); err == nil {
		t.Fatal("writing over a folder gave no error")
	}
	want := contents(neutral, hostFile)
	want["z/z.wit.go/full/"] = ""
	checkTree(t, dir, want)
}

func TestWriteRemovesFoldersOfAFailedRun(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "a", "gen")
	o, err := compare(dir, []gogen.File{neutral, {Path: neutral.Path + "/below.wit.go", Content: []byte("x")}}, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.write(); err == nil {
		t.Fatal("a file and a folder of one name gave no error")
	}
	checkTree(t, parent, map[string]string{})
}

func TestPrune(t *testing.T) {
	foreign := gogen.File{Path: "example/calculator/log/mine.go", Content: []byte("package log\n")}
	foreignWit := gogen.File{Path: "example/calculator/log/mine.wit.go", Content: []byte("package log\n")}
	for name, c := range map[string]struct {
		before []gogen.File
		sides  []side
		make   []gogen.File
		after  []gogen.File
	}{
		"all of an interface goes, with its folder": {
			before: []gogen.File{neutral, hostFile, guestFile, other, otherH},
			sides:  []side{hostSide, guestSide},
			make:   []gogen.File{neutral, hostFile, guestFile},
			after:  []gogen.File{neutral, hostFile, guestFile},
		},
		"the other side stays, and what it needs": {
			before: []gogen.File{neutral, hostFile, guestFile},
			sides:  []side{hostSide},
			make:   []gogen.File{other, otherH},
			after:  []gogen.File{neutral, guestFile, other, otherH},
		},
		"the last side takes the neutral file along": {
			before: []gogen.File{neutral, hostFile},
			sides:  []side{hostSide},
			make:   []gogen.File{other, otherH},
			after:  []gogen.File{other, otherH},
		},
		"what witgen did not write stays": {
			before: []gogen.File{neutral, other, otherH, foreign, foreignWit},
			sides:  []side{hostSide},
			make:   []gogen.File{neutral},
			after:  []gogen.File{neutral, foreign, foreignWit},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range c.before {
				file := filepath.Join(dir, filepath.FromSlash(f.Path))
				if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, f.Content, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			mustWrite(t, dir, true, c.sides, c.make...)
			checkTree(t, dir, contents(c.after...))
		})
	}
}

func TestOutputStaysInItsFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege on Windows")
	}
	outside := t.TempDir()
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "example")); err != nil {
		t.Fatal(err)
	}
	o, err := compare(dir, []gogen.File{neutral}, false, nil)
	if err == nil {
		err = o.write()
	}
	if err == nil {
		t.Error("writing through a link that leaves the folder gave no error")
	}
	checkTree(t, outside, map[string]string{})
}

func TestMerge(t *testing.T) {
	files, err := merge([]gogen.File{neutral, hostFile}, []gogen.File{neutral, guestFile})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]gogen.File{neutral, guestFile, hostFile}, files); d != "" {
		t.Errorf("merged files (-want +got):\n%s", d)
	}

	different := neutral
	different.Content = []byte("x")
	_, err = merge([]gogen.File{neutral}, []gogen.File{different})
	if internal := (internalError{}); !errors.As(err, &internal) {
		t.Errorf("two contents for one path: error %v; want an internal error", err)
	}

	for _, path := range []string{"example/calculator/Operations/x.wit.go", "example/calculator/operations/Operations.wit.go"} {
		_, err = merge([]gogen.File{neutral, {Path: path}})
		if err == nil || !strings.Contains(err.Error(), "differ only in case") {
			t.Errorf("%s and %s: error %v; want one about case", neutral.Path, path, err)
		}
	}
}

func TestDiff(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, false, nil, neutral, other)
	changed := generated(neutral.Path, "example:calculator/operations", "package other")
	o, err := compare(dir, []gogen.File{changed, hostFile}, true, []side{hostSide})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(string(o.diff()), filepath.ToSlash(dir), "gen")
	for _, want := range []string{
		"--- gen/example/calculator/operations/operations.wit.go\n",
		"-package operations\n+package other\n",
		"--- " + os.DevNull + "\n+++ gen/example/calculator/operations/operations_host.wit.go\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("diff lacks %q:\n%s", want, got)
		}
	}
	if !strings.HasSuffix(got, "log.wit.go is no longer made\n") {
		t.Errorf("diff does not name the file that is no longer made:\n%s", got)
	}
}

func TestImportPath(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "// A comment.\nmodule example.com/app // here\n\ngo 1.26.5\n")
	write("nested/go.mod", "module \"example.com/nested\"\n")
	write("broken/go.mod", "go 1.26.5\n")
	for out, want := range map[string]string{
		"":            "example.com/app",
		"gen":         "example.com/app/gen",
		"a/b/../gen":  "example.com/app/a/gen",
		"nested/x":    "example.com/nested/x",
		"broken/x":    "there is no module line",
		"with space":  "choose another --out, or pass --import-path",
		"go.mod/file": "example.com/app/go.mod/file",
	} {
		got, err := importPathOf(filepath.Join(dir, out))
		if err != nil {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("import path of %q: error %v; want %q", out, err, want)
			}
		} else if got != want {
			t.Errorf("import path of %q is %q; want %q", out, got, want)
		}
	}
	if got, err := importPathOf(filepath.Join(t.TempDir(), "gen")); err == nil || !strings.Contains(err.Error(), "--import-path") {
		t.Errorf("without go.mod: %q, %v; want an error that names --import-path", got, err)
	}
}
