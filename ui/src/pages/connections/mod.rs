//! What bots reach outside: secrets, language models, mail servers. What is secret of them goes in and is never shown.

mod form;
mod view;

use beseda_wire::businesses::Role;
use beseda_wire::connections::{Connection, ConnectionKind};
use beseda_wire::page::Page;

use super::Load;
use super::roles::rules;
use crate::api::{self, Failure};
use crate::app::Told;
use crate::effect::{Effect, Effects};
use crate::{Node, t};
pub use form::What;
use form::{Fault, Form};

/// The kinds in the order in which people need them.
pub const KINDS: [ConnectionKind; 3] = [ConnectionKind::Ai, ConnectionKind::Email, ConnectionKind::Secret];

#[derive(Debug, Default)]
pub struct Model {
    list: Load<Vec<Connection>>,
    dialog: Dialog,
    busy: bool,
}

/// What lies above everything.
#[derive(Debug, Default)]
enum Dialog {
    #[default]
    None,
    Form(Box<Form>),
    /// Asks before this one goes: a secret cannot be brought back.
    Remove(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Loaded(Result<Page<Connection>, Failure>),
    Add(ConnectionKind),
    Change(String),
    Typed(What, String),
    Save,
    Saved(Result<Box<Connection>, Failure>),
    AskRemove(String),
    Remove,
    Removed(String, Result<(), Failure>),
    Close,
}

impl Model {
    /// `role` is that of whoever looks: only some may see what there is.
    pub fn open(&mut self, role: Role) -> Effects {
        if !rules(role) {
            return vec![];
        }
        self.list.begin();
        vec![api::connections().then(Msg::Loaded)]
    }

    pub fn update(&mut self, msg: Msg, told: &mut Vec<Told>) -> Effects {
        match msg {
            Msg::Loaded(answer) => self.list.answer(answer.map(|page| page.items)),
            Msg::Add(kind) => return self.begin(Form::new(kind)),
            Msg::Change(name) => {
                let known = self.list.ready().into_iter().flatten().find(|known| known.name == name);
                let form = known.map(Form::of);
                return form.map(|form| self.begin(form)).unwrap_or_default();
            }
            Msg::Typed(what, text) => {
                if let Dialog::Form(form) = &mut self.dialog {
                    form.set(what, text);
                }
            }
            Msg::Save | Msg::Remove if self.busy => {}
            Msg::Save => return self.save(),
            Msg::Saved(answer) => {
                self.busy = false;
                match answer {
                    Ok(connection) => {
                        self.dialog = Dialog::None;
                        told.push(Told::words(t!("connection-saved", name = &connection.name)));
                        self.put(*connection);
                        return vec![Effect::Refocus];
                    }
                    Err(failure) => {
                        if let Dialog::Form(form) = &mut self.dialog {
                            form.refused(failure);
                            return focus_fault(form);
                        }
                        told.push(Told::failure(&failure));
                    }
                }
            }
            Msg::AskRemove(name) => {
                self.dialog = Dialog::Remove(name);
                return vec![Effect::Focus("connection-keep".to_owned())];
            }
            Msg::Remove => {
                let Dialog::Remove(name) = &self.dialog else { return vec![] };
                self.busy = true;
                let gone = name.clone();
                let then = move |answer: Result<api::Done, Failure>| Msg::Removed(gone, answer.map(|_| ()));
                return vec![api::remove_connection(name).then(then)];
            }
            Msg::Removed(name, answer) => {
                self.busy = false;
                self.dialog = Dialog::None;
                match answer {
                    Ok(()) => {
                        if let Some(list) = self.list.ready_mut() {
                            list.retain(|known| known.name != name);
                        }
                        told.push(Told::words(t!("connection-removed", name = &name)));
                    }
                    Err(failure) => told.push(Told::failure(&failure)),
                }
                return vec![Effect::Refocus];
            }
            Msg::Close => {
                self.dialog = Dialog::None;
                return vec![Effect::Refocus];
            }
        }
        vec![]
    }

