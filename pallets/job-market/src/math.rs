//! What a job costs and how its escrow is shared out. Pure.

use alloc::vec::Vec;
use frame_support::traits::tokens::Balance;
use hearth_primitives::market::{MemberOutcome, AUDIT_PRICES};
use sp_runtime::Perbill;

/// What a customer puts up for a job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Quote<B> {
    /// The price of every replica.
    pub shares: B,
    /// What pays for audits: 4·q·P.
    pub premium: B,
    /// The fee on the shares.
    pub fee: B,
    /// All of it.
    pub escrow: B,
}

/// What pays for audits of such a probability: what an audit costs the pool, times `audit`, rounded up.
pub fn premium<B: Balance>(price: B, audit: Perbill) -> B {
    audit.mul_ceil(price.saturating_mul(AUDIT_PRICES.into()))
}

/// The quote for `replicas` at `price` each. Saturates: an escrow of the largest balance is one that nobody can pay.
pub fn quote<B: Balance>(replicas: u32, price: B, fee: Perbill, audit: Perbill) -> Quote<B> {
    let shares = price.saturating_mul(replicas.into());
    let premium = premium(price, audit);
    let fee = fee.mul_ceil(shares);
    Quote { shares, premium, fee, escrow: shares.saturating_add(premium).saturating_add(fee) }
}

/// How an escrow is shared out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settlement<B> {
    /// To each member, in order.
    pub payouts: Vec<B>,
    /// To the protocol.
    pub fee: B,
    /// Back to the customer.
    pub refund: B,
}

/// What a member with `outcome` gets at `price`.
pub fn share<B: Balance>(price: B, outcome: MemberOutcome) -> B {
    match outcome {
        MemberOutcome::Valid => price,
        MemberOutcome::Undecided => price / 2u32.into(),
        MemberOutcome::Absent
        | MemberOutcome::Declined(_)
        | MemberOutcome::NotRevealed
        | MemberOutcome::Cancelled
        | MemberOutcome::Grey
        | MemberOutcome::Deviant
        | MemberOutcome::Slashed
        | MemberOutcome::Outlier => B::zero(),
    }
}

/// Shares out `held`: members first, then the fee, the rest to the customer. Never more than is held.
pub fn settle<B: Balance>(held: B, price: B, fee: B, outcomes: impl Iterator<Item = MemberOutcome>) -> Settlement<B> {
    let mut left = held;
    let mut take = |amount: B| {
        let taken = amount.min(left);
        left -= taken;
        taken
    };
    let payouts = outcomes.map(|outcome| take(share(price, outcome))).collect();
    let fee = take(fee);
    Settlement { payouts, fee, refund: left }
}

/// Who gets which part of a slash.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SlashParts<B> {
    /// For the customer, who was deceived.
    pub customer: B,
    /// For the challenger.
    pub challenger: B,
    /// For the audit pool: what the jurors cost it, and half of the rest.
    pub pool: B,
    /// For the treasury: the other half, and what cannot be halved.
    pub treasury: B,
}

/// Shares out a slash of `amount` at a price, when jurors cost `fees`. Where it is too small for all parts the first ones are paid.
pub fn split_slash<B: Balance>(amount: B, price: B, fees: B, customer: u32, challenger: Option<Perbill>) -> SlashParts<B> {
    let mut left = amount;
    let mut take = |part: B| {
        let taken = part.min(left);
        left -= taken;
        taken
    };
    let customer = take(price.saturating_mul(customer.into()));
    let challenger = challenger.map(|rate| take(rate.mul_floor(amount))).unwrap_or_default();
    let fees = take(fees);
    let pool = fees.saturating_add(left / 2u32.into());
    SlashParts { customer, challenger, pool, treasury: amount.saturating_sub(customer).saturating_sub(challenger).saturating_sub(pool) }
}

/// What each of `jurors` is paid at `price`, when the pool has `available`: the price, or equal parts of what there is.
pub fn juror_fee<B: Balance>(price: B, available: B, jurors: u32) -> B {
    price.min(available / jurors.max(1).into())
}

