//! The name of an experiment, which is also the path of its results below the output folder.

use super::diagnostic::ConfigError;
use super::reader::Cursor;

/// Maximum length of a part of a name in bytes: the limit of file systems, minus room for suffixes.
const PART_MAX: usize = 100;
/// Maximum number of parts of a name.
const PARTS_MAX: usize = 8;

/// Checks that a name is safe as a relative path on every system, and returns the reason if not.
pub(super) fn check(name: &str) -> Result<(), String> {
    let parts: Vec<&str> = name.split('/').collect();
    if parts.len() > PARTS_MAX {
        return Err(format!("it has more than {PARTS_MAX} parts"));
    }
    for part in parts {
        if part.is_empty() {
            return Err("it has an empty part".to_owned());
        }
        if part.len() > PART_MAX {
            return Err(format!("a part is longer than {PART_MAX} bytes"));
        }
        if part.starts_with('.') || part.starts_with('-') || part.ends_with('.') {
            return Err("a part begins with `.` or `-`, or ends with `.`".to_owned());
        }
        if part.starts_with("seed-") {
            return Err("a part begins with `seed-`, as the folders of single runs do".to_owned());
        }
        let allowed = |c: char| c.is_alphanumeric() || " ._-+=,()".contains(c);
        if let Some(other) = part.chars().find(|c| !allowed(*c)) {
            return Err(format!("it has the character {other:?}"));
        }
        if part.trim() != part {
            return Err("a part begins or ends with a space".to_owned());
        }
    }
    Ok(())
}

/// Reads the name in a config.
pub(super) fn given(cursor: &Cursor<'_>) -> Result<String, ConfigError> {
    let name = cursor.text("a name such as \"lossy5\" or \"notebook/trial6\"")?;
    check(name).map_err(|why| cursor.wrong(format!("not a usable name: {why}"), None))?;
    Ok(name.to_owned())
}

/// Returns the default name of a config at `path`: its path below the last folder called `configs`,
/// or its file name, without the extension; characters that are not allowed become `_`.
pub(super) fn from_path(path: &str) -> String {
    let path = path.strip_suffix(".toml").unwrap_or(path).replace('\\', "/");
    let below = path
        .rsplit_once("configs/")
        .filter(|(before, _)| before.is_empty() || before.ends_with('/'));
    let name = match below {
        Some((_, below)) => below,
        None => path.rsplit('/').next().unwrap_or(""),
    };
    let part = |part: &str| {
        let mapped = |c: char| if c.is_alphanumeric() || " ._-+=,()".contains(c) { c } else { '_' };
        let clean: String = part.chars().map(mapped).collect();
        let clean = clean.trim_matches(['.', ' ', '-']).to_owned();
        let end = (0..=clean.len().min(PART_MAX)).rev().find(|at| clean.is_char_boundary(*at));
        clean[..end.unwrap_or(0)].to_owned()
    };
    let name = name.split('/').map(part).filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/");
    if check(&name).is_ok() { name } else { "unnamed".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_relative_paths() {
        for good in ["exp9", "notebook/trial6", "größe 5", "a.b-c_d"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let long = "x".repeat(300);
        for bad in ["", "..", "../x", "/etc", "a//b", "a/", "a\0b", "a\nb", "a:b", "~", &long, "-x"]
        {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_config_is_named_after_its_place_below_configs() {
        for (path, name) in [
            ("configs/exp9.toml", "exp9"),
            ("/home/x/configs/notebook/trial6.toml", "notebook/trial6"),
            ("mine.toml", "mine"),
            ("../else/where.toml", "where"),
            ("a:b.toml", "a_b"),
            ("configs/..", "unnamed"),
        ] {
            assert_eq!(from_path(path), name);
        }
    }
}