    fn begin(&mut self, form: Form) -> Effects {
        let first = form.first();
        self.dialog = Dialog::Form(Box::new(form));
        self.busy = false;
        vec![Effect::Focus(first.id().to_owned())]
    }

    fn save(&mut self) -> Effects {
        let Dialog::Form(form) = &mut self.dialog else { return vec![] };
        let taken = self.list.ready().into_iter().flatten().any(|known| known.name == form.name());
        form.check(taken);
        if form.has_faults() {
            return focus_fault(form);
        }
        self.busy = true;
        vec![api::save_connection(form.name(), &form.wire()).then(|answer| Msg::Saved(answer.map(Box::new)))]
    }

    fn put(&mut self, saved: Connection) {
        let Some(list) = self.list.ready_mut() else { return };
        match list.iter_mut().find(|known| known.name == saved.name) {
            Some(known) => *known = saved,
            None => list.push(saved),
        }
        list.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// What lies above everything, if anything does.
    pub fn dialog(&self) -> Option<Node> {
        self.overlay()
    }

    /// Closes it; says whether there was anything.
    pub fn escape(&mut self) -> bool {
        !matches!(std::mem::take(&mut self.dialog), Dialog::None)
    }
}

/// The first field that is wrong gets the focus.
fn focus_fault(form: &Form) -> Effects {
    form.first_fault().map(|what| Effect::Focus(what.id().to_owned())).into_iter().collect()
}

pub fn kind_words(kind: ConnectionKind) -> String {
    match kind {
        ConnectionKind::Secret => t!("connection-secret"),
        ConnectionKind::Ai => t!("connection-ai"),
        ConnectionKind::Email => t!("connection-email"),
    }
}

fn fault_words(fault: Fault) -> String {
    match fault {
        Fault::Needed => t!("needed"),
        Fault::Name => t!("connection-bad-name"),
        Fault::Taken => t!("connection-name-taken"),
        Fault::Secret => t!("connection-bad-secret"),
        Fault::SecretAnew => t!("connection-secret-anew"),
        Fault::Url => t!("connection-bad-url"),
        Fault::Host => t!("connection-bad-host"),
        Fault::Port => t!("connection-bad-port"),
        Fault::From => t!("needs-email"),
        Fault::Line => t!("connection-bad-line"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::read;

    fn model() -> Model {
        let mut model = Model::default();
        model.open(Role::Owner);
        let page = r#"{"items":[
            {"name":"crm_key","kind":"secret","updated_at":"2026-01-01T00:00:00Z"},
            {"name":"gpt","kind":"ai","url":"https://a.example/v1","model":"small","updated_at":"2026-01-01T00:00:00Z"}]}"#;
        model.update(Msg::Loaded(Ok(serde_json::from_str(page).unwrap())), &mut vec![]);
        model
    }

    fn typed(model: &mut Model, pairs: &[(What, &str)]) {
        for (what, text) in pairs {
            model.update(Msg::Typed(*what, (*text).to_owned()), &mut vec![]);
        }
    }

    fn form(model: &Model) -> &Form {
        let Dialog::Form(form) = &model.dialog else { panic!("no form") };
        form
    }

    fn page(msg: crate::Msg) -> Msg {
        let crate::Msg::Connections(msg) = msg else { panic!("not for this page") };
        msg
    }

    #[test]
    fn whoever_may_change_nothing_is_asked_for_nothing() {
        assert!(Model::default().open(Role::Operator).is_empty());
        assert_eq!(read::lines(&Model::default().open(Role::Admin)), ["Call(GET /connections)"]);
    }

    #[test]
    fn what_is_missing_is_said_at_its_field_and_nothing_is_sent() {
        let (mut model, mut told) = (model(), vec![]);
        model.update(Msg::Add(ConnectionKind::Email), &mut told);
        typed(&mut model, &[(What::Name, "post"), (What::Host, "mail.example"), (What::Port, "99999")]);
        let lines = read::lines(&model.update(Msg::Save, &mut told));
        assert_eq!(lines, ["Focus(connection-port)"]);
        assert_eq!(form(&model).fault(What::Port), Some(Fault::Port));
        assert_eq!(form(&model).fault(What::From), Some(Fault::Needed));
        assert!(model.dialog().is_some());
    }

    #[test]
    fn a_name_that_is_taken_is_not_written_over() {
        let (mut model, mut told) = (model(), vec![]);
        model.update(Msg::Add(ConnectionKind::Secret), &mut told);
        typed(&mut model, &[(What::Name, "crm_key"), (What::Secret, "x")]);
        model.update(Msg::Save, &mut told);
        assert_eq!(form(&model).fault(What::Name), Some(Fault::Taken));
        typed(&mut model, &[(What::Name, "2 keys")]);
        model.update(Msg::Save, &mut told);
        assert_eq!(form(&model).fault(What::Name), Some(Fault::Name));
    }

    #[test]
    fn a_kept_secret_that_would_go_elsewhere_is_asked_for_anew() {
        let (mut model, mut told) = (model(), vec![]);
        model.update(Msg::Change("gpt".into()), &mut told);
        typed(&mut model, &[(What::Url, "https://other.example/v1")]);
        let mut effects = model.update(Msg::Save, &mut told);
        let refused = r#"{"type":"/problems/invalid","status":400,"title":"A field is wrong",
            "errors":[{"pointer":"/secret","detail":"must be given anew"}]}"#;
        let answer =
            read::answer(&mut effects, "PUT /connections/gpt", Err(Failure::from_answer(400, refused)));
        model.update(page(answer), &mut told);
        assert_eq!(form(&model).fault(What::Secret), Some(Fault::SecretAnew));
    }

