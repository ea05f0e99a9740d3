// WASI 0.2 without a library of files and streams above it.
mod say;
use std::time::Instant;
use wasip2::cli::{environment, stdin, stdout};
use wasip2::clocks::monotonic_clock as clock;
use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Advice, Descriptor, DescriptorFlags as Has, NewTimestamp, OpenFlags as Open, PathFlags};
use wasip2::io::poll::poll;
use wasip2::io::streams::StreamError;
use wasip2::random;

fn main() {
    match say::case().0.as_str() {
        "poll" => polls(),
        "streams" => streams(),
        "splice" => splice(),
        "random" => randoms(),
        "open" => open(),
        "positions" => positions(),
        "hashes" => hashes(),
        "times" => times(),
        "environment" => println!("{:?} {:?}", environment::initial_cwd(), environment::get_arguments().len()),
        "exit with code" => wasip2::cli::exit::exit(Err(())),
        "empty poll" => println!("{:?}", poll(&[])),
        "too much" => println!("{:?}", stdout::get_stdout().blocking_write_and_flush(&[b'x'; 4097])),
        other => panic!("no case {other}"),
    }
}

/// Returns the folder /data.
fn data() -> Descriptor {
    get_directories().into_iter().find(|(_, name)| name == "/data").unwrap().0
}

fn polls() {
    let start = Instant::now();
    let soon = clock::subscribe_duration(1_000_000);
    let late = clock::subscribe_duration(60_000_000_000);
    let past = clock::subscribe_instant(0);
    println!("a timer of the past is ready {}", past.ready());
    println!("{} {}", past.ready(), late.ready());
    println!("{:?}", poll(&[&late, &past, &late]));
    println!("{:?} {}", poll(&[&late, &soon]), start.elapsed().as_micros() >= 1000);
    let in_order = |mut ready: Vec<u32>| {
        ready.sort();
        ready
    };
    println!("{:?}", in_order(poll(&[&past, &soon, &late, &past])));
    println!("{:?}", in_order(poll(&[&past, &past])));
    soon.block();
    past.block();
    let input = stdin::get_stdin();
    let readable = input.subscribe();
    println!("{:?}", poll(&[&late, &readable]));
    drop(readable);
    let out = stdout::get_stdout();
    let writable = out.subscribe();
    println!("{:?}", poll(&[&late, &writable]));
    let many: Vec<_> = (0..500).map(|n| clock::subscribe_duration(if n % 2 == 0 { 0 } else { 60_000_000_000 })).collect();
    println!("{}", poll(&many.iter().collect::<Vec<_>>()).len());
    println!("{}", clock::resolution() > 0);
}

fn ended<T: std::fmt::Debug>(r: Result<T, StreamError>) -> String {
    match r {
        Ok(v) => format!("{v:?}"),
        Err(StreamError::Closed) => "closed".into(),
        Err(StreamError::LastOperationFailed(e)) => format!("failed: {:?}", wasip2::filesystem::types::filesystem_error_code(&e)),
    }
}

fn streams() {
    let d = data();
    let f = d.open_at(PathFlags::empty(), "f", Open::CREATE, Has::READ | Has::WRITE).unwrap();
    let out = f.write_via_stream(3).unwrap();
    println!("{}", out.check_write().unwrap() > 0);
    println!("{}", ended(out.write(b"hello")));
    println!("{}", ended(out.blocking_flush()));
    println!("{}", ended(out.blocking_write_and_flush(b" world")));
    println!("{}", ended(out.blocking_write_zeroes_and_flush(4)));
    println!("{}", ended(out.blocking_write_and_flush(b"")));
    let add = f.append_via_stream().unwrap();
    println!("{}", ended(add.blocking_write_and_flush(b"!")));
    let input = f.read_via_stream(5).unwrap();
    println!("{}", ended(input.blocking_read(3)));
    println!("{}", ended(input.blocking_skip(2)));
    println!("{}", ended(input.blocking_read(100)));
    println!("{}", ended(input.blocking_read(100)));
    println!("{}", ended(input.blocking_read(100)));
    println!("{}", ended(f.read_via_stream(1000).unwrap().blocking_read(1)));
    println!("{}", ended(f.read_via_stream(u64::MAX).unwrap().blocking_read(1)));
    println!("{:?}", f.read(10, 0));
    println!("{:?}", f.read(3, 15));
    println!("{:?}", f.read(3, 100));
    println!("{:?}", f.write(b"", 1000));
    println!("{:?}", f.stat().map(|s| s.size));
    println!("{:?}", d.read_via_stream(0).map(|_| ()));
    println!("{:?}", d.write_via_stream(0).map(|_| ()));
    let ro = d.open_at(PathFlags::empty(), "f", Open::empty(), Has::READ).unwrap();
    println!("a stream to write of a reader {:?}", ro.write_via_stream(0).map(|_| ()));
    println!("a stream to append of a reader {:?}", ro.append_via_stream().map(|_| ()));
    println!("{:?}", ro.write(b"x", 0));
    let wo = d.open_at(PathFlags::empty(), "f", Open::empty(), Has::WRITE).unwrap();
    println!("a stream to read of a writer {:?}", wo.read_via_stream(0).map(|_| ()));
    println!("{:?}", wo.read(1, 0));
}

