//! What is not TOML, in words of our own: what is wrong, and how it is written.

use std::ops::Range;

use super::comma;
use super::diagnostic::{ConfigError, Source, shortened};

/// Maximum number of mistakes that are reported.
const MISTAKES_MAX: usize = 20;

/// Returns the mistakes in a text that is not TOML, at most one of each line. Those behind one that
/// leaves a bracket or a quote open are left out, since that one may have caused them.
pub(super) fn error(source: Source<'_>, errors: &[toml::de::Error]) -> ConfigError {
    let mut found: Vec<ConfigError> = Vec::new();
    // Of the mistakes of a line, the parser names the one that matters first.
    let line = |error: &toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start);
        source.text.bytes().take(start).filter(|byte| *byte == b'\n').count()
    };
    let mut errors: Vec<_> = errors.iter().map(|error| (line(error), error)).collect();
    errors.sort_by_key(|(line, _)| *line);
    for (_, error) in errors {
        let span = error.span().unwrap_or(0..0);
        let message = error.message();
        let mistake =
            comma::error(source, &span).unwrap_or_else(|| reworded(source, span, message));
        let line = |error: &ConfigError| error.snippet.as_ref().map(|at| at.line);
        if !found.iter().any(|known| line(known) == line(&mistake)) {
            found.push(mistake);
        }
        if leaves_open(message) || found.len() == MISTAKES_MAX {
            break;
        }
    }
    let mut all = found.into_iter();
    let first = all.next().unwrap_or_else(|| ConfigError::of_file(source.name, "this is not TOML"));
    ConfigError { further: all.collect(), ..first }
}

/// Whether a mistake changes the meaning of the lines behind it.
fn leaves_open(message: &str) -> bool {
    ["unclosed", "invalid basic", "invalid literal", "invalid multi"]
        .iter()
        .any(|begin| message.starts_with(begin))
}

/// Returns a mistake in our words. What the parser says is only used to tell the kinds apart.
fn reworded(source: Source<'_>, span: Range<usize>, message: &str) -> ConfigError {
    let (problem, hint) = words(source.text, &span, message);
    let error = ConfigError::in_file(source, &span, problem);
    ConfigError { hint, ..error }
}

fn words(text: &str, span: &Range<usize>, message: &str) -> (String, Option<String>) {
    let found = text.get(span.clone()).unwrap_or("").trim();
    let shown = shortened(found);
    let before = text.get(..span.start).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    let rest = text.get(span.start..).unwrap_or("").lines().next().unwrap_or("");
    let is = |begin: &str| message.starts_with(begin);
    let hint = |hint: &str| Some(hint.to_owned());
    let missing =
        |what: &str, mark: &str| (format!("{what} has no end: a {mark} is missing"), None);
    if is("string values must be quoted") {
        return unquoted(found);
    }
    if is("invalid basic string") || is("invalid multi-line basic") {
        return missing("the text", "`\"`");
    }
    if is("invalid literal string") || is("invalid multi-line literal") {
        return missing("the text", "`'`");
    }
    if is("missing opening quote") {
        return ("a text has no beginning: its first quote is missing".to_owned(), None);
    }
    if is("unclosed array") {
        return missing("the list", "`]`");
    }
    if is("unclosed inline table") {
        return missing("the table", "`}`");
    }
    if is("unclosed table") {
        return missing("the name of the table", "`]`");
    }
    if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| format!("{line}{rest}").contains(mark)) {
        let hint = hint("decide which of the two versions is right, and remove these marks");
        return ("this line is a mark of an unfinished merge".to_owned(), hint);
    }
    if is("key with no value") {
        let hint = match rest.trim_start().strip_prefix(':') {
            Some(value) => Some(format!("write `{} ={value}`", line.trim())),
            None if line.trim_end().ends_with(':') => {
                Some(format!("write `{} = {}`", line.trim().trim_end_matches(':'), rest.trim()))
            }
            None => Some(format!("write `{} = …`", line.trim())),
        };
        return ("a key has no value: an `=` is missing".to_owned(), hint);
    }
    if is("duplicate key") {
        return (format!("`{shown}` is here twice"), hint("leave one of them out"));
    }
    if is("extra comma") {
        return ("there is a comma too many".to_owned(), None);
    }
    if is("unexpected key or value") {
        return (format!("something stands behind the value: {}", shortened(rest.trim())), None);
    }
    if is("unexpected leading zero") {
        let number = rest.trim_start_matches('0');
        return ("a number does not begin with 0".to_owned(), Some(format!("write {number}")));
    }
    if is("invalid mantissa") || is("invalid exponent") || is("invalid number") {
        let number = rest.split([',', ']', '}', ' ', '#']).next().unwrap_or("");
        let hint = number.starts_with('.').then(|| format!("write 0{number}"));
        return ("this is no complete number".to_owned(), hint);
    }
    if is("invalid unquoted key") {
        let hint = hint("a key has letters from a to z, digits, `-` and `_`; others need quotes");
        return (format!("`{shown}` is no key"), hint);
    }
    if is("unquoted keys cannot be empty") {
        return ("the key before the `=` is missing".to_owned(), None);
    }
    if is("missing escaped value") || is("invalid escape") {
        let hint = hint("a backslash in a text is written twice, or the text stands in 'quotes'");
        return ("a backslash stands before a character that has no such form".to_owned(), hint);
    }
    if rest.starts_with('{') {
        let hint = hint("a config has lines such as `duration = \"60s\"`; is this JSON?");
        return ("this is not TOML".to_owned(), hint);
    }
    let kind = message.lines().next().unwrap_or("").split(", expected").next().unwrap_or("").trim();
    (format!("this is not TOML: {kind}"), None)
}

