// What a program sees of its surroundings, and what it cannot have.
use std::collections::HashMap;

fn main() {
    println!("arguments {:?}", std::env::args().skip(1).collect::<Vec<_>>());
    let mut vars: Vec<_> = std::env::vars().collect();
    vars.sort();
    println!("environment {:?}", vars);
    println!("working folder {:?}", std::env::current_dir().map_err(|e| e.kind()));
    println!("home {:?}", std::env::var("HOME"));
    println!("thread {:?}", std::thread::Builder::new().spawn(|| {}).map(|_| ()).map_err(|e| e.kind()));
    println!("process {:?}", std::process::Command::new("ls").spawn().map(|_| ()).map_err(|e| e.kind()));
    let squares: HashMap<u32, u32> = (0..100).map(|n| (n, n * n)).collect();
    println!("map {}", squares.values().sum::<u32>());
    eprintln!("to standard error");
    std::process::exit(if std::env::args().count() > 2 { 3 } else { 0 });
}
