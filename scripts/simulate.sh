#!/usr/bin/env bash
# Simulations of the chain: see --help.
set -euo pipefail

usage() {
    cat <<'END'
Usage: scripts/simulate.sh economy [--years N] [--seed N] [--actors N] [--out DIR] [--json] [--no-build] [--help]
       scripts/simulate.sh cheats [--jobs N] [--seed N] [--cost C] [--json] [--no-build] [--help]

Sets the machine up, builds Hearth, and simulates it.

economy: eras of six hours over years, every amount by the pallets' own maths. Fails when money is missing, when trading with oneself pays, or
when a GPU earns more under several names. docs/economy.md says what is modelled.

cheats: an adversary of a tenth and of a third of all providers, with one strategy after the other, on the runtime's own state transition. Fails
when a cheat pays that is to be deterred, when honesty does not, or when somebody honest is slashed. docs/cheats.md says what is modelled.

  --years N   years to simulate (10)
  --actors N  customers, providers and holders together (4000)
  --out DIR   where economy.csv, self_dealing.csv and the plots go (~/.cache/hearth/economy)
  --jobs N    jobs of each strategy at each share (10000)
  --cost C    what an honest run costs, as a part of the price (0.3)
  --seed N    of all chance; the same seed gives the same result (1)
  --json      prints the findings as one JSON object on stdout and nothing else there
  --no-build  takes the program as it was built last
END
}

build=yes
out=
arguments=()
[[ $# -gt 0 ]] || { usage >&2; exit 2; }
program=$1
case $program in
    economy) numbers=(--years --seed --actors) ;;
    cheats) numbers=(--jobs --seed --cost) ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac
shift
while (($# > 0)); do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --no-build) build= ;;
        --json) arguments+=("$1") ;;
        --out)
            [[ $program == economy && $# -gt 1 && -n $2 ]] || { usage >&2; exit 2; }
            out=$2
            shift
            ;;
        *)
            [[ " ${numbers[*]} " == *" $1 "* && $# -gt 1 ]] || { usage >&2; exit 2; }
            arguments+=("$1" "$2")
            shift
            ;;
    esac
    shift
done

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh"
# shellcheck source=env.sh
. "$here/env.sh"

# The whole workspace, as in test.sh: a single package would give the dependencies other features, and compile them anew.
if [[ -n $build ]]; then
    printf 'simulate: building (quick when nothing has changed)\n' >&2
    (cd "$HEARTH_ROOT" && cargo build --release --locked --workspace) >&2
fi

if [[ $program == economy ]]; then
    arguments+=(--out "${out:-$HEARTH_CACHE/economy}")
fi
exec "$CARGO_TARGET_DIR/release/$program" "${arguments[@]}"
