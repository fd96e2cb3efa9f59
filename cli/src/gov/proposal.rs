//! What can be proposed, and the calls that do it. How a call is put to a referendum is in [`propose`](crate::gov::propose).

use crate::{
    amount::Amount,
    chain::{Budget, Chain, Model, Slash},
    error::{Error, Result},
    gov::{
        params::{find, key_value, name_of, parameter_value},
        propose::Terms,
        quantity::{self, show, show_bound},
        referendum,
        tracks::Origin,
        treasury,
        upgrade::{read_code, set_code},
    },
    model::{self, Class},
    secret::account,
    slashes::{slash_text, slash_value},
    state::State,
    tx::{account_value, address_value, amount_value, id_value, Call},
    units,
};
use clap::{Args, Subcommand, ValueEnum};
use hearth_primitives::governance::{Bound, BudgetId, Guardian, ParameterInfo, ParameterView, SlashId};
use std::path::PathBuf;
use subxt::{dynamic::Value, utils::AccountId32};

/// The pallet's name.
pub const PALLET: &str = "DaoGovernance";

/// What can be proposed.
#[derive(Debug, Subcommand)]
pub enum Proposal {
    /// Give a governed parameter another value within its bounds. By its guardian's referendum; providers can then still stop it.
    Parameter {
        /// Such as market.fee-rate; `hearth gov params` lists all.
        #[arg(value_name = "NAME")]
        name: String,
        /// In the parameter's unit: 6%, 10HRT, 20 (blocks, hours, things).
        #[arg(value_name = "VALUE")]
        value: String,
    },
    /// Move the bounds of a governed parameter. By root's referendum.
    Bound {
        /// The parameter.
        #[arg(value_name = "NAME")]
        name: String,
        /// The least that its value may be.
        #[arg(value_name = "LEAST")]
        least: String,
        /// The most that its value may be.
        #[arg(value_name = "MOST")]
        most: String,
    },
    /// Pay from the treasury, once. By the spender whose limit allows so much.
    Spend {
        /// How much.
        #[arg(value_name = "HRT")]
        amount: Amount,
        /// Who is paid: whoever likes claims it for them, with `hearth gov payout`.
        #[arg(value_parser = account, value_name = "BENEFICIARY")]
        beneficiary: AccountId32,
    },
    /// Promise payments from the treasury: the same again and again, or one for each milestone. By the spender whose limit allows as much
    /// as all of them.
    Budget(NewBudget),
    /// Let nothing more become due of a budget. By the origin that made it.
    StopBudget {
        /// The budget; `hearth gov budget list` tells.
        #[arg(value_name = "ID")]
        budget: BudgetId,
    },
    /// Say that the next milestone of a budget is reached. By the origin that made it.
    ReachMilestone {
        /// The budget.
        #[arg(value_name = "ID")]
        budget: BudgetId,
    },
    /// Cancel a deferred slash, as an appeal.
    CancelSlash {
        /// As `hearth gov slashes` prints it; or who is slashed, if it is for one thing only.
        #[arg(value_name = "ID|ADDRESS")]
        slash: String,
    },
    /// Pull the emergency brake for a bounded time.
    Brake {
        #[command(flatten)]
        what: Paused,
        /// For how many blocks.
        #[arg(long)]
        blocks: u32,
    },
    /// End a pause by the emergency brake before its time.
    Release {
        #[command(flatten)]
        what: Paused,
    },
    /// Replace the chain's runtime. By root's referendum.
    Upgrade {
        /// The runtime's WebAssembly, compressed or not.
        #[arg(value_name = "WASM_FILE")]
        file: PathBuf,
    },
    /// Cancel a referendum that has not ended. By root's referendum.
    CancelReferendum {
        /// The referendum.
        #[arg(value_name = "INDEX")]
        referendum: u32,
    },
    /// Choose the model that capability challenges run; or end them, which root alone may.
    Benchmark(NewBenchmark),
    /// Have wrong results of a model slashed, once it is calibrated on devices of several makers; or only not paid.
    ModelClass {
        /// The model's id or name.
        #[arg(value_name = "MODEL")]
        model: String,
        /// Which of both.
        #[arg(value_enum)]
        class: Class,
    },
    /// Any call. It is told in words before anything is signed.
    Call {
        /// The call in SCALE, in hex.
        #[arg(value_name = "HEX", value_parser = hex_bytes)]
        call: Bytes,
        /// In whose name it is to be made; see `hearth gov tracks`.
        #[arg(long)]
        origin: Origin,
    },
}

