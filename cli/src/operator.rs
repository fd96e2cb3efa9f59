//! Operators: whose key reports for a provider, and the consent of that key's holder to the provider's owner.

use crate::{
    args::Options,
    error::{Error, Result},
    secret::{account, account_of, keypair, Given},
    tx::account_value,
    ui::line,
    units,
};
use clap::Args;
use hearth_primitives::{provider::operator_consent, H256};
use serde::Serialize;
use std::path::PathBuf;
use subxt::{dynamic::Value, utils::AccountId32};
use subxt_signer::sr25519::Keypair;

/// The account whose key reports, with what shows that the key's holder wants it to.
#[derive(Args, Debug)]
pub struct Operator {
    #[command(flatten)]
    key: OperatorKey,
    /// The consent of the holder of --operator's key: what `hearth key consent` prints there.
    #[arg(long, value_parser = units::signature, value_name = "0xHEX", conflicts_with_all = ["operator_suri", "operator_suri_file"])]
    operator_consent: Option<[u8; 64]>,
}

/// The account in one of three forms.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct OperatorKey {
    /// The operator's account, where its key is held elsewhere; it takes --operator-consent, unless it is the owner's.
    #[arg(long, value_parser = account, value_name = "ACCOUNT")]
    operator: Option<AccountId32>,
    /// The operator's secret, which signs the consent. Others on this machine can read it in the process list.
    #[arg(long, value_name = "SECRET")]
    operator_suri: Option<String>,
    /// A file whose first line is the operator's secret.
    #[arg(long, value_name = "FILE")]
    operator_suri_file: Option<PathBuf>,
}

/// An operator that an owner can bind.
pub struct Binding {
    operator: AccountId32,
    consent: Consent,
}

/// What shows that an operator consents.
enum Consent {
    /// It is the owner, who signs the transaction.
    Owner,
    /// Its holder gave a signature.
    Given([u8; 64]),
    /// Its key is here and signs.
    Key(Keypair),
}

impl Operator {
    /// What `owner` can bind. No node is asked.
    pub fn binding(&self, owner: &AccountId32) -> Result<Binding> {
        let given = Given { suri: self.key.operator_suri.clone(), file: self.key.operator_suri_file.clone() };
        let key = given.read()?.map(|suri| keypair(&suri)).transpose()?;
        let operator = self.key.operator.or_else(|| key.as_ref().map(account_of));
        let operator = operator.ok_or_else(|| Error::usage("name the operator with --operator ACCOUNT"))?;
        let consent = match (key, self.operator_consent) {
            _ if operator == *owner => Consent::Owner,
            (Some(key), _) => Consent::Key(key),
            (None, Some(signature)) => Consent::Given(signature),
            (None, None) => return Err(without_consent(&operator, owner)),
        };
        Ok(Binding { operator, consent })
    }
}

fn without_consent(operator: &AccountId32, owner: &AccountId32) -> Error {
    Error::usage(format!(
        "{operator} has to consent to {owner}: run `hearth key consent --owner {owner}` with the operator's key where it is held, and pass \
         what it prints with --operator-consent"
    ))
}

impl Binding {
    /// The operator and its consent as a call's arguments.
    pub fn values(&self, genesis: H256, owner: &AccountId32) -> Vec<Value> {
        let signature = match &self.consent {
            Consent::Owner => None,
            Consent::Given(signature) => Some(*signature),
            Consent::Key(key) => Some(sign(key, genesis, owner)),
        };
        vec![account_value(&self.operator), signature_value(signature)]
    }
}

/// A consent, as it is printed.
#[derive(Debug, Serialize)]
struct Signed {
    operator: AccountId32,
    owner: AccountId32,
    consent: String,
}

/// `hearth key consent`: signs, with the signing key as the operator's, that `owner` may bind it.
pub async fn consent(options: &Options, owner: AccountId32) -> Result<()> {
    let key = options.given().signer()?;
    let operator = account_of(&key);
    if operator == owner {
        return Err(Error::usage("an owner that reports itself needs no consent; for another key, pass the operator's with --suri-file"));
    }
    let genesis = options.connect().await?.genesis();
    let consent = format!("0x{}", hex::encode(sign(&key, genesis, &owner)));
    line(&format!(
        "{operator} consents to report for the provider of {owner}, for good. The owner passes this on with `--operator {operator} \
         --operator-consent 0x...`"
    ));
    options.output().print(&Signed { operator, owner, consent }, |signed| signed.consent.clone())
}

/// The consent of a key's holder to `owner`.
fn sign(key: &Keypair, genesis: H256, owner: &AccountId32) -> [u8; 64] {
    key.sign(&operator_consent(genesis, owner)).0
}

/// A signature, or none, as the chain's metadata names it. An operator's key is of sr25519: the node keeps no others.
fn signature_value(signature: Option<[u8; 64]>) -> Value {
    match signature {
        Some(signature) => Value::unnamed_variant("Some", [Value::unnamed_variant("Sr25519", [Value::from_bytes(signature)])]),
        None => Value::unnamed_variant("None", []),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use subxt_signer::sr25519::{verify, Signature};

    const GENESIS: H256 = H256([7; 32]);

    fn owner() -> AccountId32 {
        account_of(&keypair("//Bob").unwrap())
    }

    fn alice() -> AccountId32 {
        account_of(&keypair("//Alice").unwrap())
    }

    fn with_secret() -> Operator {
        let key = OperatorKey { operator: None, operator_suri: Some("//Alice".to_string()), operator_suri_file: None };
        Operator { key, operator_consent: None }
    }

    fn with_account(operator_consent: Option<[u8; 64]>) -> Operator {
        let key = OperatorKey { operator: Some(alice()), operator_suri: None, operator_suri_file: None };
        Operator { key, operator_consent }
    }

    #[test]
    fn operator_of_a_secret_is_its_account_and_consents() {
        let binding = with_secret().binding(&owner()).unwrap();
        assert_eq!(binding.operator, alice());
        let Consent::Key(key) = &binding.consent else { panic!("the key was given") };
        let signature = Signature(sign(key, GENESIS, &owner()));
        assert!(verify(&signature, operator_consent(GENESIS, &owner()), &key.public_key()));
        assert!(!verify(&signature, operator_consent(GENESIS, &alice()), &key.public_key()));
        let values = binding.values(GENESIS, &owner());
        assert_eq!((values.len(), &values[0]), (2, &account_value(&alice())));
    }

    #[test]
    fn operator_held_elsewhere_needs_a_consent() {
        let Err(error) = with_account(None).binding(&owner()) else { panic!("nobody consented") };
        assert_eq!(error.exit_code(), 2);
        let said = error.to_string();
        assert!(said.contains(&format!("hearth key consent --owner {}", owner())) && said.contains("--operator-consent"), "{said}");

        let values = with_account(Some([5; 64])).binding(&owner()).unwrap().values(GENESIS, &owner());
        assert_eq!(values, [account_value(&alice()), signature_value(Some([5; 64]))]);
    }

    #[test]
    fn operator_that_is_the_owner_needs_none() {
        for operator in [with_secret(), with_account(None)] {
            let values = operator.binding(&alice()).unwrap().values(GENESIS, &alice());
            assert_eq!(values, [account_value(&alice()), Value::unnamed_variant("None", [])]);
        }
    }
}
