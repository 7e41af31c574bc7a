//! Counterexamples: drawn in the section of their finding, on the diagram and on the timeline; and
//! both verdicts of two runs.

use serde_json::Value;

use super::driver::Browser;
use super::{OLD_READS, Pages, is_quiet, pictures};

/// Shows the first finding on the diagram; returns what is marked there.
const SHOW: &str = "
    document.querySelector('#finding-1 [data-show]').click();
    const diagram = sim.shown.diagrams[0], {example} = diagram.state.highlight;
    diagram.animation = null;
    diagram.draw();
    const canvas = document.querySelector('#timeline canvas.timeline');
    const text = (selector) => document.querySelector(selector).innerText;
    return {
      names: example.names.map((one) => one.name),
      blocked: example.names.filter((one) => one.blocked).map((one) => one.name),
      edges: example.edges.map((edge) => edge.label),
      panel: text('.diagram-panel'),
      finding: text('#finding-1'),
      drawn: document.querySelectorAll('#finding-1 .drawn svg').length,
      texts: [...document.querySelectorAll('#finding-1 svg text')].map((one) => one.textContent),
      timeline: canvas.clientWidth > 0,
    };";

fn list(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn an_order_that_cannot_be_continued_is_drawn() {
    let pages = Pages::new();
    let browser = Browser::start(1400, 1000);
    browser.open(&pages.registers());
    let said = browser.run(SHOW);
    assert!(said["drawn"].as_u64() >= Some(1), "{said}");
    let names = list(&said["names"]);
    assert_eq!((names[0], list(&said["blocked"])), ("1", vec!["✗"]), "{said}");
    assert_eq!(said["edges"].as_array().map(Vec::len), Some(names.len() - 2), "{said}");
    assert!(text(&said["panel"]).contains("which cannot follow"), "{said}");
    assert!(text(&said["finding"]).contains("cannot follow: the value is"), "{said}");
    let texts = list(&said["texts"]);
    assert!(texts.iter().any(|text| text.starts_with("✗ ")) && texts.contains(&"1"), "{texts:?}");
    std::fs::write(pictures().join("order.png"), browser.screenshot()).expect("written");
    // Escape clears the marks everywhere.
    browser.press("\u{e00c}");
    assert_eq!(browser.run("return sim.shown.diagrams[0].state.highlight"), Value::Null);
    is_quiet(&browser, "an order");
}

#[test]
fn a_cycle_of_transactions_is_drawn_with_the_reason_of_each_edge() {
    let pages = Pages::new();
    let browser = Browser::start(1400, 1000);
    browser.open(&pages.transactions());
    let said = browser.run(SHOW);
    assert!(said["drawn"].as_u64() >= Some(1), "{said}");
    let edges = list(&said["edges"]);
    assert!(edges.len() > 1 && edges.iter().any(|edge| edge.starts_with("wr ")), "{said}");
    let panel = text(&said["panel"]);
    assert!(
        panel.contains("Why each comes before the next") && panel.contains("which T"),
        "{said}"
    );
    let texts = list(&said["texts"]);
    // Each edge has its label in the graph, and its reason in the list below.
    for (number, edge) in (1..).zip(&edges) {
        assert!(texts.contains(&format!("{number}: {edge}").as_str()), "{edge}: {texts:?}");
        assert!(text(&said["finding"]).contains(&format!("({edge})")), "{edge}");
    }
    std::fs::write(pictures().join("cycle.png"), browser.screenshot()).expect("written");
    is_quiet(&browser, "a cycle");
}

#[test]
fn two_runs_have_both_verdicts_and_findings_beside_the_first_difference() {
    let pages = Pages::new();
    let broken = pages.broken("glomers/lin-kv-primary", 1, &OLD_READS);
    let sets = ["--set", OLD_READS[1], "--set", OLD_READS[2]];
    pages.sim(&[0], &[&["run", "glomers/lin-kv-primary", "-q"], &sets[..]].concat());
    let valid = pages.latest();
    let browser = Browser::start(1400, 1000);
    browser.open(&pages.page(&[&valid, &broken], "verdicts.html"));
    let said = browser.run(
        "const sides = [...document.querySelectorAll('#overview .side')];
         document.querySelector('#b-finding-1 [data-show]').click();
         const [a, b] = sim.shown.diagrams;
         return [sides.map((side) => side.innerText),
                 sides.map((side) => Math.round(side.getBoundingClientRect().top)),
                 [a.state.highlight === null, b.state.highlight !== null]];",
    );
    let sides = list(&said[0]);
    assert!(sides[0].contains("valid: no violation") && sides[0].contains("No finding"), "{said}");
    assert!(sides[1].contains("invalid: not-linearizable"), "{said}");
    assert!(sides[1].contains("cannot follow: the value is"), "{said}");
    assert!(sides[0].contains("A: ") && sides[1].contains("B: "), "{said}");
    assert_eq!(
        (&said[1][0], said[2].to_string()),
        (&said[1][1], "[true,true]".to_owned()),
        "{said}"
    );
    is_quiet(&browser, "two verdicts");
}
