#!/bin/sh
# Builds the Python wheel, installs it into an environment of its own, and tests the installed module:
#     tests/python.sh ENVIRONMENT
# The environment is made if it is not there. Needs Python 3.9 with venv, and Python's index.
set -eu
environment=${1:?usage: tests/python.sh ENVIRONMENT}
mkdir -p "$environment"
environment=$(cd "$environment" && pwd)
cd "$(dirname "$0")/.."
test -x "$environment/bin/python" || python3 -m venv "$environment"
PATH="$environment/bin:$PATH"
pip install --quiet maturin pandas polars nbclient ipykernel

# The debug build: its parts are there already, and what is tested is the package.
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
maturin build --compatibility linux --out "$wheels"
pip install --quiet --force-reinstall --no-deps "$wheels"/*.whl
test "$(cd "$wheels" && python -c 'import sim; print(sim.program())')" = "$environment/bin/sim"
python python/tests/test_sim.py
python python/tests/run_notebook.py
