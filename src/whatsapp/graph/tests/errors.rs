//! Sending: what is asked, what is taken, and what each failure says of the message.

use super::*;

async fn send(script: Script) -> Result<Accepted, SendError> {
    let (graph, credentials, _server) = client(vec![script]).await;
    graph.send(&credentials, &phone(), &text(), None, None).await
}

async fn refused(script: Script) -> GraphError {
    match send(script).await {
        Err(SendError::Refused { error, .. }) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_is_posted_and_taken() {
    let (graph, credentials, server) = client(vec![taken()]).await;
    let accepted = graph.send(&credentials, &phone(), &text(), None, Some("outbox-7")).await.unwrap();
    assert_eq!((accepted.wamid.as_str(), accepted.wa_id.as_deref()), ("wamid.1", Some("16505551234")));
    assert_eq!((accepted.user_id, accepted.message_status, accepted.usage), (None, None, None));
    let request = server.request();
    assert_eq!(request.line, "POST /v25.0/1000/messages");
    assert_eq!(request.header("authorization"), "Bearer TOKEN");
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.json()["biz_opaque_callback_data"], "outbox-7");
}

#[tokio::test]
async fn connections_are_kept() {
    let (graph, credentials, server) = client(vec![taken(), taken()]).await;
    for _ in 0..2 {
        graph.send(&credentials, &phone(), &text(), None, None).await.unwrap();
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn ids_stay_one_segment_of_the_path() {
    let (graph, _, server) = client(vec![taken()]).await;
    let credentials = Credentials::new("../1/a?b#c", Secret::new("TOKEN"), None);
    graph.send(&credentials, &phone(), &text(), None, None).await.unwrap();
    assert_eq!(server.request().line, "POST /v25.0/..%2F1%2Fa%3Fb%23c/messages");
}

#[tokio::test]
async fn a_number_may_have_a_host_of_its_own() {
    let (graph, _, server) = client(vec![]).await;
    let other = Server::start(vec![taken()]).await;
    let credentials = Credentials::new("1000", Secret::new("TOKEN"), Some(&other.base()));
    graph.send(&credentials, &phone(), &text(), None, None).await.unwrap();
    assert_eq!((server.requests().len(), other.requests().len()), (0, 1));
    let wrong = Credentials::new("1000", Secret::new("TOKEN"), Some("not a host"));
    assert!(matches!(graph.send(&wrong, &phone(), &text(), None, None).await, Err(SendError::NotSent(_))));
}

#[tokio::test]
async fn everything_meta_adds_is_read() {
    let usage = r#"{"WABA":[{"type":"whatsapp","call_count":41,"total_cputime":7,"total_time":99,
                    "estimated_time_to_regain_access":3},{"call_count":2}]}"#
        .replace('\n', "");
    let headers = [("X-Business-Use-Case-Usage", usage.as_str()), ("X-App-Usage", "{\"call_count\":50}")];
    let body = json!({
        "contacts": [{"input": "+16505551234", "wa_id": "16505551234", "user_id": "US.1"}],
        "messages": [{"id": "wamid.1", "message_status": "held_for_quality_assessment"}],
    });
    let accepted = send(Script::http(200, &headers, body.to_string().as_bytes())).await.unwrap();
    assert_eq!(accepted.user_id.as_deref(), Some("US.1"));
    assert_eq!(accepted.message_status.as_deref(), Some("held_for_quality_assessment"));
    assert_eq!(accepted.usage, Some(Usage { percent: 99, regain_after: Some(Duration::from_secs(180)) }));
    // Counters that cannot be read are no reason to lose a message.
    let accepted =
        send(Script::http(200, &[("X-App-Usage", "{")], body.to_string().as_bytes())).await.unwrap();
    assert_eq!(accepted.usage, None);
}

#[tokio::test]
async fn refusals_in_both_shapes() {
    let rate = graph_error(&json!({
        "message": "(#130429) Rate limit hit", "type": "OAuthException", "code": 130_429,
        "error_data": {"messaging_product": "whatsapp", "details": "Message failed to send because…"},
        "fbtrace_id": "Az8or2yhqkZfEZ",
    }));
    let error = refused(Script::json(400, &rate)).await;
    assert_eq!((error.code, error.words()), (130_429, "Message failed to send because…"));
    assert_eq!((error.trace.as_deref(), error.http_status), (Some("Az8or2yhqkZfEZ"), Some(400)));

    let older = graph_error(&json!({
        "message": "Invalid parameter", "type": "OAuthException", "code": 100, "error_subcode": 2_593_002,
        "is_transient": false, "error_user_title": "Message Template Not Found",
        "error_user_msg": "The message template wasn't found for this account.",
    }));
    let error = refused(Script::json(400, &older)).await;
    assert_eq!((error.code, error.subcode, error.transient), (100, Some(2_593_002), false));
    assert_eq!(error.words(), "The message template wasn't found for this account.");
    assert_eq!(error.user_title.as_deref(), Some("Message Template Not Found"));

    // In the API's words a fault of the server is a refusal too, and so is an error that comes with 200.
    let fault =
        graph_error(&json!({"message": "Something went wrong", "code": 131_000, "is_transient": true}));
    assert!(refused(Script::json(500, &fault)).await.transient);
    assert_eq!(refused(Script::json(200, &fault)).await.code, 131_000);
    let usage = [("X-App-Usage", "{\"call_count\":100}")];
    let limited = send(Script::http(400, &usage, rate.to_string().as_bytes())).await;
    let Err(SendError::Refused { usage: Some(usage), .. }) = limited else { panic!("{limited:?}") };
    assert_eq!(usage.percent, 100);
}

