#!/usr/bin/env bash
# Everything that must hold before a change is taken: set-up, formatting, dependencies, lints, unit, engine and end-to-end tests, the demo.
set -euo pipefail

usage() {
    cat <<'END'
Usage: scripts/test.sh [--help]

Runs every check in one go and stops at the first that fails, naming it. Tests with networks and the demo run beside the others; what they say
is shown when they have ended. Ends with a table of how long each step took.
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
    SKIP_HEARTH_RUNTIME_WASM_BUILD=1 SKIP_HEARTH_RUNTIME_NEXT_WASM_BUILD=1 CARGO_BUILD_BUILD_DIR=$HEARTH_TARGET_DIR CARGO_TARGET_DIR=$HEARTH_CACHE/target-lint \
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

# Several networks at a time: they wait for blocks most of the time.
end_to_end() {
    cargo test --release --locked --workspace --test e2e -- --test-threads=3 "$@"
}

# Those that need no worker, and so not the engine.
readonly CHAIN_ALONE=(cli:: governance:: runtime:: staking:: voter::)

chain_networks() {
    end_to_end "${CHAIN_ALONE[@]}"
}

market_networks() {
    end_to_end "${CHAIN_ALONE[@]/#/--skip=}"
}

command_line_tests() {
    cargo test --release --locked --workspace --test cli
}

demo() {
    printf 'running the demo\n'
    scripts/demo.sh --json --no-build >"$scratch/demo.json"
    "$HEARTH_VENV/bin/python" scripts/check_demo.py "$scratch/demo.json"
}

# --- the run ------------------------------------------------------------------------------------------------------------------------

report() {
    local name seconds
    printf '\n%-18s %8s\n' step seconds
    while read -r name seconds; do
        printf '%-18s %8d\n' "$name" "$seconds"
    done <"$scratch/times"
    printf '%-18s %8d\n' total "$SECONDS"
}

# Runs a step in a subshell, and leaves how it ended in `status`; with a second word, the step stands back for others. The subshell stands alone,
# not in a condition: there bash would ignore `set -e` inside the step.
status=0
attempt() {
    local began=$SECONDS
    set +e
    (
        set -e
        if [[ ${2:-} == gently ]]; then
            renice -n 15 -p "$BASHPID" >/dev/null
        fi
        "$1"
    )
    status=$?
    set -e
    printf '%s %d\n' "$1" $((SECONDS - began)) >>"$scratch/times"
}

fail() {
    report
    printf '\ntest.sh: the step %s failed (status %d)\n' "$1" "$2" >&2
    exit 1
}

step() {
    printf '\n=== %s\n' "$1"
    attempt "$@"
    if ((status != 0)); then
        local failed=$status
        join
        fail "$1" "$failed"
    fi
}

# Steps that start networks wait for blocks most of the time, so they run beside those that compute, each in a lane of its own. They get
# cargo's lock first: a lane has it when it says what is running.
lanes=()

start_beside() {
    local said=$scratch/beside.${#lanes[@]}
    : >"$said"
    (
        printf '\n=== %s (beside other steps)\n' "$1"
        attempt "$1"
        if ((status != 0)); then
            printf '%s %d\n' "$1" "$status" >>"$scratch/failed"
        fi
    ) >>"$said" 2>&1 &
    lanes+=($!)
    until grep -q '^running ' "$said" || ! kill -0 "${lanes[-1]}" 2>/dev/null; do
        sleep 1
    done
}

# Waits for them to end, and shows what they said.
join() {
    local lane
    for lane in "${!lanes[@]}"; do
        printf '\n=== waiting for the steps with networks\n'
        wait "${lanes[lane]}" || printf 'networks %d\n' "$?" >>"$scratch/failed"
        cat "$scratch/beside.$lane"
    done
    lanes=()
}

join_or_fail() {
    local name failed
    join
    if [[ -e $scratch/failed ]]; then
        read -r name failed <"$scratch/failed"
        fail "$name" "$failed"
    fi
}

set_up() {
    scripts/setup.sh
}

step set_up
# Which toolchain makes the WASM is known only now, on a machine that was bare.
# shellcheck source=env.sh
. "$here/env.sh"
for name in format dependencies build_chain; do
    step "$name"
done
start_beside chain_networks
step build_engine gently
start_beside market_networks
for name in engine_tests unit_tests; do
    step "$name" gently
done
# By now the networks of the chain have ended.
start_beside demo
for name in command_line_tests lint_chain lint_engine; do
    step "$name" gently
done
join_or_fail
report
