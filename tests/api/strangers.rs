//! Another business's records are not there: every operation of the document that names a record, asked for one of another
//! business by somebody who may do everything in both.

use reqwest::Method;
use serde_json::{Value, json};

use crate::members::joined;
use crate::support::api::{Answer, Api};
use crate::support::until;
use crate::support::world::World;

const TOM: &str = "447700900123";

/// What a path names besides records of one business.
const OF_EVERYBODY: [&str; 3] = [
    // One's own sign-ins.
    "/auth/sessions/{id}",
    // Ready bots that come with the program.
    "/bots/gallery/{id}",
    // It says only which fields a form of the business's numbers has; of one that it has not, none.
    "/bots/forms/{form}",
];
/// What makes a record of this name where there is none, in the business that is asked.
const MAKES_ITS_OWN: [(&str, &str); 1] = [("put", "/connections/{name}")];

/// The ids of one business's records, by the beginning of the paths that name them.
struct Records(Vec<(&'static str, &'static str, String)>);

impl Records {
    /// The path with every placeholder filled in. A path that nobody thought of fails the test.
    fn fill(&self, template: &str) -> String {
        let mut path = template.to_owned();
        for (beginning, name, id) in &self.0 {
            if template.starts_with(beginning) {
                path = path.replace(&format!("{{{name}}}"), id);
            }
        }
        assert!(!path.contains('{'), "{template} names a record that this test has none of");
        path
    }
}

fn id(value: &Value) -> String {
    value["id"].as_str().map_or_else(|| value["id"].to_string(), ToOwned::to_owned)
}

/// A business with one of everything.
async fn furnished(world: &World) -> Records {
    let api = &world.api;
    world.customer(TOM, "Tom").await;
    world.writes(TOM, "Hello").await;
    let thread = world.thread("Tom").await;
    let message = until("a message", || async { world.messages(&thread).await.pop() }).await;
    joined(&world.program, api, "boris@example.com", "operator").await;
    let members = api.all("/api/v1/members").await;
    let boris = members.iter().find(|member| member["role"] == "operator").unwrap();
    let invitation = json!({"email": "vera@example.com", "role": "viewer"});
    let invitation = api.post("/api/v1/invitations", invitation).await.expect(201);
    let connection = json!({"kind": "secret", "name": "shop", "secret": "a secret of the shop"});
    api.put("/api/v1/connections/shop", connection).await;
    let bots = api.all("/api/v1/bots").await;
    let bot = id(&bots[0]);
    let runs = format!("/api/v1/bots/{bot}/runs");
    let run = until("a run", || async { api.all(&runs).await.pop() }).await;
    let upload = api
        .request(Method::POST, "/api/v1/media?filename=a.txt")
        .header("Content-Type", "text/plain")
        .body("A");
    let file = Answer::read("upload".to_owned(), upload).await.expect(201);
    let webhooks = api.all("/api/v1/webhooks/journal").await;
    let number = world.phone_number_id().to_owned();
    let forms = api.get(&format!("/api/v1/whatsapp/numbers/{}/forms", id(&world.number))).await.ok();
    let form = id(&forms["items"][0]);
    let sample =
        api.post(&format!("/api/v1/simulator/numbers/{number}/samples/coffee.jpg"), Value::Null).await;
    Records(vec![
        ("/members/", "id", id(boris)),
        ("/invitations/", "id", id(&invitation)),
        ("/customers/", "id", thread["customer_id"].as_str().unwrap().to_owned()),
        ("/whatsapp/numbers/", "id", id(&world.number)),
        ("/whatsapp/numbers/", "form", form.clone()),
        ("/whatsapp/numbers/", "reason", "spam_limited".to_owned()),
        ("/conversations/", "id", id(&thread)),
        ("/conversations/", "message_id", id(&message)),
        ("/bots/", "id", bot),
        ("/bots/", "number", "1".to_owned()),
        ("/bots/", "run", id(&run)),
        ("/bots/", "trial", "1".to_owned()),
        ("/connections/", "name", "shop".to_owned()),
        ("/media/", "sha256", file["sha256"].as_str().unwrap().to_owned()),
        ("/webhooks/journal/", "id", id(&webhooks[0])),
        ("/simulator/numbers/", "number", number),
        ("/simulator/numbers/", "customer", TOM.to_owned()),
        ("/simulator/numbers/", "file", id(&sample.json())),
        ("/simulator/numbers/", "form", form),
        ("/simulator/numbers/", "name", "coffee.jpg".to_owned()),
        ("/simulator/numbers/", "template", "hello_world".to_owned()),
    ])
}

/// Everything of a business that a list tells.
async fn all_of(api: &Api) -> Vec<Value> {
    let mut told = Vec::new();
    for path in [
        "/members",
        "/invitations",
        "/customers",
        "/whatsapp/numbers",
        "/conversations?view=all",
        "/bots",
        "/connections",
        "/webhooks/journal",
    ] {
        told.push(json!(api.all(&format!("/api/v1{path}")).await));
    }
    told
}

#[tokio::test]
async fn another_business_s_records_are_not_there() {
    let world = World::new().await;
    let document = world.api.get("/api/v1/openapi.json").await.ok();
    let records = furnished(&world).await;
    let grain = json!({"name": "Grain", "time_zone": "Europe/London", "locale": "en"});
    let grain = world.api.post("/api/v1/businesses", grain).await.expect(201);
    let elsewhere = world.api.clone().in_business(&id(&grain));
    let (before, nothing) = (all_of(&world.api).await, all_of(&elsewhere).await);

    let (mut asked, mut there) = (0, 0);
    for (template, operations) in document["paths"].as_object().unwrap() {
        if !template.contains('{') || OF_EVERYBODY.contains(&template.as_str()) {
            continue;
        }
        let path = format!("/api/v1{}", records.fill(template));
        for (method, operation) in operations.as_object().unwrap() {
            if MAKES_ITS_OWN.contains(&(method, template)) {
                continue;
            }
            let verb = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let body = &operation["requestBody"]["content"];
            let call = |api: &Api| {
                let request = api.request(verb.clone(), &path);
                if body["application/octet-stream"].is_object() {
                    request.header("Content-Type", "application/octet-stream").body("A")
                } else if let Some(example) = body["application/json"].get("example") {
                    request.json(example)
                } else {
                    request
                }
            };
            let name = format!("{method} {template}");
            Answer::read(name.clone(), call(&elsewhere)).await.problem(404, "not-found");
            asked += 1;
            // The same, where the record is: else the test would find nothing anywhere.
            if method == "get" {
                let here = Answer::read(name.clone(), call(&world.api)).await;
                assert!(here.status.is_success(), "{name}: {}", here.text());
                there += 1;
            }
        }
    }
    assert!(asked >= 60 && there >= 24, "{asked} operations, {there} of them that read");
    assert_eq!(all_of(&world.api).await, before, "nothing of it has changed");
    assert_eq!(all_of(&elsewhere).await, nothing, "and nothing has come to be");
    world.program.stop();
}
