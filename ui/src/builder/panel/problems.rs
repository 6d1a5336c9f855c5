//! What the checker found, with a way to each place.

use beseda_flow::{Code, Finding, Severity};

use crate::Node;
use crate::builder::document::Item;
use crate::builder::model::Model;
use crate::builder::{Msg, words};
use crate::i18n::t;
use crate::kit::{Button, Icon, Look, el, event, icon};
use crate::t;

pub const fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "bad",
        Severity::Warning => "warn",
        Severity::Hint => "good-to-know",
    }
}

pub const fn severity_icon(severity: Severity) -> Icon {
    match severity {
        Severity::Error => Icon::CircleAlert,
        Severity::Warning => Icon::TriangleAlert,
        Severity::Hint => Icon::Info,
    }
}

/// Whether it is gone when somebody allows what came from elsewhere.
pub fn is_allowed_by_people(finding: &Finding) -> bool {
    matches!(finding.code, Code::AddressOff | Code::OffUntilAllowed)
}

impl Model {
    pub fn view_problems(&self) -> Node {
        let body = el("div").class("problems").key("problems");
        if let Some(words) = &self.unreadable {
            return body
                .child(
                    el("div").class("problem bad").child(icon(Icon::CircleAlert)).child(
                        el("div")
                            .child(el("p").text(t("flow-unreadable")))
                            .child(el("p").class("muted").text(words)),
                    ),
                )
                .into();
        }
        if self.problems.is_empty() {
            return body
                .child(
                    el("div")
                        .class("problems-none")
                        .child(icon(Icon::CircleCheck))
                        .child(el("p").text(t("problems-none"))),
                )
                .into();
        }
        let off = self.problems.iter().filter(|finding| is_allowed_by_people(finding)).count();
        let allow =
            (off > 1 && !self.is_read_only && self.doc.blocks().any(|(_, block)| block.has_address_off()))
                .then(|| {
                    let words = t!("allow-addresses", count = i64::try_from(off).unwrap_or(i64::MAX));
                    let button = Button::new(Look::Plain, words).icon(Icon::Check).id("allow-addresses");
                    el("div").class("problems-do").key("allow").child(button.on(Msg::Allow(None)))
                });
        // Each kind with its number: the tab and the publishing name the same ones.
        let kinds = [
            (Severity::Error, "problems-mistakes"),
            (Severity::Warning, "problems-remarks"),
            (Severity::Hint, "problems-hints"),
        ];
        let parts = kinds.into_iter().filter_map(|(severity, words)| {
            let found = || self.problems.iter().filter(move |finding| finding.severity == severity);
            let count = i64::try_from(found().count()).unwrap_or(i64::MAX);
            (count > 0).then(|| {
                el("section").key(words).child(el("h3").text(t!(words, count = count))).child(
                    el("ul").children(found().enumerate().map(|(n, finding)| self.problem(n, finding))),
                )
            })
        });
        body.maybe(allow).children(parts).into()
    }

    /// What the checker found that does not stand in the way, each with its way there.
    pub fn view_remarks(&self) -> Option<Node> {
        let found = self.problems.iter().filter(|finding| finding.severity == Severity::Warning);
        (self.remarks() > 0).then(|| {
            let count = i64::try_from(self.remarks()).unwrap_or(i64::MAX);
            el("details")
                .class("publish-remarks")
                .key("remarks")
                .child(el("summary").text(t!("publish-warnings", count = count)))
                .child(
                    el("ul")
                        .class("problems")
                        .children(found.enumerate().map(|(index, finding)| self.problem(index, finding))),
                )
                .into()
        })
    }

    fn problem(&self, index: usize, finding: &Finding) -> Node {
        let block = finding.block.as_deref().and_then(|id| self.doc.block(id));
        let place = block
            .map(|(group, block)| format!("{} · {}", self.group_title(group), self.scene.words_of(block)));
        let way = self.way_to(finding);
        let inside: Vec<Node> = vec![
            icon(severity_icon(finding.severity)),
            el("div")
                .child(el("p").text(words::finding(finding, block.map(|(_, block)| &**block))))
                .maybe(place.map(|place| el("p").class("muted cut").text(place)))
                .into(),
        ];
        let row = el("li").key(index);
        match way {
            Some(way) => row
                .child(
                    el("button")
                        .class("problem")
                        .class(severity_class(finding.severity))
                        .attr("type", "button")
                        .on(event::click(way))
                        .children(inside),
                )
                .into(),
            None => row
                .child(el("div").class("problem").class(severity_class(finding.severity)).children(inside))
                .into(),
        }
    }

    /// What leads to where a finding is: something on the canvas, or a field of the flow's own form.
    fn way_to(&self, finding: &Finding) -> Option<Msg> {
        if let Some(item) = self.place_of(finding) {
            return Some(Msg::GoTo(item));
        }
        if finding.block.is_some() {
            return None;
        }
        let told = |name: &str| finding.parameters.get(name).and_then(serde_json::Value::as_str);
        if told("country").is_some() {
            return Some(Msg::GoToField("/settings/country".to_owned()));
        }
        if let (Code::CutText, Some(field)) = (finding.code, told("field")) {
            return Some(Msg::GoToField(format!("/settings/texts/{field}")));
        }
        let name = told("name")?;
        let variables = self.doc.rest.get("variables")?.as_array()?;
        let place = variables.iter().position(|variable| variable["name"] == *name)?;
        let field = if finding.code == Code::PlaceholderAddress { "default" } else { "name" };
        Some(Msg::GoToField(format!("/variables/{place}/{field}")))
    }

    fn place_of(&self, finding: &Finding) -> Option<Item> {
        let named =
            |name: &str| finding.parameters.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let items = [
            finding.block.clone().map(Item::Block),
            named("trigger").map(Item::Trigger),
            named("edge").map(Item::Edge),
            named("group").map(Item::Group),
        ];
        items.into_iter().flatten().find(|item| self.doc.has(item))
    }
}
