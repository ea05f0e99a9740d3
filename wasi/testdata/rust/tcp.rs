// TCP, both ways: the arguments are a case, the address of an echo, and one where nobody listens.
mod say;
use say::{done, say};
use std::io::{ErrorKind, Read, Result, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

fn main() -> Result<()> {
    let (case, args) = say::case();
    let (echo, nobody) = (args[0].parse().unwrap(), args[1].parse().unwrap());
    match case.as_str() {
        "echo" => echoed(echo),
        "large" => large(echo),
        "refused" => refused(nobody),
        "shutdown" => shutdown(echo),
        "nonblocking" => nonblocking(echo),
        "timeouts" => timeouts(echo),
        "listen" => listen(),
        "peek" => peek(),
        "many" => many(),
        "ipv6" => ipv6(),
        "options" => options(echo),
        "reset" => reset(),
        "addresses" => addresses(nobody),
        "denied" => denied(echo),
        other => panic!("no case {other}"),
    }
}

/// Returns both ends of a connection.
fn pair() -> Result<(TcpStream, TcpStream)> {
    let l = TcpListener::bind("127.0.0.1:0")?;
    let a = TcpStream::connect(l.local_addr()?)?;
    Ok((a, l.accept()?.0))
}

fn echoed(echo: SocketAddr) -> Result<()> {
    let mut s = TcpStream::connect(echo)?;
    println!("{} {}", s.peer_addr()? == echo, s.local_addr()?.ip());
    s.write_all(b"hello")?;
    s.flush()?;
    s.shutdown(Shutdown::Write)?;
    let mut text = String::new();
    say("read", s.read_to_string(&mut text));
    println!("{text}");
    say("at the end", s.read(&mut [0; 5]));
    done("write after shutdown", s.write(b"x"));
    Ok(())
}

fn large(echo: SocketAddr) -> Result<()> {
    let mut s = TcpStream::connect(echo)?;
    let sent: Vec<u8> = (0..1_000_000u32).map(|n| (n * n >> 7) as u8).collect();
    s.write_all(&sent)?;
    s.shutdown(Shutdown::Write)?;
    let mut got = Vec::new();
    s.read_to_end(&mut got)?;
    println!("{}", got == sent);
    Ok(())
}

fn refused(nobody: SocketAddr) -> Result<()> {
    done("connect", TcpStream::connect(nobody));
    done("one of two", TcpStream::connect(&[nobody, nobody][..]));
    Ok(())
}

fn shutdown(echo: SocketAddr) -> Result<()> {
    let mut s = TcpStream::connect(echo)?;
    done("read", s.shutdown(Shutdown::Read));
    say("then", s.read(&mut [0; 3]));
    done("both", s.shutdown(Shutdown::Both));
    done("again", s.shutdown(Shutdown::Both));
    done("write", s.write(b"x"));
    let (mut a, mut b) = pair()?;
    a.write_all(b"last")?;
    a.shutdown(Shutdown::Write)?;
    let mut text = String::new();
    b.read_to_string(&mut text)?;
    b.write_all(text.as_bytes())?;
    drop(b);
    text.clear();
    a.read_to_string(&mut text)?;
    println!("{text}");
    Ok(())
}

fn nonblocking(echo: SocketAddr) -> Result<()> {
    let (mut a, mut b) = pair()?;
    a.set_nonblocking(true)?;
    done("nothing yet", a.read(&mut [0; 3]));
    b.write_all(b"abc")?;
    let mut got = [0; 3];
    let n = loop {
        match a.read(&mut got) {
            Err(e) if e.kind() == ErrorKind::WouldBlock => continue,
            other => break other,
        }
    };
    say("then", n);
    a.set_nonblocking(false)?;
    b.write_all(b"def")?;
    say("blocking", a.read_exact(&mut got));
    println!("{got:?}");
    a.set_nonblocking(true)?;
    let mut written = 0;
    let full = loop {
        match a.write(&[7; 65_536]) {
            Ok(n) => written += n,
            Err(e) => break e.kind(),
        }
    };
    println!("{full:?} {}", written > 0);
    let l = TcpListener::bind("127.0.0.1:0")?;
    l.set_nonblocking(true)?;
    done("accept", l.accept());
    let _client = TcpStream::connect(l.local_addr()?)?;
    let accepted = loop {
        match l.accept() {
            Err(e) if e.kind() == ErrorKind::WouldBlock => continue,
            other => break other,
        }
    };
    done("accept", accepted);
    done("error", TcpStream::connect(echo)?.take_error());
    Ok(())
}

fn timeouts(echo: SocketAddr) -> Result<()> {
    done("connect", TcpStream::connect_timeout(&echo, Duration::from_secs(30)));
    let (mut a, _b) = pair()?;
    done("read timeout", a.set_read_timeout(Some(Duration::from_millis(20))));
    say("of", a.read_timeout());
    done("zero", a.set_read_timeout(Some(Duration::ZERO)));
    let start = Instant::now();
    done("read", a.read(&mut [0; 3]));
    println!("{}", start.elapsed() >= Duration::from_millis(15));
    done("write timeout", a.set_write_timeout(Some(Duration::from_millis(20))));
    done("none", a.set_read_timeout(None));
    say("of", a.read_timeout());
    Ok(())
}

fn listen() -> Result<()> {
    let l = TcpListener::bind("127.0.0.1:0")?;
    let address = l.local_addr()?;
    println!("{} {}", address.ip(), address.port() != 0);
    done("the same again", TcpListener::bind(address));
    let mut client = TcpStream::connect(address)?;
    let (mut server, from) = l.accept()?;
    println!("{}", from == client.local_addr()? && from == server.peer_addr()? && server.local_addr()? == address);
    client.write_all(b"ping")?;
    let mut four = [0; 4];
    server.read_exact(&mut four)?;
    server.write_all(b"pong")?;
    client.read_exact(&mut four)?;
    println!("{}", String::from_utf8_lossy(&four));
    drop(server);
    say("closed", client.read(&mut four));
    drop(l);
    done("nobody any more", TcpStream::connect(address));
    done("all interfaces", TcpListener::bind("0.0.0.0:0"));
    done("not ours", TcpListener::bind("192.0.2.1:0"));
    Ok(())
}

fn peek() -> Result<()> {
    let (mut a, mut b) = pair()?;
    a.write_all(b"peek")?;
    let mut two = [0; 2];
    done("peek", b.peek(&mut two));
    b.read_exact(&mut two)?;
    println!("{two:?}");
    Ok(())
}

fn many() -> Result<()> {
    let l = TcpListener::bind("127.0.0.1:0")?;
    let mut clients = Vec::new();
    for _ in 0..40 {
        clients.push(TcpStream::connect(l.local_addr()?)?);
    }
    for (n, c) in clients.iter_mut().enumerate() {
        c.write_all(&[n as u8])?;
    }
    let mut sum = 0;
    for server in l.incoming().take(40) {
        let mut one = [0];
        server?.read_exact(&mut one)?;
        sum += one[0] as u32;
    }
    println!("{sum}");
    Ok(())
}

fn ipv6() -> Result<()> {
    let l = TcpListener::bind("[::1]:0")?;
    let mut a = TcpStream::connect(l.local_addr()?)?;
    let (mut b, from) = l.accept()?;
    println!("{} {}", from.ip(), l.local_addr()?.ip());
    a.write_all(b"six")?;
    let mut three = [0; 3];
    b.read_exact(&mut three)?;
    println!("{three:?}");
    let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
    done("mapped", TcpStream::connect((IpAddr::V6(mapped), l.local_addr()?.port())));
    done("bind mapped", TcpListener::bind((IpAddr::V6(mapped), 0)));
    done("any", TcpListener::bind((IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0)));
    Ok(())
}

fn options(echo: SocketAddr) -> Result<()> {
    let s = TcpStream::connect(echo)?;
    for ttl in [1, 64, 255, 0, 256] {
        done(&format!("ttl {ttl}"), s.set_ttl(ttl));
    }
    say("ttl", s.ttl());
    done("nodelay", s.set_nodelay(true));
    say("nodelay", s.nodelay());
    done("nodelay off", s.set_nodelay(false));
    let l = TcpListener::bind("127.0.0.1:0")?;
    done("ttl of a listener", l.set_ttl(50));
    say("ttl of a listener", l.ttl());
    done("clone", s.try_clone());
    Ok(())
}

fn reset() -> Result<()> {
    let (mut a, b) = pair()?;
    a.write_all(&[1; 100_000])?;
    drop(b);
    let mut last = Ok(0);
    for _ in 0..1000 {
        last = a.write(&[2; 10_000]);
        if last.is_err() {
            break;
        }
    }
    let last = last.map_err(|e| e.kind());
    println!("{}", if matches!(last, Err(ErrorKind::BrokenPipe | ErrorKind::ConnectionReset)) { "reset".into() } else { format!("{last:?}") });
    Ok(())
}

fn addresses(nobody: SocketAddr) -> Result<()> {
    for a in ["0.0.0.0:1", "255.255.255.255:1", "224.0.0.1:1", "127.0.0.1:0", "[::]:1", "[ff02::1]:1"] {
        done(a, TcpStream::connect(a));
    }
    for a in ["", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "256.0.0.1:1", ":80", "[::1:80"] {
        done(a, TcpStream::connect(a));
    }
    done("bind nobody's", TcpListener::bind(nobody));
    Ok(())
}

fn denied(echo: SocketAddr) -> Result<()> {
    done("connect", TcpStream::connect(echo));
    done("listen", TcpListener::bind("127.0.0.1:0"));
    done("udp", std::net::UdpSocket::bind("127.0.0.1:0"));
    done("name", TcpStream::connect("localhost:1"));
    Ok(())
}
