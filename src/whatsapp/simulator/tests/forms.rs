//! Forms over the Graph API: created, given their JSON, published, listed and read; and filled in by a customer.

use beseda_wire::forms::FormAction;
use beseda_wire::simulator::SimRules;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use super::*;

impl World {
    async fn calls(&self, method: Method, path: &str, body: Value) -> Got {
        let url = format!("{}/graph/v25.0/{path}", self.url);
        got(self.http.request(method, url).bearer_auth("EAAtoken").json(&body)).await
    }

    async fn gives_json(&self, id: &str, kind: &str, json: &str) -> Got {
        let part = Part::bytes(json.as_bytes().to_vec())
            .file_name("flow.json")
            .mime_str("application/json")
            .unwrap();
        let form =
            Form::new().text("name", "flow.json").text("asset_type", kind.to_owned()).part("file", part);
        let url = format!("{}/graph/v25.0/{id}/assets", self.url);
        got(self.http.post(url).bearer_auth("EAAtoken").multipart(form)).await
    }
}

fn survey() -> Value {
    json!({ "version": "7.0", "screens": [{
        "id": "RATE", "title": "Rate us", "terminal": true,
        "layout": { "type": "SingleColumnLayout", "children": [
            { "type": "RadioButtonsGroup", "name": "stars", "label": "How was it?", "required": true,
              "data-source": [{ "id": "5", "title": "Good" }, { "id": "1", "title": "Bad" }] },
            { "type": "Footer", "label": "Send", "on-click-action": {
                "name": "complete", "payload": { "stars": "${form.stars}" } } },
        ] },
    }] })
}

