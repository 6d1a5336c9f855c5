//! What lies around a flow: whether what it names is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::graph::{blocks, variant};
use super::texts::{cut_parameters, least_length};
use super::{Code, Findings, Severity};
use crate::blocks::{
    AiModel, Body, MediaKind, MediaSource, Method, SendTemplate, TemplateButton, TemplateButtonKind,
    TemplateHeader,
};
use crate::catalogue::{Feature, entry_of, trigger_catalogue};
use crate::compile::{Compiled, ReadyTemplate, Spot, Work, port};
use crate::model::{Flow, Trigger, TriggerKind};
use crate::outgoing::{self, Parameter, whatsapp};
use crate::values::{fold, units};

/// What the checker is told of the business. Of what is not told nothing is checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Surroundings {
    /// Files of the business's own that a flow names and that are not there.
    pub missing_files: BTreeSet<String>,
    /// Names of secrets that have a value.
    pub secrets: Option<BTreeSet<String>>,
    /// Names of the connections to language models.
    pub models: Option<BTreeSet<String>>,
    /// Names of the connections to mail servers.
    pub mail: Option<BTreeSet<String>>,
    /// What sub-flows may run: the ids of published bots, and those of their flows.
    pub bots: Option<BTreeSet<String>>,
    /// The same of bots that are there and not published yet.
    pub unpublished_bots: BTreeSet<String>,
    /// Ids that the flows of several published bots have, as those of a copy and its original.
    pub shared_flows: BTreeSet<String>,
    pub teams: Option<BTreeSet<String>>,
    /// All that people are called by: ids, e-mail addresses, names.
    pub people: Option<BTreeSet<String>>,
    /// Stages by their pipelines.
    pub pipelines: Option<BTreeMap<String, Vec<String>>>,
    pub templates: Option<Vec<KnownTemplate>>,
    /// Flows of bots that answer customers: what one writes may begin another.
    #[serde(skip)]
    pub answering: Vec<Arc<Flow>>,
    /// The parts of the product that are there.
    pub features: Option<BTreeSet<Feature>>,
}

/// A template that Meta has approved, in the words in which the API lists it. Of a kind that is not known here it is said
/// what was wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownTemplate {
    pub name: String,
    pub language: String,
    /// Its places are filled by their names.
    #[serde(default)]
    pub named: bool,
    /// Its words, with their places.
    #[serde(default)]
    pub body: String,
    /// The places of its body.
    #[serde(default)]
    pub places: Vec<KnownPlace>,
    #[serde(default)]
    pub header: Option<KnownHeader>,
    #[serde(default)]
    pub buttons: Vec<KnownButton>,
}

/// A place that is filled when a template is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPlace {
    pub name: String,
}

/// What stands above a template's words: a `text`, which may have a place, or an `image`, a `video`, a `document`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownHeader {
    pub kind: String,
    #[serde(default)]
    pub place: Option<KnownPlace>,
}

/// A button of a template: `quick_reply`, `url`, `copy_code`, …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownButton {
    pub kind: String,
    /// It needs a value when the template is sent.
    #[serde(default)]
    pub fillable: bool,
}

pub fn check(flow: &Flow, compiled: &Compiled, around: &Surroundings, found: &mut Findings) {
    for (block, node) in blocks(flow).zip(&compiled.nodes).filter(|(block, _)| !block.is_passed_by()) {
        let id = Some(block.id.as_str());
        for feature in features(&block.body) {
            available(feature, id, None, around, found);
        }
        node.work.visit(&mut |field, spot| match spot {
            Spot::Secret(name) => {
                if around.secrets.as_ref().is_some_and(|known| !known.contains(name)) {
                    found.error(Code::MissingSecret, id, [("name", json!(name))]);
                }
                if matches!(&block.body, Body::Http(http) if http.method == Method::Trace) {
                    found.error(Code::SecretSentBack, id, [("name", json!(name))]);
                }
            }
            Spot::Text(_) | Spot::Formula(_) | Spot::Path(_) => {
                let names = match spot {
                    Spot::Text(text) => text.variables(),
                    Spot::Formula(formula) => formula.variables(),
                    _ => Vec::new(),
                };
                if names.contains(&"secret") && !own_secret(flow) {
                    found.error(Code::SecretElsewhere, id, [("field", json!(field))]);
                }
            }
        });
        for media in block.body.files() {
            if let MediaSource::Stored(file) = &media.source
                && around.missing_files.contains(file)
            {
                found.error(Code::MissingFile, id, [("file", json!(file))]);
            }
        }
        let has_way_on = matches!(&node.work, Work::Outside(outside) if outside.failed.is_some());
        body(&block.body, id, has_way_on, around, found);
        if let Some(ready) = ready_template(&node.work) {
            filled(ready, around.template(&ready.name, &ready.language), id, found);
        }
    }
    for trigger in flow.triggers.iter().filter(|trigger| !trigger.disabled) {
        self::trigger(trigger, around, found);
    }
}

