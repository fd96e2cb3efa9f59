//! What a job costs, told before it is signed. Pure.

use crate::{
    amount::Amount,
    error::{Error, Result},
    share::Share,
};
use hearth_primitives::market::AUDIT_PRICES;
use serde::Serialize;
use subxt::dynamic::Value;

/// All of a whole, in parts.
const WHOLE: u128 = 1_000_000_000;

/// What is held from the customer, and for what.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Quote {
    /// All of it.
    pub escrow: Amount,
    /// The part of it that is the market's fee.
    pub fee: Amount,
    /// The part of it with which audits are paid.
    pub premium: Amount,
    /// The probability with which the job is audited.
    pub audit: Share,
}

impl Quote {
    /// For so many replicas at `price`, where the chain quotes escrow and fee for its own `rate` of audits and the customer asks for another.
    pub fn new(replicas: u32, price: Amount, (escrow, fee): (Amount, Amount), rate: Share, asked: Option<Share>) -> Result<Self> {
        let shares = Amount(price.0.saturating_mul(replicas.into()));
        match asked {
            Some(asked) if asked < rate => Err(Error::failed(format!(
                "every job is audited with a probability of {rate}; ask for more than that, or leave --audit away"
            ))),
            Some(asked) if asked > rate => {
                let premium = premium(price, asked);
                Ok(Self { escrow: shares.saturating_add(premium).saturating_add(fee), fee, premium, audit: asked })
            }
            _ => Ok(Self { escrow, fee, premium: escrow.saturating_sub(shares).saturating_sub(fee), audit: rate }),
        }
    }

    /// The probability as a call's argument: none where the chain's own will do, for what is asked for weighs more.
    pub fn audit_value(&self, rate: Share) -> Value {
        if self.audit > rate {
            Value::unnamed_variant("Some", [Value::u128(self.audit.0.into())])
        } else {
            Value::unnamed_variant("None", [])
        }
    }

    /// For people.
    pub fn text(&self, replicas: u32, price: Amount) -> String {
        let Self { escrow, fee, premium, audit } = self;
        format!(
            "{replicas} replicas at {price}: {escrow} will be held, {fee} of it as the market's fee and {premium} as the premium for audits: \
             the job is audited with a probability of {audit}, and the premium comes back where too few could judge"
        )
    }
}

/// What a probability of audits costs, rounded up as the chain does.
fn premium(price: Amount, audit: Share) -> Amount {
    let (base, parts) = (price.0.saturating_mul(AUDIT_PRICES.into()), u128::from(audit.0));
    let (whole, rest) = (base / WHOLE, base % WHOLE);
    Amount(whole.saturating_mul(parts).saturating_add((rest * parts).div_ceil(WHOLE)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HRT: u128 = 1_000_000_000_000;

    /// Two replicas at 1 HRT, where five of a hundred jobs are audited.
    fn quote(asked: Option<&str>) -> Result<Quote> {
        let asked = asked.map(|text| text.parse().unwrap());
        Quote::new(2, Amount(HRT), (Amount(23 * HRT / 10), Amount(HRT / 10)), Share(50_000_000), asked)
    }

    #[test]
    fn quote_is_the_chains_unless_more_is_asked() {
        let own = quote(None).unwrap();
        assert_eq!((own.escrow, own.premium), (Amount(23 * HRT / 10), Amount(HRT / 5)));
        assert_eq!(quote(Some("5%")).unwrap(), own);
        assert_eq!(own.audit_value(Share(50_000_000)), Value::unnamed_variant("None", []));
        assert!(quote(Some("4%")).unwrap_err().to_string().contains("probability of 5%"));
    }

    #[test]
    fn quote_of_more_audits_has_a_higher_premium() {
        let all = quote(Some("100%")).unwrap();
        assert_eq!((all.escrow, all.premium, all.fee), (Amount(61 * HRT / 10), Amount(4 * HRT), Amount(HRT / 10)));
        assert_eq!(all.audit_value(Share(50_000_000)), Value::unnamed_variant("Some", [Value::u128(WHOLE)]));
        let text = all.text(2, Amount(HRT));
        for part in ["6.1 HRT will be held", "0.1 HRT of it as the market's fee", "4 HRT as the premium", "probability of 100%"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert_eq!(serde_json::to_value(all).unwrap()["audit"], "100%");
    }

    proptest! {
        #[test]
        fn premium_is_rounded_up(price in 0..1_000_000u128, parts in 0..=1_000_000_000u32) {
            let exact = 4 * price * u128::from(parts);
            let Amount(premium) = premium(Amount(price), Share(parts));
            prop_assert!(premium * WHOLE >= exact && premium * WHOLE < exact + WHOLE);
        }
    }
}
