#!/bin/sh
# Builds the Python wheel, installs it into an environment of its own, and tests the installed module:
#     tests/python.sh ENVIRONMENT [prepare]
# The environment is made if it is not there; with `prepare` that is all. Needs Python 3.9 with venv,
# and Python's index. The notebook is run by `cargo test`, where `python3` is that of the environment.
set -eu
environment=${1:?usage: tests/python.sh ENVIRONMENT [prepare]}
mkdir -p "$environment"
environment=$(cd "$environment" && pwd)
cd "$(dirname "$0")/.."
test -x "$environment/bin/python" || python3 -m venv "$environment"
PATH="$environment/bin:$PATH"
pip install --quiet maturin pandas polars nbclient ipykernel
test "${2:-}" != prepare || exit 0

# The release build, whose parts are there already in CI.
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
maturin build --release --compatibility linux --out "$wheels"
pip install --quiet --force-reinstall --no-deps "$wheels"/*.whl
test "$(cd "$wheels" && python -c 'import sim; print(sim.program())')" = "$environment/bin/sim"
python python/tests/test_sim.py
