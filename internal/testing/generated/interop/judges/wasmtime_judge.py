"""Calls a component of the world judge under wasmtime.

usage: wasmtime_judge.py COMPONENT < calls.json > results.json

calls.json and results.json are as the Go package of this folder says.
"""

import json
import struct
import sys

from wasmtime import Config, Engine, Store, WasiConfig, WasmtimeError
from wasmtime.component import Component, Linker, Variant
from wasmtime.component import _types as t

INTS = (t.S8, t.S16, t.S32, t.S64, t.U8, t.U16, t.U32, t.U64)


def to_value(ty, j):
    """What wasmtime takes for the JSON value j of a type."""
    if isinstance(ty, INTS):
        return int(j)
    if isinstance(ty, t.F32):
        return struct.unpack(">f", bytes.fromhex(j))[0]
    if isinstance(ty, t.F64):
        return struct.unpack(">d", bytes.fromhex(j))[0]
    if isinstance(ty, (t.Bool, t.Char, t.String, t.EnumType)):
        return j
    if isinstance(ty, t.ListType):
        items = [to_value(ty.element, v) for v in j]
        return bytes(items) if isinstance(ty.element, t.U8) else items
    if isinstance(ty, t.TupleType):
        return tuple(to_value(e, v) for e, v in zip(ty.elements, j))
    if isinstance(ty, t.RecordType):
        record = t.Record()
        for name, field in ty.fields:
            setattr(record, name, to_value(field, j[name]))
        return record
    if isinstance(ty, t.FlagsType):
        return set(j)
    if isinstance(ty, t.VariantLikeType):
        name, payload = case_of(ty, j)
        kind = dict(ty._cases())[name]
        value = None if kind is None else to_value(kind, payload)
        return Variant(name, value) if ty._tagged() else value
    raise TypeError(f"no value of type {ty}")


def case_of(ty, j):
    if isinstance(ty, t.OptionType):
        return ("some", j[0]) if j else ("none", None)
    return j[0], j[1] if len(j) > 1 else None


def from_value(ty, v):
    """The JSON value for what wasmtime gives."""
    if isinstance(ty, INTS):
        return str(v)
    if isinstance(ty, t.F32):
        return "7fc00000" if v != v else struct.pack(">f", v).hex()
    if isinstance(ty, t.F64):
        return "7ff8000000000000" if v != v else struct.pack(">d", v).hex()
    if isinstance(ty, (t.Bool, t.Char, t.String, t.EnumType)):
        return v
    if isinstance(ty, t.ListType):
        return [from_value(ty.element, x) for x in v]
    if isinstance(ty, t.TupleType):
        return [from_value(e, x) for e, x in zip(ty.elements, v)]
    if isinstance(ty, t.RecordType):
        return {name: from_value(field, getattr(v, name)) for name, field in ty.fields}
    if isinstance(ty, t.FlagsType):
        return sorted(v)
    if isinstance(ty, t.VariantLikeType):
        for name, kind in ty._cases():
            if ty._tagged():
                if v.tag != name:
                    continue
                v = v.payload
            elif kind is None:
                if v is not None:
                    continue
            else:
                classes = set()
                kind.add_classes(classes)
                if not isinstance(v, tuple(classes)):
                    continue
            payload = [] if kind is None else [from_value(kind, v)]
            return payload if isinstance(ty, t.OptionType) else [name] + payload
    raise TypeError(f"{v} is not of type {ty}")


def helper(linker):
    """The host's side of the world: what the guests import."""

    def older(store, person):
        person.age = (person.age + 1) % 256
        return person

    def reversed_(store, shapes):
        return shapes[::-1]

    def measure(store, text):
        # Of result<u32, string> the two cases tell themselves apart by their type.
        return len(text) if text else "empty"

    with linker.root() as root:
        with root.add_instance("witgen:judge/helper@1.2.0") as instance:
            instance.add_func("older", older)
            instance.add_func("reversed", reversed_)
            instance.add_func("measure", measure)


class Guest:
    def __init__(self, engine, component):
        self.store = Store(engine)
        self.store.set_wasi(WasiConfig())
        linker = Linker(engine)
        linker.add_wasip2()
        helper(linker)
        self.instance = linker.instantiate(self.store, component)

    def func(self, interface, name):
        index = self.instance.get_export_index(self.store, interface) if interface else None
        return self.instance.get_func(self.store, self.instance.get_export_index(self.store, name, index))

    def raw(self, interface, name, *args):
        return self.func(interface, name)(self.store, *args)

    def call(self, interface, name, args):
        func = self.func(interface, name)
        ty = func.type(self.store)
        values = [to_value(p, a) for (_, p), a in zip(ty.params, args)]
        return from_value(ty.result, func(self.store, *values))

    def counters(self, a, n, b):
        """The life of three counters: see counters in the Go package."""
        counters = "witgen:judge/counters@1.2.0"
        first = self.raw(counters, "[constructor]counter", int(a))
        added = self.raw(counters, "[method]counter.add", first, int(n))
        second = self.raw(counters, "[constructor]counter", int(b))
        total = self.raw(counters, "total", [first, second])
        merged = self.raw(counters, "[static]counter.merge", first, second)
        last = self.raw(counters, "[method]counter.get", merged)
        merged.drop(self.store)
        return [str(added), str(total), str(last)]


def main():
    engine = Engine(Config())
    component = Component(engine, open(sys.argv[1], "rb").read())
    guest = None
    results = []
    for call in json.load(sys.stdin):
        guest = guest or Guest(engine, component)
        try:
            if call["func"] == "counters":
                results.append(guest.counters(*call["args"]))
            else:
                results.append(guest.call(call["interface"], call["func"], call["args"]))
        except WasmtimeError as error:
            if "wasm trap" not in str(error):
                raise
            results.append("trap")
            guest = None
    json.dump(results, sys.stdout)


main()
