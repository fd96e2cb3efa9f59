#!/usr/bin/env bash
# Measures the weights of pallets' calls and writes them into the runtime: see --help.
set -euo pipefail

usage() {
    cat <<'END'
Usage: scripts/benchmark.sh [--steps N] [--repeat N] [PALLET...]

Builds the runtime's WASM with its benchmarks, runs them in hearth-node and writes runtime/src/weights/<pallet>.rs for each pallet named;
without a name for pallet_provider_registry and pallet_job_market, which are ours; for `all`, for every pallet that has benchmarks. A file
that is new must be named in runtime/src/weights/mod.rs and in its pallet's configuration.
Let nothing else run meanwhile. The runtime must be built (scripts/demo.sh does).
END
}

steps=20
repeat=10
pallets=()
while (($#)); do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --steps) steps=${2:?--steps wants a number}; shift ;;
        --repeat) repeat=${2:?--repeat wants a number}; shift ;;
        -*) usage >&2; exit 2 ;;
        *) pallets+=("$1") ;;
    esac
    shift
done
((${#pallets[@]})) || pallets=(pallet_provider_registry pallet_job_market)

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh"
# shellcheck source=env.sh
. "$here/env.sh"
cd "$HEARTH_ROOT"

# The WASM with benchmarks is made where the real one is made, from the same compiled libraries, and taken away from there. The real one is
# put back as it was, with its times, so that cargo sees no change.
made=$HEARTH_TARGET_DIR/release/wbuild/hearth-runtime
[[ -e $made/hearth_runtime.compact.compressed.wasm ]] || { printf 'benchmark: the runtime is missing; build it first\n' >&2; exit 1; }
scratch=$(mktemp -d)
put_back() {
    cp -a "$scratch/real/." "$made/"
    rm -rf "$scratch"
}
mkdir "$scratch/real"
cp -a "$made"/*.wasm "$scratch/real/"
trap put_back EXIT
printf 'benchmark: building the node and the runtime with their benchmarks\n' >&2
SKIP_HEARTH_RUNTIME_NEXT_WASM_BUILD=1 cargo build --release --locked --workspace --lib --bins \
    --features hearth-node/runtime-benchmarks,hearth-runtime/runtime-benchmarks
node=$scratch/hearth-node
cp "$HEARTH_TARGET_DIR/release/hearth-node" "$node"
wasm=$scratch/benchmarks.wasm
cp "$made/hearth_runtime.compact.compressed.wasm" "$wasm"

benchmark() {
    "$node" benchmark pallet --runtime "$wasm" --genesis-builder=runtime --genesis-builder-preset=development "$@"
}

if [[ ${pallets[0]} == all ]]; then
    mapfile -t pallets < <(benchmark --list=pallets --no-csv-header)
fi

for pallet in "${pallets[@]}"; do
    printf 'benchmark: %s, %d steps, %d repeats\n' "$pallet" "$steps" "$repeat" >&2
    benchmark --pallet "$pallet" --extrinsic '*' --steps "$steps" --repeat "$repeat" --wasm-execution=compiled \
        --heap-pages=4096 --template "$here/weights.hbs" --output "runtime/src/weights/$pallet.rs"
    rustfmt --edition 2021 "runtime/src/weights/$pallet.rs"
done
