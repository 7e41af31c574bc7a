//! The sections of a page as plain values, and how each is written as HTML.

use super::badge::Badge;
use super::html::Html;
use super::pack::PageFinding;

/// A section.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its name in links; scripts draw into the sections whose names they know.
    pub id: &'static str,
    /// Its heading.
    pub heading: String,
    /// What it shows, in a sentence; empty for none.
    pub lead: String,
    /// What it consists of.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Clone, Debug)]
pub enum Block {
    /// Where a script draws.
    Mount,
    /// A paragraph.
    Note(String),
    /// Names with their values.
    Facts(Vec<(String, String)>),
    /// A table of numbers.
    Table(Table),
    /// Links: the address, its text, and what is said of it.
    Links(Vec<(String, String, String)>),
    /// A command to copy.
    Command(String),
    /// Text as it is, such as a log or a drawing.
    Text(String),
    /// Violations of a run, numbered from 0 in the order of its findings; the place of the run.
    Findings(Vec<PageFinding>, usize),
    /// The verdict on a run of a pair: its letter and title, the verdict if there is one, and what
    /// belongs to it.
    Side(String, Option<(Badge, String)>, Vec<Block>),
    /// A picture as SVG for light and for dark pages, and what it shows in a sentence.
    Picture {
        /// For light pages and paper.
        light: String,
        /// For dark pages.
        dark: String,
        /// What it shows.
        words: String,
    },
    /// Parts side by side, where there is room.
    Grid(Vec<Block>),
    /// Parts that are shown on demand, below a line that says what they are.
    Details(String, Vec<Block>),
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The headings of its columns.
    pub heads: Vec<String>,
    /// Its rows; the first cell of each is its heading.
    pub rows: Vec<Vec<String>>,
}

impl Section {
    pub(super) fn write(&self, html: &mut Html) {
        let heading = format!("{}-heading", self.id);
        let is_drawn = self.blocks.iter().any(|block| matches!(block, Block::Mount));
        let class = if is_drawn { "card" } else { "card wide" };
        html.open("section", &[("class", class), ("id", self.id), ("aria-labelledby", &heading)]);
        html.element("h2", &[("id", &heading)], &self.heading);
        if !self.lead.is_empty() {
            html.element("p", &[("class", "lead")], &self.lead);
        }
        self.blocks.iter().for_each(|block| block.write(html));
        html.close();
    }
}

impl Block {
    fn write(&self, html: &mut Html) {
        match self {
            Block::Mount => html.element("div", &[("class", "mount")], ""),
            Block::Note(text) => html.element("p", &[("class", "note")], text),
            Block::Facts(facts) => {
                html.open("dl", &[("class", "facts")]);
                for (name, value) in facts {
                    html.open("div", &[]);
                    html.element("dt", &[], name);
                    html.element("dd", &[], value);
                    html.close();
                }
                html.close();
            }
            Block::Table(table) => table.write(html),
            Block::Links(links) => {
                html.open("ul", &[("class", "results")]);
                for (address, text, words) in links {
                    html.open("li", &[]);
                    html.element("a", &[("href", address)], text);
                    html.element("span", &[("class", "note")], words);
                    html.close();
                }
                html.close();
            }
            Block::Command(command) => {
                html.open("pre", &[("class", "command"), ("tabindex", "0")]);
                html.element("code", &[], command);
                html.close();
            }
            Block::Text(text) => {
                html.element("pre", &[("class", "witness"), ("tabindex", "0")], text);
            }
            Block::Findings(findings, run) => {
                html.open("div", &[("class", "findings")]);
                for (number, finding) in findings.iter().enumerate() {
                    write_finding(html, (*run, number), finding);
                }
                html.close();
            }
            Block::Side(title, verdict, blocks) => {
                html.open("div", &[("class", "side")]);
                html.element("h3", &[], title);
                if let Some((badge, words)) = verdict {
                    badge.write(html, words);
                }
                blocks.iter().for_each(|block| block.write(html));
                html.close();
            }
            Block::Picture { light, dark, words } => {
                html.open("figure", &[("class", "themed")]);
                for (class, svg) in [("only-light", light), ("only-dark", dark)] {
                    html.open("div", &[("class", class), ("role", "img"), ("aria-label", words)]);
                    html.markup(svg);
                    html.close();
                }
                html.close();
            }
            Block::Grid(blocks) => {
                html.open("div", &[("class", "grid")]);
                blocks.iter().for_each(|block| block.write(html));
                html.close();
            }
            Block::Details(summary, blocks) => {
                html.open("details", &[]);
                html.element("summary", &[], summary);
                blocks.iter().for_each(|block| block.write(html));
                html.close();
            }
        }
    }
}

