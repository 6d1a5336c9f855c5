//! The engine's own words, in the flow's language unless its settings say otherwise.

use crate::blocks::Answer;
use crate::model::{Flow, Language, Texts};

/// All of the words, each set.
#[derive(Debug, Clone)]
pub struct Words {
    pub more: String,
    pub choose: String,
    pub choose_body: String,
    retry_text: String,
    retry_number: String,
    retry_email: String,
    retry_phone: String,
    retry_date: String,
    retry_choice: String,
}

impl Words {
    pub fn new(flow: &Flow) -> Self {
        let Texts {
            more,
            choose,
            choose_body,
            retry_text,
            retry_number,
            retry_email,
            retry_phone,
            retry_date,
            retry_choice,
            extra: _,
        } = &flow.settings.texts;
        let say = |own: &Option<String>, en: &str, ru: &str| {
            let own = own.as_deref().map(str::trim).filter(|text| !text.is_empty());
            own.unwrap_or(match flow.language {
                Language::En => en,
                Language::Ru => ru,
            })
            .to_owned()
        };
        Self {
            more: say(more, "More", "Ещё"),
            choose: say(choose, "Choose", "Выбрать"),
            choose_body: say(choose_body, "Please choose:", "Выберите, пожалуйста:"),
            retry_text: say(
                retry_text,
                "Please answer with a text message.",
                "Ответьте, пожалуйста, текстом.",
            ),
            retry_number: say(
                retry_number,
                "That does not look like a suitable number. Please send just the number, for example 3.",
                "Не получилось разобрать число. Напишите, пожалуйста, только число, например 3.",
            ),
            retry_email: say(
                retry_email,
                "That does not look like an e-mail address. Please check it, for example anna@example.com.",
                "Это не похоже на адрес почты. Проверьте, пожалуйста, например anna@example.com.",
            ),
            retry_phone: say(
                retry_phone,
                "That does not look like a phone number. Please send it with the country code, \
                 for example +44 20 7946 0958.",
                "Это не похоже на номер телефона. Напишите, пожалуйста, например +7 916 123-45-67.",
            ),
            retry_date: say(
                retry_date,
                "That date does not suit. Please write it like this: 25.03.2027.",
                "Эта дата не подходит. Напишите, пожалуйста, так: 25.03.2027.",
            ),
            retry_choice: say(
                retry_choice,
                "Please choose one of the options.",
                "Выберите, пожалуйста, один из вариантов.",
            ),
        }
    }

    /// What is said after an answer that does not fit.
    pub fn retry(&self, answer: &Answer) -> &str {
        match answer {
            Answer::Text | Answer::Other(_) => &self.retry_text,
            Answer::Number => &self.retry_number,
            Answer::Email => &self.retry_email,
            Answer::Phone => &self.retry_phone,
            Answer::Date => &self.retry_date,
            Answer::Choice => &self.retry_choice,
        }
    }
}
