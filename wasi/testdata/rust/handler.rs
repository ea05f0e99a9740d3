// A handler of HTTP requests, whose path names a case.
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::*;

struct Handler;

wasip2::http::proxy::export!(Handler);

fn response(status: u16, headers: &[(&str, &str)]) -> OutgoingResponse {
    let fields = Fields::new();
    for (name, value) in headers {
        fields.append(&name.to_string(), &value.as_bytes().to_vec()).unwrap();
    }
    let r = OutgoingResponse::new(fields);
    r.set_status_code(status).unwrap();
    r
}

/// Answers with a text.
fn answer(out: ResponseOutparam, status: u16, headers: &[(&str, &str)], text: &[u8]) {
    let r = response(status, headers);
    let body = r.body().unwrap();
    ResponseOutparam::set(out, Ok(r));
    let stream = body.write().unwrap();
    for chunk in text.chunks(4096) {
        if stream.blocking_write_and_flush(chunk).is_err() {
            break;
        }
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

fn read(body: &IncomingBody) -> (Vec<u8>, bool) {
    let stream = body.stream().unwrap();
    let mut all = Vec::new();
    loop {
        match stream.blocking_read(50_000) {
            Ok(some) => all.extend(some),
            Err(e) => return (all, matches!(e, wasip2::io::streams::StreamError::Closed)),
        }
    }
}

impl Guest for Handler {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        match path {
            "/" => answer(out, 200, &[("content-type", "text/plain")], b"hello\n"),
            "/seen" => {
                let mut headers: Vec<_> = request.headers().entries().into_iter().map(|(n, v)| (n, String::from_utf8_lossy(&v).to_string())).collect();
                headers.retain(|(n, _)| n != "host" && n != "content-length");
                headers.sort();
                let text = format!("{:?} {:?} {:?} {} {headers:?}", request.method(), request.path_with_query(), request.scheme(), request.authority().is_some());
                answer(out, 200, &[], text.as_bytes())
            }
            "/echo" => {
                let body = request.consume().unwrap();
                let (all, closed) = read(&body);
                let trailers = IncomingBody::finish(body);
                trailers.subscribe().block();
                let trailers = trailers.get().unwrap().unwrap().ok().flatten();
                let r = response(200, &[("x-closed", &closed.to_string()), ("trailer", "x-end")]);
                let body = r.body().unwrap();
                ResponseOutparam::set(out, Ok(r));
                let stream = body.write().unwrap();
                for chunk in all.chunks(4096) {
                    stream.blocking_write_and_flush(chunk).unwrap();
                }
                drop(stream);
                let back = trailers.map(|t| Fields::from_list(&t.entries()).unwrap());
                OutgoingBody::finish(body, back).unwrap();
            }
            "/status" => answer(out, query.parse().unwrap(), &[], b""),
            "/repeated" => answer(out, 200, &[("x-two", "a"), ("x-two", "b"), ("set-cookie", "c=1"), ("set-cookie", "d=2")], b""),
            "/length" => answer(out, 200, &[("content-length", "5")], b"12345"),
            "/short" => answer(out, 200, &[("content-length", "9")], b"12345"),
            "/large" => answer(out, 200, &[], &vec![b'x'; 2_000_000]),
            "/stream" => {
                let r = response(200, &[("trailer", "x-count")]);
                let body = r.body().unwrap();
                ResponseOutparam::set(out, Ok(r));
                let stream = body.write().unwrap();
                for n in 0..100 {
                    stream.blocking_write_and_flush(format!("{n}\n").as_bytes()).unwrap();
                }
                drop(stream);
                let trailers = Fields::new();
                trailers.append(&"x-count".to_string(), &b"100".to_vec()).unwrap();
                OutgoingBody::finish(body, Some(trailers)).unwrap();
            }
            "/panic" => panic!("before the response"),
            "/silent" => drop(out),
            "/error" => ResponseOutparam::set(out, Err(ErrorCode::InternalError(Some("an error".into())))),
            "/nobody" => {
                let r = response(204, &[]);
                ResponseOutparam::set(out, Ok(r));
            }
            "/unfinished" => {
                let r = response(200, &[]);
                let body = r.body().unwrap();
                ResponseOutparam::set(out, Ok(r));
                let stream = body.write().unwrap();
                stream.blocking_write_and_flush(b"part").unwrap();
                drop(stream);
                drop(body);
            }
            "/after" => {
                answer(out, 200, &[], b"done");
                println!("after the response");
            }
            "/output" => {
                println!("a line of output");
                eprintln!("a line of errors");
                answer(out, 200, &[], b"")
            }
            "/env" => answer(out, 200, &[], format!("{:?} {:?}", std::env::args().count(), std::env::vars().filter(|(name, _)| name != "INSTANCE_ID").collect::<Vec<_>>()).as_bytes()),
            "/fetch" => {
                let r = OutgoingRequest::new(Fields::new());
                let (host, rest) = query.split_once('/').unwrap();
                r.set_scheme(Some(&Scheme::Http)).unwrap();
                r.set_authority(Some(host)).unwrap();
                r.set_path_with_query(Some(&format!("/{rest}"))).unwrap();
                match wasip2::http::outgoing_handler::handle(r, None) {
                    Err(e) => answer(out, 502, &[], format!("{e:?}").as_bytes()),
                    Ok(f) => {
                        f.subscribe().block();
                        match f.get().unwrap().unwrap() {
                            Err(e) => answer(out, 502, &[], format!("{e:?}").as_bytes()),
                            Ok(got) => {
                                let (text, _) = read(&got.consume().unwrap());
                                answer(out, got.status(), &[], &text)
                            }
                        }
                    }
                }
            }
            _ => answer(out, 404, &[], b"no such case"),
        }
    }
}
