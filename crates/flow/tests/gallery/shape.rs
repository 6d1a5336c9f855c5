//! What the checker says, and what both languages have in common.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's")]

use std::collections::BTreeSet;

use beseda_flow::gallery::{ReadyBot, all, find};
use beseda_flow::{
    Body, Code, Compiled, Edge, Feature, Finding, Flow, Incoming, Language, Situation, Surroundings,
    check_in, winner,
};
use serde_json::{Value, json};

pub const LANGUAGES: [Language; 2] = [Language::En, Language::Ru];

/// A business that has what the bot asks for, and no more.
fn business(bot: &ReadyBot) -> Surroundings {
    Surroundings {
        secrets: Some(BTreeSet::new()),
        bots: Some(BTreeSet::new()),
        teams: Some(BTreeSet::new()),
        people: Some(BTreeSet::new()),
        templates: Some(Vec::new()),
        features: Some(bot.features.iter().copied().collect()),
        ..Surroundings::default()
    }
}

/// The flow, and the flow with everything in it switched on.
fn as_it_may_be(bot: &ReadyBot, language: Language) -> [Flow; 2] {
    let shipped = bot.load(language).unwrap();
    let mut on = shipped.clone();
    on.groups.iter_mut().flat_map(|group| &mut group.blocks).for_each(|block| block.disabled = false);
    [shipped, on]
}

/// Without the addresses and templates that stand for the owner's own: to name those is what the checker is there for.
/// And without the hint that more than three answers make a list, which is meant.
fn found(flow: &Flow, around: &Surroundings) -> Vec<Finding> {
    let mut found = check_in(flow, around);
    found.retain(|finding| {
        !matches!(finding.code, Code::PlaceholderAddress | Code::UnknownTemplate | Code::ListForMany)
    });
    found
}

#[test]
fn the_checker_finds_nothing() {
    for bot in all() {
        for language in LANGUAGES {
            let [shipped, on] = as_it_may_be(bot, language);
            assert_eq!(found(&shipped, &business(bot)), [], "{} {language:?}", bot.id);
            let mut around = business(bot);
            around.features.as_mut().unwrap().extend([Feature::Http, Feature::Templates]);
            assert_eq!(found(&on, &around), [], "{} {language:?}, all switched on", bot.id);
        }
    }
}

#[test]
fn no_more_is_asked_of_the_product_than_is_needed() {
    for bot in all() {
        let flow = bot.load(Language::En).unwrap();
        for feature in bot.features {
            let mut around = business(bot);
            around.features.as_mut().unwrap().remove(feature);
            let found = check_in(&flow, &around);
            assert!(found.iter().any(|finding| finding.code == Code::NotAvailable), "{} {feature:?}", bot.id);
        }
        let text = bot.flow.en;
        for field in bot.fields {
            let named = text.contains(&format!("\"field\": \"{field}\""));
            assert!(named || text.contains(&format!("contact.fields.{field}")), "{} {field}", bot.id);
        }
        for block in flow.groups.iter().flat_map(|group| &group.blocks) {
            let Body::SetFields(set) = &block.body else { continue };
            for name in set.fields.iter().map(|value| value.field.as_str()) {
                let is_own = matches!(name, "name" | "email");
                assert!(is_own || bot.fields.contains(&name), "{} does not say that it needs {name}", bot.id);
            }
        }
    }
}

/// The flow without the words that customers and owners read, and without what a country has of its own. Of lists of
/// words their number stays, except of keywords: one language may need more of them.
fn shape(value: &Value) -> Value {
    const WORDS: &[&str] = &[
        "name",
        "title",
        "text",
        "retry",
        "button",
        "note",
        "description",
        "outcome",
        "add",
        "remove",
        "tag",
        "default",
        "expression",
        "value",
        "address",
        "company",
        "phone",
        "low",
        "high",
        "filename",
        "min",
        "max",
        "latitude",
        "longitude",
        "language",
        "keywords",
    ];
    match value {
        Value::Object(fields) => {
            let shaped = fields.iter().filter(|(name, _)| *name != "settings").map(|(name, value)| {
                let kept = match value {
                    _ if !WORDS.contains(&name.as_str()) => shape(value),
                    Value::Array(items) if name != "keywords" => json!(items.len()),
                    _ => Value::Null,
                };
                (name.clone(), kept)
            });
            Value::Object(shaped.collect())
        }
        Value::Array(items) => items.iter().map(shape).collect(),
        other => other.clone(),
    }
}

#[test]
fn both_languages_are_one_flow() {
    for bot in all() {
        let [en, ru] = LANGUAGES.map(|language| serde_json::from_str(bot.flow.of(language)).unwrap());
        assert!(shape(&en) == shape(&ru), "{}", bot.id);
    }
}

#[test]
fn russian_is_russian_and_english_is_english() {
    let cyrillic = |c: char| ('а'..='я').contains(&c.to_ascii_lowercase()) || ('А'..='Я').contains(&c);
    for bot in all() {
        assert!(!bot.flow.en.contains(cyrillic), "{}", bot.id);
        let flow = bot.load(Language::Ru).unwrap();
        for block in flow.groups.iter().flat_map(|group| &group.blocks) {
            if let Body::Message(message) = &block.body {
                // Names of what is sold or held may stand alone in it.
                let words = message.text.replace(|c: char| !c.is_alphabetic(), "");
                let only_variables = message.text.starts_with("{{event_name}}") || words.is_empty();
                assert!(only_variables || message.text.contains(cyrillic), "{} {}", bot.id, block.id);
            }
        }
    }
}

