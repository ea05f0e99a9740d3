package wasm

import "strings"

// The proposals that added instructions to WebAssembly 2.0; see [Op.Proposal].
const (
	Exceptions         = "exceptions"
	TailCall           = "tail-call"
	FunctionReferences = "function-references"
	GC                 = "gc"
	StackSwitching     = "stack-switching"
	WideArithmetic     = "wide-arithmetic"
	RelaxedSIMD        = "relaxed-simd"
	Threads            = "threads"
	SharedThreads      = "shared-everything-threads"
)

// opRun are instructions whose numbers follow each other and that have the same
// immediates.
type opRun struct {
	first    uint32
	imm      Immediates
	proposal string
	names    string
}

var oneByteOps = opTable([]opRun{
	{0x00, None, "", "unreachable nop"},
	{0x02, BlockImm, "", "block loop if"},
	{0x05, None, "", "else"},
	{0x06, BlockImm, Exceptions, "try"},
	{0x07, TagImm, Exceptions, "catch throw"},
	{0x09, LabelImm, Exceptions, "rethrow"},
	{0x0a, None, Exceptions, "throw_ref"},
	{0x0b, None, "", "end"},
	{0x0c, LabelImm, "", "br br_if"},
	{0x0e, LabelsImm, "", "br_table"},
	{0x0f, None, "", "return"},
	{0x10, FuncImm, "", "call"},
	{0x11, IndirectImm, "", "call_indirect"},
	{0x12, FuncImm, TailCall, "return_call"},
	{0x13, IndirectImm, TailCall, "return_call_indirect"},
	{0x14, TypeImm, FunctionReferences, "call_ref return_call_ref"},
	{0x18, LabelImm, Exceptions, "delegate"},
	{0x19, None, Exceptions, "catch_all"},
	{0x1a, None, "", "drop select"},
	{0x1c, SelectImm, "", "select"},
	{0x1f, TryTableImm, Exceptions, "try_table"},
	{0x20, LocalImm, "", "local.get local.set local.tee"},
	{0x23, GlobalImm, "", "global.get global.set"},
	{0x25, TableImm, "", "table.get table.set"},
	{0x28, MemArgImm, "", `i32.load i64.load f32.load f64.load
		i32.load8_s i32.load8_u i32.load16_s i32.load16_u
		i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u
		i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32`},
	{0x3f, MemoryImm, "", "memory.size memory.grow"},
	{0x41, I32Imm, "", "i32.const"},
	{0x42, I64Imm, "", "i64.const"},
	{0x43, F32Imm, "", "f32.const"},
	{0x44, F64Imm, "", "f64.const"},
	{0x45, None, "", `
		i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u
		i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u
		f32.eq f32.ne f32.lt f32.gt f32.le f32.ge
		f64.eq f64.ne f64.lt f64.gt f64.le f64.ge
		i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u
		i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr
		i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u
		i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr
		f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign
		f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign
		i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u
		i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u
		f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64
		f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32
		i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64
		i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s`},
	{0xd0, HeapImm, "", "ref.null"},
	{0xd1, None, "", "ref.is_null"},
	{0xd2, FuncImm, "", "ref.func"},
	{0xd3, None, GC, "ref.eq"},
	{0xd4, None, FunctionReferences, "ref.as_non_null"},
	{0xd5, LabelImm, FunctionReferences, "br_on_null br_on_non_null"},
	{0xe0, Unknown, StackSwitching, "cont.new cont.bind suspend resume resume_throw resume_throw_ref switch"},
})

// gcOps follow the prefix 0xfb.
var gcOps = opTable([]opRun{
	{0, TypeImm, GC, "struct.new struct.new_default"},
	{2, FieldImm, GC, "struct.get struct.get_s struct.get_u struct.set"},
	{6, TypeImm, GC, "array.new array.new_default"},
	{8, TypeSizeImm, GC, "array.new_fixed"},
	{9, TypeDataImm, GC, "array.new_data"},
	{10, TypeElemImm, GC, "array.new_elem"},
	{11, TypeImm, GC, "array.get array.get_s array.get_u array.set"},
	{15, None, GC, "array.len"},
	{16, TypeImm, GC, "array.fill"},
	{17, TypesImm, GC, "array.copy"},
	{18, TypeDataImm, GC, "array.init_data"},
	{19, TypeElemImm, GC, "array.init_elem"},
	{20, HeapImm, GC, "ref.test ref.test_null ref.cast ref.cast_null"},
	{24, CastImm, GC, "br_on_cast br_on_cast_fail"},
	{26, None, GC, "any.convert_extern extern.convert_any ref.i31 i31.get_s i31.get_u"},
})

// miscOps follow the prefix 0xfc.
var miscOps = opTable([]opRun{
	{0x00, None, "", `i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
		i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u`},
	{0x08, DataMemImm, "", "memory.init"},
	{0x09, DataImm, "", "data.drop"},
	{0x0a, MemMemImm, "", "memory.copy"},
	{0x0b, MemoryImm, "", "memory.fill"},
	{0x0c, ElemTableImm, "", "table.init"},
	{0x0d, ElemImm, "", "elem.drop"},
	{0x0e, TablesImm, "", "table.copy"},
	{0x0f, TableImm, "", "table.grow table.size table.fill"},
	{0x13, None, WideArithmetic, "i64.add128 i64.sub128 i64.mul_wide_s i64.mul_wide_u"},
})

