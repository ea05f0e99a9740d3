// Package bench measures calls through generated bindings beside the same calls
// written by hand on wazero, which package byhand holds. Its benchmarks run by
// make bench, and make bench-table prints them as one table; docs/performance.md
// explains the figures.
package bench
