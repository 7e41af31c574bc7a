//! The stored histories of transactions, each with its verdict at each model.
//!
//! `tests/data/txn-models.tsv` has for each bad history its anomalies, the weakest models that it
//! breaks, and the strongest ones that it satisfies. Those that are undecided are left out.

use std::path::{Path, PathBuf};

use super::*;
use crate::edn::Edn;
use crate::history::{Named, read_edn, read_jsonl};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn history(path: &Path) -> Named {
    let text = read(path);
    let named = match path.extension().is_some_and(|ending| ending == "edn") {
        true => read_edn(text.as_bytes(), &[]),
        false => read_jsonl(text.as_bytes(), &[]),
    };
    named.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names in a list or a set, separated by spaces.
fn names(of: Option<&Edn>) -> String {
    let (Some(Edn::List(names)) | Some(Edn::Set(names))) = of else { return String::new() };
    let name = |name: &Edn| match name {
        Edn::Keyword(name) => name.clone(),
        other => other.to_string(),
    };
    names.iter().map(name).collect::<Vec<String>>().join(" ")
}

#[test]
fn each_bad_history_breaks_its_models_and_no_others() {
    let mut found = "history\tanomalies\tweakest broken\tstrongest left\n".to_owned();
    let workloads = [("txn-list-append", DataType::List), ("txn-rw-register", DataType::Register)];
    for (workload, data_type) in workloads {
        let folder = data().join("histories/bad").join(workload);
        for line in read(&folder.join("expected.tsv")).lines().skip(1) {
            let file = line.split('\t').next().expect("a file");
            let Named { history, nodes } = history(&folder.join(file));
            let check = |model: Model| {
                let models = vec![model];
                let options = Options { models, complete: None, ..Options::new(data_type) };
                check_with(&history, &nodes, &options)
            };
            let verdict = check(Model::StrictSerializable);
            let strict = verdict.result.get("strict");
            let of = |key: &str| names(strict.and_then(|strict| strict.get(key)));
            let (anomalies, not, left) = (of("anomaly-types"), of("not"), of("strongest-left"));
            if anomalies.is_empty() {
                continue;
            }
            let weakest: Vec<Model> = not.split(' ').filter_map(Model::of).collect();
            for model in Model::ALL {
                let implied = model.implied();
                let is_broken = weakest.iter().any(|weak| implied.contains(*weak));
                let validity = check(*model).strict;
                assert_eq!(validity, Validity::of(!is_broken), "{workload}/{file}: {model:?}");
            }
            found += &format!("{workload}/{file}\t{anomalies}\t{not}\t{left}\n");
        }
    }
    let path = data().join("txn-models.tsv");
    if option_env!("UPDATE_TXN_MODELS").is_some() {
        std::fs::write(&path, &found).expect("the file");
    }
    assert_eq!(found, read(&path));
}

#[test]
fn every_anomaly_that_can_be_found_has_a_bad_history() {
    let stored = read(&data().join("txn-models.tsv"));
    for data_type in [DataType::List, DataType::Register] {
        let prefix = match data_type {
            DataType::List => "txn-list-append",
            DataType::Register => "txn-rw-register",
        };
        let of_type = stored.lines().filter(|line| line.starts_with(prefix));
        let known: Vec<&str> =
            of_type.filter_map(|line| line.split('\t').nth(1)).flat_map(|s| s.split(' ')).collect();
        for rule in rules(data_type) {
            // The complete checks alone name a write skew.
            let is_complete = *rule == HistoryRule::WriteSkew;
            let is_anomaly = Anomaly::of(rule.name()).is_some() && !is_complete;
            assert!(!is_anomaly || known.contains(&rule.name()), "{prefix}: {}", rule.name());
        }
    }
}
