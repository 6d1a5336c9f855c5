//! What the page of connections shows.

use beseda_wire::connections::{Connection, ConnectionKind, MailSecurity};

use super::form::{Form, SECURITIES, What, security_name};
use super::{Dialog, KINDS, Model, Msg, fault_words, kind_words};
use crate::kit::dialog::dialog;
use crate::kit::field::{Field, select};
use crate::kit::{Button, El, Icon, Look, el, event, icon, notice, skeleton};
use crate::pages::roles::rules;
use crate::pages::{Around, Load};
use crate::router::{Route, Section};
use crate::{Node, shell, t};

impl Model {
    pub fn view(&self, around: &Around<'_>) -> Node {
        let body = match &self.list {
            _ if !rules(around.role) => {
                notice::empty(Icon::Lock, &t!("connections-closed"), &t!("connections-closed-words"), None)
            }
            Load::Failed(failure) => {
                let again = crate::Msg::Go(Route::Settings(Section::Connections));
                notice::failure(failure, Some(again))
            }
            Load::Not | Load::Loading => skeleton(3, "rows"),
            Load::Ready(all) => {
                el("div").class("panels").children(KINDS.map(|kind| panel(kind, all, around))).into()
            }
        };
        shell::settings(Section::Connections, &t!("connections-lead"), body)
    }

    pub(super) fn overlay(&self) -> Option<Node> {
        match &self.dialog {
            Dialog::None => None,
            Dialog::Form(form) => Some(self.form(form)),
            Dialog::Remove(name) => Some(self.removal(name)),
        }
    }

    fn form(&self, form: &Form) -> Node {
        let title = if form.is_known { form.name().to_owned() } else { add(form.kind) };
        let body = el("form")
            .class("form")
            .attr("novalidate", "true")
            .on(event::submit(Msg::Save))
            .maybe(form.failure.as_ref().map(|failure| notice::failure(failure, None)))
            // Flows name it: another name would be another connection.
            .children(
                form.fields()
                    .filter(|what| !(form.is_known && *what == What::Name))
                    .map(|what| field(form, what)),
            )
            .child(
                el("div")
                    .class("form-buttons")
                    .child(Button::new(Look::Plain, t!("cancel")).on(Msg::Close))
                    .child(Button::new(Look::Primary, t!("save")).busy(self.busy).submit()),
            );
        dialog("connection", &title, Msg::Close.into(), [body.into()])
    }

    fn removal(&self, name: &str) -> Node {
        let lines = [t!("connection-goes"), t!("connection-flows")];
        dialog(
            "connection",
            &t!("connection-remove-title", name = name),
            Msg::Close.into(),
            [
                el("ul").class("goes").children(lines.map(|line| el("li").key(&line).text(&line))).into(),
                el("div")
                    .class("form-buttons")
                    .child(Button::new(Look::Plain, t!("cancel")).id("connection-keep").on(Msg::Close))
                    .child(
                        Button::new(Look::Danger, t!("connection-remove"))
                            .icon(Icon::Trash2)
                            .busy(self.busy)
                            .on(Msg::Remove),
                    )
                    .into(),
            ],
        )
    }
}

fn panel(kind: ConnectionKind, all: &[Connection], around: &Around<'_>) -> El {
    let title = kind_words(kind);
    el("section")
        .class("panel")
        .key(&title)
        .child(el("h2").text(&title))
        .child(el("p").class("muted").text(about(kind)))
        .child(
            el("ul")
                .class("sessions connections")
                .label(&title)
                .children(all.iter().filter(|one| one.kind == kind).map(|one| row(one, around))),
        )
        .child(
            el("div")
                .class("actions")
                .child(Button::new(Look::Plain, add(kind)).icon(Icon::Plus).on(Msg::Add(kind))),
        )
}