fn splice() {
    let d = data();
    let from = d.open_at(PathFlags::empty(), "from", Open::CREATE, Has::READ | Has::WRITE).unwrap();
    from.write(&vec![7; 100_000], 0).unwrap();
    let to = d.open_at(PathFlags::empty(), "to", Open::CREATE, Has::READ | Has::WRITE).unwrap();
    let (input, out) = (from.read_via_stream(0).unwrap(), to.write_via_stream(0).unwrap());
    let mut sum = 0;
    loop {
        match out.blocking_splice(&input, 10_000) {
            Ok(n) => sum += n,
            Err(e) => {
                println!("{}", ended::<()>(Err(e)));
                break;
            }
        }
    }
    println!("{sum}");
    println!("{}", ended(out.blocking_flush()));
    println!("{:?}", to.stat().map(|s| s.size));
    let input = stdin::get_stdin();
    let out = stdout::get_stdout();
    let mut total = 0;
    while let Ok(n) = out.blocking_splice(&input, 3000) {
        total += n;
    }
    out.blocking_flush().unwrap();
    println!("{total}");
}

fn randoms() {
    for n in [0, 1, 1000, 100_000] {
        println!("{} {}", random::random::get_random_bytes(n).len(), random::insecure::get_insecure_random_bytes(n).len());
    }
    println!("{}", random::random::get_random_u64() != random::random::get_random_u64());
    println!("{}", random::insecure::get_insecure_random_u64() != random::insecure::get_insecure_random_u64());
    println!("{}", random::insecure_seed::insecure_seed() == random::insecure_seed::insecure_seed());
}

fn open() {
    let d = data();
    d.create_directory_at("d").unwrap();
    d.open_at(PathFlags::empty(), "f", Open::CREATE, Has::WRITE).unwrap().write(b"f", 0).unwrap();
    d.symlink_at("f", "l").unwrap();
    d.symlink_at("d", "ld").unwrap();
    let flags = [Open::empty(), Open::CREATE, Open::DIRECTORY, Open::EXCLUSIVE, Open::TRUNCATE, Open::CREATE | Open::EXCLUSIVE, Open::DIRECTORY | Open::CREATE, Open::DIRECTORY | Open::TRUNCATE];
    for name in ["f", "d", "l", "ld", "none", ".", "..", "d/../f", "f/"] {
        for open in flags {
            for has in [Has::READ, Has::WRITE, Has::READ | Has::WRITE, Has::READ | Has::WRITE | Has::MUTATE_DIRECTORY] {
                for follow in [PathFlags::empty(), PathFlags::SYMLINK_FOLLOW] {
                    let opened = d.open_at(follow, name, open, has);
                    if name.starts_with('l') && open.contains(Open::DIRECTORY) && follow.is_empty() {
                        println!("{name:?} {open:?} {has:?} is a link {}", opened.is_err()); // as loop or not-directory
                        continue;
                    }
                    println!("{name:?} {open:?} {has:?} {follow:?}: {:?}", opened.map(|f| f.get_type()));
                }
            }
            let _ = d.unlink_file_at("none");
        }
    }
}

