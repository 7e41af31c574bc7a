//! Mistakes of configs for people: each with its line of the file, marked, and with help.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::terminal::{has_colours_on_stderr, width};
use crate::config::ConfigError;
use crate::escape;

/// Formats all mistakes of a config. The text may have styles, and nothing else that controls a
/// terminal.
pub(super) fn text(error: &ConfigError) -> String {
    let renderer = match has_colours_on_stderr() {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    rendered(error, &renderer.term_width(width()))
}

fn rendered(error: &ConfigError, renderer: &Renderer) -> String {
    let mut texts: Vec<String> = error.all().map(|one| renderer.render(&[group(one)])).collect();
    if let count @ 2.. = texts.len() {
        let title = format!("{count} mistakes: nothing was run");
        texts.push(renderer.render(&[Group::with_title(Level::ERROR.primary_title(title))]));
    }
    texts.join("\n\n")
}

/// Returns one mistake as the library shows it.
fn group(error: &ConfigError) -> Group<'_> {
    let problem = escape::line(&error.problem);
    let title = match error.snippet {
        Some(_) => problem,
        None => format!("{}: {problem}", escape::line(&error.place)),
    };
    let mut group = Group::with_title(Level::ERROR.primary_title(title));
    if let Some(at) = &error.snippet {
        let at = at.shortened();
        let source = Snippet::source(at.text).line_start(at.line).path(escape::line(&at.file));
        group = group.element(source.annotation(AnnotationKind::Primary.span(at.part)));
    }
    match &error.hint {
        Some(hint) => group.element(Level::HELP.message(escape::line(hint))),
        None => group,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read;

    #[test]
    fn each_mistake_has_its_line_and_its_help() {
        let text = "duration = \"60s\"\nrates = [1, 3]\nevents = { send = 1.5 }\nspeed = 1\n";
        let error = read("a.toml", text, &[]).expect_err("two mistakes");
        let expected = "\
error: `events.send`: expected a probability from 0 to 1, found 1.5
 --> a.toml:3:19
  |
3 | events = { send = 1.5 }
  |                   ^^^
  |
  = help: a percentage is written as \"30%\"

error: unknown key `speed`
 --> a.toml:4:1
  |
4 | speed = 1
  | ^^^^^
  |
  = help: did you mean `seed`?

error: 2 mistakes: nothing was run";
        assert_eq!(rendered(&error, &Renderer::plain()), expected);
    }

    #[test]
    fn what_a_file_says_controls_no_terminal() {
        let text = "duration = \"\u{9b}31m\u{202e}\"\nrates = [1]\nevents = { send = 0.5 }\n";
        let error = read("a\u{1b}[1m.toml", text, &[]).expect_err("a wrong time");
        let shown = rendered(&error, &Renderer::plain());
        assert!(!shown.contains(|c| c != '\n' && escape::is_unsafe(c)), "{shown:?}");
    }
}
