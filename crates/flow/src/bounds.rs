//! The sizes that a flow may have, held against what it has. Every refusal names its place.

use serde::Serialize;
use serde_json::Value;

use crate::blocks::{AiModel, Body, Operator, Opt, Question, Test, Tests};
use crate::fault::Fault;
use crate::load::{LoadError, limits};
use crate::model::{Flow, SCHEMA};
use crate::outgoing::whatsapp;

/// Counts what a flow holds and refuses what is too much.
#[derive(Default)]
pub(crate) struct Bounds {
    blocks: usize,
    patterns: usize,
}

impl Bounds {
    pub fn flow(&mut self, flow: &Flow) -> Result<(), LoadError> {
        if flow.schema == 0 {
            return refuse("/schema", Fault::NotBetween { least: 1, most: SCHEMA });
        }
        id(&flow.id, "/id")?;
        count(flow.groups.len(), limits::GROUPS, "/groups")?;
        count(flow.edges.len(), limits::EDGES, "/edges")?;
        count(flow.variables.len(), limits::VARIABLES, "/variables")?;
        count(flow.triggers.len(), limits::TRIGGERS, "/triggers")?;
        if flow.settings.pause.is_some_and(|seconds| seconds > limits::PAUSE_SECONDS) {
            return refuse("/settings/pause", Fault::NotBetween { least: 0, most: limits::PAUSE_SECONDS });
        }
        if let Some(typing) = &flow.settings.typing {
            let words = f64::from(limits::TYPING_SPEED);
            if typing.speed.is_some_and(|speed| !(1.0..=words).contains(&speed)) {
                let fault = Fault::NotBetween { least: 1, most: limits::TYPING_SPEED };
                return refuse("/settings/typing/speed", fault);
            }
            for (name, seconds) in [("most", typing.most), ("between", typing.between)] {
                if seconds.is_some_and(|seconds| !(0.0..=f64::from(whatsapp::TYPING)).contains(&seconds)) {
                    let fault = Fault::NotBetween { least: 0, most: whatsapp::TYPING };
                    return refuse(&format!("/settings/typing/{name}"), fault);
                }
            }
        }
        for (n, trigger) in flow.triggers.iter().enumerate() {
            let at = format!("/triggers/{n}");
            id(&trigger.id, &format!("{at}/id"))?;
            count(trigger.keywords.len(), limits::KEYWORDS, &format!("{at}/keywords"))?;
            count(trigger.sources.len(), limits::KEYWORDS, &format!("{at}/sources"))?;
            for (k, keyword) in trigger.keywords.iter().enumerate() {
                let at = format!("{at}/keywords/{k}/text");
                if keyword.how == crate::model::Match::Regex {
                    self.pattern(&keyword.text, &at)?;
                } else {
                    length(&keyword.text, limits::TEXT, &at)?;
                }
            }
        }
        for (n, variable) in flow.variables.iter().enumerate() {
            length(&variable.name, limits::ID, &format!("/variables/{n}/name"))?;
        }
        for (n, edge) in flow.edges.iter().enumerate() {
            id(&edge.id, &format!("/edges/{n}/id"))?;
        }
        for (n, group) in flow.groups.iter().enumerate() {
            id(&group.id, &format!("/groups/{n}/id"))?;
            self.blocks += group.blocks.len();
            count(self.blocks, limits::BLOCKS, &format!("/groups/{n}/blocks"))?;
            for (m, block) in group.blocks.iter().enumerate() {
                let at = format!("/groups/{n}/blocks/{m}");
                id(&block.id, &format!("{at}/id"))?;
                self.body(&block.body, &at)?;
            }
        }
        Ok(())
    }

