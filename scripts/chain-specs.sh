#!/usr/bin/env bash
# Generates chain-specs/*.json from the runtime's genesis presets, with the hearth-node that was built last.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=env.sh
. "$here/env.sh"

case ${1:-} in
    '') ;;
    -h | --help)
        echo "Usage: scripts/chain-specs.sh"
        echo
        echo "Writes chain-specs/{development,local,testnet}.json. hearth-node must be built; it holds the runtime that goes into them."
        exit 0
        ;;
    *) "${BASH_SOURCE[0]}" --help >&2; exit 2 ;;
esac

node=$HEARTH_TARGET_DIR/release/hearth-node
[[ -x $node ]] || { printf 'chain-specs: %s is missing; build it with: cargo build --release --workspace --all-targets\n' "$node" >&2; exit 1; }

mkdir -p "$HEARTH_ROOT/chain-specs"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for preset in development local testnet; do
    "$node" export-chain-spec --chain "$preset" --output "$scratch/$preset.json"
    mv "$scratch/$preset.json" "$HEARTH_ROOT/chain-specs/$preset.json"
    printf 'chain-specs/%s.json: %d bytes\n' "$preset" "$(wc -c <"$HEARTH_ROOT/chain-specs/$preset.json")"
done
