//! Faults in Gossip Glomers and their reports: no false positives, nodes' configured names, and
//! hints where a fault had no effect.

use sim::check::Validity;
use sim::config::{Experiment, GlomersExperiment, Override, read};
use sim::engine::rng::Seed;
use sim::experiment::{GlomersOutcome, run_glomers};
use sim::glomers::Party;
use sim::history::OpValue;

use crate::support::{Place, Rows};

fn experiment(text: &str) -> GlomersExperiment {
    match read("x.toml", text, &[] as &[Override]).expect(text) {
        Experiment::Glomers(experiment) => *experiment,
        Experiment::Scale(_) => panic!("another family"),
    }
}

fn run(text: &str) -> GlomersOutcome {
    run_glomers(&experiment(text), &mut (), &|| false)
}

const BROADCAST: &str = "model = \"glomers\"\nworkload = \"broadcast\"\n\
                         solution = \"broadcast-gossip\"\nnodes = 3\nrate = 20\n";

#[test]
fn a_node_that_is_away_at_the_beginning_is_set_up_when_it_is_back() {
    for kind in ["crash", "wipe", "pause", "blackout"] {
        for nodes in ["[\"n1\"]", "[\"n0\", \"n1\", \"n2\"]"] {
            let fault = format!("{{ at = \"0s\", until = \"12s\", {kind} = {nodes} }}");
            let outcome =
                run(&format!("{BROADCAST}duration = \"20s\"\nnemesis = {{ faults = [{fault}] }}"));
            let verdict = &outcome.verdict;
            assert_eq!(verdict.strict, Validity::Valid, "{fault}: {:?}", verdict.reasons);
            assert_eq!(outcome.run.began.map(|at| at.as_ns()), Some(0), "{fault}");
        }
    }
}

#[test]
fn a_cluster_comes_back_from_blackouts_with_what_it_acknowledged() {
    let fault = "{ at = \"2s\", until = \"4s\", blackout = [\"n0\", \"n1\", \"n2\"] }";
    for nemesis in
        [format!("faults = [{fault}]"), "kinds = [\"blackout\"], interval = \"2s\"".to_owned()]
    {
        let outcome = run(&format!("{BROADCAST}duration = \"12s\"\nnemesis = {{ {nemesis} }}"));
        let verdict = &outcome.verdict;
        assert_eq!(verdict.strict, Validity::Valid, "{nemesis}: {:?}", verdict.reasons);
        let begun = outcome.run.history.iter().filter(|op| op.f.name() == "start-blackout");
        let begun: Vec<_> = begun.map(|op| format!("{:?}", op.value)).collect();
        let all = |value: &&String| ["n0", "n1", "n2"].iter().all(|node| value.contains(node));
        assert!(begun.iter().any(|value| all(&value)), "{nemesis}: {begun:?}");
    }
}

#[test]
fn what_a_swarm_draws_spares_clients_whatever_the_scope() {
    for workload in ["g-counter", "pn-counter"] {
        let mut spoilt = 0;
        for seed in 1..=10 {
            let mut experiment = experiment(&format!(
                "model = \"glomers\"\nworkload = \"{workload}\"\nnodes = 3\nrate = 20\n\
                 duration = \"10s\"\nnetwork = {{ scope = \"all\" }}\n\
                 nemesis = {{ swarm = true, kinds = [\"loss\", \"duplication\"], \
                 interval = \"1s\" }}"
            ));
            experiment.parameters.seed = Seed::new(seed).expect("a seed");
            let mut rows = Rows::default();
            let verdict = run_glomers(&experiment, &mut rows, &|| false).verdict;
            assert_eq!(verdict.strict, Validity::Valid, "{seed}: {:?}", verdict.reasons);
            for row in rows.0.iter().filter(|row| row.fate == "lost" || row.copy == 2) {
                let is_client = |party| matches!(party, Party::Client(_));
                assert!(!is_client(row.from) && !is_client(row.to), "{row:?}");
                spoilt += 1;
            }
        }
        assert!(spoilt > 20, "{workload}: {spoilt}");
    }
}

#[test]
fn stated_partitions_are_healed_before_the_recovery() {
    let text = format!(
        "{BROADCAST}duration = \"5s\"\n\
         network = {{ partitions = [\
         {{ at = \"1s\", until = \"60s\", groups = [[\"n0\"], [\"n1\", \"n2\"]] }}] }}"
    );
    let mut rows = Rows::default();
    let outcome = run_glomers(&experiment(&text), &mut rows, &|| false);
    assert_eq!(outcome.verdict.strict, Validity::Valid, "{:?}", outcome.verdict.reasons);
    let cut = rows.0.iter().filter(|row| row.fate == "cut").map(|row| row.at.as_ns());
    let (first, last) = (cut.clone().min(), cut.max());
    assert!(first >= Some(1_000_000_000) && last < Some(5_000_000_000), "{first:?} {last:?}");
}

