//! The Python module `sim` and its notebook, with the program that is tested. Where Python or its
//! packages are absent, a test says that it skips.

use std::process::Command;

use crate::support::{Place, Ran, SIM, root, skip};

/// Returns Python with the module on its path.
fn python(place: &Place) -> Command {
    let mut python = Command::new("python3");
    python
        .current_dir(place.path())
        .env("SIM_PROGRAM", SIM)
        .env("PYTHONPATH", root().join("python"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// Whether these modules are installed, or one of them if `any`; if not, says that it skips.
fn has(place: &Place, modules: &[&str], any: bool) -> bool {
    let import = |module: &&str| {
        let tried = python(place).args(["-c", &format!("import {module}")]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    let found = if any { modules.iter().any(import) } else { modules.iter().all(import) };
    if !found {
        let how = if any { "one of " } else { "" };
        skip(&format!("python3 with {how}{} is not here", modules.join(", ")));
    }
    found
}

#[test]
fn runs_and_sweeps_are_data_frames() {
    let place = Place::new();
    if !has(&place, &["pandas", "polars"], true) {
        return;
    }
    let tests = root().join("python/tests/test_sim.py");
    let ran: Ran = python(&place).arg(tests).output().expect("Python").into();
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("\nOK"), "{}", ran.err);
}

#[test]
fn the_notebook_prints_what_is_stored() {
    let place = Place::new();
    if !has(&place, &["pandas", "nbclient", "ipykernel"], false) {
        return;
    }
    let script = root().join("python/tests/run_notebook.py");
    let ran: Ran = python(&place).arg(script).output().expect("Python").into();
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("5 outputs are as stored"), "{}", ran.out);
}