    pub fn body(&mut self, body: &Body, at: &str) -> Result<(), LoadError> {
        match body {
            Body::Message(message) => length(&message.text, limits::TEXT, &format!("{at}/text")),
            Body::Question(question) => self.question(question, at),
            Body::Condition(condition) => {
                count(condition.branches.len(), limits::BRANCHES, &format!("{at}/branches"))?;
                let mut comparisons = 0;
                for (n, branch) in condition.branches.iter().enumerate() {
                    let at = format!("{at}/branches/{n}");
                    id(&branch.id, &format!("{at}/id"))?;
                    self.tests(&branch.when, &format!("{at}/when"), 1, &mut comparisons)?;
                }
                Ok(())
            }
            Body::Set(set) => {
                length(&set.variable, limits::ID, &format!("{at}/variable"))?;
                length(set.list.as_deref().unwrap_or_default(), limits::ID, &format!("{at}/list"))?;
                let expression = set.expression.as_deref().unwrap_or_default();
                length(expression, limits::TEXT, &format!("{at}/expression"))?;
                length(set.value.as_str().unwrap_or_default(), limits::TEXT, &format!("{at}/value"))
            }
            Body::HandOver(hand_over) => {
                length(&hand_over.text, limits::TEXT, &format!("{at}/text"))?;
                length(&hand_over.note, limits::TEXT, &format!("{at}/note"))?;
                model(&hand_over.model, at)
            }
            Body::End(end) => length(&end.text, limits::TEXT, &format!("{at}/text")),
            Body::Jump(_) | Body::Unknown(_) => Ok(()),
            Body::Menu(menu) => {
                length(&menu.text, limits::TEXT, &format!("{at}/text"))?;
                self.options(&menu.options, at)
            }
            Body::Switch(switch) => {
                count(switch.branches.len(), limits::BRANCHES, &format!("{at}/branches"))?;
                for (n, case) in switch.branches.iter().enumerate() {
                    let at = format!("{at}/branches/{n}");
                    id(&case.id, &format!("{at}/id"))?;
                    self.operand(case.is, &case.value, &format!("{at}/value"))?;
                }
                walk(body, at)
            }
            Body::Split(split) => {
                count(split.branches.len(), limits::BRANCHES, &format!("{at}/branches"))?;
                for (n, share) in split.branches.iter().enumerate() {
                    id(&share.id, &format!("{at}/branches/{n}/id"))?;
                }
                walk(body, at)
            }
            Body::Template(template) => {
                for (n, button) in template.buttons.iter().enumerate() {
                    id(&button.id, &format!("{at}/buttons/{n}/id"))?;
                }
                walk(body, at)
            }
            Body::Http(http) => {
                within(http.timeout, limits::CALL_SECONDS, &format!("{at}/timeout"))?;
                walk(body, at)
            }
            Body::WaitCall(wait) => {
                within(wait.timeout, limits::TIMEOUT_SECONDS, &format!("{at}/timeout"))?;
                walk(body, at)
            }
            Body::AiAnswer(answer) => {
                model(&answer.model, at)?;
                walk(body, at)
            }
            Body::AiExtract(extract) => {
                model(&extract.model, at)?;
                walk(body, at)
            }
            Body::Location(_)
            | Body::ContactCard(_)
            | Body::LinkButton(_)
            | Body::Wait(_)
            | Body::SubFlow(_)
            | Body::Return(_)
            | Body::Loop(_)
            | Body::Break(_)
            | Body::Hours(_)
            | Body::Online(_)
            | Body::ReadFields(_)
            | Body::SetFields(_)
            | Body::Tags(_)
            | Body::Assign(_)
            | Body::CreateDeal(_)
            | Body::MoveDeal(_)
            | Body::CreateTask(_)
            | Body::Subscribe(_)
            | Body::Unsubscribe(_)
            | Body::Note(_)
            | Body::Email(_) => walk(body, at),
        }
    }

    fn question(&mut self, question: &Question, at: &str) -> Result<(), LoadError> {
        length(&question.text, limits::TEXT, &format!("{at}/text"))?;
        length(question.retry.as_deref().unwrap_or_default(), limits::TEXT, &format!("{at}/retry"))?;
        within(question.timeout, limits::TIMEOUT_SECONDS, &format!("{at}/timeout"))?;
        self.options(&question.options, at)?;
        for (field, text) in [("low", &question.low), ("high", &question.high)] {
            length(text, limits::TEXT, &format!("{at}/{field}"))?;
        }
        if let Some(template) = &question.template {
            walk(template, &format!("{at}/template"))?;
        }
        if let Some(form) = &question.form {
            walk(form, &format!("{at}/form"))?;
        }
        question.pattern.as_ref().map_or(Ok(()), |text| self.pattern(text, &format!("{at}/pattern")))
    }

