//! The people of the business: who they are, what each may do, whom to ask to join.

mod view;

use beseda_wire::businesses::{Invitation, Member, NewInvitation, Role, UpdateMember};
use beseda_wire::ids::{InvitationId, UserId};
use beseda_wire::page::Page;

use super::roles::{role_words, rules};
use super::{Around, Load};
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::{Node, t};

/// The roles, the strongest first.
pub const ROLES: [Role; 4] = [Role::Owner, Role::Admin, Role::Operator, Role::Viewer];

#[derive(Debug)]
pub struct Model {
    members: Load<Vec<Member>>,
    invitations: Load<Vec<Invitation>>,
    dialog: Dialog,
    /// What is typed into the form of an invitation.
    email: String,
    role: Role,
    busy: bool,
    failure: Option<Failure>,
}

/// What lies above everything.
#[derive(Debug, Clone, PartialEq, Default)]
enum Dialog {
    #[default]
    None,
    Invite,
    /// The invitation with its address, which is told this once.
    Made(Box<Invitation>),
    Remove(UserId),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Members(Result<Page<Member>, Failure>),
    Invitations(Result<Page<Invitation>, Failure>),
    /// Somebody is given another role, by its name.
    Role(UserId, String),
    RoleBack(UserId, Role),
    RoleChanged(UserId, Role, Result<Box<Member>, Failure>),
    AskRemove(UserId),
    Remove,
    Removed(UserId, Result<(), Failure>),
    AskInvite,
    Email(String),
    NewRole(String),
    Invite,
    Invited(Result<Box<Invitation>, Failure>),
    Withdraw(InvitationId),
    Withdrawn(InvitationId, Result<(), Failure>),
    Close,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            members: Load::Not,
            invitations: Load::Not,
            dialog: Dialog::None,
            email: String::new(),
            role: Role::Operator,
            busy: false,
            failure: None,
        }
    }
}

