//! The page around its sections: one file that loads nothing, with a policy that lets only its own
//! scripts and styles act.

use serde_json::json;

use super::assets::{SCRIPTS, STYLES, policy};
use super::badge::Badge;
use super::html::{Html, json_for_script};
use super::pack::PageRun;
use super::section::Section;
use crate::causal::EventId;
use crate::escape;

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// One run.
    Run,
    /// Two runs, side by side.
    Pair,
    /// A sweep.
    Sweep,
    /// A list of results.
    Index,
}

/// The first difference of two runs.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The event of each run; `None` if it has ended.
    pub events: [Option<EventId>; 2],
    /// The difference in a sentence.
    pub words: String,
}

/// A page.
#[derive(Debug)]
pub struct Page {
    /// What it is about.
    pub kind: PageKind,
    /// Its title.
    pub title: String,
    /// The parameters, on one line.
    pub subtitle: String,
    /// The verdict, and a sentence about it.
    pub verdict: Option<(Badge, String)>,
    /// Its sections, in order.
    pub sections: Vec<Section>,
    /// The runs that scripts draw: none of a sweep, two of a pair.
    pub runs: Vec<PageRun>,
    /// The first difference of a pair.
    pub difference: Option<Difference>,
}

/// How every page begins. A file that begins in this way may be written anew.
pub const BEGIN: &str = "<!doctype html>\n<!-- a report of sim -->\n";

impl Page {
    /// Returns the whole page.
    pub fn to_html(&self) -> String {
        let mut html = Html::default();
        html.markup(BEGIN);
        html.open("html", &[("lang", "en")]);
        self.head(&mut html);
        html.open("body", &[]);
        html.element("a", &[("class", "skip"), ("href", "#main")], "Skip to the report");
        self.top(&mut html);
        html.open("main", &[("id", "main")]);
        html.markup(
            "<noscript><p class=\"note\">Charts and diagrams need JavaScript; all tables and \
             findings are here without it.</p></noscript>\n",
        );
        self.sections.iter().for_each(|section| section.write(&mut html));
        html.close();
        html.open("footer", &[]);
        let version = env!("CARGO_PKG_VERSION");
        html.element("p", &[], &format!("Made by sim {version}. This file loads nothing."));
        html.close();
        self.data(&mut html);
        for (_, script) in SCRIPTS {
            html.open("script", &[]);
            html.markup(script);
            html.close();
        }
        html.finish()
    }

    fn head(&self, html: &mut Html) {
        html.open("head", &[]);
        html.open("meta", &[("charset", "utf-8")]);
        let policy = policy();
        html.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
        html.open("meta", &[("name", "viewport"), ("content", "width=device-width")]);
        html.open("meta", &[("name", "color-scheme"), ("content", "light dark")]);
        html.element("title", &[], &format!("{} – sim", escape::line(&self.title)));
        for (_, style) in STYLES {
            html.open("style", &[]);
            html.markup(style);
            html.close();
        }
        html.close();
    }

    fn top(&self, html: &mut Html) {
        html.open("header", &[("class", "top")]);
        html.element("h1", &[], &escape::line(&self.title));
        if let Some((badge, words)) = &self.verdict {
            badge.write(html, words);
        }
        html.element("p", &[("class", "subtitle")], &escape::line(&self.subtitle));
        html.element("button", &[("type", "button"), ("id", "theme")], "Theme: system");
        html.close();
        html.open("nav", &[("class", "contents"), ("aria-label", "Sections")]);
        html.open("ul", &[]);
        for section in &self.sections {
            html.open("li", &[]);
            html.element("a", &[("href", &format!("#{}", section.id))], &section.heading);
            html.close();
        }
        html.close();
        html.close();
    }

    fn data(&self, html: &mut Html) {
        let kind = match self.kind {
            PageKind::Run => "run",
            PageKind::Pair => "pair",
            PageKind::Sweep => "sweep",
            PageKind::Index => "index",
        };
        let difference = self.difference.as_ref().map(|Difference { events, words }| {
            let events = events.map(|event| event.map_or(-1, |event| event.index() as i64));
            json!({"events": events, "words": escape::line(words)})
        });
        let page = json!({"kind": kind, "runs": self.runs.len(), "difference": difference});
        html.open("script", &[("type", "application/json"), ("id", "page")]);
        html.markup(&json_for_script(&page));
        html.close();
        for (number, run) in self.runs.iter().enumerate() {
            html.open("script", &[("type", "text/plain"), ("id", &format!("run-{number}"))]);
            html.markup(&run.packed());
            html.close();
        }
    }
}
