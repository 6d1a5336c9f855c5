//! What the business sends, and what Meta would say to it.

use beseda_wire::messages::{Content, Direction, ReplyKind, Status};
use beseda_wire::simulator::{SimAct, SimActKind, SimCustomerChange, SimFault, SimFaultKind, SimRules};
use jiff::SignedDuration;
use serde_json::json;

use super::*;

fn fault(kind: SimFaultKind, code: Option<i64>) -> SimFault {
    SimFault { code, ..SimFault::new(kind) }
}

#[tokio::test]
async fn a_customer_writes_and_the_business_answers() {
    let world = World::new().await;
    let said = world.says("Привет! Сколько стоит капучино?");
    let message = &world.receiver.messages(1).await[0];
    assert_eq!(message["id"], said.id.as_str());
    assert_eq!(message["from"], ANNA);
    assert_eq!(message["text"]["body"], "Привет! Сколько стоит капучино?");
    let answer = world
        .posts(json!({"messaging_product": "whatsapp", "to": "+7 (926) 123-45-67", "type": "text",
            "text": {"body": "320 ₽"}, "context": {"message_id": said.id}, "biz_opaque_callback_data": "row-17"}))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["contacts"], json!([{"input": "+7 (926) 123-45-67", "wa_id": ANNA}]));
    assert_eq!(answer.headers["facebook-api-version"], "v25.0");
    assert!(answer.headers["x-business-use-case-usage"].to_str().unwrap().contains(ACCOUNT));
    let statuses = world.receiver.statuses(2).await;
    for (status, word) in statuses.iter().zip(["sent", "delivered"]) {
        assert_eq!(status["status"], word);
        assert_eq!(status["id"], answer.wamid().as_str());
        assert_eq!(status["biz_opaque_callback_data"], "row-17");
        assert_eq!(status["recipient_id"], ANNA);
    }
    let chat = world.simulator.chat(NUMBER, ANNA).unwrap();
    assert_eq!(chat.messages.len(), 2);
    assert_eq!(chat.messages[1].direction, Direction::Out);
    assert_eq!(chat.messages[1].reply_to.as_deref(), Some(said.id.as_str()));
    assert!(matches!(&chat.messages[1].content, Content::Text(text) if text.body == "320 ₽"));
    assert_eq!(world.simulator.accepted_with("row-17"), 1);
}

#[tokio::test]
async fn buttons_and_lists_are_tapped() {
    let world = World::new().await;
    world.says("hi");
    let buttons = json!({"type": "button", "body": {"text": "Coffee?"}, "action": {"buttons": [
        {"type": "reply", "reply": {"id": "yes", "title": "Да"}}, {"type": "reply", "reply": {"id": "no", "title": "Нет"}}]}});
    let asked = world.sends("interactive", buttons).await;
    let list = json!({"type": "list", "body": {"text": "Which?"}, "action": {"button": "Open", "sections": [
        {"rows": [{"id": "c", "title": "Cappuccino", "description": "250 ml"}]}]}});
    let listed = world.sends("interactive", list).await;
    assert_eq!((asked.status, listed.status), (200, 200));
    world.simulator.say(NUMBER, ANNA, &tap(ReplyKind::Button, "yes")).unwrap();
    world.simulator.say(NUMBER, ANNA, &tap(ReplyKind::List, "c")).unwrap();
    assert!(world.simulator.say(NUMBER, ANNA, &tap(ReplyKind::Button, "maybe")).is_err());
    let messages = world.receiver.messages(3).await;
    assert_eq!(
        messages[1]["interactive"],
        json!({"type": "button_reply", "button_reply": {"id": "yes", "title": "Да"}})
    );
    assert_eq!(messages[1]["context"], json!({"from": "79150000000", "id": asked.wamid()}));
    assert_eq!(
        messages[2]["interactive"]["list_reply"],
        json!({"id": "c", "title": "Cappuccino", "description": "250 ml"})
    );
    assert_eq!(messages[2]["context"]["id"], listed.wamid().as_str());
}

