// HTTP requests: the arguments are a case and HOST:PORT of a server.
mod say;
use std::time::Duration;
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::*;
use wasip2::io::streams::StreamError;

fn main() {
    let (case, args) = say::case();
    let host = args[0].as_str();
    match case.as_str() {
        "get" => show(request(host, Method::Get, "/hello?x=1&y=%20", &[("x-mine", "a"), ("accept", "text/plain")]), None),
        "methods" => {
            for m in [Method::Get, Method::Head, Method::Post, Method::Put, Method::Delete, Method::Options, Method::Trace, Method::Patch, Method::Other("BREW".into())] {
                println!("{m:?}");
                show(request(host, m, "/method", &[]), None);
            }
        }
        "post" => show(request(host, Method::Post, "/echo", &[("content-type", "text/x")]), Some(b"some text")),
        "length" => show(request(host, Method::Post, "/echo", &[("content-length", "5")]), Some(b"12345")),
        "long" => show(request(host, Method::Post, "/echo", &[("content-length", "3")]), Some(b"12345")),
        "short" => show(request(host, Method::Post, "/echo", &[("content-length", "9")]), Some(b"12345")),
        "large" => show(request(host, Method::Post, "/sum", &[]), Some(&vec![b'x'; 3_000_000])),
        "status" => {
            for s in [200, 201, 204, 301, 304, 404, 418, 500, 503, 599] {
                show(request(host, Method::Get, &format!("/status/{s}"), &[]), None);
            }
        }
        "trailers" => show(request(host, Method::Get, "/trailers", &[]), None),
        "stream" => show(request(host, Method::Get, "/stream", &[]), None),
        "cut" => show(request(host, Method::Get, "/cut", &[]), None),
        "repeated" => show(request(host, Method::Get, "/repeated", &[("x-two", "a"), ("x-two", "b")]), None),
        "slow" => {
            let options = RequestOptions::new();
            println!("{:?}", options.set_first_byte_timeout(Some(Duration::from_millis(30).as_nanos() as u64)));
            send(request(host, Method::Get, "/slow", &[]), None, Some(options));
        }
        "nobody" => show(request(host, Method::Get, "/", &[]), None),
        "bad" => bad(host),
        "fields" => fields(),
        "dropped" => {
            let r = request(host, Method::Post, "/echo", &[]);
            let body = r.body().unwrap();
            drop(body);
            println!("{:?}", handle(r, None).map(|f| wait(&f)).map(|r| r.map(|r| r.status())));
        }
        other => panic!("no case {other}"),
    }
}

fn request(host: &str, method: Method, path: &str, headers: &[(&str, &str)]) -> OutgoingRequest {
    let fields = Fields::new();
    for (name, value) in headers {
        fields.append(&name.to_string(), &value.as_bytes().to_vec()).unwrap();
    }
    let r = OutgoingRequest::new(fields);
    r.set_method(&method).unwrap();
    r.set_scheme(Some(&Scheme::Http)).unwrap();
    r.set_authority(Some(host)).unwrap();
    r.set_path_with_query(Some(path)).unwrap();
    r
}

fn show(r: OutgoingRequest, body: Option<&[u8]>) {
    send(r, body, None)
}

fn wait(f: &FutureIncomingResponse) -> Result<IncomingResponse, ErrorCode> {
    f.subscribe().block();
    f.get().unwrap().unwrap()
}

fn send(r: OutgoingRequest, body: Option<&[u8]>, options: Option<RequestOptions>) {
    let out = r.body().unwrap();
    println!("a second body {:?}", r.body().is_err());
    let future = match handle(r, options) {
        Ok(f) => f,
        Err(e) => return println!("refused {e:?}"),
    };
    if let Some(body) = body {
        let s = out.write().unwrap();
        for chunk in body.chunks(4096) {
            if let Err(e) = s.blocking_write_and_flush(chunk) {
                println!("write {}", matches!(e, StreamError::Closed));
                break;
            }
        }
    }
    println!("finish {:?}", OutgoingBody::finish(out, None));
    let response = match wait(&future) {
        Ok(r) => r,
        Err(e) => return println!("error {e:?}"),
    };
    println!("again {:?}", future.get().map(|r| r.is_err()));
    println!("status {}", response.status());
    let mut headers: Vec<_> = response.headers().entries().into_iter().map(|(n, v)| (n, String::from_utf8_lossy(&v).to_string())).filter(|(n, _)| n != "date").collect();
    headers.sort();
    println!("headers {headers:?}");
    let body = response.consume().unwrap();
    println!("consumed {}", response.consume().is_err());
    let stream = body.stream().unwrap();
    let (mut all, mut last) = (Vec::new(), None);
    while last.is_none() {
        match stream.blocking_read(10_000) {
            Ok(some) => all.extend(some),
            Err(StreamError::Closed) => last = Some("closed".to_string()),
            Err(StreamError::LastOperationFailed(e)) => last = Some(format!("failed: {}", http_error_code(&e).is_some())),
        }
    }
    drop(stream);
    println!("body of {}, {:?}: {:?}", all.len(), last.unwrap(), String::from_utf8_lossy(&all[..all.len().min(2000)]));
    let trailers = IncomingBody::finish(body);
    trailers.subscribe().block();
    match trailers.get().unwrap().unwrap() {
        Ok(Some(t)) => println!("trailers {:?}", t.entries()),
        Ok(None) => println!("no trailers"),
        Err(_) => println!("trailers failed"),
    }
}

