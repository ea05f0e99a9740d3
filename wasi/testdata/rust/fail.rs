// How programs end, and what they cannot have.
mod say;
use say::{done, say};
use std::hint::black_box;
use std::io::{Error, ErrorKind, Result};
use std::process::{exit, ExitCode};

struct Late;

impl Drop for Late {
    fn drop(&mut self) {
        println!("dropped");
    }
}

fn main() -> Result<ExitCode> {
    let _late = Late;
    print!("begun, ");
    match say::case().0.as_str() {
        "return" => println!("done"),
        "code 0" => return Ok(ExitCode::from(0)),
        "code 7" => return Ok(ExitCode::from(7)),
        "error" => return Err(Error::new(ErrorKind::Other, "an error of main's")),
        "os error" => return Err(Error::from_raw_os_error(44)),
        "exit 0" => exit(0),
        "exit 1" => exit(1),
        "exit 200" => exit(200),
        "exit -1" => exit(-1),
        "panic" => panic!("an odd {}", "message"),
        "abort" => std::process::abort(),
        "unwrap" => {
            black_box(None::<u32>).unwrap();
        }
        "index" => println!("{}", [1, 2, 3][black_box(3)]),
        "divide" => println!("{}", 1 / black_box(0)),
        "slice" => println!("{}", &"äöü"[black_box(1)..]),
        "memory" => println!("{:?}", Vec::<u8>::with_capacity(black_box(3 << 30)).len()),
        "try memory" => println!("{:?}", Vec::<u8>::new().try_reserve(black_box(3 << 30)).is_err()),
        "borrow" => {
            let cell = std::cell::RefCell::new(1);
            let _one = cell.borrow_mut();
            println!("{}", cell.borrow());
        }
        "temporary folder" => println!("{:?}", std::env::temp_dir()),
        "process" => println!("{}", std::process::id()),
        "lacking" => lacking(),
        "errors" => errors(),
        "surroundings" => surroundings(),
        other => panic!("no case {other}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn lacking() {
    println!();
    done("thread", std::thread::Builder::new().spawn(|| {}));
    done("process", std::process::Command::new("ls").output());
    say("threads", std::thread::available_parallelism());
    say("chdir", std::env::set_current_dir("/data"));
    say("working folder", std::env::current_dir());
    done("program", std::env::current_exe());
}

fn errors() {
    println!();
    for n in 0..80 {
        let e = Error::from_raw_os_error(n);
        println!("{n}: {e} {:?}", e.kind());
    }
}

fn surroundings() {
    println!();
    println!("{:?}", std::env::args().collect::<Vec<_>>().len());
    println!("{:?}", std::env::args().skip(2).collect::<Vec<_>>());
    let mut vars: Vec<_> = std::env::vars().collect();
    vars.sort();
    println!("{vars:?}");
    println!("{:?} {:?}", std::env::var("EMPTY"), std::env::var("NONE"));
    std::env::set_var("SET", "here");
    std::env::remove_var("EMPTY");
    println!("{:?} {:?}", std::env::var("SET"), std::env::var("EMPTY"));
    println!("{} {} {}", std::env::consts::OS, std::env::consts::ARCH, std::env::consts::FAMILY);
}