#[test]
fn nodes_are_called_by_their_names() {
    let ids = |nodes: &str| {
        let outcome = run(&format!(
            "model = \"glomers\"\nworkload = \"unique-ids\"\nnodes = {nodes}\nduration = \"1s\"\n\
             rate = 100"
        ));
        let ids = outcome.run.history.into_iter().filter_map(|op| match op.value {
            OpValue::Json(value) => Some((op.node?, value.as_str()?.to_owned())),
            _ => None,
        });
        ids.collect::<Vec<_>>()
    };
    let (numbered, named) = (ids("3"), ids("[\"ann\", \"bob\"]"));
    assert!(numbered.len() > 50 && named.len() > 50);
    assert!(numbered.iter().all(|(node, id)| id.starts_with(&format!("n{node}-"))), "{numbered:?}");
    let names = ["ann-", "bob-"];
    assert!(named.iter().all(|(node, id)| id.starts_with(names[*node as usize])), "{named:?}");
    let place = Place::new();
    let limited = ["run", "glomers/1-echo", "--set", "limits.same_instant_events=1"];
    let limited = [&limited[..], &["--set", "nodes=[\"ann\"]"]].concat();
    let ran = place.sim_ends(3, &limited);
    let message = "limits.same_instant_events was reached by ann at 0s";
    assert!(ran.out.contains(message) && ran.err.contains(message), "{}{}", ran.out, ran.err);
}

#[test]
fn a_value_missing_at_a_node_is_reported_first() {
    let place = Place::new();
    let ran = place.sim_ends(1, &["run", "glomers/3c", "--set", "solution=flood", "--seed", "3"]);
    let first = ran.out.lines().find(|line| line.contains(": ") && line.contains("added by"));
    let first = first.expect(&ran.out);
    assert!(first.starts_with("missing-at-node: "), "{first}");
    assert!(first.contains("is not in the final read of process"), "{first}");
    assert!(ran.out.contains("\nlost: "), "{}", ran.out);
}

#[test]
fn faults_are_reported_with_the_choice_of_the_swarm() {
    let place = Place::new();
    let fault = "nemesis.faults=[{ at = \"1s\", until = \"2s\", pause = [\"n1\"] }]";
    let ran = place.sim_ends(0, &["run", "glomers/swarm", "--set", fault]);
    let begin = ran.out.lines().skip_while(|line| !line.contains("latency ")).take(3);
    let line = begin.map(str::trim).collect::<Vec<_>>().join(" ");
    assert!(line.contains("; 1 stated fault"), "{}", ran.out);
    let results = place.read("results/latest/results.json");
    let results: serde_json::Value = serde_json::from_str(&results).expect("JSON");
    assert_eq!(results["nemesis"]["stated"], 1);
    assert_eq!(results["nemesis"]["swarm"], true);
    let kinds: Vec<&str> = results["nemesis"]["kinds"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|k| k.as_str())
        .collect();
    assert!(!kinds.is_empty() && kinds.len() < 8, "{kinds:?}");
    let said = format!("; faults: {} (the swarm's choice of 8 kinds)", kinds.join(", "));
    assert!(line.contains(&said), "{line}, {said}");
    let history = place.read("results/latest/history.jsonl");
    for kind in kinds {
        assert!(history.contains(&format!("\"start-{kind}\"")), "{kind}");
    }
}

#[track_caller]
fn hints(text: &str, expected: &[&str]) {
    let found = run(text).hints;
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_fault_without_effect_gives_a_hint() {
    let nemesis = |kinds: &str| format!("nemesis = {{ kinds = [{kinds}], interval = \"500ms\" }}");
    let echo = "model = \"glomers\"\nworkload = \"echo\"\nduration = \"10s\"\nrate = 100\n";
    hints(
        &format!("{echo}nodes = 1\n{}", nemesis("\"partition\"")),
        &["partition cut nothing: there is one node"],
    );
    hints(
        &format!("{echo}nodes = 3\n{}", nemesis("\"one-way\", \"loss\"")),
        &[
            "one-way cut nothing: nodes sent each other nothing",
            "loss took nothing: no message was within network.scope = \"nodes\"",
        ],
    );
    hints(
        &format!(
            "{echo}nodes = 1\nconcurrency = 10\nnetwork.scope = \"all\"\n{}",
            nemesis("\"loss\", \"duplication\"")
        ),
        &[],
    );
    hints(
        &format!("{echo}nodes = 1\nnetwork = {{ duplication = 0.5 }}"),
        &["duplication duplicated nothing: no message was within network.scope = \"nodes\""],
    );
    hints(&format!("{BROADCAST}duration = \"10s\"\n{}", nemesis("\"partition\"")), &[]);
    // No operation succeeds while the only node is down.
    let fault = "nemesis = { faults = [{ at = \"1s\", until = \"4s\", crash = [\"n0\"] }] }";
    hints(
        &format!("{echo}nodes = 1\nconcurrency = 1\n{fault}"),
        &["no echo succeeded during crash, of 1 begun then"],
    );
    let place = Place::new();
    let ran =
        place.sim_ends(0, &["run", "glomers/1-echo", "--set", "nemesis.kinds=[\"partition\"]"]);
    let hint = "partition cut nothing: there is one node";
    assert!(ran.out.contains(&format!("\nhint      {hint}\n")), "{}", ran.out);
    let results = place.read("results/latest/results.json");
    let results: serde_json::Value = serde_json::from_str(&results).expect("JSON");
    assert_eq!(results["hints"], serde_json::json!([hint]));
}
