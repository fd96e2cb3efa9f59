#!/usr/bin/env bash
# A real model and real inputs through a real marketplace on this machine: see --help.
set -euo pipefail

usage() {
    cat <<'END'
Usage: scripts/demo.sh [--json] [--keep] [--no-build] [--help]

Sets the machine up, builds Hearth, starts four validators and three providers' nodes as processes (one computes on the processor, one on
a GPU or lavapipe, one on what it finds best), and buys inference from them: what kind of file is this (magika), and which sentences are
related (MiniLM). Prints labels, how far the replicas' digests stand apart, who was paid what and how many blocks it took. Everything
that it started has ended when it ends.

  --json      prints one JSON object on stdout and nothing else there
  --keep      keeps the nodes' data and logs, and says where
  --no-build  takes the programs as they were built last

The first build takes about three quarters of an hour on two cores; later runs take minutes.
END
}

build=yes
arguments=()
for argument in "$@"; do
    case $argument in
        -h | --help) usage; exit 0 ;;
        --json | --keep) arguments+=("$argument") ;;
        --no-build) build= ;;
        *) usage >&2; exit 2 ;;
    esac
done

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh"
# shellcheck source=env.sh
. "$here/env.sh"

# The whole workspace, as in test.sh: a single package would give the dependencies other features, and compile them anew.
if [[ -n $build ]]; then
    printf 'demo: building (quick when nothing has changed)\n' >&2
    (cd "$HEARTH_ROOT" && cargo build --release --locked --workspace) >&2
    (cd "$HEARTH_ROOT/inference-offchain" && cargo build --release --locked) >&2
fi

# exec: a signal to this script reaches the one that must stop the nodes.
exec "$HEARTH_VENV/bin/python" "$here/demo.py" "${arguments[@]}"