    fn options(&mut self, options: &[Opt], at: &str) -> Result<(), LoadError> {
        count(options.len(), limits::OPTIONS, &format!("{at}/options"))?;
        let mut comparisons = 0;
        for (n, option) in options.iter().enumerate() {
            let at = format!("{at}/options/{n}");
            id(&option.id, &format!("{at}/id"))?;
            length(&option.title, limits::TEXT, &format!("{at}/title"))?;
            length(&option.description, limits::TEXT, &format!("{at}/description"))?;
            // As WhatsApp takes ids of buttons and rows.
            length(option.payload.as_deref().unwrap_or_default(), limits::PAYLOAD, &format!("{at}/payload"))?;
            if let Some(when) = &option.when {
                self.tests(when, &format!("{at}/when"), 1, &mut comparisons)?;
            }
        }
        Ok(())
    }

    fn tests(
        &mut self,
        tests: &Tests,
        at: &str,
        depth: usize,
        comparisons: &mut usize,
    ) -> Result<(), LoadError> {
        if depth > limits::CONDITION_DEPTH {
            return refuse(at, Fault::TooDeep { most: limits::CONDITION_DEPTH });
        }
        *comparisons += tests.tests.len();
        count(*comparisons, limits::COMPARISONS, &format!("{at}/tests"))?;
        for (n, test) in tests.tests.iter().enumerate() {
            let at = format!("{at}/tests/{n}");
            match test {
                Test::Group(group) => self.tests(group, &at, depth + 1, comparisons)?,
                Test::Compare(comparison) => {
                    self.operand(comparison.is, &comparison.value, &format!("{at}/value"))?;
                }
            }
        }
        Ok(())
    }

    fn operand(&mut self, is: Operator, value: &Value, at: &str) -> Result<(), LoadError> {
        let value = value.as_str().unwrap_or_default();
        if matches!(is, Operator::Matches | Operator::NotMatches) {
            self.pattern(value, at)
        } else {
            length(value, limits::TEXT, at)
        }
    }

    fn pattern(&mut self, pattern: &str, at: &str) -> Result<(), LoadError> {
        self.patterns += 1;
        count(self.patterns, limits::PATTERNS, at)?;
        length(pattern, limits::PATTERN, at)
    }
}

/// Holds the texts and lists of a block to the common limits, whichever fields they stand in. What a newer version put
/// there is held to them too: it is kept in memory like the rest.
fn walk<T: Serialize>(part: &T, at: &str) -> Result<(), LoadError> {
    // What was read from JSON can be written as JSON.
    serde_json::to_value(part).map_or(Ok(()), |value| walk_value(&value, at))
}

fn walk_value(value: &Value, at: &str) -> Result<(), LoadError> {
    match value {
        Value::String(text) => length(text, limits::TEXT, at),
        Value::Array(items) => {
            count(items.len(), limits::ITEMS, at)?;
            items.iter().enumerate().try_for_each(|(n, item)| walk_value(item, &format!("{at}/{n}")))
        }
        Value::Object(fields) => {
            count(fields.len(), limits::ITEMS, at)?;
            fields.iter().try_for_each(|(name, field)| {
                length(name, limits::TEXT, at)?;
                walk_value(field, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")))
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn model(model: &AiModel, at: &str) -> Result<(), LoadError> {
    within(model.timeout, limits::CALL_SECONDS, &format!("{at}/timeout"))?;
    within(model.max_tokens, limits::AI_TOKENS, &format!("{at}/max_tokens"))
}

/// From 1 to the greatest.
fn within(number: Option<u32>, max: u32, at: &str) -> Result<(), LoadError> {
    match number {
        Some(number) if !(1..=max).contains(&number) => refuse(at, Fault::NotBetween { least: 1, most: max }),
        _ => Ok(()),
    }
}

fn count(found: usize, max: usize, at: &str) -> Result<(), LoadError> {
    if found > max { refuse(at, Fault::TooMany { found, most: max }) } else { Ok(()) }
}

fn length(text: &str, max: usize, at: &str) -> Result<(), LoadError> {
    // Bytes are never fewer than characters: the counting is left out for almost every text.
    if text.len() > max && text.chars().count() > max {
        return refuse(at, Fault::TooLong { most: max });
    }
    Ok(())
}

fn id(id: &str, at: &str) -> Result<(), LoadError> {
    let fits = (1..=limits::ID).contains(&id.len());
    if fits && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
        return Ok(());
    }
    refuse(at, Fault::Id { most: limits::ID })
}

fn refuse(at: &str, fault: Fault) -> Result<(), LoadError> {
    Err(LoadError::at(at, fault))
}
