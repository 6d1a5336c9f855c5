//! Lists over the API: their pages, and whose a cursor is.

use serde_json::json;

use crate::support::api::Api;
use crate::support::world::World;

/// The cursor of the second page, of one row each.
async fn next(api: &Api, list: &str) -> String {
    let joint = if list.contains('?') { '&' } else { '?' };
    let page = api.get(&format!("{list}{joint}limit=1")).await.ok();
    page["next"].as_str().unwrap_or_else(|| panic!("{list} has one page: {page}")).to_owned()
}

#[tokio::test]
async fn a_cursor_is_of_the_list_that_gave_it() {
    let world = World::new().await;
    let mut threads = Vec::new();
    for (phone, name) in [("447700900123", "Tom"), ("447700900124", "Ann")] {
        world.customer(phone, name).await;
        world.writes(phone, "Hello").await;
        let thread = world.thread(name).await;
        threads.push(format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap()));
    }
    let bot = world.api.all("/api/v1/bots").await.remove(0);
    let runs = format!("/api/v1/bots/{}/runs", bot["id"].as_str().unwrap());
    let mut lists =
        vec!["/api/v1/conversations?view=all", "/api/v1/customers", "/api/v1/webhooks/journal", &runs];
    lists.extend(threads.iter().map(String::as_str));
    let mut cursors = Vec::new();
    for list in &lists {
        cursors.push((*list, next(&world.api, list).await));
    }
    for list in &lists {
        let joint = if list.contains('?') { '&' } else { '?' };
        for (of, cursor) in &cursors {
            let answer = world.api.get(&format!("{list}{joint}cursor={cursor}")).await;
            if of == list {
                answer.ok();
                continue;
            }
            let problem = answer.problem(400, "bad-cursor");
            assert_eq!(problem["errors"][0]["pointer"], "cursor", "{list} with the cursor of {of}");
            let detail = problem["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.starts_with("is of another list"), "{detail}");
        }
    }
    // Another view of a list is the same list: what it leaves out changes no order.
    let (_, cursor) = &cursors[0];
    world.api.get(&format!("/api/v1/conversations?view=open&cursor={cursor}")).await.ok();

    let business = json!({"name": "Second", "time_zone": "UTC", "locale": "en"});
    let second = world.api.post("/api/v1/businesses", business).await.expect(201);
    let second = world.api.clone().in_business(second["id"].as_str().unwrap());
    second.get(&format!("/api/v1/conversations?cursor={cursor}")).await.problem(400, "bad-cursor");
    for (cursor, fault) in
        [("!", "is no cursor"), ("AAAA", "is no cursor"), ("AAAAAAAA", "is of another list")]
    {
        let problem =
            world.api.get(&format!("/api/v1/customers?cursor={cursor}")).await.problem(400, "bad-cursor");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.starts_with(fault), "{cursor}: {detail}");
    }
    world.program.stop();
}
