//! What holds whatever happens, in whatever order.

use crate::{mock::*, Budgets, Changes, Error, Objections, Origin, Plan, PlanOf};
use hearth_primitives::governance::Bound;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Act {
    Set { by: usize, key_value: RuntimeParameters },
    Around { by: usize, key_value: RuntimeParameters },
    MoveBound { by: usize, key: usize, bound: Bound },
    Object { owner: AccountId, change: u32, objects: bool },
    Voice { member: usize, voice: Balance },
    Wait { blocks: BlockNumber },
}

fn origins() -> [RuntimeOrigin; 6] {
    [
        RuntimeOrigin::root(),
        RuntimeOrigin::signed(1),
        Origin::MarketParams.into(),
        Origin::EmissionParams.into(),
        Origin::Emergency.into(),
        RuntimeOrigin::none(),
    ]
}

fn keys() -> [RuntimeParametersKey; 4] {
    [fee_key(), floor_key(), rate_key(), limit_key()]
}

fn key_value() -> impl Strategy<Value = RuntimeParameters> {
    prop_oneof![
        (0..40u32).prop_map(fee),
        Just(first_fee()),
        (0..40u32).prop_map(floor),
        (0..400u128).prop_map(rate),
        (0..20_000u128).prop_map(limit),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let by = 0..origins().len();
    let bound = (0..30u128, 0..30_000u128).prop_map(|(least, most)| Bound { least, most });
    let act = prop_oneof![
        8 => (by.clone(), key_value()).prop_map(|(by, key_value)| Act::Set { by, key_value }),
        1 => (by.clone(), key_value()).prop_map(|(by, key_value)| Act::Around { by, key_value }),
        2 => (by, 0..keys().len(), bound).prop_map(|(by, key, bound)| Act::MoveBound { by, key, bound }),
        6 => (1..=5u64, 0..6u32, any::<bool>()).prop_map(|(owner, change, objects)| Act::Object { owner, change, objects }),
        1 => (0..4usize, 0..100u128).prop_map(|(member, voice)| Act::Voice { member, voice }),
        3 => (1..WINDOW).prop_map(|blocks| Act::Wait { blocks }),
    ];
    proptest::collection::vec(act, 1..80)
}

#[derive(Clone, Debug)]
enum BudgetAct {
    Create { by: usize, plan: PlanOf<Test> },
    Reach { by: usize, budget: u32 },
    Claim { budget: u32 },
    Stop { by: usize, budget: u32 },
    Wait { blocks: BlockNumber },
}

fn spenders() -> [RuntimeOrigin; 4] {
    [RuntimeOrigin::root(), Origin::SmallSpender.into(), Origin::BigSpender.into(), Origin::Emergency.into()]
}

fn budget_acts() -> impl Strategy<Value = Vec<BudgetAct>> {
    let (by, budget) = (0..spenders().len(), 0..8u32);
    let plan = prop_oneof![
        (0..50 * UNIT, 0..6u32).prop_map(|(instalment, count)| recurring(instalment, count)),
        proptest::collection::vec(0..50 * UNIT, 0..5).prop_map(|amounts| milestones(&amounts)),
    ];
    let act = prop_oneof![
        3 => (by.clone(), plan).prop_map(|(by, plan)| BudgetAct::Create { by, plan }),
        3 => (by.clone(), budget.clone()).prop_map(|(by, budget)| BudgetAct::Reach { by, budget }),
        6 => budget.clone().prop_map(|budget| BudgetAct::Claim { budget }),
        1 => (by, budget).prop_map(|(by, budget)| BudgetAct::Stop { by, budget }),
        3 => (1..30u64).prop_map(|blocks| BudgetAct::Wait { blocks }),
    ];
    proptest::collection::vec(act, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parameters_stay_within_bounds_that_root_alone_moves(acts in acts()) {
        TestExt.execute_with(|| {
            for act in acts {
                let numbers = || keys().map(|key| number(&key));
                let bounds = || keys().map(|key| DaoGovernance::bound(&key));
                let (numbers_before, bounds_before) = (numbers(), bounds());
                match act {
                    Act::Set { by, key_value } => {
                        let done = DaoGovernance::set_parameter(origins()[by].clone(), key_value);
                        assert!((by == 0 && done.is_ok()) || numbers() == numbers_before, "a number changed at once without Root");
                        assert_eq!(bounds(), bounds_before);
                    }
                    Act::Around { by, key_value } => {
                        assert!(Parameters::set_parameter(origins()[by].clone(), key_value).is_err());
                        assert_eq!((numbers(), bounds()), (numbers_before, bounds_before));
                    }
                    Act::MoveBound { by, key, bound } => {
                        let done = DaoGovernance::set_bound(origins()[by].clone(), keys()[key].clone(), bound);
                        assert!((by == 0 && done.is_ok()) || bounds() == bounds_before, "a bound was moved without Root");
                        assert_eq!(numbers(), numbers_before);
                    }
                    Act::Object { owner, change, objects } => {
                        let _ = DaoGovernance::object(RuntimeOrigin::signed(owner), change, objects);
                        assert_eq!((numbers(), bounds()), (numbers_before, bounds_before));
                    }
                    Act::Voice { member, voice } => Members::mutate(|members| members[member].2 = voice),
                    Act::Wait { blocks } => {
                        run_to(System::block_number() + blocks);
                        assert_eq!(bounds(), bounds_before);
                    }
                }
                check();
            }
            // Every window ends, and leaves nothing.
            run_to(System::block_number() + WINDOW);
            assert_eq!((Changes::<Test>::get().len(), Objections::<Test>::iter().count()), (0, 0));
        });
    }

    #[test]
    fn budgets_pay_what_was_promised_from_the_treasury_alone(acts in budget_acts()) {
        const BENEFICIARY: AccountId = 1;
        TestExt.execute_with(|| {
            let issuance = Balances::total_issuance();
            let mut promised: Balance = 0;
            for act in acts {
                match act {
                    BudgetAct::Create { by, mut plan } => {
                        if let Plan::Recurring { first, .. } = &mut plan {
                            *first += System::block_number();
                        }
                        let total = plan.total().expect("a test promises little");
                        if DaoGovernance::create_budget(spenders()[by].clone(), BENEFICIARY, plan).is_ok() {
                            promised += total;
                        }
                    }
                    BudgetAct::Reach { by, budget } => {
                        let _ = DaoGovernance::reach_milestone(spenders()[by].clone(), budget);
                    }
                    BudgetAct::Claim { budget } => {
                        let due = DaoGovernance::budget_views().into_iter().find(|view| view.id == budget).map_or(0, |view| view.due);
                        let before = Balances::free_balance(BENEFICIARY);
                        let done = DaoGovernance::claim_budget(RuntimeOrigin::signed(9), budget);
                        assert!(done.is_ok() == (due > 0) || done == Err(Error::<Test>::CannotPay.into()));
                        assert_eq!(Balances::free_balance(BENEFICIARY) - before, if done.is_ok() { due } else { 0 });
                    }
                    BudgetAct::Stop { by, budget } => {
                        let _ = DaoGovernance::stop_budget(spenders()[by].clone(), budget);
                    }
                    BudgetAct::Wait { blocks } => run_to(System::block_number() + blocks),
                }
                check();
                let paid = Balances::free_balance(BENEFICIARY);
                assert!(paid <= promised, "more was paid than promised");
                assert_eq!((paid + treasure(), Balances::total_issuance()), (TREASURE, issuance));
            }
            // Everything that is stopped ends once it is claimed.
            for id in Budgets::<Test>::iter_keys().collect::<Vec<_>>() {
                let _ = DaoGovernance::stop_budget(RuntimeOrigin::root(), id);
                let _ = DaoGovernance::claim_budget(RuntimeOrigin::signed(9), id);
            }
            assert_eq!(Budgets::<Test>::count(), 0);
        });
    }
}
