// Clocks and timers.
use std::time::{Duration, Instant, SystemTime};

fn main() {
    let start = Instant::now();
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(5));
    }
    println!("slept {}", start.elapsed() >= Duration::from_millis(15));
    println!("forward {}", (0..1000).all(|_| Instant::now() >= start));
    println!("this century {}", SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() > 946_684_800);
}
