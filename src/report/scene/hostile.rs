//! Tests that no text breaks out of SVG, PDF or terminal output, whatever it says.

use super::{Anchor, Colour, Scene, Stroke, Text};

/// Texts that mean something to XML, terminals, readers of PDF, or layouters of text.
const TEXTS: [&str; 44] = [
    "<",
    ">",
    "&",
    "\"",
    "'",
    "</text>",
    "</svg><script>alert(1)</script>",
    "<!-- --",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version=\"1.0\"?>",
    "<!DOCTYPE x [<!ENTITY y \"z\">]>",
    "&y;",
    "&#0;",
    "&#x1b;",
    "&amp",
    "\" onload=\"alert(1)",
    "' fill='red",
    "javascript:alert(1)",
    "url(#clip-1)",
    "\u{0}",
    "\u{1}\u{8}\u{b}\u{c}\u{1f}",
    "\u{7f}\u{80}\u{9f}",
    "\t\r\n",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;http://x\u{1b}\\link",
    "\u{9b}31m",
    "\u{90}q\u{9c}",
    "\u{202e}txet desrever",
    "\u{2066}\u{2069}\u{200f}\u{61c}",
    "\u{2028}\u{2029}\u{feff}",
    "\u{fffe}\u{ffff}",
    "\u{1fffe}\u{10ffff}",
    "\u{e0001}\u{e007f}",
    "(",
    ")",
    "\\",
    ") Tj ET Q BT (",
    "\\) \\( \\\\",
    "endstream endobj 4 0 obj << >>",
    "<FEFF> %%EOF",
    "$\\frac{a}{b}$ \\$ $",
];

fn payloads() -> Vec<String> {
    let mut all: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    let wholes = ["名前", "👩‍👩‍👧", "e\u{301}\u{301}", "𝒳𐍈", "ﷺ", "\u{200b}\u{200d}"];
    all.extend(wholes.map(str::to_owned));
    // Very long ones, also where escaping makes them longer.
    all.extend(
        ["x", "<", "&", "(", "\\", "\u{1b}", "名", "\u{202e}", "\""].map(|c| c.repeat(9_000)),
    );
    all.push(TEXTS.concat());
    all
}

fn scene(payload: &str) -> Scene {
    let mut scene = Scene::new(320.0, 64.0, Colour::WHITE);
    payload.clone_into(&mut scene.title);
    scene.begin(&[payload.to_owned(), "second line".to_owned()]);
    scene.line((0.0, 0.0), (9.0, 9.0), Stroke::solid(Colour::BLACK, 1.0));
    scene.end();
    for (row, upwards) in [(1.0, false), (2.0, true)] {
        let (anchor, colour, content) = (Anchor::Middle, Colour::BLACK, payload.to_owned());
        let at = (160.0, 20.0 * row);
        scene.text(Text { at, content, size: 12.0, anchor, bold: false, upwards, colour });
    }
    scene
}

/// Checks that a text is XML in which each element ends.
fn check_xml(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        check_text(&rest[..at]);
        rest = &rest[at + 1..];
        // Quotes of attributes may contain the end of a tag, but no beginning of one.
        let mut quoted = false;
        let end = rest.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let (tag, after) = rest.split_at(end.expect("the end of a tag"));
        assert!(!tag.contains('<'), "{tag}");
        assert!(!tag.starts_with(['!', '?']), "{tag}");
        tag.split('"').skip(1).step_by(2).for_each(check_text);
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or("");
        let known = ["svg", "title", "rect", "path", "circle", "g", "text", "clipPath"];
        assert!(known.contains(&name), "{tag}");
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name)),
            (false, false) => open.push(name),
            (false, true) => {}
        }
        rest = &after[1..];
    }
    check_text(rest);
    assert!(open.is_empty(), "{open:?}");
}

fn check_text(text: &str) {
    for c in text.chars() {
        assert!(!c.is_control() || c == '\n', "{c:?}");
        assert!(!matches!(c, '\u{fffe}' | '\u{ffff}' | '<' | '\u{202e}'), "{c:?}");
    }
    for entity in text.split('&').skip(1) {
        let name = entity.split(';').next().expect("a part");
        assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "{entity}");
    }
}

/// Checks that strings are balanced, and that objects are where the table says.
fn check_pdf(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).expect("only ASCII");
    assert!(text.is_ascii() && !text.contains(|c: char| c.is_control() && c != '\n'));
    let mut inside = false;
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' if inside => drop(letters.next()),
            '(' => {
                assert!(!inside, "nested parentheses");
                inside = true;
            }
            ')' => {
                assert!(inside, "an end without a beginning");
                inside = false;
            }
            _ => {}
        }
    }
    assert!(!inside);
    let table = text.rfind("xref\n0 ").map(|at| &text[at..]).expect("a table");
    for (number, line) in (1..).zip(table.lines().skip(3).take_while(|line| line.ends_with("n "))) {
        let at: usize = line[..10].parse().expect("a place");
        assert!(text[at..].starts_with(&format!("{number} 0 obj")), "{line}");
    }
    assert_eq!(text.matches("endstream\nendobj").count(), 1);
}

#[test]
fn no_text_breaks_out_of_a_picture() {
    let all = payloads();
    assert_eq!(all.len(), 60);
    for payload in all {
        let scene = scene(&payload);
        check_xml(&scene.to_svg());
        check_pdf(&scene.to_pdf());
        let plain = scene.to_terminal(false);
        assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{payload:?}");
        assert!(!plain.contains('\u{202e}'), "{payload:?}");
        let coloured = scene.to_terminal(true);
        for sequence in coloured.split('\u{1b}').skip(1) {
            let code = sequence.split('m').next().unwrap_or("");
            let is_ours =
                code.starts_with('[') && code[1..].chars().all(|c| c.is_ascii_digit() || c == ';');
            assert!(is_ours, "{payload:?}: {sequence:?}");
        }
        assert!(scene.to_png(48).is_ok(), "{payload:?}");
    }
}
