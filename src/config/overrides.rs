//! Values laid over a config: those of options such as `--set`.

/// A key and a value from the command line, such as `--set key.path=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The option, for error messages: `--set key.path`, `--seed`.
    pub flag: String,
    /// Path of the key.
    pub path: String,
    /// The value: TOML, or else text.
    pub value: String,
}
