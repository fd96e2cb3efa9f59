//! The runtime as built: its metadata, its genesis presets, and what its WASM must not tell about the machine that built it.

use codec::Decode;
use frame_support::{
    genesis_builder_helper::build_state,
    traits::{TryState, TryStateSelect},
};
use hearth_runtime::{genesis_presets, AllPalletsWithSystem, Runtime, RuntimeGenesisConfig, System, HRT};
use hearth_tests::{network::Network, snapshot::Snapshot};
use serde_json::Value;
use sp_io::TestExternalities;
use std::path::Path;
use subxt::rpcs::rpc_params;

/// The presets that every user is promised.
const PRESETS: [&str; 3] = ["development", "local", "testnet"];

/// More than the code can be, decompressed.
const CODE_LIMIT: usize = 64 << 20;

#[test]
fn every_preset_builds_a_state_that_holds() {
    let ids = genesis_presets::names();
    for preset in PRESETS {
        assert!(ids.iter().any(|id| id.as_str() == preset), "{preset} is missing from {ids:?}");
    }
    for id in ids {
        let patch = genesis_presets::get(&id).unwrap_or_else(|| panic!("{id} is named and not there"));
        let mut genesis = serde_json::to_value(RuntimeGenesisConfig::default()).expect("the default genesis is JSON");
        lay_over(&mut genesis, serde_json::from_slice(&patch).expect("a preset is JSON"));
        let json = genesis.to_string().into_bytes();
        let mut state = TestExternalities::default();
        state.execute_with(|| {
            build_state::<RuntimeGenesisConfig>(json).unwrap_or_else(|error| panic!("{id} does not build: {error}"));
            let checked = <AllPalletsWithSystem as TryState<_>>::try_state(System::block_number(), TryStateSelect::All);
            assert!(checked.is_ok(), "try_state fails at the genesis of {id}: {checked:?}");
            assert_eq!(pallet_balances::TotalIssuance::<Runtime>::get(), 1_000_000_000 * HRT, "{id}: all that exists");
        });
    }
}

/// Lays a preset over the default configuration: objects are merged, everything else is replaced.
fn lay_over(base: &mut Value, patch: Value) {
    match (base, patch) {
        (Value::Object(base), Value::Object(patch)) => {
            for (key, value) in patch {
                lay_over(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, patch) => *base = patch,
    }
}

#[test]
fn the_wasm_tells_no_path_of_the_building_machine() {
    let code = hearth_runtime::WASM_BINARY.expect("the runtime was built without its WASM: unset SKIP_WASM_BUILD and build again");
    let code = sp_maybe_compressed_blob::decompress(code, CODE_LIMIT).expect("the WASM can be decompressed");
    assert!(code.starts_with(b"\0asm"), "it is WASM");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace");
    let mut paths = vec!["/root/".into(), "/home/".into(), ".cargo/".into(), workspace.display().to_string()];
    paths.extend(["HOME", "CARGO_HOME", "RUSTUP_HOME", "CARGO_TARGET_DIR"].into_iter().filter_map(|name| std::env::var(name).ok()));
    for path in paths.iter().filter(|path| path.len() > 1) {
        let found = occurrences(&code, path).next();
        assert!(found.is_none(), "the WASM holds {path:?}: {}", found.map(|at| around(&code, at)).unwrap_or_default());
    }
    // Sources of dependencies are named as on every machine.
    for at in occurrences(&code, "/registry/src/") {
        assert!(code[..at].ends_with(b"/cargo"), "the WASM tells where dependencies stood: {}", around(&code, at));
    }
}

fn occurrences<'a>(code: &'a [u8], text: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.windows(text.len()).enumerate().filter(move |(_, window)| *window == text.as_bytes()).map(|(at, _)| at)
}

fn around(code: &[u8], at: usize) -> String {
    String::from_utf8_lossy(&code[at.saturating_sub(40)..code.len().min(at + 120)]).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_is_what_clients_expect() {
    let mut network = Network::builder().validators(1).start().await;
    let client = network.client().await;
    let at = client.api().at_current_block().await.expect("subxt decodes the metadata");
    let metadata = at.metadata();
    for (pallet, calls) in [
        ("ProviderRegistry", &["register", "bond_extra", "set_operator", "update", "offer", "withdraw_offer", "leave", "withdraw"][..]),
        ("JobMarket", &["register_model", "retire_model", "submit_job", "report", "poke"][..]),
    ] {
        let found = metadata.pallet_by_name(pallet).unwrap_or_else(|| panic!("{pallet} is missing from the metadata"));
        for (index, name) in calls.iter().enumerate() {
            let variant = found.call_variant_by_name(name).unwrap_or_else(|| panic!("{pallet} has no call {name}"));
            assert_eq!(usize::from(variant.index), index, "{pallet}.{name}");
        }
    }
    let api = metadata.runtime_api_trait_by_name("InferenceMarketApi").expect("the market's API is in the metadata");
    for method in ["models", "model", "job", "jobs_of", "provider", "providers", "provider_of", "duties", "blobs_referenced", "quote"] {
        assert!(api.method_by_name(method).is_some(), "InferenceMarketApi has no method {method}");
    }
    let api = metadata.runtime_api_trait_by_name("AccountApi").expect("the accounts' API is in the metadata");
    assert!(["account", "yields"].iter().all(|method| api.method_by_name(method).is_some()), "AccountApi lacks a method");

    // The latest stable version, and the one that older clients ask for.
    let versions: Vec<u32> =
        decode(&client.request::<String>("state_call", rpc_params!["Metadata_metadata_versions", "0x"]).await.expect("versions"));
    assert!([14, 15, 16].iter().all(|version| versions.contains(version)), "{versions:?}");

    // The code on chain is the code of this build, and the state of a young chain holds.
    let code: String = client.request("state_getStorage", rpc_params!["0x3a636f6465"]).await.expect("the code is on chain");
    let code = hex::decode(code.trim_start_matches("0x")).expect("hex");
    assert_eq!(Some(&code[..]), hearth_runtime::WASM_BINARY, "the node runs this build's WASM");
    Snapshot::finalised(&client).await.expect("the state can be read").assert_try_state();
    network.assert_healthy();
    network.validators[0].terminate();
}

fn decode<T: Decode>(text: &str) -> T {
    let bytes = hex::decode(text.trim_start_matches("0x")).expect("the answer is hex");
    T::decode(&mut &bytes[..]).expect("the answer decodes")
}
