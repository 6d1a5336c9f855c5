//! The client and the decoder against the simulator, over real HTTP. Both sides were written from Meta's documentation
//! and share no code, so what one says and the other does not take is a mistake of one of them.

use beseda_wire::messages::{Content, Reply, ReplyKind, Status};
use beseda_wire::simulator::{
    SimCustomer, SimFault, SimFaultKind, SimRegister, SimRules, SimSend, SimTemplateChange,
};
use beseda_wire::time::Time;
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::crypto::Secret;
use crate::customers::{Bsuid, Phone};
use crate::http::lifecycle::Lifecycle;
use crate::http::server::{ServerOptions, serve};
use crate::whatsapp::graph::tests::server::{Script, Server};
use crate::whatsapp::graph::{Credentials, Graph, Recipient, SendError, VERSION};
use crate::whatsapp::signature::signer;
use crate::whatsapp::simulator::{Delivery, Options, Simulator};
use crate::whatsapp::webhook::{Event, decode};
use crate::whatsapp::{limits, policy};

const NUMBER: &str = "107878721936019";
const ACCOUNT: &str = "114503234599312";
const ANNA: &str = "79261234567";

/// A business with one number at the simulator, and Anna, who has written already.
struct World {
    simulator: Simulator,
    graph: Graph,
    credentials: Credentials,
    receiver: Server,
    base: String,
    _delivery: Delivery,
}

