package gogen

import (
	_ "embed"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// wasiRoot is the output folder of the published packages of WASI, as an import path.
const wasiRoot = "github.com/witgen/witgen"

// wasiText lists what the published packages of WASI hold: in a line each, an
// interface, a type or function of it, and a number that two of the same structure
// share. Its first line is the version. The test writes it from wasi/wit.
//
//go:embed wasi.txt
var wasiText string

// published returns the version of the published packages, and by the name of an
// interface what its package holds.
var published = sync.OnceValues(func() (version string, members map[string]map[string]uint64) {
	version, list, _ := strings.Cut(wasiText, "\n")
	members = map[string]map[string]uint64{}
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		if members[fields[0]] == nil {
			members[fields[0]] = map[string]uint64{}
		}
		members[fields[0]][fields[1]], _ = strconv.ParseUint(fields[2], 16, 64) // The test wrote it.
	}
	return version, members
})

// placeWASI has the published packages of WASI stand for the interfaces that they
// have, unless those refer to a package that stands for another one.
func (p *Plan) placeWASI() {
	if p.Options.OwnWASI {
		return
	}
	var shapes *abi.ABI // made for the first that needs it
	placed := map[*Package]bool{}
	for _, pkg := range p.Packages { // each after those that it refers to
		of := p.packageName(pkg)
		if pkg.Interface < 0 || of.Namespace != "wasi" || pkg.Foreign {
			continue
		}
		if shapes == nil {
			shapes = abi.New(p.Resolve)
		}
		placed[pkg] = p.isPublished(pkg, of, shapes)
		for _, dep := range pkg.deps {
			placed[pkg] = placed[pkg] && placed[dep]
		}
		if placed[pkg] {
			version := "v" + wit.VersionTrack(of.Version)
			p.makeForeign(pkg, path.Join(wasiRoot, layoutDir(of, p.namesOf(pkg), version)))
		}
	}
}

// isPublished reports whether there is a published package for an interface: one of
// its version or a later one that is compatible, which has all of its types and
// functions.
func (p *Plan) isPublished(pkg *Package, of wit.PackageName, shapes *abi.ABI) bool {
	version, interfaces := published()
	name, _, _ := strings.Cut(pkg.Source, "@")
	members, ok := interfaces[name]
	if !ok || wit.VersionTrack(of.Version) != wit.VersionTrack(version) || wit.CompareVersions(of.Version, version) > 0 {
		return false
	}
	for name, shape := range membersOf(p.Resolve, pkg.Interface, shapes) {
		if known, ok := members[name]; !ok || known != shape {
			return false
		}
	}
	return true
}

// membersOf returns the types and functions of an interface with numbers that two of
// the same structure share.
func membersOf(r *wit.Resolve, id wit.InterfaceID, shapes *abi.ABI) map[string]uint64 {
	of := r.Interfaces[id]
	members := map[string]uint64{}
	for _, t := range of.Types {
		shape := uint64(0) // of a resource
		if _, ok := r.Kind(t).(*wit.Resource); !ok {
			shape = shapes.Identity(&wit.Function{Result: t})
		}
		members[r.Types[t].Name] = shape
	}
	for _, f := range of.Functions {
		members[f.Name] = shapes.Identity(f)
	}
	return members
}
