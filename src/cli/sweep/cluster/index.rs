//! The index of a shard: an option, or the variable of the engine that starts it.

use crate::cli::CommandError;

/// The variables of engines, with the index of their first task.
const VARIABLES: [(&str, u64); 4] = [
    // A task's number is what the array says, which is the shard's index.
    ("SLURM_ARRAY_TASK_ID", 0),
    ("HQ_TASK_ID", 0),
    ("JOB_COMPLETION_INDEX", 0),
    // GNU parallel counts jobs from 1.
    ("PARALLEL_SEQ", 1),
];

/// Returns the index of a shard: `option`, or else that of the engine.
pub(super) fn index(option: Option<u64>) -> Result<u64, CommandError> {
    #[expect(clippy::disallowed_methods, reason = "engines give the index in a variable")]
    let read = |name: &str| std::env::var_os(name);
    index_of(option, |name| read(name).map(|value| value.to_string_lossy().into_owned()))
}

fn index_of(
    option: Option<u64>,
    read: impl Fn(&str) -> Option<String>,
) -> Result<u64, CommandError> {
    if let Some(index) = option {
        return Ok(index);
    }
    let mut found: Option<(&str, u64)> = None;
    for (name, first) in VARIABLES {
        let Some(text) = read(name) else { continue };
        let number = text.parse::<u64>().ok().and_then(|number| number.checked_sub(first));
        let index = number.ok_or_else(|| {
            let text = crate::escape::line(&text);
            CommandError::Usage(format!(
                "{name}: expected a number from {first} on, found `{text}`"
            ))
        })?;
        match found {
            Some((other, there)) if there != index => {
                let what = format!("{other} says shard {there}, {name} says {index}; use --index");
                return Err(CommandError::Usage(what));
            }
            _ => found = Some((name, index)),
        }
    }
    found.map(|(_, index)| index).ok_or_else(|| {
        let names = VARIABLES.map(|(name, _)| name).join(", ");
        let what = format!("which shard? Use --index I, or an engine that sets one of {names}");
        CommandError::Usage(what)
    })
}

/// Parses `--shard I/N`.
pub(in crate::cli::sweep) fn shard_of(text: &str) -> Result<(u64, u64), String> {
    let pair = text
        .split_once('/')
        .and_then(|(index, of)| Some((index.parse::<u64>().ok()?, of.parse::<u64>().ok()?)));
    match pair {
        Some((index, of)) if index < of => Ok((index, of)),
        Some((_, of @ 1..)) => Err(format!("shards are counted from 0: to {}/{of}", of - 1)),
        _ => Err("expected a shard and their number, such as 0/8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<u64, String> {
        let read = |name: &str| {
            let value = variables.iter().find(|(known, _)| *known == name);
            value.map(|(_, value)| (*value).to_owned())
        };
        index_of(None, read).map_err(|error| error.to_string())
    }

    #[test]
    fn the_engine_gives_the_index() {
        assert_eq!(found(&[("SLURM_ARRAY_TASK_ID", "12")]), Ok(12));
        assert_eq!(found(&[("PARALLEL_SEQ", "1")]), Ok(0));
        assert_eq!(found(&[("HQ_TASK_ID", "3"), ("PARALLEL_SEQ", "4")]), Ok(3));
        assert!(
            found(&[("HQ_TASK_ID", "3"), ("PARALLEL_SEQ", "3")])
                .is_err_and(|e| e.contains("--index"))
        );
        assert!(found(&[("HQ_TASK_ID", "x")]).is_err_and(|e| e.contains("HQ_TASK_ID")));
        assert!(found(&[]).is_err_and(|e| e.contains("SLURM_ARRAY_TASK_ID")));
        assert_eq!(index_of(Some(7), |_| Some("x".to_owned())).ok(), Some(7));
    }

    #[test]
    fn shards_are_counted_from_0() {
        assert_eq!(shard_of("3/4"), Ok((3, 4)));
        assert_eq!(shard_of("4/4"), Err("shards are counted from 0: to 3/4".to_owned()));
        for text in ["4", "a/b", "0/0", "/3"] {
            assert!(shard_of(text).is_err(), "{text}");
        }
    }
}
