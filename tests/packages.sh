#!/bin/sh
# Packs the crates as for the registry, unpacks them elsewhere, installs `sim` from what was unpacked,
# and runs it:
#     tests/packages.sh [TARGET-FOLDER]
# The crates of the workspace are not in the registry, so `[patch]` names the unpacked ones.
# After a release build in the target folder only these are built, in the quickest way.
set -eu
cd "$(dirname "$0")/.."
target=${1:-target}
mkdir -p "$target"
target=$(cd "$target" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The install below builds all of them, so that packing need not.
cargo package --quiet --workspace --no-verify --allow-dirty --target-dir "$work/packed"
for crate in "$work"/packed/package/*.crate; do
    tar -xzf "$crate" -C "$work"
done
set --
crates=0
for folder in "$work"/detsim-*; do
    name=$(basename "$folder" | sed 's/-[0-9.]*$//')
    crates=$((crates + 1))
    [ "$name" = detsim ] || set -- "$@" --config "patch.crates-io.$name.path='$folder'"
    for setting in opt-level=0 codegen-units=16 debug=false; do
        set -- "$@" --config "profile.release.package.$name.$setting"
    done
    for file in README.md LICENSE-MIT LICENSE-APACHE; do
        test -s "$folder/$file" || { echo "$name has no $file" >&2; exit 1; }
    done
done
test "$crates" = 7
cd "$work"
cargo install --quiet --offline --path "$work"/detsim-[0-9]* --root "$work/root" \
    --target-dir "$target" "$@"
./root/bin/sim run exp9 --check
