// Clocks and waiting.
mod say;
use std::sync::{mpsc, Condvar, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn main() {
    let start = Instant::now();
    match say::case().0.as_str() {
        "sleep" => {
            for wait in [0, 1, 999, 1_000, 10_000, 30_000] {
                let wait = Duration::from_micros(wait);
                let at = Instant::now();
                sleep(wait);
                println!("{wait:?} {}", at.elapsed() >= wait);
            }
        }
        "forward" => {
            let mut last = start;
            for _ in 0..10_000 {
                let now = Instant::now();
                assert!(now >= last);
                last = now;
            }
            println!("{}", last > start);
            println!("{:?} {:?}", start.checked_duration_since(last), start.saturating_duration_since(last));
        }
        "wall" => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            println!("{} {}", now.as_secs() > 1_750_000_000, now.as_secs() < 1 << 33);
            sleep(Duration::from_millis(3));
            println!("{}", SystemTime::now().duration_since(UNIX_EPOCH).unwrap() > now);
        }
        "together" => {
            let wall = SystemTime::now();
            sleep(Duration::from_millis(30));
            let (a, b) = (start.elapsed(), wall.elapsed().unwrap());
            println!("{}", a.abs_diff(b) < Duration::from_secs(5));
        }
        "condition" => {
            let (lock, condition) = (Mutex::new(false), Condvar::new());
            let (_guard, result) = condition.wait_timeout(lock.lock().unwrap(), Duration::from_millis(5)).unwrap();
            println!("{} {}", result.timed_out(), start.elapsed() >= Duration::from_millis(5));
        }
        "channel" => {
            let (send, receive) = mpsc::channel();
            send.send(1).unwrap();
            println!("{:?} {:?}", receive.recv_timeout(Duration::from_millis(1)), receive.recv_timeout(Duration::from_millis(1)));
            drop(send);
            println!("{:?}", receive.recv());
        }
        other => panic!("no case {other}"),
    }
}
