//! Every operation the interface uses, one function each.

use beseda_wire::accounts::{
    AcceptInvitation, ChangePassword, InvitationShown, InvitationToken, Login, Session, Setup, SetupState,
    SetupToken, SignedIn, UpdateUser, User,
};
use beseda_wire::bots::{
    Bot, BotVersion, Draft, FormFields, GalleryBot, ImportFile, ImportedBot, NewBot, NewPhoneTrial,
    PhoneTrial, PublishBot, ReturnToVersion, SaveDraft, UpdateBot,
};
use beseda_wire::businesses::{
    BusinessSettings, Invitation, Member, Membership, NewBusiness, NewInvitation, UpdateMember,
};
use beseda_wire::connections::{Connection, SaveConnection};
use beseda_wire::conversations::{Conversation, InboxCounts, InboxView, UpdateConversation};
use beseda_wire::customers::{Customer, UpdateCustomer};
use beseda_wire::forms::NativeForm;
use beseda_wire::ids::{
    BotId, ConversationId, CustomerId, InvitationId, MessageId, NumberId, RunId, SessionId, UserId,
};
use beseda_wire::messages::{Message, SendMessage};
use beseda_wire::page::Page;
use beseda_wire::results::{BotRun, BotStats, MoveRun, RunScript, RunState, RunTranscript};
use beseda_wire::simulator::{SimAct, SimActKind, SimChat, SimCustomer, SimFile, SimSend};
use beseda_wire::trials::{BotTrigger, TriedMessage, TriedRequest, TryMessage, TryRequest};
use beseda_wire::whatsapp::{
    ConnectNumber, JournalEntry, MessageTemplate, Number, NumberChecks, Outcome, UpdateNumber,
};

use super::{Method, Request, encode};
use crate::i18n::Locale;
use crate::router::outcome_name;

/// An answer whose content does not matter: what changed comes by the live connection, too.
pub type Done = serde::de::IgnoredAny;

pub fn setup_state() -> Request<SetupState> {
    Request::new(Method::Get, "/setup").before_sign_in()
}

pub fn check_setup_token(token: &SetupToken) -> Request<Done> {
    Request::new(Method::Post, "/setup/token").body(token).before_sign_in()
}

pub fn set_up(setup: &Setup) -> Request<SignedIn> {
    Request::new(Method::Post, "/setup").body(setup).before_sign_in()
}

pub fn login(login: &Login) -> Request<SignedIn> {
    Request::new(Method::Post, "/auth/login").body(login).before_sign_in()
}

/// Signs in with the cookie of an earlier sign-in.
pub fn refresh() -> Request<SignedIn> {
    Request::new(Method::Post, "/auth/refresh").before_sign_in()
}

pub fn logout() -> Request<Done> {
    Request::new(Method::Post, "/auth/logout")
}

pub fn sessions() -> Request<Page<Session>> {
    Request::new(Method::Get, "/auth/sessions")
}

pub fn revoke_session(id: SessionId) -> Request<Done> {
    Request::new(Method::Delete, format!("/auth/sessions/{id}"))
}

pub fn change_password(change: &ChangePassword) -> Request<Done> {
    Request::new(Method::Post, "/auth/password").body(change)
}

pub fn update_me(update: &UpdateUser) -> Request<User> {
    Request::new(Method::Patch, "/users/me").body(update)
}

pub fn new_business(business: &NewBusiness) -> Request<Membership> {
    Request::new(Method::Post, "/businesses").body(business)
}

/// Whom an invitation is for.
pub fn invitation(token: &InvitationToken) -> Request<InvitationShown> {
    Request::new(Method::Post, "/auth/invitation").body(token).before_sign_in()
}

pub fn accept_invitation(accept: &AcceptInvitation) -> Request<SignedIn> {
    Request::new(Method::Post, "/auth/invitation/accept").body(accept).before_sign_in()
}

/// Joins a business with the account that is signed in.
pub fn join(token: &InvitationToken) -> Request<Membership> {
    Request::new(Method::Post, "/businesses/join").body(token)
}

