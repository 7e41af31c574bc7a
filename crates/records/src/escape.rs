//! Escaping of untrusted text for terminals: on one line, of limited length, and without characters
//! that control the terminal or reorder adjacent text.
//!
//! Messages and tables show untrusted text through this file; files and JSON keep it as it is.

use std::borrow::Cow;
use std::path::Path;

/// Maximum number of characters in a line of a message.
const LINE_MAX: usize = 1_000;
/// Number of characters kept at the end of a truncated line.
const END_KEPT: usize = 200;
/// Maximum number of lines in a message.
const LINES_MAX: usize = 200;

/// Whether a character must not reach a terminal unescaped: C0, DEL and C1 controls, controls of
/// bidirectional text, line and paragraph separators, and invisible tags.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Escapes each unsafe character as in Rust literals: `\n`, `\u{1b}`.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_unsafe(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Formats a text on one line, truncated in the middle if it is too long.
pub fn line(text: &str) -> String {
    // Escaping comes first, since it lengthens the text: the limit is on what is shown.
    let text = escape(text);
    match text.char_indices().nth(LINE_MAX) {
        None => text.into_owned(),
        Some(_) => {
            let begin: String = text.chars().take(LINE_MAX - END_KEPT).collect();
            let count = text.chars().count();
            let end: String = text.chars().skip(count - END_KEPT).collect();
            format!("{begin} … {} characters … {end}", count - LINE_MAX)
        }
    }
}

/// Formats a path on one line.
pub fn path(path: &Path) -> String {
    line(&path.to_string_lossy())
}

/// Formats a message of several lines, of which each but the first is indented by two spaces. Any
/// other line break is untrusted and escaped, and so are the texts in `foreign`, wherever they
/// occur.
pub fn message(text: &str, foreign: &[String]) -> String {
    let mut text = Cow::Borrowed(text);
    for foreign in foreign.iter().filter(|foreign| foreign.contains(is_unsafe)) {
        if text.contains(foreign.as_str()) {
            text = Cow::Owned(text.replace(foreign.as_str(), &escape(foreign)));
        }
    }
    let mut lines: Vec<String> = vec![];
    let mut rest = text.as_ref();
    loop {
        let end = rest.match_indices('\n').find(|(at, _)| rest[at + 1..].starts_with("  "));
        let Some((at, _)) = end.filter(|_| lines.len() < LINES_MAX) else { break };
        lines.push(line(&rest[..at]));
        rest = &rest[at + 1..];
    }
    lines.push(line(rest.trim_end()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_all_else_stays() {
        let hostile = "a\u{1b}]0;x\u{7}\r\n\u{9b}31m\u{7f}\u{202e}\u{2066}\u{200f}\u{2028}\tb";
        let shown = "a\\u{1b}]0;x\\u{7}\\r\\n\\u{9b}31m\\u{7f}\\u{202e}\\u{2066}\\u{200f}\
                     \\u{2028}\\tb";
        assert_eq!(escape(hostile), shown);
        assert_eq!(escape("größe → 3 µs, 名前 👩‍👩‍👧"), "größe → 3 µs, 名前 👩‍👩‍👧");
    }

    #[test]
    fn long_lines_keep_their_beginning_and_their_end() {
        let long = format!("begin{}end", "x".repeat(100_000));
        let shown = line(&long);
        assert!(shown.starts_with("begin") && shown.ends_with("end"), "{shown}");
        assert!(shown.chars().count() < LINE_MAX + 50, "{}", shown.len());
        assert_eq!(line("short"), "short");
    }

    #[test]
    fn only_indented_lines_are_ours() {
        let forged = "a\nerror: forged".to_owned();
        assert_eq!(message("x: wrong\n  hint: y\nforged\n", &[]), "x: wrong\n  hint: y\\nforged");
        let sly = "a\n  hint: forged".to_owned();
        let text = format!("{sly}/b: wrong, {forged}\n  hint: ours");
        let shown = "a\\n  hint: forged/b: wrong, a\\nerror: forged\n  hint: ours";
        assert_eq!(message(&text, &[sly, forged]), shown);
    }
}