/// Bytes given in hex.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bytes(Vec<u8>);

/// Payments that are promised.
#[derive(Args, Clone, Debug)]
pub struct NewBudget {
    /// Who is paid.
    #[arg(value_parser = account, value_name = "BENEFICIARY")]
    beneficiary: AccountId32,
    /// What is due each time.
    #[arg(long, value_name = "HRT", requires = "every", requires = "count")]
    instalment: Option<Amount>,
    /// Blocks from each payment to the next.
    #[arg(long, value_name = "BLOCKS", requires = "instalment", value_parser = clap::value_parser!(u32).range(1..))]
    every: Option<u32>,
    /// How many times.
    #[arg(long, value_name = "N", requires = "instalment", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// The block from which the first is due: if not given, or earlier, the block in which the referendum is enacted.
    #[arg(long, value_name = "BLOCK", requires = "instalment")]
    start: Option<u32>,
    /// What is due for a milestone; say it again for each further one, in their order.
    #[arg(long = "milestone", value_name = "HRT", conflicts_with = "instalment", required_unless_present = "instalment")]
    milestones: Vec<Amount>,
}

/// What the brake pauses.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Kind {
    /// Jobs and capability challenges that have not begun.
    Jobs,
    /// Those of one model.
    Model,
    /// Slashes that are due.
    Slashing,
}

/// What is paused.
#[derive(Args, Clone, Debug)]
pub struct Paused {
    /// Everything new, one model, or slashing.
    #[arg(value_enum)]
    kind: Kind,
    /// The model's id or name, where it is one model.
    #[arg(required_if_eq("kind", "model"))]
    model: Option<String>,
}

/// What capability challenges are to run.
#[derive(Args, Clone, Debug)]
pub struct NewBenchmark {
    /// The model's id or name.
    #[arg(required_unless_present = "stop", requires = "elements", requires = "work")]
    model: Option<String>,
    /// Values of its input.
    #[arg(long, value_name = "N", requires = "model")]
    elements: Option<u32>,
    /// Multiply-adds of a run.
    #[arg(long, value_name = "N", requires = "model")]
    work: Option<u64>,
    /// End capability challenges.
    #[arg(long, conflicts_with = "model")]
    stop: bool,
}

/// A call to propose.
pub struct Made {
    /// In SCALE.
    pub call: Vec<u8>,
    /// In whose name it is to be made.
    pub origin: Origin,
    /// What is to be said of it besides its words.
    pub notes: Vec<String>,
}

/// Bytes in hex, with or without "0x".
fn hex_bytes(text: &str) -> std::result::Result<Bytes, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    match hex::decode(digits) {
        Ok(bytes) if !bytes.is_empty() => Ok(Bytes(bytes)),
        _ => Err("a call is written in hex, such as 0x2a00".to_string()),
    }
}

