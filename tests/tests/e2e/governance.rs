//! Governance on real nodes with days of six blocks: what holders decide happens, within its rails and unless providers mind; and nobody
//! has a key to go around them.
//!
//! Everything goes on side by side on one network. Each account acts in one scenario only, so that none waits for another's transactions.

use frame_support::traits::dynamic_params::AggregatedKeyValue;
use hearth_primitives::{
    blob::BlobRef,
    governance::{BudgetId, Pause, SlashView},
};
use hearth_runtime::{
    configs::parameters::{
        dynamic_params::{market as market_params, registry as registry_params},
        Governed, RuntimeParameters,
    },
    AccountId, Balance, BlockNumber, Runtime, RuntimeCall, RuntimeEvent, Staking,
};
use hearth_tests::{
    client::Client,
    governance::{ballot, delegate, enacted, hours, parameter, patience, patience_for, propose, undelegate, vote, Proposal},
    market::{self, Order, HRT},
    network::{account, keypair, Network, TRUSTED_BOND},
    node::Node,
    snapshot::Snapshot,
    wait::wait_until,
};
use pallet_conviction_voting::Conviction;
use pallet_dao_governance::{GovernedParameters, Origin, Plan};
use pallet_staking::{ActiveEra, ActiveEraInfo};
use sp_runtime::Perbill;
use std::time::Duration;
use subxt_signer::sr25519::Keypair;

type DaoCall = pallet_dao_governance::Call<Runtime>;
type DaoError = pallet_dao_governance::Error<Runtime>;
type DaoEvent = pallet_dao_governance::Event<Runtime>;

/// With what each holder votes: nearly all that it has, and more than a tenth of all that can vote.
const STAKE: Balance = 90_000_000 * HRT;

/// With what one holder votes against all others.
const DISSENT: Balance = 1_000_000 * HRT;

/// What the budget pays each time, and in how many blocks.
const INSTALMENT: Balance = 100 * HRT;
const EVERY: BlockNumber = 5;

/// For an equivocation, and for a few eras of a minute.
const ERAS: Duration = Duration::from_secs(600);

#[tokio::test(flavor = "multi_thread")]
async fn what_holders_decide_happens_and_nothing_else() {
    let owner = keypair("//Two");
    let mut network = Network::builder().validators(4).twin_of(3).trusted_owner(account(&owner)).start().await;
    let client = network.client().await;
    let from = client.finalised_number().await.expect("the chain finalises");
    let twin = network.twin.as_mut().expect("the network has a twin");

    let polls = set_up(&client).await;
    let scene = Scene { client: client.clone(), from };
    let (.., paid) = tokio::join!(
        scene.votes_count(&polls),
        scene.change_waits_for_providers(polls.fee),
        scene.change_out_of_bounds_fails(polls.bond),
        scene.change_is_stopped_by_providers(polls.backing, &owner),
        scene.slash_is_cancelled(twin),
        scene.brake_ends_by_itself(polls.model),
        scene.sudo_is_refused(),
        scene.budget_is_paid_and_stopped(polls.budget),
    );

    let mut state = Snapshot::finalised(&client).await.expect("the state can be read");
    state.assert_try_state();
    assert_eq!(state.money().of(&account(&beneficiary())), paid, "the beneficiary has what was claimed for it");
    network.assert_healthy();
}

/// The referenda of the beginning, and the model that a job names.
struct Polls {
    fee: u32,
    bond: u32,
    backing: u32,
    budget: u32,
    model: BlobRef,
}

fn beneficiary() -> Keypair {
    keypair("//Hearth//beneficiary")
}

fn stranger(index: u32) -> Keypair {
    keypair(&format!("//Hearth//stranger-{index}"))
}

/// A fee of six hundredths, instead of five.
fn fee() -> RuntimeParameters {
    RuntimeParameters::Market(market_params::Parameters::FeeRate(market_params::FeeRate, Some(Perbill::from_percent(6))))
}

