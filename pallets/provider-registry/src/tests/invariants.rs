//! What holds whatever is called, in whatever order: no money is made or lost, bonds and backings are what is held, nobody operates who has
//! not consented, whoever's stake changes is credited at the old one first, and `try_state`.

use crate::{mock::*, BackedBy, BackingTotals, Backings, Deferred, Offers, Pallet, Providers};
use frame_support::traits::fungible::Inspect;
use hearth_primitives::{
    market::{DeclineReason, MemberOutcome},
    provider::{BackendClass, ChallengePool, ProviderPool, Slash},
    reward::{ProviderStakes, Stake},
    ProviderId,
};
use proptest::prelude::*;
use sp_runtime::Perbill;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Op {
    Register { owner: AccountId, operator: AccountId, consents: bool, slots: u32, bond: Balance },
    BondExtra { owner: AccountId, amount: Balance },
    SetOperator { owner: AccountId, operator: AccountId, consents: bool },
    Update { owner: AccountId, slots: u32 },
    Offer { owner: AccountId, model: u8, ask: Balance },
    WithdrawOffer { owner: AccountId, model: u8 },
    Leave { owner: AccountId },
    Withdraw { owner: AccountId },
    Bind { provider: ProviderId, lock: Balance },
    Unbind { which: usize, outcome: u8 },
    Challenge { place: u32 },
    Settle { which: usize, filled: bool },
    DropOffers { model: u8, limit: u32 },
    AcceptBacking { owner: AccountId, limit: Balance },
    SetCommission { owner: AccountId, parts: u32 },
    Back { backer: AccountId, provider: ProviderId, amount: Balance },
    Unback { backer: AccountId, provider: ProviderId, amount: Balance },
    WithdrawBacking { backer: AccountId, provider: ProviderId },
    Collect { backer: AccountId, provider: ProviderId },
    PassChallenge { place: u32 },
    Advance { blocks: u64 },
    EndEra,
    Penalise { which: usize, amount: Balance },
    Convict { which: usize, paid: Balance },
    Cancel { which: usize },
    Appeal { owner: AccountId, which: usize },
    Unjail { owner: AccountId },
}

fn op() -> impl Strategy<Value = Op> {
    let owner = || ALICE..=5u64;
    // Operators may be owners, each other's, and accounts without money.
    let operator = || prop_oneof![ALICE..=5u64, 100..=106u64];
    let backer = || 4..=8u64;
    let consents = || prop::bool::weighted(0.8);
    let amount = || prop_oneof![4 => 0..300 * UNIT, 1 => 0..2 * ENDOWMENT, 1 => Just(Balance::MAX)];
    prop_oneof![
        4 => (owner(), operator(), consents(), 0..=MAX_SLOTS + 1, amount())
            .prop_map(|(owner, operator, consents, slots, bond)| Op::Register { owner, operator, consents, slots, bond }),
        1 => (owner(), amount()).prop_map(|(owner, amount)| Op::BondExtra { owner, amount }),
        2 => (owner(), operator(), consents()).prop_map(|(owner, operator, consents)| Op::SetOperator { owner, operator, consents }),
        2 => (owner(), 0..=MAX_SLOTS + 1).prop_map(|(owner, slots)| Op::Update { owner, slots }),
        6 => (owner(), 0..7u8, 0..10 * UNIT).prop_map(|(owner, model, ask)| Op::Offer { owner, model, ask }),
        3 => (owner(), 0..7u8).prop_map(|(owner, model)| Op::WithdrawOffer { owner, model }),
        1 => owner().prop_map(|owner| Op::Leave { owner }),
        3 => owner().prop_map(|owner| Op::Withdraw { owner }),
        6 => (0..8u32, amount()).prop_map(|(provider, lock)| Op::Bind { provider, lock }),
        5 => (any::<usize>(), 0..7u8).prop_map(|(which, outcome)| Op::Unbind { which, outcome }),
        3 => (0..6u32).prop_map(|place| Op::Challenge { place }),
        6 => (any::<usize>(), any::<bool>()).prop_map(|(which, filled)| Op::Settle { which, filled }),
        1 => (0..7u8, 0..4u32).prop_map(|(model, limit)| Op::DropOffers { model, limit }),
        3 => (owner(), amount()).prop_map(|(owner, limit)| Op::AcceptBacking { owner, limit }),
        2 => (owner(), 0..=1_000_000_000u32).prop_map(|(owner, parts)| Op::SetCommission { owner, parts }),
        // Backers may be owners too.
        8 => (backer(), 0..4u32, amount()).prop_map(|(backer, provider, amount)| Op::Back { backer, provider, amount }),
        5 => (backer(), 0..4u32, amount()).prop_map(|(backer, provider, amount)| Op::Unback { backer, provider, amount }),
        3 => (backer(), 0..4u32).prop_map(|(backer, provider)| Op::WithdrawBacking { backer, provider }),
        2 => (backer(), 0..4u32).prop_map(|(backer, provider)| Op::Collect { backer, provider }),
        2 => (0..6u32).prop_map(|place| Op::PassChallenge { place }),
        2 => (1..UNBONDING).prop_map(|blocks| Op::Advance { blocks }),
        1 => Just(Op::EndEra),
        2 => (any::<usize>(), amount()).prop_map(|(which, amount)| Op::Penalise { which, amount }),
        2 => (any::<usize>(), amount()).prop_map(|(which, paid)| Op::Convict { which, paid }),
        1 => any::<usize>().prop_map(|which| Op::Cancel { which }),
        1 => (owner(), any::<usize>()).prop_map(|(owner, which)| Op::Appeal { owner, which }),
        1 => owner().prop_map(|owner| Op::Unjail { owner }),
    ]
}

