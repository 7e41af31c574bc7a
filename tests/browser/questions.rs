//! Twelve questions about four runs, each with the click that shows its answer. An answer counts if
//! it can be read: text that is hidden or folded does not.

use serde_json::Value;

use super::driver::Browser;
use super::{Pages, is_quiet};

/// A question: the script that clicks, and what the page says then.
struct Question {
    question: &'static str,
    /// What a reader does.
    script: &'static str,
    /// Texts of the answer.
    answer: &'static [&'static str],
}

/// Types into the search of the diagram, chooses the first match, and returns the explanation.
const SEARCH: &str = "
    const ask = (text) => {
      const form = document.querySelector('.diagram-search');
      const input = form.querySelector('input');
      input.value = text;
      input.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
      return document.querySelector('.diagram-panel').innerText;
    };
    const text = (selector) => document.querySelector(selector).innerText;";

/// Questions about machines with partitions.
const OF_MACHINES: [Question; 6] = [
    Question {
        question: "why is this clock 17?",
        script: "return ask('clock 17')",
        answer: &["17", "+ 1"],
    },
    Question {
        question: "which message was lost, and why?",
        script: "return ask('cut')",
        answer: &["cut off by a partition"],
    },
    Question {
        question: "when was the partition?",
        script: "return text('#faults')",
        answer: &["partition", "20s", "40s"],
    },
    Question {
        question: "whose queue grows?",
        script: "const heads = [...document.querySelectorAll('#measures thead th')];
                 const column = heads.findIndex((head) => head.innerText === 'growth/s');
                 const rows = [...document.querySelectorAll('#measures tbody tr')].slice(0, 5);
                 const growth = (row) => Number(row.cells[column].innerText);
                 rows.sort((a, b) => growth(b) - growth(a));
                 return `machine ${rows[0].cells[0].innerText} grows by ${growth(rows[0])}/s`",
        answer: &["machine 5 grows by 0."],
    },
    Question {
        question: "how fast do clocks go, and what does theory say?",
        script: "return text('#measures')",
        answer: &["clock/s", "theory"],
    },
    Question {
        question: "how do I see this run again?",
        script: "return text('#again')",
        answer: &["sim run results/partition/seed-1/config.toml"],
    },
];

/// Questions about nodes that lose values.
const OF_NODES: [Question; 4] = [
    Question {
        question: "what is wrong?",
        script: "return text('.badge')",
        answer: &["invalid", "missing-at-node"],
    },
    Question {
        question: "which value is missing where?",
        script: "return text('#finding-1 p')",
        answer: &["is not in the final read"],
    },
    Question {
        question: "which message would have carried it?",
        script: "document.querySelector('#finding-1 [data-show]').click();
                 return text('.diagram-panel')",
        answer: &["cut off by a partition"],
    },
    Question {
        question: "what would fix it?",
        script: "return text('#finding-1')",
        answer: &["What would fix it: ", "until its receiver has acknowledged it", "never sent to"],
    },
];

/// Questions about a store whose reads may be old.
const OF_REGISTERS: [Question; 1] = [Question {
    question: "which read is stale, and what is the value then?",
    script: "return text('#finding-1 figcaption')",
    answer: &["✗ read ", "cannot follow: the value is "],
}];

/// Questions about transactions that see effects before their causes.
const OF_TRANSACTIONS: [Question; 1] = [Question {
    question: "which transactions contradict each other, and why?",
    script: "return text('#finding-1 .finding-shown')",
    answer: &["(wr ", "What would fix it: ", "The strongest level that allows it"],
}];

fn ask(browser: &Browser, questions: &[Question]) -> Vec<String> {
    let mut wrong = Vec::new();
    for Question { question, script, answer } in questions {
        let said = browser.run(&format!("{SEARCH}\n{script}"));
        let said = said.as_str().unwrap_or_default();
        if !answer.iter().all(|part| said.contains(part)) {
            wrong.push(format!("{question}\n  said: {said}\n  expected: {answer:?}"));
        }
    }
    wrong
}

#[test]
fn twelve_questions_are_answered_by_a_click_each() {
    let pages = Pages::new();
    let browser = Browser::start(1400, 1000);
    browser.open(&pages.machines());
    let mut wrong = ask(&browser, &OF_MACHINES);
    browser.open(&pages.nodes());
    wrong.extend(ask(&browser, &OF_NODES));
    browser.open(&pages.registers());
    wrong.extend(ask(&browser, &OF_REGISTERS));
    browser.open(&pages.transactions());
    wrong.extend(ask(&browser, &OF_TRANSACTIONS));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    is_quiet(&browser, "questions");
    assert_eq!(browser.run("return 1"), Value::from(1));
}