#[tokio::test]
async fn outside_the_window_only_templates_pass() {
    let world = World::new().await;
    let text = || world.sends("text", json!({"body": "Hello?"}));
    let closed = text().await;
    assert_eq!((closed.status, closed.code()), (400, 131_047));
    world.says("hi");
    assert_eq!(text().await.status, 200);
    world.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(text().await.code(), 131_047);
    let template = world
        .sends("template", json!({"name": "appointment_reminder", "language": {"code": "ru"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Анна"}, {"type": "text", "text": "12 мая"}, {"type": "text", "text": "15:00"}]},
            {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "come"}]}]}))
        .await;
    assert_eq!(template.body["messages"][0]["message_status"], "accepted", "{}", template.body);
    assert_eq!(text().await.code(), 131_047, "a template opens no window");
    let statuses = world.receiver.statuses(4).await;
    assert_eq!(statuses[3]["pricing"]["category"], "utility");
    world.simulator.say(NUMBER, ANNA, &tap(ReplyKind::Template, "come")).unwrap();
    let messages = world.receiver.messages(2).await;
    assert_eq!(messages[1]["type"], "button");
    assert_eq!(messages[1]["button"]["payload"], "come");
    assert_eq!(messages[1]["context"]["id"], template.wamid().as_str());
    assert_eq!(text().await.status, 200, "the tap did");
    world.simulator.act(NUMBER, ANNA, &SimAct { act: SimActKind::EndWindow, message: None }).unwrap();
    assert_eq!(text().await.code(), 131_047);
}

