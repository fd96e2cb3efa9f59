//! `hearth model`: ONNX models that providers can offer and customers can ask for.

use crate::{
    args::Options,
    chain::{Chain, Model},
    error::{Error, Result},
    job::PALLET,
    share::Share,
    state::State,
    stored, transfer,
    tx::{blob_value, id_value, submit, Call},
    ui::{line, table},
    units,
};
use clap::{Args, Subcommand, ValueEnum};
use hearth_primitives::{digest::Tolerance, ModelId};
use serde::Serialize;
use std::path::PathBuf;
use subxt::dynamic::Value;

/// What can be done with models.
#[derive(Debug, Subcommand)]
pub enum ModelVerb {
    /// Upload an ONNX file and register it. The deposit is held until the model is retired and unused.
    Add(Add),
    /// Every model.
    List,
    /// One model.
    Show {
        /// Its id or name.
        model: String,
    },
    /// Take no new jobs of a model.
    Retire {
        /// Its id or name.
        model: String,
    },
}

/// A model to register.
#[derive(Args, Debug)]
pub struct Add {
    /// The ONNX file.
    file: PathBuf,
    /// A short name.
    #[arg(long)]
    name: String,
    /// The longest input.
    #[arg(long, value_parser = units::bytes, default_value = "16MiB", value_name = "BYTES")]
    max_input_len: u64,
    /// The longest output.
    #[arg(long, value_parser = units::bytes, default_value = "16MiB", value_name = "BYTES")]
    max_output_len: u64,
    /// Blocks from the draw to the last commitment.
    #[arg(long, default_value_t = 100, value_name = "BLOCKS")]
    max_exec: u32,
    /// What honest results may differ by in the hidden half of the digest; calibration tells.
    #[arg(long, default_value_t = Tolerance::default().hidden)]
    tolerance_hidden: u32,
    /// The same for the output half.
    #[arg(long, default_value_t = Tolerance::default().output)]
    tolerance_output: u32,
    /// The floor that the output half is divided by: about the rms of a usual output.
    #[arg(long, value_parser = units::q16, default_value = "1", value_name = "DECIMAL")]
    output_scale: u32,
}

#[derive(Debug, Serialize)]
struct Added {
    /// Whether this command registered it; it may have been there.
    registered: bool,
    /// Whether the file had to be sent.
    uploaded: bool,
    #[serde(flatten)]
    model: Model,
}

/// A model with how it fares.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    model: Model,
    class: Class,
    faults: Faults,
}

/// What a wrong result of a model costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It is unpaid.
    PayOnly,
    /// It is unpaid, and whoever is convicted for it slashed.
    Slashable,
}

/// How often jobs of a model found no verdict, the last ones counting most.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Faults {
    /// The jobs that are counted.
    jobs: u32,
    /// Those that found no verdict.
    faults: u32,
    /// The most that may.
    limit: u32,
    /// Of so many jobs.
    window: u32,
}

impl Class {
    /// That of a model.
    pub fn of(model: &Model) -> Self {
        if model.pay_only {
            Self::PayOnly
        } else {
            Self::Slashable
        }
    }

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::PayOnly => "pay-only",
            Self::Slashable => "slashable",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::PayOnly => "pay-only: what a jury calls wrong is not paid, and nobody is slashed for it",
            Self::Slashable => "slashable: whoever a jury convicts loses a part of its bond",
        }
    }
}

impl Faults {
    /// Those of a model; nothing is counted of one that is gone.
    pub async fn read(state: &State, model: ModelId) -> Result<Self> {
        let found: Option<stored::Model> = state.value(PALLET, "Models", (model.0,)).await?;
        let (jobs, faults) = found.map(|model| (model.faults.jobs, model.faults.faults)).unwrap_or_default();
        let (limit, window) = (Share(state.constant(PALLET, "FaultLimit")?), state.constant(PALLET, "FaultWindow")?);
        Ok(Self::new(jobs, faults, limit, window))
    }

    fn new(jobs: u32, faults: u32, limit: Share, window: u32) -> Self {
        // Less than a window, so it fits.
        let limit = u64::from(window) * u64::from(limit.0) / 1_000_000_000;
        Self { jobs, faults, limit: limit as u32, window }
    }

