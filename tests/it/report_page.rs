//! `sim report` and `sim serve`: where pages are written, what is in them, who may read them. What
//! a browser makes of them is in `tests/browser.rs`.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use crate::support::Place;

/// A short run of machines with its page.
fn with_page() -> (Place, String) {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--duration", "5s", "--quiet"]);
    let folder = "results/exp9/seed-1+duration=5s".to_owned();
    let ran = place.sim_ends(0, &["report", &folder]);
    assert_eq!(ran.out.trim(), format!("{folder}/report.html"));
    (place, folder)
}

/// The values of an attribute in a page, outside of its scripts and styles.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let body = &page[page.find("<body>").expect("a body")..];
    let body = &body[..body.find("<script").expect("scripts")];
    body.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn a_page_is_one_file_that_loads_nothing() {
    let (place, folder) = with_page();
    let page = place.read(&format!("{folder}/report.html"));
    assert!(page.starts_with("<!doctype html>\n<!-- a report of sim -->\n"));
    assert!(page.contains("default-src &#39;none&#39;"), "a policy");
    assert!(attributes(&page, "src").is_empty() && attributes(&page, "style").is_empty());
    let inside = |address: &&str| address.starts_with('#');
    assert!(attributes(&page, "href").iter().all(inside));
    // All places that links name are there, once.
    let ids = attributes(&page, "id");
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "{ids:?}");
    for address in attributes(&page, "href") {
        assert!(known.contains(&address[1..]), "{address}");
    }
    // Measures stand beside theory, and the run can be had again.
    assert!(page.contains(">theory<") && page.contains("+duration=5s/config.toml"), "again");
    // The same result gives the same bytes.
    place.sim_ends(0, &["report", &folder, "--out", "again.html"]);
    assert_eq!(place.read("again.html"), page);
}

#[test]
fn a_page_is_written_over_a_page_and_over_nothing_else() {
    let (place, folder) = with_page();
    place.sim_ends(0, &["report", &folder]);
    place.write("notes.html", "mine");
    let ran = place.sim_ends(73, &["report", &folder, "--out", "notes.html"]);
    assert!(ran.err.contains("notes.html"), "{}", ran.err);
    assert_eq!(place.read("notes.html"), "mine");
    place.sim_ends(0, &["report", &folder, "--out", "notes.html", "--force"]);
    // A page of what was there before goes with the result.
    let again = ["run", "exp9", "--duration", "5s", "--quiet", "--force"];
    place.sim_ends(0, &again);
    assert!(!place.join(&folder).join("report.html").exists());
    place.sim_ends(0, &[&again[..], &["--report"]].concat());
    assert!(place.join(&folder).join("report.html").exists());
}

#[test]
fn commands_write_the_pages_of_their_results() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["run", "glomers/1-echo", "--duration", "1s", "--report"]);
    assert!(ran.out.contains("report    results/glomers/1-echo/seed-1+duration=1s/report.html"));
    let sweep = ["sweep", "glomers/1-echo", "--seeds", "0..3", "--duration", "1s", "--report"];
    let ran = place.sim_ends(0, &sweep);
    let written = ran.out.lines().find_map(|line| line.strip_prefix("report    "));
    let page = place.read(written.expect("a page"));
    assert!(page.contains("none of 3 runs failed"), "the verdict");
    let json = place.sim_ends(0, &["run", "exp9", "--report", "--format", "json"]);
    assert!(json.out.trim_end().ends_with('}') && !json.out.contains("report   "), "{}", json.out);
}

#[test]
fn what_is_wrong_is_in_the_page_with_its_explanation() {
    let place = Place::new();
    let sets = ["--set", "solution=broadcast-retried-once", "--set", "nodes=5"];
    let run = ["run", "glomers/3d-partition", "--seed", "3", "--quiet", "--report"];
    place.sim_ends(1, &[&run[..], &sets].concat());
    let files = place.files();
    let page = files.iter().find(|file| file.ends_with("report.html")).expect("a page");
    let page = place.read(page);
    for part in ["badge invalid", "missing-at-node", "cut off by a partition", "data-show=\"0\""] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_broken_trace_shows_its_violation() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--duration", "5s", "--quiet"]);
    let trace = place.read("results/exp9/seed-1+duration=5s/trace.csv");
    let mut lines: Vec<String> = trace.lines().map(str::to_owned).collect();
    let mut fields: Vec<String> = lines[20].split(',').map(str::to_owned).collect();
    fields[3] = "1".to_owned();
    lines[20] = fields.join(",");
    place.write("broken.csv", lines.join("\n") + "\n");
    place.sim_ends(64, &["report", "broken.csv"]);
    place.sim_ends(0, &["report", "broken.csv", "--out", "broken.html"]);
    let page = place.read("broken.html");
    assert!(page.contains("badge invalid") && page.contains("row 21:"), "the violation");
}

