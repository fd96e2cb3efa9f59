//! What holds whatever happens, in whatever order: the issuance changes only by what is minted and burned, every planck that was minted is
//! somewhere, paid jobs earn no more than they burned, and each backer gets its part and no more.

use crate::{
    backers_part, mock::*, BackerEarnings, BackerPools, Earnings, EraPools, Eras, Event, FromStakingPot, RemainderFromPot, TotalClaimable,
};
use frame_support::traits::{fungible::Balanced, tokens::Precision, OnUnbalanced};
use hearth_primitives::{
    reward::{ProviderStakes, RewardAccounts},
    ProviderId,
};
use proptest::prelude::*;
use sp_runtime::Perbill;

/// Backers have the numbers below.
const BACKERS: u8 = 4;

#[derive(Clone, Debug)]
enum Act {
    EndEra {
        duration: u64,
    },
    Prove {
        provider: ProviderId,
        points: u128,
    },
    PayFee {
        amount: Balance,
        earners: Vec<ProviderId>,
    },
    Claim {
        provider: ProviderId,
    },
    Close {
        provider: ProviderId,
    },
    Back {
        provider: ProviderId,
        backer: u8,
        active: Balance,
    },
    WithdrawBacking {
        provider: ProviderId,
        backer: u8,
    },
    ClaimBacking {
        provider: ProviderId,
        backer: u8,
    },
    SetCommission {
        parts: u32,
    },
    /// Staking pays out a part of its pot.
    Payout {
        percent: Balance,
    },
    /// Staking withholds a part of its pot.
    Withhold {
        percent: Balance,
    },
    Sweep {
        amount: Balance,
    },
}

fn amount() -> impl Strategy<Value = Balance> {
    prop_oneof![3 => 0..100u128, 3 => 0..1_000 * UNIT, 1 => 0..1_000_000 * UNIT]
}

fn earners() -> impl Strategy<Value = Vec<ProviderId>> {
    proptest::sample::subsequence((0..PROVIDERS).collect::<Vec<_>>(), 0..=PROVIDERS as usize)
}

/// What a backer has active.
fn active() -> impl Strategy<Value = Balance> {
    prop_oneof![1 => Just(0u128), 2 => 1..100u128, 2 => 1..10_000 * UNIT, 1 => 1..1_000_000 * UNIT]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    // Also those that the registry does not know.
    let provider = 0..=PROVIDERS;
    let points = prop_oneof![3 => 0..100u128, 1 => any::<u128>()];
    let act = prop_oneof![
        6 => (0..2 * MAX_CATCH_UP).prop_map(|duration| Act::EndEra { duration }),
        6 => (provider.clone(), points).prop_map(|(provider, points)| Act::Prove { provider, points }),
        6 => (amount(), earners()).prop_map(|(amount, earners)| Act::PayFee { amount, earners }),
        6 => provider.clone().prop_map(|provider| Act::Claim { provider }),
        6 => (provider.clone(), 0..BACKERS, active()).prop_map(|(provider, backer, active)| Act::Back { provider, backer, active }),
        2 => (provider.clone(), 0..BACKERS).prop_map(|(provider, backer)| Act::WithdrawBacking { provider, backer }),
        4 => (provider.clone(), 0..BACKERS).prop_map(|(provider, backer)| Act::ClaimBacking { provider, backer }),
        1 => (0..=1_000_000_000u32).prop_map(|parts| Act::SetCommission { parts }),
        1 => provider.prop_map(|provider| Act::Close { provider }),
        3 => (0..=100u128).prop_map(|percent| Act::Payout { percent }),
        1 => (0..=100u128).prop_map(|percent| Act::Withhold { percent }),
        1 => prop_oneof![amount(), Just(Balance::MAX)].prop_map(|amount| Act::Sweep { amount }),
    ];
    proptest::collection::vec(act, 1..60)
}

/// What the acts have moved, by their events and results.
#[derive(Default)]
struct Ledger {
    minted: Balance,
    burned: Balance,
    fees_to_treasury: Balance,
    fees_to_author: Balance,
    paid_to_stakers: Balance,
    claimed: Balance,
}

