//! An account's money, as the chain's `System.Account` tells it.

use crate::amount::Amount;
use subxt::ext::scale_decode::DecodeAsType;

/// What an account can spend and what is kept from it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Serialize)]
pub struct Money {
    /// What can be spent, the existential deposit left aside.
    pub available: Amount,
    /// What can be held in addition: as `available`, but freezes, such as those of votes, do not count against it.
    #[serde(skip)]
    pub holdable: Amount,
    /// What holds keep: bonds, escrows, deposits.
    pub held: Amount,
}

/// The fields of `System.Account` that are read here.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct AccountInfo {
    data: AccountData,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct AccountData {
    free: u128,
    reserved: u128,
    frozen: u128,
}

impl AccountInfo {
    /// The account's money under an existential deposit of `least`. Freezes count against what is held first.
    pub fn money(&self, least: u128) -> Money {
        let AccountData { free, reserved, frozen } = self.data;
        let available = free.saturating_sub(frozen.saturating_sub(reserved).max(least));
        Money { available: Amount(available), holdable: Amount(free.saturating_sub(least)), held: Amount(reserved) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_leaves_freezes_and_the_deposit() {
        let money = |free, reserved, frozen| AccountInfo { data: AccountData { free, reserved, frozen } }.money(1);
        assert_eq!(money(100, 0, 0), Money { available: Amount(99), holdable: Amount(99), held: Amount(0) });
        assert_eq!(money(100, 0, 60).available, Amount(40));
        assert_eq!(money(100, 0, 60).holdable, Amount(99));
        assert_eq!(money(100, 50, 60), Money { available: Amount(90), holdable: Amount(99), held: Amount(50) });
        assert_eq!(money(0, 50, 60).available, Amount(0));
    }
}
