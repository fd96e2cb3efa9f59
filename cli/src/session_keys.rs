//! `hearth validator keys`: the keys with which a validator's node makes and finalises blocks, made by the node itself.

use crate::{
    amount::Amount,
    args::Options,
    chain::{is_denied, Chain},
    error::{Error, Result},
    secret::{account, account_of},
    staking::Staking,
    tx::{submit, Call, Receipt},
    ui::{line, table},
};
use clap::Args;
use serde::{Deserialize, Serialize};
use subxt::{dynamic::Value, rpcs::client::rpc_params, utils::AccountId32};

/// A public key's length in bytes.
const KEY_LEN: usize = 32;

/// Session keys to make.
#[derive(Args, Clone, Debug)]
pub struct Keys {
    /// Print the keys and their proof, and set nothing on chain: for `Session.set_keys`, signed elsewhere.
    #[arg(long)]
    print: bool,
    /// The account for which the keys are, if it signs elsewhere. The proof holds for this account alone.
    #[arg(long, requires = "print", value_parser = account, value_name = "ADDRESS")]
    validator: Option<AccountId32>,
}

/// What a node answers, in 0x-hex.
#[derive(Debug, Deserialize)]
struct Generated {
    keys: String,
    proof: Option<String>,
}

/// Keys with the proof that whoever made them knows their secrets, for one account.
#[derive(Debug)]
struct Proven {
    keys: Vec<u8>,
    proof: Vec<u8>,
}

#[derive(Debug, Serialize)]
struct Made {
    validator: AccountId32,
    /// One after the other, as the chain encodes them.
    keys: String,
    proof: String,
    /// None where they were printed only.
    #[serde(flatten)]
    receipt: Option<Receipt>,
}

impl Keys {
    /// Makes the keys, and sets them on chain unless they are printed only.
    pub async fn run(self, options: &Options) -> Result<()> {
        let signer = match self.validator {
            Some(_) => None,
            None => Some(options.given().signer()?),
        };
        let chain = options.connect().await?;
        let (validator, signer) = match (self.validator, signer) {
            (Some(validator), _) => (validator, None),
            (None, Some(signer)) => (account_of(&signer), Some(signer).filter(|_| !self.print)),
            (None, None) => return Err(Error::usage("name the validator with --validator and --print, or pass --suri-file")),
        };
        if signer.is_some() {
            check_deposit(&chain, &validator).await?;
        }
        let Proven { keys, proof } = rotate(&chain, &validator).await?;
        let receipt = match signer {
            Some(signer) => {
                let call = Call::new("Session", "set_keys", vec![keys_value(&keys)?, Value::from_bytes(&proof)]);
                Some(submit(&chain, &signer, call, "setting the session keys").await?)
            }
            None => None,
        };
        let made = Made { validator, keys: shown(&keys), proof: shown(&proof), receipt };
        options.output().print(&made, made_text)
    }
}

/// Keys are held a deposit for when they are first set: whoever cannot pay it is told before the node makes any.
async fn check_deposit(chain: &Chain, validator: &AccountId32) -> Result<()> {
    let staking = Staking::read(chain).await?;
    if staking.session_keys(validator).await?.is_some() {
        line("the account has session keys; the new ones take their place");
        return Ok(());
    }
    let deposit = Amount(staking.state.constant("Session", "KeyDeposit")?);
    let money = staking.state.money(validator).await?;
    line(&format!("a deposit of {deposit} will be held for the keys"));
    if money.holdable < deposit || money.available == Amount(0) {
        return Err(Error::failed(format!(
            "{validator} has {} and needs {deposit} for the deposit, and some more for the fee; send it more",
            money.available
        )));
    }
    Ok(())
}

/// Has the node make keys for `owner`. It keeps their secrets.
async fn rotate(chain: &Chain, owner: &AccountId32) -> Result<Proven> {
    let generated: std::result::Result<Generated, _> = chain.request("author_rotateKeysWithOwner", rpc_params![shown(&owner.0)]).await;
    let generated = generated.map_err(|error| {
        if !is_denied(&error) {
            return chain.explain("make session keys", &error);
        }
        Error::failed(format!(
            "the node at {} makes no session keys for others: run this on the validator's machine against its node on the loopback, which \
             allows it unless it was started with --rpc-methods safe, or start the node with --rpc-methods unsafe",
            chain.url()
        ))
    })?;
    let roles: std::result::Result<Vec<String>, _> = chain.request("system_nodeRoles", rpc_params![]).await;
    if roles.is_ok_and(|roles| !roles.iter().any(|role| role == "Authority")) {
        line("this node makes no blocks: start it with --validator before the keys come into use");
    }
    proven(generated)
}

