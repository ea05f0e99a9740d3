// Writes 100 MB to standard output, 4 KiB at a time.
use std::io::Write;

fn main() {
    let piece = [b'x'; 4096];
    let mut out = std::io::stdout().lock();
    for _ in 0..100_000_000 / piece.len() {
        out.write_all(&piece).unwrap();
    }
}
