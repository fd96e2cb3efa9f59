//! What holds whatever is called, in whatever order: no money is made or lost, the bonds are what is held, nobody operates who has not
//! consented, and `try_state`.

use crate::{mock::*, Offers, Pallet, Providers};
use frame_support::traits::fungible::Inspect;
use hearth_primitives::{
    market::{DeclineReason, MemberOutcome},
    provider::{BackendClass, ProviderPool},
    ProviderId,
};
use proptest::prelude::*;

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
    DropOffers { model: u8, limit: u32 },
    Advance { blocks: u64 },
}

fn op() -> impl Strategy<Value = Op> {
    let owner = || ALICE..=5u64;
    // Operators may be owners, each other's, and accounts without money.
    let operator = || prop_oneof![ALICE..=5u64, 100..=106u64];
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
        1 => (0..7u8, 0..4u32).prop_map(|(model, limit)| Op::DropOffers { model, limit }),
        2 => (1..UNBONDING).prop_map(|blocks| Op::Advance { blocks }),
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

/// Does `op`, whether or not it is refused; `bound` is what the market would know.
fn apply(op: Op, bound: &mut Vec<(ProviderId, Balance)>) {
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
                Pallet::<Test>::unbind(provider, lock, outcome(code));
            }
        }
        Op::DropOffers { model: at, limit } => drop(Pallet::<Test>::drop_offers(model(at), limit)),
        Op::Advance { blocks } => advance_to(System::block_number() + blocks),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn money_is_conserved_and_the_state_holds(ops in proptest::collection::vec(op(), 1..80)) {
        TestExt::default().models(6).execute_with(|| {
            let issued = Balances::total_issuance();
            let mut bound = Vec::new();
            for op in ops {
                apply(op, &mut bound);
                assert_eq!(Balances::total_issuance(), issued);
                let bonded: Balance = Providers::<Test>::iter_values().map(|provider| provider.bonded).sum();
                let held: Balance = (0..=110).map(bond_on_hold).sum();
                assert_eq!(held, bonded);
                let locked: Balance = Providers::<Test>::iter_values().map(|provider| provider.locked).sum();
                assert_eq!(locked, bound.iter().map(|(_, lock)| lock).sum::<Balance>());
                check();
            }
        });
    }

    #[test]
    fn everybody_gets_everything_back(ops in proptest::collection::vec(op(), 1..60)) {
        TestExt::default().models(6).execute_with(|| {
            let mut bound = Vec::new();
            ops.into_iter().for_each(|op| apply(op, &mut bound));
            for (provider, lock) in bound.drain(..) {
                Pallet::<Test>::unbind(provider, lock, MemberOutcome::Valid);
            }
            for owner in ALICE..=5 {
                let _ = ProviderRegistry::leave(signed(owner));
            }
            advance_to(System::block_number() + UNBONDING);
            for owner in ALICE..=5 {
                let _ = ProviderRegistry::withdraw(signed(owner));
            }
            assert_eq!(Providers::<Test>::iter().count(), 0);
            assert_eq!(Offers::<Test>::iter().count(), 0);
            let money: Balance = (0..=110).map(|who| Balances::balance(&who) + bond_on_hold(who)).sum();
            assert_eq!(money, Balances::total_issuance());
            assert_eq!((0..=110).map(bond_on_hold).sum::<Balance>(), 0);
        });
    }
}