// vectorOps follow the prefix 0xfd.
var vectorOps = opTable([]opRun{
	{0x00, MemArgImm, "", `v128.load v128.load8x8_s v128.load8x8_u v128.load16x4_s v128.load16x4_u v128.load32x2_s v128.load32x2_u
		v128.load8_splat v128.load16_splat v128.load32_splat v128.load64_splat v128.store`},
	{0x0c, BytesImm, "", "v128.const i8x16.shuffle"},
	{0x0e, None, "", "i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat"},
	{0x15, LaneImm, "", `i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane i16x8.extract_lane_s i16x8.extract_lane_u i16x8.replace_lane
		i32x4.extract_lane i32x4.replace_lane i64x2.extract_lane i64x2.replace_lane
		f32x4.extract_lane f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane`},
	{0x23, None, "", `
		i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s i8x16.ge_u
		i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u
		i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u
		f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge
		f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge
		v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true`},
	{0x54, MemArgLaneImm, "", "v128.load8_lane v128.load16_lane v128.load32_lane v128.load64_lane v128.store8_lane v128.store16_lane v128.store32_lane v128.store64_lane"},
	{0x5c, MemArgImm, "", "v128.load32_zero v128.load64_zero"},
	{0x5e, None, "", `
		f32x4.demote_f64x2_zero f64x2.promote_low_f32x4
		i8x16.abs i8x16.neg i8x16.popcnt i8x16.all_true i8x16.bitmask i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u
		f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest
		i8x16.shl i8x16.shr_s i8x16.shr_u i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u
		f64x2.ceil f64x2.floor i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u f64x2.trunc i8x16.avgr_u
		i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u
		i16x8.abs i16x8.neg i16x8.q15mulr_sat_s i16x8.all_true i16x8.bitmask i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u
		i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u
		i16x8.shl i16x8.shr_s i16x8.shr_u i16x8.add i16x8.add_sat_s i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u
		f64x2.nearest i16x8.mul i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u - i16x8.avgr_u
		i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u
		i32x4.abs i32x4.neg - i32x4.all_true i32x4.bitmask - -
		i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u
		i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add - - i32x4.sub - - - i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s -
		i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u i32x4.extmul_high_i16x8_u
		i64x2.abs i64x2.neg - i64x2.all_true i64x2.bitmask - -
		i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u
		i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add - - i64x2.sub - - - i64x2.mul
		i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s
		i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u
		f32x4.abs f32x4.neg - f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax
		f64x2.abs f64x2.neg - f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax
		i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u
		i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u`},
	{0x100, None, RelaxedSIMD, `i8x16.relaxed_swizzle i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u
		i32x4.relaxed_trunc_f64x2_s_zero i32x4.relaxed_trunc_f64x2_u_zero
		f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd
		i8x16.relaxed_laneselect i16x8.relaxed_laneselect i32x4.relaxed_laneselect i64x2.relaxed_laneselect
		f32x4.relaxed_min f32x4.relaxed_max f64x2.relaxed_min f64x2.relaxed_max
		i16x8.relaxed_q15mulr_s i16x8.relaxed_dot_i8x16_i7x16_s i32x4.relaxed_dot_i8x16_i7x16_add_s`},
})

// atomicOps follow the prefix 0xfe. Those from 0x4f on, of accesses to globals,
// tables and structs, have no fixed form yet.
var atomicOps = opTable([]opRun{
	{0x00, MemArgImm, Threads, "memory.atomic.notify memory.atomic.wait32 memory.atomic.wait64"},
	{0x03, ZeroImm, Threads, "atomic.fence"},
	{0x10, MemArgImm, Threads, `
		i32.atomic.load i64.atomic.load i32.atomic.load8_u i32.atomic.load16_u i64.atomic.load8_u i64.atomic.load16_u i64.atomic.load32_u
		i32.atomic.store i64.atomic.store i32.atomic.store8 i32.atomic.store16 i64.atomic.store8 i64.atomic.store16 i64.atomic.store32` +
		readModifyWrite("add") + readModifyWrite("sub") + readModifyWrite("and") + readModifyWrite("or") + readModifyWrite("xor") +
		readModifyWrite("xchg") + readModifyWrite("cmpxchg")},
	{0x4f, Unknown, SharedThreads, strings.Repeat("- ", 0x100-0x4f)},
})

func readModifyWrite(op string) string {
	return strings.ReplaceAll(" i32.atomic.rmw.OP i64.atomic.rmw.OP i32.atomic.rmw8.OP_u i32.atomic.rmw16.OP_u i64.atomic.rmw8.OP_u i64.atomic.rmw16.OP_u i64.atomic.rmw32.OP_u", "OP", op)
}

// opTable makes the table of some runs. A name of "-" stands for a number that is not
// used; in a run of unknown immediates, for one without a name.
func opTable(runs []opRun) []opInfo {
	var all []opInfo
	for _, r := range runs {
		names := strings.Fields(r.names)
		for uint32(len(all)) < r.first+uint32(len(names)) {
			all = append(all, opInfo{})
		}
		for i, name := range names {
			info := opInfo{name: name, proposal: r.proposal, imm: r.imm}
			if name == "-" {
				if r.imm != Unknown {
					continue
				}
				info.name = ""
			}
			all[r.first+uint32(i)] = info
		}
	}
	return all
}