/// A flow from before there were secrets may have a variable of this name.
fn own_secret(flow: &Flow) -> bool {
    let declared = flow.variables.iter().map(|variable| variable.name.as_str());
    declared.chain(blocks(flow).flat_map(|block| block.body.sets())).any(|name| name == "secret")
}

/// The parts of the product that a block cannot do without.
pub fn features(body: &Body) -> Vec<Feature> {
    let mut features: Vec<Feature> =
        entry_of(body.kind(), variant(body)).and_then(|entry| entry.feature).into_iter().collect();
    match body {
        Body::Question(question) if question.template.is_some() => features.push(Feature::Templates),
        Body::Hours(hours) if hours.hours.is_empty() => features.push(Feature::Hours),
        Body::SubFlow(sub_flow) if sub_flow.bot.is_some() => features.push(Feature::Bots),
        Body::Assign(assign) if assign.team.is_some() => features.push(Feature::Teams),
        Body::Online(online) if online.team.is_some() => features.push(Feature::Teams),
        Body::HandOver(hand_over) => {
            features.extend(hand_over.team.is_some().then_some(Feature::Teams));
            features.extend(hand_over.ai_summary.then_some(Feature::Ai));
        }
        Body::CreateTask(task) if task.team.is_some() => features.push(Feature::Teams),
        _ => {}
    }
    features
}

impl Flow {
    /// Whether one of its blocks cannot do without this part of the product.
    pub fn needs(&self, feature: Feature) -> bool {
        blocks(self).any(|block| !block.is_passed_by() && features(&block.body).contains(&feature))
    }
}

fn available(
    feature: Feature,
    block: Option<&str>,
    trigger: Option<&str>,
    around: &Surroundings,
    found: &mut Findings,
) {
    if around.features.as_ref().is_some_and(|there| !there.contains(&feature)) {
        let feature = ("feature", json!(feature));
        match trigger {
            // A trigger that never fires breaks no conversation.
            Some(id) => found.warning(Code::NotAvailable, block, [feature, ("trigger", json!(id))]),
            None => found.error(Code::NotAvailable, block, [feature]),
        }
    }
}

fn body(body: &Body, id: Option<&str>, way_on: bool, around: &Surroundings, found: &mut Findings) {
    match body {
        Body::Template(template) => self::template(template, 0, id, around, found),
        Body::Question(question) => {
            if let Some(template) = &question.template {
                self::template(template, question.options.len(), id, around, found);
            }
        }
        Body::SubFlow(sub_flow) => {
            if let Some(bot) = unknown(sub_flow.bot.as_deref(), around.bots.as_ref()) {
                // Of two bots that run each other one is published first: an error here would keep both back for ever.
                if around.unpublished_bots.iter().any(|other| fold(other) == fold(bot)) {
                    let parameters = [("bot", json!(bot)), ("port", json!(port::FAILED))];
                    found.warning(Code::UnpublishedBot, id, parameters);
                } else {
                    found.error(Code::UnknownBot, id, [("bot", json!(bot))]);
                }
            }
            let named = |flow: &&String| sub_flow.bot.as_deref().is_some_and(|bot| fold(bot) == fold(flow));
            if let Some(flow) = around.shared_flows.iter().find(named) {
                found.warning(Code::SeveralBots, id, [("bot", json!(flow))]);
            }
        }
        Body::AiAnswer(ask) => model(&ask.model, id, way_on, around, found),
        Body::AiExtract(ask) => model(&ask.model, id, way_on, around, found),
        Body::Email(_) => connection("email", None, around.mail.as_ref(), id, way_on, found),
        Body::Assign(assign) => who(assign.person.as_deref(), assign.team.as_deref(), id, around, found),
        Body::Online(online) => who(online.person.as_deref(), online.team.as_deref(), id, around, found),
        Body::HandOver(work) => {
            who(work.person.as_deref(), work.team.as_deref(), id, around, found);
            if work.ai_summary {
                // Without the model the team is told what was said.
                model(&work.model, id, true, around, found);
            }
        }
        Body::CreateTask(task) => who(task.person.as_deref(), task.team.as_deref(), id, around, found),
        Body::CreateDeal(deal) => stage(deal.pipeline.as_deref(), deal.stage.as_deref(), id, around, found),
        Body::MoveDeal(deal) => stage(deal.pipeline.as_deref(), Some(&deal.stage), id, around, found),
        _ => {}
    }
}

