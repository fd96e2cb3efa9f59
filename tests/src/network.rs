//! A network on this machine: validators of the chain `local`, nodes that may become validators, and nodes of providers.

use crate::{
    binaries,
    client::Client,
    node::{free_ports, Node},
    standin::Fault,
    wait::wait_until,
};
use hearth_primitives::provider::BackendClass;
use hearth_runtime::{AccountId, Balance, HRT};
use pallet_provider_registry::GenesisProvider;
use sc_network_types::ed25519::{Keypair, SecretKey};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use subxt::rpcs::rpc_params;
use subxt_signer::{sr25519, SecretUri};
use tempfile::TempDir;

/// The flags that give a validator its session keys, in order.
const VALIDATORS: [&str; 4] = ["alice", "bob", "charlie", "dave"];

/// The bond of a provider that the genesis trusts.
pub const TRUSTED_BOND: Balance = 100_000 * HRT;

/// Jobs that a provider with a node runs at once, which the genesis trusts.
pub const TRUSTED_SLOTS: u32 = 8;

/// What the genesis gives the owner of such a provider, for its bond and for what it does.
const TRUSTED_ENDOWMENT: Balance = TRUSTED_BOND + 10_000 * HRT;

/// How long the nodes may take to find each other and finalise.
const READY_DEADLINE: Duration = Duration::from_secs(300);

/// What a provider's node computes with.
#[derive(Clone, Debug)]
pub struct ProviderSpec {
    device: String,
    fault: Option<Fault>,
    /// What the genesis says that it computes on, if it is trusted from the first block.
    trusted: Option<BackendClass>,
}

/// What the network will be.
#[derive(Clone, Debug, Default)]
pub struct NetworkBuilder {
    validators: usize,
    candidates: usize,
    twin: Option<usize>,
    providers: Vec<ProviderSpec>,
    challenges: Option<Challenges>,
    trusted: Vec<AccountId>,
}

/// The pace of capability challenges, in blocks.
#[derive(Clone, Copy, Debug)]
pub struct Challenges {
    /// From one to the next, on average.
    pub period: u32,
    /// From the beginning of one to the last commitment.
    pub max_exec: u32,
}

impl NetworkBuilder {
    /// Validators: one, three or four, named as the chain `local` knows them.
    pub fn validators(mut self, count: usize) -> Self {
        assert!(count <= VALIDATORS.len(), "the chain `local` has {} validators", VALIDATORS.len());
        self.validators = count;
        self
    }

    /// One more node that authors blocks once its keys are in the set.
    pub fn candidate(mut self) -> Self {
        self.candidates += 1;
        self
    }

    /// A second node with the session keys of validator `index`, which the test starts.
    pub fn twin_of(mut self, index: usize) -> Self {
        assert!(index < self.validators, "only a validator has a twin");
        self.twin = Some(index);
        self
    }

    /// One more provider, whose node runs the real worker on `device`.
    pub fn provider(mut self, device: &str) -> Self {
        self.providers.push(ProviderSpec { device: device.into(), fault: None, trusted: None });
        self
    }

    /// One more provider, whose node runs the real worker on `device`, and which the genesis registers and trusts: it can be a juror.
    pub fn trusted_provider(mut self, device: &str, backend: BackendClass) -> Self {
        self.providers.push(ProviderSpec { device: device.into(), fault: None, trusted: Some(backend) });
        self
    }

    /// One more provider, whose worker misbehaves.
    pub fn faulty_provider(mut self, fault: Fault) -> Self {
        self.providers.push(ProviderSpec { device: "flex".into(), fault: Some(fault), trusted: None });
        self
    }

    /// Has providers challenged. Without it nobody is, so that chance takes no provider offline in the middle of a test.
    pub fn challenges(mut self, pace: Challenges) -> Self {
        self.challenges = Some(pace);
        self
    }

    /// A provider of `owner` without a node, which the genesis trusts: it offers nothing, and has a voice in the provider house.
    pub fn trusted_owner(mut self, owner: AccountId) -> Self {
        self.trusted.push(owner);
        self
    }

    /// Starts everything, inserts the operators' keys, and waits until each node has its peers and sees a finalised block.
    ///
    /// One validator runs the chain `dev`, where it finalises by itself; more run `local`, where it takes three of four.
    pub async fn start(self) -> Network {
        assert!(self.validators == 1 || self.validators >= 3, "{} of four validators finalise nothing", self.validators);
        let mut network = self.spawn();
        for provider in &mut network.providers {
            provider.insert_key().await;
        }
        network.wait_ready().await;
        network
    }