pub fn members() -> Request<Page<Member>> {
    Request::new(Method::Get, "/members")
}

pub fn update_member(id: UserId, change: &UpdateMember) -> Request<Member> {
    Request::new(Method::Patch, format!("/members/{id}")).body(change)
}

pub fn remove_member(id: UserId) -> Request<Done> {
    Request::new(Method::Delete, format!("/members/{id}"))
}

pub fn invitations() -> Request<Page<Invitation>> {
    Request::new(Method::Get, "/invitations")
}

pub fn invite(new: &NewInvitation) -> Request<Invitation> {
    Request::new(Method::Post, "/invitations").body(new)
}

pub fn withdraw_invitation(id: InvitationId) -> Request<Done> {
    Request::new(Method::Delete, format!("/invitations/{id}"))
}

/// Which conversations to list.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationQuery {
    pub view: InboxView,
    pub search: Option<String>,
    pub limit: u32,
    pub cursor: Option<String>,
}

pub fn conversations(query: &ConversationQuery) -> Request<Page<Conversation>> {
    let view = match query.view {
        InboxView::Mine => "mine",
        InboxView::Waiting => "waiting",
        InboxView::Open => "open",
        InboxView::Closed => "closed",
        InboxView::All => "all",
    };
    Request::new(Method::Get, "/conversations").query([
        ("view", Some(view.to_owned())),
        ("search", query.search.clone()),
        ("limit", Some(query.limit.to_string())),
        ("cursor", query.cursor.clone()),
    ])
}

pub fn counts() -> Request<InboxCounts> {
    Request::new(Method::Get, "/conversations/counts")
}

pub fn conversation(id: ConversationId) -> Request<Conversation> {
    Request::new(Method::Get, format!("/conversations/{id}"))
}

pub fn update_conversation(id: ConversationId, update: &UpdateConversation) -> Request<Done> {
    Request::new(Method::Patch, format!("/conversations/{id}")).body(update)
}

/// A page of a thread, newest first.
pub fn messages(id: ConversationId, limit: u32, cursor: Option<String>) -> Request<Page<Message>> {
    Request::new(Method::Get, format!("/conversations/{id}/messages"))
        .query([("limit", Some(limit.to_string())), ("cursor", cursor)])
}

/// Sends a message. The same `key` never sends twice.
pub fn send(id: ConversationId, message: &SendMessage, key: String) -> Request<Message> {
    let mut request = Request::new(Method::Post, format!("/conversations/{id}/messages")).body(message);
    request.call.idempotency_key = Some(key);
    request
}

pub fn retry(id: ConversationId, message: MessageId) -> Request<Message> {
    Request::new(Method::Post, format!("/conversations/{id}/messages/{message}/retry"))
}

pub fn mark_read(id: ConversationId) -> Request<Done> {
    Request::new(Method::Post, format!("/conversations/{id}/read"))
}

pub fn take_over(id: ConversationId) -> Request<Done> {
    Request::new(Method::Post, format!("/conversations/{id}/take-over"))
}

pub fn give_back(id: ConversationId) -> Request<Done> {
    Request::new(Method::Post, format!("/conversations/{id}/give-back"))
}

pub fn customers(search: Option<String>, limit: u32, cursor: Option<String>) -> Request<Page<Customer>> {
    Request::new(Method::Get, "/customers").query([
        ("search", search),
        ("limit", Some(limit.to_string())),
        ("cursor", cursor),
    ])
}

pub fn customer(id: CustomerId) -> Request<Customer> {
    Request::new(Method::Get, format!("/customers/{id}"))
}

pub fn update_customer(id: CustomerId, update: &UpdateCustomer) -> Request<Customer> {
    Request::new(Method::Patch, format!("/customers/{id}")).body(update)
}

pub fn numbers() -> Request<Page<Number>> {
    Request::new(Method::Get, "/whatsapp/numbers")
}

/// Tries credentials without connecting anything.
pub fn check_number(number: &ConnectNumber) -> Request<NumberChecks> {
    Request::new(Method::Post, "/whatsapp/numbers/check").body(number)
}