#[tokio::test]
async fn a_form_is_created_published_and_read_back() {
    let world = World::new().await;
    let flows = format!("{ACCOUNT}/flows");
    let listed = world.asks(&flows).await.body;
    let first: Vec<_> = listed["data"].as_array().unwrap().iter().map(|form| form["name"].clone()).collect();
    assert_eq!(first, ["Book a visit", "Запись на приём"]);
    let create = json!({ "name": "Survey", "categories": ["SURVEY"] });
    let made = world.calls(Method::POST, &flows, create.clone()).await;
    let id = made.body["id"].as_str().expect("an id").to_owned();
    let again = world.calls(Method::POST, &flows, create).await;
    assert_eq!((again.status, again.body["error"]["error_subcode"].as_i64()), (400, Some(4_016_019)));
    let bad = world.calls(Method::POST, &flows, json!({ "name": "X", "categories": ["FUN"] })).await;
    assert_eq!(bad.code(), 100);
    assert_eq!(world.calls(Method::POST, &flows, json!({ "categories": ["OTHER"] })).await.code(), 100);

    // Without its JSON nothing is there to be published or fetched.
    assert_eq!(world.calls(Method::POST, &format!("{id}/publish"), json!({})).await.code(), 139_002);
    assert_eq!(world.asks(&format!("{id}/assets")).await.body, json!({ "data": [] }));
    let faulty = world.gives_json(&id, "FLOW_JSON", "{\"version\": \"7.0\"}").await;
    assert_eq!((faulty.status, faulty.body["success"].as_bool()), (200, Some(true)), "{}", faulty.body);
    assert_eq!(faulty.body["validation_errors"][0]["error"], "MIN_ITEMS_REQUIRED");
    assert_eq!(world.gives_json(&id, "PICTURE", "{}").await.code(), 100);
    assert_eq!(world.gives_json("4711", "FLOW_JSON", "{}").await.code(), 100);
    let good = world.gives_json(&id, "FLOW_JSON", &survey().to_string()).await;
    assert_eq!(good.body, json!({ "success": true, "validation_errors": [] }));
    assert_eq!(world.calls(Method::POST, &format!("{id}/publish"), json!({})).await.status, 200);
    let told = world.asks(&format!("{id}?fields=id,name,status,json_version")).await.body;
    assert_eq!(told, json!({ "id": id, "name": "Survey", "status": "PUBLISHED", "json_version": "7.0" }));
    assert_eq!(world.asks(&format!("{id}?fields=secret")).await.code(), 100);

    // Its JSON lies behind an address that is its own right.
    let assets = world.asks(&format!("{id}/assets")).await.body;
    assert_eq!(assets["data"][0]["asset_type"], "FLOW_JSON");
    let address = assets["data"][0]["download_url"].as_str().unwrap().to_owned();
    let json: Value =
        serde_json::from_str(&world.http.get(&address).send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(json, survey());
    assert_eq!(world.http.get(format!("{address}0")).send().await.unwrap().status(), 404);

    // Published it stays as it is.
    assert_eq!(world.gives_json(&id, "FLOW_JSON", "{}").await.code(), 139_001);
    assert_eq!(world.calls(Method::DELETE, &id, json!({})).await.code(), 139_003);
    assert_eq!(world.calls(Method::POST, &format!("{id}/deprecate"), json!({})).await.status, 200);
    let draft = json!({ "name": "Copy", "categories": ["OTHER"], "clone_flow_id": id });
    let copy = world.calls(Method::POST, &flows, draft).await.body["id"].as_str().unwrap().to_owned();
    assert_eq!(world.calls(Method::DELETE, &copy, json!({})).await.body, json!({ "success": true }));
    assert_eq!(world.asks(&copy).await.status, 400);
    // At once, with its JSON as a text.
    let whole = json!({ "name": "Whole", "categories": ["OTHER"], "flow_json": survey().to_string(), "publish": true });
    assert_eq!(world.calls(Method::POST, &flows, whole).await.body["success"], true);
    let page = world.asks(&format!("{flows}?fields=name&limit=3")).await.body;
    assert_eq!(page["data"].as_array().unwrap().len(), 3);
    assert!(page["paging"]["next"].is_string());
}

#[tokio::test]
async fn a_phone_shows_the_forms_of_the_numbers_account() {
    let world = World::new().await;
    let id = world.asks(&format!("{ACCOUNT}/flows")).await.body["data"][0]["id"].as_str().unwrap().to_owned();
    let form = world.simulator.shown_form(NUMBER, &id).unwrap().expect("it is there");
    assert_eq!(form.fields, ["service", "day", "time", "name", "wishes", "remind", "agrees"]);
    let [visit, about] = &form.screens[..] else { panic!("two screens") };
    assert_eq!((visit.action, visit.next.as_deref()), (FormAction::Navigate, Some("ABOUT_YOU")));
    assert_eq!(about.action, FormAction::Complete);
    assert_eq!(world.simulator.shown_form(NUMBER, "Book a visit").unwrap().map(|form| form.id), Some(id));
    assert_eq!(world.simulator.shown_form(NUMBER, "4711").unwrap(), None);
    assert!(world.simulator.shown_form("1", "4711").is_err());
}

#[tokio::test]
async fn only_a_form_of_the_account_that_is_published_is_sent() {
    let world = World::new().await;
    world.says("Hello");
    let flows = format!("{ACCOUNT}/flows");
    let first = world.asks(&flows).await.body["data"][0]["id"].as_str().unwrap().to_owned();
    let made = json!({ "name": "Survey", "categories": ["SURVEY"], "flow_json": survey().to_string() });
    let draft = world.calls(Method::POST, &flows, made).await.body["id"].as_str().unwrap().to_owned();
    let send = async |by: &str, form: &str, mode: &str| {
        let parameters = json!({ "flow_message_version": "3", by: form, "flow_cta": "Open", "flow_token": "t", "mode": mode });
        let action = json!({ "name": "flow", "parameters": parameters });
        let got = world
            .sends("interactive", json!({ "type": "flow", "body": { "text": "?" }, "action": action }))
            .await;
        if got.status == 200 {
            return Ok(());
        }
        Err((got.code(), got.body["error"]["error_data"]["details"].as_str().unwrap_or_default().to_owned()))
    };
    assert_eq!(send("flow_id", &first, "published").await, Ok(()));
    assert_eq!(send("flow_name", "Book a visit", "published").await, Ok(()));
    assert_eq!(send("flow_id", &draft, "draft").await, Ok(()));
    for (by, form, mode, why) in [
        ("flow_id", "4711", "published", "4711 does not exist"),
        ("flow_id", "4711", "draft", "4711 does not exist"),
        ("flow_id", "Book a visit", "published", "does not exist"),
        ("flow_name", first.as_str(), "published", "does not exist"),
        ("flow_id", draft.as_str(), "published", "is not published"),
    ] {
        let (code, details) = send(by, form, mode).await.unwrap_err();
        assert_eq!(code, 131_009, "{by} {form} {mode}");
        assert!(details.contains(by) && details.contains(why), "{details}");
    }
    assert_eq!(world.calls(Method::POST, &format!("{draft}/publish"), json!({})).await.status, 200);
    assert_eq!(send("flow_id", &draft, "published").await, Ok(()));
    assert_eq!(world.calls(Method::POST, &format!("{draft}/deprecate"), json!({})).await.status, 200);
    for mode in ["published", "draft"] {
        let (code, details) = send("flow_id", &draft, mode).await.unwrap_err();
        assert!(code == 131_009 && details.contains("deprecated"), "{code} {details}");
    }
    // Where forms that only Meta has are to be tried.
    world.simulator.set_rules(&SimRules { known_forms: Some(false), ..SimRules::default() });
    assert_eq!(send("flow_id", "4711", "published").await, Ok(()));
}
