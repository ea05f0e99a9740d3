// What is in files: positions, lengths, modes.
mod say;
use say::{done, say};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Result, Seek, SeekFrom, Write};

fn main() -> Result<()> {
    match say::case().0.as_str() {
        "seek" => seek(),
        "append" => append(),
        "truncate" => truncate(),
        "sparse" => sparse(),
        "shared" => shared(),
        "large" => large(),
        "modes" => modes(),
        "copy" => copy(),
        "gone" => gone(),
        other => panic!("no case {other}"),
    }
}

fn both(path: &str) -> Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

fn seek() -> Result<()> {
    fs::write("/data/f", "0123456789")?;
    let mut f = both("/data/f")?;
    for to in [SeekFrom::Start(3), SeekFrom::Current(2), SeekFrom::Current(-4), SeekFrom::End(-1), SeekFrom::End(0), SeekFrom::End(5), SeekFrom::Current(-100), SeekFrom::End(-11), SeekFrom::End(-10), SeekFrom::Start(u64::MAX), SeekFrom::Start(i64::MAX as u64), SeekFrom::Current(i64::MAX), SeekFrom::End(i64::MIN)] {
        say(&format!("{to:?}"), f.seek(to));
    }
    say("position", f.stream_position());
    f.rewind()?;
    let mut three = [0; 3];
    f.read_exact(&mut three)?;
    println!("{three:?} {}", f.stream_position()?);
    f.seek(SeekFrom::Start(8))?;
    say("short", f.read_exact(&mut three));
    say("at the end", f.read(&mut three));
    f.seek(SeekFrom::Start(100))?;
    say("beyond the end", f.read(&mut three));
    say("nothing", f.read(&mut []));
    f.seek(SeekFrom::Start(5))?;
    f.write_all(b"abc")?;
    let mut rest = String::new();
    f.read_to_string(&mut rest)?;
    println!("{rest:?} {:?}", fs::read_to_string("/data/f")?);
    let mut reader = BufReader::with_capacity(4, File::open("/data/f")?);
    let mut bytes = Vec::new();
    reader.read_until(b'a', &mut bytes)?;
    reader.seek_relative(1)?;
    say("buffered", reader.stream_position());
    say("lines", reader.lines().collect::<Result<Vec<_>>>());
    done("seek a folder", File::open("/data").and_then(|mut d| d.seek(SeekFrom::Start(0))));
    Ok(())
}

fn append() -> Result<()> {
    let mut a = OpenOptions::new().append(true).create(true).open("/data/log")?;
    let mut b = OpenOptions::new().append(true).read(true).open("/data/log")?;
    for n in 0..3 {
        writeln!(a, "a{n}")?;
        writeln!(b, "b{n}")?;
    }
    b.rewind()?;
    writeln!(b, "still at the end")?;
    b.rewind()?;
    let mut text = String::new();
    b.read_to_string(&mut text)?;
    println!("{text:?}");
    a.set_len(4)?;
    writeln!(a, "after")?;
    println!("{:?}", fs::read_to_string("/data/log")?);
    done("append and truncate", OpenOptions::new().append(true).truncate(true).open("/data/log"));
    done("append to a folder", OpenOptions::new().append(true).open("/data"));
    done("append to nothing", OpenOptions::new().append(true).open("/data/none"));
    Ok(())
}

fn truncate() -> Result<()> {
    fs::write("/data/f", "0123456789")?;
    let mut f = both("/data/f")?;
    f.seek(SeekFrom::Start(8))?;
    for n in [5, 0, 3, 20] {
        f.set_len(n)?;
        println!("{n}: {:?} at {}", fs::read("/data/f")?, f.stream_position()?);
    }
    f.write_all(b"x")?;
    println!("{:?}", fs::read("/data/f")?);
    done("of a reader", File::open("/data/f").and_then(|f| f.set_len(0)));
    done("huge", f.set_len(u64::MAX));
    done("half of it", f.set_len(i64::MAX as u64));
    say("length", fs::metadata("/data/f").map(|m| m.len()));
    done("create", File::create("/data/f"));
    say("length", fs::metadata("/data/f").map(|m| m.len()));
    done("create over a folder", fs::create_dir("/data/d").and_then(|_| File::create("/data/d")));
    Ok(())
}

fn sparse() -> Result<()> {
    let mut f = both("/data/f")?;
    for n in [0u64, 5000, 70_000, 1 << 20] {
        f.seek(SeekFrom::Start(n))?;
        f.write_all(&[n as u8 | 1])?;
    }
    let bytes = fs::read("/data/f")?;
    println!("{} bytes, {} are not zero", bytes.len(), bytes.iter().filter(|b| **b != 0).count());
    f.seek(SeekFrom::Start(4998))?;
    let mut some = [9; 5];
    f.read_exact(&mut some)?;
    println!("{some:?}");
    f.seek(SeekFrom::Start(1 << 33))?;
    f.write_all(b"far")?;
    say("length", f.metadata().map(|m| m.len()));
    f.seek(SeekFrom::End(-6))?;
    f.read_exact(&mut some)?;
    println!("{some:?}");
    f.set_len(10)
}