fn model(asked: &AiModel, id: Option<&str>, way_on: bool, around: &Surroundings, found: &mut Findings) {
    connection("ai", asked.connection.as_deref(), around.models.as_ref(), id, way_on, found);
}

/// A connection that is not there: whoever comes to the block is lost, unless it has a way on for what fails.
fn connection(
    kind: &str,
    name: Option<&str>,
    known: Option<&BTreeSet<String>>,
    id: Option<&str>,
    way_on: bool,
    found: &mut Findings,
) {
    let Some(known) = known else { return };
    let name = name.filter(|name| !name.is_empty());
    let is_there = match name {
        Some(name) => known.contains(name),
        // Without a name it is the first.
        None => !known.is_empty(),
    };
    if !is_there {
        let severity = if way_on { Severity::Warning } else { Severity::Error };
        let parameters = [("kind", json!(kind)), ("name", json!(name.unwrap_or_default()))];
        found.add(severity, Code::MissingConnection, id, parameters);
    }
}

fn trigger(trigger: &Trigger, around: &Surroundings, found: &mut Findings) {
    let kind = serde_json::to_value(&trigger.kind).unwrap_or_default();
    let entry = trigger_catalogue().iter().find(|entry| kind == entry.kind);
    if let Some(feature) = entry.and_then(|entry| entry.feature) {
        available(feature, None, Some(&trigger.id), around, found);
    }
    if trigger.kind == TriggerKind::DealMoved {
        stage(trigger.pipeline.as_deref(), trigger.stage.as_deref(), None, around, found);
    }
}

fn template(
    template: &SendTemplate,
    options: usize,
    id: Option<&str>,
    around: &Surroundings,
    found: &mut Findings,
) {
    if options + template.buttons.len() > whatsapp::TEMPLATE_BUTTONS {
        let parameters = [
            ("count", json!(options + template.buttons.len())),
            ("limit", json!(whatsapp::TEMPLATE_BUTTONS)),
        ];
        found.warning(Code::TooManyButtons, id, parameters);
    }
    if around.templates.is_none() {
        return;
    }
    match around.template(&template.name, &template.language) {
        None if template.name.is_empty() => {}
        None => {
            let named = [("name", json!(template.name)), ("language", json!(template.language))];
            found.error(Code::UnknownTemplate, id, named);
        }
        Some(known) => fits(known, template, options, id, found),
    }
}

impl Surroundings {
    fn template(&self, name: &str, language: &str) -> Option<&KnownTemplate> {
        // Meta writes languages both ways.
        let same = |text: &str| text.trim().replace('-', "_").to_lowercase();
        let mut known = self.templates.iter().flatten();
        known.find(|known| known.name == name && same(&known.language) == same(language))
    }
}

fn ready_template(work: &Work) -> Option<&ReadyTemplate> {
    match work {
        Work::Template(template) => Some(template),
        Work::Ask(ask) => ask.template.as_ref(),
        _ => None,
    }
}

/// A template's words with what is known of their values before a run: Meta takes no more of both together. Where it did
/// not tell the words, the flow may have them.
fn filled(template: &ReadyTemplate, known: Option<&KnownTemplate>, id: Option<&str>, found: &mut Findings) {
    let values: Vec<Parameter> = template
        .body
        .iter()
        .map(|(name, text)| {
            let text = "x".repeat(least_length(text).min(whatsapp::TEMPLATE_BODY));
            Parameter { name: name.clone(), text }
        })
        .collect();
    let words = known.map(|known| known.body.as_str()).filter(|words| !words.is_empty());
    let length = match words.unwrap_or(&template.words) {
        "" => values.iter().map(|value| value.text.len()).sum(),
        words => units(&outgoing::filled(words, &values)),
    };
    if length > whatsapp::TEMPLATE_BODY {
        found.error(Code::TooLong, id, cut_parameters("body", length, whatsapp::TEMPLATE_BODY));
    }
}