/// What of the pool the jurors of a job that slashes nobody may cost: what it `brought`, at least what an audit by the lot costs if it was
/// `audited`. Or who judges its own jobs could empty the pool.
pub fn jury_budget<B: Balance>(price: B, brought: B, audited: bool) -> B {
    let least = if audited { price.saturating_mul(AUDIT_PRICES.saturating_sub(1).into()) } else { B::zero() };
    brought.max(least)
}

/// What returns of a lock of `lock_multiple` prices, in prices, to a cheat that is its own customer and challenges itself.
pub fn returned(lock_multiple: u32, customer: u32, challenger: Perbill) -> u32 {
    customer.saturating_add(challenger.mul_ceil(lock_multiple))
}

/// Whether audits deter: who cheats on purpose loses by them, on average, more than the price that he cheats for.
///
/// q·(1 − κ)·u·(S + P) > C + V, where S is `lock_multiple` prices, and (1 − κ)·u is 0.92 where a tenth of all is the cheat's: κ, the chance
/// that he has the jury, is 2.8 %, and u, the part of verdicts that decide, 95 %. C + V, what the work would cost him and what the false
/// answer is worth, is taken as the price. The customer may be the cheat's own: its part of the slash, in prices, is none that is lost.
/// Without audits there is nothing to weigh.
pub fn deters(audit: Perbill, lock_multiple: u32, customer: u32) -> bool {
    let at_stake = u64::from(lock_multiple.saturating_sub(customer)).saturating_add(1);
    let loss = u64::from(audit.deconstruct()).saturating_mul(23).saturating_mul(at_stake);
    audit.deconstruct() == 0 || loss > u64::from(Perbill::one().deconstruct()).saturating_mul(25)
}

