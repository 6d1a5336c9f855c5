//! What customers do, and how webhooks arrive.

use beseda_wire::messages::{Location, Other, Reaction, Referral, Status};
use beseda_wire::simulator::{
    SimAct, SimActKind, SimCustomerChange, SimEdit, SimFault, SimFaultKind, SimRules, SimTemplateChange,
    SimWebhook,
};
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_receiver_that_was_away_gets_everything_in_order() {
    let mut world = World::new().await;
    world.says("0");
    world.receiver.messages(1).await;
    world.receiver.stop().await;
    for number in 1..6 {
        world.says(&number.to_string());
    }
    // A lane that reached nobody looks again when its pause, by the manual clock, is over.
    world.receiver.come_back();
    let clock = world.clock.clone();
    let moving = tokio::spawn(async move {
        loop {
            clock.advance(jiff::SignedDuration::from_millis(20));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let messages = world.receiver.messages(6).await;
    moving.abort();
    let texts: Vec<_> = messages.iter().map(|message| message["text"]["body"].as_str().unwrap()).collect();
    assert_eq!(texts, ["0", "1", "2", "3", "4", "5"]);
}

#[tokio::test]
async fn a_refused_webhook_comes_again() {
    let world = World::with(Options {
        seed: Some(7),
        retries: vec![jiff::SignedDuration::ZERO],
        ..Options::default()
    })
    .await;
    world.receiver.answer_with(500);
    world.says("hi");
    while world.simulator.counters().webhooks_failed < 3 {
        tokio::task::yield_now().await;
    }
    world.receiver.answer_with(200);
    assert_eq!(world.receiver.messages(1).await.len(), 1);
    while world.simulator.counters().changes_delivered == 0 {
        tokio::task::yield_now().await;
    }
    let counters = world.simulator.counters();
    assert_eq!((counters.changes_waiting, counters.changes_delivered, counters.changes_dropped), (0, 1, 0));
}

#[tokio::test]
async fn webhooks_are_signed_batched_and_held() {
    let world = World::new().await;
    let rules = world.simulator.set_rules(&SimRules {
        batch: Some(100),
        hold_webhooks: Some(true),
        ..SimRules::default()
    });
    assert_eq!(
        (rules.batch, rules.hold_webhooks, rules.statuses),
        (Some(100), Some(true), Some(Status::Delivered))
    );
    for number in 0..5 {
        world.says(&format!("№{number}"));
    }
    assert_eq!(world.simulator.counters().changes_waiting, 5);
    world.simulator.set_rules(&SimRules { hold_webhooks: Some(false), ..SimRules::default() });
    world.receiver.messages(5).await;
    let taken = world.receiver.taken();
    assert_eq!(taken.len(), 1, "they came in one");
    assert!(taken[0].body.contains("\\u2116"), "escaped as Meta does: {}", taken[0].body);
    let head = taken[0].head.to_lowercase();
    assert!(
        head.contains("user-agent: facebookexternalua") && head.contains("content-type: application/json")
    );
}

#[tokio::test]
async fn webhooks_come_twice_late_and_reversed_on_order() {
    let world = World::new().await;
    let fault = |kind: SimFaultKind, ms: Option<u64>| SimFault { ms, ..SimFault::new(kind) };
    world.simulator.order(fault(SimFaultKind::DuplicateWebhook, None)).unwrap();
    world.says("twice");
    let messages = world.receiver.messages(2).await;
    assert_eq!(messages[0], messages[1]);
    world.simulator.order(fault(SimFaultKind::ReversedStatuses, None)).unwrap();
    world.simulator.order(fault(SimFaultKind::LateStatuses, Some(5_000))).unwrap();
    world.sends("text", json!({"body": "x"})).await;
    assert_eq!(world.simulator.counters().changes_waiting, 2);
    world.clock.advance(jiff::SignedDuration::from_secs(6));
    world.simulator.wake_lanes();
    let words: Vec<_> =
        world.receiver.statuses(2).await.iter().map(|status| status["status"].clone()).collect();
    assert_eq!(words, ["delivered", "sent"]);
    world.simulator.order(fault(SimFaultKind::NoStatuses, None)).unwrap();
    world.sends("text", json!({"body": "x"})).await;
    assert_eq!(world.simulator.counters().changes_waiting, 0);
}

#[tokio::test]
async fn customers_do_more_than_write() {
    let world = World::new().await;
    let said = world.says("hello");
    let sent = world.sends("text", json!({"body": "hi"})).await;
    let place = Location {
        latitude: 55.75,
        longitude: 37.61,
        name: Some("Кремль".to_owned()),
        address: None,
        url: None,
    };
    world.simulator.say(NUMBER, ANNA, &says(Content::Location(place))).unwrap();
    let reaction = |emoji: Option<&str>| {
        says(Content::Reaction(Reaction { target: sent.wamid(), emoji: emoji.map(str::to_owned) }))
    };
    world.simulator.say(NUMBER, ANNA, &reaction(Some("❤️"))).unwrap();
    world.simulator.say(NUMBER, ANNA, &reaction(None)).unwrap();
    let quoting = SimSend { reply_to: Some(sent.wamid()), forwarded: true, ..words("quote") };
    world.simulator.say(NUMBER, ANNA, &quoting).unwrap();
    let odd =
        Other { kind: "unsupported".to_owned(), detail: None, raw: Some(json!({"type": "poll_creation"})) };
    world.simulator.say(NUMBER, ANNA, &says(Content::Other(odd))).unwrap();
    world
        .simulator
        .edit(NUMBER, ANNA, &SimEdit { message: said.id.clone(), text: "hello!".to_owned() })
        .unwrap();
    world
        .simulator
        .act(NUMBER, ANNA, &SimAct { act: SimActKind::Revoke, message: Some(said.id.clone()) })
        .unwrap();
    let messages = world.receiver.messages(8).await;
    assert_eq!(messages[1]["location"], json!({"latitude": 55.75, "longitude": 37.61, "name": "Кремль"}));
    assert_eq!(messages[2]["reaction"], json!({"message_id": sent.wamid(), "emoji": "❤️"}));
    assert_eq!(
        messages[3]["reaction"],
        json!({"message_id": sent.wamid()}),
        "without an emoji it is taken back"
    );
    assert_eq!(messages[4]["context"], json!({"from": "79150000000", "id": sent.wamid(), "forwarded": true}));
    assert_eq!(messages[5]["errors"][0]["code"], 131_051);
    assert_eq!(messages[6]["edit"]["original_message_id"], said.id.as_str());
    assert_eq!(messages[6]["edit"]["message"]["text"]["body"], "hello!");
    assert_eq!(messages[7]["revoke"], json!({"original_message_id": said.id}));
    let wrong = SimEdit { message: sent.wamid(), text: "no".to_owned() };
    assert!(world.simulator.edit(NUMBER, ANNA, &wrong).is_err(), "that is the business's");
    let wrong = SimSend { reply_to: Some("wamid.none".to_owned()), ..words("quote") };
    assert!(world.simulator.say(NUMBER, ANNA, &wrong).is_err());
    let chat = world.simulator.chat(NUMBER, ANNA).unwrap();
    assert!(chat.messages[0].edited && chat.messages[0].revoked && chat.window_open);
}

#[tokio::test]
async fn who_hides_the_phone_is_known_by_the_user_id() {
    let world = World::new().await;
    let bsuid = world.simulator.customers()[0].bsuid.clone().unwrap();
    let change = SimCustomerChange {
        hides_phone: Some(true),
        username: Some("@anna".to_owned()),
        ..SimCustomerChange::default()
    };
    world.simulator.change_customer(ANNA, change).unwrap();
    world.says("hi");
    let body = json!({"messaging_product": "whatsapp", "recipient": bsuid, "text": {"body": "x"}});
    world.posts(body.clone()).await;
    world.receiver.statuses(2).await;
    for webhook in world.receiver.taken() {
        assert!(
            !webhook.body.contains(&format!("\"{ANNA}\"")) && webhook.body.contains(&bsuid),
            "{}",
            webhook.body
        );
        assert!(webhook.body.contains("@anna"));
    }
    world.sends("text", json!({"body": "we had the number all along"})).await;
    world.says("hm");
    assert_eq!(
        world.receiver.messages(2).await[1]["from"],
        ANNA,
        "for thirty days it is shown to who dialled it"
    );
}

#[tokio::test]
async fn another_number_is_told_to_those_who_know_the_customer() {
    let world = World::new().await;
    let before = world.simulator.customers()[0].bsuid.clone().unwrap();
    world.says("hi");
    let moved = SimCustomerChange { wa_id: Some("+79031112233".to_owned()), ..SimCustomerChange::default() };
    let after = world.simulator.change_customer(ANNA, moved).unwrap();
    let system = world.receiver.messages(2).await[1].clone();
    assert_eq!(system["from"], ANNA);
    assert_eq!(system["system"]["type"], "user_changed_number");
    assert_eq!(system["system"]["wa_id"], "79031112233");
    assert_eq!(system["system"]["user_id"], after.bsuid.clone().unwrap().as_str());
    assert_eq!(system["system"]["previous_user_id"], before.as_str());
    world.simulator.say(NUMBER, "79031112233", &words("it is me")).unwrap();
    assert_eq!(world.receiver.messages(3).await[2]["from"], "79031112233");
    assert_eq!(
        world.simulator.chat(NUMBER, "79031112233").unwrap().messages.len(),
        2,
        "the chat is the same"
    );
}

#[tokio::test]
async fn stopping_marketing_is_told_and_kept() {
    let world = World::new().await;
    world.simulator.act(NUMBER, ANNA, &SimAct { act: SimActKind::StopMarketing, message: None }).unwrap();
    let told = world.receiver.wait_for(1, |change| change["value"]["user_preferences"].get(0).cloned()).await;
    assert_eq!((told[0]["value"].as_str(), told[0]["wa_id"].as_str()), (Some("stop"), Some(ANNA)));
    let offer = json!({"name": "spring_offer", "language": {"code": "ru"}, "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "Анна"}, {"type": "text", "text": "ВЕСНА"}]}]});
    world.sends("template", offer.clone()).await;
    assert_eq!(world.receiver.statuses(1).await[0]["errors"][0]["code"], 131_050);
    world.simulator.act(NUMBER, ANNA, &SimAct { act: SimActKind::ResumeMarketing, message: None }).unwrap();
    world.sends("template", offer).await;
    assert_eq!(world.receiver.statuses(3).await[2]["pricing"]["category"], "marketing");
}

#[tokio::test]
async fn a_callback_address_proves_itself() {
    let world = World::new().await;
    assert!(world.simulator.verify_callback(NUMBER).await.unwrap().ok);
    let post = |path: &str, body: serde_json::Value| {
        got(world.http.post(format!("{}/graph/v25.0/{path}", world.url)).bearer_auth("EAAtoken").json(&body))
    };
    let path = format!("{ACCOUNT}/subscribed_apps");
    let refused =
        post(&path, json!({"override_callback_uri": world.receiver.url(), "verify_token": "wrong"})).await;
    assert_eq!((refused.status, refused.code()), (400, 2200));
    let taken =
        post(&path, json!({"override_callback_uri": world.receiver.url(), "verify_token": "verify"})).await;
    assert_eq!(taken.body, json!({"success": true}));
    let stopped =
        got(world.http.delete(format!("{}/graph/v25.0/{path}", world.url)).bearer_auth("EAAtoken")).await;
    assert_eq!(stopped.body, json!({"success": true}));
    world.says("nobody listens");
    assert_eq!(world.simulator.counters().changes_waiting, 0);
}

#[tokio::test]
async fn what_waits_is_bounded() {
    let world = World::with(Options { seed: Some(7), most_waiting: 3, ..Options::default() }).await;
    world.simulator.set_rules(&SimRules { hold_webhooks: Some(true), ..SimRules::default() });
    for _ in 0..5 {
        world.says("hi");
    }
    let counters = world.simulator.counters();
    assert_eq!((counters.changes_waiting, counters.changes_dropped, counters.said), (3, 2, 5));
    world.simulator.reset();
    assert_eq!(world.simulator.counters().changes_waiting, 0);
}

#[tokio::test]
async fn a_number_s_own_customers_are_known_to_it_alone() {
    let world = World::new().await;
    let other = SimRegister {
        phone_number_id: "2".to_owned(),
        waba_id: "3".to_owned(),
        phone: "+15550934873".to_owned(),
        name: "Other".to_owned(),
        token: "other".to_owned(),
        app_secret: "app-secret".to_owned(),
        verify_token: "verify".to_owned(),
        callback_url: Some(world.receiver.url()),
        scopes: None,
    };
    world.simulator.register(other).unwrap();
    let ours = SimCustomer::new("79030000000", "Борис");
    world.simulator.add_customer_of(NUMBER, &ours).unwrap();
    world.simulator.add_customer_of("2", &SimCustomer::new("79030000000", "Boris")).unwrap();
    let names = |number: &str| {
        let customers = world.simulator.customers_of(number).unwrap();
        customers.into_iter().map(|customer| customer.name).collect::<Vec<_>>()
    };
    assert_eq!(names(NUMBER), ["Анна", "Борис"]);
    assert_eq!(names("2"), ["Анна", "Boris"]);
    world.simulator.say(NUMBER, "79030000000", &words("hi")).unwrap();
    world.simulator.say("2", "79030000000", &words("hi")).unwrap();
    let told = world
        .receiver
        .wait_for(2, |change| change["value"]["contacts"][0]["profile"]["name"].as_str().map(str::to_owned))
        .await;
    assert!(told.contains(&"Борис".to_owned()) && told.contains(&"Boris".to_owned()), "{told:?}");
    let change = SimCustomerChange { name: Some("Боря".to_owned()), ..SimCustomerChange::default() };
    world.simulator.change_customer_of(NUMBER, "79030000000", change).unwrap();
    assert_eq!(names("2"), ["Анна", "Boris"]);
}

#[tokio::test]
async fn advertisements_products_and_odd_webhooks_come_through() {
    let world = World::new().await;
    let referral = |product: Option<&str>| Referral {
        source_url: Some("https://fb.me/1".to_owned()),
        source_id: None,
        source_type: Some("ad".to_owned()),
        headline: None,
        body: None,
        ctwa_clid: Some("click".to_owned()),
        product: product.map(str::to_owned),
    };
    let from_ad = SimSend { referral: Some(referral(None)), ..words("Is it there?") };
    world.simulator.say(NUMBER, ANNA, &from_ad).unwrap();
    let of_product = SimSend { referral: Some(referral(Some("cat/sku"))), ..words("And this?") };
    world.simulator.say(NUMBER, ANNA, &of_product).unwrap();
    let messages = world.receiver.messages(2).await;
    assert_eq!(
        messages[0]["referral"],
        json!({"source_url": "https://fb.me/1", "source_type": "ad", "ctwa_clid": "click"})
    );
    assert_eq!(
        messages[1]["context"]["referred_product"],
        json!({"catalog_id": "cat", "product_retailer_id": "sku"})
    );
    let odd = SimWebhook { field: "weather".to_owned(), value: json!({"sky": "blue"}) };
    world.simulator.send_webhook_of(NUMBER, &odd).unwrap();
    let told =
        world.receiver.wait_for(1, |change| (change["field"] == "weather").then(|| change["value"].clone()));
    assert_eq!(told.await[0], json!({"sky": "blue"}));
    let paused = SimTemplateChange { status: "PAUSED".to_owned(), reason: None };
    world.simulator.set_template(NUMBER, "hello_world", &paused).unwrap();
    assert!(world.simulator.set_template(NUMBER, "none", &paused).is_err());
    let sent = world.sends("template", json!({"name": "hello_world", "language": {"code": "en_US"}})).await;
    assert_eq!(sent.code(), 132_015);
    let told =
        world.receiver.wait_for(1, |change| change["value"]["event"].as_str().map(str::to_owned)).await;
    assert_eq!(told, ["PAUSED"]);
}
