//! The templates of `sim new`, compiled in from `templates/` and `examples/nodes/`.

use clap::ValueEnum;

/// A file of a template, with `{name}` and the like still in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    /// Its path in the new folder.
    pub(super) path: &'static str,
    pub(super) text: &'static str,
    pub(super) is_executable: bool,
}

/// Embeds a file of the project.
macro_rules! embedded {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $path))
    };
}

const fn file(path: &'static str, text: &'static str) -> File {
    File { path, text, is_executable: false }
}

const fn script(path: &'static str, text: &'static str) -> File {
    File { path, text, is_executable: true }
}

/// The language of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    Python,
    Go,
    Rust,
    Js,
    C,
}

impl Language {
    /// Returns the files of a node.
    pub(super) fn files(self) -> &'static [File] {
        const PYTHON: &[File] = &[
            script("node.py", embedded!("templates/node/python/node.py")),
            file("maelstrom.py", embedded!("examples/nodes/maelstrom.py")),
        ];
        const GO: &[File] = &[
            file("main.go", embedded!("templates/node/go/main.go")),
            file("go.mod", embedded!("templates/node/go/go.mod")),
        ];
        const RUST: &[File] = &[
            file("Cargo.toml", embedded!("templates/node/rust/manifest.toml")),
            file("src/main.rs", embedded!("templates/node/rust/src/main.rs")),
            file("src/json.rs", embedded!("templates/node/rust/src/json.rs")),
        ];
        const JS: &[File] = &[script("node.js", embedded!("templates/node/js/node.js"))];
        const C: &[File] = &[
            file("node.c", embedded!("templates/node/c/node.c")),
            file("maelstrom.h", embedded!("examples/nodes/maelstrom.h")),
        ];
        match self {
            Language::Python => PYTHON,
            Language::Go => GO,
            Language::Rust => RUST,
            Language::Js => JS,
            Language::C => C,
        }
    }

    /// Returns the command that builds the program in its folder, if it has to be built.
    pub(super) fn build(self) -> Option<&'static str> {
        match self {
            Language::Python | Language::Js => None,
            Language::Go => Some("go build -o node ."),
            Language::Rust => Some("cargo build --release"),
            Language::C => Some("cc -std=c11 -O2 -Wall -Wextra -o node node.c"),
        }
    }

    /// Returns the path of the program in its folder.
    pub(super) fn program(self, name: &str) -> String {
        match self {
            Language::Python => "./node.py".to_owned(),
            Language::Js => "./node.js".to_owned(),
            Language::Go | Language::C => "./node".to_owned(),
            Language::Rust => format!("target/release/{name}"),
        }
    }
}

/// The family of a config.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Family {
    /// Machines with Lamport clocks.
    Scale,
    /// Nodes of Gossip Glomers.
    Glomers,
}

impl Family {
    pub(super) fn text(self) -> &'static str {
        match self {
            Family::Scale => embedded!("templates/config/scale.toml"),
            Family::Glomers => embedded!("templates/config/glomers.toml"),
        }
    }
}

/// The files of a crate with a model.
pub(super) const MODEL: &[File] = &[
    file("Cargo.toml", embedded!("templates/model/manifest.toml")),
    file("src/main.rs", embedded!("templates/model/src/main.rs")),
    file(".gitignore", "/target\n"),
];
