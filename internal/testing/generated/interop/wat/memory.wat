;; Two core modules of one instance: one has the memory and the table, the other
;; the code, and imports them from a module without a name.
;; sum(2, 3) = 5
;; twice("ab") = "abab"
;; through-table(1, 20) = 21
;; through-table(0, 20) = 40
(component
  (core module $libc
    (memory (export "memory") 1)
    (table (export "table") 2 funcref)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $libc (instantiate $libc))
  (core module $code
    (import "" "m" (memory 1))
    (import "" "t" (table 2 funcref))
    (import "libc" "alloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    (type $unary (func (param i32) (result i32)))
    (elem (i32.const 0) func $double $increment)
    (func $double (type $unary) (i32.mul (local.get 0) (i32.const 2)))
    (func $increment (type $unary) (i32.add (local.get 0) (i32.const 1)))
    (func (export "sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "through-table") (param i32 i32) (result i32)
      (call_indirect (type $unary) (local.get 1) (local.get 0)))
    (func (export "twice") (param $p i32) (param $n i32) (result i32)
      (local $to i32) (local $area i32)
      (local.set $to (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.mul (local.get $n) (i32.const 2))))
      (memory.copy (local.get $to) (local.get $p) (local.get $n))
      (memory.copy (i32.add (local.get $to) (local.get $n)) (local.get $p) (local.get $n))
      (local.set $area (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8)))
      (i32.store (local.get $area) (local.get $to))
      (i32.store offset=4 (local.get $area) (i32.mul (local.get $n) (i32.const 2)))
      (local.get $area)))
  (core instance $code (instantiate $code
    (with "" (instance
      (export "m" (memory $libc "memory"))
      (export "t" (table $libc "table"))))
    (with "libc" (instance (export "alloc" (func $libc "realloc"))))))
  (func (export "sum") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $code "sum")))
  (func (export "through-table") (param "which" u32) (param "n" u32) (result u32)
    (canon lift (core func $code "through-table")))
  (func (export "twice") (param "s" string) (result string)
    (canon lift (core func $code "twice") (memory $libc "memory") (realloc (func $libc "realloc")))))
