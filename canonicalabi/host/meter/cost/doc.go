// Package cost estimates from above what wazero v1.12 takes to compile a core module,
// in time and in memory, before it is compiled. The compiler has no limits of its own,
// and parts of it take time with the square or the cube of a function's size.
//
//	report, err := cost.Estimate(ctx, module, cost.Limits{Time: 60e9, Memory: 3 << 30})
//
// The module is one that meter.Rewrite returned, so that the estimate has in it what
// the rewriter adds. Estimate reads it once from front to back. It takes some percent of
// the time of compiling, memory in proportion to the largest function, and stops at the
// first function with which a limit is exceeded.
//
// # How
//
// For each function Estimate builds the control flow graph that the compiler will
// build, with its dominators, and finds which locals are live where its blocks begin.
// From that follow bounds for how often each part of the compiler runs. Each count has a
// price, measured with modules that make that part take long: see model. A Budget adds
// up several modules.
//
// Of a function, with the place in wazero's internal/engine/wazevo:
//
//   - Instructions of the intermediate form (frontend/lower.go). A call adds two for each
//     mutable global that is imported and one for each other: it reads all anew, though
//     most reads are removed later (reloadAfterCall).
//   - Machine instructions (backend/isa). A truncation becomes fifty.
//   - Looking up locals (ssa/builder.go, findValue): each use walks up through blocks with
//     one predecessor, and each join does so for each live local and predecessor, twice.
//     Globals and the memory's place are looked up likewise (findValueInLinearPath), and
//     all these are entered into a table for each block.
//   - Resolving aliases (resolveAlias): each use of a value walks over the joins at which
//     it got another name.
//   - Redundant parameters of blocks (ssa/pass.go, passRedundantPhiEliminationOpt): in
//     each round, the square of the parameters for each edge, and there may be as many
//     rounds as loops. Of a local that nothing in a loop assigns it is certain after as
//     many rounds as loops nest there.
//   - Adding a predecessor (ssa/basic_block.go, addPred): it is compared with those that
//     the block has, so a br_table to one label takes the square of its size.
//   - Branches, returns and tail calls (frontend/lower.go, emitTryTableLeaves): each goes over all
//     control instructions that it leaves, to find a try_table.
//   - Dominators (ssa/pass_cfg.go): from each edge a walk up to the entry to find loops
//     (subPassLoopDetection), from each block a walk up to the next loop
//     (passBuildLoopNestingForest), and steps at each join (intersect). Chains of blocks
//     take the square.
//   - The table of common ancestors (buildSparseTable): it never shrinks, and is written
//     for each function anew, so that small functions behind a large one are dear.
//   - Known addresses (frontend/frontend.go): each block copies those of its predecessor
//     (finalizeKnownSafeBoundsAtTheEndOfBlock), joins compare them, calls reset them.
//   - Live values (backend/regalloc/regalloc.go, livenessAnalysis): a list for each block;
//     those of a loop are appended to the lists of all blocks that it dominates, also
//     behind it (loopTreeDFS), and so add up from loop to loop. A spill walks up the
//     dominators, and looks at 64 registers at each (scheduleSpill).
//   - Operands of calls, branches and returns: each becomes a move or more.
//   - On arm64, branches over more than a megabyte (resolveRelativeAddresses): all places
//     are found anew for as long as one branch more reaches too far.
//
// Of a module, in internal/wasm and wazevo/engine.go:
//
//   - Types: their keys are made by adding to a string, with the square of the number of
//     parameters (FunctionType.key); each function goes through all types (builder.Init).
//   - Imports and globals: each function goes through all (declareNecessaryVariables); a
//     call of an import and a constant expression search the imports.
//   - Exports and names of locals: each function is looked for in all
//     (buildFunctionDefinitionsOnce), which listing a module's exports starts.
//   - Locals: eight bytes each, for all functions at a time (decodeCode). The validator
//     copies the set of those that may not be null for each block.
//   - Elements, data, names: a small object for each.
//
// Memory is what the pools of the compiler take at most. They keep their pages from
// function to function, so most is the maximum over functions; lists in them keep their
// length too, which slots bounds.
package cost