/// Connects a number. The same `key` never connects twice.
pub fn connect_number(number: &ConnectNumber, key: String) -> Request<Number> {
    let mut request = Request::new(Method::Post, "/whatsapp/numbers").body(number);
    request.call.idempotency_key = Some(key);
    request
}

/// Tries what a connected number would work with after this change.
pub fn check_connected(id: NumberId, change: &UpdateNumber) -> Request<NumberChecks> {
    Request::new(Method::Post, format!("/whatsapp/numbers/{id}/check")).body(change)
}

pub fn update_number(id: NumberId, change: &UpdateNumber) -> Request<Number> {
    Request::new(Method::Patch, format!("/whatsapp/numbers/{id}")).body(change)
}

pub fn dismiss_warning(id: NumberId, reason: &str) -> Request<Done> {
    Request::new(Method::Delete, format!("/whatsapp/numbers/{id}/warnings/{reason}"))
}

pub fn remove_number(id: NumberId) -> Request<Done> {
    Request::new(Method::Delete, format!("/whatsapp/numbers/{id}"))
}

/// Which webhooks to list.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalQuery {
    pub outcome: Option<Outcome>,
    pub search: Option<String>,
    pub limit: u32,
    pub cursor: Option<String>,
}

pub fn journal(query: &JournalQuery) -> Request<Page<JournalEntry>> {
    Request::new(Method::Get, "/webhooks/journal").query([
        ("outcome", query.outcome.map(|outcome| outcome_name(outcome).to_owned())),
        ("search", query.search.clone()),
        ("limit", Some(query.limit.to_string())),
        ("cursor", query.cursor.clone()),
    ])
}

pub fn journal_entry(id: u64) -> Request<JournalEntry> {
    Request::new(Method::Get, format!("/webhooks/journal/{id}"))
}

/// Processes a webhook again.
pub fn replay(id: u64) -> Request<JournalEntry> {
    Request::new(Method::Post, format!("/webhooks/journal/{id}/replay"))
}

/// Connects the built-in simulator as a number.
pub fn connect_simulator() -> Request<Number> {
    Request::new(Method::Post, "/whatsapp/numbers/simulated")
}

/// The native forms of a number's account, without what they look like.
pub fn native_forms(number: NumberId) -> Request<Page<NativeForm>> {
    Request::new(Method::Get, format!("/whatsapp/numbers/{number}/forms"))
}

/// A native form with what it looks like.
pub fn native_form(number: NumberId, form: &str) -> Request<NativeForm> {
    let mut path = format!("/whatsapp/numbers/{number}/forms/");
    encode(form, &mut path);
    Request::new(Method::Get, path)
}

/// A native form as the simulated phone has it.
pub fn simulated_form(number: &str, form: &str) -> Request<NativeForm> {
    let mut path = format!("/simulator/numbers/{number}/forms/");
    encode(form, &mut path);
    Request::new(Method::Get, path)
}

/// What flows read out of a native form.
pub fn form_fields(form: &str) -> Request<FormFields> {
    let mut path = "/bots/forms/".to_owned();
    encode(form, &mut path);
    Request::new(Method::Get, path)
}

/// The templates that a number may send.
pub fn templates(number: NumberId) -> Request<Page<MessageTemplate>> {
    Request::new(Method::Get, format!("/whatsapp/numbers/{number}/templates"))
}

/// What the business goes by.
pub fn business_settings() -> Request<BusinessSettings> {
    Request::new(Method::Get, "/business")
}

pub fn save_business_settings(settings: &BusinessSettings) -> Request<BusinessSettings> {
    Request::new(Method::Put, "/business").body(settings)
}

/// The customers of the simulator whom a number knows.
pub fn phone_customers(number: &str) -> Request<Page<SimCustomer>> {
    Request::new(Method::Get, format!("/simulator/numbers/{number}/customers"))
}

pub fn phone_add_customer(number: &str, customer: &SimCustomer) -> Request<SimCustomer> {
    Request::new(Method::Post, format!("/simulator/numbers/{number}/customers")).body(customer)
}

