//! Text in a PDF: the one place where it becomes strings of that format.

use std::fmt::Write;

/// Characters of the encoding between 0x80 and 0x9f that pictures use.
const BETWEEN: [(char, u8); 18] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('Œ', 0x8c),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('™', 0x99),
    ('š', 0x9a),
];

/// Signs that the fonts lack, in other words.
const WORDS: [(char, &str); 9] = [
    ('→', "->"),
    ('←', "<-"),
    ('≤', "<="),
    ('≥', ">="),
    ('≠', "!="),
    ('≈', "~"),
    ('−', "-"),
    ('⁶', "^6"),
    ('∞', "inf"),
];

/// Encodes a text for the fonts of every reader: Latin letters. Others are question marks.
pub(super) fn winansi(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        let between = BETWEEN.iter().find(|(known, _)| *known == c);
        match (c, between) {
            (' '..='~' | '\u{a0}'..='\u{ff}', _) => bytes.push(c as u32 as u8),
            (_, Some((_, byte))) => bytes.push(*byte),
            _ => match WORDS.iter().find(|(known, _)| *known == c) {
                Some((_, words)) => bytes.extend(words.as_bytes()),
                None => bytes.push(b'?'),
            },
        }
    }
    bytes
}

/// Writes bytes as a string in parentheses: all but letters, digits and harmless signs as numbers.
pub(super) fn literal(bytes: &[u8]) -> String {
    let mut text = String::from("(");
    for byte in bytes {
        match byte {
            b'(' | b')' | b'\\' | 0..=31 | 127.. => {
                let _ = write!(text, "\\{byte:03o}");
            }
            _ => text.push(char::from(*byte)),
        }
    }
    text.push(')');
    text
}

/// Writes a text of any characters as a string for the file's metadata.
pub(super) fn utf16(text: &str) -> String {
    let mut hex = String::from("<FEFF");
    for unit in text.encode_utf16() {
        let _ = write!(hex, "{unit:04X}");
    }
    hex.push('>');
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_balanced_whatever_they_say() {
        assert_eq!(
            literal(&winansi("a (b\\) é … 名 →\n")),
            "(a \\050b\\134\\051 \\351 \\205 ? ->?)"
        );
        assert_eq!(utf16("é😀"), "<FEFF00E9D83DDE00>");
    }
}
