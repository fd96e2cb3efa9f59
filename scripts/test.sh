#!/usr/bin/env bash
# Everything that must hold before a change is taken: set-up, formatting, dependencies, lints, unit, engine and end-to-end tests, the demo.
set -euo pipefail

usage() {
    cat <<'END'
Usage: scripts/test.sh [--help]

Runs every check in one go and stops at the first that fails, naming it. Ends with a table of how long each step took.
Both workspaces compile once, in release, into the target directory that all scripts share (scripts/env.sh).
END
}

case ${1:-} in
    '') ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=env.sh
. "$here/env.sh"
cd "$HEARTH_ROOT"

readonly ENGINE=inference-offchain
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# --- steps --------------------------------------------------------------------------------------------------------------------------

format() {
    cargo fmt --all --check
    (cd "$ENGINE" && cargo fmt --all --check)
}

dependencies() {
    "$HEARTH_VENV/bin/python" scripts/dependencies.py
}

# Always these flags: another choice of packages or targets gives the dependencies other features, and compiles them anew.
build_chain() {
    cargo build --release --locked --workspace --all-targets
}

build_engine() {
    (cd "$ENGINE" && cargo build --release --locked --all-targets)
}

# `cargo clippy` would compile every dependency a second time, as metadata. clippy-driver in the place of rustc, for our own crates only,
# takes the libraries that the build has just made. What it makes of our crates is not optimised, for nobody runs it, and lands in a
# directory of its own, so that the real programs stay where they are; the runtime's WASM is left out, being linted natively.
lint() {
    local package overrides=()
    for package in "$@"; do
        overrides+=(--config "profile.release.package.$package.opt-level=0")
    done
    SKIP_HEARTH_RUNTIME_WASM_BUILD=1 CARGO_BUILD_BUILD_DIR=$HEARTH_TARGET_DIR CARGO_TARGET_DIR=$HEARTH_CACHE/target-lint \
        RUSTC_WORKSPACE_WRAPPER=$(command -v clippy-driver) CLIPPY_ARGS=-Dwarnings \
        cargo build --release --locked --workspace --all-targets "${overrides[@]}"
}

members() {
    cargo metadata --locked --no-deps --format-version 1 |
        "$HEARTH_VENV/bin/python" -c 'import json, sys; print(*(package["name"] for package in json.load(sys.stdin)["packages"]))'
}

lint_chain() {
    local names
    read -ra names <<<"$(members)"
    lint "${names[@]}"
}

lint_engine() {
    (cd "$ENGINE" && lint_chain)
}

unit_tests() {
    cargo test --release --locked --workspace --lib --bins
}

engine_tests() {
    (cd "$ENGINE" && cargo test --release --locked)
}

# Each of them starts a network of its own, so one at a time.
end_to_end_tests() {
    cargo test --release --locked --workspace --test '*' -- --test-threads=1
}

demo() {
    scripts/demo.sh --json >"$scratch/demo.json"
    "$HEARTH_VENV/bin/python" scripts/check_demo.py "$scratch/demo.json"
}

# --- the run ------------------------------------------------------------------------------------------------------------------------

names=()
times=()

report() {
    local index
    printf '\n%-18s %8s\n' step seconds
    for index in "${!names[@]}"; do
        printf '%-18s %8d\n' "${names[index]}" "${times[index]}"
    done
    printf '%-18s %8d\n' total "$SECONDS"
}

# The subshell stands alone, not in a condition: there bash would ignore `set -e` inside the step.
step() {
    local began=$SECONDS status
    printf '\n=== %s\n' "$1"
    set +e
    (set -e && "$1")
    status=$?
    set -e
    names+=("$1")
    times+=($((SECONDS - began)))
    if ((status != 0)); then
        report
        printf '\ntest.sh: the step %s failed (status %d)\n' "$1" "$status" >&2
        exit 1
    fi
}

set_up() {
    scripts/setup.sh
}

step set_up
# Which toolchain makes the WASM is known only now, on a machine that was bare.
# shellcheck source=env.sh
. "$here/env.sh"
for name in format dependencies build_chain build_engine lint_chain lint_engine unit_tests engine_tests end_to_end_tests demo; do
    step "$name"
done
report