impl World {
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let simulator = Simulator::new(Options { seed: Some(7), ..Options::default() }, clock);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/simulator/graph", listener.local_addr().unwrap());
        tokio::spawn(serve(simulator.open_routes(), listener, ServerOptions::default(), Lifecycle::new()));
        let receiver = Server::start(vec![Script::http(200, &[], b""); 1000]).await;
        simulator
            .register(SimRegister {
                phone_number_id: NUMBER.to_owned(),
                waba_id: ACCOUNT.to_owned(),
                phone: "+79150000000".to_owned(),
                name: "Кофейня".to_owned(),
                token: "TOKEN".to_owned(),
                app_secret: "app-secret".to_owned(),
                verify_token: "verify".to_owned(),
                callback_url: Some(receiver.base()),
                scopes: None,
            })
            .unwrap();
        let anna = SimCustomer {
            wa_id: ANNA.to_owned(),
            name: "Анна".to_owned(),
            bsuid: None,
            username: None,
            hides_phone: false,
            blocked: false,
        };
        simulator.add_customer(&anna).unwrap();
        let delivery = simulator.spawn_delivery();
        let graph = Graph::new(&base, VERSION).unwrap();
        let credentials = Credentials::new(NUMBER, Secret::new("TOKEN"), None);
        let world = Self { simulator, graph, credentials, receiver, base, _delivery: delivery };
        world.says(&json!({"type": "text", "body": "Привет 👋"}));
        world
    }

    fn says(&self, content: &Value) -> String {
        let content = serde_json::from_value(content.clone()).unwrap();
        let send = SimSend::new(content);
        self.simulator.say(NUMBER, ANNA, &send).unwrap().id
    }

    async fn sends(&self, content: &Value) -> Result<String, SendError> {
        let content: Content = serde_json::from_value(content.clone()).unwrap();
        assert_eq!(limits::check(&content), [], "{content:?}");
        let anna = Recipient::Phone(Phone::parse(ANNA).unwrap());
        let sent = self.graph.send(&self.credentials, &anna, &content, None, Some("outbox-7")).await;
        sent.map(|accepted| {
            assert_eq!(accepted.wa_id.as_deref(), Some(ANNA));
            accepted.wamid
        })
    }

    /// Everything that the webhooks said, once `enough` of it is there.
    async fn told(&self, enough: impl Fn(&[Event]) -> bool) -> Vec<Event> {
        loop {
            let events: Vec<Event> = self
                .receiver
                .requests()
                .iter()
                .flat_map(|request| {
                    let header = request.header("x-hub-signature-256");
                    assert_eq!(signer(&request.body, header, ["another", "app-secret"]), Some(1));
                    decode(&request.body, Time::from_seconds(0)).unwrap()
                })
                .map(|delivery| {
                    assert_eq!(delivery.route.phone_number_id.as_deref(), Some(NUMBER));
                    assert_eq!(delivery.route.waba_id.as_deref(), Some(ACCOUNT));
                    delivery.event
                })
                .collect();
            if enough(&events) {
                return events;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Every kind and form that a business can send (FACTS §2), except what must be uploaded first.
fn sendable() -> Vec<Value> {
    let image = json!({"kind": "image", "state": "stored", "link": "https://example.com/a.jpg"});
    let video = json!({"kind": "video", "state": "stored", "link": "https://example.com/a.mp4"});
    let document = json!({"kind": "document", "state": "stored", "link": "https://example.com/a.pdf", "filename": "a.pdf"});
    vec![
        json!({"type": "text", "body": "Здравствуйте! https://example.com", "preview_url": true}),
        json!({"type": "media", "kind": "image", "state": "stored", "link": "https://example.com/a.jpg", "caption": "A"}),
        json!({"type": "location", "latitude": 55.75, "longitude": 37.62, "name": "Кофейня", "address": "Арбат, 1"}),
        json!({"type": "contacts", "contacts": [{"name": "Борис", "phones": [{"phone": "+79261112233"}]}]}),
        json!({"type": "buttons", "header": "Заказ", "body": "Что будете?", "footer": "Кофейня",
               "buttons": [{"id": "tea", "title": "Чай"}, {"id": "coffee", "title": "Кофе"}]}),
        json!({"type": "list", "header": "Меню", "body": "Что будете?", "footer": "Кофейня", "button": "Меню", "sections": [
               {"title": "Чай", "rows": [{"id": "green", "title": "Зелёный", "description": "Сенча"}]},
               {"title": "Кофе", "rows": [{"id": "espresso", "title": "Эспрессо"}]}]}),
        json!({"type": "link_button", "header": "Сайт", "body": "Наш сайт", "footer": "Кофейня", "text": "Открыть",
               "url": "https://example.com"}),
        json!({"type": "form", "header": "Бронь", "body": "Бронь", "footer": "Кофейня", "flow_id": "1",
               "cta": "Забронировать", "flow_token": "t", "screen": "FIRST", "data": {"a": 1}}),
        json!({"type": "location_request", "body": "Куда привезти?"}),
        json!({"type": "template", "name": "hello_world", "language": "en_US"}),
        json!({"type": "media", "kind": "video", "state": "stored", "link": "https://example.com/a.mp4", "caption": "A"}),
        json!({"type": "media", "kind": "audio", "state": "stored", "link": "https://example.com/a.ogg", "voice": true}),
        json!({"type": "media", "kind": "document", "state": "stored", "link": "https://example.com/a.pdf",
               "filename": "a.pdf", "caption": "A"}),
        json!({"type": "media", "kind": "sticker", "state": "stored", "link": "https://example.com/a.webp"}),
        json!({"type": "contacts", "contacts": [{"name": "Борис Иванов", "birthday": "1990-01-31",
               "phones": [{"phone": "+79261112233", "wa_id": "79261112233", "kind": "WORK"}],
               "parts": {"first_name": "Борис", "middle_name": "Петрович", "last_name": "Иванов", "prefix": "г-н",
                         "suffix": "мл.", "company": "Кофейня", "department": "Зал", "title": "Бариста",
                         "emails": [{"value": "b@example.com", "kind": "WORK"}],
                         "urls": [{"value": "https://example.com", "kind": "WORK"}],
                         "addresses": [{"street": "Арбат, 1", "city": "Москва", "state": "Москва", "zip": "119002",
                                        "country": "Россия", "country_code": "ru", "kind": "WORK"}]}}]}),
        json!({"type": "buttons", "header_media": image, "body": "Что будете?", "buttons": [{"id": "tea", "title": "Чай"}]}),
        json!({"type": "buttons", "header_media": video, "body": "Что будете?", "buttons": [{"id": "tea", "title": "Чай"}]}),
        json!({"type": "buttons", "header_media": document, "body": "Что будете?", "buttons": [{"id": "tea", "title": "Чай"}]}),
        json!({"type": "link_button", "header_media": image, "body": "Наш сайт", "text": "Открыть", "url": "https://example.com"}),
        json!({"type": "form", "header_media": document, "body": "Бронь", "flow_name": "booking", "cta": "Бронь",
               "flow_token": "t", "data_exchange": true, "draft": true}),
    ]
}

/// Templates with a parameter of every type, beside each what the template must be.
fn templated() -> Vec<(&'static str, Value, Value)> {
    let body = |text: &str, example: &[&str]| json!({"type": "BODY", "text": text, "example": {"body_text": [example]}});
    vec![
        (
            "POSITIONAL",
            json!([body("Заказ {{1}} на {{2}} будет {{3}} утром.", &["7", "100", "завтра"])]),
            json!([{"type": "body", "parameters": [
                {"type": "text", "text": "7"},
                {"type": "currency", "currency": {"fallback_value": "100 ₽", "code": "RUB", "amount_1000": 100_000}},
                {"type": "date_time", "date_time": {"fallback_value": "1 января"}}]}]),
        ),
        (
            "NAMED",
            json!([{"type": "BODY", "text": "Здравствуйте, {{first_name}}, ждём вас.", "example": {
                "body_text_named_params": [{"param_name": "first_name", "example": "Анна"}]}}]),
            json!([{"type": "body", "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Анна"}]}]),
        ),
        (
            "POSITIONAL",
            json!([{"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}},
                   {"type": "BODY", "text": "Новое меню"},
                   {"type": "BUTTONS", "buttons": [
                       {"type": "QUICK_REPLY", "text": "Хочу"},
                       {"type": "URL", "text": "Открыть", "url": "https://example.com/{{1}}", "example": ["a"]},
                       {"type": "COPY_CODE", "example": "MENU10"}]}]),
            json!([{"type": "header", "parameters": [{"type": "image", "image": {"link": "https://example.com/a.jpg"}}]},
                   {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "want"}]},
                   {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "menu"}]},
                   {"type": "button", "sub_type": "copy_code", "index": "2", "parameters": [
                       {"type": "coupon_code", "coupon_code": "MENU10"}]}]),
        ),
        (
            "POSITIONAL",
            json!([{"type": "BODY", "text": "Запишитесь сами"},
                   {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Запись", "flow_id": "1"}]}]),
            json!([{"type": "button", "sub_type": "flow", "index": "0", "parameters": [
                {"type": "action", "action": {"flow_token": "t", "flow_action_data": {"a": 1}}}]}]),
        ),
    ]
}

#[tokio::test]
async fn every_kind_is_taken_and_its_statuses_name_it() {
    let world = World::new().await;
    world.simulator.set_rules(&SimRules {
        known_forms: Some(false),
        statuses: Some(Status::Read),
        status_delay_ms: Some(0),
        ..SimRules::default()
    });
    for content in sendable() {
        let wamid = world.sends(&content).await.unwrap_or_else(|error| panic!("{content}: {error}"));
        let of_it = |event: &Event| match event {
            Event::Status(status) if status.wamid == wamid => Some(status.clone()),
            _ => None,
        };
        let read = |event: &Event| of_it(event).is_some_and(|status| status.status == Status::Read);
        let events = world.told(|events| events.iter().any(read)).await;
        for status in events.iter().filter_map(of_it) {
            assert_eq!(status.callback_data.as_deref(), Some("outbox-7"));
            assert_eq!(status.recipient.wa_id.as_deref(), Some(ANNA));
        }
    }
}

#[tokio::test]
async fn templates_take_every_type_of_parameter() {
    let world = World::new().await;
    for (place, (format, template, given)) in templated().into_iter().enumerate() {
        let name = format!("contract_{place}");
        let create = json!({
            "name": name, "category": "UTILITY", "language": "ru", "parameter_format": format, "components": template,
        });
        let address = format!("{}/v25.0/{ACCOUNT}/message_templates", world.base);
        let created = reqwest::Client::builder().no_proxy().build().unwrap();
        let created = created.post(address).bearer_auth("TOKEN").json(&create).send().await.unwrap();
        assert!(created.status().is_success(), "{}", created.text().await.unwrap());
        let approved = SimTemplateChange { status: "APPROVED".to_owned(), reason: None };
        world.simulator.set_template(NUMBER, &name, &approved).unwrap();
        let content = json!({"type": "template", "name": name, "language": "ru", "components": given});
        world.sends(&content).await.unwrap_or_else(|error| panic!("{content}: {error}"));
    }
}

#[tokio::test]
async fn reactions_come_and_go_and_quotes_are_kept() {
    let world = World::new().await;
    let said = world.says(&json!({"type": "text", "body": "ещё"}));
    world.sends(&json!({"type": "reaction", "target": said, "emoji": "👍"})).await.unwrap();
    world.sends(&json!({"type": "reaction", "target": said})).await.unwrap();
    let content: Content = serde_json::from_value(sendable().remove(0)).unwrap();
    let anna = world.simulator.customers_of(NUMBER).unwrap().remove(0);
    let by_id = Recipient::Bsuid(Bsuid::parse(&anna.bsuid.unwrap()).unwrap());
    let sent = world.graph.send(&world.credentials, &by_id, &content, Some(&said), None).await.unwrap();
    assert!(sent.user_id.is_some() || sent.wa_id.is_some());
    let chat = world.simulator.chat(NUMBER, ANNA).unwrap();
    let shown = chat.messages.iter().find(|message| message.id == sent.wamid).unwrap();
    assert_eq!(shown.reply_to.as_deref(), Some(said.as_str()));
    let reacted = chat.messages.iter().find(|message| message.id == said).unwrap();
    assert_eq!(reacted.reaction.as_deref().unwrap_or_default(), "");
}

#[tokio::test]
async fn what_customers_do_is_understood() {
    let world = World::new().await;
    let question = sendable().remove(4);
    let asked = world.sends(&question).await.unwrap();
    let content = Content::Reply(Reply {
        kind: ReplyKind::Button,
        id: "coffee".to_owned(),
        title: "Кофе".to_owned(),
        description: None,
    });
    let tap = SimSend { reply_to: Some(asked.clone()), ..SimSend::new(content) };
    world.simulator.say(NUMBER, ANNA, &tap).unwrap();
    world.says(&json!({"type": "location", "latitude": 55.75, "longitude": 37.62}));
    world.says(&json!({"type": "reaction", "target": asked, "emoji": "👍"}));
    let messages = |events: &[Event]| -> Vec<_> {
        events
            .iter()
            .filter_map(|event| match event {
                Event::Message(message) => Some((**message).clone()),
                Event::Unknown(unknown) => panic!("{unknown:?}"),
                _ => None,
            })
            .collect()
    };
    let events = world.told(|events| messages(events).len() == 4).await;
    let messages = messages(&events);
    let kinds: Vec<_> = messages.iter().map(|message| message.kind.as_str()).collect();
    assert_eq!(kinds, ["text", "interactive.button_reply", "location", "reaction"]);
    assert!(matches!(&messages[0].content, Content::Text(text) if text.body == "Привет 👋"));
    assert_eq!(messages[0].customer.name.as_deref(), Some("Анна"));
    assert_eq!(messages[1].reply_to.as_ref(), Some(&asked));
    assert!(matches!(&messages[1].content, Content::Reply(reply) if reply.id == "coffee"));
    // Marking as read is taken for what came in.
    world.graph.mark_read(&world.credentials, &messages[0].wamid, true).await.unwrap();
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down() {
    let world = World::new().await;
    let bytes = b"%PDF-1.4 a bill".to_vec();
    let id = world
        .graph
        .upload_media(&world.credentials, bytes.clone().into(), "application/pdf", "bill.pdf")
        .await
        .unwrap();
    let content = json!({"type": "media", "kind": "document", "state": "stored", "provider_id": id,
                         "filename": "bill.pdf", "caption": "Счёт"});
    world.sends(&content).await.unwrap();
    let mut file = world.graph.download_media(&world.credentials, &id, 1_000).await.unwrap();
    assert_eq!((file.mime.as_deref(), file.size), (Some("application/pdf"), Some(15)));
    let mut came = Vec::new();
    while let Some(chunk) = file.stream.next().await {
        came.extend_from_slice(&chunk.unwrap());
    }
    assert_eq!(came, bytes);
    assert!(file.sha256.is_some());
}

#[tokio::test]
async fn a_number_is_found_in_order() {
    let world = World::new().await;
    let secret = Secret::new("app-secret");
    let checks = world.graph.check(&world.credentials, ACCOUNT, &secret).await;
    assert!(checks.ok, "{checks:?}");
    world.graph.subscribe(&world.credentials, ACCOUNT).await.unwrap();
    let number = world.graph.phone_number(&world.credentials).await.unwrap();
    assert_eq!(number.phone.unwrap().as_str(), "+79150000000");

    let stranger = Credentials::new(NUMBER, Secret::new("WRONG"), None);
    let checks = world.graph.check(&stranger, ACCOUNT, &secret).await;
    assert_eq!(checks.checks[0].result, "token_invalid");
    let nobody = Credentials::new("1", Secret::new("TOKEN"), None);
    let checks = world.graph.check(&nobody, ACCOUNT, &secret).await;
    let results: Vec<_> = checks.checks.iter().map(|check| check.result.as_str()).collect();
    let expected =
        ["token_ok", "permissions_ok", "not_checked", "phone_number_unknown", "number_not_in_waba"];
    assert_eq!(results[..5], expected);
    let checks = world.graph.check(&world.credentials, ACCOUNT, &Secret::new("another")).await;
    assert_eq!((checks.ok, checks.checks[2].result.as_str()), (false, "app_secret_wrong"));
}

#[tokio::test]
async fn ordered_errors_mean_what_the_policy_says() {
    let world = World::new().await;
    let text = &sendable()[0];
    for (code, reason) in [
        (130_429, "rate_limited"),
        (131_056, "pair_rate"),
        (131_026, "undeliverable"),
        (190, "token_invalid"),
        (131_047, "window_closed"),
    ] {
        world.simulator.order(once(SimFaultKind::Error, Some(code))).unwrap();
        let Err(SendError::Refused { error, usage }) = world.sends(text).await else { panic!("{code}") };
        assert_eq!((error.code, policy::verdict(&error, 0, usage.as_ref()).reason), (code, reason));
    }
    world.sends(text).await.unwrap();
}

#[tokio::test]
async fn what_may_have_been_taken_counts_as_lost() {
    let world = World::new().await;
    for kind in [SimFaultKind::LostAnswer, SimFaultKind::LostRequest, SimFaultKind::ServerError] {
        world.simulator.order(once(kind, None)).unwrap();
        let result = world.sends(&sendable()[0]).await;
        assert!(matches!(result, Err(SendError::Lost(_))), "{kind:?}: {result:?}");
        // The client does not try again by itself: only the first of the three was taken, and once.
        assert_eq!(world.simulator.accepted_with("outbox-7"), 1, "{kind:?}");
    }
}

fn once(kind: SimFaultKind, code: Option<i64>) -> SimFault {
    SimFault { kind, code, ms: None, times: Some(1), probability: None, wa_id: None, phone_number_id: None }
}
