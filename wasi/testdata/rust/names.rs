// Paths and names of files.
mod say;
use say::{done, names, say};
use std::fs;

fn main() {
    match say::case().0.as_str() {
        "unicode" => unicode(),
        "dots" => dots(),
        "slashes" => slashes(),
        "deep" => deep(),
        "long" => long(),
        "odd" => odd(),
        "roots" => roots(),
        other => panic!("no case {other}"),
    }
}

fn unicode() {
    for name in ["ä", "a\u{308}", "日本語", "🦀🦀", "\u{202e}rtl", "zero\u{200b}width", "ﬁ", "Å", "\u{212b}", "\u{10ffff}", "\u{feff}bom", "a\u{0}b"] {
        done(&format!("write {name:?}"), fs::write(format!("/data/{name}"), name));
    }
    say("list", names("/data"));
    for entry in fs::read_dir("/data").unwrap() {
        let entry = entry.unwrap();
        assert_eq!(fs::read_to_string(entry.path()).unwrap(), entry.file_name().into_string().unwrap());
    }
    done("rename", fs::rename("/data/ä", "/data/Ä"));
    done("the other ä is another file", fs::remove_file("/data/a\u{308}"));
    say("list", names("/data"));
}

fn dots() {
    fs::create_dir_all("/data/a/b").unwrap();
    fs::write("/data/f", "f").unwrap();
    for path in ["/data/./f", "/data/a/../f", "/data/a/b/../../f", "/data/a/b/../../../data/f", "/data/..", "/data/../..", "/data/../data/f", "/data/a/../../f",
        "/data/none/../f", "/data/f/..", "/data/f/../f", "/data/f/.", "/data/a/.", "/data/a/..", "/data/a/./b/./..", "/data/...", "/data/a/b/..../c", "./data/f", "data/f", "../data/f"] {
        say(path, fs::metadata(path).map(|m| (m.is_dir(), m.is_file())));
    }
    done("mkdir .", fs::create_dir("/data/."));
    done("mkdir ..", fs::create_dir("/data/.."));
    done("mkdir a/..", fs::create_dir("/data/a/.."));
    done("rmdir a/.", fs::remove_dir("/data/a/b/."));
    done("rmdir a/b/..", fs::remove_dir("/data/a/b/.."));
    done("rmdir .", fs::remove_dir("/data/."));
    done("unlink .", fs::remove_file("/data/."));
    done("rename to ..", fs::rename("/data/f", "/data/a/.."));
    done("rename into itself", fs::rename("/data/a", "/data/a/b/c"));
    done("rename up", fs::rename("/data/f", "/data/a/b/../../../f"));
    say("list", names("/data/a/.."));
}

fn slashes() {
    fs::create_dir("/data/dir").unwrap();
    fs::write("/data/file", "f").unwrap();
    for path in ["/data//file", "/data///dir//", "//data/file", "/data/dir/", "/data/dir//./", "/data/file/", "/data/file//", "/data/file/x", "/data/none/", "/data", "/data/", "/data//", "/"] {
        say(path, fs::metadata(path).map(|m| m.is_dir()));
        say(&format!("itself {path}"), fs::symlink_metadata(path).map(|m| m.is_dir()));
    }
    say("read file/", fs::read_to_string("/data/file/"));
    done("write new/", fs::write("/data/new/", "x"));
    done("write file/", fs::write("/data/file/", "x"));
    done("write dir", fs::write("/data/dir", "x"));
    done("write dir/", fs::write("/data/dir/", "x"));
    done("read dir", fs::read("/data/dir"));
    done("read /data/", fs::read("/data/"));
    done("mkdir x/", fs::create_dir("/data/x/"));
    done("mkdir y//", fs::create_dir("/data/y//"));
    done("mkdir dir/", fs::create_dir("/data/dir/"));
    done("mkdir file/", fs::create_dir("/data/file/"));
    done("rename file to z/", fs::rename("/data/file", "/data/z/"));
    done("rename x/ to z/", fs::rename("/data/x/", "/data/z/"));
    done("rename file/ to w", fs::rename("/data/file/", "/data/w"));
    done("unlink file/", fs::remove_file("/data/file/"));
    done("unlink dir", fs::remove_file("/data/dir"));
    done("link to l/", fs::hard_link("/data/file", "/data/l/"));
    done("link file/", fs::hard_link("/data/file/", "/data/l"));
    done("list file/", names("/data/file/"));
    say("list dir/", names("/data/dir/"));
    say("list", names("/data"));
}

