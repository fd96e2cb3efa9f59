//! Providers from the first block.

use crate::{mock::*, GenesisProvider, OwnerOf};
use hearth_primitives::provider::{BackendClass, Standing};

#[test]
fn genesis_registers_and_trusts() {
    TestExt::default().provider(ALICE, 1, false).provider(BOB, 2, true).execute_with(|| {
        assert_eq!(OwnerOf::<Test>::get(BOB), Some(1));
        assert_eq!(record(0).standing, Standing::default());
        assert_eq!(record(1).standing, Standing { valid_in_a_row: TRUSTED_AFTER, valid: TRUSTED_AFTER, missed: 0 });
        assert_eq!((bond_on_hold(BOB), record(1).changed_at), (120 * UNIT, 0));
        assert_eq!(Balances::free_balance(operator_of(BOB)), FLOAT);
    });
}

#[test]
#[should_panic(expected = "cannot be registered")]
fn genesis_of_an_owner_without_money_panics() {
    TestExt::default().provider(99, 1, false).build();
}

#[test]
fn genesis_provider_is_readable_json() {
    let json = r#"{"owner":1,"operator":101,"backend":"software_gpu","slots":2,"bond":5,"trusted":true}"#;
    let provider: GenesisProvider<AccountId, u64> = serde_json::from_str(json).expect("the form is documented");
    let expected = GenesisProvider { owner: 1, operator: 101, backend: BackendClass::SoftwareGpu, slots: 2, bond: 5, trusted: true };
    assert_eq!(provider, expected);
    assert_eq!(serde_json::to_string(&provider).expect("it came from JSON"), json);
}
