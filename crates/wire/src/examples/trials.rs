//! Trying out bots.

use serde_json::json;

use super::{examples, ids, some};
use crate::trials::{
    BotTrigger, Candidate, HttpHeader, LostBy, TriedMessage, TriedRequest, TriggerAhead, TriggerGround,
    TryMessage, TryRequest,
};

examples! {
    TryRequest: TryRequest {
        block: json!({ "id": "stock", "kind": "http", "method": "GET",
            "url": "https://api.flowershop.test/stock/{{ flower }}" }),
        variables: json!({ "flower": "tulips" }),
    };

    TriedRequest: TriedRequest {
        status: Some(200),
        headers: vec![HttpHeader { name: "content-type".to_owned(), value: "application/json".to_owned() }],
        body: Some(json!({ "flower": "tulips", "left": 40 })),
        failure: None,
        why: None,
    };

    TryMessage: TryMessage { text: "What do you have in stock?".to_owned(), first: false, busy: false };

    TriedMessage: TriedMessage {
        winner: Some(Candidate {
            bot: ids::GREETER,
            name: "Greeter".to_owned(),
            trigger: "stock".to_owned(),
            priority: 0,
            ground: TriggerGround::KeywordContains,
            keyword: some("stock"),
            lost_by: None,
        }),
        others: vec![Candidate {
            bot: ids::GREETER,
            name: "Greeter".to_owned(),
            trigger: "any".to_owned(),
            priority: 0,
            ground: TriggerGround::AnyMessage,
            keyword: None,
            lost_by: Some(LostBy::Ground),
        }],
    };

    BotTrigger: BotTrigger {
        bot: ids::GREETER,
        name: "Greeter".to_owned(),
        trigger: "any".to_owned(),
        kind: "any_message".to_owned(),
        priority: 0,
        keywords: vec![],
        schedule: None,
        ahead: vec![TriggerAhead {
            bot: ids::GREETER,
            name: "Greeter".to_owned(),
            trigger: "stock".to_owned(),
            kind: "keyword".to_owned(),
            priority: 0,
            ground: TriggerGround::KeywordContains,
            keyword: some("stock"),
            by: LostBy::Ground,
        }],
    };
}