impl Ledger {
    fn perform(&mut self, act: Act) {
        match act {
            Act::EndEra { duration } => {
                end_era_after(duration);
            }
            // The callers of these vouch for the providers.
            Act::Prove { provider, points } if is_registered(provider) => proven(provider, points),
            Act::PayFee { amount, earners } => {
                pay_fee(amount, &earners.into_iter().filter(|earner| is_registered(*earner)).collect::<Vec<_>>())
            }
            Act::Close { provider } if is_registered(provider) => forget(provider),
            // The registry takes no money for a provider that is gone.
            Act::Back { provider, backer: index, active } if is_registered(provider) => back(provider, &backer(index), active),
            Act::Prove { .. } | Act::Close { .. } | Act::Back { .. } => {}
            Act::WithdrawBacking { provider, backer: index } => withdraw_backing(provider, &backer(index)),
            Act::ClaimBacking { provider, backer: index } => {
                let _ = claim_backing(provider, &backer(index));
            }
            Act::SetCommission { parts } => set_commission(Perbill::from_parts(parts)),
            Act::Claim { provider } => {
                let _ = claim(provider);
            }
            Act::Payout { percent } => {
                let amount = in_staking_pot() * percent / 100;
                let debt = Balances::deposit(&STAKER, amount, Precision::BestEffort).expect("best effort does not fail");
                FromStakingPot::<Test>::on_unbalanced(debt);
                self.paid_to_stakers += amount;
            }
            Act::Withhold { percent } => RemainderFromPot::<Test>::on_unbalanced(Balances::issue(in_staking_pot() * percent / 100)),
            Act::Sweep { amount } => RewardEmission::sweep_staking(amount),
        }
        self.read_events();
    }

    fn read_events(&mut self) {
        for event in events() {
            match event {
                Event::EraMinted { minted, .. } => self.minted += minted,
                Event::FeeTaken { burned, treasury, author } => {
                    self.burned += burned;
                    self.fees_to_treasury += treasury;
                    self.fees_to_author += author;
                }
                Event::Claimed { amount, .. } | Event::BackingClaimed { amount, .. } => self.claimed += amount,
                _ => {}
            }
        }
        System::reset_events();
    }

    fn check(&self) {
        check();
        assert_eq!(Balances::total_issuance(), SUPPLY + self.minted - self.burned);
        let in_provider_pot = free(&provider_pot()) - ExistentialDeposit::get();
        let spread = self.paid_to_stakers + in_staking_pot() + self.claimed + in_provider_pot + free(&TREASURY);
        assert_eq!(spread, self.minted + self.fees_to_treasury, "a planck is lost or made");
        assert_eq!((free(&STAKER), free(&AUTHOR)), (self.paid_to_stakers, self.fees_to_author));
        let by_owners: Balance = (0..=PROVIDERS).map(|provider| free(&owner(provider))).sum();
        let by_backers: Balance = (0..BACKERS).map(|index| free(&backer(index))).sum();
        assert_eq!(by_owners + by_backers, self.claimed);
        for record in Eras::<Test>::iter_values() {
            assert!(record.jobs <= record.burned, "jobs earned more than they burned");
        }
    }
}