    fn spawn(self) -> Network {
        let chain = if self.validators == 1 { "dev" } else { "local" };
        let dir = TempDir::with_prefix("hearth-e2e-").expect("a temporary directory can be made");
        let count = self.validators + self.providers.len() + self.candidates + usize::from(self.twin.is_some());
        let ports = free_ports(2 * count);
        let mut registered = Vec::new();
        for (index, backend) in self.providers.iter().enumerate().filter_map(|(index, spec)| Some((index, spec.trusted?))) {
            let [owner, operator] = [owner_uri(index), operator_uri(index)].map(|uri| account(&keypair(&uri)));
            registered.push(GenesisProvider { owner, operator, backend, slots: TRUSTED_SLOTS, bond: TRUSTED_BOND, trusted: true });
        }
        for (index, owner) in self.trusted.iter().enumerate() {
            let (owner, operator) = (owner.clone(), account(&keypair(&format!("//Hearth//trusted-{index}//operator"))));
            registered.push(GenesisProvider { owner, operator, backend: BackendClass::Cpu, slots: 1, bond: TRUSTED_BOND, trusted: true });
        }
        let spec = raw_spec(chain, self.challenges, &registered, dir.path());
        let addresses: Vec<String> = (0..count).map(|index| address(index, ports[index])).collect();

        let node = |index: usize, name: String, own: Vec<String>| {
            let others = addresses.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, address)| address.clone());
            let mut args: Vec<String> = ["--chain", &spec, "--no-mdns", "--no-telemetry", "--no-prometheus"].map(String::from).to_vec();
            args.extend(["--rpc-methods", "unsafe", "--offchain-worker", "always", "--discover-local"].map(String::from));
            args.extend(["--log".into(), "info,hearth=debug,inference=debug,blobs=debug".into()]);
            args.extend(["--node-key".into(), hex::encode(network_secret(index))]);
            args.extend(["--listen-addr".into(), format!("/ip4/127.0.0.1/tcp/{}", ports[index])]);
            args.extend(others.flat_map(|address| ["--bootnodes".into(), address]));
            args.extend(own);
            Node::new(&name, dir.path().join(&name), ports[count + index], args)
        };

        let validator = |index: usize, name: String, keys: &str| {
            // Its name is no validator's: `--name` keeps that of the keys from being taken.
            let own = vec![format!("--{keys}"), "--no-inference".into(), "--name".into(), name.clone()];
            node(index, name, own)
        };
        let named = VALIDATORS.iter().take(self.validators).enumerate();
        let validators = named.map(|(index, keys)| validator(index, format!("validator-{keys}"), keys)).collect();
        let others = self.validators + self.providers.len();
        let candidates = (0..self.candidates)
            .map(|index| node(others + index, format!("candidate-{index}"), vec!["--validator".into(), "--no-inference".into()]))
            .collect();
        let twin = self.twin.map(|index| validator(count - 1, format!("twin-{}", VALIDATORS[index]), VALIDATORS[index]));
        let mut providers = Vec::new();
        for (index, spec) in self.providers.iter().enumerate() {
            let name = format!("provider-{index}");
            let stand_ins = dir.path().join("stand-ins");
            let worker = spec.fault.map_or_else(binaries::worker, |fault| fault.write(&stand_ins));
            let own = vec![
                "--name".into(),
                name.clone(),
                "--inference-worker".into(),
                worker.display().to_string(),
                "--inference-device".into(),
                spec.device.clone(),
            ];
            providers.push(Provider::new(index, node(self.validators + index, name, own)));
        }

        let mut network = Network { validators, candidates, twin, providers, dir: Some(dir) };
        network.nodes().for_each(Node::start);
        network
    }
}

/// A running network. Everything in it ends when it is dropped.
pub struct Network {
    /// Without workers.
    pub validators: Vec<Node>,
    /// With the role of validators, and keys that nobody knows yet.
    pub candidates: Vec<Node>,
    /// Has the session keys of a validator that runs elsewhere. Not started with the others.
    pub twin: Option<Node>,
    /// With a worker and an operator's key each.
    pub providers: Vec<Provider>,
    dir: Option<TempDir>,
}

impl Network {
    /// What the network will be.
    pub fn builder() -> NetworkBuilder {
        NetworkBuilder::default()
    }

    /// Every node but the twin.
    pub fn nodes(&mut self) -> impl Iterator<Item = &mut Node> {
        let providers = self.providers.iter_mut().map(|provider| &mut provider.node);
        self.validators.iter_mut().chain(&mut self.candidates).chain(providers)
    }

    /// A directory of the network's own, for a test's files.
    pub fn dir(&self) -> PathBuf {
        self.dir.as_ref().expect("the directory lives as long as the network").path().to_owned()
    }

    /// Where a provider's stand-in notes what it did.
    pub fn mark(&self, fault: Fault) -> PathBuf {
        fault.mark(&self.dir().join("stand-ins"))
    }

    /// A connection to the first validator.
    pub async fn client(&mut self) -> Client {
        self.validators[0].client().await
    }

    /// Panics unless every node that was not stopped on purpose runs and never panicked.
    pub fn assert_healthy(&mut self) {
        self.nodes().for_each(Node::assert_healthy);
    }

