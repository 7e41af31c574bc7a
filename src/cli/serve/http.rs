//! Answers to browsers: on the loopback address, to requests that know the token, one at a time.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tiny_http::{Header, Method, Request, Response, Server};

use crate::cli::CommandError;

/// The answer to a request.
pub(super) enum Answer {
    /// A page.
    Page(String),
    /// There is no such page.
    NotFound,
    /// The page could not be made; the text says why.
    Failed(String),
}

/// A server of pages.
pub(super) struct Listener {
    server: Server,
    port: u16,
    token: String,
}

/// Time after which a listener that has no request looks for a signal.
const PATIENCE: Duration = Duration::from_millis(100);

impl Listener {
    /// Listens on a port of the loopback address; on a free one for 0.
    pub(super) fn bind(port: u16) -> Result<Listener, CommandError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let failed = |error: &dyn std::fmt::Display| {
            CommandError::Usage(format!("cannot listen on {address}: {error}"))
        };
        let server = Server::http(address).map_err(|error| failed(&error))?;
        let port = server.server_addr().to_ip().map_or(port, |address| address.port());
        let mut bytes = [0; 16];
        std::fs::File::open("/dev/urandom")
            .and_then(|mut file| file.read_exact(&mut bytes))
            .map_err(|error| failed(&error))?;
        let token = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Listener { server, port, token })
    }

    /// Returns the address of the first page.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/{}/", self.port, self.token)
    }

    /// Waits for a request for a while, and answers it; the function gets the path below the token.
    pub(super) fn answer_next(&self, answer: &dyn Fn(&str) -> Answer) {
        let Ok(Some(request)) = self.server.recv_timeout(PATIENCE) else { return };
        let (status, text) = match self.checked(&request) {
            Err(status) => (status, format!("{status}: this is not served\n")),
            Ok(path) => match answer(&path) {
                Answer::Page(page) => (200, page),
                Answer::NotFound => (404, "404: there is no such page\n".to_owned()),
                Answer::Failed(why) => (500, format!("500: {why}\n")),
            },
        };
        let kind = if status == 200 { "text/html" } else { "text/plain" };
        let mut response = Response::from_string(text).with_status_code(status);
        for (name, value) in [
            ("Content-Type", format!("{kind}; charset=utf-8")),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
            ("Cache-Control", "no-store".to_owned()),
            ("Content-Security-Policy", "frame-ancestors 'none'".to_owned()),
            ("Cross-Origin-Resource-Policy", "same-origin".to_owned()),
        ] {
            if let Ok(header) = Header::from_bytes(name, value) {
                response.add_header(header);
            }
        }
        // A browser that does not wait for the answer is no error of ours.
        let _ = request.respond(response);
    }

    /// Returns the path below the token, or the status that refuses the request.
    fn checked(&self, request: &Request) -> Result<String, u16> {
        if !matches!(request.method(), Method::Get | Method::Head) {
            return Err(405);
        }
        // A page of another site that names this address by a name of its own is refused.
        let host = request.headers().iter().find(|header| header.field.equiv("Host"));
        let host = host.map(|header| header.value.as_str()).unwrap_or_default();
        let port = self.port;
        if ![format!("127.0.0.1:{port}"), format!("localhost:{port}")].contains(&host.to_owned()) {
            return Err(403);
        }
        let path = request.url().strip_prefix('/').and_then(|path| path.strip_prefix(&self.token));
        let path = path.and_then(|path| path.strip_prefix('/')).ok_or(403_u16)?;
        Ok(path.to_owned())
    }
}
