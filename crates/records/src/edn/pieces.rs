//! Incremental reader of EDN: splits a text into pieces of a few values, so that a text of any
//! length is read in the memory of its longest value.
//!
//! A piece ends where a bracket closes and none is open. Values in one outer vector or list are
//! pieces of their own. Whether a piece is valid EDN is decided by [`read_all`].

use std::io::{self, BufRead};

use super::{Placed, ReadError, read_all};

/// Maximum length of a piece in bytes.
const PIECE_MAX: usize = 64 << 20;

/// Error when a text is read in pieces.
#[derive(Debug, thiserror::Error)]
pub enum PiecesError {
    /// The input failed.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The input is not EDN.
    #[error(transparent)]
    Edn(#[from] ReadError),
}

/// Iterator over the values of a text, a few at a time.
#[derive(Debug)]
pub struct Pieces<R> {
    input: R,
    splitter: Splitter,
}

/// State of the splitter within a piece.
#[derive(Debug)]
struct Splitter {
    /// Position of the next byte.
    line: u64,
    column: u64,
    /// Bytes of the piece so far, and the position of its beginning.
    piece: Vec<u8>,
    begins: (u64, u64),
    /// Whether the piece is in an outer vector or list.
    is_inner: bool,
    /// Number of open brackets in the piece.
    depth: usize,
    /// Number of values of the piece that are still to be discarded by a preceding `#_`.
    taken_away: usize,
    /// Closing bracket of the outer vector or list, if the text is in one, and the position of its
    /// beginning.
    outer: Option<(u8, (u64, u64))>,
    place: Place,
}

/// Lexical context of the next byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Between tokens.
    Between,
    /// In a number, a name or a symbol.
    Token,
    /// After a `#`, such as at the `_` of `#_`.
    Hash,
    /// At a character after its backslash.
    Character,
    Text,
    /// In a text after a backslash.
    Escape,
    Comment,
}

impl<R: BufRead> Pieces<R> {
    /// Creates a reader of the pieces of a text.
    pub fn new(input: R) -> Pieces<R> {
        let splitter = Splitter {
            line: 1,
            column: 1,
            piece: vec![],
            begins: (1, 1),
            is_inner: false,
            depth: 0,
            taken_away: 0,
            outer: None,
            place: Place::Between,
        };
        Pieces { input, splitter }
    }

    /// Returns the values of the next piece, and whether they are in an outer vector or list;
    /// `None` at the end.
    ///
    /// # Errors
    /// If the input fails or is not EDN.
    pub fn next_piece(&mut self) -> Result<Option<(Vec<Placed>, bool)>, PiecesError> {
        loop {
            let Pieces { input, splitter } = self;
            let bytes = input.fill_buf()?;
            if bytes.is_empty() {
                return Ok(splitter.last()?);
            }
            let end = bytes.iter().position(|byte| splitter.take(*byte));
            let used = end.map_or(bytes.len(), |end| end + 1);
            input.consume(used);
            if splitter.piece.len() > PIECE_MAX {
                let problem = "it has a value of more than 64 MiB";
                return Err(splitter.error(splitter.begins, problem).into());
            }
            if end.is_some() {
                return Ok(Some((splitter.values()?, splitter.is_inner)));
            }
        }
    }
}

impl Splitter {
    /// Returns the remaining values at the end of the input.
    fn last(&mut self) -> Result<Option<(Vec<Placed>, bool)>, ReadError> {
        let values = self.values()?;
        match self.outer {
            Some((close, begins)) => {
                let problem = format!("its `{}` is missing", char::from(close));
                Err(self.error(begins, &problem))
            }
            None if values.is_empty() => Ok(None),
            None => Ok(Some((values, false))),
        }
    }

    /// Processes a byte; returns whether the piece ends with it.
    fn take(&mut self, byte: u8) -> bool {
        let at = (self.line, self.column);
        if byte == b'\n' {
            (self.line, self.column) = (self.line + 1, 1);
        } else if byte & 0xc0 != 0x80 {
            self.column += 1;
        }
        let is_code =
            !matches!(self.place, Place::Text | Place::Escape | Place::Comment | Place::Character);
        let before = self.place;
        self.place = next_place(before, byte);
        if !is_code {
            return self.keep(byte, at);
        }
        match byte {
            b'[' | b'(' if self.piece.is_empty() && self.outer.is_none() => {
                self.outer = Some((if byte == b'[' { b']' } else { b')' }, at));
                false
            }
            b'[' | b'(' | b'{' => {
                self.depth += 1;
                self.keep(byte, at)
            }
            b']' | b')' | b'}' if self.depth > 0 => {
                self.depth -= 1;
                self.keep(byte, at);
                let ends = self.depth == 0 && self.taken_away == 0;
                if self.depth == 0 {
                    self.taken_away = self.taken_away.saturating_sub(1);
                }
                ends
            }
            _ if self.depth == 0 && self.outer.is_some_and(|(close, _)| close == byte) => {
                self.outer = None;
                !self.piece.is_empty()
            }
            b'_' if before == Place::Hash && self.depth == 0 => {
                self.taken_away += 1;
                self.keep(byte, at)
            }
            _ => self.keep(byte, at),
        }
    }

