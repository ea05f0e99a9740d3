// Reads the file /data/large, 64 KiB at a time, and expects 100 MB.
use std::io::Read;

fn main() {
    let mut file = std::fs::File::open("/data/large").unwrap();
    let mut piece = vec![0; 64 << 10];
    let mut all = 0;
    loop {
        match file.read(&mut piece).unwrap() {
            0 => break,
            n => all += n,
        }
    }
    assert_eq!(all, 100_000_000);
}
