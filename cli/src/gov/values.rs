//! Parts of values that were decoded by the chain's metadata. It wraps single fields in structs of one field; these helpers look through.

use subxt::ext::scale_value::{Composite, Primitive, Value, ValueDef};

/// A number, in however many wrappers.
pub fn number<T>(value: &Value<T>) -> Option<u128> {
    match &value.value {
        ValueDef::Primitive(Primitive::U128(number)) => Some(*number),
        ValueDef::Composite(fields) if fields.len() == 1 => number(fields.values().next()?),
        _ => None,
    }
}

/// A number that fits into 32 bits, such as a block's or a referendum's.
pub fn small<T>(value: &Value<T>) -> Option<u32> {
    u32::try_from(number(value)?).ok()
}

/// A sequence's items, in however many wrappers. The items are no wrappers of one field themselves.
pub fn items<T>(value: &Value<T>) -> Vec<&Value<T>> {
    let ValueDef::Composite(fields) = &value.value else { return Vec::new() };
    let mut all = fields.values();
    match (all.next(), all.next()) {
        (Some(only), None) if matches!(only.value, ValueDef::Composite(_)) => items(only),
        _ => fields.values().collect(),
    }
}

/// Bytes, in however many wrappers; of an address those of its account.
pub fn bytes<T>(value: &Value<T>) -> Option<Vec<u8>> {
    match &value.value {
        ValueDef::Variant(address) if address.name == "Id" => bytes(address.values.values().next()?),
        ValueDef::Composite(fields) if fields.len() == 1 => bytes(fields.values().next()?),
        ValueDef::Composite(Composite::Unnamed(items)) => items.iter().map(|item| u8::try_from(item.as_u128()?).ok()).collect(),
        _ => None,
    }
}

/// Thirty-two bytes, as ids and accounts have.
pub fn bytes32<T>(value: &Value<T>) -> Option<[u8; 32]> {
    bytes(value)?.try_into().ok()
}

/// A variant's name and fields.
pub fn variant<T>(value: &Value<T>) -> Option<(&str, &Composite<T>)> {
    match &value.value {
        ValueDef::Variant(variant) => Some((&variant.name, &variant.values)),
        _ => None,
    }
}

/// What an option holds.
pub fn some<T>(value: &Value<T>) -> Option<&Value<T>> {
    variant(value).filter(|(name, _)| *name == "Some").and_then(|(_, fields)| fields.values().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(value: Value) -> Value {
        Value::unnamed_composite([value])
    }

    #[test]
    fn wrappers_are_looked_through() {
        assert_eq!(number(&wrapped(wrapped(Value::u128(7)))), Some(7));
        assert_eq!(small(&Value::u128(1 << 40)), None);
        let id = wrapped(Value::from_bytes([3; 32]));
        assert_eq!(bytes32(&id), Some([3; 32]));
        assert_eq!(bytes32(&Value::unnamed_variant("Id", [id])), Some([3; 32]));
        assert_eq!(bytes32(&wrapped(Value::from_bytes([3; 31]))), None);
        let amounts = wrapped(Value::unnamed_composite([5, 7].map(Value::u128)));
        assert_eq!(items(&amounts).len(), 2);
        assert_eq!(items(&wrapped(Value::unnamed_composite([Value::u128(5)]))), [&Value::u128(5)]);
        let calls = Value::unnamed_composite([Value::unnamed_variant("System", [])]);
        assert_eq!(items(&calls).len(), 1);
    }

    #[test]
    fn some_is_what_an_option_holds() {
        assert_eq!(some(&Value::unnamed_variant("Some", [Value::u128(7)])), Some(&Value::u128(7)));
        assert_eq!(some(&Value::unnamed_variant("None", [])), None);
        assert_eq!(some(&Value::u128(7)), None);
    }
}
