//! The part of a request's panel where it is tried.

use beseda_wire::trials::{RequestFailure, TriedRequest};
use serde_json::Value;

use super::tree::{self, Tree};
use super::{HEADERS, Msg, PARTS};
use crate::api::Failure;
use crate::builder::document::Block;
use crate::builder::model::Model as Builder;
use crate::i18n::t;
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, Icon, Look, el, event, notice};
use crate::{Node, t};

fn typed(name: String, text: String) -> Msg {
    Msg::Value(name, text)
}

impl Builder {
    /// Where a request is tried, for blocks that make one.
    pub fn view_trial(&self, block: &Block) -> Option<Node> {
        if block.kind != "http" {
            return None;
        }
        let fields = Self::reads(block).into_iter().map(|name| {
            let id = format!("trial-{name}");
            el("div")
                .class("field")
                .key(&id)
                .child(el("label").attr("for", id.clone()).text(&name))
                .child(
                    el("input")
                        .id(&id)
                        .class("input")
                        .attr("type", "text")
                        .attr("autocomplete", "off")
                        .attr("spellcheck", "false")
                        .attr("value", self.stand_in(&name))
                        .on(event::input_of(name, typed)),
                )
                .into()
        });
        let fields: Vec<Node> = fields.collect();
        let busy = self.trial.waits.is_some();
        let answer = self.trial.answer.as_ref().filter(|(of, _)| *of == block.id).map(|(_, answer)| answer);
        let told = match answer {
            None => None,
            Some(Ok(tried)) => Some(came_back(tried, block)),
            Some(Err(failure)) => Some(refused(failure)),
        };
        Some(
            el("section")
                .class("trial")
                .key("trial")
                .attr("aria-labelledby", "trial-title")
                .child(el("h3").id("trial-title").text(t("trial")))
                .child(el("p").class("hint").key("hint").text(t("trial-hint")))
                .maybe((!fields.is_empty()).then(|| {
                    el("fieldset")
                        .class("field")
                        .key("values")
                        .child(el("legend").text(t("trial-values")))
                        .children(fields)
                }))
                .child(
                    Button::new(Look::Plain, t("trial-send"))
                        .icon(Icon::SendHorizontal)
                        .id("trial-send")
                        .busy(busy)
                        .on(Msg::Send),
                )
                .child(el("div").class("trial-told").id("trial-told").attr("role", "status").maybe(told))
                .into(),
        )
    }
}

fn refused(failure: &Failure) -> Node {
    notice::failure(failure, None)
}

fn came_back(tried: &TriedRequest, block: &Block) -> Node {
    let Some(status) = tried.status else {
        let why = tried.why.unwrap_or(RequestFailure::Other);
        let words = t(match why {
            RequestFailure::UnknownHost => "trial-unknown-host",
            RequestFailure::Refused => "trial-refused",
            RequestFailure::Unreachable => "trial-unreachable",
            RequestFailure::TimedOut => "trial-timed-out",
            RequestFailure::NotSecure => "trial-not-secure",
            RequestFailure::PrivateAddress => "trial-private-address",
            RequestFailure::TooLarge => "trial-too-large",
            RequestFailure::CutOff => "trial-cut-off",
            RequestFailure::BadAddress => "trial-bad-address",
            RequestFailure::BadRequest => "trial-bad-request",
            RequestFailure::NoSecret => "trial-no-secret",
            RequestFailure::Other => "trial-failed",
        });
        let technical = tried.failure.as_deref().filter(|_| leaves_a_question(why));
        return el("div")
            .class("trial-failed")
            .key("failed")
            .child(notice::problem(&words))
            .maybe(technical.map(|words| el("p").class("hint").key("technical").text(words)))
            .into();
    };
    let (tone, words) = match status {
        200..300 => (Tone::Green, t("trial-well")),
        300..400 => (Tone::Amber, elsewhere(tried)),
        _ => (Tone::Amber, t("trial-not-well")),
    };
    let nothing = Value::Null;
    let body = tried.body.as_ref().unwrap_or(&nothing);
    let saved = PARTS.saved(&block.fields);
    // To HEAD nothing comes but headers.
    let has_body = !matches!(body, Value::Null) && body.as_str() != Some("");
    el("div")
        .class("trial-answer")
        .key("answer")
        .child(
            el("p")
                .key("status")
                .child(tag(tone, t!("trial-status", status = status.to_string().as_str())))
                .child(el("span").text(words)),
        )
        .child(
            el("details")
                .class("form-more")
                .key("headers")
                .attr_if(!has_body || !HEADERS.saved(&block.fields).is_empty(), "open", true)
                .child(el("summary").text(t("field-headers")))
                .child(headers(tried, block)),
        )
        .maybe(has_body.then(|| el("p").class("hint").key("pick").text(t("trial-pick"))))
        .maybe((!has_body).then(|| el("p").class("hint").key("empty").text(t("trial-no-body"))))
        .maybe(has_body.then(|| Tree::new(body, &saved).view()))
        .into()
}

/// Whether the technical words tell more than the sentence: what is wrong with a certificate, which name or header is meant.
const fn leaves_a_question(why: RequestFailure) -> bool {
    match why {
        RequestFailure::Refused
        | RequestFailure::TimedOut
        | RequestFailure::PrivateAddress
        | RequestFailure::TooLarge
        | RequestFailure::CutOff
        | RequestFailure::BadAddress => false,
        RequestFailure::UnknownHost
        | RequestFailure::Unreachable
        | RequestFailure::NotSecure
        | RequestFailure::BadRequest
        | RequestFailure::NoSecret
        | RequestFailure::Other => true,
    }
}

/// Where a service points, in place of an answer.
fn elsewhere(tried: &TriedRequest) -> String {
    let header = tried.headers.iter().find(|header| header.name.eq_ignore_ascii_case("location"));
    match header {
        Some(header) => t!("trial-elsewhere-to", where = tree::cut(&header.value).as_str()),
        None => t("trial-elsewhere"),
    }
}

/// The headers of an answer, each to be kept in a variable. What came several times under one name is one.
fn headers(tried: &TriedRequest, block: &Block) -> Node {
    let saved = HEADERS.saved(&block.fields);
    let mut all: Vec<(String, String)> = vec![];
    for header in &tried.headers {
        match all.iter_mut().find(|(name, _)| *name == header.name) {
            Some((_, value)) => *value = format!("{value}, {}", header.value),
            None => all.push((header.name.clone(), header.value.clone())),
        }
    }
    let rows = all.into_iter().map(|(name, value)| {
        let of = saved.iter().find(|(header, _)| header.trim().eq_ignore_ascii_case(&name));
        let kept = of.map(|(_, variable)| variable.as_str()).filter(|variable| !variable.is_empty());
        // Chosen again, the mapping is found under the name that was written.
        let picked = of.map_or(&name, |(header, _)| header).clone();
        el("li").key(&name).child(
            tree::taker(kept)
                .attr("data-header", name.clone())
                .on(event::click(Msg::PickHeader(picked)))
                .child(el("span").class("json-key").text(&name))
                .child(el("span").class("json-text").text(tree::cut(&value)))
                .children(tree::kept(&name, kept)),
        )
    });
    el("div").class("json-tree").key("list").child(el("ul").children(rows)).into()
}
