// The standard streams.
mod say;
use say::{done, say};
use std::io::{self, stderr, stdin, stdout, BufRead, IsTerminal, Read, Result, Write};

fn main() -> Result<()> {
    match say::case().0.as_str() {
        "lines" => {
            for (n, line) in stdin().lines().enumerate() {
                println!("{n} {:?}", line?);
            }
        }
        "dialogue" => {
            let mut line = String::new();
            print!("name?\n");
            while stdin().read_line(&mut line)? > 0 {
                print!("hello {}\n", line.trim());
                stdout().flush()?;
                line.clear();
            }
            println!("bye");
        }
        "sum" => {
            let mut bytes = Vec::new();
            let n = stdin().read_to_end(&mut bytes)?;
            println!("{n} {}", bytes.iter().enumerate().fold(0u64, |sum, (i, b)| sum.wrapping_mul(31).wrapping_add(i as u64 ^ *b as u64)));
        }
        "part" => {
            let mut some = [0; 10];
            say("ten", stdin().read_exact(&mut some));
            println!("{}", String::from_utf8_lossy(&some));
        }
        "end" => {
            for _ in 0..3 {
                say("read", stdin().read(&mut [0; 10]));
            }
            say("nothing", stdin().read(&mut []));
        }
        "reversed" => {
            let mut all = Vec::new();
            stdin().read_to_end(&mut all)?;
            all.reverse();
            stdout().write_all(&all)?;
        }
        "large" => {
            let mut out = stdout().lock();
            for n in 0..100_000 {
                writeln!(out, "line {n}")?;
            }
        }
        "chunks" => {
            let out = stdout();
            for n in [1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1_000_000] {
                out.lock().write_all(&vec![b'a' + (n % 26) as u8; n])?;
            }
        }
        "both" => {
            for n in 0..1000 {
                println!("out {n}");
                eprintln!("err {n}");
            }
        }
        "broken" => {
            for n in 0.. {
                if let Err(e) = writeln!(stdout(), "line {n}") {
                    eprintln!("{:?}", e.kind());
                    return Ok(());
                }
            }
        }
        "broken print" => loop {
            println!("a line");
        },
        "unflushed" => print!("no line ends here"),
        "terminal" => println!("{} {} {}", stdin().is_terminal(), stdout().is_terminal(), stderr().is_terminal()),
        "files" => {
            done("stdin", std::fs::read("/dev/stdin"));
            done("stdout", std::fs::write("/dev/stdout", "x"));
        }
        "copy" => say("copied", io::copy(&mut stdin().lock(), &mut io::sink())),
        "buffered" => {
            let mut in_ = stdin().lock();
            loop {
                let n = in_.fill_buf()?.len();
                if n == 0 {
                    break;
                }
                in_.consume(n.min(3000));
            }
            println!("the end");
        }
        other => panic!("no case {other}"),
    }
    Ok(())
}