/// A bond beyond what the rails allow.
fn bond() -> RuntimeParameters {
    RuntimeParameters::Registry(registry_params::Parameters::MinBond(registry_params::MinBond, Some(10_001 * HRT)))
}

/// A least backing that providers do not like.
fn backing() -> RuntimeParameters {
    RuntimeParameters::Registry(registry_params::Parameters::MinBacking(registry_params::MinBacking, Some(20 * HRT)))
}

fn track(origin: Origin) -> u16 {
    origin.track()
}

/// Everybody prepares: strangers get some money, holders delegate, and One proposes.
async fn set_up(client: &Client) -> Polls {
    let model = BlobRef::of(b"a model that nobody runs");
    let signed = async |seed: &str, calls: Vec<RuntimeCall>| {
        let done = client.submit(&keypair(seed), market::batch(calls)).await;
        done.unwrap_or_else(|error| panic!("{seed} cannot prepare: {error}"));
    };
    // On each track one holder votes for all who delegate to it there.
    let delegations = |seed: &str| {
        let proxies = [(Origin::SmallSpender, "//Ferdie"), (Origin::SlashCanceller, "//Bob"), (Origin::Emergency, "//Eve")];
        let others = proxies.into_iter().filter(|(_, proxy)| *proxy != seed);
        let calls = others.map(|(origin, proxy)| delegate(track(origin), &account(&keypair(proxy)), Conviction::Locked1x, STAKE));
        calls.collect::<Vec<_>>()
    };
    let to_alice = |conviction| delegate(track(Origin::MarketParams), &account(&keypair("//Alice")), conviction, STAKE);
    let plan = Plan::Recurring { instalment: INSTALMENT, count: 90, first: 0, every: EVERY };
    let set = |key_value| Proposal::new(Origin::MarketParams, DaoCall::set_parameter { key_value });
    let budget = DaoCall::create_budget { beneficiary: account(&beneficiary()), plan };
    let proposals = [set(fee()), set(bond()), set(backing()), Proposal::new(Origin::SmallSpender, budget)];
    let strangers: Vec<_> = (0..4).map(|index| account(&stranger(index))).collect();
    let one = keypair("//One");

    let (polls, ..) = tokio::join!(
        propose(client, &one, &proposals, None),
        market::fund(client, strangers, 100 * HRT),
        signed("//Bob", [delegations("//Bob"), vec![to_alice(Conviction::Locked2x)]].concat()),
        signed("//Charlie", [delegations("//Charlie"), vec![to_alice(Conviction::Locked1x)]].concat()),
        signed("//Dave", delegations("//Dave")),
        signed("//Eve", [delegations("//Eve"), vec![market::register_model("idle", model, 40)]].concat()),
        signed("//Ferdie", delegations("//Ferdie")),
    );
    let [fee, bond, backing, budget] = polls[..] else { panic!("four proposals have four numbers") };
    Polls { fee, bond, backing, budget, model }
}

/// Where it all happens.
struct Scene {
    client: Client,
    /// A block before everything.
    from: BlockNumber,
}

impl Scene {
    /// Waits for an event of governance in a finalised block.
    async fn event<T>(&self, what: &str, deadline: Duration, pick: impl Fn(&DaoEvent) -> Option<T>) -> (BlockNumber, T) {
        self.client
            .wait_event(what, self.from, deadline, |event| match event {
                RuntimeEvent::DaoGovernance(event) => pick(event),
                _ => None,
            })
            .await
    }

    /// Waits until a block is finalised.
    async fn until(&self, number: BlockNumber) {
        wait_until(&format!("block {number} is finalised"), ERAS, async || {
            let finalised = self.client.finalised_number().await.map_err(|error| error.to_string())?;
            (finalised >= number).then_some(()).ok_or_else(|| format!("block {finalised}"))
        })
        .await;
    }