fn row(one: &Connection, around: &Around<'_>) -> El {
    let about = match one.kind {
        ConnectionKind::Secret => format!("{{{{ secret.{} }}}}", one.name),
        ConnectionKind::Ai => {
            let parts = [one.model.as_deref(), one.url.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
        ConnectionKind::Email => {
            let host = one.host.clone().unwrap_or_default();
            let host = one.port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
            one.from.iter().cloned().chain([host]).collect::<Vec<_>>().join(" · ")
        }
    };
    el("li")
        .key(&one.name)
        .child(icon(picture(one.kind)))
        .child(
            el("div")
                .child(el("b").text(&one.name))
                .child(el("p").text(about))
                .child(el("p").text(t!("connection-since", time = &around.clock.full(one.updated_at)))),
        )
        .child(Button::new(Look::Plain, t!("connection-change")).on(Msg::Change(one.name.clone())))
        .child(
            el("button")
                .class("icon-button")
                .attr("type", "button")
                .label(t!("connection-remove-label", name = &one.name))
                .attr("title", t!("connection-remove"))
                .on(event::click(Msg::AskRemove(one.name.clone())))
                .child(icon(Icon::Trash2)),
        )
}

fn field(form: &Form, what: What) -> Node {
    if what == What::Security {
        let options =
            SECURITIES.map(|security| (security_name(security).to_owned(), security_words(security)));
        return select(
            what.id(),
            &t!("connection-security"),
            security_name(form.security()),
            options,
            event::input_of(what, Msg::Typed),
        );
    }
    let field = Field::new(what.id(), label(form.kind, what))
        .value(form.text(what))
        .error(form.fault(what).map(fault_words));
    let field = match what {
        What::Name => field.hint(t!("connection-name-hint")).required(),
        What::Url => field
            .kind("url")
            .placeholder("https://api.openai.com/v1")
            .hint(t!("connection-url-hint"))
            .required(),
        What::Model => field.placeholder("gpt-4o-mini").required(),
        What::Host => field.placeholder("smtp.example.com").required(),
        What::Port => field.placeholder(form.port_hint()),
        What::Secret if form.is_known => {
            field.kind("password").autocomplete("new-password").hint(t!("connection-stays"))
        }
        What::Secret => field.kind("password").autocomplete("new-password").hint(t!("connection-hidden")),
        What::From => field.kind("email").placeholder("shop@example.com").required(),
        What::User | What::Security => field,
    };
    field.on(event::input_of(what, Msg::Typed))
}

fn label(kind: ConnectionKind, what: What) -> String {
    match what {
        What::Name => t!("name"),
        What::Url => t!("connection-url"),
        What::Model => t!("connection-model"),
        What::Host => t!("connection-host"),
        What::Port => t!("connection-port"),
        What::Security => t!("connection-security"),
        What::User => t!("connection-user"),
        What::From => t!("connection-from"),
        What::Secret => match kind {
            ConnectionKind::Secret => t!("connection-value"),
            ConnectionKind::Ai => t!("connection-key"),
            ConnectionKind::Email => t!("password"),
        },
    }
}

fn security_words(security: MailSecurity) -> String {
    match security {
        MailSecurity::Tls => t!("connection-tls"),
        MailSecurity::Starttls => t!("connection-starttls"),
        MailSecurity::None => t!("connection-open-text"),
    }
}

const fn picture(kind: ConnectionKind) -> Icon {
    match kind {
        ConnectionKind::Secret => Icon::KeyRound,
        ConnectionKind::Ai => Icon::Sparkles,
        ConnectionKind::Email => Icon::Mail,
    }
}

fn about(kind: ConnectionKind) -> String {
    match kind {
        ConnectionKind::Secret => t!("connection-secret-about"),
        ConnectionKind::Ai => t!("connection-ai-about"),
        ConnectionKind::Email => t!("connection-email-about"),
    }
}

fn add(kind: ConnectionKind) -> String {
    match kind {
        ConnectionKind::Secret => t!("connection-add-secret"),
        ConnectionKind::Ai => t!("connection-add-ai"),
        ConnectionKind::Email => t!("connection-add-email"),
    }
}
