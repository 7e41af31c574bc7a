//! Tracing of a browser by the DevTools protocol, over a web socket to loopback: which frames were
//! drawn, and when.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

/// A trace that is being recorded.
pub(crate) struct Tracing {
    reader: BufReader<TcpStream>,
}

impl Tracing {
    /// Begins a trace of these categories in the browser whose debugger has this address.
    pub(crate) fn start(address: &str, categories: &[&str]) -> Tracing {
        let path = debugger_path(address);
        let mut tracing = Tracing::connect(address, &path);
        let config = json!({"includedCategories": categories});
        let parameters = json!({"transferMode": "ReportEvents", "traceConfig": config});
        tracing.send(&json!({"id": 1, "method": "Tracing.start", "params": parameters}));
        let answer = tracing.receive();
        assert!(answer["error"].is_null(), "Tracing.start: {answer}");
        tracing
    }

    /// Ends the trace; returns its events.
    pub(crate) fn finish(mut self) -> Vec<Value> {
        self.send(&json!({"id": 2, "method": "Tracing.end"}));
        let mut events = Vec::new();
        loop {
            let mut message = self.receive();
            match message["method"].as_str() {
                Some("Tracing.dataCollected") => {
                    let found = message["params"]["value"].take();
                    events.extend(found.as_array().cloned().unwrap_or_default());
                }
                Some("Tracing.tracingComplete") => return events,
                _ => assert!(message["error"].is_null(), "Tracing.end: {message}"),
            }
        }
    }

    fn connect(address: &str, path: &str) -> Tracing {
        let mut stream = TcpStream::connect(address).expect("the debugger");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        .expect("sent");
        let mut reader = BufReader::new(stream);
        let head = read_head(&mut reader);
        assert!(head.contains(" 101 "), "no web socket: {head}");
        Tracing { reader }
    }

    /// Sends a message as one frame. A client has to mask its frames; by 0 they stay as they are.
    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let mut frame = vec![0x81, 0x80 | 126];
        frame.extend(u16::try_from(text.len()).expect("a short message").to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.reader.get_mut().write_all(&frame).expect("sent");
    }

    /// Receives a message, which may be several frames; other frames are left out.
    fn receive(&mut self) -> Value {
        let mut text = Vec::new();
        loop {
            let [first, second] = self.bytes();
            let length = match second & 0x7f {
                126 => u64::from(u16::from_be_bytes(self.bytes())),
                127 => u64::from_be_bytes(self.bytes()),
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(length).expect("a length")];
            self.reader.read_exact(&mut payload).expect("a frame");
            if first & 0x0f > 2 {
                continue;
            }
            text.extend(payload);
            if first & 0x80 != 0 {
                return serde_json::from_slice(&text).expect("JSON");
            }
        }
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).expect("a frame");
        bytes
    }
}

/// Returns the path of the web socket of the whole browser.
fn debugger_path(address: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the debugger");
    let request = format!("GET /json/version HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut reader = BufReader::new(stream);
    let head = read_head(&mut reader);
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.expect("a length")];
    reader.read_exact(&mut body).expect("an answer");
    let version: Value = serde_json::from_slice(&body).expect("JSON");
    let url = version["webSocketDebuggerUrl"].as_str().expect("an address");
    url.split_once(address).map_or(url, |(_, path)| path).to_owned()
}

/// Reads the head of an answer.
fn read_head(reader: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).expect("a header") > 0, "no answer: {head}");
    }
    head
}
