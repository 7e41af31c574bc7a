//! Foreign text in a page: names, values and errors that try to become elements, attributes or
//! scripts.

use serde_json::{Value, json};

use super::driver::Browser;
use super::{Pages, is_quiet};

/// Payloads; each is tried in three places: as a title, in a history, and in a log.
const PAYLOADS: [&str; 20] = [
    "<script>window.hacked = 1</script>",
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1>",
    "<svg><script>window.hacked=1</script></svg>",
    "\"><script>window.hacked=1</script>",
    "' onmouseover='window.hacked=1",
    "\" onfocus=\"window.hacked=1\" autofocus=\"",
    "<iframe src=javascript:window.hacked=1>",
    "<a href=javascript:window.hacked=1>x</a>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=x>",
    "<meta http-equiv=refresh content=0>",
    "<base href=x>",
    "<!-- --><b>",
    "&lt;script&gt;&#60;script&#62;",
    "<template><img src=x></template>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=window.hacked=1>",
    "\u{202e}evil\u{2066}",
    "\u{0}\u{1b}[31m\u{7f}\u{85}",
];

/// Returns a history in which a text is wherever foreign text can be.
fn history(text: &str) -> String {
    let entry = |kind: &str, process: u32, value: Value| {
        let time = 1_000 * (1 + u64::from(process));
        let mut entry = json!({"f": "echo", "value": value, "process": process, "time": time});
        entry["type"] = Value::from(kind);
        if kind == "info" {
            entry["error"] = json!(["net-timeout", text]);
        }
        format!("{entry}\n")
    };
    let fault = json!({
        "type": "info", "f": "start-partition", "process": "nemesis", "time": 5_000,
        "value": {"nodes": [text]},
    });
    [
        entry("invoke", 0, Value::from(text)),
        entry("ok", 0, Value::from(text)),
        entry("invoke", 1, json!({text: [text]})),
        entry("info", 1, json!({text: [text]})),
        format!("{fault}\n"),
    ]
    .concat()
}

/// Counts elements by name, and names all attributes.
const SHAPE: &str = "
    document.querySelectorAll('details').forEach((one) => { one.open = true; });
    const diagram = sim.shown.diagrams[0];
    for (let event = 0; event < diagram.run.count; event += 1) diagram.select(event);
    const counts = {}, attributes = new Set();
    for (const element of document.querySelectorAll('*')) {
      counts[element.localName] = (counts[element.localName] || 0) + 1;
      for (const attribute of element.attributes) {
        attributes.add(element.localName + ' ' + attribute.name);
      }
    }
    for (const name of ['a', 'span', 'td', 'th', 'tr', 'li', 'p', 'code']) delete counts[name];
    return JSON.stringify([counts, [...attributes].sort(), window.hacked === undefined]);";

#[test]
fn sixty_hostile_texts_add_no_element_attribute_or_script() {
    let pages = Pages::new();
    pages.sim(&[0], &["run", "glomers/1-echo", "-q", "--duration", "1s"]);
    let results = "results/glomers/1-echo/seed-1+duration=1s";
    std::fs::create_dir(pages.path(results).join("node-logs")).expect("a folder");
    let browser = Browser::start(1400, 1000);
    // As title, values, errors and faults of a history, and as the log of a node.
    let shapes = |text: &str| {
        let name = format!("{}.jsonl", text.replace(['/', '\0'], ""));
        std::fs::write(pages.path(&name), history(text)).expect("written");
        let log = pages.path(results).join("node-logs/n0.log");
        std::fs::write(log, format!("{text}\n")).expect("written");
        let of = |result: &str| {
            browser.open(&pages.page(&[&format!("./{result}"), "--force"], "page.html"));
            browser.run(SHAPE).as_str().expect("a text").to_owned()
        };
        [of(&name), of(results)]
    };
    let harmless = shapes("harmless");
    assert!(harmless.iter().all(|shape| shape.ends_with("true]")), "{harmless:?}");
    for payload in PAYLOADS {
        assert_eq!(shapes(payload), harmless, "{payload:?}");
        is_quiet(&browser, payload);
    }
}
