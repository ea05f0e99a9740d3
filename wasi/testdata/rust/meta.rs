// What is known of files: times, links, kinds.
#![allow(deprecated)]
mod say;
use say::{done, names, say};
use std::fs::{self, File, FileTimes, Metadata};
use std::io::{Result, Write};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use std::fs::soft_link as symlink;

fn main() -> Result<()> {
    match say::case().0.as_str() {
        "times" => times(),
        "order" => order(),
        "symlinks" => symlinks(),
        "loops" => loops(),
        "escapes" => escapes(),
        "hardlinks" => hardlinks(),
        "kinds" => kinds(),
        "permissions" => permissions(),
        "canonical" => canonical(),
        other => panic!("no case {other}"),
    }
}

fn since(t: Result<SystemTime>) -> Result<(u64, u32)> {
    t.map(|t| t.duration_since(UNIX_EPOCH).map(|d| (d.as_secs(), d.subsec_nanos())).unwrap_or_else(|e| (e.duration().as_secs(), 1)))
}

fn times() -> Result<()> {
    fs::write("/data/f", "f")?;
    let f = File::options().write(true).open("/data/f")?;
    for t in [Duration::ZERO, Duration::new(1, 1), Duration::new(1_000_000_000, 999_999_999), Duration::new(4_000_000_000, 5), Duration::new(1 << 34, 0)] {
        done(&format!("set {t:?}"), f.set_times(FileTimes::new().set_modified(UNIX_EPOCH + t).set_accessed(UNIX_EPOCH + t / 2)));
        let m = fs::metadata("/data/f")?;
        say("modified", since(m.modified()));
        say("accessed", since(m.accessed()));
    }
    done("before 1970", f.set_times(FileTimes::new().set_modified(UNIX_EPOCH - Duration::from_secs(10))));
    f.set_times(FileTimes::new().set_accessed(UNIX_EPOCH + Duration::from_secs(7)).set_modified(UNIX_EPOCH + Duration::from_secs(8)))?;
    f.set_times(FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(9)))?;
    say("one alone", since(fs::metadata("/data/f")?.accessed()));
    say("the other", since(fs::metadata("/data/f")?.modified()));
    done("none", f.set_times(FileTimes::new()));
    say("modified", since(fs::metadata("/data/f")?.modified()));
    done("of a reader", File::open("/data/f")?.set_times(FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(11))));
    say("modified", since(fs::metadata("/data/f")?.modified()));
    fs::create_dir("/data/d")?;
    done("of a folder", File::open("/data/d")?.set_times(FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(12))));
    say("modified", since(fs::metadata("/data/d")?.modified()));
    Ok(())
}

fn order() -> Result<()> {
    let before = SystemTime::now() - Duration::from_secs(5);
    fs::write("/data/f", "f")?;
    let m = fs::metadata("/data/f")?;
    println!("{} {}", m.modified()? > before, m.modified()? < SystemTime::now() + Duration::from_secs(5));
    let old = UNIX_EPOCH + Duration::from_secs(1000);
    File::options().write(true).open("/data/f")?.set_times(FileTimes::new().set_modified(old).set_accessed(old))?;
    let mut f = File::options().write(true).open("/data/f")?;
    println!("opened {}", f.metadata()?.modified()? == old);
    f.write_all(b"x")?;
    println!("written {}", fs::metadata("/data/f")?.modified()? > before);
    let folder = fs::metadata("/data")?.modified()?;
    fs::rename("/data/f", "/data/g")?;
    println!("folder {}", fs::metadata("/data")?.modified()? >= folder);
    println!("created {:?}", m.created().is_ok());
    Ok(())
}

fn symlinks() -> Result<()> {
    fs::create_dir("/data/dir")?;
    fs::write("/data/dir/file", "through")?;
    done("to a file", symlink("dir/file", "/data/f"));
    done("to a folder", symlink("dir", "/data/d"));
    done("to nothing", symlink("none", "/data/n"));
    done("to a link", symlink("f", "/data/ff"));
    done("up and down", symlink("../dir/file", "/data/dir/up"));
    done("with an empty target", symlink("", "/data/e"));
    done("over a file", symlink("x", "/data/dir/file"));
    done("in nothing", symlink("x", "/data/none/x"));
    done("with a slash", symlink("dir", "/data/s/"));
    for path in ["f", "d", "n", "ff", "dir/up", "d/file", "d/up", "dir", "dir/file", "none", "d/", "f/", "n/"] {
        let path = format!("/data/{path}");
        say(&format!("read {path}"), fs::read_to_string(&path));
        say(&format!("link {path}"), fs::read_link(&path));
        say("follows", fs::metadata(&path).map(|m| (m.is_dir(), m.is_file(), m.is_symlink())));
        say(&format!("itself {path}"), fs::symlink_metadata(&path).map(|m| (m.is_dir(), m.is_file(), m.is_symlink())));
    }
    done("write through", fs::write("/data/ff", "written"));
    say("read", fs::read_to_string("/data/dir/file"));
    done("write to nothing", fs::write("/data/n", "made"));
    done("create new over a link", File::create_new("/data/f"));
    done("mkdir over a link", fs::create_dir("/data/d"));
    done("rmdir a link", fs::remove_dir("/data/d"));
    done("rename a link", fs::rename("/data/ff", "/data/gg"));
    say("still a link", fs::read_link("/data/gg"));
    done("rename over a link", fs::rename("/data/none", "/data/n"));
    done("unlink a link", fs::remove_file("/data/gg"));
    done("remove all of a link", fs::remove_dir_all("/data/d"));
    say("hard link of a link", fs::hard_link("/data/f", "/data/h").and_then(|_| fs::read_link("/data/h")));
    say("list", names("/data"));
    Ok(())
}

