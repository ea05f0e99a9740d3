package component

import "fmt"

func (e *encoder) deftype(t Type) {
	switch t := t.(type) {
	case *PrimType:
		e.byte(byte(t.Prim))
	case *Record:
		e.byte(0x72)
		e.fields(t.Fields)
	case *Variant:
		e.byte(0x71)
		encodeVec(e, t.Cases, func(c Case) {
			e.name(c.Name)
			e.optional(c.Type)
			e.byte(0x00)
		})
	case *List:
		e.byte(0x70)
		e.valType(t.Elem)
	case *FixedList:
		e.byte(0x67)
		e.valType(t.Elem)
		e.u32(t.Length)
	case *Tuple:
		e.byte(0x6f)
		encodeVec(e, t.Types, e.valType)
	case *Flags:
		e.byte(0x6e)
		encodeVec(e, t.Labels, e.name)
	case *Enum:
		e.byte(0x6d)
		encodeVec(e, t.Labels, e.name)
	case *Option:
		e.byte(0x6b)
		e.valType(t.Type)
	case *Result:
		e.byte(0x6a)
		e.optional(t.OK)
		e.optional(t.Err)
	case *Map:
		e.byte(0x63)
		e.valType(t.Key)
		e.valType(t.Value)
	case *Own:
		e.byte(0x69)
		e.u32(t.Resource)
	case *Borrow:
		e.byte(0x68)
		e.u32(t.Resource)
	case *Stream:
		e.byte(0x66)
		e.optional(t.Type)
	case *Future:
		e.byte(0x65)
		e.optional(t.Type)
	case *Func:
		e.funcType(t)
	case *Resource:
		e.byte(0x3f)
		e.coreValType(t.Rep)
		e.flag(t.Dtor != nil)
		if t.Dtor != nil {
			e.u32(*t.Dtor)
		}
	case *ComponentType:
		e.byte(0x41)
		encodeVec(e, t.Decls, e.decl)
	case *InstanceType:
		e.byte(0x42)
		encodeVec(e, t.Decls, e.decl)
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
}

func (e *encoder) funcType(t *Func) {
	if t.Async {
		e.byte(0x43)
	} else {
		e.byte(0x40)
	}
	e.fields(t.Params)
	e.resultList(t.Result)
}

func (e *encoder) fields(fields []Field) {
	encodeVec(e, fields, func(f Field) {
		e.name(f.Name)
		e.valType(f.Type)
	})
}

func (e *encoder) valType(t ValType) {
	if t.Prim != NoPrim {
		e.byte(byte(t.Prim))
		return
	}
	e.s33(int64(t.Index))
}

func (e *encoder) optional(t *ValType) {
	e.flag(t != nil)
	if t != nil {
		e.valType(*t)
	}
}

func (e *encoder) resultList(t *ValType) {
	if t == nil {
		e.byte(0x01, 0x00)
		return
	}
	e.byte(0x00)
	e.valType(*t)
}

// decl appends a declarator of a component type or instance type.
func (e *encoder) decl(d Def) {
	switch d := d.(type) {
	case *CoreTypeDef:
		e.byte(declCoreType)
		e.coreTypeDef(d)
	case *TypeDef:
		e.byte(declType)
		e.deftype(d.Type)
	case *Alias:
		e.byte(declAlias)
		e.alias(d)
	case *Import:
		e.byte(declImport)
		e.externName(d.Name)
		e.externType(d.Type)
	case *ExportDecl:
		e.byte(declExport)
		e.externName(d.Name)
		e.externType(d.Type)
	default:
		panic(fmt.Sprintf("component: unhandled declarator %T", d))
	}
}

func (e *encoder) coreTypeDef(t *CoreTypeDef) {
	if t.Module != nil {
		e.byte(0x50)
		encodeVec(e, t.Module.Decls, e.moduleDecl)
		return
	}
	if !t.Rec.Explicit && t.Rec.Types[0].Form == 0x50 {
		e.byte(0x00) // 0x50 alone starts a module type
	}
	e.recGroup(t.Rec)
}

func (e *encoder) moduleDecl(m ModuleDecl) {
	switch {
	case m.Import != nil:
		e.byte(0x00)
		e.coreImport(*m.Import)
	case m.Type != nil:
		e.byte(0x01)
		e.recGroup(m.Type)
	case m.Alias != nil:
		e.byte(0x02, 0x10, 0x01)
		e.u32(m.Alias.Count)
		e.u32(m.Alias.Index)
	case m.Export != nil:
		e.byte(0x03)
		e.name(m.Export.Name)
		e.coreExtern(m.Export.Type)
	default:
		panic("component: an empty declarator of a module type")
	}
}

func (e *encoder) recGroup(g *RecGroup) {
	if g.Explicit {
		e.byte(0x4e)
		encodeVec(e, g.Types, e.subType)
		return
	}
	e.subType(g.Types[0])
}

func (e *encoder) subType(t SubType) {
	if t.Form != 0 {
		e.byte(t.Form)
		e.indices(t.Supers)
	}
	e.byte(t.Kind)
	switch t.Kind {
	case FuncKind:
		encodeVec(e, t.Params, e.coreValType)
		encodeVec(e, t.Results, e.coreValType)
	case StructKind:
		encodeVec(e, t.Fields, e.coreField)
	case ArrayKind:
		e.coreField(t.Fields[0])
	default:
		panic(fmt.Sprintf("component: unhandled core type 0x%02x", t.Kind))
	}
}

func (e *encoder) coreField(f CoreField) {
	e.coreValType(f.Type)
	e.flag(f.Mutable)
}

func (e *encoder) coreValType(t CoreValType) {
	e.byte(t.Code)
	if t.Code == CoreRef || t.Code == CoreRefNull {
		e.s33(t.Heap)
	}
}

func (e *encoder) coreImport(i CoreImport) {
	e.name(i.Module)
	e.name(i.Name)
	e.coreExtern(i.Type)
}

func (e *encoder) coreExtern(t CoreExtern) {
	e.sortByte(t.Sort)
	switch t.Sort {
	case SortCoreFunc:
		e.u32(t.Func)
	case SortCoreTable:
		e.coreValType(t.Table.Elem)
		e.coreLimits(t.Table.Limits)
	case SortCoreMemory:
		e.coreLimits(t.Memory)
	case SortCoreGlobal:
		e.coreValType(t.Global.Type)
		e.flag(t.Global.Mutable)
	case SortCoreTag:
		e.byte(0x00)
		e.u32(t.Func)
	default:
		panic(fmt.Sprintf("component: unhandled sort %s", t.Sort))
	}
}

func (e *encoder) coreLimits(l CoreLimits) {
	var bits byte
	for _, b := range []struct {
		set bool
		bit byte
	}{{l.HasMax, limitMax}, {l.Shared, limitShared}, {l.Addr64, limit64}, {l.HasPage, limitPage}} {
		if b.set {
			bits |= b.bit
		}
	}
	e.byte(bits)
	e.u64(l.Min)
	if l.HasMax {
		e.u64(l.Max)
	}
	if l.HasPage {
		e.u32(l.PageLog2)
	}
}
