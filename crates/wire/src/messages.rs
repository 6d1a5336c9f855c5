//! Messages of a thread: what was said, by whom, and how far it got.

use crate::ids::{BotId, ConversationId, MessageId, UserId};
use crate::time::Time;
use crate::{wire, words};

wire! {
    /// A message or an event in a thread.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Message {
        pub id: MessageId,
        pub conversation_id: ConversationId,
        /// When it was said: Meta's timestamp for what came in, ours for what goes out.
        pub at: Time,
        pub direction: Direction,
        pub author: Author,
        pub content: Content,
        /// How far it got; absent for what came in and for events.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status: Option<Status>,
        /// Why it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub failure: Option<Failure>,
        /// Meta's message id, once known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub wamid: Option<String>,
        /// The message this one answers or quotes (its id in Meta's words).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reply_to: Option<String>,
        /// Reactions on this message, the newest of each side.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub reactions: Vec<ReactionMark>,
        /// The customer edited it later; `content` is the newest text.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if = "is_false"))]
        pub edited: bool,
        /// The customer deleted it for everyone; `content` is what it said.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if = "is_false"))]
        pub revoked: bool,
        /// The customer forwarded it from elsewhere.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if = "is_false"))]
        pub forwarded: bool,
        /// The advertisement through which the customer came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub referral: Option<Referral>,
    }

    /// A reaction on a message.
    pub struct ReactionMark {
        pub direction: Direction,
        pub emoji: String,
    }

    /// A click-to-WhatsApp advertisement or a product from which the customer wrote.
    pub struct Referral {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub source_url: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub source_id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub source_type: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub headline: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub body: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ctwa_clid: Option<String>,
        /// The product the customer asked about, as `catalog/retailer id`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub product: Option<String>,
    }

    /// Why a message could not be sent or delivered.
    pub struct Failure {
        /// Meta's error code (FACTS §8), or 0 where the fault was ours.
        pub code: i64,
        /// Stable name for programs and translations: `window_closed`, `undeliverable`, `bot_stopped`, …
        pub reason: String,
        /// The technical words, as Meta said them.
        pub detail: String,
    }

    /// Who said it.
    pub struct Author {
        pub kind: AuthorKind,
        /// The name shown; absent for the customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub user_id: Option<UserId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bot_id: Option<BotId>,
    }
}

words! {
    pub enum Direction { In, Out, Event }

    /// How far an outgoing message got. It only moves forward, and `failed` ends it.
    pub enum Status { Queued, Sent, Delivered, Read, Played, Failed }

    pub enum AuthorKind { Customer, User, Bot, Api, System }

    pub enum MediaKind { Image, Video, Audio, Document, Sticker }

    /// Where a file is on its way into or out of the store.
    pub enum MediaState { Pending, Stored, Failed }

    /// What Meta approved a template for.
    pub enum TemplateCategory { Marketing, Utility, Authentication }

    /// What kind of tap an answer was.
    pub enum ReplyKind { Button, List, Template }

    /// What happened in a thread besides messages.
    pub enum EventKind {
        BotStarted, BotEnded, HandedOver, TakenOver, GivenBack, BotPaused, Opened, Closed, Assigned, NumberChanged, Note,
        /// Somebody of the team ended what the bot was doing, or had it go on elsewhere in its flow.
        RunEnded, RunMoved
    }
}

