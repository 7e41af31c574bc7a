//! Foreign text in a page: names, values and errors that try to become elements, attributes or
//! scripts.

use serde_json::{Value, json};

use super::driver::Browser;
use super::{Pages, is_quiet};

/// Payloads; each is tried in each place where foreign text can be.
const PAYLOADS: [&str; 60] = [
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
    "<ScRiPt>window.hacked=1</sCrIpT>",
    "<script\t>window.hacked=1</script\t>",
    "<script/x>window.hacked=1</script>",
    "<<script>script>window.hacked=1<</script>/script>",
    "<script src=data:,window.hacked=1></script>",
    "<script type=module>window.hacked=1</script>",
    "</script ><script>window.hacked=1//",
    "<!--<script>-->window.hacked=1<!--</script>-->",
    "<!--<script>",
    "--><script>window.hacked=1</script><!--",
    "]]><script>window.hacked=1</script>",
    "<![CDATA[<script>window.hacked=1</script>]]>",
    "<?xml version='1.0'?><b>",
    "<!doctype html><html onclick=window.hacked=1>",
    "</body></html><script>window.hacked=1</script>",
    "</title><script>window.hacked=1</script>",
    "</style><script>window.hacked=1</script>",
    "</textarea><script>window.hacked=1</script>",
    "</noscript><script>window.hacked=1</script>",
    "</pre></details></section><h1>",
    "</text></svg><script>window.hacked=1</script>",
    "<foreignObject><body onload=window.hacked=1>",
    "<use href=data:image/svg+xml,x#a>",
    "<animate onbegin=window.hacked=1 attributeName=x>",
    "<set attributeName=onmouseover to=window.hacked=1>",
    "<object data=javascript:window.hacked=1>",
    "<embed src=javascript:window.hacked=1>",
    "<form action=javascript:window.hacked=1><input type=submit>",
    "<button formaction=javascript:window.hacked=1>x",
    "<input autofocus onfocus=window.hacked=1>",
    "<details open ontoggle=window.hacked=1>",
    "<video><source onerror=window.hacked=1></video>",
    "<audio src=x onerror=window.hacked=1>",
    "<body onload=window.hacked=1>",
    "<x onclick=window.hacked=1 id=page data-show=0>",
    "<p id=main data-run=1 class=badge>",
    "`${window.hacked=1}`",
    "\\u003cscript\\u003ewindow.hacked=1\\u003c/script\\u003e",
    "javascript:window.hacked=1",
    "\u{feff}<\u{200b}script>window.hacked=1\u{2028}</script>",
];

/// Returns a history in which a text is wherever foreign text can be: values and their keys,
/// errors, names of nodes, faults.
fn history(text: &str) -> String {
    let entry = |kind: &str, process: u32, value: Value| {
        let time = 1_000 * (1 + u64::from(process));
        let mut entry = json!({"f": "echo", "value": value, "process": process, "time": time});
        entry["type"] = Value::from(kind);
        entry["node"] = Value::from(text);
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

/// Puts a text into a result: into the body of each message, and the log of a node.
fn put_into(pages: &Pages, results: &str, text: &str) {
    let path = |name: &str| pages.path(results).join(name);
    let read = |name: &str| std::fs::read_to_string(path(name)).expect("a file");
    let line = |line: &str| {
        let message: Value = serde_json::from_str(line).expect("a body");
        let body = json!({"type": text, text: text, "echo": [text]});
        format!("{{\"message\":{},\"body\":{body}}}\n", message["message"])
    };
    let bodies: String = read("bodies.jsonl").lines().map(line).collect();
    let mut manifest: Value = serde_json::from_str(&read("manifest.json")).expect("a manifest");
    manifest["bodies_blake3"] = blake3::hash(bodies.as_bytes()).to_hex().as_str().into();
    let written = [
        ("bodies.jsonl", bodies),
        ("manifest.json", format!("{manifest:#}\n")),
        ("node-logs/n0.log", format!("{text}\n")),
    ];
    written.iter().for_each(|(name, text)| std::fs::write(path(name), text).expect("written"));
}

/// Counts elements by name, and names all attributes.
const SHAPE: &str = "
    document.querySelectorAll('details').forEach((one) => { one.open = true; });
    const diagram = sim.shown.diagrams[0];
    for (let event = 0; event < diagram.run.count; event += 1) diagram.select(event);
    for (let copy = 0; copy < Math.min(20, diagram.run.copies); copy += 1) diagram.selectCopy(copy);
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
    pages.sim(&[0], &["run", "glomers/1-echo", "-q", "--duration", "1s", "--bodies"]);
    let results = "results/glomers/1-echo/seed-1+duration=1s";
    std::fs::create_dir_all(pages.path(results).join("node-logs")).expect("a folder");
    let browser = Browser::start(1400, 1000);
    // As title, values, errors, nodes and faults of a history; as bodies and log of a run.
    let shapes = |text: &str| {
        let name: String = text.replace(['/', '\0'], "").chars().take(60).collect();
        let name = format!("{name}.jsonl");
        std::fs::write(pages.path(&name), history(text)).expect("written");
        put_into(&pages, results, text);
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
