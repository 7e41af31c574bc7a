//! The pages of a grading: one for each submission, without seeds, and one that lists them.

use crate::config::{GradeSpec, shell_word};
use crate::grade::{CheckOutcome, Grade, GradedRun, RunGrade, points_text};
use crate::page::{Badge, Block, Page, PageKind, Section, Table};
use crate::store::REPORT_NAME;

/// Returns the page of a submission: its points, and for each check what was found.
pub(super) fn of_submission(spec: &GradeSpec, grade: &Grade<'_>) -> Page {
    let (points, max) = (points_text(grade.milli_points()), points_text(grade.milli_points_max()));
    let row = |outcome: &CheckOutcome<'_>| {
        vec![
            outcome.check.name.clone(),
            points_text(outcome.milli_points()),
            points_text(outcome.check.milli_points),
            outcome.grade().name().to_owned(),
        ]
    };
    let table = Table {
        caption: format!("{points} of {max} points"),
        heads: ["check", "points", "of", "verdict"].map(str::to_owned).into(),
        rows: grade.checks.iter().map(row).collect(),
    };
    let mut sections = vec![Section {
        id: "points",
        heading: "Points".to_owned(),
        lead: "A check gives its points if every run of it is valid.".to_owned(),
        blocks: vec![Block::Table(table)],
    }];
    sections.push(Section {
        id: "checks",
        heading: "Checks".to_owned(),
        lead: String::new(),
        blocks: grade.checks.iter().flat_map(check_blocks).collect(),
    });
    let worst = grade.checks.iter().map(CheckOutcome::grade).max();
    page(
        PageKind::Index,
        grade.name.clone(),
        format!("graded by {}", spec.name),
        Some((badge(worst), format!("{points} of {max} points"))),
        sections,
    )
}

/// Returns what there is to say of a check.
fn check_blocks(outcome: &CheckOutcome<'_>) -> Vec<Block> {
    let check = outcome.check;
    let options: Vec<String> = check.options.iter().map(|option| shell_word(option)).collect();
    let words = format!(
        "{}, {} of {} points",
        outcome.grade().name(),
        points_text(outcome.milli_points()),
        points_text(check.milli_points),
    );
    let (workload, options) = (&check.workload, options.join(" "));
    let mut blocks = vec![
        Block::Facts(vec![(check.name.clone(), words)]),
        Block::Command(format!("sim test -w {workload} {options} --bin …")),
    ];
    for (number, run) in (1..).zip(&outcome.runs) {
        blocks.extend(run_blocks(number, run));
    }
    blocks
}

fn run_blocks(number: usize, run: &GradedRun) -> Vec<Block> {
    let mut text: Vec<String> = run.reasons.clone();
    text.extend(run.hints.iter().map(|hint| format!("hint: {hint}")));
    if run.repeated {
        text.push("it was repeated alone, since it was late beside others".to_owned());
    }
    let mut blocks = vec![];
    let title = format!("run {number}: {}", run.grade.name());
    match &run.folder {
        Some(folder) => {
            let address = format!("{}/{REPORT_NAME}", address(folder));
            blocks.push(Block::Links(vec![(address, title, "the report of the run".to_owned())]));
        }
        None => blocks.push(Block::Note(title)),
    }
    blocks.extend(text.into_iter().map(Block::Note));
    blocks
}

/// Returns the page that lists all submissions.
pub(super) fn index(spec: &GradeSpec, grades: &[Grade<'_>]) -> Page {
    let link = |grade: &Grade<'_>| {
        let points = points_text(grade.milli_points());
        let max = points_text(grade.milli_points_max());
        (address(&format!("{}.html", grade.key)), grade.name.clone(), format!("{points} of {max}"))
    };
    let row = |grade: &Grade<'_>| {
        let cell = |outcome: &CheckOutcome<'_>| match outcome.grade() {
            RunGrade::Undetermined => "–".to_owned(),
            _ => points_text(outcome.milli_points()),
        };
        let mut row = vec![grade.name.clone()];
        row.extend(grade.checks.iter().map(cell));
        row.push(points_text(grade.milli_points()));
        row
    };
    let mut heads = vec!["submission".to_owned()];
    heads.extend(spec.checks.iter().map(|check| check.name.clone()));
    heads.push("total".to_owned());
    let table = Table {
        caption: "Points; a dash is undetermined".to_owned(),
        heads,
        rows: grades.iter().map(row).collect(),
    };
    let sections = vec![
        Section {
            id: "submissions",
            heading: "Submissions".to_owned(),
            lead: String::new(),
            blocks: vec![Block::Links(grades.iter().map(link).collect())],
        },
        Section {
            id: "points",
            heading: "Points".to_owned(),
            lead: String::new(),
            blocks: vec![Block::Table(table)],
        },
    ];
    let subtitle = format!("{} submissions, {} checks", grades.len(), spec.checks.len());
    page(PageKind::Index, format!("Grades: {}", spec.name), subtitle, None, sections)
}

fn page(
    kind: PageKind,
    title: String,
    subtitle: String,
    verdict: Option<(Badge, String)>,
    sections: Vec<Section>,
) -> Page {
    Page { kind, title, subtitle, verdict, sections, runs: vec![], difference: None }
}

fn badge(grade: Option<RunGrade>) -> Badge {
    match grade {
        Some(RunGrade::Passed) => Badge::Valid,
        Some(RunGrade::Failed) => Badge::Invalid,
        Some(RunGrade::Undetermined) | None => Badge::Undetermined,
    }
}

/// Returns a path as the address of a link, in which all but plain characters are escaped.
fn address(path: &str) -> String {
    let part = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    path.bytes().map(part).collect()
}
