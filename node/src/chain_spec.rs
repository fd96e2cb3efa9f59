//! Which chain to join: one of the runtime's presets by name, or a specification in a file.

use hearth_runtime::{genesis_presets, opaque::Block};
use sc_chain_spec::{ChainSpecExtension, ChainType, Properties};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a specification may hold beside the genesis.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
    /// Blocks that this chain has at certain heights.
    pub fork_blocks: sc_client_api::ForkBlocks<Block>,
    /// Blocks that this chain does not have.
    pub bad_blocks: sc_client_api::BadBlocks<Block>,
    /// A checkpoint for light clients, filled in by `sync_state_genSyncSpec`.
    pub light_sync_state: sc_sync_state_rpc::LightSyncStateExtension,
}

/// A specification.
pub type ChainSpec = sc_service::GenericChainSpec<Extensions>;

/// The specification that `id` names: `dev` or `development`, `local`, `testnet` (also without a name), or the path of a JSON file.
pub fn load(id: &str) -> Result<ChainSpec, String> {
    match id {
        "dev" | "development" => preset("Hearth Development", "hearth_dev", ChainType::Development, genesis_presets::DEVELOPMENT),
        "local" => preset("Hearth Local", "hearth_local", ChainType::Local, genesis_presets::LOCAL),
        "" | "testnet" => preset("Hearth Testnet", "hearth_testnet", ChainType::Live, genesis_presets::TESTNET),
        path if PathBuf::from(path).is_file() => ChainSpec::from_json_file(path.into()),
        other => Err(format!("there is no chain `{other}`: name `dev`, `local`, `testnet` or the file of a specification")),
    }
}

fn preset(name: &str, id: &str, kind: ChainType, preset: &str) -> Result<ChainSpec, String> {
    let wasm = hearth_runtime::WASM_BINARY.ok_or_else(|| {
        format!("this node was built without the runtime, so it knows no chain `{id}`: build it without SKIP_WASM_BUILD, or give --chain a file")
    })?;
    Ok(ChainSpec::builder(wasm, Extensions::default())
        .with_name(name)
        .with_id(id)
        .with_chain_type(kind)
        .with_protocol_id("hearth")
        .with_properties(properties())
        .with_genesis_config_preset_name(preset)
        .build())
}

/// How wallets show the token.
fn properties() -> Properties {
    Properties::from_iter([
        ("tokenSymbol".to_string(), "HRT".into()),
        ("tokenDecimals".to_string(), 12.into()),
        ("ss58Format".to_string(), 42.into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_runtime::BuildStorage;

    #[test]
    fn load_refuses_what_is_neither_a_preset_nor_a_file() {
        let error = load("no-such-chain").err().expect("there is no such chain");
        assert!(error.contains("no-such-chain"), "{error}");
    }

    #[test]
    fn load_refuses_a_file_that_is_not_a_specification() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"{\"name\": 1}").unwrap();
        assert!(load(file.path().to_str().unwrap()).is_err());
    }

    #[test]
    fn presets_build_their_genesis_and_survive_json() {
        if hearth_runtime::WASM_BINARY.is_none() {
            return;
        }
        for id in ["dev", "local", "testnet"] {
            let spec = load(id).unwrap();
            let storage = spec.build_storage().unwrap();
            assert!(storage.top.contains_key(sp_core::storage::well_known_keys::CODE), "{id}");
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), spec.as_json(true).unwrap()).unwrap();
            let raw = load(file.path().to_str().unwrap()).unwrap();
            assert_eq!(raw.build_storage().unwrap().top, storage.top, "{id}");
            assert_eq!(raw.id(), spec.id());
        }
    }
}