/// What was said. One type for both directions: a thread shows what both sides saw.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Union))]
#[cfg_attr(feature = "openapi", oai(discriminator_name = "type", one_of = true))]
pub enum Content {
    #[cfg_attr(feature = "openapi", oai(mapping = "text"))]
    Text(Text),
    #[cfg_attr(feature = "openapi", oai(mapping = "media"))]
    Media(Media),
    #[cfg_attr(feature = "openapi", oai(mapping = "location"))]
    Location(Location),
    #[cfg_attr(feature = "openapi", oai(mapping = "contacts"))]
    Contacts(Contacts),
    #[cfg_attr(feature = "openapi", oai(mapping = "reaction"))]
    Reaction(Reaction),
    #[cfg_attr(feature = "openapi", oai(mapping = "buttons"))]
    Buttons(Buttons),
    #[cfg_attr(feature = "openapi", oai(mapping = "list"))]
    List(List),
    #[cfg_attr(feature = "openapi", oai(mapping = "link_button"))]
    LinkButton(LinkButton),
    #[cfg_attr(feature = "openapi", oai(mapping = "form"))]
    Form(Form),
    #[cfg_attr(feature = "openapi", oai(mapping = "location_request"))]
    LocationRequest(LocationRequest),
    #[cfg_attr(feature = "openapi", oai(mapping = "template"))]
    Template(Template),
    #[cfg_attr(feature = "openapi", oai(mapping = "reply"))]
    Reply(Reply),
    #[cfg_attr(feature = "openapi", oai(mapping = "form_reply"))]
    FormReply(FormReply),
    #[cfg_attr(feature = "openapi", oai(mapping = "order"))]
    Order(Order),
    #[cfg_attr(feature = "openapi", oai(mapping = "system"))]
    System(System),
    #[cfg_attr(feature = "openapi", oai(mapping = "event"))]
    Event(Event),
    /// A kind this version does not know, kept as it came.
    #[cfg_attr(feature = "openapi", oai(mapping = "other"))]
    Other(Other),
}

