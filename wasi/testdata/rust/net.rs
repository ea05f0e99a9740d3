// TCP, UDP and names: arguments are the addresses of two echoes and of nobody.
use std::io::{Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};

fn say<T: std::fmt::Debug>(what: &str, result: Result<T>) {
    println!("{what}: {:?}", result.map_err(|e| e.kind()));
}

fn main() {
    let args: Vec<_> = std::env::args().collect();
    say("tcp", TcpStream::connect(&args[1]).and_then(|mut s| {
        let peer = s.peer_addr()?;
        let local = s.local_addr()?;
        s.write_all(&[9; 100_000])?;
        s.shutdown(Shutdown::Write)?;
        let mut all = Vec::new();
        s.read_to_end(&mut all)?;
        Ok((all.len(), peer.to_string() == args[1], local.ip().is_loopback()))
    }));
    say("nodelay", TcpStream::connect(&args[1]).and_then(|s| { s.set_ttl(42)?; s.ttl() }));
    say("refused", TcpStream::connect(&args[3]).map(|_| ()));
    say("udp", UdpSocket::bind("127.0.0.1:0").and_then(|s| {
        s.send_to(b"hello", &args[2])?;
        let mut b = [0; 100];
        let (n, from) = s.recv_from(&mut b)?;
        Ok((String::from_utf8_lossy(&b[..n]).to_string(), from.to_string() == args[2]))
    }));
    say("udp connected", UdpSocket::bind("127.0.0.1:0").and_then(|s| {
        s.connect(&args[2])?;
        s.send(b"again")?;
        let mut b = [0; 100];
        let n = s.recv(&mut b)?;
        Ok(n)
    }));
    say("listen", TcpListener::bind("127.0.0.1:0").and_then(|l| {
        let mut client = TcpStream::connect(l.local_addr()?)?;
        let (mut server, _) = l.accept()?;
        client.write_all(b"ping")?;
        let mut b = [0; 4];
        server.read_exact(&mut b)?;
        Ok(b == *b"ping")
    }));
    say("localhost", ("localhost", 80).to_socket_addrs().map(|mut a| a.any(|a| a.ip().is_loopback())));
}
