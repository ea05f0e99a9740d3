// Copies standard input to standard output, and counts it.
use std::io::{Read, Write};

fn main() {
    let mut bytes = Vec::new();
    let n = std::io::stdin().read_to_end(&mut bytes).unwrap();
    let mut out = std::io::stdout().lock();
    for chunk in bytes.chunks(1000) {
        out.write_all(chunk).unwrap();
    }
    out.flush().unwrap();
    eprintln!("{n} bytes");
}
