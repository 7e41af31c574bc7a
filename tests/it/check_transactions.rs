//! `sim check` of transactions: models by their names, drawings, and files of other programs.

use crate::support::{Place, Ran};

/// Two transactions that overwrite what the other one has read: write skew.
const SKEW: &str = r#"
{"index":0,"type":"invoke","process":0,"f":"txn","value":[["r",1,null],["append",2,1]]}
{"index":1,"type":"invoke","process":1,"f":"txn","value":[["r",2,null],["append",1,1]]}
{"index":2,"type":"ok","process":0,"f":"txn","value":[["r",1,[]],["append",2,1]]}
{"index":3,"type":"ok","process":1,"f":"txn","value":[["r",2,[]],["append",1,1]]}
"#;

fn check(place: &Place, code: i32, file: &str, more: &[&str]) -> Ran {
    let arguments = ["check", file, "--workload", "txn-list-append"];
    place.sim_ends(code, &[&arguments[..], more].concat())
}

#[test]
fn the_models_that_are_expected_decide() {
    let place = Place::new();
    place.write("h.jsonl", SKEW);
    let model = |code, name| check(&place, code, "h.jsonl", &["--consistency-model", name]);
    model(0, "snapshot-isolation");
    model(0, "read-committed,PL-SI");
    let ran = model(1, "serializable");
    assert!(ran.out.contains("G2-item: T1 is the transaction of process 0"), "{}", ran.out);
    assert!(ran.out.contains("└────┘ rw: T2 reads key 2 before"), "{}", ran.out);
    model(1, "read-committed, PL-3");
    check(&place, 1, "h.jsonl", &[]);
    let ran = model(64, "serialisable");
    assert!(ran.err.contains("did you mean \"serializable\"?"), "{}", ran.err);
    let wrong = ["check", "h.jsonl", "--workload", "echo", "--consistency-model", "serializable"];
    let ran = place.sim_ends(64, &wrong);
    assert!(ran.err.contains("--consistency-model is for transactions"), "{}", ran.err);
}

#[test]
fn arrays_and_edn_are_the_same_history() {
    let place = Place::new();
    let entries: Vec<&str> = SKEW.trim().lines().collect();
    place.write("array.json", format!("[{}]", entries.join(",\n")));
    let edn = SKEW.replace("\"r\"", ":r").replace("\"append\"", ":append").replace("null", "nil");
    let edn = ["index", "type", "process", "f", "value", "invoke", "ok", "txn"]
        .iter()
        .fold(edn, |edn, name| edn.replace(&format!("\"{name}\":"), &format!(":{name} ")));
    let edn = edn.replace("\"invoke\"", ":invoke").replace("\"ok\"", ":ok");
    let edn = edn.replace("\"txn\"", ":txn");
    place.write("lines.edn", edn.clone());
    place.write("vector.edn", format!("[{edn}]"));
    place.write("h.jsonl", SKEW);
    let expected = check(&place, 1, "h.jsonl", &["--format", "json"]).out;
    for file in ["array.json", "lines.edn", "vector.edn"] {
        assert_eq!(check(&place, 1, file, &["--format", "json"]).out, expected, "{file}");
    }
}

/// A transaction sees one write of each of two others that write both registers blindly: no order
/// of the two explains that, and no dependency between them can be inferred.
const BLIND: &str = "
{:index 0, :type :invoke, :process 0, :f :txn, :value [[:w 1 1] [:w 2 1]]}
{:index 1, :type :invoke, :process 1, :f :txn, :value [[:w 1 2] [:w 2 2]]}
{:index 2, :type :invoke, :process 2, :f :txn, :value [[:r 1 nil] [:r 2 nil]]}
{:index 3, :type :ok, :process 0, :f :txn, :value [[:w 1 1] [:w 2 1]]}
{:index 4, :type :ok, :process 1, :f :txn, :value [[:w 1 2] [:w 2 2]]}
{:index 5, :type :ok, :process 2, :f :txn, :value [[:r 1 1] [:r 2 2]]}
";

#[test]
fn registers_are_checked_completely_besides() {
    let place = Place::new();
    place.write("h.edn", BLIND);
    let check = |code, more: &[&str]| {
        place.sim_ends(code, &[&["check", "h.edn", "--workload", "txn-rw-register"], more].concat())
    };
    for model in ["read-atomic", "causal", "snapshot-isolation", "strict-serializable"] {
        let ran = check(1, &["--consistency-model", model]);
        let name = model.replace("strict", "strong");
        let why = format!("fractured-read: {name} is broken: T1 is the transaction of process ");
        assert!(ran.out.contains(&why), "{model}: {}", ran.out);
        assert!(ran.out.contains("(Maelstrom's checker: valid)"), "{model}: {}", ran.out);
        assert!(ran.out.contains(&format!(":complete {{:{name} ")), "{model}: {}", ran.out);
    }
    check(0, &["--consistency-model", "read-committed"]);
    check(0, &["--consistency-model", "causal", "--verdict", "parity"]);
    let again = BLIND.replace("[:w 1 2] [:w 2 2]", "[:w 1 1] [:w 2 2]");
    place.write("h.edn", again);
    let ran = check(2, &["--consistency-model", "causal"]);
    assert!(ran.out.contains("1 is written to key 1 more than once"), "{}", ran.out);
}

#[test]
fn a_history_of_another_workload_is_refused() {
    let place = Place::new();
    place.write("h.jsonl", SKEW);
    let ran = place.sim_ends(65, &["check", "h.jsonl", "--workload", "txn-rw-register"]);
    assert!(ran.err.contains("this is no history of txn-rw-register"), "{}", ran.err);
}