fn deep() {
    let mut path = String::from("/data");
    for n in 0..150 {
        path += &format!("/{n}");
        fs::create_dir(&path).unwrap();
    }
    fs::write(format!("{path}/end"), "end").unwrap();
    say("end", fs::read_to_string(format!("{path}/end")));
    say("up and down", fs::read_to_string(format!("{path}{}/end", "/../149".repeat(8))));
    let mut count = 0;
    let mut at = String::from("/data");
    loop {
        let inside = names(&at).unwrap();
        if inside == ["end"] {
            break;
        }
        assert_eq!(inside, [format!("{count}/")]);
        at += &format!("/{count}");
        count += 1;
    }
    println!("{count} folders");
    done("remove all", fs::remove_dir_all("/data/0"));
    say("list", names("/data"));
    fs::create_dir_all(&path).unwrap();
    done("rename", fs::rename("/data/0/1/2", "/data/moved"));
    say("still there", fs::metadata(path.replace("/0/1/2", "/moved")).map(|m| m.is_dir()));
}

fn long() {
    for n in [1, 100, 254, 255, 256, 257, 1000, 4000] {
        let name = format!("/data/{}", "n".repeat(n));
        done(&format!("name of {n}"), fs::write(&name, "x"));
        done(&format!("folder of {n}"), fs::create_dir(name + "d"));
        done(&format!("name of {n} that is not there"), fs::read(format!("/data/{}", "m".repeat(n))));
    }
    let folder = "d".repeat(200);
    let mut path = String::from("/data");
    let mut levels = 0;
    while path.len() < 3600 {
        path += "/";
        path += &folder;
        done(&format!("level {levels}"), fs::create_dir(&path));
        levels += 1;
    }
    say("names", names("/data").map(|n| n.iter().map(|n| n.len()).collect::<Vec<_>>()));
}

fn odd() {
    for name in [" ", " lead", "trail ", "a b", "tab\tname", "line\nname", "\u{1}", "\u{7f}", "back\\slash", "quote\"'", "*", "?", "a:b", "|", "<>", "-", "--help", "~", "$HOME", "%s%n", "con", "nul.txt", "a.", ".hidden", "..x", "x..", "#", ";"] {
        done(&format!("write {name:?}"), fs::write(format!("/data/{name}"), name));
    }
    done("lower", fs::write("/data/case", "lower"));
    done("upper", fs::write("/data/CASE", "upper"));
    say("case", fs::read_to_string("/data/case"));
    say("list", names("/data"));
    for name in names("/data").unwrap() {
        fs::remove_file(format!("/data/{name}")).unwrap();
    }
    say("list", names("/data"));
}

fn roots() {
    for path in ["", ".", "/", "data", "/dat", "/dataa", "/data2/x", "/fixed", "/fixed/text", "/fixed/../data", "/tmp", "/dev/null", "/proc/self/exe"] {
        say(path, fs::metadata(path).map(|m| (m.is_dir(), m.is_file())));
        done(path, fs::read_dir(path));
        done(path, fs::create_dir(path));
        done(path, fs::remove_dir(path));
        done(path, fs::remove_file(path));
    }
    done("rename a root", fs::rename("/data", "/fixed/x"));
    done("rename to a root", fs::rename("/fixed/text", "/data"));
    done("rename across", fs::rename("/fixed/text", "/data/text"));
    done("link across", fs::hard_link("/data/text", "/fixed/linked"));
    say("copy across", fs::copy("/data/text", "/fixed/copied"));
    say("fixed", names("/fixed"));
    say("data", names("/data"));
}
