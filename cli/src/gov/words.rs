//! Calls in words: what a referendum would do, for those who vote on it and for who proposes it.
//!
//! What governance is for has sentences of its own, in [`sentences`](crate::gov::sentences). Everything else is told as
//! `Pallet.call(field: value)`, by the chain's metadata.

use crate::{
    amount::Amount,
    chain::Chain,
    error::Result,
    gov::{
        quantity::counted,
        sentences::Facts,
        values::{bytes, bytes32, items, variant},
    },
    units,
};
use blake2::{digest::consts::U32, Blake2b, Digest};
use codec::DecodeAll;
use hearth_primitives::H256;
use subxt::{
    dynamic::At,
    ext::{
        scale_type_resolver::{visitor, Primitive as Kind, TypeResolver},
        scale_value::{scale::decode_as_type, Composite, Primitive, Value, ValueDef},
    },
    utils::AccountId32,
    ArcMetadata,
};

/// Bytes of which no more than so many are written out.
const SHOWN_BYTES: usize = 64;

/// A value with the numbers of its types.
type Typed = Value<u32>;

/// Tells calls in words.
pub struct Words {
    metadata: ArcMetadata,
    facts: Facts,
}

/// blake2-256.
pub fn hash(bytes: &[u8]) -> H256 {
    H256(Blake2b::<U32>::digest(bytes).into())
}

impl Words {
    /// By the metadata and the parameters at the best block.
    pub async fn read(chain: &Chain) -> Result<Self> {
        let metadata = chain.state().await?.metadata();
        let facts = Facts { parameters: chain.parameters().await?, block_time: chain.block_time().await? };
        Ok(Self { metadata, facts })
    }

    /// By what calls are told, besides the metadata.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What a call does; none if the bytes are no call of this chain.
    pub fn tell(&self, call: &[u8]) -> Option<String> {
        if let Some(code) = self.code(call) {
            let len = units::show_bytes(code.len() as u64);
            return Some(format!("replace the chain's runtime by the code with the blake2-256 hash {:?}, {len} long", hash(&code)));
        }
        let mut rest = call;
        let decoded = decode_as_type(&mut rest, self.metadata.outer_enums().call_enum_ty(), self.metadata.types()).ok()?;
        rest.is_empty().then(|| self.call(&decoded))
    }

    /// The code that a call puts in place of the runtime's. It is long, so it is not decoded byte by byte.
    fn code(&self, call: &[u8]) -> Option<Vec<u8>> {
        let system = self.metadata.pallet_by_name("System")?;
        let index = system.call_variant_by_name("set_code")?.index;
        let mut code = call.strip_prefix(&[system.call_index(), index])?;
        Vec::<u8>::decode_all(&mut code).ok()
    }

    fn call(&self, call: &Typed) -> String {
        let Some((pallet, fields)) = variant(call) else { return self.show(call) };
        let Some((name, args)) = fields.at(0).and_then(variant) else { return self.show(call) };
        let told = self.batch(pallet, name, args).or_else(|| self.facts.sentence(pallet, name, args));
        told.unwrap_or_else(|| format!("{pallet}.{name}({})", self.fields(args)))
    }

    /// Several calls in one.
    fn batch(&self, pallet: &str, name: &str, args: &Composite<u32>) -> Option<String> {
        let how = match (pallet, name) {
            ("Utility", "batch_all") => "all or nothing",
            ("Utility", "batch" | "force_batch") => "as far as it goes",
            _ => return None,
        };
        let calls = items(args.at("calls")?).into_iter().enumerate();
        let calls: Vec<_> = calls.map(|(at, call)| format!("({}) {}", at + 1, self.call(call))).collect();
        Some(format!("do, {how}: {}", calls.join("; ")))
    }

    fn fields(&self, fields: &Composite<u32>) -> String {
        let shown: Vec<_> = match fields {
            Composite::Named(fields) => fields.iter().map(|(name, value)| format!("{name}: {}", self.show(value))).collect(),
            Composite::Unnamed(fields) => fields.iter().map(|value| self.show(value)).collect(),
        };
        shown.join(", ")
    }

    /// Any value, with amounts in HRT, accounts as addresses and bytes in hex.
    fn show(&self, value: &Typed) -> String {
        match &value.value {
            // Only balances have 128 bits.
            ValueDef::Primitive(Primitive::U128(number)) if self.kind(value.context) == Some(Kind::U128) => Amount(*number).to_string(),
            ValueDef::Primitive(Primitive::U128(number)) => number.to_string(),
            ValueDef::Primitive(Primitive::I128(number)) => number.to_string(),
            ValueDef::Primitive(Primitive::Bool(yes)) => yes.to_string(),
            ValueDef::Primitive(Primitive::Char(letter)) => letter.to_string(),
            ValueDef::Primitive(Primitive::String(text)) => format!("{text:?}"),
            ValueDef::Primitive(Primitive::U256(number) | Primitive::I256(number)) => format!("0x{}", hex::encode(number)),
            ValueDef::BitSequence(bits) => format!("{bits:?}"),
            ValueDef::Variant(_) if variant(value).is_some_and(|(pallet, _)| self.is_call(value.context, pallet)) => {
                format!("[{}]", self.call(value))
            }
            ValueDef::Variant(found) if found.values.is_empty() => found.name.clone(),
            ValueDef::Variant(found) => format!("{}({})", found.name, self.fields(&found.values)),
            ValueDef::Composite(fields) => self.composite(value.context, fields),
        }
    }

    fn composite(&self, kind: u32, fields: &Composite<u32>) -> String {
        let whole = Value::with_context(ValueDef::Composite(fields.clone()), kind);
        if self.type_name(kind).is_some_and(|name| name == "AccountId32") {
            if let Some(account) = bytes32(&whole) {
                return AccountId32(account).to_string();
            }
        }
        match fields {
            Composite::Unnamed(items) if !items.is_empty() && items.iter().all(|item| self.kind(item.context) == Some(Kind::U8)) => {
                bytes(&whole).map_or_else(|| self.fields(fields), |bytes| bytes_text(&bytes))
            }
            Composite::Unnamed(items) if items.len() == 1 => self.show(&items[0]),
            Composite::Unnamed(_) => format!("[{}]", self.fields(fields)),
            Composite::Named(_) => format!("{{{}}}", self.fields(fields)),
        }
    }

    /// Whether a value of this type is a call: the type of all calls is known by its number.
    fn is_call(&self, kind: u32, pallet: &str) -> bool {
        kind == self.metadata.outer_enums().call_enum_ty() && self.metadata.pallet_by_name(pallet).is_some()
    }

    /// The last part of a type's path.
    fn type_name(&self, kind: u32) -> Option<&str> {
        let found = self.metadata.types().resolve(kind)?;
        found.path.segments.last().map(|name| name.as_str())
    }

    /// What a type is, if it is a number or such, compact or not.
    fn kind(&self, kind: u32) -> Option<Kind> {
        let visitor = visitor::new::<'_, (), u32, Option<Kind>, _>((), |(), _| None)
            .visit_primitive(|(), found| Some(found))
            .visit_compact(|(), inner| self.kind(inner));
        self.metadata.types().resolve_type(kind, visitor).ok().flatten()
    }
}

/// Bytes in hex; of many, their hash.
fn bytes_text(bytes: &[u8]) -> String {
    if bytes.len() > SHOWN_BYTES {
        return format!("{} with the blake2-256 hash {:?}", counted(bytes.len() as u128, "byte"), hash(bytes));
    }
    format!("0x{}", hex::encode(bytes))
}
