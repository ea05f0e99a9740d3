// Files and folders, by the kinds of errors.
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Result, Seek, SeekFrom, Write};
use std::time::{Duration, SystemTime};

fn say<T: std::fmt::Debug>(what: &str, result: Result<T>) {
    println!("{what}: {:?}", result.map_err(|e| e.kind()));
}

fn names(path: &str) -> Result<Vec<String>> {
    let mut list = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        list.push(format!("{} {} {} {}", entry.file_name().into_string().unwrap(), kind.is_dir(), kind.is_file(), kind.is_symlink()));
    }
    list.sort();
    Ok(list)
}

fn main() {
    say("write", fs::write("/data/a", b"hello"));
    say("read", fs::read_to_string("/data/a"));
    say("empty", fs::write("/data/empty", b""));
    say("no such file", fs::read("/data/none"));
    say("create new", OpenOptions::new().write(true).create_new(true).open("/data/a").map(|_| ()));
    say("write to a read-only file", OpenOptions::new().read(true).open("/data/a").and_then(|mut f| f.write(b"x")));
    say("read from a write-only file", OpenOptions::new().write(true).open("/data/a").and_then(|mut f| f.read(&mut [0; 4])));
    say("append", OpenOptions::new().append(true).open("/data/a").and_then(|mut f| f.write_all(b" world")));
    say("read", fs::read_to_string("/data/a"));
    say("truncate", OpenOptions::new().write(true).truncate(true).open("/data/empty").and_then(|f| f.set_len(100)));
    say("length", fs::metadata("/data/empty").map(|m| m.len()));
    say("seek", File::open("/data/a").and_then(|mut f| {
        f.seek(SeekFrom::End(-5))?;
        let mut text = String::new();
        f.read_to_string(&mut text)?;
        f.seek(SeekFrom::Start(1))?;
        let mut two = [0; 2];
        f.read_exact(&mut two)?;
        Ok((text, two, f.stream_position()?))
    }));
    say("write in place", OpenOptions::new().read(true).write(true).open("/data/a").and_then(|mut f| {
        f.seek(SeekFrom::Start(6))?;
        f.write_all(b"W")?;
        f.sync_all()?;
        f.sync_data()?;
        fs::read_to_string("/data/a")
    }));
    say("beyond the end", OpenOptions::new().write(true).open("/data/a").and_then(|mut f| {
        f.seek(SeekFrom::Start(20))?;
        f.write_all(b"!")?;
        Ok(fs::read("/data/a")?.len())
    }));
    let then = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 5_000);
    say("times", File::options().write(true).open("/data/a").and_then(|f| {
        f.set_times(fs::FileTimes::new().set_modified(then))?;
        Ok(f.metadata()?.modified()? == then)
    }));
    say("mkdir", fs::create_dir("/data/folder"));
    say("mkdir again", fs::create_dir("/data/folder"));
    say("mkdir all", fs::create_dir_all("/data/folder/x/y/z"));
    say("mkdir in nothing", fs::create_dir("/data/none/x"));
    say("mkdir in a file", fs::create_dir("/data/a/x"));
    say("rename", fs::rename("/data/a", "/data/folder/b"));
    say("rename nothing", fs::rename("/data/a", "/data/folder/c"));
    say("rename over a folder", fs::rename("/data/empty", "/data/folder"));
    say("rename a folder", fs::rename("/data/folder/x", "/data/x"));
    say("copy", fs::copy("/data/folder/b", "/data/copy"));
    say("link", fs::hard_link("/data/copy", "/data/linked"));
    say("list", names("/data"));
    say("list a file", names("/data/copy"));
    say("list nothing", names("/data/none"));
    say("remove a folder that is not empty", fs::remove_dir("/data/x"));
    say("remove a file as a folder", fs::remove_dir("/data/copy"));
    say("remove a folder as a file", fs::remove_file("/data/x"));
    say("remove", fs::remove_file("/data/copy"));
    say("remove again", fs::remove_file("/data/copy"));
    say("remove all", fs::remove_dir_all("/data/x"));
    say("canonical", fs::canonicalize("/data/folder/../linked").map(|p| p.display().to_string()));
    say("metadata of the root", fs::metadata("/data").map(|m| (m.is_dir(), m.is_file())));
    say("outside", fs::read("/data/../etc/passwd").map(|_| ()));
    say("elsewhere", fs::read("/etc/passwd").map(|_| ()));
    say("large", fs::write("/data/large", vec![7u8; 3 << 20]).and_then(|_| fs::read("/data/large")).map(|v| (v.len(), v.iter().all(|b| *b == 7))));
    say("read-only", fs::read_to_string("/fixed/text"));
    for n in 0..200 {
        fs::write(format!("/data/folder/{n}"), n.to_string()).unwrap();
    }
    say("many", names("/data/folder").map(|v| v.len()));
}