    /// Holders vote with all degrees of conviction, by a delegate, and against their delegate; and each vote counts as it should.
    async fn votes_count(&self, polls: &Polls) {
        let all = |conviction| [polls.fee, polls.bond, polls.backing].map(|index| vote(index, ballot(true, conviction, STAKE))).to_vec();
        let overrides = vec![undelegate(track(Origin::MarketParams)), vote(polls.fee, ballot(false, Conviction::Locked1x, DISSENT))];
        let signed = async |seed: &str, calls: Vec<RuntimeCall>| {
            let done = self.client.submit(&keypair(seed), market::batch(calls)).await;
            done.unwrap_or_else(|error| panic!("{seed} cannot vote: {error}"));
        };
        tokio::join!(
            signed("//Alice", all(Conviction::Locked1x)),
            signed("//Dave", all(Conviction::Locked3x)),
            signed("//One", all(Conviction::None)),
            signed("//Charlie", overrides),
        );
        let confirmed = |event: &RuntimeEvent| match event {
            RuntimeEvent::Referenda(pallet_referenda::Event::Confirmed { index, tally }) if *index == polls.fee => Some(tally.clone()),
            _ => None,
        };
        let what = "the referendum on the fee is confirmed";
        let (_, tally) = self.client.wait_event(what, self.from, patience(&self.client).await, confirmed).await;
        // Alice once, Bob by her twice, Dave thrice, One a tenth; Charlie's delegation is gone.
        let ayes = STAKE + 2 * STAKE + 3 * STAKE + STAKE / 10;
        assert_eq!((tally.ayes, tally.nays, tally.support), (ayes, DISSENT, 4 * STAKE));
    }

    /// Waits until the change to `key_value` that referendum `index` passed is open; returns its number and the end of its window.
    async fn change_opened(&self, index: u32, key_value: RuntimeParameters) -> (u32, BlockNumber) {
        let (made_in, result) = enacted(&self.client, index, self.from).await;
        assert_eq!(result, Ok(()));
        let opened = |event: &DaoEvent| match event {
            DaoEvent::ChangeOpened { change, key_value: opened, until } if *opened == key_value => Some((*change, *until)),
            _ => None,
        };
        let (opened_in, (change, until)) = self.event("a change is open", patience_for(0), opened).await;
        let window = hours(&self.client, "authority", "HouseHours").await;
        assert_eq!((opened_in, until), (made_in, made_in + window));
        (change, until)
    }

    async fn change_waits_for_providers(&self, index: u32) {
        let (change, until) = self.change_opened(index, fee()).await;
        let (key, _) = fee().into_parts();
        let set = |event: &DaoEvent| match event {
            DaoEvent::ParameterSet { key: found, old, new } if *found == key => Some((Governed::number(old), Governed::number(new))),
            _ => None,
        };
        let (set_in, numbers) = self.event("the fee is in force", patience_for(until - self.from), set).await;
        assert_eq!((set_in, numbers), (until, (50_000_000, 60_000_000)), "with the end of its window, and not before");
        let in_force = |event: &DaoEvent| matches!(event, DaoEvent::ChangeEnacted { change: found } if *found == change).then_some(());
        assert_eq!(self.event("the change is over", patience_for(0), in_force).await.0, until);
        assert_eq!(parameter(&self.client, "market", "FeeRate").await, 60_000_000);
        let (_, fee): (Balance, Balance) = self.client.market("quote", (1u32, 100 * HRT)).await.expect("a quote");
        assert_eq!(fee, 6 * HRT, "jobs cost what was decided");
    }

    async fn change_out_of_bounds_fails(&self, index: u32) {
        let (_, result) = enacted(&self.client, index, self.from).await;
        assert_eq!(result, Err(DaoError::OutOfBounds.into()));
        assert_eq!(parameter(&self.client, "registry", "MinBond").await, 100 * HRT);
    }

    async fn change_is_stopped_by_providers(&self, index: u32, owner: &Keypair) {
        let (change, until) = self.change_opened(index, backing()).await;
        let object = RuntimeCall::DaoGovernance(DaoCall::object { change, objects: true });
        self.client.submit(owner, object).await.expect("a provider can object");
        let stopped = |event: &DaoEvent| match event {
            DaoEvent::ChangeStopped { change: found, against, total } if *found == change => Some((*against, *total)),
            _ => None,
        };
        let (stopped_in, voices) = self.event("the change is stopped", patience_for(until - self.from), stopped).await;
        assert_eq!((stopped_in, voices), (until, (TRUSTED_BOND, TRUSTED_BOND)));
        assert_eq!(parameter(&self.client, "registry", "MinBacking").await, 10 * HRT);
    }