#[test]
fn written_as_they_are_read() {
    for bot in all() {
        for language in LANGUAGES {
            let flow = bot.load(language).unwrap();
            assert_eq!(flow.id, bot.id);
            assert_eq!(flow.language, language);
            assert_eq!(flow.name, bot.title.of(language));
            let written = serde_json::to_value(&flow).unwrap();
            let json: Value = serde_json::from_str(bot.flow.of(language)).unwrap();
            assert!(written == json, "{} {language:?} is written differently", bot.id);
        }
    }
}

#[test]
fn the_list() {
    assert!(all().len() >= 15);
    let ids: BTreeSet<_> = all().iter().map(|bot| bot.id).collect();
    assert_eq!(ids.len(), all().len());
    assert_eq!(find("hotel").map(|bot| bot.title.en), Some("Hotel"));
    assert_eq!(find("nowhere"), None);
    for bot in all() {
        let count: usize =
            bot.load(Language::En).unwrap().groups.iter().map(|group| group.blocks.len()).sum();
        assert!((15..=40).contains(&count), "{}: {count} blocks", bot.id);
    }
}

/// Groups are drawn about 260 wide, with a title and up to 120 for each block.
#[test]
fn nothing_lies_on_anything_else() {
    for bot in all() {
        let flow = bot.load(Language::En).unwrap();
        let mut boxes: Vec<(&str, [f64; 4])> = Vec::new();
        for group in &flow.groups {
            assert!(!group.title.is_empty(), "{} {}", bot.id, group.id);
            let blocks = f64::from(u16::try_from(group.blocks.len()).unwrap());
            boxes.push((&group.id, [group.x, group.y, 260.0, 60.0 + 120.0 * blocks]));
        }
        boxes
            .extend(flow.triggers.iter().map(|trigger| (&*trigger.id, [trigger.x, trigger.y, 260.0, 140.0])));
        for (n, (one, [x, y, width, height])) in boxes.iter().enumerate() {
            for (other, [x2, y2, width2, height2]) in &boxes[n + 1..] {
                let apart = x + width <= *x2 || x2 + width2 <= *x || y + height <= *y2 || y2 + height2 <= *y;
                assert!(apart, "{}: {one} and {other} overlap", bot.id);
            }
        }
    }
}

#[test]
fn questions_have_their_own_words_and_ways_out() {
    for bot in all() {
        for language in LANGUAGES {
            let flow = bot.load(language).unwrap();
            for block in flow.groups.iter().flat_map(|group| &group.blocks) {
                let Body::Question(question) = &block.body else { continue };
                let at = format!("{} {}", bot.id, block.id);
                assert!(question.retry.is_some() && question.timeout.is_some(), "{at}");
                for port in ["failed", "timeout"] {
                    let leads = |edge: &Edge| {
                        edge.from.block.as_ref() == Some(&block.id) && edge.from.port.as_deref() == Some(port)
                    };
                    assert!(flow.edges.iter().any(leads), "{at} {port}");
                }
            }
        }
    }
}

/// Each bot hears these commands in the middle of a conversation.
#[test]
fn commands_are_heard_anywhere() {
    for bot in all() {
        for (language, words) in [(Language::En, ["operator", "stop"]), (Language::Ru, ["оператор", "стоп"])]
        {
            let flow = Compiled::new(&bot.load(language).unwrap(), 1);
            for text in words {
                let message = Incoming { text, ..Incoming::default() };
                let found = winner([&flow], message, Situation { first_message: false, busy: true });
                assert!(found.is_some(), "{} {text}", bot.id);
            }
        }
    }
}

/// Whatever a bot asks the customer to write, it hears.
#[test]
fn promised_words_are_heard() {
    const ASKS: [(&str, char); 4] =
        [("Write “", '”'), ("write “", '”'), ("Напишите «", '»'), ("напишите «", '»')];
    // Answers to a question about a day, not words that begin anything.
    const DAYS: [&str; 2] = ["tomorrow", "завтра"];
    for bot in all() {
        for language in LANGUAGES {
            let flow = Compiled::new(&bot.load(language).unwrap(), 1);
            let json = bot.flow.of(language);
            let words = ASKS.iter().flat_map(|(begin, end)| {
                json.split(begin).skip(1).filter_map(|rest| rest.split_once(*end).map(|(word, _)| word))
            });
            for word in words.filter(|word| !DAYS.contains(word)) {
                let message = Incoming { text: word, ..Incoming::default() };
                let found = winner([&flow], message, Situation { first_message: false, busy: false });
                let trigger = found.and_then(|won| won.trigger);
                assert!(trigger.as_ref().is_some_and(|id| id != "any"), "{} {language:?}: {word}", bot.id);
            }
        }
    }
}

/// Greetings of nobody in particular begin no bot that was not asked for all messages.
#[test]
fn a_greeting_is_no_order() {
    for bot in all() {
        for language in LANGUAGES {
            let flow = Compiled::new(&bot.load(language).unwrap(), 1);
            for text in [
                "Good evening",
                "Добрый вечер",
                "That takes long",
                "Это надолго",
                "It does not work",
                "Не работает",
            ] {
                let message = Incoming { text, ..Incoming::default() };
                let found = winner([&flow], message, Situation { first_message: false, busy: false });
                let trigger = found.and_then(|won| won.trigger).unwrap_or_default();
                let asked = bot.id == "support" && text.contains("абот");
                assert!(asked || trigger.is_empty() || trigger == "any", "{} {text}: {trigger}", bot.id);
            }
        }
    }
}
