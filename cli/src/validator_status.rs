//! `hearth validator status` and `list`: how validators stand.

use crate::{
    amount::Amount,
    args::Options,
    commission::Commission,
    error::Result,
    ledger::{EraIndex, Overview, Payee, Points, UnappliedSlash},
    payout::{eras_text, owed, unclaimed, Unclaimed},
    staking::{Staking, Unbonding},
    ui::table,
};
use serde::Serialize;
use std::collections::BTreeMap;
use subxt::utils::AccountId32;

/// Points of a block: what `pallet_staking` notes its author.
const POINTS_PER_BLOCK: u32 = 20;

/// Where an account is on the way from wishing to validate to having validated.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    /// Elected for this era.
    Active,
    /// Elected for this era, and stopped.
    Leaving,
    /// Not elected yet.
    Waiting,
    /// Neither elected nor wishing to be.
    NotValidating,
}

impl Standing {
    fn new(elected: bool, candidate: bool) -> Self {
        match (elected, candidate) {
            (true, true) => Self::Active,
            (true, false) => Self::Leaving,
            (false, true) => Self::Waiting,
            (false, false) => Self::NotValidating,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Leaving => "leaving",
            Self::Waiting => "waiting",
            Self::NotValidating => "not validating",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Active => "active: elected for this era",
            Self::Leaving => "leaving: elected for this era, and no candidate any more",
            Self::Waiting => "waiting: a candidate whom this era did not elect",
            Self::NotValidating => "not validating; `hearth validator start` changes that",
        }
    }
}

#[derive(Debug, Serialize)]
struct Status {
    stash: AccountId32,
    status: Standing,
    /// As the chain encodes them; none if none are set.
    session_keys: Option<String>,
    /// None where the account is no candidate.
    commission: Option<Commission>,
    /// Whether new nominators are turned away.
    blocked: bool,
    /// Where rewards go; none where nothing was ever bonded.
    payee: Option<Payee>,
    /// What is at stake from the next election on.
    bonded: Amount,
    unbonding: Vec<Unbonding>,
    this_era: Work,
    /// What nobody has had paid out, the nominators' part with it.
    unclaimed: Vec<Unclaimed>,
    /// What of it is the validator's own.
    claimable: Amount,
    slashes: Vec<Slash>,
}

/// An era that runs, as far as one validator is concerned.
#[derive(Debug, Serialize)]
struct Work {
    era: EraIndex,
    /// Own stake that is elected.
    own: Amount,
    /// That of its nominators.
    nominated: Amount,
    nominators: u32,
    blocks: u32,
    points: u32,
    /// Of all validators.
    points_of_all: u32,
}

impl Work {
    fn new(era: EraIndex, overview: Option<&Overview>, points: &Points, validator: &AccountId32) -> Self {
        let (own, total, nominators) = overview.map_or((0, 0, 0), |overview| (overview.own, overview.total, overview.nominator_count));
        let own_points = points.individual.iter().find(|(who, _)| who == validator).map_or(0, |(_, points)| *points);
        Self {
            era,
            own: Amount(own),
            nominated: Amount(total.saturating_sub(own)),
            nominators,
            blocks: own_points / POINTS_PER_BLOCK,
            points: own_points,
            points_of_all: points.total,
        }
    }
}

/// A slash that waits.
#[derive(Debug, Serialize)]
struct Slash {
    /// The era at whose beginning it is applied, unless it is cancelled before.
    era: EraIndex,
    /// What the validator loses.
    own: Amount,
    /// What its nominators lose together.
    nominators: Amount,
}

impl Slash {
    fn new(era: EraIndex, slash: &UnappliedSlash) -> Self {
        let nominators = slash.others.iter().map(|(_, amount)| Amount(*amount)).fold(Amount(0), Amount::saturating_add);
        Self { era, own: Amount(slash.own), nominators }
    }
}

