//! The looks and the forms of everything in the engine's catalogue, by the entry's id.

use beseda_flow::{Feature, limits};

use super::fields::{Field, Input, Numbers};
use crate::kit::Icon;

/// What the editor adds to an entry of the catalogue.
#[derive(Debug)]
pub struct Look {
    pub id: &'static str,
    pub icon: Icon,
    /// The fields a new block begins with, as JSON.
    pub fresh: &'static str,
    pub form: &'static [Field],
}

const fn look(id: &'static str, icon: Icon, fresh: &'static str, form: &'static [Field]) -> Look {
    Look { id, icon, fresh, form }
}

pub(super) const fn field(at: &'static str, words: &'static str, input: Input) -> Field {
    Field::new(at, words, input)
}

const TEXT: Field = field("/text", "text", Input::Body(4096));
const CAPTION: Field = field("/text", "caption", Input::Body(1024));
const MEDIA: Field = field("/media", "media", Input::Media);
const QUESTION: Field = field("/text", "question", Input::Body(4096));
const INTO: Field = field("/variable", "into", Input::Name);
const RETRY: Field = field("/retry", "retry", Input::Body(4096)).rare();
/// How often somebody may be asked before it is given up.
pub(super) const TRIES_AT_ALL: Input = Input::Number(Numbers::whole(1, 1000));
const TRIES: Field = field("/tries", "tries", TRIES_AT_ALL).rare();
const TIMEOUT: Field = field("/timeout", "timeout", Input::Duration(limits::TIMEOUT_SECONDS)).rare();
/// Characters of an answer: WhatsApp carries no more.
const LENGTH: Input = Input::Number(Numbers::whole(0, 4096));
/// How many options may be chosen.
const CHOSEN: Input = Input::Number(Numbers::whole(1, 1000));
const ASKED_BY: Field = field("/template", "ask-template", Input::Template).rare();
const SECONDS: Field =
    field("/timeout", "seconds", Input::Number(Numbers::whole(1, limits::CALL_SECONDS))).rare();