    /// Who claims what is due of the budget; returns when, and how much that was.
    async fn claim(&self, who: &Keypair, budget: BudgetId) -> (BlockNumber, Balance) {
        let block = self.client.submit(who, claim_budget(budget)).await.expect("what is due can be claimed by anybody");
        let number = self.client.number(block).await.expect("the block is there");
        let events = self.client.events(block).await.expect("the events can be read");
        let paid = events.into_iter().find_map(|event| match event {
            RuntimeEvent::DaoGovernance(DaoEvent::BudgetPaid { budget: found, amount, .. }) if found == budget => Some(amount),
            _ => None,
        });
        (number, paid.expect("a claim says what was paid"))
    }

    /// Returns all that was paid.
    async fn budget_is_paid_and_stopped(&self, index: u32) -> Balance {
        let (ferdie, own) = (keypair("//Ferdie"), ballot(true, Conviction::Locked1x, STAKE));
        self.client.submit(&ferdie, vote(index, own)).await.expect("who is delegated to can vote");
        assert_eq!(enacted(&self.client, index, self.from).await.1, Ok(()));
        let created = |event: &DaoEvent| match event {
            DaoEvent::BudgetCreated { budget, beneficiary: found, .. } if *found == account(&beneficiary()) => Some(*budget),
            _ => None,
        };
        let (created_in, budget) = self.event("the budget is there", patience_for(0), created).await;

        let earned = |number: BlockNumber| INSTALMENT * Balance::from((number - created_in) / EVERY + 1);
        let mut paid = 0;
        for claimer in 0..2 {
            let (number, amount) = self.claim(&stranger(claimer), budget).await;
            paid += amount;
            assert_eq!(paid, earned(number));
            self.until(number + EVERY).await;
        }

        let stop = Proposal::new(Origin::SmallSpender, DaoCall::stop_budget { budget });
        let stopping = propose(&self.client, &ferdie, &[stop], Some(own)).await[0];
        let (stopped_in, result) = enacted(&self.client, stopping, self.from).await;
        assert_eq!(result, Ok(()));
        self.until(stopped_in + 2 * EVERY).await;
        let (_, last) = self.claim(&stranger(0), budget).await;
        assert_eq!(paid + last, earned(stopped_in), "what was due when it was stopped, and nothing since");
        let error = self.client.submit(&stranger(1), claim_budget(budget)).await.expect_err("nothing is left").to_string();
        assert!(error.contains("UnknownBudget"), "{error}");
        paid + last
    }

    /// An equivocation is slashed, holders cancel that, and when its time comes nothing happens. Twice is once too often.
    async fn slash_is_cancelled(&self, twin: &mut Node) {
        let dave = account(&keypair("//Dave"));
        let before = self.stake(&dave).await;
        // A second machine with Dave's keys. Soon after an era began, so that holders have the longer part of two to decide.
        self.era_after(self.era().await.expect("the era can be read")).await;
        twin.start();
        let deferred = async || -> Result<Vec<SlashView<AccountId, Balance>>, String> {
            self.client.runtime("GovernanceApi_deferred_slashes", ()).await.map_err(|error| error.to_string())
        };
        let seen_in = wait_until("a slash for the equivocation is deferred", ERAS, async || {
            let slashes = deferred().await?;
            let best = self.client.best_number().await.map_err(|error| error.to_string())?;
            (!slashes.is_empty()).then_some(best).ok_or_else(|| format!("none in block {best}"))
        })
        .await;
        twin.kill();
        self.until(seen_in).await;
        let slashes = deferred().await.expect("the slashes can be read");
        assert!(!slashes.is_empty() && slashes.iter().all(|slash| slash.offender == dave && slash.own > 0), "{slashes:?}");

        let (bob, own) = (keypair("//Bob"), ballot(true, Conviction::Locked1x, STAKE));
        let cancel = |slash: &SlashView<_, _>| Proposal::new(Origin::SlashCanceller, DaoCall::cancel_slash { slash: slash.id });
        let appeals: Vec<_> = slashes.iter().map(cancel).collect();
        for index in propose(&self.client, &bob, &appeals, Some(own)).await {
            assert_eq!(enacted(&self.client, index, self.from).await.1, Ok(()));
        }
        assert_eq!(deferred().await, Ok(Vec::new()));
        let again = propose(&self.client, &bob, &appeals[..1], Some(own)).await[0];
        assert_eq!(enacted(&self.client, again, self.from).await.1, Err(DaoError::UnknownSlash.into()));

        let due = slashes.iter().map(|slash| slash.id.due).max().expect("there is a slash");
        self.era_after(due).await;
        assert_eq!(self.stake(&dave).await, before, "the slash was cancelled");
    }

