//! The forms of triggers.

use super::fields::{Field, Input, Numbers};
use super::table::{PIPELINE, STAGE, field};

const KEYWORDS: Field = field("/keywords", "keywords", Input::Keywords);
const ANYWHERE: Field = field("/anywhere", "anywhere", Input::Flag);
const PRIORITY: Field =
    field("/priority", "priority", Input::Number(Numbers::whole(i32::MIN, i32::MAX.unsigned_abs()))).rare();

const BY_WORDS: &[Field] = &[KEYWORDS, ANYWHERE, PRIORITY];
const BY_AD: &[Field] = &[field("/sources", "sources", Input::Lines), ANYWHERE, PRIORITY];
const BY_TAG: &[Field] = &[field("/tag", "tag", Input::Plain), ANYWHERE.rare(), PRIORITY];
const BY_FIELD: &[Field] = &[
    field("/field", "field-name", Input::Plain),
    field("/value", "new-value", Input::Value),
    ANYWHERE.rare(),
    PRIORITY,
];
const BY_DEAL: &[Field] = &[PIPELINE, STAGE, ANYWHERE.rare(), PRIORITY];
const BY_CLOCK: &[Field] = &[
    field("/schedule/at", "clock", Input::Time),
    field("/schedule/days", "days", Input::Days),
    field("/schedule/month_days", "month-days", Input::MonthDays).rare(),
    field("/schedule/date", "on-date", Input::Date).rare(),
    field("/segment", "segment", Input::Plain),
    ANYWHERE.rare(),
];
const BY_CALL: &[Field] = &[field("/name", "api-name", Input::Plain), ANYWHERE.rare(), PRIORITY];
const BY_MESSAGE: &[Field] = &[ANYWHERE, PRIORITY];

/// The form of a trigger, by its kind.
pub fn trigger_form(kind: &str) -> &'static [Field] {
    match kind {
        "keyword" | "payload" | "link" => BY_WORDS,
        "referral" => BY_AD,
        "tag_added" => BY_TAG,
        "field_changed" => BY_FIELD,
        "deal_moved" => BY_DEAL,
        "schedule" => BY_CLOCK,
        "api" => BY_CALL,
        _ => BY_MESSAGE,
    }
}
