//! The nouns, the global options, and the dispatch to the nouns.

use crate::{
    account::AccountVerb,
    back::BackVerb,
    blob::BlobVerb,
    chain::Chain,
    error::Result,
    gov::GovVerb,
    job::JobVerb,
    key::KeyVerb,
    model::ModelVerb,
    network::NetworkVerb,
    nominate::NominateVerb,
    provider::ProviderVerb,
    secret::{account_of, Given},
    ui::Output,
    validator::ValidatorVerb,
};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use subxt::utils::AccountId32;

/// Buy and sell AI inference on a Hearth chain.
#[derive(Debug, Parser)]
#[command(name = "hearth", version, max_term_width = 110)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 used wrongly. Results go to stdout, everything else to stderr.")]
pub struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    noun: Noun,
}

/// What every verb takes.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The node's address.
    #[arg(long, global = true, env = "HEARTH_URL", default_value = "ws://127.0.0.1:9944", value_name = "URL")]
    pub url: String,
    /// Print the result as one JSON value.
    #[arg(long, global = true)]
    pub json: bool,
    /// The secret of the signing account: a mnemonic, a 0x-seed, or //Alice on a development chain. Others on this machine can read it in
    /// the process list; --suri-file and the environment variable HEARTH_SURI keep it out of there.
    #[arg(long, global = true, value_name = "SECRET", hide_env_values = true)]
    pub suri: Option<String>,
    /// A file whose first line is the secret of the signing account.
    #[arg(long, global = true, value_name = "FILE")]
    pub suri_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Noun {
    /// Keys: make them, look at them, give one to a node.
    #[command(subcommand)]
    Key(KeyVerb),
    /// Accounts: what one has, what is held of it and why, what it can claim.
    #[command(subcommand)]
    Account(AccountVerb),
    /// Providers: register, offer models, see how it stands, leave.
    #[command(subcommand)]
    Provider(ProviderVerb),
    /// Models: add, list, show.
    #[command(subcommand)]
    Model(ModelVerb),
    /// Jobs: submit, watch, fetch the result.
    #[command(subcommand)]
    Job(JobVerb),
    /// Blobs in a node's store.
    #[command(subcommand)]
    Blob(BlobVerb),
    /// Validators: set session keys, bond and validate, be paid, stop, withdraw.
    #[command(subcommand)]
    Validator(ValidatorVerb),
    /// Nominators: put a bond behind validators, and get it back.
    #[command(subcommand)]
    Nominate(NominateVerb),
    /// Backers: put money behind a provider, share what it earns, and get it back.
    #[command(subcommand)]
    Back(BackVerb),
    /// Governance: propose, vote and delegate, see how referenda stand, claim what was promised.
    #[command(subcommand)]
    Gov(GovVerb),
    /// The network: what it paid, and what it may pay.
    #[command(subcommand)]
    Network(NetworkVerb),
}

impl Options {
    /// How results are printed.
    pub fn output(&self) -> Output {
        Output { json: self.json }
    }

    /// The signing secret as given by option.
    pub fn given(&self) -> Given {
        Given { suri: self.suri.clone(), file: self.suri_file.clone() }
    }

    /// The account given, else the signing one.
    pub fn account_or_signer(&self, account: Option<AccountId32>) -> Result<AccountId32> {
        match account {
            Some(account) => Ok(account),
            None => Ok(account_of(&self.given().signer()?)),
        }
    }

    /// The connection to the node.
    pub async fn connect(&self) -> Result<Chain> {
        Chain::connect(&self.url).await
    }
}