fn shared() -> Result<()> {
    let mut a = both("/data/f")?;
    let mut b = both("/data/f")?;
    a.write_all(b"hello")?;
    let mut text = String::new();
    b.read_to_string(&mut text)?;
    println!("{text:?}");
    b.write_all(b" world")?;
    a.read_to_string(&mut text)?;
    println!("{text:?}");
    a.rewind()?;
    a.write_all(b"J")?;
    b.rewind()?;
    text.clear();
    b.read_to_string(&mut text)?;
    println!("{text:?}");
    done("clone", a.try_clone());
    a.set_len(2)?;
    say("the other's length", b.metadata().map(|m| m.len()));
    say("at its end", b.read(&mut [0; 10]));
    done("lock", a.lock());
    done("sync", a.sync_all());
    done("sync data", b.sync_data());
    done("sync a reader", File::open("/data/f").and_then(|f| f.sync_all()));
    Ok(())
}

fn large() -> Result<()> {
    let mut out = BufWriter::with_capacity(70_000, File::create("/data/f")?);
    for n in 0..200_000u32 {
        writeln!(out, "line {n}")?;
    }
    out.flush()?;
    let mut sum = 0u64;
    let mut lines = 0;
    for line in BufReader::new(File::open("/data/f")?).lines() {
        sum += line?[5..].parse::<u64>().unwrap();
        lines += 1;
    }
    println!("{lines} lines, sum {sum}");
    let mut f = File::open("/data/f")?;
    let mut big = vec![0; 1 << 20];
    let mut total = 0;
    loop {
        match f.read(&mut big)? {
            0 => break,
            n => total += n,
        }
    }
    println!("{total} bytes");
    let mut one = [0];
    f.rewind()?;
    for _ in 0..3000 {
        f.read_exact(&mut one)?;
    }
    println!("byte 3000 is {}", one[0]);
    fs::remove_file("/data/f")
}

fn modes() -> Result<()> {
    for bits in 0..64u32 {
        let has = |n: u32| bits & (1 << n) != 0;
        let path = format!("/data/{}", if has(0) { "there" } else { "none" });
        fs::write("/data/there", "there")?;
        let result = OpenOptions::new().read(has(1)).write(has(2)).append(has(3)).truncate(has(4)).create_new(has(5)).create(has(2) && has(4)).open(&path);
        say(&format!("{bits:06b}"), result.map(|mut f| (f.write(b"X").map_err(|e| e.kind()), f.seek(SeekFrom::Start(0)).map_err(|e| e.kind()), f.read(&mut [0; 9]).map_err(|e| e.kind()))));
        let _ = fs::remove_file("/data/none");
    }
    Ok(())
}

fn copy() -> Result<()> {
    fs::write("/data/a", vec![1; 100_000])?;
    say("copy", fs::copy("/data/a", "/data/b"));
    say("copy over", fs::copy("/fixed/text", "/data/b"));
    say("b", fs::read_to_string("/data/b"));
    say("onto itself", fs::copy("/data/a", "/data/a"));
    say("length", fs::metadata("/data/a").map(|m| m.len()));
    say("from nothing", fs::copy("/data/none", "/data/c"));
    say("to nothing", fs::copy("/data/b", "/data/none/c"));
    say("from a folder", fs::copy("/data", "/data/c"));
    say("to a folder", fs::copy("/data/b", "/data"));
    say("streams", io::copy(&mut File::open("/data/b")?.take(3), &mut File::create("/data/d")?));
    Ok(())
}

fn gone() -> Result<()> {
    let mut f = both("/data/f")?;
    f.write_all(b"kept")?;
    fs::remove_file("/data/f")?;
    f.rewind()?;
    let mut text = String::new();
    say("read", f.read_to_string(&mut text));
    say("write", f.write(b"more"));
    say("length", f.metadata().map(|m| m.len()));
    fs::create_dir("/data/d")?;
    let list = fs::read_dir("/data/d")?;
    fs::remove_dir("/data/d")?;
    say("list", list.map(|e| e.map(|e| e.file_name())).collect::<Result<Vec<_>>>());
    fs::write("/data/old", "old")?;
    fs::write("/data/new", "new")?;
    let mut old = File::open("/data/old")?;
    fs::rename("/data/new", "/data/old")?;
    text.clear();
    old.read_to_string(&mut text)?;
    println!("{text} {}", fs::read_to_string("/data/old")?);
    Ok(())
}
