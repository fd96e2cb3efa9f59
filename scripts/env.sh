# Sourced by every script here, and by whoever calls cargo by hand: where builds and caches stand, so that all share them.
#
#   . scripts/env.sh
#
# HEARTH_TARGET_DIR moves cargo's target directory, HEARTH_MODELS_DIR the models; XDG_CACHE_HOME moves both.
# shellcheck shell=bash

HEARTH_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HEARTH_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/hearth
export HEARTH_ROOT HEARTH_CACHE

# One target directory for both workspaces, outside the checkout: a fresh clone finds the registry's crates compiled.
export HEARTH_TARGET_DIR=${HEARTH_TARGET_DIR:-$HEARTH_CACHE/target}
export CARGO_TARGET_DIR=$HEARTH_TARGET_DIR
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}

# substrate-wasm-builder looks for the workspace upwards of the target directory, unless told.
export WASM_BUILD_WORKSPACE_HINT=$HEARTH_ROOT

# A second runtime stands among the dependencies, for parachains' `benchmark storage --mode validate-block`. Nobody needs its WASM here.
export SKIP_FRAME_STORAGE_ACCESS_TEST_RUNTIME_WASM_BUILD=1

# litep2p's WebRTC asks for an OpenSSL compiled from source; the system's, which setup.sh installs, serves as well and is there.
export OPENSSL_NO_VENDOR=1

export HEARTH_MODELS_DIR=${HEARTH_MODELS_DIR:-$HEARTH_CACHE/models}
export HEARTH_VENV=$HEARTH_CACHE/venv
# Compiled Python stays out of the checkout.
export PYTHONPYCACHEPREFIX=$HEARTH_CACHE/pycache

# The toolchain that setup.sh makes from Debian's packages where rustup has no WASM target to offer.
HEARTH_DEBIAN_TOOLCHAIN=debian-web
HEARTH_DEBIAN_WASM_LIB=/usr/lib/rustlib/wasm32v1-none/lib

# Whether the toolchain in use can compile for the runtime's target by itself.
hearth_wasm_by_rustup() {
    local lib
    lib=$(rustc --print sysroot 2>/dev/null)/lib/rustlib/wasm32v1-none/lib
    compgen -G "$lib/libcore-*.rlib" >/dev/null
}

# Whether Debian's toolchain can.
hearth_wasm_by_debian() {
    [[ -L ${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$HEARTH_DEBIAN_TOOLCHAIN ]] || return 1
    local crate
    for crate in core alloc compiler_builtins; do
        compgen -G "$HEARTH_DEBIAN_WASM_LIB/lib$crate-*.rlib" >/dev/null || return 1
    done
}

if ! hearth_wasm_by_rustup && hearth_wasm_by_debian; then
    export WASM_BUILD_TOOLCHAIN=$HEARTH_DEBIAN_TOOLCHAIN
fi

# The Vulkan loader warns without it.
if [[ -z ${XDG_RUNTIME_DIR:-} ]]; then
    export XDG_RUNTIME_DIR=$HEARTH_CACHE/runtime
    mkdir -p "$XDG_RUNTIME_DIR"
    chmod 700 "$XDG_RUNTIME_DIR"
fi
