//! Compiles the runtime to WASM, free of the building machine's paths, so that two machines can make the same blob.

fn main() {
    #[cfg(feature = "std")]
    wasm::build();
}

#[cfg(feature = "std")]
mod wasm {
    use std::{
        env,
        path::{Path, PathBuf},
        process::Command,
    };
    use substrate_wasm_builder::WasmBuilder;

    pub fn build() {
        let flags: Vec<_> = remapped().iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect();
        let flags = flags.join(" ");
        // Whoever compiles another runtime with the same flags and in the same place finds the dependencies compiled.
        println!("cargo::metadata=flags={flags}");
        if let Some(profile) = profile() {
            println!("cargo::metadata=target={}", profile.join("wbuild/hearth-runtime/target").display());
        }
        let builder = WasmBuilder::init_with_defaults().append_to_rust_flags(flags);
        #[cfg(feature = "metadata-hash")]
        let builder = builder.enable_metadata_hash("HRT", 12);
        builder.build();
    }

    /// The folders whose names would otherwise stand in panic messages. rustc takes the last prefix that fits, so the widest comes first.
    fn remapped() -> Vec<(PathBuf, &'static str)> {
        let mut prefixes = Vec::new();
        if let Some(home) = env::var_os("HOME") {
            prefixes.push((PathBuf::from(home), "/home"));
        }
        if let Some(profile) = profile() {
            prefixes.push((profile, "/target"));
        }
        if let Some(sysroot) = sysroot() {
            prefixes.push((sysroot.join("lib/rustlib/src/rust"), "/rust"));
        }
        if let Some(cargo) =
            env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))
        {
            prefixes.push((cargo, "/cargo"));
        }
        // As it is now: this program may have been compiled for another checkout.
        if let Some(workspace) = env::var_os("CARGO_MANIFEST_DIR").as_ref().and_then(|runtime| Path::new(runtime).parent()) {
            prefixes.push((workspace.to_path_buf(), "/hearth"));
        }
        prefixes
    }

    /// Cargo's directory for what it compiles in this profile.
    fn profile() -> Option<PathBuf> {
        let out = env::var_os("OUT_DIR")?;
        Path::new(&out).ancestors().find(|dir| dir.ends_with("build"))?.parent().map(Path::to_path_buf)
    }

    /// Where the standard library of the toolchain that builds the WASM stands.
    fn sysroot() -> Option<PathBuf> {
        println!("cargo:rerun-if-env-changed=WASM_BUILD_TOOLCHAIN");
        let mut command = match env::var("WASM_BUILD_TOOLCHAIN") {
            Ok(toolchain) => {
                let mut command = Command::new("rustup");
                command.args(["run", &toolchain, "rustc"]);
                command
            }
            Err(_) => Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())),
        };
        let output = command.args(["--print", "sysroot"]).output().ok()?;
        Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
    }
}