fn bad(host: &str) {
    let r = OutgoingRequest::new(Fields::new());
    for m in ["", "a b", "GET", "g/t", "ä"] {
        println!("method {m:?} {:?}", r.set_method(&Method::Other(m.into())));
    }
    for p in ["/ok", "no slash", "", "/a b", "/%zz", "/#f", "*", "//x", "/ä", "?q"] {
        println!("path {p:?} {:?}", r.set_path_with_query(Some(p)));
    }
    for a in ["example.com", "a:80", "[::1]:80", "u@h", "", "a b", "a:b", "a/b", "::1"] {
        println!("authority {a:?} {:?}", r.set_authority(Some(a)));
    }
    for s in ["x", "", "1x", "ht tp", "a+b"] {
        println!("scheme {s:?} {:?}", r.set_scheme(Some(&Scheme::Other(s.into()))));
    }
    println!("{:?} {:?}", r.method(), r.path_with_query());
    let r = OutgoingRequest::new(Fields::new());
    println!("defaults {:?} {:?} {:?} {:?}", r.method(), r.path_with_query(), r.scheme(), r.authority());
    let r = request(host, Method::Get, "/hello", &[]);
    r.set_scheme(Some(&Scheme::Other("gopher".into()))).unwrap();
    println!("gopher {:?}", handle(r, None).and_then(|f| wait(&f)).map(|r| r.status()));
    let r = OutgoingRequest::new(Fields::new());
    r.set_scheme(Some(&Scheme::Http)).unwrap();
    println!("no authority {:?}", handle(r, None).and_then(|f| wait(&f)).map(|r| r.status()));
    let r = OutgoingResponse::new(Fields::new());
    println!("{} {:?} {:?} {:?}", r.status_code(), r.set_status_code(404), r.set_status_code(99), r.set_status_code(1000));
    let o = RequestOptions::new();
    println!("{:?} {:?}", o.connect_timeout(), o.set_connect_timeout(Some(0)));
    println!("{:?} {:?} {:?}", o.set_between_bytes_timeout(Some(5)), o.between_bytes_timeout(), o.first_byte_timeout());
}

fn fields() {
    let f = Fields::new();
    for n in ["a", "A", "content-type", "", "a b", "ä", "a:b", "connection", "Host", "transfer-encoding", "keep-alive", "te", "upgrade", "proxy-connection", "content-length", "x_y", "\n"] {
        println!("append {n:?} {:?} {}", f.append(&n.to_string(), &b"1".to_vec()), f.has(&n.to_string()));
    }
    for v in [&b""[..], b" lead", b"a\nb", b"a\rb", b"a\0b", b"tab\t", b"\xff\xfe", b"\x7f"] {
        println!("value {v:?} {:?}", f.set(&"v".to_string(), &[v.to_vec()]));
    }
    println!("{:?} {:?}", f.get(&"A".to_string()), f.get(&"none".to_string()));
    println!("{:?} {}", f.delete(&"a".to_string()), f.has(&"a".to_string()));
    println!("{:?} {:?}", f.delete(&"none".to_string()), f.delete(&"a b".to_string()));
    println!("{:?}", f.set(&"n".to_string(), &[]).map(|_| f.has(&"n".to_string())));
    println!("{:?}", Fields::from_list(&[("a".into(), b"1".to_vec()), ("b".into(), b"2".to_vec()), ("a".into(), b"3".to_vec())]).map(|f| f.get(&"a".to_string())));
    println!("{:?}", Fields::from_list(&[("host".into(), b"1".to_vec())]).map(|_| ()));
    println!("{:?}", Fields::from_list(&[("a".into(), b"1\n".to_vec())]).map(|_| ()));
    let c = f.clone();
    println!("{:?} {}", c.append(&"only".to_string(), &b"x".to_vec()), f.has(&"only".to_string()));
    let r = OutgoingRequest::new(c);
    let h = r.headers();
    println!("{:?} {:?} {:?}", h.append(&"x".to_string(), &b"x".to_vec()), h.set(&"x".to_string(), &[]), h.delete(&"only".to_string()));
    println!("{:?}", h.clone().append(&"x".to_string(), &b"x".to_vec()));
}