impl Model {
    /// `role` is that of whoever looks: only some may see who is invited.
    pub fn open(&mut self, role: Role) -> Effects {
        self.members.begin();
        let mut effects = vec![api::members().then(Msg::Members)];
        if rules(role) {
            self.invitations.begin();
            effects.push(api::invitations().then(Msg::Invitations));
        }
        effects
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Members(answer) => self.members.answer(answer.map(|page| page.items)),
            Msg::Invitations(answer) => self.invitations.answer(answer.map(|page| page.items)),
            Msg::Role(id, name) => {
                let role = ROLES.into_iter().find(|role| role_name(*role) == name);
                return role.map_or_else(Vec::new, |role| self.give(id, role));
            }
            Msg::RoleBack(id, role) => return self.give(id, role),
            Msg::RoleChanged(id, before, answer) => match answer {
                Ok(member) => {
                    let words = t!("people-role-given", name = &member.name, role = &role_words(member.role));
                    self.put(*member);
                    told.push(Told::words(words).undo(Msg::RoleBack(id, before)));
                }
                Err(failure) => {
                    told.push(Told::failure(&failure));
                    // The list shows what was chosen; it is told again what is true.
                    return vec![api::members().then(Msg::Members)];
                }
            },
            Msg::AskRemove(id) => {
                self.dialog = Dialog::Remove(id);
                return vec![Effect::Focus("remove-cancel".to_owned())];
            }
            Msg::Remove | Msg::Invite if self.busy => {}
            Msg::Remove => {
                let Dialog::Remove(id) = self.dialog else { return vec![] };
                self.busy = true;
                return vec![api::remove_member(id).then(move |answer| Msg::Removed(id, answer.map(|_| ())))];
            }
            Msg::Removed(id, answer) => {
                self.busy = false;
                self.dialog = Dialog::None;
                match answer {
                    Ok(()) => {
                        if let Some(members) = self.members.ready_mut() {
                            members.retain(|member| member.id != id);
                        }
                        told.push(Told::words(t!("people-removed")));
                        // What they had invited is gone with them.
                        return vec![Effect::Refocus, api::invitations().then(Msg::Invitations)];
                    }
                    Err(failure) => told.push(Told::failure(&failure)),
                }
                return vec![Effect::Refocus];
            }
            Msg::AskInvite => {
                self.dialog = Dialog::Invite;
                self.failure = None;
                self.email.clear();
                return vec![Effect::Focus("invite-email".to_owned())];
            }
            Msg::Email(text) => self.email = text,
            Msg::NewRole(name) => {
                self.role = ROLES.into_iter().find(|role| role_name(*role) == name).unwrap_or(self.role);
            }
            Msg::Invite => {
                self.busy = true;
                self.failure = None;
                let new = NewInvitation { email: self.email.trim().to_owned(), role: self.role };
                return vec![api::invite(&new).then(|answer| Msg::Invited(answer.map(Box::new)))];
            }
            Msg::Invited(answer) => {
                self.busy = false;
                match answer {
                    Ok(invitation) => {
                        let listed = Invitation { link: None, ..(*invitation).clone() };
                        if let Some(invitations) = self.invitations.ready_mut() {
                            invitations.retain(|known| !known.email.eq_ignore_ascii_case(&listed.email));
                            invitations.insert(0, listed);
                        }
                        self.dialog = Dialog::Made(invitation);
                        return vec![Effect::Focus("invitation-copy".to_owned())];
                    }
                    Err(failure) => self.failure = Some(failure),
                }
            }
            Msg::Withdraw(id) => {
                return vec![
                    api::withdraw_invitation(id).then(move |answer| Msg::Withdrawn(id, answer.map(|_| ()))),
                ];
            }
            Msg::Withdrawn(id, answer) => match answer {
                Ok(()) => {
                    if let Some(invitations) = self.invitations.ready_mut() {
                        invitations.retain(|invitation| invitation.id != id);
                    }
                    told.push(Told::words(t!("people-withdrawn")));
                }
                Err(failure) => told.push(Told::failure(&failure)),
            },
            Msg::Close => {
                self.dialog = Dialog::None;
                return vec![Effect::Refocus];
            }
        }
        vec![]
    }

    /// Shows the new role at once, and asks for it.
    fn give(&mut self, id: UserId, role: Role) -> Effects {
        let Some(members) = self.members.ready_mut() else { return vec![] };
        let Some(member) = members.iter_mut().find(|member| member.id == id) else { return vec![] };
        let before = std::mem::replace(&mut member.role, role);
        if before == role {
            return vec![];
        }
        let change = api::update_member(id, &UpdateMember { role });
        vec![change.then(move |answer| Msg::RoleChanged(id, before, answer.map(Box::new)))]
    }

    fn put(&mut self, changed: Member) {
        let members = self.members.ready_mut().into_iter().flatten();
        if let Some(member) = members.into_iter().find(|member| member.id == changed.id) {
            *member = changed;
        }
    }

    /// What lies above everything, if anything does.
    pub fn dialog(&self, around: &Around<'_>) -> Option<Node> {
        self.overlay(around)
    }

    /// Closes it; says whether there was anything.
    pub fn escape(&mut self) -> bool {
        std::mem::take(&mut self.dialog) != Dialog::None
    }
}

/// The server's rule (businesses), so that nothing is offered that it would refuse.
fn may_give(by: Role, role: Role) -> bool {
    by == Role::Owner || (by == Role::Admin && role != Role::Owner)
}