impl Proposal {
    /// The call, checked as far as it can be before it is decided on.
    pub async fn make(&self, chain: &Chain, state: &State, terms: &Terms) -> Result<Made> {
        let (mut notes, own) = (Vec::new(), |name, args| Call::new(PALLET, name, args));
        let (call, origin) = match self {
            Self::Parameter { name, value } => {
                let parameters = chain.parameters().await?;
                let view = find(&parameters, name)?;
                let number = new_value(view, value)?;
                if view.info.guardian != Guardian::Root && !terms.root {
                    let hours = find(&parameters, "authority.house-hours")?;
                    notes.push(format!("once enacted, providers have {} to stop it", show(hours.value, hours.info.unit)));
                }
                (own("set_parameter", vec![parameter_value(&view.info, number)]), view.info.guardian.into())
            }
            Self::Bound { name, least, most } => {
                let parameters = chain.parameters().await?;
                let view = find(&parameters, name)?;
                let bound = new_bound(view, least, most)?;
                let bound = Value::named_composite([("least", Value::u128(bound.least)), ("most", Value::u128(bound.most))]);
                (own("set_bound", vec![key_value(&view.info), bound]), Origin::Root)
            }
            Self::Spend { amount, beneficiary } => {
                let origin = spender(&chain.parameters().await?, *amount, terms.root)?;
                let args = vec![
                    Value::unnamed_composite([]),
                    amount_value(*amount),
                    address_value(beneficiary),
                    Value::unnamed_variant("None", []),
                ];
                let period: u32 = state.constant(treasury::PALLET, "PayoutPeriod")?;
                let period = units::show_blocks(period, chain.block_time().await?);
                notes
                    .push(format!("once enacted, `hearth gov payout` pays it, within {period}; `hearth gov budget list` tells its number"));
                (Call::new(treasury::PALLET, "spend", args), origin)
            }
            Self::Budget(budget) => {
                let origin = spender(&chain.parameters().await?, budget.total()?, terms.root)?;
                (own("create_budget", vec![account_value(&budget.beneficiary), budget.plan()]), origin)
            }
            Self::StopBudget { budget } => {
                let maker = find_budget(&chain.budgets().await?, *budget)?;
                (own("stop_budget", vec![Value::u128((*budget).into())]), maker)
            }
            Self::ReachMilestone { budget } => {
                let maker = find_budget(&chain.budgets().await?, *budget)?;
                (own("reach_milestone", vec![Value::u128((*budget).into())]), maker)
            }
            Self::CancelSlash { slash } => {
                let id = find_slash(&chain.deferred_slashes().await?, slash)?;
                (own("cancel_slash", vec![slash_value(&id)]), Origin::SlashCanceller)
            }
            Self::Brake { what, blocks } => {
                (own("pull_brake", vec![what.value(chain).await?, Value::u128((*blocks).into())]), Origin::Emergency)
            }
            Self::Release { what } => (own("release_brake", vec![what.value(chain).await?]), Origin::Emergency),
            Self::Upgrade { file } => {
                let code = read_code(file)?;
                notes.push("whoever votes can compare the code's hash with that of a build of their own".to_string());
                return Ok(Made { call: set_code(state, &code)?, origin: Origin::Root, notes });
            }
            Self::CancelReferendum { referendum } => {
                let found = referendum::ongoing(chain, *referendum).await?;
                (Call::new(referendum::PALLET, "cancel", vec![Value::u128(found.index.into())]), Origin::Root)
            }
            Self::Benchmark(benchmark) => {
                (Call::new("JobMarket", "set_benchmark", vec![benchmark.value(chain).await?]), benchmark.origin())
            }
            Self::ModelClass { model, class } => {
                let found = model::find(chain, model).await?;
                (Call::new("JobMarket", "set_pay_only", new_class(&found, *class)?), Origin::ModelCurator)
            }
            Self::Call { call, origin } => return Ok(Made { call: call.0.clone(), origin: terms.origin(*origin), notes }),
        };
        Ok(Made { call: state.encode(&call)?, origin: terms.origin(origin), notes })
    }
}

/// A parameter's new value, if its bound allows it.
fn new_value(view: &ParameterView, text: &str) -> Result<u128> {
    let (info, name) = (&view.info, name_of(&view.info));
    let number = read(info, text)?;
    if !info.bound.contains(number) {
        return Err(Error::failed(format!(
            "{name} stays {}; ask for a value there, or have root move the bound first: `hearth gov propose bound {name}`",
            show_bound(&info.bound, info.unit)
        )));
    }
    if number == view.value {
        return Err(Error::failed(format!("{name} is {} already; there is nothing to decide", show(number, info.unit))));
    }
    Ok(number)
}