#[tokio::test]
async fn templates_that_are_not_there_are_refused() {
    let world = World::new().await;
    let missing = world.sends("template", json!({"name": "hello_world", "language": {"code": "de"}})).await;
    assert_eq!((missing.status, missing.code()), (404, 132_001));
    let wrong = world
        .sends(
            "template",
            json!({"name": "hello_world", "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "x"}]}]}),
        )
        .await;
    assert_eq!(wrong.code(), 132_000);
}

#[tokio::test]
async fn tokens_and_ids_are_asked_for() {
    let world = World::new().await;
    let url = |id: &str| format!("{}/graph/v19.0/{id}/messages", world.url);
    let body = json!({"messaging_product": "whatsapp", "to": "+1", "text": {"body": "x"}});
    for request in [world.http.post(url(NUMBER)), world.http.post(url(NUMBER)).bearer_auth("other")] {
        let refused = got(request.json(&body)).await;
        assert_eq!((refused.status, refused.code()), (401, 190));
        assert!(
            refused.headers["www-authenticate"].to_str().unwrap().starts_with("OAuth \"Facebook Platform\"")
        );
    }
    let wrong = got(world.http.post(url("123123")).bearer_auth("EAAtoken").json(&body)).await;
    assert_eq!((wrong.status, wrong.code(), &wrong.body["error"]["error_subcode"]), (400, 100, &json!(33)));
    assert_eq!(wrong.headers["facebook-api-version"], "v21.0");
    assert_eq!(
        wrong.headers["x-ad-api-version-warning"],
        "The call has been auto-upgraded to v21.0 as v19.0 has been deprecated."
    );
    assert!(wrong.headers.contains_key("x-app-usage"));
}

#[tokio::test]
async fn a_lost_answer_is_an_accepted_message() {
    let world = World::new().await;
    world.says("hi");
    let send = || async {
        let request =
            world.http.post(format!("{}/graph/v25.0/{NUMBER}/messages", world.url)).bearer_auth("EAAtoken");
        let body = json!({"messaging_product": "whatsapp", "to": format!("+{ANNA}"), "text": {"body": "once"},
            "biz_opaque_callback_data": "row-1"});
        request.json(&body).send().await
    };
    world.simulator.order(fault(SimFaultKind::LostAnswer, None)).unwrap();
    let error = send().await.expect_err("the connection closes before a status is read");
    assert!(error.is_request() && error.status().is_none(), "{error:?}");
    let statuses = world.receiver.statuses(2).await;
    assert_eq!(statuses[0]["biz_opaque_callback_data"], "row-1");
    world.simulator.order(fault(SimFaultKind::LostRequest, None)).unwrap();
    assert!(send().await.is_err());
    let counters = world.simulator.counters();
    assert_eq!((counters.accepted, counters.answers_lost, counters.duplicates), (1, 1, 0));
    assert_eq!(send().await.unwrap().status(), 200);
    let counters = world.simulator.counters();
    assert_eq!(
        (counters.duplicates, counters.duplicated),
        (1, vec!["row-1".to_owned()]),
        "it was sent twice"
    );
}

#[tokio::test]
async fn ordered_faults_come_in_their_order() {
    let world = World::new().await;
    world.says("hi");
    for (code, times) in [(130_429, 2), (131_056, 1), (190, 1)] {
        let times = Some(times);
        world.simulator.order(SimFault { times, ..fault(SimFaultKind::Error, Some(code)) }).unwrap();
    }
    world.simulator.order(fault(SimFaultKind::ServerError, None)).unwrap();
    let mut codes = Vec::new();
    for _ in 0..6 {
        let answer = world.sends("text", json!({"body": "x"})).await;
        codes.push((answer.status, answer.code()));
    }
    assert_eq!(codes, [(400, 130_429), (400, 130_429), (400, 131_056), (401, 190), (500, 0), (200, 0)]);
    assert_eq!(world.simulator.counters().refused, 4);
}

#[tokio::test]
async fn what_fails_later_fails_by_webhook() {
    let world = World::new().await;
    world.says("hi");
    world.simulator.order(fault(SimFaultKind::FailedStatus, Some(131_049))).unwrap();
    let failed = world.sends("text", json!({"body": "x"})).await;
    let status = &world.receiver.statuses(1).await[0];
    assert_eq!(
        (status["status"].as_str(), status["id"].as_str()),
        (Some("failed"), Some(failed.wamid().as_str()))
    );
    assert_eq!(status["errors"][0]["code"], 131_049);
    let stranger = world
        .posts(json!({"messaging_product": "whatsapp", "to": "+79990000000", "type": "template",
            "template": {"name": "hello_world", "language": {"code": "en_US"}}}))
        .await;
    assert_eq!(stranger.status, 200, "Meta accepts and finds out later");
    let status = &world.receiver.statuses(2).await[1];
    assert_eq!(status["errors"][0]["code"], 131_026);
    assert_eq!(world.simulator.chat(NUMBER, ANNA).unwrap().messages.len(), 1, "nothing reached the phone");
}

#[tokio::test]
async fn statuses_follow_the_phone() {
    let world = World::new().await;
    world.says("hi");
    let act = |act: SimActKind| world.simulator.act(NUMBER, ANNA, &SimAct { act, message: None }).unwrap();
    let first = world.sends("text", json!({"body": "1"})).await;
    world.receiver.statuses(2).await;
    act(SimActKind::Open);
    let second = world.sends("text", json!({"body": "2"})).await;
    let words: Vec<_> = world
        .receiver
        .statuses(6)
        .await
        .iter()
        .map(|status| {
            (status["status"].as_str().unwrap().to_owned(), status["id"].as_str().unwrap().to_owned())
        })
        .collect();
    let expected = [
        ("sent", &first),
        ("delivered", &first),
        ("read", &first),
        ("sent", &second),
        ("delivered", &second),
        ("read", &second),
    ];
    assert_eq!(words, expected.map(|(word, message)| (word.to_owned(), message.wamid())));
    act(SimActKind::Close);
    world
        .simulator
        .act(NUMBER, ANNA, &SimAct { act: SimActKind::Play, message: Some(second.wamid()) })
        .unwrap();
    assert_eq!(world.receiver.statuses(7).await[6]["status"], "played");
    let change = SimCustomerChange { blocked: Some(true), ..SimCustomerChange::default() };
    world.simulator.change_customer(ANNA, change).unwrap();
    world.sends("text", json!({"body": "3"})).await;
    assert_eq!(world.receiver.statuses(8).await[7]["status"], "sent", "who blocked us stays on one tick");
    assert_eq!(world.simulator.chat(NUMBER, ANNA).unwrap().messages[3].status, Some(Status::Sent));
}

#[tokio::test]
async fn rates_are_kept_when_they_are_set() {
    let world = World::new().await;
    world.says("hi");
    let rules = SimRules { per_second: Some(3), statuses: Some(Status::Queued), ..SimRules::default() };
    world.simulator.set_rules(&rules);
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(world.sends("text", json!({"body": "x"})).await.code());
    }
    assert_eq!(codes, [0, 0, 0, 130_429]);
    world.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(world.sends("text", json!({"body": "x"})).await.code(), 0);
    world.simulator.set_rules(&SimRules { per_second: Some(0), pair_limit: Some(true), ..rules });
    let mut codes = Vec::new();
    for _ in 0..46 {
        codes.push(world.sends("text", json!({"body": "x"})).await.code());
    }
    assert_eq!(codes.iter().position(|code| *code == 131_056), Some(45));
}

#[tokio::test]
async fn recipients_are_found_as_whatsapp_finds_them() {
    let world = World::new().await;
    let ana = world.simulator.add_customer(&SimCustomer::new("554196127300", "Ana")).unwrap();
    world.simulator.say(NUMBER, "554196127300", &words("oi")).unwrap();
    let to = |to: &str| json!({"messaging_product": "whatsapp", "to": to, "text": {"body": "x"}});
    let answer = world.posts(to("+5541996127300")).await;
    assert_eq!(answer.body["contacts"], json!([{"input": "+5541996127300", "wa_id": "554196127300"}]));
    let bsuid = ana.bsuid.unwrap();
    let answer = world
        .posts(json!({"messaging_product": "whatsapp", "recipient": bsuid, "type": "text", "text": {"body": "x"}}))
        .await;
    assert_eq!(answer.body["contacts"], json!([{"input": bsuid, "user_id": bsuid}]));
    for (number, code) in [("12", 131_009), ("+79150000000", 131_021), ("554196127300", 131_047)] {
        assert_eq!(world.posts(to(number)).await.code(), code, "{number}: without + ours is put in front");
    }
}

#[tokio::test]
async fn marks_and_typing_show_on_the_phone() {
    let world = World::new().await;
    let said = world.says("hi");
    let mark = |id: &str, typing: bool| {
        let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": id});
        if typing {
            body["typing_indicator"] = json!({"type": "text"});
        }
        body
    };
    let answer = world.posts(mark(&said.id, true)).await;
    assert_eq!(answer.body, json!({"success": true}));
    let chat = world.simulator.chat(NUMBER, ANNA).unwrap();
    assert!(chat.typing);
    assert_eq!(chat.messages[0].status, Some(Status::Read));
    let sent = world.sends("text", json!({"body": "hello"})).await;
    assert!(!world.simulator.chat(NUMBER, ANNA).unwrap().typing);
    let outgoing = world.posts(mark(&sent.wamid(), false)).await;
    assert_eq!(outgoing.code(), 100);
    assert_eq!(
        outgoing.body["error"]["error_data"]["details"],
        format!(
            "Message supplied to mark message as read API with message ID: {} is outgoing. Please use an incoming message ID.",
            sent.wamid()
        )
    );
    assert_eq!(world.posts(mark("wamid.HBgLMTY1MDM4NzE5ODUVAgARGBI", false)).await.code(), 100);
    let reaction = world.sends("reaction", json!({"message_id": said.id, "emoji": "👍"})).await;
    assert_eq!(reaction.status, 200);
    assert_eq!(world.simulator.chat(NUMBER, ANNA).unwrap().messages[0].reaction.as_deref(), Some("👍"));
    world.sends("reaction", json!({"message_id": "wamid.none", "emoji": "👍"})).await;
    let statuses =
        world.receiver.wait_for(1, |change| change["value"]["statuses"][0]["errors"].get(0).cloned()).await;
    assert_eq!(statuses[0]["code"], 131_009);
}
