package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// write makes the changes: all of them, or none. The new contents lie complete
// beside the old ones before the first is renamed; where a rename fails, those
// done before are undone. What is made under another name has one that nobody can
// guess.
func (o *output) write() (err error) {
	if o.upToDate() {
		return nil
	}
	w := writer{output: o}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("writing to %s: %w", o.dir, err), w.undo())
		}
		w.close()
	}()
	if err := w.open(); err != nil {
		return err
	}
	for _, c := range o.changes {
		if err := w.stage(c); err != nil {
			return err
		}
	}
	for _, c := range o.changes {
		if err := w.commit(c); err != nil {
			return err
		}
	}
	return w.removeStale()
}

// writer makes the changes of an output and remembers how to undo them.
type writer struct {
	*output
	root      *os.Root
	folder    string            // the folder below OUT that was used last
	in        *os.Root          // and the same, open
	folders   []string          // made below OUT, outermost first
	outerDirs []string          // made for OUT itself, outermost first
	there     map[string]bool   // folders below OUT that are there
	staged    map[string]string // the names of complete new contents, in the file's folder
	committed []change
}

// open makes the folder OUT where it is not there, and opens it.
func (w *writer) open() error {
	w.staged, w.there = map[string]string{}, map[string]bool{}
	var missing []string
	for dir := filepath.Clean(w.dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			break
		}
		missing = append(missing, dir)
	}
	slices.Reverse(missing)
	for _, dir := range missing {
		if err := os.Mkdir(dir, 0o777); err != nil {
			return err
		}
		w.outerDirs = append(w.outerDirs, dir)
	}
	var err error
	w.root, err = os.OpenRoot(w.dir)
	return err
}

// stage writes the new content of a file under another name in its folder.
func (w *writer) stage(c change) error {
	folder := path.Dir(c.path)
	if err := w.mkdir(folder); err != nil {
		return err
	}
	in, err := w.enter(folder)
	if err != nil {
		return err
	}
	temp, err := newTemp(path.Base(c.path), func(name string) (*os.File, error) {
		file, err := in.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			w.staged[c.path] = name
		}
		return file, err
	})
	if err != nil {
		return err
	}
	_, err = temp.Write(c.new)
	return errors.Join(err, temp.Close())
}

// enter opens a folder below OUT. Files that lie in one folder come one after the
// other, so that one folder that stays open saves most of the system calls.
func (w *writer) enter(folder string) (*os.Root, error) {
	if w.in != nil && w.folder == folder {
		return w.in, nil
	}
	in, err := w.root.OpenRoot(filepath.FromSlash(folder))
	if err != nil {
		return nil, err
	}
	if w.in != nil {
		w.in.Close()
	}
	w.in, w.folder = in, folder
	return in, nil
}

// close closes the folders that are open.
func (w *writer) close() {
	if w.in != nil {
		w.in.Close()
	}
	if w.root != nil {
		w.root.Close()
	}
}

// mkdir makes a folder below OUT and those that it lies in.
func (w *writer) mkdir(folder string) error {
	if folder == "." || w.there[folder] {
		return nil
	}
	if err := w.mkdir(path.Dir(folder)); err != nil {
		return err
	}
	err := w.root.Mkdir(filepath.FromSlash(folder), 0o777)
	if errors.Is(err, fs.ErrExist) {
		info, err := w.root.Stat(filepath.FromSlash(folder))
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is not a folder, and one has to be there: move it away, or choose another --out", w.name(folder))
		}
		w.there[folder] = err == nil
		return err
	}
	if err == nil {
		w.folders = append(w.folders, folder)
		w.there[folder] = true
	}
	return err
}

// commit puts the staged content of a file in its place.
func (w *writer) commit(c change) error {
	in, err := w.enter(path.Dir(c.path))
	if err != nil {
		return err
	}
	if err := in.Rename(w.staged[c.path], path.Base(c.path)); err != nil {
		return err
	}
	delete(w.staged, c.path)
	w.committed = append(w.committed, c)
	return nil
}

// removeStale removes what is no longer made, and the folders that this leaves
// empty. A file that stays because it cannot be removed undoes nothing: all that
// the run makes is in place by then.
func (w *writer) removeStale() error {
	var problems []error
	for _, p := range w.stale {
		if err := w.root.Remove(filepath.FromSlash(p)); err != nil {
			problems = append(problems, err)
			continue
		}
		for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
			if w.root.Remove(filepath.FromSlash(dir)) != nil {
				break // it holds something still
			}
		}
	}
	w.committed, w.folders, w.outerDirs = nil, nil, nil
	return errors.Join(problems...)
}

// undo takes back what was done so far, and returns an error for what it could
// not take back.
func (w *writer) undo() error {
	var problems []error
	for p, temp := range w.staged {
		if err := w.root.Remove(filepath.FromSlash(path.Join(path.Dir(p), temp))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	for _, c := range w.committed {
		p := filepath.FromSlash(c.path)
		var err error
		if c.exists {
			err = w.root.WriteFile(p, c.old, 0o666)
		} else {
			err = w.root.Remove(p)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s could not be put back: %w", w.name(c.path), err))
		}
	}
	for _, folder := range slices.Backward(w.folders) {
		problems = append(problems, w.root.Remove(filepath.FromSlash(folder)))
	}
	for _, dir := range slices.Backward(w.outerDirs) {
		problems = append(problems, os.Remove(dir))
	}
	return errors.Join(problems...)
}