/// A customer's chat with a number; with `after`, once it is newer than that revision.
pub fn phone_chat(number: &str, customer: &str, after: Option<u64>) -> Request<SimChat> {
    Request::new(Method::Get, format!("/simulator/numbers/{number}/chats/{customer}"))
        .query([("after", after.map(|after| after.to_string()))])
}

pub fn phone_say(number: &str, customer: &str, send: &SimSend) -> Request<Done> {
    Request::new(Method::Post, format!("/simulator/numbers/{number}/chats/{customer}/messages")).body(send)
}

pub fn phone_act(number: &str, customer: &str, act: SimActKind) -> Request<Done> {
    Request::new(Method::Post, format!("/simulator/numbers/{number}/chats/{customer}/acts"))
        .body(&SimAct { act, message: None })
}

/// A file out of the simulator's samples, on the customer's phone.
pub fn phone_sample(number: &str, name: &str) -> Request<SimFile> {
    Request::new(Method::Post, format!("/simulator/numbers/{number}/samples/{name}"))
}

pub fn bots() -> Request<Page<Bot>> {
    Request::new(Method::Get, "/bots")
}

/// Makes a bot of a flow. The same `key` never makes two.
pub fn create_bot(new: &NewBot, key: String) -> Request<Bot> {
    let mut request = Request::new(Method::Post, "/bots").body(new);
    request.call.idempotency_key = Some(key);
    request
}

pub fn delete_bot(id: BotId) -> Request<Done> {
    Request::new(Method::Delete, format!("/bots/{id}"))
}

pub fn draft(id: BotId) -> Request<Draft> {
    Request::new(Method::Get, format!("/bots/{id}/draft"))
}

pub fn save_draft(id: BotId, draft: &SaveDraft) -> Request<Draft> {
    Request::new(Method::Put, format!("/bots/{id}/draft")).body(draft)
}

pub fn publish_bot(id: BotId, publish: &PublishBot) -> Request<Bot> {
    Request::new(Method::Post, format!("/bots/{id}/publish")).body(publish)
}

pub fn update_bot(id: BotId, update: &UpdateBot) -> Request<Done> {
    Request::new(Method::Patch, format!("/bots/{id}")).body(update)
}

/// The numbers of a bot's flow, of the runs that began on this day or later.
pub fn bot_stats(id: BotId, version: Option<u32>, from: Option<String>) -> Request<BotStats> {
    Request::new(Method::Get, format!("/bots/{id}/stats"))
        .query([("version", version.map(|version| version.to_string())), ("from", from)])
}

/// Which runs of a bot to list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunQuery {
    pub state: Option<RunState>,
    pub version: Option<u32>,
    pub search: Option<String>,
    pub from: Option<String>,
}

