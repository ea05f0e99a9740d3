package link

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/wit"
)

// fits checks that the world's imports are subtypes of the guest's, whether the guest uses
// them or not: all that an imported instance must have is there, with the same type. needed
// has found that no import is missing.
func (l *fitter) fits() error {
	last := root
	match, ok := l.finder.names.match(root)
	for _, ask := range l.plan.Asks {
		if err := l.look.Step(1); err != nil {
			return err
		}
		module, name := root, ask.Path[0]
		if len(ask.Path) > 1 {
			module, name = ask.Path[0], strings.Join(ask.Path[1:], "#")
		}
		bad := func(format string, args ...any) error {
			return l.bad("import "+label(module, name), format, args...)
		}
		if module != last { // a long name is not looked up for each of what is in it
			last = module
			match, ok = l.finder.names.match(module)
		}
		switch ask.Sort {
		case binary.SortInstance:
			if len(ask.Path) > 1 {
				return bad("the guest imports an instance inside of an instance, and a host supplies functions and resources there only")
			}
		case binary.SortFunc:
			if !ok {
				return bad("the guest imports it, and the world does not have it; build it with the bindings of this world")
			}
			in, ok := l.finder.function(match, name)
			if !ok {
				return bad("the guest imports it, and the world's interface does not have it; build it with the bindings of this world")
			}
			if wrong := l.differs(in.fn, ask.Func); wrong != "" {
				return bad("%s", wrong)
			}
		case binary.SortType:
			if !ask.Resource {
				continue
			}
			if !ok || !l.finder.hasResource(match, name) {
				return bad("the guest imports this resource, and the world does not have it; build it with the bindings of this world")
			}
		case binary.SortCoreModule, binary.SortComponent, binary.SortValue:
			return bad("the guest imports a %s, and a host supplies interfaces and functions only", ask.Sort)
		default:
			panic(fmt.Sprintf("link: unhandled sort %s", ask.Sort))
		}
	}
	return nil
}

// differs returns how the type of a function that the guest imports differs from the
// world's, or "".
func (l *fitter) differs(f *bind.Function, guest *wit.Function) string {
	_, _, unsupported := l.abi.Unsupported(guest)
	if _, _, large := l.abi.TooLarge(guest); unsupported || large {
		return "" // it cannot be called either, and who calls it is told why
	}
	if got := bind.Signature(l.abi.Lower(guest).String()); got != f.Import {
		return fmt.Sprintf("the guest takes the function to be of type %s, where the world says %s; build it with the bindings of this world", show(got), show(f.Import))
	}
	if !l.sameType(*f, guest) {
		return otherType
	}
	return ""
}
