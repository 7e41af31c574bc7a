//! The commands of `docs/glomers.md` give the verdicts and figures that stand beside them.

use crate::support::{Place, root, side_by_side};

/// Whether a text has another one in it that is not a part of a longer word or number.
fn has(text: &str, part: &str) -> bool {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '.';
    text.match_indices(part).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + part.len()..].chars();
        let next = after.next();
        // A full stop or a range may follow a number.
        let goes_on = next.is_some_and(|c| c.is_ascii_alphanumeric())
            || next == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit());
        !before.is_some_and(is_inside) && !goes_on
    })
}

#[test]
fn each_row_of_the_six_challenges_is_what_its_command_prints() {
    let page = std::fs::read_to_string(root().join("docs/glomers.md")).expect("the page");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| `sim "))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 20, "{}", rows.len());
    let wrong = side_by_side(&rows, |cells| {
        let place = Place::new();
        let arguments: Vec<&str> = cells[0].trim_matches('`').split(' ').skip(1).collect();
        let ran = place.sim(&arguments);
        let text = format!("{}{}", ran.out, ran.err);
        let expected = if cells[1] == "valid" { 0 } else { 1 };
        let parts = cells[1..].iter().flat_map(|cell| cell.split(", "));
        let missing: Vec<&str> =
            parts.map(|part| part.trim_matches('`')).filter(|part| !has(&text, part)).collect();
        (ran.code != expected || !missing.is_empty())
            .then(|| format!("{}: {}, not there: {missing:?}\n{text}", cells[0], ran.code))
    });
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_figure_is_found_as_a_whole() {
    assert!(has("0.606 per operation", "0.606"));
    assert!(has("p95, p99, max 98, 99, 99 (of", "99"));
    assert!(!has("it is 10.606", "0.606") && !has("0.6061", "0.606") && !has("2.4.5", "2.4"));
    assert!(!has("invalid", "valid") && has("valid (Maelstrom", "valid"));
}
