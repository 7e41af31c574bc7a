//! Suggestions for misspelt names, for hints of the form "did you mean …?".

/// Number of letters of a known name per permitted edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LettersPerEdit {
    /// For names in a message, of which few are known.
    Two = 2,
    /// For names of files, most of which are not misspelt known names.
    Three = 3,
}

/// Returns the known name with the smallest edit distance to `name`, of several the first in
/// alphabetical order; `None` if all distances are too large.
///
/// An edit inserts, removes or replaces a letter, or swaps two adjacent ones (Damerau-Levenshtein).
pub fn nearest<'k>(
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
    letters: LettersPerEdit,
) -> Option<&'k str> {
    // A name of one or two letters may have one edit.
    let edits_max = |known: &str| known.len().max(3) / letters as usize;
    let distances =
        known.into_iter().map(|known| (strsim::damerau_levenshtein(known, name), known));
    distances.filter(|(edits, known)| *edits <= edits_max(known)).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_edits_win_and_too_many_are_refused() {
        let check = |name, letters, expected| {
            assert_eq!(nearest(name, ["rates", "rate", "seed", "k"], letters), expected, "{name}");
        };
        check("raet", LettersPerEdit::Two, Some("rate"));
        check("ratess", LettersPerEdit::Two, Some("rates"));
        check("sed", LettersPerEdit::Three, Some("seed"));
        check("sad", LettersPerEdit::Three, None);
        check("j", LettersPerEdit::Two, Some("k"));
        check("duration", LettersPerEdit::Two, None);
    }
}
