;; One component instantiated twice, each with its own state; a start function; an
;; instance made of exports.
;; first() = 101
;; first() = 102
;; second() = 101
;; third() = 103
(component
  (component $counter
    (core module $code
      (global $n (mut i32) (i32.const 0))
      (func $start (global.set $n (i32.const 100)))
      (start $start)
      (func (export "next") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (global.get $n)))
    (core instance $code (instantiate $code))
    (func $next (result u32) (canon lift (core func $code "next")))
    (instance $made (export "next" (func $next)))
    (export "made" (instance $made)))
  (instance $a (instantiate $counter))
  (instance $b (instantiate $counter))
  (alias export $a "made" (instance $a-made))
  (alias export $b "made" (instance $b-made))
  (export "first" (func $a-made "next"))
  (export "second" (func $b-made "next"))
  (component $again
    (import "made" (instance $made (export "next" (func (result u32)))))
    (core func $next (canon lower (func $made "next")))
    (core module $code
      (import "" "" (func $next (result i32)))
      (func (export "next") (result i32) (call $next)))
    (core instance $code (instantiate $code (with "" (instance (export "" (func $next))))))
    (func (export "next") (result u32) (canon lift (core func $code "next"))))
  (instance $c (instantiate $again (with "made" (instance $a-made))))
  (export "third" (func $c "next")))