/// A model's new class as arguments, if it has another.
fn new_class(model: &Model, class: Class) -> Result<Vec<Value>> {
    if Class::of(model) == class {
        return Err(Error::failed(format!("the model {} is {} already; there is nothing to decide", model.name, class.name())));
    }
    Ok(vec![id_value(model.id), Value::bool(class == Class::PayOnly)])
}

/// A parameter's new bound, if its value lies within.
fn new_bound(view: &ParameterView, least: &str, most: &str) -> Result<Bound> {
    let info = &view.info;
    let bound = Bound { least: read(info, least)?, most: read(info, most)? };
    if !bound.contains(view.value) {
        let (name, value) = (name_of(info), show(view.value, info.unit));
        return Err(Error::failed(format!(
            "{name} is {value} now, which must lie within its bound; choose a wider one, or change it first"
        )));
    }
    Ok(bound)
}

/// A number in a parameter's unit.
fn read(info: &ParameterInfo, text: &str) -> Result<u128> {
    quantity::parse(text, info.unit).map_err(|error| Error::usage(format!("{text:?} is no value of {}: {error}", name_of(info))))
}

/// Who may spend so much at once.
fn spender(parameters: &[ParameterView], amount: Amount, root: bool) -> Result<Origin> {
    if amount == Amount(0) {
        return Err(Error::usage("there is nothing to pay in 0 HRT; raise the amount"));
    }
    if root {
        return Ok(Origin::Root);
    }
    let limit = |name| find(parameters, name).map(|view| Amount(view.value));
    let big = limit("authority.big-spend-limit")?;
    if amount <= limit("authority.small-spend-limit")? {
        Ok(Origin::SmallSpender)
    } else if amount <= big {
        Ok(Origin::BigSpender)
    } else {
        Err(Error::failed(format!(
            "{amount} is more than the {big} that big spenders may spend at once; ask for less, or put it to --root"
        )))
    }
}

/// In whose name a budget was made, if it is not stopped.
fn find_budget(budgets: &[Budget], id: BudgetId) -> Result<Origin> {
    let found = budgets.iter().find(|budget| budget.id == id);
    let found = found.ok_or_else(|| Error::failed(format!("there is no budget {id}; see `hearth gov budget list`")))?;
    match found.stopped {
        Some(block) => Err(Error::failed(format!("budget {id} was stopped at block {block}; nothing more becomes due of it"))),
        None => Ok(found.maker.into()),
    }
}

/// A slash by its id, or by who is slashed.
fn find_slash(slashes: &[Slash], wanted: &str) -> Result<SlashId> {
    let offender = account(wanted).ok();
    let is_it = |slash: &&Slash| slash_text(&slash.id) == wanted || offender.as_ref() == Some(&slash.offender);
    let found: Vec<_> = slashes.iter().filter(is_it).map(|slash| slash.id).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(Error::failed(format!("no slash {wanted} can be cancelled; see `hearth gov slashes`"))),
        _ => {
            let ids: Vec<_> = found.iter().map(slash_text).collect();
            Err(Error::failed(format!("{wanted} has several slashes: {}; name one", ids.join(", "))))
        }
    }
}

impl NewBudget {
    /// All that is promised.
    fn total(&self) -> Result<Amount> {
        let total = match (self.instalment, self.count) {
            (Some(Amount(instalment)), Some(count)) => instalment.checked_mul(count.into()),
            _ => self.milestones.iter().try_fold(0u128, |sum, amount| sum.checked_add(amount.0)),
        };
        total.map(Amount).ok_or_else(|| Error::usage("no balance is as large as all that together; ask for less"))
    }