fn proven(generated: Generated) -> Result<Proven> {
    let foreign = || Error::failed("the node answers in another form; use the `hearth` of its release");
    let bytes = |text: &str| hex::decode(text.trim_start_matches("0x")).map_err(|_| foreign());
    let proof = generated.proof.ok_or_else(foreign)?;
    Ok(Proven { keys: bytes(&generated.keys)?, proof: bytes(&proof)? })
}

/// Keys as a call's argument: one after the other, in the order of the chain's own type.
fn keys_value(keys: &[u8]) -> Result<Value> {
    if keys.is_empty() || !keys.len().is_multiple_of(KEY_LEN) {
        return Err(Error::failed("the node's keys are of another kind than the chain's; use the `hearth` of its release"));
    }
    Ok(Value::unnamed_composite(keys.chunks(KEY_LEN).map(Value::from_bytes)))
}

fn shown(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn made_text(made: &Made) -> String {
    let mut rows = vec![("validator", made.validator.to_string()), ("keys", made.keys.clone())];
    match made.receipt {
        Some(_) => {
            rows.push(("in use", "from the session after the next on".to_string()));
            rows.push(("next", "hearth validator start".to_string()));
        }
        None => {
            rows.push(("proof", made.proof.clone()));
            rows.push(("next", "Session.set_keys(keys, proof), signed by the validator".to_string()));
        }
    }
    table(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::tests::scripted;
    use serde_json::json;

    const OWNER: AccountId32 = AccountId32([7; 32]);

    #[tokio::test]
    async fn rotate_asks_for_the_owners_keys() {
        let chain = scripted(|method, params| match method {
            "author_rotateKeysWithOwner" => {
                assert_eq!(params, [json!(shown(&OWNER.0))]);
                Ok(json!({ "keys": "0x0102", "proof": "0x03" }))
            }
            _ => Ok(json!(["Authority"])),
        })
        .await;
        let made = rotate(&chain, &OWNER).await.unwrap();
        assert_eq!((made.keys, made.proof), (vec![1, 2], vec![3]));
    }

    #[tokio::test]
    async fn rotate_says_which_node_to_ask() {
        let chain = scripted(|_, _| Err((-32601, "RPC call is unsafe to be called externally".to_string()))).await;
        let error = rotate(&chain, &OWNER).await.unwrap_err().to_string();
        assert!(error.contains("validator's machine") && error.contains("--rpc-methods unsafe"), "{error}");
        let chain = scripted(|_, _| Err((1000, "the keystore is read-only".to_string()))).await;
        let error = rotate(&chain, &OWNER).await.unwrap_err().to_string();
        assert_eq!(error, "cannot make session keys: the keystore is read-only");
    }

    #[test]
    fn keys_without_a_proof_are_of_another_release() {
        let generated = |keys: &str, proof: Option<&str>| Generated { keys: keys.to_string(), proof: proof.map(str::to_string) };
        for (keys, proof) in [("0x01", None), ("0xzz", Some("0x01")), ("0x01", Some("proof"))] {
            let error = proven(generated(keys, proof)).unwrap_err().to_string();
            assert!(error.contains("of its release"), "{error}");
        }
        assert!(proven(generated("0x01", Some("0x"))).unwrap().proof.is_empty());
    }

    #[test]
    fn keys_value_is_one_key_after_the_other() {
        let keys = [[1u8; 32], [2; 32], [3; 32]].concat();
        let expected = [[1u8; 32], [2; 32], [3; 32]].map(Value::from_bytes);
        assert_eq!(keys_value(&keys).unwrap(), Value::unnamed_composite(expected));
        for bad in [0, 1, 33] {
            assert!(keys_value(&vec![1; bad]).is_err(), "{bad}");
        }
    }

    #[test]
    fn made_in_json_tells_whether_it_was_sent() {
        let made = |receipt| Made { validator: OWNER, keys: "0x01".to_string(), proof: "0x02".to_string(), receipt };
        let printed = serde_json::to_value(made(None)).unwrap();
        assert_eq!((&printed["proof"], printed.get("transaction")), (&json!("0x02"), None));
        let sent = serde_json::to_value(made(Some(Receipt::default()))).unwrap();
        assert!(sent["transaction"].is_string() && sent["keys"] == "0x01");
        assert!(made_text(&made(None)).contains("0x02") && !made_text(&made(Some(Receipt::default()))).contains("0x02"));
    }
}
