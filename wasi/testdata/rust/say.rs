// What the programs print with.
#![allow(dead_code)]
use std::fmt::Debug;
use std::io::Result;

/// Prints a result, errors with their text and number.
pub fn say<T: Debug>(what: &str, result: Result<T>) {
    match result {
        Ok(value) => println!("{what}: {value:?}"),
        Err(e) => println!("{what}: {e} ({:?})", e.kind()),
    }
}

/// Prints whether a result is there, for values that differ from run to run.
pub fn done<T>(what: &str, result: Result<T>) {
    say(what, result.map(|_| ()));
}

/// Returns the names in a folder, in order.
pub fn names(path: &str) -> Result<Vec<String>> {
    let mut list = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let kind = if kind.is_dir() { "/" } else if kind.is_symlink() { "@" } else { "" };
        list.push(format!("{}{kind}", entry.file_name().to_string_lossy()));
    }
    list.sort();
    Ok(list)
}

/// Returns the case that the first argument names, and the other arguments.
pub fn case() -> (String, Vec<String>) {
    let mut args = std::env::args().skip(1);
    (args.next().expect("the name of a case"), args.collect())
}