/// What the staking pot has above its endowment.
fn in_staking_pot() -> Balance {
    free(&staking_pot()) - ExistentialDeposit::get()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn money_is_conserved_and_everything_is_paid(acts in acts()) {
        TestExt::default().execute_with(|| {
            let mut ledger = Ledger::default();
            for act in acts {
                ledger.perform(act);
                ledger.check();
            }
            // Whoever is left leaves, after the last era has ended.
            ledger.perform(Act::EndEra { duration: ERA });
            for provider in 0..PROVIDERS {
                ledger.perform(Act::Close { provider });
                ledger.check();
            }
            for (provider, backer) in (0..PROVIDERS).flat_map(|provider| (0..BACKERS).map(move |backer| (provider, backer))) {
                ledger.perform(Act::WithdrawBacking { provider, backer });
                ledger.check();
            }
            assert_eq!((BackerPools::<Test>::iter().count(), BackerEarnings::<Test>::iter().count()), (0, 0));
            assert_eq!((Earnings::<Test>::iter().count(), EraPools::<Test>::iter().count()), (0, 0));
            assert_eq!((TotalClaimable::<Test>::get(), free(&provider_pot())), (0, ExistentialDeposit::get()));
        });
    }

    #[test]
    fn trading_with_oneself_never_gains(
        eras in proptest::collection::vec((proptest::collection::vec((amount(), earners()), 0..6), 0..2 * MAX_CATCH_UP), 1..6),
        order in Just((0..PROVIDERS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        TestExt::default().execute_with(|| {
            let mut fees: Balance = 0;
            let mut burned = [0 as Balance; PROVIDERS as usize];
            for (jobs, duration) in eras {
                for (fee, earners) in jobs {
                    pay_fee(fee, &earners);
                    fees += fee;
                    for earner in &earners {
                        burned[*earner as usize] += fee / 2 / earners.len() as Balance;
                    }
                }
                end_era_after(duration);
            }
            for provider in &order {
                RewardEmission::close(*provider, &owner(*provider));
                assert!(free(&owner(*provider)) <= burned[*provider as usize], "provider {provider} gained");
            }
            // Half of the fees was burned at most, so whoever paid them all has lost the other half.
            let earned: Balance = order.iter().map(|provider| free(&owner(*provider))).sum();
            assert!(earned <= fees / 2);
        });
    }

    #[test]
    fn backers_share_by_what_they_had_when_each_era_ended(
        rounds in proptest::collection::vec(proptest::collection::vec((0..BACKERS, active()), 0..4), 1..8),
        commission in 0..=1_000_000_000u32,
        order in Just((0..BACKERS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        TestExt::default().execute_with(|| {
            Commission::set(Perbill::from_parts(commission));
            let mut ideal = [0 as Balance; BACKERS as usize];
            // Each time that somebody is credited, and each era, moves less than a planck.
            let mut rounded = Balance::from(BACKERS);
            for (changes, era) in rounds.iter().zip(0..) {
                proven(0, 1);
                changes.iter().for_each(|(index, active)| back(0, &backer(*index), *active));
                end_era();
                let stake = Registry::stake_of(0);
                let part = backers_part(Eras::<Test>::get(era).expect("the era ended").proven, &stake);
                for (ideal, index) in ideal.iter_mut().zip(0..) {
                    *ideal += (part * Registry::backing_of(0, &backer(index))).checked_div(stake.backed).unwrap_or_default();
                }
                rounded += 2 + changes.len() as Balance;
            }
            for index in order {
                let _ = claim_backing(0, &backer(index));
                let paid = free(&backer(index));
                assert!(paid.abs_diff(ideal[usize::from(index)]) <= rounded, "{paid} instead of {}", ideal[usize::from(index)]);
            }
        });
    }

    #[test]
    fn order_of_backers_claims_does_not_matter(
        actives in proptest::collection::vec(1..1_000_000 * UNIT, usize::from(BACKERS)),
        eras in 1..4u32,
        // The last is the owner.
        order in Just((0..=BACKERS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let claimed = |order: &[u8]| {
            TestExt::default().build().execute_with(|| {
                actives.iter().zip(0..).for_each(|(active, index)| back(0, &backer(index), *active));
                for _ in 0..eras {
                    proven(0, 1);
                    end_era();
                }
                for index in order {
                    let _ = if *index < BACKERS { claim_backing(0, &backer(*index)) } else { claim(0) };
                }
                check();
                (free(&owner(0)), (0..BACKERS).map(|index| free(&backer(index))).collect::<Vec<_>>())
            })
        };
        prop_assert_eq!(claimed(&order), claimed(&(0..=BACKERS).collect::<Vec<_>>()));
    }

    #[test]
    fn order_of_claims_moves_a_planck_for_each_at_most(
        points in proptest::collection::vec(1..1_000_000u128, PROVIDERS as usize),
        order in Just((0..PROVIDERS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let claimed = |order: &[ProviderId]| {
            TestExt::default().build().execute_with(|| {
                points.iter().zip(0..).for_each(|(points, provider)| proven(provider, *points));
                end_era();
                order.iter().for_each(|provider| claim(*provider).expect("there is enough for each"));
                check();
                (0..PROVIDERS).map(|provider| free(&owner(provider))).collect::<Vec<_>>()
            })
        };
        let in_order = claimed(&(0..PROVIDERS).collect::<Vec<_>>());
        for (one, other) in claimed(&order).into_iter().zip(in_order) {
            prop_assert!(one.abs_diff(other) <= Balance::from(PROVIDERS));
        }
    }
}
