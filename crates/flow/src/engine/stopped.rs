//! What the team is told when a run cannot go on: where, and why, in the flow's language. A customer who was promised an
//! answer and gets none waits for a person, and the person must know what happened.

use super::Run;
use crate::effects::{Effect, EndReason, Limit, Problem};
use crate::model::Language;

impl Run<'_> {
    /// Leaves a note where the run has ended because it could not go on.
    pub(super) fn tell_team(&mut self, block: Option<&str>, reason: EndReason) {
        let language = self.flow.language;
        let why = match reason {
            EndReason::Failed | EndReason::Broken => self.trouble.as_ref().map(|what| words(what, language)),
            EndReason::OutOfFuel { limit } => Some(bound(limit, language).to_owned()),
            EndReason::Finished | EndReason::HandedOver | EndReason::NoAnswer | EndReason::TimedOut => return,
        };
        let place = block.and_then(|block| self.flow.find(block)).map_or("", |node| node.place.trim());
        let text = sentence(place, why.as_deref(), language);
        self.step.effects.push(Effect::Note { block: block.unwrap_or_default().to_owned(), text });
    }
}

fn sentence(place: &str, why: Option<&str>, language: Language) -> String {
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    match (language, place) {
        (Language::En, "") => format!("The bot could not go on{why}. The customer waits for a person."),
        (Language::En, place) => {
            format!("The bot could not go on in “{place}”{why}. The customer waits for a person.")
        }
        (Language::Ru, "") => format!("Бот не смог продолжить{why}. Клиент ждёт человека."),
        (Language::Ru, place) => format!("Бот не смог продолжить в «{place}»{why}. Клиент ждёт человека."),
    }
}

fn words(problem: &Problem, language: Language) -> String {
    let say = |en: &str, ru: &str| {
        match language {
            Language::En => en,
            Language::Ru => ru,
        }
        .to_owned()
    };
    match problem {
        Problem::NoStart => say("there is nothing to begin with", "начинать не с чего"),
        Problem::UnknownKind { name } => say(
            &format!("this version does not know the block “{name}”"),
            &format!("эта версия не знает блока «{name}»"),
        ),
        Problem::DanglingEdge => {
            say("a line leads to a block that is gone", "линия ведёт к блоку, которого больше нет")
        }
        Problem::MissingBlock => {
            say("the block at which it stood is gone", "блока, на котором он стоял, больше нет")
        }
        Problem::OtherFlow => say("the bot has become another one", "бот стал другим"),
        Problem::Template { mistake } => mistake.words(language),
        Problem::Pattern { message } => {
            say(&format!("a pattern cannot be read ({message})"), &format!("не читается шаблон ({message})"))
        }
        Problem::NoOptions => say("there is nothing to choose from", "выбирать не из чего"),
        Problem::NoFlow { .. } => say(
            "the bot that it runs is not there or not published",
            "бота, которого он запускает, нет или он не опубликован",
        ),
        Problem::Call { why } => {
            let why = why.words(language);
            let why = if why.is_empty() { why } else { format!(" ({why})") };
            say(&format!("a service failed{why}"), &format!("сервис не сработал{why}"))
        }
        Problem::TooLarge { .. } => {
            say("what a service answered is too large to keep", "ответ сервиса слишком большой")
        }
        Problem::BadValue { field } => say(
            &format!("a value is missing or does not fit ({field})"),
            &format!("значения нет или оно не подходит ({field})"),
        ),
        Problem::ReadOnlyField { field } => {
            say(&format!("bots do not write “{field}”"), &format!("«{field}» боты не записывают"))
        }
        Problem::AddressOff { address } => say(
            &format!("nobody has allowed the address {address}"),
            &format!("адрес {address} никто не разрешил"),
        ),
        Problem::AiTokens { .. } => say(
            "this run has used up what language models may cost",
            "разговор исчерпал то, что можно потратить на языковую модель",
        ),
    }
}

fn bound(limit: Limit, language: Language) -> &'static str {
    match (limit, language) {
        (Limit::Blocks | Limit::Depth | Limit::Alone, Language::En) => "it goes round and round",
        (Limit::Blocks | Limit::Depth | Limit::Alone, Language::Ru) => "он ходит по кругу",
        (Limit::Messages | Limit::Effects, Language::En) => "it does too much after one word of the customer",
        (Limit::Messages | Limit::Effects, Language::Ru) => {
            "он делает слишком много после одного слова клиента"
        }
        (Limit::Templates | Limit::Text | Limit::Variables, Language::En) => {
            "its texts or variables have become too large"
        }
        (Limit::Templates | Limit::Text | Limit::Variables, Language::Ru) => {
            "его тексты или переменные стали слишком большими"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{CallFailure, CallFault};

    #[test]
    fn the_team_is_told_where_and_why() {
        let call = Problem::Call { why: CallFault::Status { status: 500 }.into() };
        let why = |language| words(&call, language);
        assert_eq!(
            sentence("Order", Some(&why(Language::En)), Language::En),
            "The bot could not go on in “Order”: a service failed (status 500). The customer waits for a person."
        );
        assert_eq!(
            sentence("", Some(&why(Language::Ru)), Language::Ru),
            "Бот не смог продолжить: сервис не сработал (ответил кодом 500). Клиент ждёт человека."
        );
        // What a service says itself stays as it said it.
        let said = Problem::Call { why: CallFailure::from("Invalid key") };
        assert_eq!(words(&said, Language::Ru), "сервис не сработал («Invalid key»)");
        let nothing = Problem::Call { why: CallFailure::default() };
        assert_eq!(words(&nothing, Language::Ru), "сервис не сработал");
        assert_eq!(
            sentence("", None, Language::En),
            "The bot could not go on. The customer waits for a person."
        );
    }
}
