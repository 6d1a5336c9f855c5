//! What expressions can do, with examples: a help that opens below a form. The list is the engine's own, and its tests
//! evaluate every example.

use beseda_flow::{AbilityGroup, SAMPLE};

use crate::Node;
use crate::builder::words::language;
use crate::i18n::t;
use crate::kit::el;
use crate::t;

pub fn help() -> Node {
    let language = language();
    let sample: Vec<String> = SAMPLE.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    el("details")
        .class("form-more expressions")
        .key("expressions")
        .child(el("summary").text(t("expressions")))
        .child(el("p").class("hint").key("lead").text(t("expressions-lead")))
        .child(
            el("p")
                .class("hint")
                .key("sample")
                .text(t!("expressions-sample", values = sample.join(", ").as_str())),
        )
        .children(AbilityGroup::ALL.map(|group| {
            el("section").key(format!("{group:?}")).child(el("h3").text(group.title(language))).child(
                el("dl").children(group.abilities().map(|ability| {
                    el("div")
                        .key(ability.example)
                        .child(
                            el("dt")
                                .child(el("code").text(ability.example))
                                .child(el("span").text(format!("→ {}", ability.gives))),
                        )
                        .child(el("dd").text(ability.about(language)))
                })),
            )
        }))
        .into()
}
