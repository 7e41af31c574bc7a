//! No import circle inside any room: of the modules of one folder none uses another that uses it.
//!
//! The test reads `use` declarations and paths in code, follows re-exports to the module that
//! defines a name, and looks for circles among the siblings of each folder. A parent and its child
//! may use each other: a parent holds what its children share. Tests in a file do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::root;

/// A path of module names, from the root of a crate.
type ModulePath = Vec<String>;

/// A module: what it names elsewhere, and what it makes available under which name.
#[derive(Debug, Default)]
struct Module {
    used: Vec<ModulePath>,
    exported: BTreeMap<String, ModulePath>,
}

type Modules = BTreeMap<ModulePath, Module>;

#[test]
fn no_room_has_a_circle() {
    let mut circles = Vec::new();
    for folder in source_folders() {
        let modules = modules(&root().join(&folder));
        circles
            .extend(circles_of(&modules).into_iter().map(|circle| format!("{folder}: {circle}")));
    }
    let hint = "move what both need into a file of its own";
    assert!(circles.is_empty(), "\n{}\n{hint}", circles.join("\n"));
}

/// Shows that a circle is seen: through a re-export of the parent, and in code without `use`.
#[test]
fn a_circle_is_seen() {
    let sources = [
        ("", "mod a;\nmod b;\npub use b::B;"),
        ("a", "use super::B;\npub struct A;"),
        ("b", "pub struct B(super::a::A);"),
        ("c", "use crate::a::A;"),
    ];
    let text = |(path, text): (&str, &str)| (module_path(path), text.to_owned());
    let found = circles_of(&parse(sources.into_iter().map(text).collect()));
    assert_eq!(found, ["a -> b -> a"]);
}

/// The source folders of all crates.
fn source_folders() -> Vec<String> {
    let crates = std::fs::read_dir(root().join("crates")).expect("the crates").flatten();
    let mut folders: Vec<String> =
        crates.map(|entry| format!("crates/{}/src", entry.file_name().display())).collect();
    folders.sort();
    folders.push("src".to_owned());
    folders
}

fn module_path(text: &str) -> ModulePath {
    text.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// All modules of a crate, from its files.
fn modules(folder: &Path) -> Modules {
    let mut texts = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(&inner).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.with_extension("");
            let name = name.strip_prefix(folder).expect("below the folder");
            let name: ModulePath =
                name.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            let name = if name == ["lib"] { vec![] } else { name };
            texts.insert(name, std::fs::read_to_string(&path).expect("a text"));
        }
    }
    parse(texts)
}

fn parse(texts: BTreeMap<ModulePath, String>) -> Modules {
    let known: BTreeSet<ModulePath> = texts.keys().cloned().collect();
    texts.into_iter().map(|(path, text)| (path.clone(), module(&path, &text, &known))).collect()
}

/// Reads a module's imports and the paths in its code.
fn module(path: &ModulePath, text: &str, known: &BTreeSet<ModulePath>) -> Module {
    let mut module = Module::default();
    let code = code(text);
    let mut rest = code.as_str();
    let mut other = String::new();
    while let Some(at) = find_use(rest) {
        other.push_str(&rest[..at]);
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end);
        for used in expand(rest[at + 4..end].trim()) {
            if let Some(absolute) = absolute(path, &used, known) {
                if let Some(name) = absolute.last() {
                    module.exported.insert(name.clone(), absolute.clone());
                }
                module.used.push(absolute);
            }
        }
        rest = &rest[end..];
    }
    other.push_str(rest);
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let paths = other.split(|c: char| !is_path(c)).filter(|word| word.contains("::"));
    module.used.extend(paths.filter_map(|word| absolute(path, word, known)));
    module
}

/// A text without comments and without its tests.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The place of the next `use` declaration.
fn find_use(text: &str) -> Option<usize> {
    let begins = |at: &usize| {
        let before = text[..*at].rsplit('\n').next().unwrap_or_default().trim();
        before.is_empty() || before.starts_with("pub")
    };
    text.match_indices("use ").map(|(at, _)| at).find(begins)
}

/// The paths of a `use` tree.
fn expand(tree: &str) -> Vec<String> {
    let Some(open) = tree.find('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().trim().to_owned()];
    };
    let (before, inner) = (&tree[..open], &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())]);
    let (mut depth, mut items) = (0, vec![String::new()]);
    for c in inner.chars() {
        match c {
            ',' if depth == 0 => items.push(String::new()),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                items.last_mut().expect("there is one").push(c);
            }
        }
    }
    let items = items.iter().map(|item| item.trim()).filter(|item| !item.is_empty());
    items.flat_map(|item| expand(&format!("{before}{item}"))).collect()
}

/// A path from the root of the crate, if it stays in the crate.
fn absolute(from: &ModulePath, path: &str, known: &BTreeSet<ModulePath>) -> Option<ModulePath> {
    let mut parts: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
    let first = parts.first()?.clone();
    let mut absolute = match first.as_str() {
        "crate" => vec![],
        "self" | "super" => from.clone(),
        _ => {
            let child: ModulePath = [from.as_slice(), std::slice::from_ref(&first)].concat();
            return known.contains(&child).then(|| [from.as_slice(), parts.as_slice()].concat());
        }
    };
    while parts.first().is_some_and(|part| ["crate", "self", "super"].contains(&part.as_str())) {
        if parts.remove(0) == "super" {
            absolute.pop();
        }
    }
    absolute.extend(parts.into_iter().filter(|part| !part.is_empty()));
    Some(absolute)
}

/// The module that defines what a path names.
fn defined_in(modules: &Modules, path: &[String], depth: usize) -> ModulePath {
    let length = (0..=path.len()).rev().find(|length| modules.contains_key(&path[..*length]));
    let (module, rest) = path.split_at(length.unwrap_or_default());
    let exported = rest.first().and_then(|name| modules.get(module)?.exported.get(name));
    match exported {
        Some(target) if depth < 8 && target.as_slice() != path => {
            let target = [target.as_slice(), &rest[1..]].concat();
            defined_in(modules, &target, depth + 1)
        }
        _ => module.to_vec(),
    }
}

/// The circles of each room, each as the names of its modules.
fn circles_of(modules: &Modules) -> Vec<String> {
    let mut rooms: BTreeMap<ModulePath, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (from, module) in modules {
        for used in &module.used {
            let to = defined_in(modules, used, 0);
            let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if let (Some(a), Some(b)) = (from.get(common), to.get(common)) {
                let room = rooms.entry(from[..common].to_vec()).or_default();
                room.entry(a.clone()).or_default().insert(b.clone());
            }
        }
    }
    let room = |(room, edges): (&ModulePath, &BTreeMap<String, BTreeSet<String>>)| {
        let place = if room.is_empty() { String::new() } else { format!("{}: ", room.join("::")) };
        let circles: Vec<String> = edges
            .keys()
            .filter_map(|start| circle(edges, start))
            .filter(|circle| circle[1..].iter().all(|name| *name >= circle[0]))
            .map(|circle| format!("{place}{}", circle.join(" -> ")))
            .collect();
        circles
    };
    rooms.iter().flat_map(room).collect()
}

/// A shortest way from a module back to itself.
fn circle(edges: &BTreeMap<String, BTreeSet<String>>, start: &String) -> Option<Vec<String>> {
    let mut ways = std::collections::VecDeque::from([vec![start.clone()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in edges.get(way.last()?).into_iter().flatten() {
            let longer = [way.as_slice(), std::slice::from_ref(next)].concat();
            if next == start {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push_back(longer);
            }
        }
    }
    None
}