impl Table {
    fn write(&self, html: &mut Html) {
        html.open(
            "div",
            &[
                ("class", "scroll"),
                ("tabindex", "0"),
                ("role", "region"),
                ("aria-label", &self.caption),
            ],
        );
        html.open("table", &[("class", "numbers")]);
        html.element("caption", &[], &self.caption);
        html.open("thead", &[]);
        html.open("tr", &[]);
        for (place, head) in self.heads.iter().enumerate() {
            let has_number = |row: &Vec<String>| row.get(place).is_some_and(|cell| is_number(cell));
            match place > 0 && self.rows.iter().all(has_number) {
                true => html.element("th", &[("scope", "col")], head),
                false => html.element("th", &[("scope", "col"), ("class", "text")], head),
            }
        }
        html.close();
        html.close();
        html.open("tbody", &[]);
        for row in &self.rows {
            html.open("tr", &[]);
            for (place, cell) in row.iter().enumerate() {
                match place {
                    0 => html.element("th", &[("scope", "row")], cell),
                    _ if is_number(cell) => html.element("td", &[], cell),
                    _ => html.element("td", &[("class", "text")], cell),
                }
            }
            html.close();
        }
        html.close();
        html.close();
        html.close();
    }
}

/// Whether a cell has a number, which is set at the right, or nothing.
fn is_number(cell: &str) -> bool {
    let digits = cell.trim_start_matches(['-', '≥', '≤']);
    cell == "–" || digits.chars().next().is_some_and(|c| c.is_ascii_digit()) && !cell.contains(' ')
}

/// Maximum number of steps of an explanation that are shown at once.
const STEPS_SHOWN: usize = 16;

fn write_steps(html: &mut Html, first: &str, steps: &[String]) {
    if steps.is_empty() {
        return;
    }
    html.open("ol", &[("class", "why"), ("start", first)]);
    steps.iter().for_each(|step| html.element("li", &[], step));
    html.close();
}

/// Length of a message, in characters, from which it stands below its drawing.
const MESSAGE_MAX: usize = 240;

fn write_finding(html: &mut Html, (run, number): (usize, usize), finding: &PageFinding) {
    let place = number.to_string();
    // Those of the second run of a pair have names of their own.
    let second = if run == 0 { "" } else { "b-" };
    let id = format!("{second}finding-{}", number + 1);
    let of_run = run.to_string();
    html.open(
        "article",
        &[("class", "finding"), ("id", &id), ("data-finding", &place), ("data-run", &of_run)],
    );
    html.open("div", &[("class", "finding-parts")]);
    html.open("div", &[("class", "finding-shown")]);
    html.element("h3", &[], &format!("{}. {}", number + 1, finding.rule));
    let is_long = finding.message.chars().nth(MESSAGE_MAX).is_some();
    let is_below = is_long && finding.counterexample.is_some();
    if !is_below {
        html.element("p", &[], &finding.message);
    }
    if let Some(counterexample) = &finding.counterexample {
        counterexample.write(html);
    }
    if let Some(remedy) = &finding.remedy {
        html.open("p", &[("class", "remedy")]);
        html.element("strong", &[], "What would fix it: ");
        html.text(remedy);
        html.close();
    }
    let is_shown =
        !finding.entries.is_empty() || !finding.messages.is_empty() || finding.event.is_some();
    if is_shown {
        html.element("button", &[("type", "button"), ("data-show", &place)], "Show on the diagram");
    }
    if is_below {
        html.open("details", &[]);
        html.element("summary", &[], "All of it in one sentence");
        html.element("p", &[], &finding.message);
        html.close();
    }
    html.close();
    if !finding.why.is_empty() || !finding.witness.is_empty() {
        // That of the first finding is open.
        let open: &[(&str, &str)] = if number == 0 { &[("open", "")] } else { &[] };
        html.open("details", open);
        html.element("summary", &[], "Why");
        let (first, rest) = finding.why.split_at(finding.why.len().min(STEPS_SHOWN));
        write_steps(html, "1", first);
        if !finding.witness.is_empty() {
            let text = finding.witness.join("\n");
            html.element("pre", &[("class", "witness"), ("tabindex", "0")], &text);
        }
        if !rest.is_empty() {
            html.open("details", &[]);
            html.element("summary", &[], &format!("{} more steps", rest.len()));
            write_steps(html, &(first.len() + 1).to_string(), rest);
            html.close();
        }
        html.close();
    }
    html.close();
    html.close();
}