const PERSON: Field = field("/person", "person", Input::Person("person-nobody"));
const TEAM: Field = field("/team", "team", Input::Plain).needs(Feature::Teams);
pub(super) const PIPELINE: Field = field("/pipeline", "pipeline", Input::Plain).rare();
pub(super) const STAGE: Field = field("/stage", "stage", Input::Plain);
const LIST_BUTTON: Field = field("/button", "list-button", Input::Line(20)).rare();
const VARIABLE: Field = field("/variable", "variable", Input::Name);
const SAVED_OF_FORM: &[Field] = &[field("/path", "path", Input::AnswerOfForm), VARIABLE];
const SAVED: &[Field] = &[field("/path", "path", Input::Plain), VARIABLE];
const SAVE: Field =
    field("/save", "save", Input::Records { fields: SAVED, fresh: r#"{"variable":"","path":""}"# });
const SAVE_HEADERS: Field = field(
    "/save_headers",
    "save-headers",
    Input::Records {
        fields: &[field("/header", "header", Input::Plain), VARIABLE],
        fresh: r#"{"variable":"","header":""}"#,
    },
);
const PAIRS: &[Field] = &[field("/name", "pair-name", Input::Plain), field("/value", "value", Input::Value)];
const FRESH_PAIR: &str = r#"{"name":"","value":""}"#;
const FIELD_VALUES: &[Field] =
    &[field("/field", "field-name", Input::Plain), field("/value", "value", Input::Value)];
const FRESH_FIELD: &str = r#"{"field":"","value":""}"#;
const OPERATORS: Input = Input::Choice { values: &super::OPERATORS, words: "operator" };
const MODEL: [Field; 4] = [
    field("/connection", "ai-connection", Input::Connection),
    field("/model", "ai-model", Input::Plain).rare(),
    field("/max_tokens", "ai-tokens", Input::Number(Numbers::whole(1, limits::AI_TOKENS))).rare(),
    SECONDS,
];
const FILE: &[Field] = &[MEDIA, CAPTION];
const ASK: &[Field] = &[QUESTION, INTO, RETRY, TRIES, TIMEOUT, ASKED_BY];

/// By the ids of `beseda_flow::catalogue`.
pub const LOOKS: &[Look] = &[
    look("message", Icon::Type, r#"{"text":""}"#, &[TEXT]),
    look("image", Icon::Image, r#"{"media":{"kind":"image","url":""}}"#, FILE),
    look("video", Icon::Video, r#"{"media":{"kind":"video","url":""}}"#, FILE),
    look(
        "audio",
        Icon::Mic,
        r#"{"media":{"kind":"audio","url":""}}"#,
        &[MEDIA, field("/media/voice", "voice", Input::Flag)],
    ),
    look(
        "document",
        Icon::FileText,
        r#"{"media":{"kind":"document","url":""}}"#,
        &[MEDIA, field("/media/filename", "filename", Input::Line(240)), CAPTION],
    ),
    look("sticker", Icon::Sticker, r#"{"media":{"kind":"sticker","url":""}}"#, &[MEDIA]),
    look(
        "location",
        Icon::MapPin,
        r#"{"latitude":0,"longitude":0}"#,
        &[
            field("/latitude", "latitude", Input::Bound),
            field("/longitude", "longitude", Input::Bound),
            field("/name", "place-name", Input::Line(1000)),
            field("/address", "place-address", Input::Line(1000)),
        ],
    ),
    look(
        "contact_card",
        Icon::Contact,
        r#"{"contacts":[{"name":"","phone":""}]}"#,
        &[field(
            "/contacts",
            "contacts",
            Input::Records {
                fields: &[
                    field("/name", "contact-name", Input::Line(200)),
                    field("/phone", "contact-phone", Input::Line(60)),
                    field("/email", "contact-email", Input::Line(200)).rare(),
                    field("/company", "contact-company", Input::Line(200)).rare(),
                    field("/url", "address", Input::Line(2000)).rare(),
                ],
                fresh: r#"{"name":"","phone":""}"#,
            },
        )],
    ),
    look(
        "menu",
        Icon::ListChecks,
        r#"{"text":"","options":[{"id":"o1","title":""},{"id":"o2","title":""}]}"#,
        &[TEXT, field("/options", "options", Input::Options { payloads: true }), LIST_BUTTON],
    ),
    look(
        "link_button",
        Icon::Link2,
        r#"{"text":"","title":"","url":"https://"}"#,
        &[
            field("/text", "text", Input::Body(1024)),
            field("/title", "button-title", Input::Line(20)),
            field("/url", "address", Input::Line(2000)),
        ],
    ),
    look(
        "template",
        Icon::SquareCheckBig,
        r#"{"name":"","language":"en_US"}"#,
        &[field("", "template", Input::Template)],
    ),
    look(
        "wait",
        Icon::Hourglass,
        r#"{"seconds":60}"#,
        &[
            field("/until", "wait-until", Input::Until),
            field("/seconds", "wait-for", Input::Pause(limits::TIMEOUT_SECONDS)).is("/until", &[""]),
            field("/typing", "typing", Input::Flag),
        ],
    ),
    look(
        "ask_text",
        Icon::TextCursorInput,
        r#"{"text":""}"#,
        &[
            QUESTION,
            INTO,
            field("/min_length", "min-length", LENGTH).rare(),
            field("/max_length", "max-length", LENGTH).rare(),
            field("/pattern", "pattern", Input::Plain).rare(),
            RETRY,
            TRIES,
            TIMEOUT,
            ASKED_BY,
        ],
    ),
    look(
        "ask_number",
        Icon::Hash,
        r#"{"text":""}"#,
        &[
            QUESTION,
            INTO,
            field("/whole", "whole", Input::Flag),
            field("/min", "min", Input::Bound).rare(),
            field("/max", "max", Input::Bound).rare(),
            RETRY,
            TRIES,
            TIMEOUT,
            ASKED_BY,
        ],
    ),
    look("ask_email", Icon::Mail, r#"{"text":""}"#, ASK),
    look(
        "ask_phone",
        Icon::Phone,
        r#"{"text":""}"#,
        &[QUESTION, INTO, field("/country", "country", Input::Plain).rare(), RETRY, TRIES, TIMEOUT, ASKED_BY],
    ),
    look("ask_url", Icon::Globe, r#"{"text":""}"#, ASK),
    look(
        "ask_date",
        Icon::Calendar,
        r#"{"text":""}"#,
        &[
            QUESTION,
            INTO,
            field("/min", "earliest", Input::DateBound).rare(),
            field("/max", "latest", Input::DateBound).rare(),
            RETRY,
            TRIES,
            TIMEOUT,
            ASKED_BY,
        ],
    ),
    look(
        "ask_time",
        Icon::Clock,
        r#"{"text":""}"#,
        &[
            QUESTION,
            INTO,
            field("/min", "earliest", Input::TimeBound).rare(),
            field("/max", "latest", Input::TimeBound).rare(),
            RETRY,
            TRIES,
            TIMEOUT,
            ASKED_BY,
        ],
    ),
    look(
        "ask_choice",
        Icon::List,
        r#"{"text":"","options":[{"id":"o1","title":""},{"id":"o2","title":""}]}"#,
        &[
            QUESTION,
            field("/options", "options", Input::Options { payloads: false }),
            INTO,
            LIST_BUTTON,
            field("/multiple", "multiple", Input::Flag).rare(),
            field("/min", "min-answers", CHOSEN).on("/multiple").rare(),
            field("/max", "max-answers", CHOSEN).on("/multiple").rare(),
            field("/items", "items", Input::Name).rare(),
            RETRY,
            TRIES,
            TIMEOUT,
            ASKED_BY,
        ],
    ),
    look(
        "ask_rating",
        Icon::Star,
        r#"{"text":""}"#,
        &[
            QUESTION,
            INTO,
            field("/min", "rating-min", Input::Bound),
            field("/max", "rating-max", Input::Bound),
            field("/low", "rating-low", Input::Line(24)),
            field("/high", "rating-high", Input::Line(24)),
            RETRY,
            TRIES,
            TIMEOUT,
            ASKED_BY,
        ],
    ),
    look(
        "ask_media",
        Icon::FileUp,
        r#"{"text":""}"#,
        &[
            QUESTION,
            INTO,
            field("/accept", "accept", Input::Checks(&["image", "video", "audio", "document", "sticker"])),
            field("/multiple", "multiple-files", Input::Flag).rare(),
            RETRY,
            TRIES,
            TIMEOUT,
            ASKED_BY,
        ],
    ),
    look("ask_location", Icon::Navigation, r#"{"text":""}"#, ASK),
    look(
        "ask_form",
        Icon::Form,
        r#"{"text":"","form":{"id":""}}"#,
        &[
            QUESTION,
            field("/form/id", "form-id", Input::NativeForm),
            field("/button", "form-button", Input::Line(20)),
            field("/form/screen", "form-screen", Input::Plain).rare(),
            field("/form/data", "form-data", Input::Json).rare(),
            field("/form/draft", "form-draft", Input::Flag).rare(),
            field(
                "/form/save",
                "save",
                Input::Records { fields: SAVED_OF_FORM, fresh: r#"{"variable":"","path":""}"# },
            ),
            INTO,
            RETRY,
            TRIES,
            TIMEOUT,
            ASKED_BY,
        ],
    ),
    look(
        "set",
        Icon::Variable,
        r#"{"variable":""}"#,
        &[
            VARIABLE,
            field("/value", "value", Input::Value),
            field("/expression", "expression", Input::Formula),
            field(
                "/operation",
                "operation",
                Input::Choice { values: &["", "append", "pop", "shift", "item"], words: "operation" },
            )
            .rare(),
            field("/list", "list", Input::Name).is("/operation", &["pop", "shift", "item"]).rare(),
        ],
    ),
    look(
        "condition",
        Icon::GitBranch,
        r#"{"branches":[{"id":"b1","when":{"join":"and","tests":[{"variable":"","is":"equal","value":""}]}}]}"#,
        &[field("/branches", "branches", Input::Branches)],
    ),
    look(
        "switch",
        Icon::Split,
        r#"{"variable":"","branches":[{"id":"b1","value":""}]}"#,
        &[
            VARIABLE,
            field(
                "/branches",
                "branches",
                Input::Records {
                    fields: &[
                        field("/is", "comparison", OPERATORS),
                        field("/value", "value", Input::Value),
                        field("/title", "title", Input::Plain).rare(),
                    ],
                    fresh: r#"{"id":"","is":"equal","value":""}"#,
                },
            ),
        ],
    ),
    look(
        "split",
        Icon::Shuffle,
        r#"{"branches":[{"id":"a","title":"A","weight":50},{"id":"b","title":"B","weight":50}]}"#,
        &[field(
            "/branches",
            "shares",
            Input::Records {
                fields: &[
                    field("/title", "title", Input::Plain),
                    field("/weight", "weight", Input::Number(Numbers::whole(0, 1_000_000))),
                ],
                fresh: r#"{"id":"","title":"","weight":50}"#,
            },
        )],
    ),
    look("jump", Icon::CornerDownRight, r#"{"to":{"group":""}}"#, &[field("/to", "to", Input::Place)]),
    look(
        "sub_flow",
        Icon::Workflow,
        "{}",
        &[field("/to", "to", Input::Place), field("/bot", "other-bot", Input::Bot)],
    ),
    look("return", Icon::CornerUpLeft, "{}", &[]),
    look(
        "loop",
        Icon::Repeat,
        r#"{"list":"","item":"item"}"#,
        &[
            field("/list", "loop-list", Input::Formula),
            field("/item", "loop-item", Input::Name),
            field("/index", "loop-index", Input::Name).rare(),
        ],
    ),
    look("break", Icon::CircleX, "{}", &[]),
    look(
        "hours",
        Icon::CalendarClock,
        "{}",
        &[field(
            "/hours",
            "hours",
            Input::Records {
                fields: &[
                    field("/days", "days", Input::Days),
                    field("/from", "from", Input::Time),
                    field("/to", "until", Input::Time),
                ],
                fresh: r#"{"days":[1,2,3,4,5],"from":"09:00","to":"18:00"}"#,
            },
        )],
    ),
    look(
        "online",
        Icon::UserCheck,
        "{}",
        &[field("/person", "person", Input::Person("person-anybody")).rare(), TEAM.rare()],
    ),
    look(
        "end",
        Icon::Flag,
        "{}",
        &[field("/text", "last-words", Input::Body(4096)), field("/outcome", "outcome", Input::Plain)],
    ),
    look(
        "read_fields",
        Icon::Table,
        r#"{"save":[{"variable":"","path":""}]}"#,
        &[field(
            "/save",
            "read-fields",
            Input::Records {
                fields: &[field("/path", "field-name", Input::Plain), VARIABLE],
                fresh: r#"{"variable":"","path":""}"#,
            },
        )],
    ),
    look(
        "set_fields",
        Icon::Pencil,
        r#"{"fields":[{"field":"","value":""}]}"#,
        &[field("/fields", "set-fields", Input::Records { fields: FIELD_VALUES, fresh: FRESH_FIELD })],
    ),
    look(
        "tags",
        Icon::Tags,
        r#"{"add":[]}"#,
        &[field("/add", "tags-add", Input::Lines), field("/remove", "tags-remove", Input::Lines)],
    ),
    look("assign", Icon::UsersRound, "{}", &[PERSON, TEAM]),
    look(
        "create_deal",
        Icon::Briefcase,
        r#"{"title":""}"#,
        &[
            field("/title", "deal-title", Input::Line(200)),
            field("/amount", "amount", Input::Bound),
            field("/currency", "currency", Input::Plain),
            PIPELINE,
            STAGE.rare(),
            field("/fields", "set-fields", Input::Records { fields: FIELD_VALUES, fresh: FRESH_FIELD })
                .rare(),
        ],
    ),
    look("move_deal", Icon::ArrowRight, r#"{"stage":""}"#, &[STAGE, PIPELINE]),
    look(
        "create_task",
        Icon::CircleCheck,
        r#"{"title":""}"#,
        &[
            field("/title", "task-title", Input::Line(200)),
            field("/text", "task-text", Input::Text(4096)),
            field("/due", "due", Input::Line(100)),
            PERSON.rare(),
            TEAM.rare(),
        ],
    ),
    look("subscribe", Icon::Bell, "{}", &[field("/topic", "topic", Input::Plain)]),
    look("unsubscribe", Icon::Ban, "{}", &[field("/topic", "topic", Input::Plain)]),
    look("note", Icon::StickyNote, r#"{"text":""}"#, &[field("/text", "to-team", Input::Text(4096))]),
    look(
        "hand_over",
        Icon::UserRound,
        r#"{"text":""}"#,
        &[
            field("/text", "to-customer", Input::Body(4096)),
            field("/note", "to-team", Input::Text(4096)),
            field("/summary", "summary", Input::Flag),
            field("/ai_summary", "ai-summary", Input::Flag),
            TEAM.rare(),
            field("/person", "person", Input::Person("person-kept")).rare(),
            MODEL[0],
            MODEL[1],
            MODEL[2],
            MODEL[3],
        ],
    ),
    look(
        "http",
        Icon::Webhook,
        r#"{"method":"GET","url":"https://"}"#,
        &[
            field(
                "/method",
                "method",
                Input::Choice {
                    values: &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"],
                    words: "",
                },
            ),
            field("/url", "address", Input::Line(2000)),
            field("/query", "query", Input::Records { fields: PAIRS, fresh: FRESH_PAIR }).rare(),
            field("/headers", "headers", Input::Records { fields: PAIRS, fresh: FRESH_PAIR }).rare(),
            field(
                "/body/kind",
                "body-kind",
                Input::Choice { values: &["json", "text", "form"], words: "body" },
            )
            .is("/method", &["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
            field("/body/value", "body", Input::Json).is("/body/kind", &["json"]),
            field("/body/text", "body", Input::Text(16_384)).is("/body/kind", &["text"]),
            field("/body/content_type", "content-type", Input::Plain).is("/body/kind", &["text"]).rare(),
            field("/body/fields", "body", Input::Records { fields: PAIRS, fresh: FRESH_PAIR })
                .is("/body/kind", &["form"]),
            SAVE,
            SAVE_HEADERS.rare(),
            field("/status", "status-into", Input::Name).rare(),
            SECONDS,
        ],
    ),
    look("wait_call", Icon::Plug, "{}", &[SAVE, TIMEOUT]),
    look(
        "email",
        Icon::AtSign,
        r#"{"to":[""],"subject":"","text":""}"#,
        &[
            field("/to", "email-to", Input::Lines),
            field("/subject", "subject", Input::Line(250)),
            field("/text", "text", Input::Text(16_384)),
            field("/cc", "email-cc", Input::Lines).rare(),
            field("/bcc", "email-bcc", Input::Lines).rare(),
            field("/reply_to", "reply-to", Input::Line(250)).rare(),
        ],
    ),
    look(
        "ai_answer",
        Icon::Sparkles,
        r#"{"instructions":""}"#,
        &[
            field("/instructions", "instructions", Input::Text(16_384)),
            field("/history", "ai-history", Input::Flag),
            field("/question", "ai-question", Input::Line(4096)).rare(),
            INTO,
            field("/silent", "ai-silent", Input::Flag),
            MODEL[0],
            MODEL[1],
            MODEL[2],
            MODEL[3],
        ],
    ),
    look(
        "ai_extract",
        Icon::WandSparkles,
        r#"{"fields":[{"variable":""}]}"#,
        &[
            field(
                "/fields",
                "ai-fields",
                Input::Records {
                    fields: &[
                        VARIABLE,
                        field(
                            "/kind",
                            "ai-kind",
                            Input::Choice {
                                values: &["text", "number", "boolean", "date", "email", "phone", "choice"],
                                words: "value-kind",
                            },
                        ),
                        field("/description", "description", Input::Line(500)),
                        field("/options", "ai-options", Input::Lines).is("/kind", &["choice"]),
                        field("/required", "required", Input::Flag),
                    ],
                    fresh: r#"{"variable":"","kind":"text"}"#,
                },
            ),
            field("/text", "ai-text", Input::Line(4096)).rare(),
            field("/history", "ai-history", Input::Flag),
            field("/instructions", "instructions", Input::Text(16_384)).rare(),
            MODEL[0],
            MODEL[1],
            MODEL[2],
            MODEL[3],
        ],
    ),
];