    /// The era that is active in the last finalised block.
    async fn era(&self) -> Result<u32, String> {
        let finalised = self.client.finalised().await.map_err(|error| error.to_string())?;
        let active: Result<Option<ActiveEraInfo>, _> = self.client.storage(&ActiveEra::<Runtime>::hashed_key(), finalised).await;
        active.map_err(|error| error.to_string()).map(|active| active.map_or(0, |era| era.index))
    }

    /// Waits until `era` is over.
    async fn era_after(&self, era: u32) {
        wait_until(&format!("era {era} is over"), ERAS, async || {
            let active = self.era().await?;
            (active > era).then_some(()).ok_or_else(|| format!("era {active}"))
        })
        .await;
    }

    /// What a validator has bonded.
    async fn stake(&self, who: &AccountId) -> Balance {
        let mut state = Snapshot::finalised(&self.client).await.expect("the state can be read");
        state.run(|| Staking::ledger(who.clone().into()).expect("a validator of the genesis is bonded").total)
    }

    async fn brake_ends_by_itself(&self, model: BlobRef) {
        let (eve, customer) = (keypair("//Eve"), stranger(2));
        let blocks = hours(&self.client, "authority", "PauseHours").await;
        let pull = Proposal::new(Origin::Emergency, DaoCall::pull_brake { pause: Pause::NewJobs, blocks });
        let index = propose(&self.client, &eve, &[pull], Some(ballot(true, Conviction::Locked1x, STAKE))).await[0];
        let (pulled_in, result) = enacted(&self.client, index, self.from).await;
        assert_eq!(result, Ok(()));

        let order = Order { model: model.id, input: BlobRef::of(b"an input that nobody reads"), replicas: 2, price: HRT };
        let error = market::submit_jobs(&self.client, &customer, &[order]).await.expect_err("jobs are paused").to_string();
        assert!(error.contains("Paused"), "{error}");
        let released = |event: &DaoEvent| matches!(event, DaoEvent::BrakeReleased { pause: Pause::NewJobs }).then_some(());
        let (released_in, ()) = self.event("the pause is over", patience_for(blocks), released).await;
        assert_eq!(released_in, pulled_in + blocks);
        market::submit_jobs(&self.client, &customer, &[order]).await.expect("jobs are taken again");
    }

    async fn sudo_is_refused(&self) {
        let call = Box::new(RuntimeCall::DaoGovernance(DaoCall::release_brake { pause: Pause::Slashing }));
        let sudo = RuntimeCall::Sudo(pallet_sudo::Call::sudo { call });
        for call in [sudo.clone(), market::batch(vec![sudo])] {
            let error = self.client.submit(&stranger(3), call).await.expect_err("nobody has a sudo key here").to_string();
            assert!(error.contains("CallFiltered"), "{error}");
        }
    }
}

fn claim_budget(budget: BudgetId) -> RuntimeCall {
    RuntimeCall::DaoGovernance(DaoCall::claim_budget { budget })
}