impl RunQuery {
    fn pairs(&self) -> [(&'static str, Option<String>); 4] {
        let state = self.state.map(|state| if state == RunState::Live { "live" } else { "ended" });
        [
            ("state", state.map(ToOwned::to_owned)),
            ("version", self.version.map(|version| version.to_string())),
            ("search", self.search.clone()),
            ("from", self.from.clone()),
        ]
    }
}

pub fn bot_runs(id: BotId, query: &RunQuery, limit: u32, cursor: Option<String>) -> Request<Page<BotRun>> {
    Request::new(Method::Get, format!("/bots/{id}/runs"))
        .query(query.pairs())
        .query([("limit", Some(limit.to_string())), ("cursor", cursor)])
}

/// The address of the runs as a file, `csv` or `xlsx`, with these variables, in this language.
pub fn runs_file(id: BotId, kind: &str, query: &RunQuery, columns: Option<String>, locale: Locale) -> String {
    let request: Request<Done> = Request::new(Method::Get, format!("/bots/{id}/runs.{kind}"));
    let locale = Some(locale.code().to_owned());
    request.query(query.pairs()).query([("columns", columns), ("locale", locale)]).call.path
}

/// Conversations as scripts, the newest first, that began on this day or later: those of the bot, or those of the others.
pub fn bot_scripts(
    id: BotId,
    others: bool,
    limit: usize,
    from: Option<String>,
    cursor: Option<String>,
) -> Request<Page<RunScript>> {
    Request::new(Method::Get, format!("/bots/{id}/scripts")).query([
        ("others", others.then(|| "true".to_owned())),
        ("limit", Some(limit.to_string())),
        ("from", from),
        ("cursor", cursor),
    ])
}

pub fn bot_run(id: BotId, run: RunId) -> Request<RunTranscript> {
    Request::new(Method::Get, format!("/bots/{id}/runs/{run}"))
}

pub fn reset_run(id: BotId, run: RunId) -> Request<BotRun> {
    Request::new(Method::Post, format!("/bots/{id}/runs/{run}/reset"))
}

pub fn move_run(id: BotId, run: RunId, to: &MoveRun) -> Request<BotRun> {
    Request::new(Method::Post, format!("/bots/{id}/runs/{run}/move")).body(to)
}

/// Bots to begin with, in a language.
pub fn gallery(language: &str) -> Request<Page<GalleryBot>> {
    Request::new(Method::Get, "/bots/gallery").query([("language", Some(language.to_owned()))])
}

/// One of them, with its flow.
pub fn gallery_bot(id: &str, language: &str) -> Request<GalleryBot> {
    Request::new(Method::Get, format!("/bots/gallery/{id}")).query([("language", Some(language.to_owned()))])
}

/// What a file would become. Nothing is stored.
pub fn import_bot(file: &ImportFile) -> Request<ImportedBot> {
    Request::new(Method::Post, "/bots/import").body(file)
}

/// Freezes the draft to be tried on a phone.
pub fn make_phone_trial(id: BotId, new: &NewPhoneTrial) -> Request<PhoneTrial> {
    Request::new(Method::Post, format!("/bots/{id}/phone-trials")).body(new)
}

pub fn phone_trials(id: BotId) -> Request<Page<PhoneTrial>> {
    Request::new(Method::Get, format!("/bots/{id}/phone-trials"))
}

pub fn stop_phone_trial(id: BotId, trial: u32) -> Request<PhoneTrial> {
    Request::new(Method::Post, format!("/bots/{id}/phone-trials/{trial}/stop"))
}

pub fn versions(id: BotId) -> Request<Page<BotVersion>> {
    Request::new(Method::Get, format!("/bots/{id}/versions"))
}

/// Makes a block's request, to see what comes back.
pub fn try_request(asked: &TryRequest) -> Request<TriedRequest> {
    Request::new(Method::Post, "/bots/try-request").body(asked)
}

/// Which bot a message would reach.
pub fn try_message(message: &TryMessage) -> Request<TriedMessage> {
    Request::new(Method::Post, "/bots/try-message").body(message)
}

/// The triggers of the bots that answer, and what comes before them.
pub fn bot_triggers() -> Request<Page<BotTrigger>> {
    Request::new(Method::Get, "/bots/triggers")
}

/// A version with its flow.
pub fn version(id: BotId, number: u32) -> Request<BotVersion> {
    Request::new(Method::Get, format!("/bots/{id}/versions/{number}"))
}

/// Lets an earlier version answer again.
pub fn return_version(id: BotId, number: u32, to: &ReturnToVersion) -> Request<Bot> {
    Request::new(Method::Post, format!("/bots/{id}/versions/{number}/return")).body(to)
}

pub fn connections() -> Request<Page<Connection>> {
    Request::new(Method::Get, "/connections")
}

/// Makes or changes a connection. The name goes into the address, whatever it holds.
pub fn save_connection(name: &str, connection: &SaveConnection) -> Request<Connection> {
    Request::new(Method::Put, connection_path(name)).body(connection)
}

pub fn remove_connection(name: &str) -> Request<Done> {
    Request::new(Method::Delete, connection_path(name))
}

fn connection_path(name: &str) -> String {
    let mut path = "/connections/".to_owned();
    encode(name, &mut path);
    path
}

/// Shows the customer that somebody is writing, for 25 seconds or until the next message (Cloud API,
/// typing indicators).
pub fn typing(id: ConversationId) -> Request<Done> {
    Request::new(Method::Post, format!("/conversations/{id}/typing"))
}
