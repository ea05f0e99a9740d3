// Calls a component of the world judge that jco has transpiled, on Node.
//
// usage: jco_judge.mjs MODULE.js < calls.json > results.json
//
// calls.json and results.json are as the Go package of this folder says. It runs
// in the folder in which jco is installed.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const camel = (name) => name.replace(/-([a-z0-9])/g, (_, c) => c.toUpperCase());
const bits = (size, set, get) => {
  const view = new DataView(new ArrayBuffer(8));
  return [
    (hex) => {
      size === 4 ? view.setUint32(0, Number("0x" + hex)) : view.setBigUint64(0, BigInt("0x" + hex));
      return view[get](0);
    },
    (number) => {
      if (Number.isNaN(number)) return size === 4 ? "7fc00000" : "7ff8000000000000";
      view[set](0, number);
      const n = size === 4 ? view.getUint32(0) : view.getBigUint64(0);
      return n.toString(16).padStart(2 * size, "0");
    },
  ];
};
const [toF32, fromF32] = bits(4, "setFloat32", "getFloat32");
const [toF64, fromF64] = bits(8, "setFloat64", "getFloat64");
const arrays = {
  u8: Uint8Array, s8: Int8Array, u16: Uint16Array, s16: Int16Array, u32: Uint32Array, s32: Int32Array,
  u64: BigUint64Array, s64: BigInt64Array, f32: Float32Array, f64: Float64Array,
};

// toValue returns what jco takes for the JSON value j of a type.
function toValue(type, j) {
  switch (type) {
    case "u64": case "s64": return BigInt(j);
    case "u8": case "s8": case "u16": case "s16": case "u32": case "s32": return Number(j);
    case "f32": return toF32(j);
    case "f64": return toF64(j);
    case "bool": case "char": case "string": return j;
  }
  const [kind, of] = Object.entries(type)[0];
  switch (kind) {
    case "list": {
      const items = j.map((v) => toValue(of, v));
      return arrays[of] ? arrays[of].from(items) : items;
    }
    case "tuple": return of.map((t, i) => toValue(t, j[i]));
    case "record": return Object.fromEntries(of.map(([name, t]) => [camel(name), toValue(t, j[name])]));
    case "variant": return withCase(of, j);
    case "enum": return j;
    case "flags": return Object.fromEntries(of.map((name) => [camel(name), j.includes(name)]));
    case "option": return j.length ? toValue(of, j[0]) : undefined;
    case "result": return withCase([["ok", of[0]], ["err", of[1]]], j);
    default: throw new Error("no values of " + kind);
  }
}

function withCase(cases, [tag, ...payload]) {
  const type = cases.find(([name]) => name === tag)[1];
  return type === null ? { tag } : { tag, val: toValue(type, payload[0]) };
}

// fromValue returns the JSON value for what jco gives.
function fromValue(type, v) {
  switch (type) {
    case null: return null;
    case "f32": return fromF32(v);
    case "f64": return fromF64(v);
    case "bool": case "char": case "string": return v;
  }
  if (typeof type === "string") return String(v);
  const [kind, of] = Object.entries(type)[0];
  switch (kind) {
    case "list": return Array.from(v, (x) => fromValue(of, x));
    case "tuple": return of.map((t, i) => fromValue(t, v[i]));
    case "record": return Object.fromEntries(of.map(([name, t]) => [name, fromValue(t, v[camel(name)])]));
    case "variant": return fromCase(of, v);
    case "enum": return v;
    case "flags": return of.filter((name) => v[camel(name)]).sort();
    case "option": return v === undefined ? [] : [fromValue(of, v)];
    case "result": return fromCase([["ok", of[0]], ["err", of[1]]], v);
    default: throw new Error("no values of " + kind);
  }
}

function fromCase(cases, { tag, val }) {
  const type = cases.find(([name]) => name === tag)[1];
  return type === null ? [tag] : [tag, fromValue(type, val)];
}

// The host's side of the world: what the guests import.
const helper = {
  older: (person) => ({ ...person, age: (person.age + 1) % 256 }),
  reversed: (shapes) => shapes.slice().reverse(),
  measure(text) {
    if (text === "") throw "empty";
    return Array.from(text).length;
  },
};

// call calls a function. A result of a function is a value or an error that is
// thrown.
function call(guest, { interface: name, func, params, result, args }) {
  const values = args.map((a, i) => toValue(params[i], a));
  const run = () => guest[name][camel(func)](...values);
  if (!result?.result) return fromValue(result, run());
  let outcome;
  try {
    outcome = { tag: "ok", val: run() };
  } catch (error) {
    if (!("payload" in error)) throw error;
    outcome = { tag: "err", val: error.payload };
  }
  return fromValue(result, outcome);
}

// counters is the life of three counters: see counters in the Go package.
function counters(guest, [a, n, b]) {
  const { Counter, total } = guest["witgen:judge/counters@1.2.0"];
  const first = new Counter(Number(a));
  const added = first.add(Number(n));
  const second = new Counter(Number(b));
  const sum = total([first, second]);
  const merged = Counter.merge(first, second);
  const last = merged.get();
  merged[Symbol.dispose]();
  return [added, sum, last].map(String);
}

const path = resolve(process.argv[2]);
const require = createRequire(join(process.cwd(), "package.json"));
const { WASIShim } = await import(pathToFileURL(require.resolve("@bytecodealliance/preview2-shim/instantiation")));
const { instantiate } = await import(pathToFileURL(path));
const start = () =>
  instantiate(
    async (name) => WebAssembly.compile(await readFile(join(dirname(path), name))),
    { ...new WASIShim().getImportObject(), "witgen:judge/helper": helper, "witgen:judge/helper@1.2.0": helper, "witgen:judge/types": {} },
  );

let text = "";
for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
let guest = null;
const results = [];
for (const c of JSON.parse(text)) {
  guest ??= await start();
  try {
    results.push(c.func === "counters" ? counters(guest, c.args) : call(guest, c));
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    results.push("trap");
    guest = null;
  }
}
process.stdout.write(JSON.stringify(results));
