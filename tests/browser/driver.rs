//! A browser that a test drives: ChromeDriver's WebDriver protocol over a connection to loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64::Engine;
use serde_json::{Value, json};

/// A browser without a window.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// Address of its debugger, on loopback.
    pub(crate) debugger: String,
    /// The browser's profile, which is removed with it.
    _profile: tempfile::TempDir,
}

/// A script that ends when the page is drawn; the driver gives up after 30 s.
const READY: &str = "
    const done = arguments[0];
    const wait = () => {
      if (document.documentElement.dataset.ready === 'yes') done(true);
      else setTimeout(wait, 20);
    };
    wait();";

impl Browser {
    /// Starts a browser whose window has this size.
    pub(crate) fn start(width: u32, height: u32) -> Browser {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver: Debian's packages chromium and chromium-driver have it");
        let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
        let port = loop {
            let line = lines.next().expect("a port").expect("text");
            let after = line.split("successfully on port ").nth(1);
            if let Some(port) = after.and_then(|rest| rest.trim_end_matches('.').parse().ok()) {
                break port;
            }
        };
        let profile = tempfile::tempdir().expect("a folder");
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {
                "args": arguments,
                "perfLoggingPrefs": {"enableNetwork": true},
            },
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let mut browser = Browser {
            driver,
            port,
            session: String::new(),
            debugger: String::new(),
            _profile: profile,
        };
        let answer = browser.ask("POST", "/session", &wanted);
        browser.session = answer["sessionId"].as_str().expect("a session").to_owned();
        let options = &answer["capabilities"]["goog:chromeOptions"];
        let address = options["debuggerAddress"].as_str().expect("a debugger");
        browser.debugger = address.replace("localhost", "127.0.0.1");
        // What a browser does by itself when it starts is not what a page does.
        browser.command("POST", "url", &json!({"url": "about:blank"}));
        browser.console();
        browser.requests();
        browser
    }

    /// Opens a page of this machine, and waits until it is drawn.
    pub(crate) fn open(&self, page: &Path) {
        let url = format!("file://{}", page.display());
        self.command("POST", "url", &json!({"url": url}));
        self.run_async(READY);
    }

    /// Runs a script that calls its first argument when it ends; returns what that is called with.
    pub(crate) fn run_async(&self, script: &str) -> Value {
        self.command("POST", "execute/async", &json!({"script": script, "args": []}))
    }

    /// Runs a script in the page; returns what it returns.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.command("POST", "execute/sync", &json!({"script": script, "args": []}))
    }

    /// Clicks at a place in the window.
    pub(crate) fn click(&self, x: f64, y: f64) {
        let (x, y) = (x.round(), y.round());
        let actions = json!([
            {"type": "pointerMove", "duration": 0, "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]);
        let pointer = json!({"type": "pointer", "id": "mouse", "actions": actions});
        self.command("POST", "actions", &json!({"actions": [pointer]}));
    }

    /// Presses keys, one after the other, in the element that has the focus.
    pub(crate) fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                let key = key.to_string();
                [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
            })
            .collect();
        let board = json!({"type": "key", "id": "keys", "actions": actions});
        self.command("POST", "actions", &json!({"actions": [board]}));
    }

    /// Sends a command of the DevTools protocol to the page.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.command("POST", "goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// Sets the size of what the page sees, which may be smaller than a window can be.
    pub(crate) fn look(&self, width: u32, height: u32) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Returns a picture of the window as PNG.
    pub(crate) fn screenshot(&self) -> Vec<u8> {
        bytes(&self.command("GET", "screenshot", &Value::Null))
    }

    /// Returns the page as PDF, as it is printed.
    pub(crate) fn print(&self) -> Vec<u8> {
        bytes(&self.command("POST", "print", &json!({})))
    }

    /// Returns what the console said since the last call: errors of scripts, violated policies.
    pub(crate) fn console(&self) -> Vec<String> {
        self.log("browser").iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// Returns the addresses that were requested since the last call.
    pub(crate) fn requests(&self) -> Vec<String> {
        let message = |entry: &Value| -> Option<String> {
            let text = entry["message"].as_str()?;
            let message: Value = serde_json::from_str(text).ok()?;
            let message = &message["message"];
            let is_request = message["method"] == "Network.requestWillBeSent";
            is_request.then(|| message["params"]["request"]["url"].to_string())
        };
        self.log("performance").iter().filter_map(message).collect()
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.command("POST", "se/log", &json!({"type": kind}));
        entries.as_array().cloned().unwrap_or_default()
    }

    fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ask(method, &format!("/session/{}/{path}", self.session), body)
    }

    /// Sends a request and returns the value of its answer.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the driver");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .expect("sent");
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("a header");
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut text = vec![0; length];
        reader.read_exact(&mut text).expect("an answer");
        let answer: Value = serde_json::from_slice(&text).expect("JSON");
        let value = answer["value"].clone();
        assert!(value["error"].is_null(), "{method} {path}: {value}");
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.ask("DELETE", &format!("/session/{}", self.session), &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn bytes(answer: &Value) -> Vec<u8> {
    let text = answer.as_str().expect("base64");
    base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
}
