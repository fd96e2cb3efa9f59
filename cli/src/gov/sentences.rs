//! The sentences in which calls of governance are told. Pure: what is known of the chain is given.

use crate::{
    amount::Amount,
    gov::{
        params::name_of,
        quantity::{self, counted, show_bound},
        values::{bytes32, items, number, small, some, variant},
    },
    slashes::slash_text,
    units,
};
use hearth_primitives::{
    governance::{Bound, ParameterView, Pause, SlashId},
    H256,
};
use std::time::Duration;
use subxt::{
    dynamic::At,
    ext::scale_value::{Composite, Value},
    utils::AccountId32,
};

/// What is known of the chain.
pub struct Facts {
    /// Its governed parameters, as they are.
    pub parameters: Vec<ParameterView>,
    /// How long a block takes.
    pub block_time: Duration,
}

/// What is paused: "new jobs".
pub fn pause_text(pause: &Pause) -> String {
    match pause {
        Pause::NewJobs => "new jobs".to_string(),
        Pause::Model(model) => format!("new jobs of the model {model:?}"),
        Pause::Slashing => "slashing".to_string(),
    }
}

impl Facts {
    /// A call that governance is for. None for others, and if it does not have the expected form.
    pub fn sentence<T>(&self, pallet: &str, name: &str, args: &Composite<T>) -> Option<String> {
        let small = |field: &str| small(args.at(field)?);
        let account = |field: &str| bytes32(args.at(field)?).map(AccountId32);
        Some(match (pallet, name) {
            ("DaoGovernance", "set_parameter") => self.parameter(args.at("key_value")?)?,
            ("DaoGovernance", "set_bound") => self.bound(args.at("key")?, args.at("bound")?)?,
            ("DaoGovernance", "cancel_slash") => format!("cancel the deferred slash {}", slash_text(&slash(args.at("slash")?)?)),
            ("DaoGovernance", "create_budget") => {
                format!("promise {} {} from the treasury", account("beneficiary")?, self.plan(args.at("plan")?)?)
            }
            ("DaoGovernance", "reach_milestone") => format!("say that the next milestone of budget {} is reached", small("budget")?),
            ("DaoGovernance", "stop_budget") => format!("stop budget {}, of which nothing more becomes due", small("budget")?),
            ("DaoGovernance", "pull_brake") => {
                format!("pause {} for {}", pause_text(&pause(args.at("pause")?)?), self.blocks(small("blocks")?))
            }
            ("DaoGovernance", "release_brake") => format!("end the pause of {}", pause_text(&pause(args.at("pause")?)?)),
            ("Treasury", "spend") => {
                let amount = Amount(number(args.at("amount")?)?);
                let from = some(args.at("valid_from")?).and_then(number);
                let from = from.map(|block| format!(", not before block {block}")).unwrap_or_default();
                format!("pay {amount} from the treasury to {}{from}", account("beneficiary")?)
            }
            ("Treasury", "void_spend") => format!("take back the approved spend {}", small("index")?),
            ("Referenda", "cancel") => format!("cancel referendum {}, whose deposits go back", small("index")?),
            ("Referenda", "kill") => format!("end referendum {}, whose deposits are lost", small("index")?),
            ("JobMarket", "set_benchmark") => self.benchmark(args.at("benchmark")?)?,
            ("JobMarket", "set_pay_only") => {
                let model = H256(bytes32(args.at("model")?)?);
                match args.at("pay_only")?.as_bool()? {
                    true => format!("let the model {model:?} pay only: wrong results of it are unpaid, and nobody is slashed for them"),
                    false => format!("have wrong results of the model {model:?} slashed, once a jury convicts"),
                }
            }
            ("System", "authorize_upgrade") => {
                let hash = H256(bytes32(args.at("code_hash")?)?);
                format!("allow anybody to replace the chain's runtime by the code with the blake2-256 hash {hash:?}")
            }
            _ => return None,
        })
    }

