//! A grading as JUnit XML, which most systems of continuous integration show: a suite for each
//! submission, a case for each check.

use std::fmt::Write;

use super::outcome::{Grade, RunGrade};

/// Returns the XML.
pub fn junit(name: &str, grades: &[Grade<'_>]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    // Writing to a text does not fail.
    let _ = writeln!(xml, "<testsuites name=\"{}\">", escaped(name));
    for grade in grades {
        let count = |wanted| grade.checks.iter().filter(|it| it.grade() == wanted).count();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
            escaped(&grade.name),
            grade.checks.len(),
            count(RunGrade::Failed),
            count(RunGrade::Undetermined),
        );
        for outcome in &grade.checks {
            let (suite, case) = (escaped(&grade.name), escaped(&outcome.check.name));
            let _ = write!(xml, "    <testcase classname=\"{suite}\" name=\"{case}\"");
            let element = match outcome.grade() {
                RunGrade::Passed => {
                    xml.push_str("/>\n");
                    continue;
                }
                RunGrade::Failed => "failure",
                RunGrade::Undetermined => "error",
            };
            let reason = escaped(&outcome.reason().unwrap_or_default());
            let all: Vec<String> =
                outcome.runs.iter().flat_map(|run| run.reasons.clone()).collect();
            let all = escaped(&all.join("\n"));
            let _ = writeln!(
                xml,
                ">\n      <{element} message=\"{reason}\">{all}</{element}>\n    </testcase>"
            );
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// Escapes a text for XML 1.0, which has no control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_is_markup() {
        assert_eq!(escaped("<a b=\"c\">&\u{1b}\n"), "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}&#10;");
    }
}
