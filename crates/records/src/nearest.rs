//! The known name that a misspelt one most likely means, for hints of the form "did you mean …?".

/// Number of letters of a known name for each edit that a misspelling may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LettersPerEdit {
    /// Names within one message, of which few are known.
    Two = 2,
    /// Names of files, most of which are not meant to be a known one.
    Three = 3,
}

/// Returns the known name with the fewest edits from `name`, the first in alphabetical order of
/// several; `None` if all of them need too many.
///
/// An edit inserts, removes or replaces a letter, or swaps two neighbours.
pub fn nearest<'k>(
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
    letters: LettersPerEdit,
) -> Option<&'k str> {
    // A name of one or two letters may be misspelt by one of them.
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