fn loops() -> Result<()> {
    done("a", symlink("b", "/data/a"));
    done("b", symlink("a", "/data/b"));
    done("self", symlink("self", "/data/self"));
    done("inside", symlink(".", "/data/inside"));
    fs::write("/data/file", "f")?;
    for path in ["a", "self", "self/x", "inside/inside/inside/file"] {
        say(path, fs::read_to_string(format!("/data/{path}")));
        say(path, fs::symlink_metadata(format!("/data/{path}")).map(|m| m.is_symlink()));
    }
    done("write", fs::write("/data/a", "x"));
    let mut last = String::from("file");
    for n in 0..12 {
        symlink(&last, format!("/data/chain{n}"))?;
        last = format!("chain{n}");
    }
    say("chain of 3", fs::read_to_string("/data/chain2"));
    say("chain of 8", fs::read_to_string("/data/chain7"));
    say("chain of 12", fs::read_to_string("/data/chain11"));
    Ok(())
}

fn escapes() -> Result<()> {
    done("absolute", symlink("/etc/passwd", "/data/abs"));
    done("absolute inside", symlink("/data/f", "/data/absin"));
    done("up", symlink("../../../../etc/passwd", "/data/up"));
    done("up to the other folder", symlink("../fixed/text", "/data/fixed"));
    done("up alone", symlink("..", "/data/dd"));
    fs::create_dir("/data/d")?;
    done("up within", symlink("../d", "/data/d/u"));
    for path in ["abs", "absin", "up", "fixed", "dd", "dd/etc/passwd", "d/u/u/u", "d/u/../d/u"] {
        let path = format!("/data/{path}");
        done(&format!("read {path}"), fs::read(&path));
        done("list", fs::read_dir(&path));
        done("write", fs::write(&path, "x"));
        say("target", fs::read_link(&path));
    }
    done("mkdir", fs::create_dir("/data/dd/x"));
    done("rename", fs::rename("/data/d", "/data/dd/d"));
    done("link", fs::hard_link("/data/up", "/data/hard"));
    Ok(())
}

fn hardlinks() -> Result<()> {
    fs::write("/data/a", "one")?;
    done("link", fs::hard_link("/data/a", "/data/b"));
    done("again", fs::hard_link("/data/a", "/data/b"));
    done("itself", fs::hard_link("/data/a", "/data/a"));
    done("nothing", fs::hard_link("/data/none", "/data/c"));
    done("a folder", fs::create_dir("/data/d").and_then(|_| fs::hard_link("/data/d", "/data/e")));
    done("into the folder", fs::hard_link("/data/a", "/data/d/a"));
    fs::write("/data/b", "two")?;
    say("both", fs::read_to_string("/data/d/a"));
    done("rename onto the same file", fs::rename("/data/a", "/data/b"));
    say("list", names("/data"));
    fs::remove_file("/data/b")?;
    say("left", fs::read_to_string("/data/d/a"));
    Ok(())
}

fn kinds() -> Result<()> {
    fs::write("/data/f", "12345")?;
    fs::create_dir("/data/d")?;
    let show = |m: Metadata| (m.is_dir(), m.is_file(), m.is_symlink(), if m.is_file() { m.len() } else { 0 });
    for path in ["/data", "/data/f", "/data/d", "/data/none", "/data/f/x"] {
        say(path, fs::metadata(path).map(show));
        say(path, fs::exists(path));
        say(path, PathBuf::from(path).try_exists());
        println!("{path}: {} {}", PathBuf::from(path).is_dir(), PathBuf::from(path).is_file());
        say(path, File::open(path).and_then(|f| f.metadata()).map(show));
    }
    for entry in fs::read_dir("/data")? {
        let entry = entry?;
        let m = entry.metadata()?;
        assert_eq!(m.file_type(), entry.file_type()?);
    }
    Ok(())
}

fn permissions() -> Result<()> {
    fs::write("/data/f", "f")?;
    println!("read-only {}", fs::metadata("/data/f")?.permissions().readonly());
    let mut p = fs::metadata("/data/f")?.permissions();
    p.set_readonly(true);
    done("set", fs::set_permissions("/data/f", p.clone()));
    done("set on a file", File::open("/data/f")?.set_permissions(p));
    done("write", fs::write("/data/f", "g"));
    Ok(())
}

fn canonical() -> Result<()> {
    fs::create_dir_all("/data/a/b")?;
    fs::write("/data/a/f", "")?;
    symlink("a", "/data/l")?;
    symlink("../a/f", "/data/a/lf")?;
    for path in ["/data", "/data/a/../a/./b", "/data/l", "/data/l/b", "/data/l/lf", "/data/none", "/data/a/f/", "/data/..", "a", "/"] {
        say(path, fs::canonicalize(path));
    }
    Ok(())
}