wire! {
    /// A text, at most 4096 characters (Meta, text messages).
    pub struct Text {
        pub body: String,
        /// Ask WhatsApp to preview the first link.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if = "is_false"))]
        pub preview_url: bool,
    }

    /// A picture, video, voice note, file or sticker.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct Media {
        pub kind: MediaKind,
        pub state: MediaState,
        /// Address of the stored bytes in this program's API: the SHA-256 of the content, in hex.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sha256: Option<String>,
        /// A public address WhatsApp shall fetch the file from, instead of bytes of ours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub link: Option<String>,
        /// Meta's id of the file, where it came from or went to WhatsApp.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub provider_id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub mime: Option<String>,
        /// Bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub size: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub caption: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub filename: Option<String>,
        /// A voice note rather than a music file.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if = "is_false"))]
        pub voice: bool,
        /// A moving sticker.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if = "is_false"))]
        pub animated: bool,
        /// Why the file is not here, when `state` is `failed`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<String>,
    }

    pub struct Location {
        /// Degrees, -90 to 90.
        pub latitude: f64,
        /// Degrees, -180 to 180.
        pub longitude: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub address: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
    }

    pub struct Contacts {
        pub contacts: Vec<ContactCard>,
    }

    pub struct ContactCard {
        pub name: String,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub phones: Vec<ContactPhone>,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub emails: Vec<String>,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub urls: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub organization: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub birthday: Option<String>,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub addresses: Vec<String>,
        /// The card in its parts, as WhatsApp has them. When a card is sent, what is here is sent instead of the
        /// texts above; a card that came in has both.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parts: Option<ContactParts>,
    }

    /// A contact card in its parts.
    #[derive(Default)]
    pub struct ContactParts {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub first_name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub middle_name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last_name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prefix: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub suffix: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub company: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub department: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub emails: Vec<ContactValue>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub urls: Vec<ContactValue>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
        pub addresses: Vec<ContactAddress>,
    }

    /// An e-mail or web address on a card, and of which kind it is.
    pub struct ContactValue {
        pub value: String,
        /// `HOME`, `WORK`, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<String>,
    }

    #[derive(Default)]
    pub struct ContactAddress {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub street: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub city: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub state: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub zip: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub country: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub country_code: Option<String>,
        /// `HOME`, `WORK`, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<String>,
    }

    pub struct ContactPhone {
        pub phone: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub wa_id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<String>,
    }

    /// A reaction; without an emoji the reaction is taken back.
    pub struct Reaction {
        /// Meta's id of the message reacted to.
        pub target: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub emoji: Option<String>,
    }

    /// A question with one to three buttons of at most 20 characters (Meta, interactive reply buttons).
    pub struct Buttons {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub header: Option<String>,
        /// A picture, video or document instead of `header`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub header_media: Option<Media>,
        pub body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub footer: Option<String>,
        pub buttons: Vec<Choice>,
    }

    /// A question with a list of at most ten rows (Meta, interactive lists).
    pub struct List {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub header: Option<String>,
        pub body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub footer: Option<String>,
        /// The words on the button that opens the list, at most 20 characters.
        pub button: String,
        pub sections: Vec<Section>,
    }

    pub struct Section {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String>,
        pub rows: Vec<Choice>,
    }

    /// A button or a row.
    pub struct Choice {
        pub id: String,
        pub title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
    }

    /// A message with one button that opens an address.
    pub struct LinkButton {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub header: Option<String>,
        /// A picture, video or document instead of `header`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub header_media: Option<Media>,
        pub body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub footer: Option<String>,
        /// At most 20 characters.
        pub text: String,
        pub url: String,
    }

    /// A WhatsApp Flow: a native form.
    pub struct Form {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub header: Option<String>,
        /// A picture, video or document instead of `header`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub header_media: Option<Media>,
        pub body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub footer: Option<String>,
        /// The form's id; empty where it is named by `flow_name`.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", oai(default))]
        pub flow_id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub flow_name: Option<String>,
        /// The words on the button that opens the form.
        pub cta: String,
        pub flow_token: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub screen: Option<String>,
        /// The form asks your endpoint for its first screen, instead of opening `screen`.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if = "is_false"))]
        pub data_exchange: bool,
        /// The test version of the form instead of the published one.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if = "is_false"))]
        pub draft: bool,
        /// First data of the form, as JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub data: Option<serde_json::Value>,
    }

    /// Asks the customer to share a place.
    pub struct LocationRequest {
        pub body: String,
    }

    /// A template Meta has approved.
    pub struct Template {
        pub name: String,
        /// `en_US`, `ru`, …
        pub language: String,
        /// The components as Meta's API takes them, as JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub components: Option<serde_json::Value>,
        /// The picture, video or document of its header, in place of a header among the components.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub header_media: Option<Media>,
        /// The text with its variables filled in, for people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub preview: Option<String>,
        /// Meta's category of the template. One of which it is not said counts as marketing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub category: Option<TemplateCategory>,
    }

    /// A tap on a button or a row.
    pub struct Reply {
        pub kind: ReplyKind,
        /// The id given to the button or row (the payload of a template's button).
        pub id: String,
        pub title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
    }

    /// A form the customer sent back.
    pub struct FormReply {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub body: Option<String>,
        /// The answers, as JSON.
        pub answers: serde_json::Value,
    }

    pub struct Order {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub catalog_id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub text: Option<String>,
        pub items: Vec<OrderItem>,
    }

    pub struct OrderItem {
        pub product: String,
        /// As Meta sends them: decimal texts, since a price must never be a float.
        pub quantity: String,
        pub price: String,
        pub currency: String,
    }

    /// WhatsApp tells that something about the customer changed.
    pub struct System {
        /// `user_changed_number`, `user_changed_user_id`, …
        pub event: String,
        pub body: String,
    }

    /// Something that happened in the thread; the customer does not see it.
    pub struct Event {
        pub event: EventKind,
        /// Who or what did it: a person's or a bot's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
    }

    /// A kind of message this version does not know.
    pub struct Other {
        /// WhatsApp's word for it.
        pub kind: String,
        /// Why WhatsApp could not pass it on, in its words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub detail: Option<String>,
        /// The message as it came, as JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub raw: Option<serde_json::Value>,
    }

    /// Asks to send something into a thread.
    #[cfg_attr(feature = "openapi", oai(example))]
    pub struct SendMessage {
        pub content: Content,
        /// Meta's id of the message to quote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reply_to: Option<String>,
    }
}

/// For `skip_serializing_if`, which hands over a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