    /// "3 of 120 jobs found no verdict".
    pub fn text(&self) -> String {
        format!("{} of {} jobs found no verdict", self.faults, self.jobs)
    }
}

impl ModelVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let output = options.output();
        match self {
            Self::Add(add) => output.print(&add.run(options).await?, |added| model_text(&added.model)),
            Self::List => output.print(&options.connect().await?.models().await?, |models| list_text(models)),
            Self::Show { model } => {
                let chain = options.connect().await?;
                let model = find(&chain, &model).await?;
                let faults = Faults::read(&chain.state().await?, model.id).await?;
                output.print(&Shown { class: Class::of(&model), model, faults }, shown_text)
            }
            Self::Retire { model } => {
                let signer = options.given().signer()?;
                let chain = options.connect().await?;
                let id = find(&chain, &model).await?.id;
                let call = Call::new(PALLET, "retire_model", vec![id_value(id)]);
                let receipt = submit(&chain, &signer, call, "retiring the model").await?;
                output.print(&receipt, |_| format!("{id:?} takes no new jobs"))
            }
        }
    }
}

impl Add {
    async fn run(self, options: &Options) -> Result<Added> {
        let signer = options.given().signer()?;
        let blob = transfer::reference(&self.file)?;
        let chain = options.connect().await?;
        let uploaded = transfer::upload(&chain, &self.file, blob).await?;
        if let Some(model) = chain.model(blob.id).await? {
            line(&format!("the chain knows this file already, as the model {:?} of {}", model.name, model.owner));
            return Ok(Added { registered: false, uploaded, model });
        }
        let args = vec![
            Value::from_bytes(&self.name),
            blob_value(blob),
            Value::u128(self.max_input_len.into()),
            Value::u128(self.max_output_len.into()),
            Value::u128(self.max_exec.into()),
            Value::named_composite([
                ("hidden", Value::u128(self.tolerance_hidden.into())),
                ("output", Value::u128(self.tolerance_output.into())),
            ]),
            Value::u128(self.output_scale.into()),
        ];
        submit(&chain, &signer, Call::new(PALLET, "register_model", args), "registering the model").await?;
        let model = chain.model(blob.id).await?;
        let model = model.ok_or_else(|| Error::failed("the model was registered and is gone again; see `hearth model list`"))?;
        Ok(Added { registered: true, uploaded, model })
    }
}

/// The model of an id or a name.
pub async fn find(chain: &Chain, wanted: &str) -> Result<Model> {
    if let Ok(id) = units::id(wanted) {
        let found = chain.model(id).await?;
        return found.ok_or_else(|| Error::failed(format!("no model has the id {wanted}; see `hearth model list`")));
    }
    by_name(chain.models().await?, wanted)
}

/// Names are not unique: whoever means one of several names its id.
fn by_name(models: Vec<Model>, name: &str) -> Result<Model> {
    let mut named: Vec<_> = models.into_iter().filter(|model| model.name == name).collect();
    match named.len() {
        0 => Err(Error::failed(format!("no model is called {name:?}; see `hearth model list`"))),
        1 => Ok(named.remove(0)),
        _ => {
            let ids: Vec<_> = named.iter().map(|model| format!("{:?}", model.id)).collect();
            Err(Error::failed(format!("several models are called {name:?}; name one by its id: {}", ids.join(", "))))
        }
    }
}

fn model_text(model: &Model) -> String {
    table(&[
        ("model", model.name.clone()),
        ("id", format!("{:?}", model.id)),
        ("owner", model.owner.to_string()),
        ("file", units::show_bytes(model.blob.len)),
        ("longest input", units::show_bytes(model.max_input_len)),
        ("longest output", units::show_bytes(model.max_output_len)),
        ("time to compute", format!("{} blocks", model.max_exec)),
        ("tolerance", format!("{} hidden, {} output", model.tolerance.hidden, model.tolerance.output)),
        ("output scale", format!("{}", f64::from(model.output_scale) / 65_536.0)),
        ("deposit", model.deposit.to_string()),
        ("offers", model.offers.to_string()),
        ("running jobs", model.active_jobs.to_string()),
        ("new jobs", if model.retired { "no: retired" } else { "yes" }.to_string()),
    ])
}

