//! Files up and down.

use futures_util::StreamExt;

use super::*;

const MOST: u64 = 1000;

fn info(server_url: &str, size: u64) -> Script {
    Script::json(
        200,
        &json!({
            "url": server_url, "mime_type": "image/png", "file_size": size, "id": "7", "messaging_product": "whatsapp",
            "sha256": "c86c28d437534f7367e73b283155c083dddfdaf7f9b4dfae27e140f880035141",
        }),
    )
}

async fn whole(file: MediaFile) -> Result<Vec<u8>, MediaError> {
    let mut stream = file.stream;
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes)
}

/// A client whose first server answers for the API and whose second has the files.
async fn with_files(
    info_size: u64,
    files: Vec<Script>,
    asked: usize,
) -> (Graph, Credentials, Server, Server) {
    let files = Server::start(files).await;
    let url = format!("{}/file?mid=7", files.base());
    let (graph, credentials, server) = client(vec![info(&url, info_size); asked]).await;
    (graph, credentials, server, files)
}

#[tokio::test]
async fn an_upload_is_a_form_of_three_parts() {
    let (graph, credentials, server) = client(vec![Script::json(200, &json!({"id": "914"}))]).await;
    let id = graph.upload_media(&credentials, b"PNG".to_vec().into(), "image/png", "a b.png").await.unwrap();
    assert_eq!(id, "914");
    let request = server.request();
    assert_eq!(request.line, "POST /v25.0/1000/media");
    assert!(request.header("content-type").starts_with("multipart/form-data; boundary="));
    let body = String::from_utf8(request.body).unwrap();
    for part in [
        "name=\"messaging_product\"\r\n\r\nwhatsapp\r\n",
        "name=\"type\"\r\n\r\nimage/png\r\n",
        "name=\"file\"; filename=\"a b.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n",
    ] {
        assert!(body.contains(part), "{body}");
    }
}

#[tokio::test]
async fn a_file_is_uploaded_from_the_disk() {
    let (graph, credentials, server) = client(vec![Script::json(200, &json!({"id": "914"}))]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, vec![b'x'; 100_000]).unwrap();
    let file = Upload::open(&path).await.unwrap();
    graph.upload_media(&credentials, file, "application/pdf", "a.pdf").await.unwrap();
    let request = server.request();
    // Its length is known in advance, so it does not go in chunks.
    assert_eq!(request.header("content-length").parse::<usize>().unwrap(), request.body.len());
    assert!(request.body.len() > 100_000);
}

#[tokio::test]
async fn uploads_fail_like_messages() {
    let (graph, credentials, _server) = client(vec![
        Script::json(400, &graph_error(&json!({"code": 131_053, "message": "Media upload error"}))),
        Script::json(200, &json!({})),
    ])
    .await;
    let upload = || graph.upload_media(&credentials, b"x".to_vec().into(), "image/png", "a.png");
    assert!(matches!(upload().await, Err(SendError::Refused { error, .. }) if error.code == 131_053));
    assert!(matches!(upload().await, Err(SendError::Lost(_))));
    let odd = graph.upload_media(&credentials, b"x".to_vec().into(), "no type", "a.png").await;
    assert!(matches!(odd, Err(SendError::NotSent(_))));
}

#[tokio::test]
async fn a_download_asks_for_the_address_first() {
    let (graph, credentials, server, files) = with_files(3, vec![Script::http(200, &[], b"PNG")], 1).await;
    let file = graph.download_media(&credentials, "7", MOST).await.unwrap();
    assert_eq!((file.mime.as_deref(), file.size), (Some("image/png"), Some(3)));
    assert_eq!(
        file.sha256.as_deref(),
        Some("c86c28d437534f7367e73b283155c083dddfdaf7f9b4dfae27e140f880035141")
    );
    assert_eq!(whole(file).await.unwrap(), b"PNG");
    assert_eq!(server.request().line, "GET /v25.0/7?phone_number_id=1000");
    assert_eq!(files.request().line, "GET /file?mid=7");
    assert_eq!(files.request().header("authorization"), "Bearer TOKEN");
}

