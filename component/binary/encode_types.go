package binary

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

func (e *encoder) deftype(t Type) {
	switch t := t.(type) {
	case *PrimType:
		e.Byte(byte(t.Prim))
	case *Record:
		e.Byte(0x72)
		e.fields(t.Fields)
	case *Variant:
		e.Byte(0x71)
		wasm.WriteVec(&e.Writer, t.Cases, func(c Case) {
			e.Name(c.Name)
			e.optional(c.Type)
			e.Byte(0x00)
		})
	case *List:
		e.Byte(0x70)
		e.valType(t.Elem)
	case *FixedList:
		e.Byte(0x67)
		e.valType(t.Elem)
		e.Uint32(t.Length)
	case *Tuple:
		e.Byte(0x6f)
		wasm.WriteVec(&e.Writer, t.Types, e.valType)
	case *Flags:
		e.Byte(0x6e)
		wasm.WriteVec(&e.Writer, t.Labels, e.Name)
	case *Enum:
		e.Byte(0x6d)
		wasm.WriteVec(&e.Writer, t.Labels, e.Name)
	case *Option:
		e.Byte(0x6b)
		e.valType(t.Type)
	case *Result:
		e.Byte(0x6a)
		e.optional(t.OK)
		e.optional(t.Err)
	case *Map:
		e.Byte(0x63)
		e.valType(t.Key)
		e.valType(t.Value)
	case *Own:
		e.Byte(0x69)
		e.Uint32(t.Resource)
	case *Borrow:
		e.Byte(0x68)
		e.Uint32(t.Resource)
	case *Stream:
		e.Byte(0x66)
		e.optional(t.Type)
	case *Future:
		e.Byte(0x65)
		e.optional(t.Type)
	case *Func:
		e.funcType(t)
	case *Resource:
		e.Byte(0x3f)
		e.ValType(t.Rep)
		e.Flag(t.Dtor != nil)
		if t.Dtor != nil {
			e.Uint32(*t.Dtor)
		}
	case *ComponentType:
		e.Byte(0x41)
		wasm.WriteVec(&e.Writer, t.Decls, e.decl)
	case *InstanceType:
		e.Byte(0x42)
		wasm.WriteVec(&e.Writer, t.Decls, e.decl)
	default:
		panic(fmt.Sprintf("binary: unhandled type %T", t))
	}
}

func (e *encoder) funcType(t *Func) {
	if t.Async {
		e.Byte(0x43)
	} else {
		e.Byte(0x40)
	}
	e.fields(t.Params)
	e.resultList(t.Result)
}

func (e *encoder) fields(fields []Field) {
	wasm.WriteVec(&e.Writer, fields, func(f Field) {
		e.Name(f.Name)
		e.valType(f.Type)
	})
}

func (e *encoder) valType(t ValType) {
	if t.Prim != NoPrim {
		e.Byte(byte(t.Prim))
		return
	}
	e.Int64(int64(t.Index))
}

func (e *encoder) optional(t *ValType) {
	e.Flag(t != nil)
	if t != nil {
		e.valType(*t)
	}
}

func (e *encoder) resultList(t *ValType) {
	if t == nil {
		e.Byte(0x01, 0x00)
		return
	}
	e.Byte(0x00)
	e.valType(*t)
}

// decl appends a declarator of a component type or instance type.
func (e *encoder) decl(d Def) {
	switch d := d.(type) {
	case *CoreTypeDef:
		e.Byte(declCoreType)
		e.coreTypeDef(d)
	case *TypeDef:
		e.Byte(declType)
		e.deftype(d.Type)
	case *Alias:
		e.Byte(declAlias)
		e.alias(d)
	case *Import:
		e.Byte(declImport)
		e.externName(d.Name)
		e.externType(d.Type)
	case *ExportDecl:
		e.Byte(declExport)
		e.externName(d.Name)
		e.externType(d.Type)
	default:
		panic(fmt.Sprintf("binary: unhandled declarator %T", d))
	}
}

func (e *encoder) coreTypeDef(t *CoreTypeDef) {
	if t.Module != nil {
		e.Byte(0x50)
		wasm.WriteVec(&e.Writer, t.Module.Decls, e.moduleDecl)
		return
	}
	if !t.Rec.Explicit && t.Rec.Types[0].Form == 0x50 {
		e.Byte(0x00) // 0x50 alone starts a module type
	}
	e.RecGroup(t.Rec)
}

func (e *encoder) moduleDecl(m ModuleDecl) {
	switch {
	case m.Import != nil:
		e.Byte(0x00)
		e.Import(*m.Import)
	case m.Type != nil:
		e.Byte(0x01)
		e.RecGroup(m.Type)
	case m.Alias != nil:
		e.Byte(0x02, 0x10, 0x01)
		e.Uint32(m.Alias.Count)
		e.Uint32(m.Alias.Index)
	case m.Export != nil:
		e.Byte(0x03)
		e.Name(m.Export.Name)
		e.Extern(m.Export.Type)
	default:
		panic("binary: an empty declarator of a module type")
	}
}
