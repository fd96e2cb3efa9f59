//! Compiles the next runtime to WASM, beside the present one: of what that has just compiled only the runtime itself is compiled anew.

fn main() {
    #[cfg(feature = "std")]
    wasm::build();
}

#[cfg(feature = "std")]
mod wasm {
    use std::env;
    use substrate_wasm_builder::WasmBuilder;

    /// Passed on by the builder to cargo.
    const CARGO_ARGS: &str = "WASM_BUILD_CARGO_ARGS";

    pub fn build() {
        // The builder gives every crate a directory of its own, and so would compile every dependency again.
        let shared = format!("--config 'build.build-dir=\"{}\"'", told("TARGET"));
        let given = env::var(CARGO_ARGS).unwrap_or_default();
        env::set_var(CARGO_ARGS, format!("{given} {shared}"));
        WasmBuilder::init_with_defaults().append_to_rust_flags(told("FLAGS")).build();
    }

    /// What the build script of hearth-runtime, which ran before this one, says of its own build.
    fn told(what: &str) -> String {
        let name = format!("DEP_HEARTH_RUNTIME_{what}");
        env::var(&name).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}
