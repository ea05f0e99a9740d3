// Folders: lists, trees, renames, removals.
mod say;
use say::{done, names, say};
use std::fs::{self, File};
use std::io::Result;

fn main() -> Result<()> {
    match say::case().0.as_str() {
        "list" => list(),
        "many" => many(),
        "changing" => changing(),
        "rename" => rename(),
        "remove" => remove(),
        "make" => make(),
        "walk" => walk(),
        other => panic!("no case {other}"),
    }
}

fn list() -> Result<()> {
    say("empty", names("/data"));
    for name in ["b", "a", "C", "0"] {
        fs::write(format!("/data/{name}"), name)?;
        fs::create_dir(format!("/data/{name}.d"))?;
    }
    say("names", names("/data"));
    say("twice", names("/data"));
    let mut first = fs::read_dir("/data")?;
    let mut second = fs::read_dir("/data")?;
    println!("{} {}", first.next().is_some(), second.by_ref().count());
    println!("{}", first.count());
    say("a file", names("/data/a"));
    say("nothing", names("/data/none"));
    for entry in fs::read_dir("/data/")? {
        assert!(entry?.path().starts_with("/data"));
    }
    Ok(())
}

fn many() -> Result<()> {
    for n in 0..1500 {
        File::create(format!("/data/{n:0>width$}", width = n % 200 + 4))?;
    }
    let all = names("/data")?;
    println!("{} {} {}", all.len(), all[0], all[1499].len());
    let mut left = 0;
    for entry in fs::read_dir("/data")? {
        let entry = entry?;
        if entry.file_name().len() > 10 {
            fs::remove_file(entry.path())?;
        } else {
            left += 1;
        }
    }
    println!("{left} {}", names("/data")?.len());
    done("remove all", fs::remove_dir_all("/data"));
    say("list", names("/data"));
    Ok(())
}

fn changing() -> Result<()> {
    for n in 0..5 {
        fs::create_dir(format!("/data/{n}"))?;
    }
    let open = fs::read_dir("/data")?;
    for n in 0..5 {
        fs::remove_dir(format!("/data/{n}"))?;
    }
    println!("{}", open.filter(|e| e.as_ref().is_ok_and(|e| e.metadata().is_ok())).count());
    fs::create_dir("/data/a")?;
    fs::write("/data/a/x", "")?;
    let inside = fs::read_dir("/data/a")?;
    fs::rename("/data/a", "/data/b")?;
    say("renamed", inside.map(|e| e.map(|e| e.file_name())).collect::<Result<Vec<_>>>());
    Ok(())
}

fn rename() -> Result<()> {
    for d in ["full", "empty", "other", "deep/er"] {
        fs::create_dir_all(format!("/data/{d}"))?;
    }
    fs::write("/data/full/x", "x")?;
    fs::write("/data/f", "f")?;
    fs::write("/data/g", "g")?;
    for (from, to) in [("f", "g"), ("f", "new"), ("g", "g"), ("full", "full"), ("other", "full"), ("other", "empty"), ("full", "empty"), ("g", "empty"), ("empty", "g"), ("deep", "deep/er/est"), ("deep/er", "up"), ("none", "x"), ("g", "none/x"), ("empty", "g/x"), ("g/x", "y"), ("", "y"), ("g", "")] {
        done(&format!("{from} to {to}"), fs::rename(format!("/data/{from}"), format!("/data/{to}")));
    }
    say("list", names("/data"));
    Ok(())
}

fn remove() -> Result<()> {
    fs::create_dir_all("/data/a/b/c")?;
    fs::write("/data/a/b/f", "")?;
    done("not empty", fs::remove_dir("/data/a"));
    done("a file as a folder", fs::remove_dir("/data/a/b/f"));
    done("a folder as a file", fs::remove_file("/data/a"));
    done("nothing", fs::remove_file("/data/none"));
    done("no folder", fs::remove_dir("/data/none"));
    done("below a file", fs::remove_file("/data/a/b/f/x"));
    done("with a slash", fs::remove_dir("/data/a/b/c/"));
    done("all of a file", fs::remove_dir_all("/data/a/b/f"));
    done("all of nothing", fs::remove_dir_all("/data/none"));
    let inside = File::open("/data/a/b")?;
    done("all", fs::remove_dir_all("/data/a"));
    say("what was open", inside.metadata().map(|m| m.is_dir()));
    done("the root", fs::remove_dir("/data"));
    say("list", names("/data"));
    Ok(())
}

fn make() -> Result<()> {
    done("one", fs::create_dir("/data/a"));
    done("again", fs::create_dir("/data/a"));
    done("below nothing", fs::create_dir("/data/x/y"));
    done("all", fs::create_dir_all("/data/x/y/z"));
    done("all again", fs::create_dir_all("/data/x/y/z"));
    fs::write("/data/f", "")?;
    done("over a file", fs::create_dir("/data/f"));
    done("all over a file", fs::create_dir_all("/data/f"));
    done("below a file", fs::create_dir("/data/f/x"));
    done("all below a file", fs::create_dir_all("/data/f/x/y"));
    done("the root", fs::create_dir("/data"));
    done("elsewhere", fs::create_dir("/other"));
    done("up", fs::create_dir_all("/data/a/../b/../c"));
    say("list", names("/data"));
    Ok(())
}

fn walk() -> Result<()> {
    for a in 0..5 {
        for b in 0..5 {
            fs::create_dir_all(format!("/data/{a}/{b}"))?;
            for c in 0..4 {
                fs::write(format!("/data/{a}/{b}/{c}"), "x".repeat(a * 100 + b * 10 + c))?;
            }
        }
    }
    fn sum(path: &str, depth: usize) -> Result<(usize, u64)> {
        let mut all = (0, 0);
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let m = entry.metadata()?;
            if m.is_dir() {
                let inside = sum(entry.path().to_str().unwrap(), depth + 1)?;
                all = (all.0 + inside.0, all.1 + inside.1);
            } else {
                all = (all.0 + 1, all.1 + m.len() * depth as u64);
            }
        }
        Ok(all)
    }
    say("sum", sum("/data", 0));
    done("prune", fs::remove_dir_all("/data/3"));
    say("sum", sum("/data", 0));
    Ok(())
}