#[tokio::test]
async fn an_address_that_ran_out_is_asked_for_once_more() {
    let gone = || Script::http(404, &[], b"URL signature expired");
    let (graph, credentials, server, _files) =
        with_files(3, vec![gone(), Script::http(200, &[], b"PNG")], 2).await;
    let file = graph.download_media(&credentials, "7", MOST).await.unwrap();
    assert_eq!(whole(file).await.unwrap(), b"PNG");
    assert_eq!(server.requests().len(), 2);
    let (graph, credentials, _server, files) = with_files(3, vec![gone(), gone()], 2).await;
    assert!(matches!(graph.download_media(&credentials, "7", MOST).await, Err(MediaError::Gone(_))));
    assert_eq!(files.requests().len(), 2);
}

#[tokio::test]
async fn what_is_too_large_is_stopped_wherever_it_shows() {
    let large = || Script::http(200, &[], &[b'x'; 1001]);
    // Meta says so.
    let (graph, credentials, _server, files) = with_files(1001, vec![], 1).await;
    let announced = graph.download_media(&credentials, "7", MOST).await.err();
    assert_eq!(announced, Some(MediaError::TooLarge(MOST)));
    assert!(files.requests().is_empty());
    // The server of the file says so.
    let (graph, credentials, _server, _files) = with_files(3, vec![large()], 1).await;
    assert_eq!(graph.download_media(&credentials, "7", MOST).await.err(), Some(MediaError::TooLarge(MOST)));
    // Nobody says so, and it comes all the same.
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
        .iter()
        .copied()
        .chain([b'x'; 1001])
        .chain(*b"\r\n0\r\n\r\n")
        .collect();
    let (graph, credentials, _server, _files) = with_files(3, vec![Script::Answer(chunked)], 1).await;
    let file = graph.download_media(&credentials, "7", MOST).await.unwrap();
    assert_eq!(whole(file).await, Err(MediaError::TooLarge(MOST)));
}

#[tokio::test]
async fn other_failures_may_pass() {
    for script in [
        Script::http(301, &[("Location", "http://127.0.0.1:1/")], b"Redirecting"),
        Script::json(401, &graph_error(&json!({"code": 190, "message": "expired"}))),
        Script::http(500, &[], b""),
        Script::http(206, &[], b"{}"),
        Script::Cut(Vec::new()),
    ] {
        let (graph, credentials, _server, _files) = with_files(3, vec![script.clone()], 1).await;
        let result = graph.download_media(&credentials, "7", MOST).await.err();
        assert!(matches!(result, Some(MediaError::Failed(_))), "{script:?}: {result:?}");
    }
    // Half a file.
    let half = Script::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nPNG".to_vec());
    let (graph, credentials, _server, _files) = with_files(9, vec![half], 1).await;
    let file = graph.download_media(&credentials, "7", MOST).await.unwrap();
    assert!(matches!(whole(file).await, Err(MediaError::Failed(_))));
}

#[tokio::test]
async fn an_id_that_meta_does_not_know_is_gone() {
    let unknown = graph_error(&json!({
        "message": "Unsupported get request. Object with ID '7' does not exist", "type": "GraphMethodException",
        "code": 100, "error_subcode": 33,
    }));
    let (graph, credentials, _server) =
        client(vec![Script::json(400, &unknown), Script::json(400, &unknown)]).await;
    assert!(matches!(graph.download_media(&credentials, "7", MOST).await, Err(MediaError::Gone(_))));
}

#[tokio::test]
async fn the_token_does_not_leave_the_safe_line() {
    for url in ["ftp://127.0.0.1/file", "nonsense"] {
        let (graph, credentials, _server) = client(vec![info(url, 3)]).await;
        let result = graph.download_media(&credentials, "7", MOST).await.err();
        assert!(matches!(result, Some(MediaError::Failed(_))), "{url}: {result:?}");
    }
    let safe = Url::parse("https://graph.facebook.com/v25.0/").unwrap();
    for (url, shown) in
        [("https://a/x", true), ("http://a/x", false), ("http://127.0.0.1/x", false), ("ftp://a/x", false)]
    {
        assert_eq!(super::super::media::may_see_token(&Url::parse(url).unwrap(), &safe), shown, "{url}");
    }
}
