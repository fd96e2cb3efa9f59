//! `hearth key`: keys of accounts and operators.

use crate::{
    args::Options,
    error::{Error, Result},
    operator,
    secret::{account, account_of, fresh_mnemonic, keypair},
    ui::{line, table},
};
use clap::Subcommand;
use hearth_primitives::OPERATOR_KEY_TYPE;
use serde::Serialize;
use subxt::{rpcs::client::rpc_params, utils::AccountId32};

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeyVerb {
    /// Make a fresh key and print its mnemonic. Nothing is stored: write it down.
    Generate,
    /// Show the account of a secret (--suri, --suri-file), or of an address.
    Inspect {
        /// The address, instead of a secret.
        #[arg(value_parser = account, value_name = "ADDRESS")]
        address: Option<AccountId32>,
    },
    /// Put an operator's key into the keystore of the node, so that the node reports with it: that of --suri or --suri-file, else a fresh one.
    /// HEARTH_SURI is not used here: it is the owner's.
    Insert,
    /// Sign, with an operator's key (--suri, --suri-file), that an owner may bind it to a provider. For `hearth provider register` and
    /// `set-operator`, where the owner does not hold the key.
    Consent {
        /// The account that will own the provider, or owns it.
        #[arg(long, value_parser = account, value_name = "ADDRESS")]
        owner: AccountId32,
    },
}

/// A key, or the public part of one.
#[derive(Debug, Serialize)]
struct KeyInfo {
    /// The address.
    account: AccountId32,
    /// The same in hex.
    public_key: String,
    /// Given only where the key is fresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    mnemonic: Option<String>,
}

impl KeyInfo {
    fn new(account: AccountId32, mnemonic: Option<String>) -> Self {
        Self { account, public_key: format!("0x{}", hex::encode(account.0)), mnemonic }
    }

    fn text(&self) -> String {
        let mut rows = vec![("account", self.account.to_string()), ("public key", self.public_key.clone())];
        if let Some(mnemonic) = &self.mnemonic {
            rows.push(("mnemonic", mnemonic.clone()));
        }
        table(&rows)
    }
}

impl KeyVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let info = match self {
            Self::Generate => fresh()?.1,
            Self::Inspect { address } => KeyInfo::new(options.account_or_signer(address)?, None),
            Self::Insert => insert(options).await?,
            Self::Consent { owner } => return operator::consent(options, owner).await,
        };
        options.output().print(&info, KeyInfo::text)
    }
}

/// A fresh secret and what is shown of it.
fn fresh() -> Result<(String, KeyInfo)> {
    let mnemonic = fresh_mnemonic()?;
    let account = account_of(&keypair(&mnemonic)?);
    Ok((mnemonic.clone(), KeyInfo::new(account, Some(mnemonic))))
}

async fn insert(options: &Options) -> Result<KeyInfo> {
    let (suri, info) = match options.given().read()? {
        Some(suri) => {
            let account = account_of(&keypair(&suri)?);
            (suri, KeyInfo::new(account, None))
        }
        None => fresh()?,
    };
    let chain = options.connect().await?;
    if !chain.is_private() {
        return Err(Error::failed(format!(
            "the secret would travel to {} in the clear; run this on the node's machine, or use a wss:// address",
            chain.url()
        )));
    }
    let key_type = String::from_utf8_lossy(&OPERATOR_KEY_TYPE);
    let inserted: std::result::Result<(), _> = chain.request("author_insertKey", rpc_params![key_type, suri, &info.public_key]).await;
    inserted.map_err(|error| chain.explain("insert the key", &error))?;
    line("The node at this address now reports with this key. If its provider has another operator, the owner names it with `hearth provider set-operator`.");
    Ok(info)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_info_shows_the_mnemonic_only_of_a_fresh_key() {
        let (mnemonic, info) = fresh().unwrap();
        let json = serde_json::to_value(&info).unwrap();
        assert_eq!(json["mnemonic"], mnemonic);
        assert_eq!(json["public_key"].as_str().unwrap().len(), 66);

        let known = KeyInfo::new(info.account, None);
        let json = serde_json::to_value(&known).unwrap();
        assert_eq!(json["account"], info.account.to_string());
        assert!(json.get("mnemonic").is_none());
        assert!(!known.text().contains("mnemonic"));
    }
}
