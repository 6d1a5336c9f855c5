//! The client and the decoder against the simulator, over real HTTP. Both sides were written from Meta's documentation
//! and share no code, so what one says and the other does not take is a mistake of one of them.

use beseda_wire::messages::{Content, Reply, ReplyKind, Status};
use beseda_wire::simulator::{SimCustomer, SimFault, SimFaultKind, SimRegister, SimRules, SimSend};
use beseda_wire::time::Time;
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::crypto::Secret;
use crate::customers::Phone;
use crate::http::lifecycle::Lifecycle;
use crate::http::server::{ServerOptions, serve};
use crate::whatsapp::graph::tests::server::{Script, Server};
use crate::whatsapp::graph::{Credentials, Graph, Recipient, SendError, VERSION};
use crate::whatsapp::policy;
use crate::whatsapp::signature::signer;
use crate::whatsapp::simulator::{Delivery, Options, Simulator};
use crate::whatsapp::webhook::{Event, decode};

const NUMBER: &str = "107878721936019";
const ACCOUNT: &str = "114503234599312";
const ANNA: &str = "79261234567";

/// A business with one number at the simulator, and Anna, who has written already.
struct World {
    simulator: Simulator,
    graph: Graph,
    credentials: Credentials,
    receiver: Server,
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
        let world = Self { simulator, graph, credentials, receiver, _delivery: delivery };
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

/// Every kind that a business can send, except files, which must be uploaded first.
fn sendable() -> Vec<Value> {
    vec![
        json!({"type": "text", "body": "Здравствуйте! https://example.com", "preview_url": true}),
        json!({"type": "media", "kind": "image", "state": "stored", "link": "https://example.com/a.jpg", "caption": "A"}),
        json!({"type": "location", "latitude": 55.75, "longitude": 37.62, "name": "Кофейня", "address": "Арбат, 1"}),
        json!({"type": "contacts", "contacts": [{"name": "Борис", "phones": [{"phone": "+79261112233"}]}]}),
        json!({"type": "buttons", "header": "Заказ", "body": "Что будете?", "footer": "Кофейня",
               "buttons": [{"id": "tea", "title": "Чай"}, {"id": "coffee", "title": "Кофе"}]}),
        json!({"type": "list", "body": "Что будете?", "button": "Меню", "sections": [
               {"title": "Чай", "rows": [{"id": "green", "title": "Зелёный", "description": "Сенча"}]},
               {"title": "Кофе", "rows": [{"id": "espresso", "title": "Эспрессо"}]}]}),
        json!({"type": "link_button", "body": "Наш сайт", "text": "Открыть", "url": "https://example.com"}),
        json!({"type": "form", "body": "Бронь", "flow_id": "1", "cta": "Забронировать", "flow_token": "t",
               "screen": "FIRST", "data": {"a": 1}}),
        json!({"type": "location_request", "body": "Куда привезти?"}),
        json!({"type": "template", "name": "hello_world", "language": "en_US"}),
    ]
}

#[tokio::test]
async fn every_kind_is_taken_and_its_statuses_name_it() {
    let world = World::new().await;
    world.simulator.set_rules(&SimRules {
        per_second: None,
        pair_limit: None,
        window: None,
        statuses: Some(Status::Read),
        status_delay_ms: Some(0),
        batch: None,
        hold_webhooks: None,
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
    let checks = world.graph.check(&world.credentials, ACCOUNT).await;
    assert!(checks.ok, "{checks:?}");
    world.graph.subscribe(&world.credentials, ACCOUNT).await.unwrap();
    let number = world.graph.phone_number(&world.credentials).await.unwrap();
    assert_eq!(number.phone.unwrap().as_str(), "+79150000000");

    let stranger = Credentials::new(NUMBER, Secret::new("WRONG"), None);
    let checks = world.graph.check(&stranger, ACCOUNT).await;
    assert_eq!(checks.checks[0].result, "token_invalid");
    let nobody = Credentials::new("1", Secret::new("TOKEN"), None);
    let checks = world.graph.check(&nobody, ACCOUNT).await;
    let results: Vec<_> = checks.checks.iter().map(|check| check.result.as_str()).collect();
    assert_eq!(results[..3], ["token_ok", "phone_number_unknown", "number_not_in_waba"]);
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