fn outcome(code: u8) -> MemberOutcome {
    match code {
        0 => MemberOutcome::Undecided,
        1 => MemberOutcome::Absent,
        2 => MemberOutcome::Declined(DeclineReason::WorkerFailed),
        3 => MemberOutcome::Declined(DeclineReason::ModelInvalid),
        4 => MemberOutcome::NotRevealed,
        5 => MemberOutcome::Cancelled,
        _ => MemberOutcome::Valid,
    }
}

/// What the market would know.
#[derive(Default)]
struct Market {
    /// Who is bound to a job, with which lock.
    bound: Vec<(ProviderId, Balance)>,
    /// Whose seats of challenges are not settled.
    seats: Vec<ProviderId>,
}

/// Does `op`, whether or not it is refused.
fn apply(op: Op, Market { bound, seats }: &mut Market) {
    match op {
        Op::Register { owner, operator, consents, slots, bond } => {
            let consent = consents.then(|| consent(owner, operator)).flatten();
            let done = ProviderRegistry::register(signed(owner), operator, consent, BackendClass::Cpu, slots, bond);
            assert!(done.is_err() || consents || owner == operator, "{operator} never consented to {owner}");
        }
        Op::BondExtra { owner, amount } => drop(ProviderRegistry::bond_extra(signed(owner), amount)),
        Op::SetOperator { owner, operator, consents } => {
            let consent = consents.then(|| consent(owner, operator)).flatten();
            let done = ProviderRegistry::set_operator(signed(owner), operator, consent);
            assert!(done.is_err() || consents || owner == operator, "{operator} never consented to {owner}");
        }
        Op::Update { owner, slots } => drop(ProviderRegistry::update(signed(owner), BackendClass::Amd, slots)),
        Op::Offer { owner, model: at, ask } => drop(ProviderRegistry::offer(signed(owner), model(at), ask)),
        Op::WithdrawOffer { owner, model: at } => drop(ProviderRegistry::withdraw_offer(signed(owner), model(at))),
        Op::Leave { owner } => {
            let _ = ProviderRegistry::leave(signed(owner));
        }
        Op::Withdraw { owner } => drop(ProviderRegistry::withdraw(signed(owner))),
        Op::Bind { provider, lock } => {
            if Pallet::<Test>::bind(provider, lock).is_ok() {
                bound.push((provider, lock));
            }
        }
        Op::Unbind { which, outcome: code } => {
            if !bound.is_empty() {
                let (provider, lock) = bound.swap_remove(which % bound.len());
                release(provider, lock, outcome(code));
            }
        }
        Op::Challenge { place } => {
            if let Some(asked) = Pallet::<Test>::at_place(place) {
                Pallet::<Test>::begin_challenge(asked.provider, asked.weight);
                seats.extend(core::iter::repeat_n(asked.provider, asked.weight as usize));
            }
        }
        Op::Settle { which, filled } => {
            if !seats.is_empty() {
                let provider = seats.swap_remove(which % seats.len());
                Pallet::<Test>::settle_seat(provider, filled);
            }
        }
        Op::DropOffers { model: at, limit } => drop(Pallet::<Test>::drop_offers(model(at), limit)),
        Op::AcceptBacking { owner, limit } => drop(ProviderRegistry::accept_backing(signed(owner), limit)),
        Op::SetCommission { owner, parts } => drop(ProviderRegistry::set_commission(signed(owner), Perbill::from_parts(parts))),
        Op::Back { backer, provider, amount } => drop(back(backer, provider, amount)),
        Op::Unback { backer, provider, amount } => drop(unback(backer, provider, amount)),
        Op::WithdrawBacking { backer, provider } => drop(withdraw_backing(backer, provider)),
        Op::Collect { backer, provider } => drop(collect(provider, backer)),
        Op::PassChallenge { place } => {
            if let Some(asked) = Pallet::<Test>::at_place(place) {
                Pallet::<Test>::pass_challenge(asked.provider);
            }
        }
        Op::Advance { blocks } => run_to(System::block_number() + blocks),
        Op::EndEra => Era::set(Era::get() + 1),
        Op::Penalise { which, amount } => {
            if !bound.is_empty() {
                let (provider, lock) = bound.swap_remove(which % bound.len());
                release(provider, lock, MemberOutcome::NotRevealed);
                Pallet::<Test>::penalise(provider, amount.min(lock), &TREASURY);
            }
        }
        Op::Convict { which, paid } => {
            if !bound.is_empty() {
                let (provider, lock) = bound.swap_remove(which % bound.len());
                Pallet::<Test>::free_slot(provider);
                Pallet::<Test>::defer_slash(provider, Slash { job: 0, amount: lock, payees: vec![(9, paid.min(lock))] });
                Pallet::<Test>::unbind(provider, lock, MemberOutcome::Slashed, true);
            }
        }
        Op::Cancel { which } => {
            let waiting = ProviderRegistry::slash_views();
            if !waiting.is_empty() {
                assert!(ProviderRegistry::cancel_slash(waiting[which % waiting.len()].id));
            }
        }
        Op::Appeal { owner, which } => {
            let waiting = ProviderRegistry::slash_views();
            if !waiting.is_empty() {
                let _ = ProviderRegistry::appeal_slash(signed(owner), waiting[which % waiting.len()].id);
            }
        }
        Op::Unjail { owner } => drop(ProviderRegistry::unjail(signed(owner))),
    }
}