/// A model's deposit: `base` and `per_mib` for every MiB begun.
pub fn model_deposit<B: Balance>(len: u64, base: B, per_mib: B) -> B {
    let mib = u32::try_from(len.div_ceil(1024 * 1024)).unwrap_or(u32::MAX);
    base.saturating_add(per_mib.saturating_mul(mib.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::market::DeclineReason;
    use proptest::prelude::*;

    fn outcomes() -> impl Strategy<Value = MemberOutcome> {
        prop_oneof![
            Just(MemberOutcome::Valid),
            Just(MemberOutcome::Undecided),
            Just(MemberOutcome::Absent),
            Just(MemberOutcome::Declined(DeclineReason::WorkerFailed)),
            Just(MemberOutcome::NotRevealed),
            Just(MemberOutcome::Cancelled),
            Just(MemberOutcome::Grey),
            Just(MemberOutcome::Deviant),
            Just(MemberOutcome::Slashed),
        ]
    }

    proptest! {
        #[test]
        fn settle_conserves(
            held in any::<u64>(),
            price in any::<u64>(),
            fee in any::<u64>(),
            members in prop::collection::vec(outcomes(), 0..14),
        ) {
            let (held, price, fee) = (u128::from(held), u128::from(price), u128::from(fee));
            let out = settle(held, price, fee, members.iter().copied());
            prop_assert_eq!(out.payouts.len(), members.len());
            prop_assert_eq!(out.payouts.iter().sum::<u128>() + out.fee + out.refund, held);
            prop_assert!(out.payouts.iter().all(|paid| *paid <= price));
        }

        #[test]
        fn split_slash_conserves(amount in any::<u64>(), price in any::<u64>(), fees in any::<u64>(), customer in 0u32..5, parts in 0u32..=1_000_000_000) {
            let (amount, price, fees) = (u128::from(amount), u128::from(price), u128::from(fees));
            for rate in [None, Some(Perbill::from_parts(parts))] {
                let SlashParts { customer, challenger, pool, treasury } = split_slash(amount, price, fees, customer, rate);
                prop_assert_eq!(customer + challenger + pool + treasury, amount);
                prop_assert!(rate.is_some() || challenger == 0);
            }
        }

        #[test]
        fn juror_fee_never_is_more_than_there_is(price in any::<u128>(), available in any::<u128>(), jurors in 0u32..8) {
            let fee = juror_fee(price, available, jurors);
            prop_assert!(fee <= price && fee.checked_mul(u128::from(jurors)).is_some_and(|sum| sum <= available));
        }

        #[test]
        fn settle_pays_a_quoted_job_in_full(replicas in 1u32..=7, price in 1u64.., valid in 0usize..=7) {
            let quote = quote(replicas, u128::from(price), Perbill::from_percent(5), Perbill::from_percent(5));
            let valid = valid.min(replicas as usize);
            let members = (0..replicas as usize).map(|i| if i < valid { MemberOutcome::Valid } else { MemberOutcome::Absent });
            let out = settle(quote.escrow, u128::from(price), quote.fee, members);
            prop_assert_eq!(out.payouts.iter().sum::<u128>(), u128::from(price) * valid as u128);
            prop_assert_eq!(out.fee, quote.fee);
            prop_assert_eq!(out.refund, quote.premium + u128::from(price) * (u128::from(replicas) - valid as u128));
        }

        #[test]
        fn quote_adds_up_or_saturates(
            replicas in 1u32..=7,
            price in any::<u128>(),
            fee in 0u32..=1_000_000_000,
            audit in 0u32..=1_000_000_000,
        ) {
            let q = quote(replicas, price, Perbill::from_parts(fee), Perbill::from_parts(audit));
            match q.shares.checked_add(q.premium).and_then(|sum| sum.checked_add(q.fee)) {
                Some(sum) => prop_assert_eq!(q.escrow, sum),
                None => prop_assert_eq!(q.escrow, u128::MAX),
            }
            prop_assert!(q.escrow >= price);
        }
    }

    #[test]
    fn deters_with_the_protocols_numbers_and_not_with_half_of_either() {
        let percent = Perbill::from_percent;
        assert!(deters(percent(5), 25, 1));
        assert!(!deters(percent(2), 25, 1) && !deters(percent(5), 12, 1));
        assert!(!deters(percent(5), 25, 5), "what returns is no loss");
        assert!(deters(percent(0), 0, 0));
        assert!(deters(percent(100), u32::MAX, 5));
    }

    #[test]
    fn returned_is_what_customer_and_challenger_get() {
        assert_eq!(returned(25, 1, Perbill::from_percent(20)), 6);
        // All of it, with the numbers at their bounds.
        assert_eq!(returned(5, 3, Perbill::from_percent(40)), 5);
        assert_eq!(returned(u32::MAX, 5, Perbill::one()), u32::MAX);
    }

    #[test]
    fn jury_budget_is_what_came_in_and_an_audits_at_least() {
        assert_eq!([jury_budget(10u128, 0, false), jury_budget(10, 35, false)], [0, 35]);
        assert_eq!([jury_budget(10u128, 0, true), jury_budget(10, 35, true)], [30, 35]);
    }

    #[test]
    fn quote_is_the_protocols() {
        let q = quote(2, 1_000u128, Perbill::from_percent(5), Perbill::zero());
        assert_eq!(q, Quote { shares: 2_000, premium: 0, fee: 100, escrow: 2_100 });
        assert_eq!(quote(2, 1_000u128, Perbill::from_percent(5), Perbill::from_percent(5)).premium, 200);
    }

    #[test]
    fn split_slash_is_the_protocols() {
        let fifth = Some(Perbill::from_percent(20));
        let parts = split_slash(25_000u128, 1_000, 3_000, 1, fifth);
        assert_eq!(parts, SlashParts { customer: 1_000, challenger: 5_000, pool: 11_000, treasury: 8_000 });
        let parts = split_slash(25_001u128, 1_000, 3_000, 1, None);
        assert_eq!(parts, SlashParts { customer: 1_000, challenger: 0, pool: 13_500, treasury: 10_501 });
        assert_eq!(split_slash(500u128, 1_000, 3_000, 1, fifth), SlashParts { customer: 500, ..Default::default() });
    }

    #[test]
    fn model_deposit_counts_begun_mebibytes() {
        assert_eq!(model_deposit(1, 10u128, 3), 13);
        assert_eq!(model_deposit(1024 * 1024, 10u128, 3), 13);
        assert_eq!(model_deposit(1024 * 1024 + 1, 10u128, 3), 16);
        assert_eq!(model_deposit(u64::MAX, 10u128, u128::MAX), u128::MAX);
    }
}