#[tokio::test]
async fn an_answer_that_is_not_the_apis_is_judged_by_its_status() {
    let page = b"<html><head><title>Bad Gateway</title></head><body><h1>502</h1> nginx</body></html>";
    for (status, body, lost) in [
        // A gateway may have passed the request on before it failed.
        (502, &page[..], true),
        (503, b"", true),
        (408, b"", true),
        (500, b"{}", true),
        (500, b"{\"error\":\"no code\"}", true),
        // Meta took it, perhaps; only the words are missing.
        (200, b"", true),
        (200, b"OK", true),
        (200, b"{}", true),
        (200, b"{\"messages\":[]}", true),
        // These come before anything is done.
        (404, &page[..], false),
        (403, b"", false),
        (413, b"too large", false),
        (429, b"{}", false),
        (302, b"", false),
    ] {
        let result = send(Script::http(status, &[("Location", "http://127.0.0.1:1/")], body)).await;
        let judged = match &result {
            Err(SendError::Lost(_)) => true,
            Err(SendError::NotSent(_)) => false,
            other => panic!("{status}: {other:?}"),
        };
        assert_eq!(judged, lost, "{status}: {result:?}");
    }
    let Err(SendError::Lost(why)) = send(Script::http(502, &[], page)).await else { panic!() };
    assert_eq!(why, "HTTP 502 Bad Gateway: Bad Gateway 502 nginx");
}

#[tokio::test]
async fn a_line_that_breaks_after_the_request_loses_the_answer() {
    for cut in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\nCont",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"messages\":[{\"id\":\"wam",
    ] {
        let (graph, credentials, server) = client(vec![Script::Cut(cut.to_vec())]).await;
        let result = graph.send(&credentials, &phone(), &text(), None, None).await;
        assert!(matches!(result, Err(SendError::Lost(_))), "{result:?}");
        assert_eq!(server.requests().len(), 1, "it was not sent again by itself");
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let graph = Graph::new(&base, VERSION).unwrap();
    let credentials = Credentials::new("1000", Secret::new("TOKEN"), None);
    let result = graph.send(&credentials, &phone(), &text(), None, None).await;
    assert!(matches!(result, Err(SendError::NotSent(_))), "{result:?}");
}

#[tokio::test]
async fn read_marks_and_typing() {
    let success = || Script::json(200, &json!({"success": true}));
    let (graph, credentials, server) = client(vec![success(), success()]).await;
    graph.mark_read(&credentials, "wamid.1", false).await.unwrap();
    graph.mark_read(&credentials, "wamid.1", true).await.unwrap();
    let requests = server.requests();
    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"});
    assert_eq!(requests[0].json(), read);
    let mut typing = read;
    typing["typing_indicator"] = json!({"type": "text"});
    assert_eq!(requests[1].json(), typing);
    assert_eq!(requests[1].line, "POST /v25.0/1000/messages");
}

#[test]
fn hosts_and_versions_are_checked() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for (base, root) in [
        (META, "https://graph.facebook.com/v25.0/"),
        ("https://graph.facebook.com/", "https://graph.facebook.com/v25.0/"),
        ("http://127.0.0.1:9/simulator/", "http://127.0.0.1:9/simulator/v25.0/"),
    ] {
        assert_eq!(Graph::new(base, VERSION).unwrap().root.as_str(), root);
    }
    for base in
        ["", "graph.facebook.com", "ftp://a", "https://a?b=c", "https://a#b", "https://user@a", "data:,"]
    {
        assert!(matches!(Graph::new(base, VERSION), Err(GraphSetupError::Base(_))), "{base}");
    }
    for version in ["", "25.0", "v25", "v25.", "v.0", "v25.0/..", "vx.y"] {
        assert!(matches!(Graph::new(META, version), Err(GraphSetupError::Version(_))), "{version}");
    }
}

#[test]
fn credentials_do_not_print_the_token() {
    let credentials = Credentials::new("1000", Secret::new("TOKEN"), None);
    assert!(!format!("{credentials:?}").contains("TOKEN"));
}
