//! Proof of stake on real nodes with eras of a minute: stake alone makes a validator, nominators earn, who signs twice loses money, and the
//! chain finalises throughout.

use hearth_runtime::{AccountId, Balance, Runtime, Session, Staking};
use hearth_tests::{
    client::Client,
    command::{hearth, hearth_until},
    network::{account, keypair, Network},
    snapshot::Snapshot,
    wait::wait_until,
};
use std::time::{Duration, Instant};

/// For a command that waits for finality.
const COMMAND: Duration = Duration::from_secs(180);

/// For what the next election, or the end of an era, brings: a few eras.
const ERAS: Duration = Duration::from_secs(600);

/// The longest time in which nothing may be finalised: less than a session.
const STALL: Duration = Duration::from_secs(60);

/// Enough to be elected.
const STAKE: &str = "600000";

#[tokio::test(flavor = "multi_thread")]
async fn stake_elects_pays_and_is_slashed() {
    let mut network = Network::builder().validators(4).candidate().twin_of(3).start().await;
    let client = network.client().await;
    let finality = tokio::spawn(watch_finality(client.clone()));
    let [eve, bob, dave, ferdie] = ["//Eve", "//Bob", "//Dave", "//Ferdie"].map(|seed| account(&keypair(seed)));
    let eve_address = eve.to_string();
    let urls = (network.validators[0].url(), network.candidates[0].url());
    let (any, own) = (urls.0.as_str(), urls.1.as_str());

    // By commands alone: a new validator, somebody who backs it, and one that leaves.
    hearth(&["--json", "--url", own, "--suri", "//Eve", "validator", "keys"], COMMAND).await.json();
    hearth(&["--json", "--url", own, "--suri", "//Eve", "validator", "start", "--bond", STAKE, "--commission", "10%"], COMMAND)
        .await
        .json();
    let nominate = ["--json", "--url", any, "--suri", "//Ferdie", "nominate", "start", "--bond", "100000", "--validator", &eve_address];
    hearth(&nominate, COMMAND).await.json();
    hearth(&["--json", "--url", any, "--suri", "//Bob", "validator", "stop"], COMMAND).await.json();

    let bob_before = wait_state(&client, "the new validator is in the set, and the one that left is not", || {
        let set = Session::validators();
        (set.contains(&eve) && !set.contains(&bob)).then(|| Staking::ledger(bob.clone().into()).map(|ledger| ledger.total))
    })
    .await;
    let era = wait_state(&client, "the new validator has earned points for its blocks", || {
        let era = pallet_staking::ActiveEra::<Runtime>::get()?.index;
        let points = pallet_staking::ErasRewardPoints::<Runtime>::get(era);
        points.individual.get(&eve).is_some_and(|points| *points > 0).then_some(era)
    })
    .await;

    // A second machine with the keys of the fourth validator.
    let stake_before = stake_of(&mut Snapshot::finalised(&client).await.expect("the state can be read"), &dave);
    network.twin.as_mut().expect("the network has a twin").start();
    wait_state(&client, "the equivocation is on chain", || {
        let reports = pallet_offences::Reports::<Runtime>::iter_values().any(|report| report.offender.0 == dave);
        reports.then_some(())
    })
    .await;
    network.twin.as_mut().expect("the network has a twin").terminate();
    let stake_after = wait_state(&client, "the deferred slash is applied", || {
        let stake = Staking::ledger(dave.clone().into()).ok()?.total;
        (stake < stake_before).then_some(stake)
    })
    .await;
    assert!(stake_before - stake_after > stake_before / 100, "{stake_before} fell to {stake_after} only");

    // The era in which the new validator worked is over: anybody has it paid out.
    wait_state(&client, "that era is over", || pallet_staking::ErasValidatorReward::<Runtime>::get(era)).await;
    let before = Snapshot::finalised(&client).await.expect("the state can be read").money();
    let payout = ["--json", "--url", any, "--suri", "//Two", "validator", "payout", "--validator", &eve_address];
    hearth_until("the payout passes", &payout, ERAS).await;
    let mut state = Snapshot::finalised(&client).await.expect("the state can be read");
    let after = state.money();
    assert!(after.gain(&before, &ferdie) > 0, "the nominator earned");
    assert!(after.gain(&before, &eve) > after.gain(&before, &ferdie), "the validator earned more, by its commission and its stake");
    assert_eq!(after.burned(&before), 0, "rewards come from the pot that was minted at the era's end, and slashes burn nothing");
    assert!(after.minted > 0);

    // Who left has its money, bonded until it unbonds; nobody else was slashed.
    assert_eq!(Some(stake_of(&mut state, &bob)), bob_before.ok());
    state.assert_try_state();
    finality.abort();
    if let Err(error) = finality.await {
        assert!(error.is_cancelled(), "the chain did not finalise throughout: {error}");
    }
    network.assert_healthy();
}

/// What an account has bonded.
fn stake_of(state: &mut Snapshot, who: &AccountId) -> Balance {
    state.run(|| Staking::ledger(who.clone().into()).map(|ledger| ledger.total).unwrap_or_default())
}

/// Waits until `look` finds what it looks for in the finalised state.
async fn wait_state<T>(client: &Client, what: &str, look: impl Fn() -> Option<T>) -> T {
    wait_until(what, ERAS, async || {
        let mut state = Snapshot::finalised(client).await.map_err(|error| error.to_string())?;
        state.run(&look).ok_or_else(|| {
            let seen = state.run(|| (pallet_staking::ActiveEra::<Runtime>::get().map(|era| era.index), Session::current_index()));
            format!("(era, session) {seen:?}")
        })
    })
    .await
}

/// Panics when nothing is finalised for longer than [`STALL`].
async fn watch_finality(client: Client) {
    let mut last = (0, Instant::now());
    loop {
        if let Ok(number) = client.finalised_number().await {
            if number > last.0 {
                last = (number, Instant::now());
            }
        }
        assert!(last.1.elapsed() < STALL, "nothing was finalised for {} s after block {}", STALL.as_secs(), last.0);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
