//! A new runtime by vote, on real nodes with real workers: holders pass it, every node runs it, its migration goes through the state, and
//! the job that was under way is computed and paid.

use hearth_primitives::{governance::ReferendumStage, market::JobState, provider::BackendClass};
use hearth_runtime::{
    next::{SentBefore, ACCOUNTS_PER_STEP},
    AccountId, BlockNumber, Nonce, Runtime, RuntimeEvent, HRT, VERSION,
};
use hearth_tests::{
    binaries::{self, Model},
    client::Client,
    governance::{ballot, enacted, patience, patience_for, propose, vote, Proposal},
    market::{self, Order, Registration},
    network::{account, keypair, Network},
    snapshot::Snapshot,
    wait::wait_until,
};
use pallet_conviction_voting::Conviction;
use serde_json::Value;
use sp_core::storage::well_known_keys;
use std::{collections::BTreeMap, time::Duration};
use subxt::rpcs::rpc_params;

/// More than half of all that can vote, together.
const HOLDERS: [&str; 6] = ["//Alice", "//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie"];

/// From submission to the payment.
const JOB_DEADLINE: Duration = Duration::from_secs(900);

/// For all nodes to compile the new runtime and go on, on a busy machine.
const TAKEOVER: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_that_holders_vote_in_takes_over_and_jobs_go_on() {
    let code =
        hearth_runtime_next::WASM_BINARY.expect("the next runtime was built without its WASM: unset SKIP_WASM_BUILD and build again");
    let magika = Model::open("magika");
    let mut network = Network::builder().validators(4).provider("flex").provider("flex").start().await;
    let client = network.client().await;
    let from = client.finalised_number().await.expect("the chain finalises");

    // Bob proposes while others come to the market.
    let customer = keypair("//Hearth//customer");
    let owners: Vec<_> = network.providers.iter().map(|provider| provider.owner_account()).collect();
    let upgrade =
        Proposal::new(frame_system::RawOrigin::<AccountId>::Root, frame_system::Call::<Runtime>::set_code { code: code.to_vec() });
    let coming = async {
        market::fund(&client, owners.into_iter().chain([account(&customer)]), 10_000 * HRT).await;
        let blob = market::upload(&client, &binaries::read(&magika.onnx())).await.expect("the model can be uploaded");
        client.submit(&customer, market::register_model("magika", blob, 100)).await.expect("the model can be registered");
        let terms = Registration { backend: BackendClass::Cpu, slots: 1, bond: 1_000 * HRT, models: vec![blob.id], ask: HRT / 2 };
        let providers: Vec<_> = network.providers.iter().map(|provider| (provider, terms.clone())).collect();
        market::register_providers(&client, &providers).await;
        let input = market::upload(&client, &binaries::read(&magika.cases()[0].input)).await.expect("an input can be uploaded");
        Order { model: blob.id, input, replicas: 2, price: HRT }
    };
    let bob = keypair("//Bob");
    let (order, referenda) = tokio::join!(coming, propose(&client, &bob, std::slice::from_ref(&upgrade), None));
    let index = referenda[0];

    // All holders vote. As soon as it is decided the customer submits: the new runtime comes in a third of the time that its job takes.
    let ayes = HOLDERS.map(|seed| {
        let client = &client;
        async move { client.submit(&keypair(seed), vote(index, ballot(true, Conviction::Locked1x, 90_000_000 * HRT))).await }
    });
    futures::future::try_join_all(ayes).await.expect("holders can vote");
    wait_until("the upgrade is approved", patience(&client).await, async || {
        let stage: Option<ReferendumStage<BlockNumber>> =
            client.runtime("GovernanceApi_referendum", index).await.map_err(|error| error.to_string())?;
        matches!(stage, Some(ReferendumStage::Approved(_))).then_some(()).ok_or_else(|| format!("{stage:?}"))
    })
    .await;
    let job = market::submit_jobs(&client, &customer, &[order]).await.expect("a job can be submitted")[0];
    let (enacted_in, result) = enacted(&client, index, from).await;
    assert_eq!(result, Ok(()));

    let migrated_in = assert_migrated(&client, enacted_in).await;
    let next = u64::from(VERSION.spec_version) + 1;
    for node in network.nodes() {
        let client = node.client().await;
        wait_until(&format!("{} runs the new runtime, and finalises with it", node.name()), TAKEOVER, async || {
            let version: Value = client.request("state_getRuntimeVersion", rpc_params![]).await.map_err(|error| error.to_string())?;
            let finalised = client.finalised_number().await.map_err(|error| error.to_string())?;
            let done = version["specVersion"].as_u64() == Some(next) && finalised > migrated_in;
            done.then_some(()).ok_or_else(|| format!("block {finalised} of {migrated_in}, {version}"))
        })
        .await;
    }
    let key = format!("0x{}", hex::encode(well_known_keys::CODE));
    let on_chain: String = client.request("state_getStorage", rpc_params![key]).await.expect("the code is on chain");
    assert!(on_chain == format!("0x{}", hex::encode(code)), "the code on chain is what was voted for");

    let ended = market::wait_terminal(&client, &job, JOB_DEADLINE).await;
    assert_eq!(ended.state, JobState::Finalised);
    assert!(ended.members.iter().all(|member| member.paid == HRT), "{ended:?}");
    assert!(ended.submitted_at < enacted_in && ended.ended_at > Some(migrated_in), "the job began before and ended after: {ended:?}");

    let mut state = Snapshot::after(&client, [&ended].into_iter()).await.expect("the state can be read");
    state.assert_try_state();
    market::assert_idle(&client).await;
    network.assert_healthy();
}

/// The migration goes on from the block after `enacted_in`, a step in each, and leaves what it should; returns the block in which it ends.
async fn assert_migrated(client: &Client, enacted_in: BlockNumber) -> BlockNumber {
    let before = sent(client, enacted_in, || frame_system::Account::<Runtime>::iter().map(|(who, info)| (who, info.nonce)).collect()).await;
    // One step for so many accounts each, and one that finds no more.
    let steps = before.len().div_ceil(ACCOUNTS_PER_STEP as usize) + 1;
    assert!(steps > 3, "{} accounts are too few to show anything", before.len());
    let completed = |event: &RuntimeEvent| match event {
        RuntimeEvent::MultiBlockMigrations(pallet_migrations::Event::UpgradeCompleted) => Some(true),
        RuntimeEvent::MultiBlockMigrations(pallet_migrations::Event::UpgradeFailed) => Some(false),
        _ => None,
    };
    let deadline = patience_for(steps as BlockNumber) + TAKEOVER;
    let (migrated_in, whole) = client.wait_event("the migration ends", enacted_in, deadline, completed).await;
    assert!(whole, "the migration failed");
    assert_eq!((migrated_in - enacted_in) as usize, steps, "a block makes one step");
    let after = sent(client, migrated_in, || SentBefore::iter().collect()).await;
    assert_eq!(after, before, "every account's transactions are counted, and nobody sent any meanwhile");
    migrated_in
}

/// What `look` says of accounts and their transactions in the state after block `number`.
async fn sent(client: &Client, number: BlockNumber, look: impl FnOnce() -> BTreeMap<AccountId, Nonce>) -> BTreeMap<AccountId, Nonce> {
    let block = client.hash(number).await.expect("the block is there");
    Snapshot::at(client, block).await.expect("the state can be read").run(look)
}