/// Words for a value that is no number, no time and no text in quotes.
fn unquoted(found: &str) -> (String, Option<String>) {
    let is_number = |word: &str| word.parse::<f64>().is_ok();
    let words: Vec<&str> = found.split_whitespace().collect();
    if words.len() > 1 && words.iter().all(|word| is_number(word)) {
        let hint = format!("write {}", words.join(", "));
        return ("the values of a list have commas between them".to_owned(), Some(hint));
    }
    let inner = found.trim_matches(['“', '”', '„', '‘', '’', '«', '»', '`']);
    let kind = match inner == found {
        true => "a text stands in quotes",
        false => "a text stands in straight quotes",
    };
    let shown = shortened(found);
    let hint = (!inner.contains(['"', '\\']))
        .then(|| format!("write \"{}\"", shortened(&inner.replace(' ', ""))))
        .filter(|_| words.len() == 1 || inner.starts_with(|c: char| c.is_ascii_digit()));
    (format!("{kind}: found {shown}"), hint)
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[track_caller]
    fn refused(text: &str, place: &str, problem: &str, hint: &str) {
        let error = tree::parse(Source { name: "a.toml", text }).expect_err(text);
        let found = (error.place.as_str(), error.problem.as_str(), error.hint.as_deref());
        assert_eq!(found, (place, problem, Some(hint).filter(|hint| !hint.is_empty())), "{text}");
    }

    #[test]
    fn what_people_write_is_explained() {
        let quotes = |found| format!("a text stands in quotes: found {found}");
        refused("duration = 60s", "a.toml:1:12", &quotes("60s"), "write \"60s\"");
        refused("duration = 60 s", "a.toml:1:12", &quotes("60 s"), "write \"60s\"");
        let straight = "a text stands in straight quotes: found “60s”";
        refused("duration = “60s”", "a.toml:1:12", straight, "write \"60s\"");
        let commas = "the values of a list have commas between them";
        refused("rates = [1 2]", "a.toml:1:10", commas, "write 1, 2");
        let open = "the text has no end: a `\"` is missing";
        refused("duration = \"60s", "a.toml:1:16", open, "");
        refused("rates = [1, 2", "a.toml:1:14", "the list has no end: a `]` is missing", "");
        let no_value = "a key has no value: an `=` is missing";
        refused("duration: \"60s\"", "a.toml:1:11", no_value, "write `duration = \"60s\"`");
        let twice = "`a` is here twice";
        refused("a = 1\na = 2", "a.toml:2:1", twice, "leave one of them out");
        refused("loss = .5", "a.toml:1:8", "this is no complete number", "write 0.5");
        refused("seed = 01", "a.toml:1:8", "a number does not begin with 0", "write 1");
    }

    #[test]
    fn no_word_of_the_parser_is_shown() {
        for text in [
            "x",
            "= 1",
            "[a",
            "a = ",
            "a = [1,,2]",
            "a = 'it's'",
            "a = 1e",
            "ü = 1",
            "a = 2020-13-01",
        ] {
            let error = tree::parse(Source { name: "a.toml", text }).expect_err(text);
            assert!(!error.to_string().contains("expected"), "{error}");
        }
    }

    #[test]
    fn mistakes_of_several_lines_are_found() {
        let text = "a = 60s\nb = 1\nc = .5\n[d\ne = 5s\n";
        let error = tree::parse(Source { name: "a.toml", text }).expect_err(text);
        let lines: Vec<usize> =
            error.all().filter_map(|error| error.snippet.as_ref().map(|at| at.line)).collect();
        assert_eq!(lines, [1, 3, 4], "{error}");
    }
}
