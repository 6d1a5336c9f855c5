//! What the people's page shows.

use beseda_wire::businesses::{Invitation, Member, Role};
use beseda_wire::ids::UserId;

use super::{Dialog, Model, Msg, ROLES, may_give, role_name};
use crate::kit::avatar::avatar;
use crate::kit::dialog::dialog;
use crate::kit::field::{Field, select};
use crate::kit::tag::{Tone, tag};
use crate::kit::{Button, Icon, Look, el, event, icon, notice, skeleton};
use crate::pages::roles::{role_words, rules};
use crate::pages::{Around, Load};
use crate::router::{Route, Section};
use crate::{Node, shell, t};

impl Model {
    pub fn view(&self, around: &Around<'_>) -> Node {
        let again = || Some(crate::Msg::Go(Route::Settings(Section::People)));
        let list = match &self.members {
            Load::Not | Load::Loading => skeleton(3, "rows"),
            Load::Failed(failure) => notice::failure(failure, again()),
            Load::Ready(members) => el("ul")
                .class("sessions people")
                .label(t!("people"))
                .children(members.iter().map(|member| person(member, around)))
                .into(),
        };
        let body = el("div")
            .class("panels")
            .child(panel(&t!("people")).child(list).maybe(rules(around.role).then(|| {
                el("div").class("actions").child(
                    Button::new(Look::Primary, t!("people-invite")).icon(Icon::Plus).on(Msg::AskInvite),
                )
            })))
            .maybe(rules(around.role).then(|| self.invited(around)).flatten());
        shell::settings(Section::People, &t!("people-lead"), body.into())
    }

    fn invited(&self, around: &Around<'_>) -> Option<Node> {
        match &self.invitations {
            Load::Ready(invitations) if !invitations.is_empty() => Some(
                panel(&t!("people-invited"))
                    .child(
                        el("ul")
                            .class("sessions people")
                            .label(t!("people-invited"))
                            .children(invitations.iter().map(|invitation| waiting(invitation, around))),
                    )
                    .into(),
            ),
            Load::Failed(failure) => Some(notice::failure(failure, None)),
            _ => None,
        }
    }

    pub(super) fn overlay(&self, around: &Around<'_>) -> Option<Node> {
        match &self.dialog {
            Dialog::None => None,
            Dialog::Invite => Some(self.form(around.role)),
            Dialog::Made(invitation) => Some(made(invitation, around)),
            Dialog::Remove(id) => self.removal(*id),
        }
    }

    fn form(&self, role: Role) -> Node {
        let given = ROLES.into_iter().filter(|given| may_give(role, *given));
        let error =
            self.failure.as_ref().and_then(|failure| failure.field("email")).map(|_| t!("needs-email"));
        let elsewhere = self.failure.as_ref().filter(|_| error.is_none());
        let taken = elsewhere.filter(|failure| failure.kind() == "conflict");
        let other = elsewhere.filter(|failure| failure.kind() != "conflict");
        let form = el("form")
            .class("form")
            .attr("novalidate", "true")
            .on(event::submit(Msg::Invite))
            .maybe(taken.map(|_| notice::problem(&t!("people-member-already"))))
            .maybe(other.map(|failure| notice::failure(failure, None)))
            .child(
                Field::new("invite-email", t!("email"))
                    .kind("email")
                    .value(&self.email)
                    .error(error)
                    .required()
                    .on(event::input(Msg::Email)),
            )
            .child(select(
                "invite-role",
                &t!("people-role"),
                role_name(self.role),
                given.map(|role| (role_name(role).to_owned(), role_words(role))),
                event::input(Msg::NewRole),
            ))
            .child(el("p").class("muted").text(about(self.role)))
            .child(
                el("div")
                    .class("form-buttons")
                    .child(Button::new(Look::Plain, t!("cancel")).on(Msg::Close))
                    .child(Button::new(Look::Primary, t!("people-make-link")).busy(self.busy).submit()),
            );
        dialog("invite", &t!("people-invite"), Msg::Close.into(), [form.into()])
    }