/// Shows how the signing account validates, or another.
pub async fn show(options: &Options, address: Option<AccountId32>) -> Result<()> {
    let stash = options.account_or_signer(address)?;
    let chain = options.connect().await?;
    let staking = Staking::read(&chain).await?;
    let (eras, prefs) = (staking.eras, staking.prefs(&stash).await?);
    let overview = staking.overview(eras.active, &stash).await?;
    let ledger = staking.ledger(&stash).await?.unwrap_or_default();
    let (slashes, owed) = (staking.slashes().await?, owed(&chain, &stash).await?);
    let status = Status {
        stash,
        status: Standing::new(overview.is_some(), prefs.is_some()),
        session_keys: staking.session_keys(&stash).await?.map(|keys| format!("0x{}", hex::encode(keys))),
        commission: prefs.as_ref().map(|prefs| Commission(prefs.commission)),
        blocked: prefs.is_some_and(|prefs| prefs.blocked),
        payee: staking.payee(&stash).await?,
        bonded: Amount(ledger.active),
        unbonding: eras.unbonding(&ledger),
        this_era: Work::new(eras.active, overview.as_ref(), &staking.points(eras.active).await?, &stash),
        unclaimed: unclaimed(&staking, &stash).await?,
        claimable: owed.into_iter().find(|owed| owed.validator == stash).map(|owed| owed.amount).unwrap_or_default(),
        slashes: slashes.iter().filter(|(_, slash)| slash.validator == stash).map(|(era, slash)| Slash::new(*era, slash)).collect(),
    };
    options.output().print(&status, |status| status_text(status, &eras.when(eras.next())))
}

/// `next` is the era that can be elected next, and when it begins.
fn status_text(status: &Status, next: &str) -> String {
    let Work { era, own, nominated, nominators, blocks, points, points_of_all } = &status.this_era;
    let none = || "none".to_string();
    let mut rows = vec![
        ("validator", status.stash.to_string()),
        ("status", status.status.text().to_string()),
        ("session keys", if status.session_keys.is_some() { "set".to_string() } else { "none; see `hearth validator keys`".to_string() }),
        ("commission", status.commission.map_or_else(none, |commission| format!("{commission}{}", blocked_text(status.blocked)))),
        ("rewards go to", status.payee.as_ref().map_or_else(none, |payee| payee.to_string())),
        ("at stake", format!("{}, counted from {next} on", status.bonded)),
    ];
    rows.extend(status.unbonding.iter().map(|part| ("unbonding", part.text("validator"))));
    rows.push(("this era", format!("{era}: {own} own stake, {nominated} of {nominators} nominators")));
    rows.push(("", format!("{blocks} blocks, {points} of {points_of_all} points")));
    if !status.unclaimed.is_empty() {
        let eras: Vec<_> = status.unclaimed.iter().map(|unclaimed| unclaimed.era).collect();
        rows.push(("unclaimed", format!("{}: {} to the validator, and its nominators' part", eras_text(&eras), status.claimable)));
    }
    rows.extend(status.slashes.iter().map(|slash| ("slash waits", slash_text(slash))));
    if !status.unclaimed.is_empty() {
        rows.push(("next", "hearth validator payout".to_string()));
    }
    table(&rows)
}

fn blocked_text(blocked: bool) -> &'static str {
    if blocked {
        ", no new nominators"
    } else {
        ""
    }
}

fn slash_text(slash: &Slash) -> String {
    format!("applied in era {}: {} of the validator, {} of its nominators", slash.era, slash.own, slash.nominators)
}

/// A validator in the list.
#[derive(Debug, Serialize)]
struct Row {
    validator: AccountId32,
    status: Standing,
    /// What is behind it in this era; of one that waits, its own bond.
    stake: Amount,
    own: Amount,
    nominators: u32,
    commission: Commission,
    /// Whether new nominators are turned away.
    blocked: bool,
}

/// Shows every validator of this era, and every candidate.
pub async fn list(options: &Options) -> Result<()> {
    let chain = options.connect().await?;
    let staking = Staking::read(&chain).await?;
    let era = staking.eras.active;
    let mut candidates: BTreeMap<_, _> = staking.candidates().await?.into_iter().collect();
    let mut rows = Vec::new();
    for (validator, Overview { total, own, nominator_count, .. }) in staking.elected(era).await? {
        let candidate = candidates.remove(&validator);
        let status = Standing::new(true, candidate.is_some());
        // Who has stopped is paid by what it took when it was elected.
        let prefs = match candidate {
            Some(prefs) => prefs,
            None => staking.prefs_in(era, &validator).await?,
        };
        rows.push(Row {
            validator,
            status,
            stake: Amount(total),
            own: Amount(own),
            nominators: nominator_count,
            commission: Commission(prefs.commission),
            blocked: prefs.blocked,
        });
    }
    for (validator, prefs) in candidates {
        let own = Amount(staking.ledger(&validator).await?.unwrap_or_default().active);
        rows.push(Row {
            validator,
            status: Standing::Waiting,
            stake: own,
            own,
            nominators: 0,
            commission: Commission(prefs.commission),
            blocked: prefs.blocked,
        });
    }
    sort(&mut rows);
    options.output().print(&rows, |rows| list_text(rows))
}

