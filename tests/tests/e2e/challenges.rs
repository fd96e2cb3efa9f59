//! Capability challenges on real nodes: what is proven earns, a claim that is too large is lost, and who is dead or too slow is offline until
//! it passes one. What is earned is shared with those who back a provider.

use hearth_primitives::{
    market::{CancelReason, JobState},
    provider::{BackendClass, BackingView, ProviderStatus},
    reward::RewardsView,
    ProviderId,
};
use hearth_runtime::{Balance, BlockNumber, RuntimeCall};
use hearth_tests::{
    binaries::{self, Model},
    client::Client,
    command::hearth,
    market::{self, Order, ProviderInfo, Registration, HRT},
    network::{account, keypair, Challenges, Network},
    snapshot::Snapshot,
    standin::Fault,
    wait::wait_until,
};
use std::time::Duration;

/// For what a challenge brings: one begins every three blocks, and a seat is settled within its deadline.
const CHALLENGE: Duration = Duration::from_secs(600);

/// From submission to the last payment.
const JOB: Duration = Duration::from_secs(600);

/// For a command that waits for finality.
const COMMAND: Duration = Duration::from_secs(180);

const PACE: Challenges = Challenges { period: 3, max_exec: 15 };

#[tokio::test(flavor = "multi_thread")]
async fn capacity_is_proven_or_lost() {
    let builder = Network::builder().validators(3).challenges(PACE);
    let builder = builder.provider("flex").provider("flex").faulty_provider(Fault::OneDevice).faulty_provider(Fault::HangInJob);
    let mut network = builder.start().await;
    let client = network.client().await;
    let url = network.validators[0].url();

    let model = Model::open("magika");
    let customer = keypair("//Hearth//customer");
    let owners: Vec<_> = network.providers.iter().map(|provider| provider.owner_account()).collect();
    market::fund(&client, owners.iter().cloned().chain([account(&customer)]), 10_000 * HRT).await;
    let blob = market::upload(&client, &binaries::read(&model.onnx())).await.expect("a model can be uploaded");
    client.submit(&customer, market::register_model("magika", blob, 40)).await.expect("the model can be registered");

    // Two honest machines, one that claims four slots and can run one worker, and one that never answers.
    let terms = [1, 1, 4, 1].map(|slots| Registration {
        backend: BackendClass::Cpu,
        slots,
        bond: 2_000 * HRT,
        models: vec![blob.id],
        ask: HRT / 2,
    });
    let providers: Vec<_> = network.providers.iter().zip(terms).collect();
    let ids = market::register_providers(&client, &providers).await;
    let [honest, other, boaster, slow] = ids[..] else { panic!("four providers have four ids") };

    // By commands alone: somebody puts as much behind an honest one as its owner has bonded.
    let (backer, id) = (account(&keypair("//Ferdie")), honest.to_string());
    let command = async |suri: &str, arguments: &[&str]| {
        hearth(&[&["--json", "--url", &url, "--suri", suri], arguments].concat(), COMMAND).await.json()
    };
    command("//Hearth//provider-0//owner", &["provider", "accept-backing", "--limit", "2000"]).await;
    command("//Ferdie", &["back", "add", "--provider", &id, "--amount", "2000"]).await;

    wait_provider(&client, boaster, "has lost the slots that it does not have", |it| it.slots == 1 && it.status == ProviderStatus::Active)
        .await;
    wait_provider(&client, slow, "was too slow and is offline", |it| it.status == ProviderStatus::Offline).await;
    // Its groups wait for it until the deadline. That was shown, and the others need not wait any longer.
    let leave = RuntimeCall::ProviderRegistry(pallet_provider_registry::Call::leave {});
    client.submit(&network.providers[3].owner, leave).await.expect("who is offline can leave");
    wait_until("an honest provider has proven work", CHALLENGE, async || {
        let rewards: RewardsView<Balance> = client.runtime("RewardsApi_rewards_of", honest).await.map_err(|error| error.to_string())?;
        (rewards.points > 0 || rewards.claimable > 0).then_some(()).ok_or(format!("{rewards:?}"))
    })
    .await;

    // Three are online, and one of them dies: its offers stand, and nobody is drawn for three replicas.
    network.providers[1].node.kill();
    wait_provider(&client, other, "missed a challenge and is offline", |it| it.status == ProviderStatus::Offline).await;
    let case = |n: usize| binaries::read(&model.cases()[n].input);
    let order = |input| Order { model: blob.id, input, replicas: 3, price: HRT };
    let input = market::upload(&client, &case(1)).await.expect("an input can be uploaded");
    let jobs = market::submit_jobs(&client, &customer, &[order(input)]).await.expect("a job can be submitted");
    let ended = market::wait_terminal(&client, &jobs[0], JOB).await;
    assert_eq!(ended.state, JobState::Cancelled(CancelReason::TooFewProviders));

    // It comes back, and with the first challenge that it passes it is drawn again.
    network.providers[1].node.start();
    network.providers[1].node.client().await;
    let back = wait_provider(&client, other, "passed a challenge and is back", |it| it.status == ProviderStatus::Active).await;
    assert!(back.capability.filled > 0, "{back:?}");
    // The boaster's workers that wait for the device are gone by then.
    wait_provider(&client, boaster, "fills its one seat", |it| it.status == ProviderStatus::Active && it.capability.missed == 0).await;
    let input = market::upload(&client, &case(2)).await.expect("an input can be uploaded");
    let jobs = market::submit_jobs(&client, &customer, &[order(input)]).await.expect("a job can be submitted");
    let ended = market::wait_terminal(&client, &jobs[0], JOB).await;
    assert_eq!(ended.state, JobState::Finalised);
    let drawn = |id: &ProviderId| ended.members.iter().any(|member| member.provider == *id);
    assert!([honest, other, boaster].iter().all(drawn), "{ended:?}");

    // What was proven is claimed when its era is over, by the owner and by its backer.
    wait_until("an honest provider's work is claimable", CHALLENGE, async || {
        let rewards: RewardsView<Balance> = client.runtime("RewardsApi_rewards_of", honest).await.map_err(|error| error.to_string())?;
        let backing: Option<BackingView<Balance, BlockNumber>> =
            client.market("backing_of", (honest, &backer)).await.map_err(|error| error.to_string())?;
        let shared = backing.as_ref().is_some_and(|backing| backing.claimable > 0);
        (rewards.claimable > 0 && shared).then_some(()).ok_or(format!("{rewards:?}, {backing:?}"))
    })
    .await;
    let before = Snapshot::finalised(&client).await.expect("the state can be read").money();
    command("//Two", &["provider", "claim", "--id", &id]).await;
    command("//Ferdie", &["back", "claim", "--provider", &id]).await;
    let mut state = Snapshot::finalised(&client).await.expect("the state can be read");
    let after = state.money();
    assert!(after.gain(&before, &owners[0]) > 0, "the owner has what its machine proved");
    assert!(after.gain(&before, &backer) > 0, "the backer has its part of it, more than the fee of its claim");
    assert_eq!(after.held_of(&backer), 2_000 * HRT, "what it bonded stays behind the provider");
    state.assert_try_state();
    network.assert_healthy();
}

async fn wait_provider(client: &Client, id: ProviderId, what: &str, reached: impl Fn(&ProviderInfo) -> bool) -> ProviderInfo {
    wait_until(&format!("provider {id} {what}"), CHALLENGE, async || {
        let it = market::provider(client, id).await.map_err(|error| error.to_string())?;
        if reached(&it) {
            Ok(it)
        } else {
            Err(format!("{:?} with {} slots, {:?}", it.status, it.slots, it.capability))
        }
    })
    .await
}
