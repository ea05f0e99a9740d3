;; One inner component has a resource, another one uses it, and what was done to it
;; is told by a third.
;; run(5) = 47
;; dropped() = 2
;; run(1) = 43
;; dropped() = 4
(component
  (component $maker
    (core module $state
      (global $dropped (mut i32) (i32.const 0))
      (func (export "dtor") (param i32) (global.set $dropped (i32.add (global.get $dropped) (i32.const 1))))
      (func (export "dropped") (result i32) (global.get $dropped)))
    (core instance $state (instantiate $state))
    (type $r (resource (rep i32) (dtor (func $state "dtor"))))
    (core func $new (canon resource.new $r))
    (core module $code
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "get") (param i32) (result i32) (local.get 0)))
    (core instance $code (instantiate $code (with "" (instance (export "new" (func $new))))))
    (export $thing "thing" (type $r))
    (func (export "[constructor]thing") (param "n" u32) (result (own $thing)) (canon lift (core func $code "make")))
    (func (export "[method]thing.get") (param "self" (borrow $thing)) (result u32) (canon lift (core func $code "get")))
    (func (export "dropped") (result u32) (canon lift (core func $state "dropped"))))
  (component $user
    (import "maker" (instance $maker
      (export "thing" (type $thing (sub resource)))
      (export "[constructor]thing" (func (param "n" u32) (result (own $thing))))
      (export "[method]thing.get" (func (param "self" (borrow $thing)) (result u32)))))
    (alias export $maker "thing" (type $thing))
    (core func $make (canon lower (func $maker "[constructor]thing")))
    (core func $get (canon lower (func $maker "[method]thing.get")))
    (core func $drop (canon resource.drop $thing))
    (core module $code
      (import "maker" "make" (func $make (param i32) (result i32)))
      (import "maker" "get" (func $get (param i32) (result i32)))
      (import "maker" "drop" (func $drop (param i32)))
      (func (export "run") (param i32) (result i32)
        (local $a i32) (local $b i32) (local $sum i32)
        (local.set $a (call $make (local.get 0)))
        (local.set $b (call $make (i32.const 42)))
        (local.set $sum (i32.add (call $get (local.get $a)) (call $get (local.get $b))))
        (call $drop (local.get $a))
        (call $drop (local.get $b))
        (local.get $sum)))
    (core instance $code (instantiate $code (with "maker" (instance
      (export "make" (func $make)) (export "get" (func $get)) (export "drop" (func $drop))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $code "run"))))
  (instance $maker (instantiate $maker))
  (instance $user (instantiate $user (with "maker" (instance $maker))))
  (export "run" (func $user "run"))
  (export "dropped" (func $maker "dropped")))
