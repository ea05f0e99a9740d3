// UDP and names: the arguments are a case and the address of an echo.
mod say;
use say::{done, say};
use std::io::{ErrorKind, Result};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::Duration;

fn main() -> Result<()> {
    let (case, args) = say::case();
    let echo: SocketAddr = args[0].parse().unwrap();
    match case.as_str() {
        "echo" => echoed(echo),
        "connected" => connected(echo),
        "sizes" => sizes(),
        "nonblocking" => nonblocking(),
        "timeouts" => timeouts(),
        "options" => options(),
        "ipv6" => ipv6(),
        "many" => many(),
        "addresses" => addresses(),
        "names" => names(),
        other => panic!("no case {other}"),
    }
}

fn local() -> Result<UdpSocket> {
    UdpSocket::bind("127.0.0.1:0")
}

fn echoed(echo: SocketAddr) -> Result<()> {
    let s = local()?;
    println!("{} {}", s.local_addr()?.ip(), s.local_addr()?.port() != 0);
    let mut b = [0; 100];
    for text in ["one", "two", ""] {
        say("sent", s.send_to(text.as_bytes(), echo));
        let (n, from) = s.recv_from(&mut b)?;
        println!("{:?} {}", String::from_utf8_lossy(&b[..n]), from == echo);
    }
    done("send without a peer", s.send(b"x"));
    done("peer", s.peer_addr());
    Ok(())
}

fn connected(echo: SocketAddr) -> Result<()> {
    let (s, other) = (local()?, local()?);
    s.connect(echo)?;
    println!("{}", s.peer_addr()? == echo);
    other.send_to(b"from a stranger", s.local_addr()?)?;
    s.send(b"to the peer")?;
    let mut b = [0; 100];
    let n = s.recv(&mut b)?;
    println!("{}", String::from_utf8_lossy(&b[..n]));
    done("send elsewhere", s.send_to(b"x", other.local_addr()?));
    done("send to the peer", s.send_to(b"x", echo));
    s.connect(other.local_addr()?)?;
    s.send(b"moved")?;
    let (n, from) = other.recv_from(&mut b)?;
    println!("{} {}", String::from_utf8_lossy(&b[..n]), from == s.local_addr()?);
    Ok(())
}

fn sizes() -> Result<()> {
    let (a, b) = (local()?, local()?);
    let to = b.local_addr()?;
    let mut buffer = vec![0; 70_000];
    for n in [0, 1, 1000, 1472, 1500, 9000, 60_000, 65_507] {
        say(&format!("send {n}"), a.send_to(&vec![n as u8; n], to));
        let (got, _) = b.recv_from(&mut buffer)?;
        println!("{got} {}", buffer[..got].iter().all(|b| *b == n as u8));
    }
    for n in [65_508, 70_000, 1_000_000] {
        done(&format!("send {n}"), a.send_to(&vec![0; n], to));
    }
    a.send_to(b"cut short", to)?;
    let mut three = [0; 3];
    say("short", b.recv_from(&mut three).map(|(n, _)| n));
    a.send_to(b"next", to)?;
    let (n, _) = b.recv_from(&mut buffer)?;
    println!("{}", String::from_utf8_lossy(&buffer[..n]));
    Ok(())
}

fn nonblocking() -> Result<()> {
    let (a, b) = (local()?, local()?);
    b.set_nonblocking(true)?;
    let mut buffer = [0; 10];
    done("nothing", b.recv_from(&mut buffer));
    a.send_to(b"x", b.local_addr()?)?;
    let n = loop {
        match b.recv_from(&mut buffer) {
            Err(e) if e.kind() == ErrorKind::WouldBlock => continue,
            other => break other.map(|(n, _)| n),
        }
    };
    say("one", n);
    done("nothing", b.recv_from(&mut buffer));
    Ok(())
}

fn timeouts() -> Result<()> {
    let s = local()?;
    done("set", s.set_read_timeout(Some(Duration::from_millis(20))));
    say("get", s.read_timeout());
    done("zero", s.set_write_timeout(Some(Duration::ZERO)));
    s.set_nonblocking(true)?;
    done("peek", s.peek_from(&mut [0; 10]));
    Ok(())
}

fn options() -> Result<()> {
    let s = local()?;
    for ttl in [1, 255, 0, 256] {
        done(&format!("ttl {ttl}"), s.set_ttl(ttl));
    }
    say("ttl", s.ttl());
    done("broadcast", s.set_broadcast(true));
    say("broadcast", s.broadcast());
    done("multicast", s.join_multicast_v4(&"224.0.0.1".parse().unwrap(), &"127.0.0.1".parse().unwrap()));
    done("clone", s.try_clone());
    say("error", s.take_error().map(|e| e.is_none()));
    Ok(())
}

fn ipv6() -> Result<()> {
    let (a, b) = (UdpSocket::bind("[::1]:0")?, UdpSocket::bind("[::1]:0")?);
    a.send_to(b"six", b.local_addr()?)?;
    let (n, from) = b.recv_from(&mut [0; 10])?;
    println!("{n} {} {}", from.ip(), from == a.local_addr()?);
    done("to IPv4", a.send_to(b"x", "127.0.0.1:9"));
    done("to mapped IPv4", a.send_to(b"x", "[::ffff:127.0.0.1]:9"));
    Ok(())
}

fn many() -> Result<()> {
    let (a, b) = (local()?, local()?);
    let mut sum = 0;
    for n in 0..500u32 {
        a.send_to(&n.to_le_bytes(), b.local_addr()?)?;
        let mut four = [0; 4];
        b.recv_from(&mut four)?;
        sum += u32::from_le_bytes(four);
    }
    println!("{sum}");
    Ok(())
}

fn addresses() -> Result<()> {
    let s = local()?;
    for a in ["127.0.0.1:0", "0.0.0.0:9", "[::1]:9"] {
        done(a, s.send_to(b"x", a));
        done(a, local()?.connect(a));
    }
    done("bind twice", UdpSocket::bind(s.local_addr()?));
    done("bind not ours", UdpSocket::bind("192.0.2.1:0"));
    done("bind any", UdpSocket::bind("0.0.0.0:0"));
    Ok(())
}

fn names() -> Result<()> {
    for name in ["localhost:80", "127.0.0.1:80", "[::1]:80", "none.invalid:80", "", "localhost", "localhost:x", "a b:80", "-:80", "..:80", "xn--:80"] {
        say(name, name.to_socket_addrs().map(|all| all.map(|a| a.ip().is_loopback()).all(|l| l)));
    }
    let long = format!("{}:80", "a".repeat(300));
    done("long", long.to_socket_addrs());
    let label = format!("{}.invalid:80", "a".repeat(64));
    done("long label", label.to_socket_addrs());
    Ok(())
}