fn shown_text(shown: &Shown) -> String {
    let Shown { model, class, faults } = shown;
    let next = match class {
        Class::PayOnly => format!(
            "calibrate it on devices of several makers; then holders decide: `hearth gov propose model-class {:?} slashable`",
            model.id
        ),
        Class::Slashable => format!("with more than {} of {} it pays only", faults.limit, faults.window),
    };
    let rows = [("class", class.text().to_string()), ("verdicts", faults.text()), ("", next)];
    model_text(model) + &table(&rows)
}

fn list_text(models: &[Model]) -> String {
    if models.is_empty() {
        return "no models yet; add one with `hearth model add`".to_string();
    }
    let rows = models.iter().map(|model| {
        let retired = if model.retired { ", retired" } else { "" };
        let (len, class) = (units::show_bytes(model.blob.len), Class::of(model).name());
        format!("{:?}  {}  ({len}, {} offers, {class}{retired})\n", model.id, model.name, model.offers)
    });
    rows.collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::amount::Amount;
    use hearth_primitives::{blob::BlobRef, H256};
    use subxt::utils::AccountId32;

    /// A slashable one.
    pub fn model(byte: u8, name: &str) -> Model {
        Model {
            id: H256::repeat_byte(byte),
            name: name.to_string(),
            owner: AccountId32([7; 32]),
            blob: BlobRef { id: H256::repeat_byte(byte), len: 1000 },
            max_input_len: 10,
            max_output_len: 20,
            max_exec: 100,
            tolerance: Tolerance::default(),
            output_scale: 32_768,
            deposit: Amount(2_500_000_000_000),
            offers: 3,
            active_jobs: 1,
            retired: false,
            pay_only: false,
        }
    }

    /// Three of 120 jobs, where two in a hundred of 256 may be.
    pub fn faults() -> Faults {
        Faults::new(120, 3, Share(20_000_000), 256)
    }

    #[test]
    fn by_name_wants_exactly_one() {
        let models = vec![model(1, "magika"), model(2, "minilm"), model(3, "minilm")];
        assert_eq!(by_name(models.clone(), "magika").unwrap().id, H256::repeat_byte(1));
        let error = by_name(models.clone(), "minilm").unwrap_err().to_string();
        assert!(error.contains(&"02".repeat(32)) && error.contains(&"03".repeat(32)), "{error}");
        assert!(by_name(models, "Magika").unwrap_err().to_string().contains("hearth model list"));
    }

    #[test]
    fn added_in_json_is_flat() {
        let json = serde_json::to_value(Added { registered: true, uploaded: false, model: model(1, "magika") }).unwrap();
        assert_eq!(json["registered"], true);
        assert_eq!(json["id"], format!("0x{}", "01".repeat(32)));
        assert_eq!(json["blob"]["len"], 1000);
        assert_eq!(json["deposit"]["hrt"], "2.5");
        assert_eq!(json["tolerance"]["hidden"], 4);
    }

    #[test]
    fn shown_tells_class_and_faults() {
        // As the chain counts: two in a hundred of 256 are five.
        let faults = faults();
        assert_eq!((faults.limit, faults.text().as_str()), (5, "3 of 120 jobs found no verdict"));
        let shown = |pay_only| {
            let model = Model { pay_only, ..model(1, "magika") };
            Shown { class: Class::of(&model), model, faults }
        };
        let text = shown_text(&shown(false));
        assert!(text.contains("slashable: whoever") && text.contains("with more than 5 of 256 it pays only"), "{text}");
        let text = shown_text(&shown(true));
        assert!(text.contains("pay-only: what") && text.contains("hearth gov propose model-class 0x0101"), "{text}");
        let json = serde_json::to_value(shown(true)).unwrap();
        assert_eq!(json["name"], "magika");
        assert_eq!(json["class"], "pay_only");
        assert_eq!(json["pay_only"], true);
        assert_eq!(json["faults"]["faults"], 3);
        assert_eq!(json["faults"]["limit"], 5);
        assert!(list_text(&[model(1, "magika")]).contains("3 offers, slashable)"));
    }

    #[test]
    fn model_text_shows_the_scale_as_a_decimal() {
        assert!(model_text(&model(1, "magika")).contains("output scale     0.5\n"));
        assert!(list_text(&[model(1, "magika")]).contains("magika"));
        assert!(list_text(&[]).contains("model add"));
    }
}