/// By standing, then the largest stake first.
fn sort(rows: &mut [Row]) {
    rows.sort_by_key(|row| (row.status, std::cmp::Reverse(row.stake)));
}

fn list_text(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "no validators; see `hearth validator start --help`".to_string();
    }
    let rows = rows.iter().map(|row| {
        let (status, commission) = (row.status.name(), row.commission.to_string());
        let behind = format!("{} ({} own, {} nominators)", row.stake, row.own, row.nominators);
        format!("{status:7}  {commission:>6}  {}  {behind}{}\n", row.validator, blocked_text(row.blocked))
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bond::tests::ledger, payout::tests::unpaid, staking::tests::eras};

    const OWNER: AccountId32 = AccountId32([7; 32]);

    fn status() -> Status {
        let points = Points { total: 960, individual: vec![(AccountId32([1; 32]), 720), (OWNER, 240)] };
        let overview = Overview { total: 3_000_000_000_000, own: 1_000_000_000_000, nominator_count: 2, page_count: 1 };
        let slash = UnappliedSlash { validator: OWNER, own: 5, others: vec![(AccountId32([1; 32]), 6), (AccountId32([2; 32]), 7)] };
        Status {
            stash: OWNER,
            status: Standing::new(true, true),
            session_keys: Some("0x01".to_string()),
            commission: Some(Commission(50_000_000)),
            blocked: false,
            payee: Some(Payee::Stash),
            bonded: Amount(1_500_000_000_000),
            unbonding: eras().unbonding(&ledger(0, &[(7, 9)])),
            this_era: Work::new(7, Some(&overview), &points, &OWNER),
            unclaimed: vec![unpaid(5, &[0]), unpaid(6, &[0, 1])],
            claimable: Amount(2_500_000_000_000),
            slashes: vec![Slash::new(9, &slash)],
        }
    }

    #[test]
    fn status_in_json() {
        let json = serde_json::to_value(status()).unwrap();
        assert_eq!(json["status"], "active");
        assert_eq!(json["commission"], "5%");
        assert_eq!(json["payee"], "stash");
        assert_eq!(json["bonded"]["hrt"], "1.5");
        assert_eq!(json["unbonding"][0]["era"], 9);
        assert_eq!(json["this_era"]["blocks"], 12);
        assert_eq!(json["this_era"]["points_of_all"], 960);
        assert_eq!(json["this_era"]["nominated"]["hrt"], "2");
        assert_eq!(json["unclaimed"][1]["era"], 6);
        assert_eq!(json["unclaimed"][1]["pages"][1], 1);
        assert_eq!(json["claimable"]["hrt"], "2.5");
        assert_eq!(json["slashes"][0]["nominators"]["planck"], "13");
    }

    #[test]
    fn status_text_says_what_each_number_is() {
        let text = status_text(&status(), "era 9 (in about 2 hours)");
        for part in ["active: elected", "1.5 HRT, counted from era 9", "1 HRT own stake, 2 HRT of 2 nominators", "12 blocks, 240 of 960"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        for part in ["eras 5 and 6: 2.5 HRT to the validator", "hearth validator payout", "applied in era 9"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let idle = Status {
            status: Standing::new(false, false),
            session_keys: None,
            commission: None,
            unclaimed: vec![],
            this_era: Work::new(7, None, &Points::default(), &OWNER),
            ..status()
        };
        let text = status_text(&idle, "era 9");
        assert!(
            text.contains("`hearth validator start`") && text.contains("`hearth validator keys`") && !text.contains("payout"),
            "{text}"
        );
    }

    #[test]
    fn list_has_the_active_first_and_the_largest_stake() {
        let row = |byte, status, stake| Row {
            validator: AccountId32([byte; 32]),
            status,
            stake: Amount(stake),
            own: Amount(stake),
            nominators: 0,
            commission: Commission::default(),
            blocked: byte == 2,
        };
        let mut rows = vec![row(1, Standing::Waiting, 9), row(2, Standing::Active, 1), row(3, Standing::Active, 2)];
        sort(&mut rows);
        assert_eq!(rows.iter().map(|row| row.validator.0[0]).collect::<Vec<_>>(), [3, 2, 1]);
        let text = list_text(&rows);
        assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("active") && line.ends_with("no new nominators")), "{text}");
        assert!(list_text(&[]).contains("validator start"));
        assert_eq!(Standing::new(true, false), Standing::Leaving);
    }
}
