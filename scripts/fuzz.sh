#!/usr/bin/env bash
# Long runs of what the tests run shortly: see --help.
set -euo pipefail

usage() {
    cat <<'END'
Usage: scripts/fuzz.sh market [--cases N] [--help]

Sets the machine up, and lets hostile actors call the market and the registry in random order, each run with other chances than the last; after
every call no planck may be missing and nobody honest convicted. Fails with the shortest sequence of calls that it finds.

  --cases N  cases of 500 calls (10000, some hours)
END
}

cases=10000
target=
while (($#)); do
    case $1 in
        -h | --help) usage; exit 0 ;;
        market) target=$1 ;;
        --cases) cases=${2:?--cases wants a number}; shift ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
[[ $target ]] || { usage >&2; exit 2; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh"
# shellcheck source=env.sh
. "$here/env.sh"
cd "$HEARTH_ROOT"

# The whole workspace, as in test.sh: a single package would give the dependencies other features, and compile them anew.
PROPTEST_CASES=$cases exec cargo test --release --locked --workspace --lib -- --nocapture tests::whole::no_planck
