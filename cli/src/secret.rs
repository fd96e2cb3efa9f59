//! Where a signing key comes from, and how accounts are written.

use crate::error::{Context, Error, Result};
use rand::RngCore;
use std::{path::PathBuf, str::FromStr};
use subxt::utils::AccountId32;
use subxt_signer::{bip39::Mnemonic, sr25519::Keypair, SecretUri};

/// The environment variable that holds the secret of the signing account.
pub const SURI_VARIABLE: &str = "HEARTH_SURI";

/// A secret given by option: itself, or the file that holds it. Itself stands in the process list; a file does not.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The secret.
    pub suri: Option<String>,
    /// A file with the secret on its first line.
    pub file: Option<PathBuf>,
}

impl Given {
    /// The secret, if one was given. The file comes first.
    pub fn read(&self) -> Result<Option<String>> {
        match (&self.file, &self.suri) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path).context(format_args!("cannot read the secret in {}", path.display()))?;
                let line = text.lines().next().unwrap_or_default().trim();
                if line.is_empty() {
                    return Err(Error::usage(format!(
                        "{} holds no secret; write a mnemonic or a secret URI on its first line",
                        path.display()
                    )));
                }
                Ok(Some(line.to_string()))
            }
            (None, suri) => Ok(suri.clone()),
        }
    }

    /// The key to sign with: as given, else from the environment.
    pub fn signer(&self) -> Result<Keypair> {
        let from_environment = || std::env::var(SURI_VARIABLE).ok().filter(|suri| !suri.is_empty());
        let suri = self.read()?.or_else(from_environment).ok_or_else(|| {
            Error::usage(format!(
                "this needs an account to sign with: pass --suri-file FILE or --suri, or set {SURI_VARIABLE} (a mnemonic, or //Alice on a \
                 development chain; `hearth key generate` makes one)"
            ))
        })?;
        keypair(&suri)
    }
}

/// The sr25519 key of a mnemonic, a hex seed or a development URI, with its derivation path and password.
pub fn keypair(suri: &str) -> Result<Keypair> {
    // The reasons may quote words of the secret: they are not passed on.
    let wrong = || Error::usage("the secret is no mnemonic of 12 to 24 words, no 0x-seed of 32 bytes and no //path; check it word by word");
    let uri = SecretUri::from_str(suri.trim()).map_err(|_| wrong())?;
    Keypair::from_uri(&uri).map_err(|_| wrong())
}

/// The account of a key.
pub fn account_of(keypair: &Keypair) -> AccountId32 {
    keypair.public_key().to_account_id()
}

/// A fresh mnemonic of 12 words.
pub fn fresh_mnemonic() -> Result<String> {
    let mut entropy = [0; 16];
    rand::rngs::OsRng.try_fill_bytes(&mut entropy).context("the system gives no randomness")?;
    Ok(Mnemonic::from_entropy(&entropy).context("cannot make a mnemonic")?.to_string())
}

/// An account: SS58, or 32 bytes in hex.
pub fn account(text: &str) -> std::result::Result<AccountId32, String> {
    if let Some(digits) = text.strip_prefix("0x") {
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| "an account in hex has 64 digits after 0x".to_string())?;
        return Ok(AccountId32(bytes));
    }
    AccountId32::from_str(text)
        .map_err(|_| "an account is an SS58 address such as `hearth key inspect` prints, or 0x and 64 hex digits".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    fn given(suri: &str) -> Given {
        Given { suri: Some(suri.to_string()), file: None }
    }

    #[test]
    fn signer_takes_development_uris_and_mnemonics() {
        assert_eq!(account_of(&given("//Alice").signer().unwrap()).to_string(), ALICE);
        let phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice";
        assert_eq!(account_of(&given(phrase).signer().unwrap()).to_string(), ALICE);
    }

    #[test]
    fn signer_prefers_the_file_and_reads_its_first_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        std::fs::write(&path, "  //Alice \nsomething else\n").unwrap();
        let both = Given { suri: Some("//Bob".to_string()), file: Some(path.clone()) };
        assert_eq!(account_of(&both.signer().unwrap()).to_string(), ALICE);

        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(both.signer(), Err(Error::Usage(_))));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(both.signer(), Err(Error::Failed(_))));
    }

    #[test]
    fn keypair_of_a_wrong_secret_does_not_repeat_it() {
        for suri in ["correct horse battery staple", "0x1234", "0xzz", "bottom drive obey"] {
            let Err(error) = keypair(suri) else { panic!("{suri} is no secret") };
            assert!(!error.to_string().contains(suri));
            assert_eq!(error.exit_code(), 2);
        }
    }

    #[test]
    fn fresh_mnemonics_differ_and_work() {
        let (one, two) = (fresh_mnemonic().unwrap(), fresh_mnemonic().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.split(' ').count(), 12);
        assert_ne!(account_of(&keypair(&one).unwrap()), account_of(&keypair(&two).unwrap()));
    }

    #[test]
    fn account_refuses_what_is_none() {
        for bad in ["", "0x", "0x11", "alice", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ"] {
            assert!(account(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn account_survives_writing_and_reading(raw in any::<[u8; 32]>()) {
            let account32 = AccountId32(raw);
            prop_assert_eq!(account(&account32.to_string()), Ok(account32));
            prop_assert_eq!(account(&format!("0x{}", hex::encode(raw))), Ok(account32));
        }
    }
}
