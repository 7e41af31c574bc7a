//! Determinism: one config and one seed give one trace, in any folder and environment, with any
//! queue.

use crate::support::{Place, golden};

/// The runs whose hashes are committed: calm, lossy, partitioned, many machines, all options; and
/// challenges with and without faults.
const GOLDENS: [(&str, u64); 24] = [
    ("exp1", 1),
    ("exp4", 1),
    ("exp4", 2),
    ("exp7", 1),
    ("exp9", 1),
    ("exp11", 9_223_372_036_854_775_807),
    ("notebook/range6-run3", 1),
    ("notebook/range100-run1", 5),
    ("notebook/tight-run1", 1),
    ("notebook/trial6", 0),
    ("notebook/trial9", 1),
    ("lossy", 1),
    ("lossy", 2),
    ("partition", 1),
    ("partition", 3),
    ("big", 1),
    ("glomers/2-unique-ids", 1),
    ("glomers/3c", 1),
    ("glomers/3d", 1),
    ("glomers/3e", 1),
    ("glomers/4-g-counter", 1),
    ("glomers/pn-counter", 1),
    ("glomers/swarm", 1),
    ("glomers/swarm", 2),
];

fn field(manifest: &str, name: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(manifest).expect("JSON");
    value[name].as_str().expect(name).to_owned()
}

/// `tests/goldens.sh` checks the same list with another binary, as that of the release.
#[test]
fn the_golden_hashes_are_these() {
    let place = Place::new();
    let mut list = String::new();
    for (config, seed) in GOLDENS {
        let seed = seed.to_string();
        place.sim_ends(0, &["run", config, "--seed", &seed, "--net", "--quiet"]);
        let manifest = place.read(&format!("results/{config}/seed-{seed}/manifest.json"));
        let first = if config.starts_with("glomers/") { "history_blake3" } else { "trace_blake3" };
        let hashes = [first, "net_blake3", "fingerprint"].map(|f| field(&manifest, f));
        list += &format!("{config}\t{seed}\t{}\n", hashes.join("\t"));
    }
    golden("tests/data/goldens.tsv", &list);
}

/// Compares the first 3 s of a trace as text, so that a changed hash can be explained.
#[test]
fn a_trace_begins_like_this() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["run", "lossy", "--trace-out", "-", "--duration", "3s"]);
    golden("tests/data/lossy-3s.csv", &ran.out);
}

fn trace(place: &Place, change: impl FnOnce(&mut std::process::Command)) -> Vec<u8> {
    let mut command = place.command(&["run", "lossy", "--quiet", "--net", "--force"]);
    change(&mut command);
    assert!(command.status().expect("the program runs").success());
    let read = |name| std::fs::read(place.join(&format!("results/lossy/seed-1/{name}")));
    let files = ["trace.csv", "net.csv", "summary.json", "config.toml", "manifest.json"];
    files.into_iter().flat_map(|name| read(name).expect(name)).collect()
}

#[test]
fn the_environment_changes_nothing() {
    let plain = trace(&Place::new(), |_| {});
    let variables = [
        ("TZ", "Pacific/Kiritimati"),
        ("LANG", "tr_TR.UTF-8"),
        ("LC_ALL", "de_DE.UTF-8"),
        ("HOME", "/nowhere"),
        ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-FMA,-AVX2_Usable,-FMA_Usable"),
    ];
    for (name, value) in variables {
        let changed = trace(&Place::new(), |command| {
            command.env(name, value);
        });
        assert!(changed == plain, "{name}={value} changed the results");
    }
    let bare = trace(&Place::new(), |command| {
        command.env_clear();
    });
    assert!(bare == plain, "an empty environment changed the results");
}

#[test]
fn the_working_directory_changes_nothing() {
    let plain = trace(&Place::new(), |_| {});
    let place = Place::new();
    std::fs::create_dir_all(place.join("a/b")).expect("folders");
    let moved = trace(&place, |command| {
        command.current_dir(place.join("a/b")).args(["--out", "../../results"]);
    });
    assert!(moved == plain);
}

#[test]
fn every_queue_gives_the_same_bytes() {
    let plain = trace(&Place::new(), |_| {});
    for queue in ["heap", "scan", "tree"] {
        let other = trace(&Place::new(), |command| {
            command.args(["--queue", queue]);
        });
        assert!(other == plain, "{queue}");
    }
}

#[test]
fn a_resolved_config_gives_the_same_bytes() {
    for config in ["exp1", "partition"] {
        let place = Place::new();
        place.sim_ends(0, &["run", config, "--seed", "5", "--duration", "50s", "--quiet"]);
        let folder = format!("results/{config}/seed-5+duration=50s");
        let again = format!("{folder}/config.toml");
        place.sim_ends(0, &["run", &again, "--quiet", "--out", "again"]);
        for file in ["trace.csv", "manifest.json", "config.toml", "summary.json"] {
            let (a, b) = (
                place.read(&format!("{folder}/{file}")),
                format!("again/{config}/seed-5+duration=50s"),
            );
            assert_eq!(a, place.read(&format!("{b}/{file}")), "{file}");
        }
    }
}

#[test]
fn check_determinism_runs_twice_and_writes_nothing() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["run", "lossy", "--check-determinism"]);
    assert!(ran.out.starts_with("deterministic: two runs with the same 960 events"), "{}", ran.out);
    assert_eq!(place.files(), [] as [&str; 0]);
}