    #[test]
    fn a_secret_that_is_not_typed_stays_and_one_that_is_goes_out_once() {
        let (mut model, mut told) = (model(), vec![]);
        model.update(Msg::Change("gpt".into()), &mut told);
        typed(&mut model, &[(What::Model, " large ")]);
        let mut effects = model.update(Msg::Save, &mut told);
        assert!(model.update(Msg::Save, &mut told).is_empty(), "pressed twice is once");
        let Effect::Call(call, _) = &effects[0] else { panic!("{effects:?}") };
        let body = call.body.as_deref();
        assert_eq!(body, Some(r#"{"kind":"ai","url":"https://a.example/v1","model":"large"}"#));
        let answer = r#"{"name":"gpt","kind":"ai","url":"https://a.example/v1","model":"large","updated_at":"2026-01-02T00:00:00Z"}"#;
        let msg = page(read::answer(&mut effects, "PUT /connections/gpt", Ok(answer)));
        model.update(msg, &mut told);
        assert_eq!(model.list.ready().unwrap()[1].model.as_deref(), Some("large"));
        assert!(!model.escape());
    }

    #[test]
    fn what_the_server_refuses_is_said_at_its_field() {
        let (mut model, mut told) = (model(), vec![]);
        model.update(Msg::Add(ConnectionKind::Ai), &mut told);
        typed(&mut model, &[(What::Name, "llm"), (What::Url, "https://"), (What::Model, "m")]);
        let mut effects = model.update(Msg::Save, &mut told);
        let refused = Failure::from_answer(
            422,
            r#"{"type":"/problems/invalid","title":"Invalid","status":422,"errors":[{"pointer":"/url","detail":"must"}]}"#,
        );
        let msg = page(read::answer(&mut effects, "PUT /connections/llm", Err(refused)));
        assert_eq!(read::lines(&model.update(msg, &mut told)), ["Focus(connection-url)"]);
        assert_eq!(form(&model).fault(What::Url), Some(Fault::Url));
        assert!(told.is_empty());
    }

    #[test]
    fn a_connection_goes_after_a_question() {
        let (mut model, mut told) = (model(), vec![]);
        model.update(Msg::AskRemove("crm_key".into()), &mut told);
        let mut effects = model.update(Msg::Remove, &mut told);
        let msg = page(read::answer(&mut effects, "DELETE /connections/crm_key", Ok("")));
        model.update(msg, &mut told);
        assert_eq!(model.list.ready().map(Vec::len), Some(1));
        assert!(!told[0].is_problem && !model.escape());
    }
}