    /// As a call's argument.
    fn plan(&self) -> Value {
        if let (Some(instalment), Some(every), Some(count)) = (self.instalment, self.every, self.count) {
            let fields = [
                ("instalment", amount_value(instalment)),
                ("count", Value::u128(count.into())),
                ("first", Value::u128(self.start.unwrap_or_default().into())),
                ("every", Value::u128(every.into())),
            ];
            return Value::named_variant("Recurring", fields);
        }
        let amounts = Value::unnamed_composite(self.milestones.iter().copied().map(amount_value));
        Value::named_variant("Milestones", [("amounts", amounts), ("reached", Value::u128(0))])
    }
}

impl Paused {
    /// As a call's argument.
    async fn value(&self, chain: &Chain) -> Result<Value> {
        let name = match (self.kind, &self.model) {
            (Kind::Model, Some(model)) => {
                let id = model::find(chain, model).await?.id;
                return Ok(Value::unnamed_variant("Model", [id_value(id)]));
            }
            (Kind::Jobs, None) => "NewJobs",
            (Kind::Slashing, None) => "Slashing",
            _ => return Err(Error::usage("a model is named after `model`, and after nothing else")),
        };
        Ok(Value::unnamed_variant(name, []))
    }
}

impl NewBenchmark {
    /// In whose name it is set: curators choose what challenges run, and not whether.
    fn origin(&self) -> Origin {
        if self.model.is_some() {
            Origin::ModelCurator
        } else {
            Origin::Root
        }
    }

