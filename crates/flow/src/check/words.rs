//! A finding in English, for whoever reads an answer of the API: the interface says the code in the reader's language.

use std::fmt;

use serde_json::Value;

use super::{Code, Finding};

impl fmt::Display for Finding {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.sentence())
    }
}

impl Finding {
    fn sentence(&self) -> String {
        let of = |name: &str| match self.parameters.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        };
        let field = of("field");
        match self.code {
            Code::NoStart => {
                "There is nothing to begin with: `start` must name a group of the flow that has blocks."
                    .to_owned()
            }
            Code::DuplicateId => format!(
                "Two things of the kind {} have the id {:?}; each needs its own.",
                of("what"),
                of("id")
            ),
            Code::DanglingEdge => format!("It leads to {:?}, which is not in the flow.", of("to")),
            Code::EdgeFromNowhere => {
                format!("It begins at {:?}, which is not in the flow or has no such way out.", of("from"))
            }
            Code::EndlessLoop => {
                "Blocks lead round without ever waiting; there must be a question or a wait among them."
                    .to_owned()
            }
            Code::UnknownKind => format!("This version does not know the kind {:?}.", of("kind")),
            Code::BadPattern => format!("The pattern is no regular expression: {}.", of("message")),
            Code::PatternWithVariables => "A pattern is taken literally: it may not hold `{{…}}`.".to_owned(),
            Code::BadTemplate => {
                format!("What is written in `{field}` cannot be filled in: {}.", of("message"))
            }
            Code::EmptyText => format!("`{field}` is empty; it needs a text."),
            Code::NoOptions => "There are no answers to choose from; at least one is needed.".to_owned(),
            Code::BadName => format!(
                "{:?} is no name of a variable: letters, digits and `_` are allowed, the first not a digit.",
                of("name")
            ),
            Code::BadBound => format!(
                "`{field}` is {}, which is no bound here, is more than there is, or puts the least above the greatest.",
                of("value")
            ),
            Code::BadAddress => {
                format!(
                    "{:?} is no address: it must begin with http:// or https:// and name a site.",
                    of("url")
                )
            }
            Code::TooLong => {
                format!("`{field}` has {} characters; WhatsApp takes at most {}.", of("length"), of("limit"))
            }
            Code::EmptyField => format!("`{field}` is not filled in, and must be."),
            Code::BadValue => bad_value(&field, &of("value")),
            Code::MissingSecret => format!("There is no secret {:?} with a value.", of("name")),
            Code::MissingConnection if of("name").is_empty() => {
                format!("There is no connection of the kind `{}`.", of("kind"))
            }
            Code::MissingConnection => {
                format!("There is no connection {:?} of the kind `{}`.", of("name"), of("kind"))
            }
            Code::SecretElsewhere => format!(
                "`{field}` takes no secrets: only the address, the query, the headers and the body of a request do."
            ),
            Code::SecretSentBack => {
                format!(
                    "The service would send back the secret {:?}: a TRACE request takes none.",
                    of("name")
                )
            }
            Code::UnknownBot => format!("There is no bot {:?}.", of("bot")),
            Code::ReadOnlyField => format!("A bot does not write {field:?}; it may write {}.", of("allowed")),
            Code::UnknownTemplate => {
                format!("There is no template {:?} in the language {:?}.", of("name"), of("language"))
            }
            Code::TemplatePlaces => format!(
                "The template {:?} has {} places, and {} are filled.",
                of("name"),
                of("wanted"),
                of("given")
            ),
            Code::TemplateHeader => {
                format!("The header of the template {:?} needs something else: {}.", of("name"), of("wanted"))
            }
            Code::TemplateButton => format!(
                "Button {} of the template {:?} is of another kind, or is not filled in.",
                of("number"),
                of("name")
            ),
            Code::NotAvailable => format!("This program has no `{}`, which it needs.", of("feature")),
            Code::MissingFile => format!("The file {:?} is not here.", of("file")),
            Code::BadFileType => {
                format!("WhatsApp does not take a file of the type {:?} as {}.", of("value"), of("media"))
            }
            Code::LargeFile => {
                format!("The file has {} bytes; WhatsApp takes at most {}.", of("size"), of("limit"))
            }
            // The others keep nothing from being published.
            code => format!("The checker finds {code:?} here."),
        }
    }
}

/// What is allowed where a value does not fit.
fn bad_value(field: &str, value: &str) -> String {
    let allowed = match field {
        "at" => "a time from 00:00 to 23:59",
        "date" => "a day as 2026-12-31",
        "days" => "days of the week from 1 (Monday) to 7",
        "month_days" => "days of the month from 1 to 31",
        "from" | "to" => "a time from 00:00 to 24:00",
        "amount" => "a number",
        "latitude" => "degrees from -90 to 90",
        "longitude" => "degrees from -180 to 180",
        "seconds" => "a number of seconds that is not below 0",
        "name" => "small letters (a to z), digits and `_`",
        _ => return format!("{value:?} does not fit `{field}`."),
    };
    format!("{value:?} does not fit `{field}`: it takes {allowed}.")
}
