//! What begins the bot: its start, commands, and events that nothing here corresponds to.

use serde_json::{Value, json};

use super::build::Builder;
use super::kept;
use super::made::Made;
use super::place::Place;
use super::source::Event;
use crate::import::{ChangeCode, ImportError, ReasonCode, Row};
use crate::load::limits;
use crate::model::{Extra, Group, Keyword, Match, Source as From, Target, Trigger, TriggerKind};
use crate::pattern;

impl Builder<'_> {
    /// Where a run begins, and the triggers.
    pub fn starts(&mut self, groups: &mut Vec<Group>) -> Result<(Option<Target>, Vec<Trigger>), ImportError> {
        let source = self.source;
        let mut start = None;
        let mut triggers = Vec::new();
        for event in &source.events {
            let mut made = Made::new(event.id, super::names::Ids::default());
            let target = event.way.map(|edge| self.target(source.edges[edge].to));
            let trigger = match event.kind {
                "start" => {
                    start = start.or_else(|| target.clone());
                    Some(self.start(&mut made, event)?)
                }
                "command" => self.command(&mut made, event)?,
                "reply" | "invalidReply" if self.listen(&mut made, event, groups)? => {
                    self.row(row(event, made));
                    continue;
                }
                _ => None,
            };
            match trigger {
                Some(trigger) => {
                    if let Some(to) = target {
                        let from = From { trigger: Some(trigger.id.clone()), ..From::default() };
                        self.edge(from, to);
                    }
                    triggers.push(trigger);
                }
                None => self.keep(&mut made, event),
            }
            self.row(row(event, made));
        }
        Ok((start, triggers))
    }

    /// The words that the bot begins with on WhatsApp; without them any message begins it.
    fn start(&mut self, made: &mut Made, event: &Event) -> Result<Trigger, ImportError> {
        let keywords = start_words(made, &self.source.root)?;
        let kind = if keywords.is_empty() { TriggerKind::AnyMessage } else { TriggerKind::Keyword };
        Ok(self.trigger(event, kind, keywords, false))
    }

    fn command(&mut self, made: &mut Made, event: &Event) -> Result<Option<Trigger>, ImportError> {
        let word = event.place.field("options")?.map(|options| options.words("command")).transpose()?;
        let Some(word) = word.flatten() else { return Ok(None) };
        made.how(ChangeCode::CommandWord, [("word", json!(word))]);
        let keyword = Keyword { how: Match::Is, text: word.trim().to_owned(), extra: Extra::new() };
        Ok(Some(self.trigger(event, TriggerKind::Keyword, vec![keyword], true)))
    }

    fn trigger(
        &mut self,
        event: &Event,
        kind: TriggerKind,
        keywords: Vec<Keyword>,
        anywhere: bool,
    ) -> Trigger {
        Trigger {
            id: self.spot_ids.fresh(event.id),
            kind,
            priority: 0,
            disabled: false,
            anywhere,
            keywords,
            sources: Vec::new(),
            tag: None,
            field: None,
            value: None,
            pipeline: None,
            stage: None,
            schedule: None,
            segment: None,
            name: None,
            x: event.x,
            y: event.y,
            extra: Extra::new(),
        }
    }

    fn keep(&mut self, made: &mut Made, event: &Event) {
        made.cannot(ReasonCode::Event, []);
        let id = self.spot_ids.fresh(event.id);
        let options = event.place.value.get("options").map(kept::shown).unwrap_or_default();
        self.sticky.add(&id, (event.x, event.y), event.kind, &options);
    }
}

fn row(event: &Event, made: Made) -> Row {
    Row {
        place: event.place.pointer.clone(),
        id: event.id.to_owned(),
        kind: event.kind.to_owned(),
        group: String::new(),
        block: None,
        verdict: made.verdict(),
    }
}

fn start_words(made: &mut Made, root: &Place) -> Result<Vec<Keyword>, ImportError> {
    let condition = match root.field("settings")? {
        Some(settings) => match settings.field("whatsApp")? {
            Some(whatsapp) => whatsapp.field("startCondition")?,
            None => None,
        },
        None => None,
    };
    let Some(condition) = condition else { return Ok(Vec::new()) };
    let comparisons = condition.list("comparisons")?;
    let mut words = Vec::new();
    for comparison in &comparisons {
        let value = comparison.number_or_text("value")?.map(word).unwrap_or_default();
        let how = match comparison.text("comparisonOperator")?.unwrap_or("Equal to") {
            "Equal to" => Match::Is,
            "Contains" => Match::Contains,
            "Starts with" => Match::Starts,
            "Matches regex" => Match::Regex,
            _ => {
                made.how(ChangeCode::StartLeftOut, []);
                return Ok(Vec::new());
            }
        };
        let text = if how == Match::Regex { super::conditions::our_pattern(&value) } else { value };
        let fits = match how {
            Match::Regex => text.len() <= limits::PATTERN && pattern::prepare(&text).is_ok(),
            _ => !text.trim().is_empty() && text.len() <= limits::TEXT,
        };
        if fits {
            words.push(Keyword { how, text, extra: Extra::new() });
        } else {
            made.how(ChangeCode::StartLeftOut, []);
        }
    }
    let all = condition.text("logicalOperator")?.unwrap_or("AND") == "AND";
    if words.len() > limits::KEYWORDS || (all && words.len() > 1) {
        made.how(ChangeCode::StartLeftOut, []);
        return Ok(Vec::new());
    }
    Ok(words)
}

fn word(value: &Value) -> String {
    crate::values::text_of(value).into_owned()
}