pub const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Admin => "admin",
        Role::Operator => "operator",
        Role::Viewer => "viewer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    const ANNA: &str = "01990000-0000-7000-8000-000000000001";
    const BORIS: &str = "01990000-0000-7000-8000-000000000002";

    fn page() -> String {
        let member = |id: &str, name: &str, role: &str| {
            format!(
                r#"{{"id":"{id}","name":"{name}","email":"{name}@b.example","role":"{role}",
                    "joined_at":"2026-01-01T00:00:00Z"}}"#
            )
        };
        format!(r#"{{"items":[{},{}]}}"#, member(ANNA, "anna", "owner"), member(BORIS, "boris", "operator"))
    }

    fn model() -> Model {
        let mut model = Model::default();
        model.open(Role::Owner);
        model.update(Msg::Members(Ok(serde_json::from_str(&page()).unwrap())), &mut vec![]);
        model.update(Msg::Invitations(Ok(Page { items: vec![], next: None })), &mut vec![]);
        model
    }

    fn people(msg: crate::Msg) -> Msg {
        let crate::Msg::People(msg) = msg else { panic!("not for this page") };
        msg
    }

    #[test]
    fn whoever_may_not_change_anything_is_not_asked_for_invitations() {
        assert_eq!(read::lines(&Model::default().open(Role::Viewer)), ["Call(GET /members)"]);
        assert_eq!(
            read::lines(&Model::default().open(Role::Admin)),
            ["Call(GET /members)", "Call(GET /invitations)"]
        );
    }

    #[test]
    fn a_role_can_be_given_back() {
        let (mut model, mut told) = (model(), vec![]);
        let id: UserId = BORIS.parse().unwrap();
        let mut effects = model.update(Msg::Role(id, "admin".into()), &mut told);
        let answer = format!(
            r#"{{"id":"{BORIS}","name":"boris","email":"b","role":"admin","joined_at":"2026-01-01T00:00:00Z"}}"#
        );
        let msg = people(read::answer(&mut effects, &format!("PATCH /members/{BORIS}"), Ok(&answer)));
        model.update(msg, &mut told);
        let undo = people(told.pop().unwrap().undo.unwrap());
        assert_eq!(undo, Msg::RoleBack(id, Role::Operator));
        assert_eq!(read::lines(&model.update(undo, &mut told)), [format!("Call(PATCH /members/{BORIS})")]);
        assert!(model.update(Msg::Role(id, "operator".into()), &mut told).is_empty(), "it is that already");
    }

    #[test]
    fn a_refused_role_is_shown_as_it_is() {
        let (mut model, mut told) = (model(), vec![]);
        let id: UserId = ANNA.parse().unwrap();
        model.update(Msg::Role(id, "viewer".into()), &mut told);
        let effects = model.update(Msg::RoleChanged(id, Role::Owner, Err(Failure::Offline)), &mut told);
        assert!(told[0].is_problem);
        assert_eq!(read::lines(&effects), ["Call(GET /members)"]);
    }

    #[test]
    fn the_address_is_shown_once_and_the_list_has_none() {
        let (mut model, mut told) = (model(), vec![]);
        model.update(Msg::AskInvite, &mut told);
        model.update(Msg::Email(" eve@b.example ".into()), &mut told);
        model.update(Msg::NewRole("viewer".into()), &mut told);
        let mut effects = model.update(Msg::Invite, &mut told);
        assert!(model.update(Msg::Invite, &mut told).is_empty(), "a second press asks nothing");
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(call.body.as_deref(), Some(r#"{"email":"eve@b.example","role":"viewer"}"#));
        let answer = format!(
            r#"{{"id":"{ANNA}","email":"eve@b.example","role":"viewer","invited_by":"anna",
                "created_at":"2026-01-01T00:00:00Z","expires_at":"2026-01-08T00:00:00Z","link":"http://x/y"}}"#
        );
        let msg = people(read::answer(&mut effects, "POST /invitations", Ok(&answer)));
        model.update(msg, &mut told);
        assert!(matches!(&model.dialog, Dialog::Made(made) if made.link.as_deref() == Some("http://x/y")));
        assert_eq!(model.invitations.ready().unwrap()[0].link, None);
        assert!(model.escape() && !model.escape());
    }

    #[test]
    fn whoever_is_removed_leaves_the_list() {
        let (mut model, mut told) = (model(), vec![]);
        let id: UserId = BORIS.parse().unwrap();
        model.update(Msg::AskRemove(id), &mut told);
        let mut effects = model.update(Msg::Remove, &mut told);
        let msg = people(read::answer(&mut effects, &format!("DELETE /members/{BORIS}"), Ok("")));
        model.update(msg, &mut told);
        assert_eq!(model.members.ready().map(Vec::len), Some(1));
        assert!(!model.escape());
    }
}