    /// The parameter of a key or of a key with its value, and what follows its name.
    fn named<'a, T>(&'a self, key: &'a Value<T>) -> Option<(&'a ParameterView, Option<&'a Value<T>>)> {
        let (group, inner) = variant(key)?;
        let (name, fields) = variant(inner.at(0)?)?;
        let same = |view: &&ParameterView| view.info.group.replace('_', "").eq_ignore_ascii_case(group) && view.info.name == name;
        Some((self.parameters.iter().find(same)?, fields.at(1)))
    }

    fn parameter<T>(&self, key_value: &Value<T>) -> Option<String> {
        let (view, value) = self.named(key_value)?;
        let (name, unit) = (name_of(&view.info), view.info.unit);
        let now = quantity::show_timed(view.value, unit, self.block_time);
        Some(match some(value?) {
            Some(value) => {
                let value = quantity::show_timed(number(value)?, unit, self.block_time);
                format!("set {name} to {value}; it is {now} now")
            }
            None => format!("set {name} back to the value with which the chain began; it is {now} now"),
        })
    }

    fn bound<T>(&self, key: &Value<T>, bound: &Value<T>) -> Option<String> {
        let (view, _) = self.named(key)?;
        let new = Bound { least: number(bound.at("least")?)?, most: number(bound.at("most")?)? };
        let (name, unit) = (name_of(&view.info), view.info.unit);
        Some(format!("let {name} be {}, rather than {}", show_bound(&new, unit), show_bound(&view.info.bound, unit)))
    }

    fn plan<T>(&self, plan: &Value<T>) -> Option<String> {
        let (kind, fields) = variant(plan)?;
        if kind == "Recurring" {
            let (instalment, count) = (number(fields.at("instalment")?)?, number(fields.at("count")?)?);
            let (first, every) = (small(fields.at("first")?)?, small(fields.at("every")?)?);
            let (instalment, all) = (Amount(instalment), Amount(instalment.saturating_mul(count)));
            let every = self.blocks(every);
            let first = if first == 0 { "its enactment".to_string() } else { format!("block {first}") };
            return Some(format!("{instalment} {}, from {first} on, every {every}, {all} in all,", counted(count, "time")));
        }
        let amounts: Vec<_> = items(fields.at("amounts")?).into_iter().filter_map(number).map(Amount).collect();
        let all = amounts.iter().fold(Amount(0), |sum, amount| sum.saturating_add(*amount));
        let amounts: Vec<_> = amounts.iter().map(Amount::to_string).collect();
        let count = counted(amounts.len() as u128, "milestone");
        Some(format!("{all} for {count} ({}), each when it is said to be reached,", amounts.join(", ")))
    }

    fn benchmark<T>(&self, benchmark: &Value<T>) -> Option<String> {
        let Some(new) = some(benchmark) else { return Some("end capability challenges".to_string()) };
        let (model, elements, work) = (H256(bytes32(new.at("model")?)?), number(new.at("elements")?)?, number(new.at("work")?)?);
        Some(format!("let capability challenges run the model {model:?} on {elements} values, which counts as {work} multiply-adds"))
    }

    /// "20 blocks (60 seconds)".
    pub fn blocks(&self, blocks: u32) -> String {
        format!("{} ({})", counted(blocks.into(), "block"), units::show_blocks(blocks, self.block_time))
    }
}

fn slash<T>(value: &Value<T>) -> Option<SlashId> {
    Some(SlashId { due: small(value.at("due")?)?, hash: H256(bytes32(value.at("hash")?)?) })
}