impl Cli {
    /// Does what was asked.
    pub async fn run(self) -> Result<()> {
        let Self { options, noun } = self;
        match noun {
            Noun::Key(verb) => verb.run(&options).await,
            Noun::Account(verb) => verb.run(&options).await,
            Noun::Provider(verb) => verb.run(&options).await,
            Noun::Model(verb) => verb.run(&options).await,
            Noun::Job(verb) => verb.run(&options).await,
            Noun::Blob(verb) => verb.run(&options).await,
            Noun::Validator(verb) => verb.run(&options).await,
            Noun::Nominate(verb) => verb.run(&options).await,
            Noun::Back(verb) => verb.run(&options).await,
            Noun::Gov(verb) => verb.run(&options).await,
            Noun::Network(verb) => verb.run(&options).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> std::result::Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_stand_anywhere() {
        let id = "11".repeat(32);
        for line in [
            "hearth --json --suri //Alice job list".to_string(),
            "hearth job --suri //Alice list --json".to_string(),
            format!("hearth provider offer --model {id} --ask 1.5 --json --suri //Alice"),
        ] {
            let options = parse(&line).unwrap().options;
            assert!(options.json, "{line}");
            assert_eq!(options.suri.as_deref(), Some("//Alice"), "{line}");
        }
    }

    #[test]
    fn account_given_needs_no_signer() {
        let options = parse("hearth --suri //Bob key generate").unwrap().options;
        let bob = account_of(&options.given().signer().unwrap());
        assert_eq!(options.account_or_signer(None).unwrap(), bob);
        let other = AccountId32([1; 32]);
        let wrong = parse("hearth --suri no-secret key generate").unwrap().options;
        assert_eq!(wrong.account_or_signer(Some(other)).unwrap(), other);
        assert_eq!(wrong.account_or_signer(None).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn wrong_use_is_refused() {
        let signature = "0x".to_string() + &"11".repeat(64);
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        for line in [
            "hearth",
            "hearth job",
            "hearth job show",
            "hearth job show seven",
            "hearth job submit --model m --input i --replicas 0 --price 1",
            "hearth job submit --model m --input i --replicas 8 --price 1",
            "hearth job submit --model m --input i --replicas 2 --price -1",
            "hearth job submit --model m --input i --price 1 --audit 5",
            "hearth job submit --model m --input i --price 1 --audit 101%",
            "hearth job challenge",
            "hearth job appeal seven",
            "hearth job why",
            "hearth job why 7 --account Alice",
            "hearth provider slashes Alice",
            "hearth provider appeal",
            "hearth gov propose model-class magika",
            "hearth gov propose model-class magika free",
            "hearth provider register --backend cpu --slots 1",
            "hearth provider register --backend tpu --slots 1 --operator-suri //Alice",
            "hearth provider register --backend cpu --slots 1 --operator-suri //A --operator 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            &format!("hearth provider set-operator --operator-consent {signature}"),
            &format!("hearth provider set-operator --operator-suri //A --operator-consent {signature}"),
            "hearth provider set-operator --operator 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --operator-consent 0x11",
            "hearth key consent",
            "hearth account",
            "hearth account status Alice",
            "hearth network rewards --eras 0",
            "hearth blob get xyz --output f",
            "hearth provider offer --model m --ask 1.0000000000001",
            "hearth validator keys --validator 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "hearth validator start",
            "hearth validator start --bond 1 --commission 5",
            "hearth validator start --bond 1 --commission 101%",
            "hearth validator start --bond 1 --payee controller",
            "hearth validator status Alice",
            "hearth validator payout --era last",
            "hearth validator unbond",
            "hearth nominate start --bond 100",
            "hearth nominate change",
            "hearth nominate change --validator Alice",
            "hearth nominate unbond --amount -1",
            "hearth provider accept-backing",
            "hearth provider commission",
            "hearth provider commission 8",
            "hearth back",
            "hearth back add --provider 3",
            "hearth back add --provider Alice --amount 10",
            "hearth back remove --provider 3",
            "hearth back remove --provider 3 --amount 10 --all",
            "hearth back withdraw",
            "hearth back claim",
            "hearth back claim --provider 3 --backer Alice",
            "hearth back collect",
            "hearth back status Alice",
            "hearth gov",
            "hearth gov propose",
            "hearth gov propose parameter market.fee-rate",
            "hearth gov propose spend 10",
            "hearth gov propose spend 10 Alice",
            &format!("hearth gov propose budget {alice}"),
            &format!("hearth gov propose budget {alice} --instalment 10 --every 100"),
            &format!("hearth gov propose budget {alice} --instalment 10 --every 100 --count 3 --milestone 5"),
            &format!("hearth gov propose budget {alice} --milestone 5 --start 100"),
            "hearth gov propose brake jobs",
            "hearth gov propose brake model --blocks 10",
            "hearth gov propose brake everything --blocks 10",
            "hearth gov propose benchmark",
            "hearth gov propose benchmark m --elements 16",
            "hearth gov propose benchmark m --elements 16 --work 100 --stop",
            "hearth gov propose call 0x0001",
            "hearth gov propose call 0x --origin root",
            "hearth gov propose call 0x0001 --origin sudo",
            "hearth gov vote 3 aye",
            "hearth gov vote 3 split 10",
            "hearth gov vote 3 aye 10 --conviction 7",
            "hearth gov delegate all 10",
            "hearth gov undelegate",
            "hearth gov status Alice",
            "hearth gov budget claim",
            "hearth gov object",
            "hearth gov refund",
        ] {
            let Err(error) = parse(line) else { panic!("{line} was taken") };
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn every_verb_of_the_manual_is_there() {
        let id = "0x".to_string() + &"11".repeat(32);
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        for line in [
            "hearth key generate",
            "hearth key inspect 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "hearth key insert --suri-file secret",
            &format!("hearth key consent --owner {alice} --suri-file secret"),
            "hearth account status",
            &format!("hearth account status {alice}"),
            "hearth network rewards",
            "hearth network rewards --eras 84",
            "hearth network yields",
            "hearth provider register --operator-suri-file o --backend nvidia --slots 2 --bond 300",
            "hearth provider withdraw-offer --model magika",
            "hearth provider status",
            "hearth provider list",
            "hearth provider update --backend cpu --slots 4",
            "hearth provider bond-extra --amount 10",
            "hearth provider claim",
            "hearth provider claim --id 3",
            "hearth provider accept-backing --limit 5000",
            "hearth provider accept-backing --limit 0",
            "hearth provider commission 8%",
            "hearth provider commission 0.08",
            "hearth provider leave",
            "hearth provider withdraw",
            &format!("hearth provider set-operator --operator {alice}"),
            &format!("hearth provider set-operator --operator {alice} --operator-consent 0x{}", "11".repeat(64)),
            "hearth model add m.onnx --name magika --max-input-len 64KiB --tolerance-hidden 4 --output-scale 0.5",
            "hearth model list",
            "hearth model show magika",
            "hearth model retire magika",
            "hearth job submit --model magika --input x.safetensors --replicas 2 --price 0.5 --watch --output y.safetensors",
            "hearth job submit --model magika --input x.safetensors --price 0.5 --audit 100%",
            "hearth job watch 7 --until accepted",
            "hearth job challenge 7",
            "hearth job appeal 7",
            "hearth job why 7",
            &format!("hearth job why 7 --account {alice}"),
            "hearth provider slashes",
            &format!("hearth provider slashes {alice}"),
            &format!("hearth provider appeal 120:{id}"),
            "hearth provider return",
            "hearth gov propose model-class magika slashable",
            "hearth gov propose model-class magika pay-only",
            "hearth job result 7 --output y.safetensors",
            "hearth job show 7",
            "hearth job list",
            "hearth blob put m.onnx",
            &format!("hearth blob get {id} --output m.onnx"),
            "hearth validator keys",
            "hearth validator keys --print",
            &format!("hearth validator keys --print --validator {alice}"),
            "hearth validator start --bond 1000",
            "hearth validator start --bond 1000 --commission 5% --payee stash",
            "hearth validator start --bond 1000 --commission 0.05 --payee staked",
            &format!("hearth validator start --bond 1000 --payee {alice}"),
            "hearth validator stop",
            "hearth validator status",
            &format!("hearth validator status {alice}"),
            "hearth validator list",
            "hearth validator payout",
            &format!("hearth validator payout --validator {alice} --era 7"),
            "hearth validator unbond --amount 10",
            "hearth validator withdraw",
            &format!("hearth nominate start --bond 100 --validator {alice} --validator {id} --payee staked"),
            &format!("hearth nominate change --validator {alice}"),
            "hearth nominate stop",
            "hearth nominate status",
            &format!("hearth nominate status {alice}"),
            "hearth nominate unbond --amount 10",
            "hearth nominate withdraw",
            "hearth back add --provider 3 --amount 1000",
            "hearth back remove --provider 3 --amount 10",
            "hearth back remove --provider 3 --all",
            "hearth back withdraw --provider 3",
            "hearth back claim --provider 3",
            &format!("hearth back claim --provider 3 --backer {alice}"),
            "hearth back collect --provider 3",
            &format!("hearth back collect --provider 3 --backer {alice}"),
            "hearth back status",
            &format!("hearth back status {alice}"),
            "hearth gov tracks",
            "hearth gov params",
            "hearth gov params market.fee-rate",
            "hearth gov propose parameter market.fee-rate 6%",
            "hearth gov propose parameter FeeRate 6% --root --after 100 --no-deposit",
            "hearth gov propose --after 100 bound market.fee-rate 0% 30%",
            &format!("hearth gov propose spend 10 {alice}"),
            &format!("hearth gov propose budget {alice} --instalment 10 --every 100 --count 3"),
            &format!("hearth gov propose budget {alice} --instalment 10HRT --every 100 --count 3 --start 5000"),
            &format!("hearth gov propose budget {alice} --milestone 5 --milestone 7"),
            "hearth gov propose stop-budget 3",
            "hearth gov propose reach-milestone 3",
            &format!("hearth gov propose cancel-slash 9:{id}"),
            &format!("hearth gov propose cancel-slash {alice}"),
            "hearth gov propose brake jobs --blocks 100",
            "hearth gov propose brake model magika --blocks 100",
            "hearth gov propose brake slashing --blocks 100",
            "hearth gov propose release model magika",
            "hearth gov propose upgrade hearth_runtime.wasm",
            "hearth gov propose cancel-referendum 3",
            "hearth gov propose benchmark magika --elements 1024 --work 1000000",
            "hearth gov propose benchmark --stop",
            "hearth gov propose call 0x0001 --origin big-spender",
            "hearth gov deposit 3",
            "hearth gov vote 3 aye 10",
            "hearth gov vote 3 nay 10HRT --conviction 6",
            "hearth gov vote 3 abstain 10",
            "hearth gov remove-vote 3",
            &format!("hearth gov delegate all {alice} 10 --conviction 0"),
            &format!("hearth gov delegate market-params {alice} 10"),
            "hearth gov undelegate 10",
            "hearth gov unlock",
            "hearth gov status",
            &format!("hearth gov status --account {alice}"),
            &format!("hearth gov status 3 --account {alice}"),
            "hearth gov budget list",
            "hearth gov budget claim 3",
            "hearth gov payout 3",
            "hearth gov slashes",
            "hearth gov object 3",
            "hearth gov object 3 --withdraw",
            "hearth gov refund 3",
        ] {
            assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
        }
    }
}
