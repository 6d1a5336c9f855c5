//! How other programs call a bot: where, and with what, ready to be copied. The address of a conversation is made anew for
//! each, so what is shown of it is how a flow hands it on.

use serde_json::json;

use crate::Node;
use crate::builder::document::{Block, Spot};
use crate::builder::model::Model;
use crate::builder::triggers::Msg;
use crate::i18n::t;
use crate::kit::{Button, Icon, Look, el};
use crate::t;

impl Model {
    /// How a trigger of the API is called.
    pub(super) fn view_api_call(&self, trigger: &Spot) -> Option<Node> {
        if trigger.text("kind") != "api" {
            return None;
        }
        let name = match trigger.text("name").trim() {
            "" => trigger.id.as_str(),
            name => name,
        };
        let address = format!("{}/api/v1/customers/{}/start", self.origin, t("call-customer-id"));
        let body = json!({ "name": name, "event": { "order": 17 } });
        let example = format!(
            "curl -X POST '{address}' \\\n  -H 'Authorization: Bearer TOKEN' \\\n  -H 'Content-Type: application/json' \\\n  -d '{}'",
            body.to_string().replace('\'', "'\\''")
        );
        Some(part(&t("api-call"), &t("api-call-words"), &address, &example))
    }

    /// How a conversation that waits for a call is called.
    pub(super) fn view_own_address(&self, block: &Block) -> Option<Node> {
        if block.kind != "wait_call" {
            return None;
        }
        let shape = format!("{}/hooks/…", self.origin);
        let words = t!("own-address-words", address = shape.as_str());
        let example = "curl -X POST '{{callback}}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"paid\": true}'";
        Some(part(&t("own-address"), &words, "{{callback}}", example))
    }
}

fn part(title: &str, words: &str, address: &str, example: &str) -> Node {
    let copy = |id: &str, label: String, text: &str| -> Node {
        Button::new(Look::Plain, label).icon(Icon::Copy).id(id).on(Msg::CopyText(text.to_owned()))
    };
    el("section")
        .class("call-example")
        .key("call")
        .attr("aria-labelledby", "call-title")
        .child(el("h3").id("call-title").text(title))
        .child(el("p").class("hint").text(words))
        .child(el("pre").class("code").attr("tabindex", "0").key("address").text(address))
        .child(el("pre").class("code").attr("tabindex", "0").key("example").text(example))
        .child(
            el("div")
                .class("row-of-buttons")
                .child(copy("copy-address", t("copy-address"), address))
                .child(copy("copy-example", t("copy-example"), example)),
        )
        .into()
}