    async fn wait_ready(&mut self) {
        let alone = self.nodes().count() == 1;
        for node in self.nodes() {
            let client = node.client().await;
            wait_until(&format!("{} has peers and sees a finalised block", node.name()), READY_DEADLINE, async || {
                match (client.peers().await, client.finalised_number().await) {
                    (Ok(peers), Ok(number)) if (alone || peers > 0) && number > 0 => Ok(()),
                    other => Err(format!("(peers, finalised) {other:?}")),
                }
            })
            .await;
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // A failed test leaves its logs.
        if std::thread::panicking() {
            if let Some(dir) = self.dir.take() {
                eprintln!("==== kept: {}", dir.keep().display());
            }
        }
    }
}

/// A provider: a node, the key of its operator, and (apart from both) the account that bonds and is paid.
pub struct Provider {
    /// The node.
    pub node: Node,
    /// Reports; its key is in the node's keystore.
    pub operator: sr25519::Keypair,
    /// Bonds, and is paid.
    pub owner: sr25519::Keypair,
    operator_uri: String,
}

impl Provider {
    fn new(index: usize, node: Node) -> Self {
        let operator_uri = operator_uri(index);
        Self { node, operator: keypair(&operator_uri), owner: keypair(&owner_uri(index)), operator_uri }
    }

    /// The account that reports.
    pub fn operator_account(&self) -> AccountId {
        account(&self.operator)
    }

    /// The account that is paid.
    pub fn owner_account(&self) -> AccountId {
        account(&self.owner)
    }

    async fn insert_key(&mut self) {
        let client = self.node.client().await;
        let public = format!("0x{}", hex::encode(self.operator.public_key().0));
        let key_type = String::from_utf8_lossy(&hearth_primitives::OPERATOR_KEY_TYPE).into_owned();
        let inserted = client.request::<()>("author_insertKey", rpc_params![key_type, &self.operator_uri, public]).await;
        inserted.unwrap_or_else(|error| panic!("{} refuses its operator's key: {error}", self.node.name()));
    }
}

fn owner_uri(index: usize) -> String {
    format!("//Hearth//provider-{index}//owner")
}

fn operator_uri(index: usize) -> String {
    format!("//Hearth//provider-{index}//operator")
}

/// The account of a key.
pub fn account(key: &sr25519::Keypair) -> AccountId {
    AccountId::from(key.public_key().0)
}

/// The key of a development seed such as `//Eve`.
pub fn keypair(uri: &str) -> sr25519::Keypair {
    let uri: SecretUri = uri.parse().unwrap_or_else(|error| panic!("{uri} is no key URI: {error}"));
    sr25519::Keypair::from_uri(&uri).expect("a derivation of the development phrase gives a key")
}

/// Writes the raw specification of a chain, with these challenges and registered providers, and returns its path: built once, it spares each
/// node the making of the genesis. Owners who have no money in the preset get some.
fn raw_spec(chain: &str, challenges: Option<Challenges>, registered: &[GenesisProvider<AccountId, Balance>], dir: &Path) -> String {
    let path = |name: &str| dir.join(name).display().to_string();
    let (plain, raw) = (path("plain.json"), path("spec.json"));
    export_spec(&["--chain", chain, "--output", &plain]);
    let mut spec: Value = serde_json::from_slice(&binaries::read(Path::new(&plain))).expect("a specification is JSON");
    let genesis = &mut spec["genesis"]["runtimeGenesis"]["patch"];
    match challenges {
        Some(Challenges { period, max_exec }) => {
            genesis["chainParameters"]["challengePeriod"] = period.into();
            genesis["jobMarket"]["benchmark"]["maxExec"] = max_exec.into();
        }
        None => genesis["jobMarket"]["benchmark"] = Value::Null,
    }
    for provider in registered {
        let owner = serde_json::to_value(&provider.owner).expect("an account is JSON");
        let balances = genesis["balances"]["balances"].as_array_mut().expect("every preset lists its balances");
        if balances.iter().all(|balance| balance[0] != owner) {
            balances.push(serde_json::to_value((owner, TRUSTED_ENDOWMENT)).expect("a balance of the genesis is JSON"));
        }
        let providers = genesis["providerRegistry"]["providers"].as_array_mut().expect("every preset lists its providers");
        providers.push(serde_json::to_value(provider).expect("a provider of the genesis is JSON"));
    }
    std::fs::write(&plain, spec.to_string()).expect("a file can be written");
    export_spec(&["--chain", &plain, "--raw", "--output", &raw]);
    raw
}

fn export_spec(args: &[&str]) {
    let made = Command::new(binaries::node()).arg("export-chain-spec").args(args).output().expect("the node's program can be started");
    assert!(made.status.success(), "a specification cannot be made by {args:?}: {}", String::from_utf8_lossy(&made.stderr));
}

fn network_secret(index: usize) -> [u8; 32] {
    let mut secret = [7; 32];
    secret[0] = index as u8;
    secret
}

/// Where node `index` listens, with its identity.
fn address(index: usize, port: u16) -> String {
    let secret = SecretKey::try_from_bytes(network_secret(index)).expect("32 bytes are an ed25519 seed");
    let peer = Keypair::from(secret).public().to_peer_id();
    format!("/ip4/127.0.0.1/tcp/{port}/p2p/{peer}")
}
