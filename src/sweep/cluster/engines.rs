//! The job files of engines: each starts `sim sweep shard` for every shard of a plan.
//!
//! To add an engine: a template in `engines/`, and a row in [`ENGINES`]. Words in `@` are replaced.

use std::path::Path;

use super::plan::{PLAN, Plan};
use crate::config::shell_word;

/// An engine that starts shards.
#[derive(Debug)]
pub struct Engine {
    /// The name in `--engine`.
    pub name: &'static str,
    /// The name of the job file.
    pub file: &'static str,
    /// What starts it; `@file@` is the path of the job file.
    start: &'static str,
    template: &'static str,
}

/// All engines.
pub static ENGINES: [Engine; 5] = [
    Engine {
        name: "slurm",
        file: "job.slurm",
        start: "sbatch @file@",
        template: include_str!("engines/job.slurm"),
    },
    Engine {
        name: "parallel",
        file: "parallel.sh",
        start: "sh @file@",
        template: include_str!("engines/parallel.sh"),
    },
    Engine {
        name: "hq",
        file: "hq.sh",
        start: "sh @file@",
        template: include_str!("engines/hq.sh"),
    },
    Engine {
        name: "k8s",
        file: "job.yaml",
        start: "kubectl apply -f @file@",
        template: include_str!("engines/job.yaml"),
    },
    Engine {
        name: "snakemake",
        file: "Snakefile",
        start: "snakemake --snakefile @file@ --cores all --keep-going",
        template: include_str!("engines/Snakefile"),
    },
];

/// A job file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFile {
    /// Its name in the folder of the plan.
    pub name: &'static str,
    /// Its text.
    pub text: String,
    /// The command that starts it.
    pub start: String,
}

/// The sizes that a plan has chosen, and what they rest on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// Number of cores of a node.
    pub cores: u16,
    /// Seconds that a run takes on one core; `None` if no run ended in the time of a trial.
    pub run_s: Option<f64>,
    /// Number of minutes that the engine grants a shard.
    pub minutes: u64,
}

/// Number of minutes that a shard leaves unused at the end of its time.
const RESERVE_MINUTES: u64 = 5;

impl Sizes {
    /// Returns how long a shard of a plan takes on a node, in seconds.
    pub fn shard_s(&self, plan: &Plan) -> Option<f64> {
        let longest = plan.bounds[plan.active().start as usize..].iter().map(|(a, b)| b - a).max();
        Some(self.run_s? * longest? as f64 / f64::from(self.cores))
    }

    /// Returns the sizes in words: two lines.
    pub fn words(&self, plan: &Plan) -> [String; 2] {
        let active = plan.active();
        let shards = active.end - active.start;
        let (from, to) = plan.bounds.get(active.start as usize).copied().unwrap_or_default();
        let runs = to - from;
        let first = format!("{shards} shards of about {runs} runs each, {} runs in all", plan.runs);
        let second = match (self.run_s, self.shard_s(plan)) {
            (Some(run), Some(shard)) => format!(
                "a run takes {} of a core here, so a shard {} on {} cores (10 to 60 min are good)",
                time(run),
                time(shard),
                self.cores
            ),
            _ => "no run ended within half a second here, so how long a shard takes is not known"
                .into(),
        };
        [first, second]
    }
}

impl Engine {
    /// Returns the engine of this name.
    pub fn named(name: &str) -> Option<&'static Engine> {
        ENGINES.iter().find(|engine| engine.name == name)
    }

    /// Returns the job file for a plan in the folder `folder`, an absolute path, with the program
    /// at `sim`.
    pub fn job(&self, plan: &Plan, sizes: &Sizes, folder: &Path, sim: &Path) -> JobFile {
        let active = plan.active();
        let indices = format!("{}-{}", active.start, active.end - 1);
        let [first, second] = sizes.words(plan);
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let name: String = plan.config.name.chars().map(plain).take(40).collect();
        let budget = sizes.minutes.saturating_sub(RESERVE_MINUTES).max(sizes.minutes / 2).max(1);
        let folder_text = folder.display().to_string();
        let values = [
            ("@name@", format!("sim-{}", name.trim_matches('-'))),
            ("@sizes@", first),
            ("@why@", second),
            ("@first@", active.start.to_string()),
            ("@last@", (active.end - 1).to_string()),
            ("@count@", (active.end - active.start).to_string()),
            ("@shards@", plan.bounds.len().to_string()),
            ("@indices@", indices),
            ("@cores@", sizes.cores.to_string()),
            ("@minutes@", sizes.minutes.to_string()),
            ("@seconds@", (sizes.minutes * 60).to_string()),
            ("@budget@", format!("{budget}m")),
            ("@folder@", shell_word(&folder_text)),
            ("@manifest@", shell_word(&folder.join(PLAN).display().to_string())),
            ("@sim@", shell_word(&sim.display().to_string())),
            ("@folder_literal@", literal(&folder_text)),
            ("@shell_literal@", literal(&recipe(sim))),
            ("@file@", shell_word(&folder.join(self.file).display().to_string())),
        ];
        let fill = |text: &str| {
            values.iter().fold(text.to_owned(), |text, (word, value)| text.replace(word, value))
        };
        JobFile { name: self.file, text: fill(self.template), start: fill(self.start) }
    }
}

/// Returns a text as a literal of Python: those of JSON are.
fn literal(text: &str) -> String {
    serde_json::to_string(text).expect("a string")
}

/// Returns the command of Snakemake's rule, in which braces stand for names.
fn recipe(sim: &Path) -> String {
    let sim = shell_word(&sim.display().to_string()).replace('{', "{{").replace('}', "}}");
    format!(
        "{sim} sweep shard --manifest manifest.json --index {{wildcards.shard}} --jobs {{threads}}"
    )
}

/// Formats seconds for people.
fn time(seconds: f64) -> String {
    match seconds {
        s if s < 0.001 => format!("{:.0} µs", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.0} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_stands_in_a_recipe_of_snakemake() {
        assert_eq!(literal("/a \"b\"\\c"), r#""/a \"b\"\\c""#);
        let recipe = recipe(Path::new("/opt/{sim} 1/sim"));
        assert!(recipe.starts_with("'/opt/{{sim}} 1/sim' sweep shard"), "{recipe}");
        assert!(recipe.ends_with("--index {wildcards.shard} --jobs {threads}"), "{recipe}");
    }
}
