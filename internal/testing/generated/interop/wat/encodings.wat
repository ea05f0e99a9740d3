;; A component of four: one echoes strings, and three call it, in each encoding.
;; utf8("aä€𝄞") = "aä€𝄞"
;; utf16("aä€𝄞") = "aä€𝄞"
;; latin1("aä") = "aä"
;; latin1("aä€𝄞") = "aä€𝄞"
;; utf8("") = ""
;; utf16("") = ""
;; latin1("") = ""
(component
  (core module $libc
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 8))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $next (i32.add (local.get $at) (local.get $new)))
      (if (i32.lt_u (local.get $new) (local.get $size)) (then (local.set $size (local.get $new))))
      (memory.copy (local.get $at) (local.get $old) (local.get $size))
      (local.get $at)))
  (component $echo
    (alias outer 1 $libc (core module $libc))
    (core instance $libc (instantiate $libc))
    (core module $code
      (import "libc" "memory" (memory 1))
      (func (export "echo") (param $p i32) (param $n i32) (result i32)
        (i32.store (i32.const 0) (local.get $p))
        (i32.store (i32.const 4) (local.get $n))
        (i32.const 0)))
    (core instance $code (instantiate $code (with "libc" (instance $libc))))
    (func (export "echo") (param "s" string) (result string)
      (canon lift (core func $code "echo") (memory $libc "memory") (realloc (func $libc "realloc")) string-encoding=utf16)))
  (core module $pass
    (import "echo" "echo" (func $echo (param i32 i32 i32)))
    (func (export "pass") (param i32 i32) (result i32)
      (call $echo (local.get 0) (local.get 1) (i32.const 0))
      (i32.const 0)))
  (component $utf8
    (import "echo" (func $echo (param "s" string) (result string)))
    (alias outer 1 $libc (core module $libc))
    (alias outer 1 $pass (core module $pass))
    (core instance $libc (instantiate $libc))
    (core func $lowered (canon lower (func $echo) (memory $libc "memory") (realloc (func $libc "realloc"))))
    (core instance $pass (instantiate $pass (with "echo" (instance (export "echo" (func $lowered))))))
    (func (export "pass") (param "s" string) (result string)
      (canon lift (core func $pass "pass") (memory $libc "memory") (realloc (func $libc "realloc")))))
  (component $utf16
    (import "echo" (func $echo (param "s" string) (result string)))
    (alias outer 1 $libc (core module $libc))
    (alias outer 1 $pass (core module $pass))
    (core instance $libc (instantiate $libc))
    (core func $lowered (canon lower (func $echo) (memory $libc "memory") (realloc (func $libc "realloc")) string-encoding=utf16))
    (core instance $pass (instantiate $pass (with "echo" (instance (export "echo" (func $lowered))))))
    (func (export "pass") (param "s" string) (result string)
      (canon lift (core func $pass "pass") (memory $libc "memory") (realloc (func $libc "realloc")) string-encoding=utf16)))
  (component $latin1
    (import "echo" (func $echo (param "s" string) (result string)))
    (alias outer 1 $libc (core module $libc))
    (alias outer 1 $pass (core module $pass))
    (core instance $libc (instantiate $libc))
    (core func $lowered (canon lower (func $echo) (memory $libc "memory") (realloc (func $libc "realloc")) string-encoding=latin1+utf16))
    (core instance $pass (instantiate $pass (with "echo" (instance (export "echo" (func $lowered))))))
    (func (export "pass") (param "s" string) (result string)
      (canon lift (core func $pass "pass") (memory $libc "memory") (realloc (func $libc "realloc")) string-encoding=latin1+utf16)))
  (instance $echo (instantiate $echo))
  (instance $utf8 (instantiate $utf8 (with "echo" (func $echo "echo"))))
  (instance $utf16 (instantiate $utf16 (with "echo" (func $echo "echo"))))
  (instance $latin1 (instantiate $latin1 (with "echo" (func $echo "echo"))))
  (export "utf8" (func $utf8 "pass"))
  (export "utf16" (func $utf16 "pass"))
  (export "latin1" (func $latin1 "pass")))
