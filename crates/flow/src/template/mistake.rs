//! Why a text or an expression gives nothing: a kind and the name or the piece that it is about, and words for people.
//! The words of the engine of the templates are for those who wrote it, and are passed on only where nothing else is known.

use minijinja::ErrorKind;
use serde::{Deserialize, Serialize};

use crate::model::Language;

/// What is wrong with a text or an expression, and with what in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    pub why: MistakeKind,
    /// The name, the operator or the piece of the text.
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MistakeKind {
    UnknownFunction,
    UnknownFilter,
    UnknownTest,
    DividedByZero,
    /// It is no expression from here on.
    NotReadable,
    /// A filter or a function is given too little or too much.
    WrongArguments,
    /// An operator between values of kinds that do not go together.
    DoesNotFit,
    /// The numbers have no result.
    CannotCalculate,
    TooMuch,
    Other,
}

/// Characters of a piece that are shown.
const SHOWN: usize = 40;

impl Mistake {
    pub fn new(why: MistakeKind, name: &str) -> Self {
        let name = name.trim();
        let shown = match name.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", &name[..end]),
            None => name.to_owned(),
        };
        Self { why, name: shown }
    }

    /// What is wrong, as a sentence without its full stop.
    pub fn words(&self, language: Language) -> String {
        let name = &self.name;
        match language {
            Language::En => match self.why {
                MistakeKind::UnknownFunction => format!("there is no function “{name}”"),
                MistakeKind::UnknownFilter => format!("there is no filter “{name}”"),
                MistakeKind::UnknownTest => format!("there is no test “is {name}”"),
                MistakeKind::DividedByZero => format!("it divides by zero: “{name}”"),
                MistakeKind::NotReadable => format!("it cannot be read here: “{name}”"),
                MistakeKind::WrongArguments => {
                    "a filter or a function is given too little or too much between its brackets".to_owned()
                }
                MistakeKind::DoesNotFit => {
                    format!("the values beside “{name}” do not go together, or one of them is empty")
                }
                MistakeKind::CannotCalculate => format!("“{name}” has no result"),
                MistakeKind::TooMuch => "it takes too much time or memory".to_owned(),
                MistakeKind::Other => format!("it has no result ({name})"),
            },
            Language::Ru => match self.why {
                MistakeKind::UnknownFunction => format!("нет такой функции: «{name}»"),
                MistakeKind::UnknownFilter => format!("нет такого фильтра: «{name}»"),
                MistakeKind::UnknownTest => format!("нет такой проверки: «is {name}»"),
                MistakeKind::DividedByZero => format!("здесь деление на ноль: «{name}»"),
                MistakeKind::NotReadable => format!("не получается прочитать здесь: «{name}»"),
                MistakeKind::WrongArguments => {
                    "у фильтра или функции в скобках чего-то не хватает или есть лишнее".to_owned()
                }
                MistakeKind::DoesNotFit => {
                    format!("значения рядом с «{name}» не подходят друг к другу, или одно из них пустое")
                }
                MistakeKind::CannotCalculate => format!("у «{name}» нет результата"),
                MistakeKind::TooMuch => "это занимает слишком много времени или памяти".to_owned(),
                MistakeKind::Other => format!("результата нет ({name})"),
            },
        }
    }
}

impl From<minijinja::Error> for Mistake {
    fn from(error: minijinja::Error) -> Self {
        let detail = error.detail().unwrap_or_default();
        let between = |before: &str, after: &str| {
            detail.strip_prefix(before).and_then(|rest| Some(rest.split_once(after)?.0))
        };
        let of = |why, name: Option<&str>| Self::new(why, name.unwrap_or(detail));
        match error.kind() {
            ErrorKind::OutOfFuel => of(MistakeKind::TooMuch, None),
            ErrorKind::SyntaxError | ErrorKind::BadEscape => of(MistakeKind::NotReadable, None),
            ErrorKind::UnknownFilter => of(MistakeKind::UnknownFilter, between("filter ", " is unknown")),
            ErrorKind::UnknownTest => of(MistakeKind::UnknownTest, between("test ", " is unknown")),
            ErrorKind::UnknownFunction => {
                of(MistakeKind::UnknownFunction, detail.strip_suffix(" is unknown"))
            }
            ErrorKind::MissingArgument | ErrorKind::TooManyArguments => of(MistakeKind::WrongArguments, None),
            ErrorKind::InvalidOperation => {
                if let Some(operator) = between("tried to use ", " operator") {
                    return of(MistakeKind::DoesNotFit, Some(operator));
                }
                match detail.strip_prefix("unable to calculate ") {
                    Some(sum) => of(MistakeKind::CannotCalculate, Some(sum)),
                    None => of(MistakeKind::Other, None),
                }
            }
            kind if detail.is_empty() => Self::new(MistakeKind::Other, &kind.to_string()),
            _ => of(MistakeKind::Other, None),
        }
    }
}