    /// As a call's argument.
    async fn value(&self, chain: &Chain) -> Result<Value> {
        let (Some(model), Some(elements), Some(work)) = (&self.model, self.elements, self.work) else {
            return Ok(Value::unnamed_variant("None", []));
        };
        let id = model::find(chain, model).await?.id;
        let fields = [("model", id_value(id)), ("elements", Value::u128(elements.into())), ("work", Value::u128(work.into()))];
        Ok(Value::unnamed_variant("Some", [Value::named_composite(fields)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{gov::params::tests::parameters, model::tests::model};
    use hearth_primitives::{
        governance::{Maker, Unit},
        H256,
    };

    const ONE: AccountId32 = AccountId32([1; 32]);
    const HRT: u128 = 1_000_000_000_000;

    fn limits() -> Vec<ParameterView> {
        let template = parameters().remove(0);
        let limit = |name: &str, hrt: u128| {
            let info = ParameterInfo { group: "authority".into(), name: name.into(), unit: Unit::Plancks, ..template.info.clone() };
            ParameterView { info, value: hrt * HRT, ..template.clone() }
        };
        vec![limit("SmallSpendLimit", 10), limit("BigSpendLimit", 100)]
    }

    fn budget(id: BudgetId, stopped: Option<u32>) -> Budget {
        Budget {
            id,
            maker: Maker::BigSpender,
            beneficiary: ONE,
            promised: Amount(HRT),
            paid: Amount(0),
            due: Amount(0),
            next: None,
            stopped,
        }
    }

    #[test]
    fn parameter_stays_within_its_bound() {
        let fee = &parameters()[0];
        assert_eq!(new_value(fee, "6%").unwrap(), 60_000_000);
        assert!(new_value(fee, "25%").unwrap_err().to_string().contains("between 0% and 20%"));
        assert!(new_value(fee, "5%").unwrap_err().to_string().contains("already"));
        let error = new_value(fee, "6").unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("market.fee-rate"), "{error}");
    }

    #[test]
    fn bound_keeps_the_value() {
        let fee = &parameters()[0];
        assert_eq!(new_bound(fee, "0%", "30%").unwrap(), Bound { least: 0, most: 300_000_000 });
        for (least, most) in [("6%", "30%"), ("0%", "4%"), ("30%", "0%")] {
            assert!(new_bound(fee, least, most).unwrap_err().to_string().contains("5% now"), "{least} {most}");
        }
    }

    #[test]
    fn spender_is_the_smallest_that_may() {
        let spender = |hrt: u128, root| spender(&limits(), Amount(hrt * HRT), root).map_err(|error| error.to_string());
        assert_eq!(spender(10, false), Ok(Origin::SmallSpender));
        assert_eq!(spender(11, false), Ok(Origin::BigSpender));
        assert!(spender(101, false).unwrap_err().contains("--root"));
        assert_eq!(spender(101, true), Ok(Origin::Root));
        assert!(spender(0, true).is_err());
    }

    #[test]
    fn budgets_and_slashes_are_found() {
        let budgets = [budget(3, None), budget(4, Some(90))];
        assert_eq!(find_budget(&budgets, 3).unwrap(), Origin::BigSpender);
        assert!(find_budget(&budgets, 4).unwrap_err().to_string().contains("block 90"));
        assert!(find_budget(&budgets, 5).unwrap_err().to_string().contains("gov budget list"));

        let slash = |due, offender| {
            let id = SlashId { due, hash: H256::repeat_byte(9) };
            Slash { id, offender, own: Amount(1), others: Amount(2), appealed: false }
        };
        let two = AccountId32([2; 32]);
        let slashes = [slash(7, ONE), slash(8, two), slash(9, two)];
        assert_eq!(find_slash(&slashes, &ONE.to_string()).unwrap().due, 7);
        assert_eq!(find_slash(&slashes, &slash_text(&slashes[2].id)).unwrap().due, 9);
        assert!(find_slash(&slashes, &two.to_string()).unwrap_err().to_string().contains("8:0x0909"));
        assert!(find_slash(&slashes, "7").unwrap_err().to_string().contains("gov slashes"));
    }

    #[test]
    fn challenges_are_ended_by_root_alone() {
        let benchmark = |model: Option<&str>| {
            let (elements, work) = (model.map(|_| 16), model.map(|_| 1));
            NewBenchmark { model: model.map(str::to_string), elements, work, stop: model.is_none() }
        };
        assert_eq!([benchmark(Some("magika")), benchmark(None)].map(|it| it.origin()), [Origin::ModelCurator, Origin::Root]);
    }

    #[test]
    fn class_is_another_than_the_present() {
        let slashable = model(1, "magika");
        let args = vec![id_value(slashable.id), Value::bool(true)];
        assert_eq!(new_class(&slashable, Class::PayOnly).unwrap(), args);
        assert!(new_class(&slashable, Class::Slashable).unwrap_err().to_string().contains("magika is slashable already"));
    }

    #[test]
    fn budget_is_recurring_or_has_milestones() {
        let recurring =
            NewBudget { beneficiary: ONE, instalment: Some(Amount(5)), every: Some(100), count: Some(3), start: None, milestones: vec![] };
        assert_eq!(recurring.total().unwrap(), Amount(15));
        let [instalment, count, first, every] = [5, 3, 0, 100].map(Value::u128);
        let fields = [("instalment", instalment), ("count", count), ("first", first), ("every", every)];
        assert_eq!(recurring.plan(), Value::named_variant("Recurring", fields));
        let endless = NewBudget { instalment: Some(Amount(u128::MAX)), ..recurring.clone() };
        assert!(endless.total().is_err());

        let milestones = vec![Amount(5), Amount(7)];
        let steps = NewBudget { instalment: None, every: None, count: None, milestones, ..recurring };
        assert_eq!(steps.total().unwrap(), Amount(12));
        let amounts = Value::unnamed_composite([5, 7].map(Value::u128));
        assert_eq!(steps.plan(), Value::named_variant("Milestones", [("amounts", amounts), ("reached", Value::u128(0))]));
    }

    #[test]
    fn calls_are_read_in_hex() {
        assert_eq!(hex_bytes("0x0001"), Ok(Bytes(vec![0, 1])));
        assert_eq!(hex_bytes("0001"), Ok(Bytes(vec![0, 1])));
        for bad in ["", "0x", "0x1", "zz"] {
            assert!(hex_bytes(bad).is_err(), "{bad}");
        }
    }
}
