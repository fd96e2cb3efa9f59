//! What to do next when the chain refuses a call. What went wrong is said by the documentation of the chain's errors, in its metadata; the
//! commands of this program are not known there.

/// The next step after an error of a pallet, as a sentence. None where the error's documentation says it.
pub fn next_step(pallet: &str, error: &str) -> Option<&'static str> {
    match pallet {
        "JobMarket" => market(error),
        "ProviderRegistry" => registry(error),
        "DaoGovernance" if error == "UnknownSlash" => Some("`hearth gov slashes` lists those that wait."),
        _ => None,
    }
}

fn market(error: &str) -> Option<&'static str> {
    Some(match error {
        "BadReplicas" => "Ask for one to seven with --replicas.",
        "CannotPay" => {
            "See what the account has with `hearth account status`, and send it more; `hearth gov unlock` frees what votes lock no longer."
        }
        "InputTooLong" => "`hearth model show` tells the longest input of the model.",
        "ModelRetired" => "`hearth model list` tells which models take jobs.",
        "NotAccepted" => "`hearth job show` tells where it stands; against a verdict there is `hearth job appeal`.",
        "NotAppealable" => "`hearth job show` tells where it stands; against a result without a verdict there is `hearth job challenge`.",
        "NotModelOwner" => "`hearth model show` tells whose it is.",
        "NothingDue" => "`hearth job show` tells until when.",
        "PriceTooLow" => "`hearth gov params market.min-price` tells the least; raise --price.",
        "UnknownJob" => "`hearth job list` lists those of an account that the chain knows.",
        "UnknownModel" => "`hearth model list` lists all.",
        _ => return None,
    })
}

fn registry(error: &str) -> Option<&'static str> {
    Some(match error {
        "AlreadyOwner" => "`hearth provider status` shows it; an account owns one.",
        "BackingLocked" => "`hearth provider status --id ID` and `hearth gov slashes` tell what locks it.",
        "BondTooSmall" => "Add to it with `hearth provider bond-extra`, or claim fewer slots with `hearth provider update`.",
        "Jailed" => "`hearth provider status` tells the block from which `hearth provider return` brings it back.",
        "ModelNotOpen" => "`hearth model list` tells which can be offered.",
        "NotJailed" => "`hearth provider status` tells where it stands.",
        "NotOwner" => "Sign with the owner's key; `hearth provider list` tells the owners.",
        "SlashAppealed" => "Holders cancel it with `hearth gov propose cancel-slash`.",
        "SlashPending" => "`hearth gov slashes` tells until when; `hearth provider list` lists others.",
        "SlotsInUse" => "`hearth provider status` tells what still runs, `hearth provider slashes` what waits.",
        "Unbonding" => "`hearth provider status` tells the block from which `hearth provider withdraw` fetches it.",
        "UnknownProvider" => "`hearth provider list` lists all.",
        "UnknownSlash" => "`hearth provider slashes` lists those of the signing account's provider.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_step_is_of_the_pallet() {
        assert!(next_step("JobMarket", "NotAccepted").is_some_and(|next| next.contains("hearth job appeal")));
        assert!(next_step("ProviderRegistry", "Jailed").is_some_and(|next| next.contains("hearth provider return")));
        assert_eq!(next_step("Balances", "Jailed"), None);
        assert_eq!(next_step("JobMarket", "Jailed"), None);
    }

    #[test]
    fn next_steps_are_sentences_with_a_command_or_an_option() {
        let market =
            ["BadReplicas", "CannotPay", "NotAccepted", "NotAppealable", "PriceTooLow", "UnknownJob"].map(|error| ("JobMarket", error));
        let registry = ["BondTooSmall", "Jailed", "NotJailed", "NotOwner", "SlashAppealed", "SlashPending", "UnknownSlash"]
            .map(|error| ("ProviderRegistry", error));
        for (pallet, error) in market.into_iter().chain(registry) {
            let next = next_step(pallet, error).unwrap_or_default();
            assert!(next.ends_with('.') && (next.contains("`hearth ") || next.contains("--") || next.contains("key")), "{error}: {next}");
        }
    }
}
