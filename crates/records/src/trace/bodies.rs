//! `bodies.jsonl`: what messages said, one JSON object per line, in the order of their sends.

use std::fmt::Write;

/// Writes the line of a message: its number, and its body as JSON.
pub fn write_body(out: &mut String, message: u64, body: &str) {
    writeln!(out, "{{\"message\":{message},\"body\":{body}}}").expect("writing to a string");
}

/// Splits a line of such a file into the number of the message and its body as JSON, which is not
/// parsed; `None` if the line has another form.
pub fn split_body(line: &str) -> Option<(u64, &str)> {
    let rest = line.strip_prefix("{\"message\":")?;
    let (number, body) = rest.split_once(",\"body\":")?;
    Some((number.parse().ok()?, body.strip_suffix('}')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_as_it_was_written() {
        let body = "{\"type\":\"echo\",\"body\":{}}";
        let mut line = String::new();
        write_body(&mut line, 7, body);
        assert_eq!(split_body(line.trim_end()), Some((7, body)));
        for bad in ["", "{}", "{\"message\":x,\"body\":1}", "{\"message\":1,\"body\":1"] {
            assert_eq!(split_body(bad), None, "{bad}");
        }
    }
}