/// The stake of every provider.
fn stakes() -> BTreeMap<ProviderId, Stake<Balance>> {
    (0..8).map(|provider| (provider, Pallet::<Test>::stake_of(provider))).collect()
}

/// What the backers have active behind the providers that they back.
fn actives() -> BTreeMap<(ProviderId, AccountId), Balance> {
    let pairs = (0..4).flat_map(|provider| (4..=8).map(move |who| (provider, who)));
    pairs.map(|(provider, who)| ((provider, who), Pallet::<Test>::backing_of(provider, &who))).collect()
}

/// Does `op` and checks that the rewards' side was asked before any stake changed.
fn apply_and_check(op: Op, market: &mut Market) {
    let (stakes_before, actives_before) = (stakes(), actives());
    forget_rewards();
    apply(op, market);
    let (stakes_after, actives_after) = (stakes(), actives());
    for (provider, before) in stakes_before {
        // A provider that is new had nothing to share.
        let known = before != Stake::default();
        assert!(!known || before == stakes_after[&provider] || Settled::get().contains(&(provider, before)), "{provider} was not settled");
    }
    for ((provider, who), before) in actives_before {
        let same = before == actives_after[&(provider, who)];
        assert!(same || Credited::get().contains(&(provider, who, before)), "{who} was not credited");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn money_is_conserved_and_the_state_holds(ops in proptest::collection::vec(op(), 1..80)) {
        TestExt::default().models(6).execute_with(|| {
            let issued = Balances::total_issuance();
            let mut market = Market::default();
            for op in ops {
                apply_and_check(op, &mut market);
                assert_eq!(Balances::total_issuance(), issued);
                let bonded: Balance = Providers::<Test>::iter_values().map(|provider| provider.bonded).sum();
                let held: Balance = (0..=110).map(bond_on_hold).sum();
                let appealed: Balance = Deferred::<Test>::iter_values().filter_map(|slash| slash.appeal).sum();
                assert_eq!((0..=110).map(appeal_on_hold).sum::<Balance>(), appealed);
                assert_eq!(held, bonded);
                assert!((ALICE..=10).all(|who| backing_on_hold(who) == bonded_by(who)));
                let locked: Balance = Providers::<Test>::iter_values().map(|provider| provider.locked).sum();
                let deferred: Balance = Deferred::<Test>::iter_values().map(|slash| slash.amount).sum();
                assert_eq!(locked, deferred + market.bound.iter().map(|(_, lock)| lock).sum::<Balance>());
                let pending: u32 = Providers::<Test>::iter_values().map(|provider| provider.capability.pending).sum();
                assert_eq!(pending as usize, market.seats.len());
                check();
            }
        });
    }

    #[test]
    fn everybody_gets_everything_back_but_what_was_slashed(ops in proptest::collection::vec(op(), 1..60)) {
        TestExt::default().models(6).execute_with(|| {
            let mut market = Market::default();
            ops.into_iter().for_each(|op| apply(op, &mut market));
            for (provider, lock) in market.bound {
                release(provider, lock, MemberOutcome::Valid);
            }
            for provider in market.seats {
                Pallet::<Test>::settle_seat(provider, false);
            }
            for owner in ALICE..=5 {
                let _ = ProviderRegistry::leave(signed(owner));
            }
            // By then every slash is executed.
            run_to(System::block_number() + UNBONDING);
            for owner in ALICE..=5 {
                let _ = ProviderRegistry::withdraw(signed(owner));
            }
            assert_eq!(Providers::<Test>::iter().count(), 0);
            assert_eq!(Offers::<Test>::iter().count(), 0);
            for (provider, backer, _) in Backings::<Test>::iter().collect::<Vec<_>>() {
                withdraw_backing(backer, provider).expect("nobody waits for a provider that is gone");
            }
            let left = (Backings::<Test>::iter().count(), BackingTotals::<Test>::iter().count(), BackedBy::<Test>::iter().count());
            assert_eq!(left, (0, 0, 0));
            let money: Balance = (0..=110).map(|who| Balances::balance(&who)).sum();
            assert_eq!(money, Balances::total_issuance());
            assert_eq!((0..=110).map(|who| bond_on_hold(who) + backing_on_hold(who)).sum::<Balance>(), 0);
        });
    }
}