fn positions() {
    let d = data();
    let f = d.open_at(PathFlags::empty(), "f", Open::CREATE, Has::READ | Has::WRITE).unwrap();
    println!("{:?}", f.write(b"0123456789", 0));
    println!("{:?} {:?}", f.advise(0, 10, Advice::Sequential), f.advise(5, 0, Advice::WillNeed));
    println!("{:?} {:?}", f.set_size(5), f.stat().map(|s| s.size));
    println!("a huge size {:?}", f.set_size(u64::MAX));
    println!("{:?} {:?} {:?}", f.sync(), f.sync_data(), f.get_type());
    println!("{:?} {:?}", d.get_type(), d.get_flags());
    println!("{:?}", d.set_size(1));
    println!("{:?}", f.read_directory().map(|_| ()));
    println!("{:?}", f.stat_at(PathFlags::empty(), "x").map(|_| ()));
    println!("{:?}", f.is_same_object(&f));
    for path in ["", "/", "/data/f"] {
        println!("{path:?} {:?}", d.stat_at(PathFlags::empty(), path).map(|_| ()));
        println!("{path:?} {:?}", d.open_at(PathFlags::empty(), path, Open::empty(), Has::READ).map(|_| ()));
    }
}

fn hashes() {
    let d = data();
    let f = d.open_at(PathFlags::empty(), "f", Open::CREATE, Has::READ | Has::WRITE).unwrap();
    let again = d.open_at(PathFlags::empty(), "f", Open::empty(), Has::READ).unwrap();
    let other = d.open_at(PathFlags::empty(), "g", Open::CREATE, Has::READ | Has::WRITE).unwrap();
    let hash = |f: &Descriptor| f.metadata_hash().map(|h| (h.lower, h.upper)).unwrap();
    println!("{} {}", f.is_same_object(&again), f.is_same_object(&other));
    println!("{} {}", hash(&f) == hash(&again), hash(&f) == hash(&other));
    println!("{}", d.metadata_hash_at(PathFlags::empty(), "f").map(|h| (h.lower, h.upper)).unwrap() == hash(&f));
    println!("{:?}", d.metadata_hash_at(PathFlags::empty(), "none").map(|_| ()));
    let before = hash(&f);
    f.write(b"longer now", 0).unwrap();
    f.set_times(NewTimestamp::NoChange, NewTimestamp::Timestamp(wasip2::clocks::wall_clock::Datetime { seconds: 5, nanoseconds: 6 })).unwrap();
    println!("the hash of a changed file is the same {}", before == hash(&f));
    println!("{:?} {:?}", d.link_at(PathFlags::empty(), "f", &d, "h"), f.stat().map(|s| s.link_count));
    let linked = d.open_at(PathFlags::empty(), "h", Open::empty(), Has::READ).unwrap();
    println!("{}", linked.is_same_object(&f));
}

fn times() {
    let d = data();
    let f = d.open_at(PathFlags::empty(), "f", Open::CREATE, Has::READ | Has::WRITE).unwrap();
    let at = |seconds, nanoseconds| NewTimestamp::Timestamp(wasip2::clocks::wall_clock::Datetime { seconds, nanoseconds });
    let show = |f: &Descriptor| println!("{:?}", f.stat().map(|s| (s.data_modification_timestamp.map(|t| (t.seconds, t.nanoseconds)), s.data_access_timestamp.map(|t| (t.seconds, t.nanoseconds)))));
    println!("{:?}", f.set_times(at(1, 2), at(3, 999_999_999)));
    show(&f);
    println!("{:?}", f.set_times(NewTimestamp::NoChange, at(5, 0)));
    show(&f);
    println!("{:?}", f.set_times(NewTimestamp::NoChange, NewTimestamp::NoChange));
    show(&f);
    println!("{:?}", f.set_times(at(u64::MAX, 0), NewTimestamp::NoChange));
    d.symlink_at("f", "l").unwrap();
    println!("{:?}", d.set_times_at(PathFlags::empty(), "l", at(7, 0), at(8, 0)));
    show(&f);
    println!("{:?}", d.set_times_at(PathFlags::SYMLINK_FOLLOW, "l", at(9, 0), at(10, 0)));
    show(&f);
    println!("{:?}", d.set_times_at(PathFlags::empty(), "none", at(9, 0), at(10, 0)));
    println!("a second of nanoseconds {:?}", f.set_times(at(1, 1_000_000_000), NewTimestamp::NoChange));
    println!("{:?}", f.set_times(NewTimestamp::Now, NewTimestamp::Now).map(|_| f.stat().unwrap().data_modification_timestamp.unwrap().seconds > 1_700_000_000));
}