#[test]
fn a_hundred_thousand_events_have_their_size() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--duration", "12500s", "--quiet"]);
    let folder = "results/exp9/seed-1+duration=12500s";
    place.sim_ends(0, &["report", folder]);
    let events = place.read(&format!("{folder}/trace.csv")).lines().count() - 1;
    assert_eq!(events, 100_000);
    let size = place.read(&format!("{folder}/report.html")).len();
    assert!(size <= 2_000_000 + 12 * events, "{size} bytes");
}

#[test]
fn of_many_machines_some_are_shown_and_bands_stand_for_all() {
    let place = Place::new();
    let config = "model = \"scale\"\nduration = \"20s\"\nevents = { one = 0.1 }\n\
                  rates = { random = [1, 9], count = 200 }\n";
    place.write("many.toml", config);
    place.sim_ends(0, &["run", "many.toml", "--quiet", "--report"]);
    let page = place.read("results/many/seed-1/report.html");
    assert!(page.contains("8 of 200 machines are shown"), "it says so");
}

#[test]
fn two_runs_have_one_page_with_their_first_difference() {
    let (place, folder) = with_page();
    place.sim_ends(0, &["run", "exp9", "--duration", "5s", "--seed", "2", "--quiet"]);
    let other = "results/exp9/seed-2+duration=5s";
    let ran = place.sim_ends(64, &["report", &folder, other]);
    assert!(ran.err.contains("--out"), "{}", ran.err);
    place.sim_ends(0, &["report", &folder, other, "--out", "two.html"]);
    let page = place.read("two.html");
    assert!(page.contains("The first difference") && page.contains("id=\"run-1\""));
    place.sim_ends(0, &["run", "glomers/1-echo", "--duration", "1s", "--quiet"]);
    let nodes = "results/glomers/1-echo/seed-1+duration=1s";
    place.sim_ends(64, &["report", &folder, nodes, "--out", "x.html"]);
    assert!(!place.join("x.html").exists());
}

/// Sends a request to a server; returns status and answer.
fn request(address: &str, method: &str, path: &str, host: Option<&str>) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let host = host.unwrap_or(address);
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        .expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("a status"), text)
}

#[cfg(unix)]
#[test]
fn results_are_served_to_those_who_know_the_token() {
    let (place, folder) = with_page();
    place.sim_ends(0, &["sweep", "glomers/1-echo", "--seeds", "0..2", "--duration", "1s", "-q"]);
    let mut child = place
        .command(&["serve"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    assert!(line.starts_with("2 results of results: http://127.0.0.1:"), "{line}");
    let url = line.trim().rsplit(' ').next().expect("an address");
    let (address, token) = url["http://".len()..].split_once('/').expect("a path");
    let get = |path: &str| request(address, "GET", path, None);
    let (status, index) = get(&format!("/{token}"));
    assert_eq!(status, 200);
    assert!(folder.ends_with("exp9/seed-1+duration=5s") && index.contains("seed-1+duration=5s"));
    let link = index.split("href=\"r/exp9").nth(1).and_then(|rest| rest.split('"').next());
    let (status, page) = get(&format!("/{token}r/exp9{}", link.expect("a link")));
    assert_eq!(status, 200);
    assert!(page.contains("<!-- a report of sim -->") && page.contains("nosniff"));
    // Nothing else is served, to others, or by another name.
    for path in ["/", "/x/", &format!("/{}", "0".repeat(32))] {
        assert_eq!(get(path).0, 403, "{path}");
    }
    for path in ["r/../../Cargo.toml", "r//etc/passwd", "r/exp9", "r/..", "manifest.json"] {
        assert_eq!(get(&format!("/{token}{path}")).0, 404, "{path}");
    }
    let of_index = format!("/{token}");
    assert_eq!(request(address, "POST", &of_index, None).0, 405);
    assert_eq!(request(address, "GET", &of_index, Some("evil.example")).0, 403);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it is there");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}