fn pause<T>(value: &Value<T>) -> Option<Pause> {
    let (kind, fields) = variant(value)?;
    match kind {
        "NewJobs" => Some(Pause::NewJobs),
        "Slashing" => Some(Pause::Slashing),
        "Model" => Some(Pause::Model(H256(bytes32(fields.at(0)?)?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gov::params::tests::parameters;

    fn told(pallet: &str, name: &str, args: Vec<(&str, Value)>) -> String {
        let facts = Facts { parameters: parameters(), block_time: Duration::from_secs(3) };
        facts.sentence(pallet, name, &Composite::named(args)).unwrap()
    }

    fn dao(name: &str, args: Vec<(&str, Value)>) -> String {
        told("DaoGovernance", name, args)
    }

    fn unit(name: &str) -> Value {
        Value::unnamed_variant(name, [])
    }

    fn hrt(amount: u128) -> Value {
        Value::u128(amount * 1_000_000_000_000)
    }

    /// `market.fee-rate`, and what follows its name.
    fn fee_rate(rest: Option<Value>) -> Value {
        let fields = [Some(Value::unnamed_composite([])), rest].into_iter().flatten();
        Value::unnamed_variant("Market", [Value::unnamed_variant("FeeRate", fields)])
    }

    #[test]
    fn parameters_are_told_in_their_units() {
        // Parts of a billion stand in a struct of one field.
        let value = Value::unnamed_variant("Some", [Value::unnamed_composite([Value::u128(60_000_000)])]);
        let set = dao("set_parameter", vec![("key_value", fee_rate(Some(value)))]);
        assert_eq!(set, "set market.fee-rate to 6%; it is 5% now");
        let back = dao("set_parameter", vec![("key_value", fee_rate(Some(unit("None"))))]);
        assert!(back.contains("the value with which the chain began"), "{back}");
        let bound = Value::named_composite([("least", Value::u128(0)), ("most", Value::u128(300_000_000))]);
        let moved = dao("set_bound", vec![("key", fee_rate(None)), ("bound", bound)]);
        assert_eq!(moved, "let market.fee-rate be between 0% and 30%, rather than between 0% and 20%");
    }

    #[test]
    fn payments_are_told_with_their_beneficiaries() {
        let account = AccountId32([7; 32]);
        let beneficiary = Value::unnamed_composite([Value::from_bytes([7; 32])]);
        let fields = [("instalment", hrt(10)), ("count", Value::u128(3)), ("first", Value::u128(500)), ("every", Value::u128(100))];
        let plan = Value::named_variant("Recurring", fields);
        let text = dao("create_budget", vec![("beneficiary", beneficiary.clone()), ("plan", plan)]);
        let expected = "10 HRT 3 times, from block 500 on, every 100 blocks (5 minutes), 30 HRT in all, from the treasury";
        assert_eq!(text, format!("promise {account} {expected}"));

        let amounts = Value::unnamed_composite([Value::unnamed_composite([hrt(5), hrt(7)])]);
        let plan = Value::named_variant("Milestones", [("amounts", amounts), ("reached", Value::u128(0))]);
        let text = dao("create_budget", vec![("beneficiary", beneficiary.clone()), ("plan", plan)]);
        assert!(text.contains("12 HRT for 2 milestones (5 HRT, 7 HRT)"), "{text}");

        let address = Value::unnamed_variant("Id", [beneficiary]);
        let args = vec![("amount", hrt(10)), ("beneficiary", address), ("valid_from", unit("None"))];
        assert_eq!(told("Treasury", "spend", args), format!("pay 10 HRT from the treasury to {account}"));
    }

    #[test]
    fn brakes_and_slashes_are_told() {
        let blocks = ("blocks", Value::u128(20));
        assert_eq!(dao("pull_brake", vec![("pause", unit("NewJobs")), blocks]), "pause new jobs for 20 blocks (60 seconds)");
        let model = Value::unnamed_variant("Model", [Value::unnamed_composite([Value::from_bytes([2; 32])])]);
        let text = dao("release_brake", vec![("pause", model)]);
        assert!(text.contains(&"02".repeat(32)), "{text}");
        let id = Value::named_composite([("due", Value::u128(12)), ("hash", Value::from_bytes([9; 32]))]);
        let text = dao("cancel_slash", vec![("slash", id)]);
        assert!(text.ends_with(&format!("12:0x{}", "09".repeat(32))), "{text}");
    }

    #[test]
    fn classes_of_models_are_told() {
        let class = |pay_only| {
            let model = Value::unnamed_composite([Value::from_bytes([2; 32])]);
            told("JobMarket", "set_pay_only", vec![("model", model), ("pay_only", Value::bool(pay_only))])
        };
        assert!(class(true).contains(&"02".repeat(32)) && class(true).contains("nobody is slashed"), "{}", class(true));
        assert!(class(false).starts_with("have wrong results") && class(false).ends_with("once a jury convicts"), "{}", class(false));
    }

    #[test]
    fn other_calls_have_no_sentence() {
        let facts = Facts { parameters: vec![], block_time: Duration::from_secs(3) };
        let none: Composite<()> = Composite::unnamed([]);
        assert_eq!(facts.sentence("System", "remark", &none), None);
        // A call of governance in another form is left to the metadata.
        assert_eq!(facts.sentence("DaoGovernance", "stop_budget", &none), None);
        assert_eq!(facts.sentence("DaoGovernance", "set_parameter", &Composite::named([("key_value", fee_rate(None))])), None);
    }
}