/// Whether what fills a template is what it needs: Meta refuses too much as it does too little.
fn fits(
    known: &KnownTemplate,
    template: &SendTemplate,
    options: usize,
    id: Option<&str>,
    found: &mut Findings,
) {
    let given: Vec<&str> = template.body.iter().filter_map(|one| one.name.as_deref()).collect();
    let all_named = !known.named || known.places.iter().all(|place| given.contains(&place.name.as_str()));
    if known.places.len() != template.body.len() || !all_named {
        let named = [("name", json!(template.name)), ("language", json!(template.language))];
        let counts = [("wanted", json!(known.places.len())), ("given", json!(template.body.len()))];
        let ([name, language], [wanted, given]) = (named, counts);
        found.error(Code::TemplatePlaces, id, [name, language, wanted, given]);
    }
    let wanted = known.header.as_ref().map_or(NOTHING, |header| {
        let is_plain = header.kind == "text" && header.place.is_none();
        if is_plain { NOTHING } else { &header.kind }
    });
    if given_header(template.header.as_ref()) != wanted {
        let parameters = [("name", json!(template.name)), ("wanted", json!(wanted))];
        found.error(Code::TemplateHeader, id, parameters);
    }
    let mut wrong = |index: usize| {
        found.error(Code::TemplateButton, id, [("name", json!(template.name)), ("number", json!(index + 1))]);
    };
    let is = |index: usize, kind: &str, fillable: bool| {
        known.buttons.get(index).is_some_and(|button| button.kind == kind && button.fillable == fillable)
    };
    for index in 0..options {
        if !is(index, "quick_reply", false) {
            wrong(index);
        }
    }
    // What the options stand for is not filled again.
    let place = |button: &TemplateButton| usize::try_from(button.index).unwrap_or(usize::MAX);
    for button in template.buttons.iter().filter(|button| place(button) >= options) {
        let fits = match button.kind {
            TemplateButtonKind::QuickReply => is(place(button), "quick_reply", false),
            TemplateButtonKind::Url => is(place(button), "url", true),
            TemplateButtonKind::CopyCode => is(place(button), "copy_code", true),
        };
        if !fits {
            wrong(place(button));
        }
    }
    for (index, button) in known.buttons.iter().enumerate() {
        if button.fillable && !template.buttons.iter().any(|given| place(given) == index) {
            wrong(index);
        }
    }
}

/// A header that needs nothing, or none.
const NOTHING: &str = "nothing";

fn given_header(header: Option<&TemplateHeader>) -> &'static str {
    match header.map(|header| (&header.media, &header.text)) {
        Some((Some(media), _)) => match media.kind {
            MediaKind::Image => "image",
            MediaKind::Video => "video",
            MediaKind::Document => "document",
            MediaKind::Audio => "audio",
            MediaKind::Sticker => "sticker",
        },
        Some((None, Some(text))) if !text.trim().is_empty() => "text",
        _ => NOTHING,
    }
}

/// The name, where it is written out and not known.
fn unknown<'a>(name: Option<&'a str>, known: Option<&BTreeSet<String>>) -> Option<&'a str> {
    let name = name.map(str::trim).filter(|name| !name.is_empty() && !name.contains("{{"))?;
    let same = |other: &String| fold(other) == fold(name);
    (!known?.iter().any(same)).then_some(name)
}

fn who(
    person: Option<&str>,
    team: Option<&str>,
    id: Option<&str>,
    around: &Surroundings,
    found: &mut Findings,
) {
    if let Some(name) = unknown(person, around.people.as_ref()) {
        found.error(Code::UnknownPerson, id, [("name", json!(name))]);
    }
    if let Some(name) = unknown(team, around.teams.as_ref()) {
        found.warning(Code::UnknownTeam, id, [("name", json!(name))]);
    }
}

fn stage(
    pipeline: Option<&str>,
    stage: Option<&str>,
    id: Option<&str>,
    around: &Surroundings,
    found: &mut Findings,
) {
    let Some(pipelines) = &around.pipelines else { return };
    let names: BTreeSet<String> = pipelines.keys().cloned().collect();
    if let Some(name) = unknown(pipeline, Some(&names)) {
        return found.warning(Code::UnknownStage, id, [("pipeline", json!(name))]);
    }
    let of = |name: &String| pipeline.is_none_or(|pipeline| fold(pipeline) == fold(name));
    let stages = pipelines.iter().filter(|(name, _)| of(name)).flat_map(|(_, stages)| stages);
    if let Some(name) = unknown(stage, Some(&stages.cloned().collect())) {
        found.warning(Code::UnknownStage, id, [("stage", json!(name))]);
    }
}