    /// Appends a byte to the piece; leading space is dropped.
    fn keep(&mut self, byte: u8, at: (u64, u64)) -> bool {
        if self.piece.is_empty() {
            if byte.is_ascii_whitespace() || byte == b',' {
                return false;
            }
            (self.begins, self.is_inner) = (at, self.outer.is_some());
        }
        self.piece.push(byte);
        false
    }

    /// Parses the values of the finished piece.
    fn values(&mut self) -> Result<Vec<Placed>, ReadError> {
        let piece = std::mem::take(&mut self.piece);
        let (line, column) = self.begins;
        (self.depth, self.taken_away) = (0, 0);
        let Ok(text) = std::str::from_utf8(&piece) else {
            return Err(self.error(self.begins, "a value is not text: it is not UTF-8"));
        };
        let moved = |error: ReadError| ReadError {
            line: line + error.line - 1,
            column: if error.line == 1 { column + error.column - 1 } else { error.column },
            problem: error.problem,
        };
        let mut values = read_all(text).map_err(moved)?;
        values.iter_mut().for_each(|placed| placed.line += line - 1);
        Ok(values)
    }

    fn error(&self, (line, column): (u64, u64), problem: &str) -> ReadError {
        ReadError { line, column, problem: problem.to_owned() }
    }
}

fn next_place(place: Place, byte: u8) -> Place {
    match (place, byte) {
        (Place::Text, b'"') => Place::Between,
        (Place::Text, b'\\') => Place::Escape,
        (Place::Text | Place::Escape, _) => Place::Text,
        (Place::Comment, b'\n') => Place::Between,
        (Place::Comment, _) => Place::Comment,
        (Place::Character, _) => Place::Token,
        (Place::Hash, b'_') => Place::Between,
        (_, b'"') => Place::Text,
        (_, b';') => Place::Comment,
        (_, b',' | b'(' | b')' | b'[' | b']' | b'{' | b'}') => Place::Between,
        (_, space) if space.is_ascii_whitespace() => Place::Between,
        (Place::Between, b'\\') => Place::Character,
        (Place::Between, b'#') => Place::Hash,
        _ => Place::Token,
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;
    use crate::edn::Edn;

    /// Returns all values of a text, with a buffer so small that every token is split.
    fn all(text: &str, buffer: usize) -> Result<Vec<(u64, Edn)>, String> {
        let mut pieces = Pieces::new(BufReader::with_capacity(buffer, text.as_bytes()));
        let mut values = vec![];
        while let Some((piece, _)) = pieces.next_piece().map_err(|error| error.to_string())? {
            values.extend(piece.into_iter().map(|placed| (placed.line, placed.value)));
        }
        Ok(values)
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = all(text, 3).expect(text);
        let shown: Vec<String> =
            found.iter().map(|(line, value)| format!("{line}: {value}")).collect();
        assert_eq!(shown.join("; "), expected);
    }

    #[test]
    fn a_piece_ends_where_no_bracket_is_open() {
        check("{:a 1}\n\n{:b [2 (3)]} {:c 4}", "1: {:a 1}; 3: {:b [2 (3)]}; 3: {:c 4}");
        check("; {\n{\"}\\\"\" \\}}\n\\{ x", "2: {\"}\\\"\" \"}\"}; 3: \"{\"; 3: \"x\"");
        check("#_ #_ {:a 1} {:b 2}\n{:c 3}", "2: {:c 3}");
        check("#a.Op{:a #{1}}\n#b [2]", "1: {:a #{1}}; 2: [2]");
        check("", "");
    }

    #[test]
    fn the_values_of_one_outer_vector_are_pieces_of_their_own() {
        check("[{:a 1}\n {:b 2}, 3 ]\n({:c 4})", "1: {:a 1}; 2: {:b 2}; 2: 3; 3: {:c 4}");
        let mut pieces = Pieces::new(&b"[[1]] #a [2]"[..]);
        let outer = [(); 2].map(|()| pieces.next_piece().expect("EDN").expect("one").1);
        assert_eq!(outer, [true, false]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_in_the_whole_text() {
        let refused = |text: &str| all(text, 5).expect_err(text);
        assert_eq!(refused("\n [1\n 2"), "line 2, column 2: its `]` is missing");
        assert_eq!(refused("{:a 1}\n é {:a"), "line 2, column 4: its `}` is missing");
        assert_eq!(refused("{:a 1} ]"), "line 1, column 8: expected a value, found `]`");
        let long = Pieces::new(BufReader::new(io::repeat(b'{'))).next_piece().expect_err("long");
        assert_eq!(long.to_string(), "line 1, column 1: it has a value of more than 64 MiB");
    }

    proptest! {
        #[test]
        fn pieces_have_the_values_of_the_whole(
            texts in prop::collection::vec("[\\[\\](){}#_ a1:;\n,\"\\\\é]{0,6}", 0..6),
        ) {
            // Maps, so that there is no outer vector.
            let text: String = texts.iter().map(|text| format!("{{:a {text} }}\n")).collect();
            if let Ok(values) = read_all(&text) {
                let expected = values.into_iter().map(|p| (p.line, p.value)).collect();
                prop_assert_eq!(all(&text, 4), Ok::<Vec<_>, String>(expected));
            }
        }
    }
}