    /// What ends with somebody, before it ends.
    fn removal(&self, id: UserId) -> Option<Node> {
        let member = self.members.ready()?.iter().find(|member| member.id == id)?;
        let lines = [t!("people-remove-access"), t!("people-remove-invitations"), t!("people-remove-stays")];
        Some(dialog(
            "remove",
            &t!("people-remove-title", name = &member.name),
            Msg::Close.into(),
            [
                el("ul").class("goes").children(lines.map(|line| el("li").key(&line).text(&line))).into(),
                el("div")
                    .class("form-buttons")
                    .child(Button::new(Look::Plain, t!("cancel")).id("remove-cancel").on(Msg::Close))
                    .child(
                        Button::new(Look::Danger, t!("people-remove"))
                            .icon(Icon::Trash2)
                            .busy(self.busy)
                            .on(Msg::Remove),
                    )
                    .into(),
            ],
        ))
    }
}

fn person(member: &Member, around: &Around<'_>) -> Node {
    let is_me = member.id == around.me.id;
    let ruled = !is_me && may_give(around.role, member.role);
    let row = el("li").key(member.id).child(avatar(&member.name, "small")).child(
        el("div")
            .child(el("b").text(if is_me {
                t!("people-me", name = &member.name)
            } else {
                member.name.clone()
            }))
            .child(el("p").text(&member.email)),
    );
    if !ruled {
        return row.child(tag(Tone::Grey, role_words(member.role))).into();
    }
    let given = ROLES.into_iter().filter(|role| may_give(around.role, *role));
    row.child(
        el("select")
            .id(format!("role-{}", member.id))
            .class("input")
            .label(t!("people-role-of", name = &member.name))
            .on(event::input_of(member.id, Msg::Role))
            .children(given.map(|role| {
                el("option")
                    .key(role_name(role))
                    .attr("value", role_name(role))
                    .flag("selected", role == member.role)
                    .text(role_words(role))
            })),
    )
    .child(Button::new(Look::Plain, t!("people-remove")).on(Msg::AskRemove(member.id)))
    .into()
}

fn waiting(invitation: &Invitation, around: &Around<'_>) -> Node {
    el("li")
        .key(invitation.id)
        .child(icon(Icon::UserRound))
        .child(el("div").child(el("b").text(&invitation.email)).child(el("p").text(t!(
            "people-invited-about",
            name = &invitation.invited_by,
            time = &around.clock.full(invitation.expires_at)
        ))))
        .child(tag(Tone::Amber, role_words(invitation.role)))
        .maybe(
            may_give(around.role, invitation.role)
                .then(|| Button::new(Look::Plain, t!("people-withdraw")).on(Msg::Withdraw(invitation.id))),
        )
        .into()
}

/// The address, which nobody is told a second time.
fn made(invitation: &Invitation, around: &Around<'_>) -> Node {
    let link = around.whole(invitation.link.as_deref().unwrap_or_default());
    dialog(
        "invite",
        &t!("people-link-title"),
        Msg::Close.into(),
        [
            el("p").text(t!("people-link-words", email = &invitation.email)).into(),
            el("div")
                .class("invitation-link")
                .child(el("code").text(&link))
                .child(
                    Button::new(Look::Primary, t!("copy"))
                        .icon(Icon::Copy)
                        .id("invitation-copy")
                        .on(crate::Msg::Copy(link)),
                )
                .into(),
        ],
    )
}

/// What a role may do, in a sentence.
fn about(role: Role) -> String {
    match role {
        Role::Owner => t!("role-owner-about"),
        Role::Admin => t!("role-admin-about"),
        Role::Operator => t!("role-operator-about"),
        Role::Viewer => t!("role-viewer-about"),
    }
}

fn panel(title: &str) -> crate::kit::El {
    el("section").class("panel").key(title).child(el("h2").text(title))
}
