//! The slashes that are deferred, as governance sees them: Staking's, and the providers'.
//!
//! Staking's own origin for cancelling them would also let its holder slash by hand and rewrite ledgers, so it stays Root's, and governance
//! calls Staking as Root. Staking names a slash by its place in a list that moves when others are cancelled; here it is named by what it is. Two of
//! one era that are equal in everything, as when a report adds as much to a slash as the one before, have one name and are cancelled together.
//!
//! While the brake pauses slashing, what is due with an era is put off to the next. The era's empty list stays, so that the slash is still
//! found by the name that it had: an appeal that was under way reaches it.

use crate::{AccountId, Balance, DaoGovernance, ProviderRegistry, Runtime, Staking};
use alloc::vec::Vec;
use codec::Encode;
use frame_system::RawOrigin;
use hearth_primitives::{
    blake2_256,
    governance::{Brake, SlashId, SlashView},
};
use pallet_dao_governance::DeferredSlashes;
use pallet_staking::{ActiveEra, ErasStartSessionIndex, UnappliedSlash, UnappliedSlashes};
use sp_staking::{EraIndex, SessionIndex};

/// Every deferred slash, whoever keeps it.
pub struct AllSlashes;

impl DeferredSlashes<AccountId, Balance> for AllSlashes {
    /// Validators' and then providers', each in the order in which they are due.
    fn list() -> Vec<SlashView<AccountId, Balance>> {
        let mut views = StakingSlashes::list();
        views.extend(ProviderRegistry::slash_views());
        views
    }

    fn cancel(slash: SlashId) -> bool {
        StakingSlashes::cancel(slash) || ProviderRegistry::cancel_slash(slash)
    }

    /// Staking's: those of providers are found by their block, in which there are fewer.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn benchmark_slash() -> SlashId {
        StakingSlashes::benchmark_slash()
    }
}

/// Staking's deferred slashes.
pub struct StakingSlashes;

type Slash = UnappliedSlash<AccountId, Balance>;

impl StakingSlashes {
    /// Has `start` start session `index`, at which Staking executes what is due with the era that begins. If slashing is paused, that is
    /// put off. The stake behind it stays bonded for longer than slashes are deferred and one pause can last, as is checked of the chain's
    /// numbers; and only Root pauses again what was paused lately.
    pub fn put_off(index: SessionIndex, start: impl FnOnce()) {
        let next = active_era().map_or(0, |active| active.saturating_add(1));
        let begins = ErasStartSessionIndex::<Runtime>::get(next).is_some_and(|first| first <= index);
        let due = if begins && DaoGovernance::pauses_slashing() { UnappliedSlashes::<Runtime>::take(next) } else { Vec::new() };
        start();
        if !due.is_empty() {
            UnappliedSlashes::<Runtime>::insert(next, Vec::<Slash>::new());
            UnappliedSlashes::<Runtime>::mutate(next.saturating_add(1), |later| later.extend(due));
        }
    }
}

fn active_era() -> Option<EraIndex> {
    ActiveEra::<Runtime>::get().map(|era| era.index)
}

/// The era with which a slash is executed that was due with era `due`.
fn due_now(mut due: EraIndex) -> EraIndex {
    // Staking takes the list of each era that begins: one that is there was left behind.
    while active_era().is_some_and(|active| due <= active) && UnappliedSlashes::<Runtime>::contains_key(due) {
        due = due.saturating_add(1);
    }
    due
}

fn id(due: EraIndex, slash: &Slash) -> SlashId {
    SlashId { due, hash: blake2_256(&slash.encode()) }
}

fn view(due: EraIndex, slash: Slash) -> SlashView<AccountId, Balance> {
    let others = slash.others.iter().fold(0, |sum: Balance, (_, amount)| sum.saturating_add(*amount));
    SlashView { id: id(due, &slash), offender: slash.validator, own: slash.own, others, appealed: false }
}

impl DeferredSlashes<AccountId, Balance> for StakingSlashes {
    fn list() -> Vec<SlashView<AccountId, Balance>> {
        let of_era = |(due, slashes): (EraIndex, Vec<Slash>)| slashes.into_iter().map(move |slash| view(due, slash));
        let mut views: Vec<_> = UnappliedSlashes::<Runtime>::iter().flat_map(of_era).collect();
        views.sort_by_key(|view| view.id.due);
        views
    }

    fn cancel(slash: SlashId) -> bool {
        let due = due_now(slash.due);
        let slashes = UnappliedSlashes::<Runtime>::get(due).into_iter().zip(0u32..);
        let places: Vec<_> = slashes.filter(|(found, _)| id(due, found).hash == slash.hash).map(|(_, place)| place).collect();
        !places.is_empty() && Staking::cancel_deferred_slash(RawOrigin::Root.into(), due, places).is_ok()
    }

    /// One for each validator, and the nominators that are paid in one page behind each.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn benchmark_slash() -> SlashId {
        use super::{consensus::MAX_AUTHORITIES, staking::MAX_NOMINATORS_PER_VALIDATOR};
        let account = |index: u32| AccountId::new(blake2_256(&("benchmark staker", index).encode()).0);
        let slash = |validator| Slash {
            validator: account(validator),
            own: 1,
            others: (0..MAX_NOMINATORS_PER_VALIDATOR).map(|nominator| (account(nominator), 1)).collect(),
            reporters: Vec::new(),
            payout: 0,
        };
        let slashes: Vec<Slash> = (0..MAX_AUTHORITIES).map(slash).collect();
        let last = slashes.last().map(|slash| id(1, slash)).expect("there are validators");
        UnappliedSlashes::<Runtime>::insert(1, slashes);
        last
    }
}
