//! The form of the flow itself.

use beseda_flow::{limits, whatsapp};

use super::fields::{Field, Input, Numbers};
use super::table::{TRIES_AT_ALL, field};

pub const NAME: Field = field("/name", "name", Input::Plain);
pub const LANGUAGE: Field =
    field("/language", "language", Input::Choice { values: &["en", "ru"], words: "language" });

pub const VARIABLES: Field = field(
    "/variables",
    "variables",
    Input::Records {
        fields: &[
            field("/name", "variable", Input::Plain),
            field(
                "/kind",
                "variable-kind",
                Input::Choice {
                    values: &["any", "text", "number", "boolean", "date", "list", "object"],
                    words: "variable-kind",
                },
            ),
            field("/default", "default", Input::Value),
        ],
        fresh: r#"{"name":""}"#,
    },
);

/// What holds for the whole flow.
pub const SETTINGS: &[Field] = &[
    field("/settings/tries", "tries", TRIES_AT_ALL),
    field("/settings/country", "country", Input::Plain),
    field("/settings/pause", "pause", Input::Number(Numbers::whole(0, limits::PAUSE_SECONDS))),
    field("/settings/typing/speed", "typing-speed", Input::Number(Numbers::any(1, limits::TYPING_SPEED))),
    field("/settings/typing/most", "typing-most", Input::Number(Numbers::any(0, whatsapp::TYPING))),
    field("/settings/typing/between", "typing-between", Input::Number(Numbers::any(0, whatsapp::TYPING))),
    field("/settings/typing/first", "typing-first", Input::Flag),
    field("/settings/ai_tokens", "run-tokens", Input::Number(Numbers::whole(0, 1_000_000_000))),
];

const SENTENCE: Input = Input::OwnWords(whatsapp::TEXT);

/// What the engine says by itself, where a flow says it in other words: what stands on buttons, then what is said after an
/// answer that does not fit.
pub const OWN_WORDS: &[Field] = &[
    field("/settings/texts/choose", "own-choose", Input::OwnWords(whatsapp::LIST_BUTTON)),
    field("/settings/texts/more", "own-more", Input::OwnWords(whatsapp::ROW_TITLE)),
    field("/settings/texts/open", "own-open", Input::OwnWords(whatsapp::FORM_BUTTON)),
    field("/settings/texts/choose_body", "own-choose-body", Input::OwnWords(whatsapp::BUTTONS_BODY)),
    field("/settings/texts/choose_many", "own-choose-many", SENTENCE),
    field("/settings/texts/retry_text", "own-retry-text", SENTENCE),
    field("/settings/texts/retry_number", "own-retry-number", SENTENCE),
    field("/settings/texts/retry_email", "own-retry-email", SENTENCE),
    field("/settings/texts/retry_phone", "own-retry-phone", SENTENCE),
    field("/settings/texts/retry_url", "own-retry-url", SENTENCE),
    field("/settings/texts/retry_date", "own-retry-date", SENTENCE),
    field("/settings/texts/retry_time", "own-retry-time", SENTENCE),
    field("/settings/texts/retry_choice", "own-retry-choice", SENTENCE),
    field("/settings/texts/retry_choices", "own-retry-choices", SENTENCE),
    field("/settings/texts/retry_rating", "own-retry-rating", SENTENCE),
    field("/settings/texts/retry_media", "own-retry-media", SENTENCE),
    field("/settings/texts/retry_location", "own-retry-location", Input::OwnWords(whatsapp::LOCATION_BODY)),
    field("/settings/texts/retry_form", "own-retry-form", Input::OwnWords(whatsapp::FORM_BODY)),
];
