//! Properties of random experiments: see the list in ARCHITECTURE.md, "Invariants".
