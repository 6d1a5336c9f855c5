//! The Graph API over HTTP: `/{version}/…`, with Meta's headers.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream;
use poem::error::ReadBodyError;
use poem::http::{HeaderMap, HeaderValue, StatusCode, header};
use poem::web::Multipart;
use poem::{Body, Endpoint, FromRequest, Request, RequestBody, Response};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use super::super::counters::add;
use super::super::media::{Content, Owner, most_bytes};
use super::super::refusal::Refusal;
use super::super::sends;
use super::super::state::Simulator;
use super::Call;

/// What a request to `/messages` or to an object may hold.
const MOST_JSON: usize = 2 << 20;
/// The largest JSON of a form.
const MOST_FORM: u64 = 10 << 20;

/// The oldest version that still runs; older ones are served as this one (FACTS §1).
const OLDEST: u32 = 21;
const NEWEST: &str = "25.0";

/// The Graph API as an endpoint. It takes every path below where it is mounted.
#[derive(Clone)]
pub struct Graph(Simulator);

impl Simulator {
    /// The Graph API: mount it where the product's `api_base` points.
    pub fn graph_routes(&self) -> Graph {
        Graph(self.clone())
    }
}

impl Endpoint for Graph {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let call = read_call(&self.0, &request);
        let parts = call.parts();
        let response = match parts.as_slice() {
            ["sim-media"] => self.download(&call).await,
            ["sim-form"] => match self.0.form_file(&call) {
                Some(json) => Response::builder().content_type("application/json").body(json),
                None => Response::builder().status(StatusCode::NOT_FOUND).body(""),
            },
            [id, "assets"] if call.method == "post" => {
                let given = match asset(&request.headers().clone(), request.take_body()).await {
                    Ok((kind, json)) => self.0.take_form_json(&call, id, &kind, &json),
                    Err(refusal) => Err(refusal),
                };
                self.answer(&call, given.map(|given| (given.value.to_string(), given.waba_id)))
            }
            [id, "messages"] if matches!(call.method, "post" | "put") => {
                self.messages(&call, id, &mut request).await
            }
            [id, "media"] if call.method == "post" => {
                let uploaded = self.upload(&call, id, &request.headers().clone(), request.take_body()).await;
                self.answer(&call, uploaded.map(|(value, waba_id)| (value.to_string(), waba_id)))
            }
            _ => {
                let given = match read_value(&mut request).await {
                    Ok(body) => self.0.node(&call, &body).await,
                    Err(refusal) => Err(refusal),
                };
                self.answer(&call, given.map(|given| (given.value.to_string(), given.waba_id)))
            }
        };
        Ok(response)
    }
}

impl Graph {
    async fn messages(&self, call: &Call, id: &str, request: &mut Request) -> Response {
        let number = match self.0.authorized(call.token.as_deref(), call.method, id) {
            Ok(number) => number,
            Err(refusal) => {
                self.0.0.counters.refuse(refusal.code);
                return self.answer(call, Err(refusal));
            }
        };
        let body = match request.take_body().into_bytes_limit(MOST_JSON).await {
            Ok(body) => body,
            Err(error) => return self.answer(call, Err(unread(&error))),
        };
        let answer = self.0.receive(&number, &body);
        if answer.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
        }
        match answer.result {
            sends::Given::Accepted(body) => self.answer(call, Ok((body, number.waba_id.clone()))),
            sends::Given::Refused(refusal) => self.answer(call, Err(refusal)),
            sends::Given::ServerError => {
                Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).finish()
            }
            sends::Given::Nothing => cut(),
        }
    }

    /// Takes a file: `messaging_product`, `type` and `file`, in any order.
    async fn upload(
        &self,
        call: &Call,
        id: &str,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<(Value, String), Refusal> {
        let number = self.0.authorized(call.token.as_deref(), call.method, id)?;
        let broken = |_| Refusal::parameter("The request body could not be read as multipart/form-data.");
        let (shell, mut body) = shell(headers, body);
        let mut form = Multipart::from_request(&shell, &mut body).await.map_err(broken)?;
        let (mut product, mut kind, mut file) = (None, None, None);
        let media = &self.0.0.media;
        while let Some(field) =
            form.next_field().await.map_err(|_| broken(poem::Error::from_status(StatusCode::BAD_REQUEST)))?
        {
            match field.name().unwrap_or_default() {
                "messaging_product" => product = field.text().await.ok(),
                "type" => kind = field.text().await.ok(),
                "file" => {
                    let name = field.file_name().map(str::to_owned);
                    let mime = field.content_type().map(str::to_owned).or_else(|| kind.clone());
                    let mime = mime.unwrap_or_else(|| "application/octet-stream".to_owned());
                    let most = most_bytes(&mime).ok_or_else(|| wrong_type(&mime))?;
                    let id = self.0.0.ids.object();
                    let unwritten = |_| Refusal::of(131_000);
                    let mut writing = media.begin(&id, most);
                    let mut bytes = field.into_async_read();
                    let mut buffer = vec![0; 64 << 10];
                    loop {
                        let count = bytes
                            .read(&mut buffer)
                            .await
                            .map_err(|_| broken(poem::Error::from_status(StatusCode::BAD_REQUEST)))?;
                        if count == 0 {
                            break;
                        }
                        if !writing.add(&buffer[..count]).await.map_err(unwritten)? {
                            writing.abandon().await;
                            return Err(Refusal::with(
                                131_053,
                                format!("The file is larger than {most} bytes."),
                            ));
                        }
                    }
                    if writing.is_empty() {
                        return Err(Refusal::with(131_053, "The file is empty."));
                    }
                    file = Some((writing, id, mime, name));
                }
                _ => {}
            }
        }
        let missing = match (&product, &file) {
            (None, _) => Some(Refusal::missing("messaging_product")),
            (Some(other), _) if other != "whatsapp" => {
                Some(Refusal::one_of("messaging_product", "WHATSAPP", other))
            }
            (_, None) => Some(Refusal::missing("file")),
            _ => None,
        };
        match (missing, file) {
            (None, Some((writing, id, mime, name))) => {
                let kept = media.end(writing, id, mime, name, Owner::Number(number.key), self.0.now()).await;
                let file = kept.map_err(|_| Refusal::of(131_000))?;
                add(&self.0.0.counters.uploads, 1);
                Ok((json!({"id": file.id}), number.waba_id.clone()))
            }
            (refusal, file) => {
                if let Some((writing, ..)) = file {
                    writing.abandon().await;
                }
                Err(refusal.unwrap_or_else(|| Refusal::missing("file")))
            }
        }
    }

    async fn download(&self, call: &Call) -> Response {
        let file = match self.0.download(call) {
            Ok(file) => file,
            Err(status) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
                return Response::builder().status(status).content_type("text/html").body("");
            }
        };
        let Ok(bytes) = file.open().await else {
            return Response::builder().status(StatusCode::NOT_FOUND).finish();
        };
        add(&self.0.0.counters.downloads, 1);
        Response::builder()
            .content_type(&file.mime)
            .header(header::CONTENT_LENGTH, file.size)
            .header(header::CONTENT_DISPOSITION, "inline")
            .body(body_of(bytes))
    }

    /// An answer with Meta's headers: the use of the account on success, of the app on a refusal (recorded).
    fn answer(&self, call: &Call, result: Result<(String, String), Refusal>) -> Response {
        let trace = self.0.0.ids.trace();
        let (status, body, usage, authenticate) = match result {
            Ok((body, waba_id)) => {
                let kind = if call.path.len() > 1 && call.path[1] == "messages" || call.path.len() == 1 {
                    "whatsapp"
                } else {
                    "whatsapp_business_management"
                };
                let usage = format!(
                    r#"{{"{waba_id}":[{{"type":"{kind}","call_count":1,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":0}}]}}"#
                );
                (200, body, ("x-business-use-case-usage", usage), None)
            }
            Err(refusal) => {
                let usage = r#"{"call_count":0,"total_cputime":0,"total_time":0}"#.to_owned();
                (refusal.status, refusal.body(&trace), ("x-app-usage", usage), Some(refusal.authenticate()))
            }
        };
        let mut response = Response::builder()
            .status(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST))
            .header(header::CONTENT_TYPE, "application/json; charset=UTF-8")
            .header("x-fb-request-id", trace)
            .header("cache-control", "private, no-cache, no-store, must-revalidate")
            .header(usage.0, usage.1);
        let asked = call.version.as_deref().unwrap_or(NEWEST);
        if asked
            .split('.')
            .next()
            .and_then(|major| major.parse().ok())
            .is_some_and(|major: u32| major < OLDEST)
        {
            let warning =
                format!("The call has been auto-upgraded to v{OLDEST}.0 as v{asked} has been deprecated.");
            response = response
                .header("facebook-api-version", format!("v{OLDEST}.0"))
                .header("x-ad-api-version-warning", warning);
        } else {
            response = response.header("facebook-api-version", format!("v{asked}"));
        }
        if let Some(authenticate) = authenticate.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response = response.header(header::WWW_AUTHENTICATE, authenticate);
        }
        response.body(body)
    }
}

/// A request with these headers and this body, for the web framework's readers.
fn shell(headers: &HeaderMap, body: Body) -> (Request, RequestBody) {
    let mut shell = Request::builder().finish();
    *shell.headers_mut() = headers.clone();
    shell.set_body(body);
    shell.split()
}

/// A file that belongs to a form: its kind and its bytes.
async fn asset(headers: &HeaderMap, body: Body) -> Result<(String, Vec<u8>), Refusal> {
    let broken = || Refusal::parameter("The request body could not be read as multipart/form-data.");
    let (shell, mut body) = shell(headers, body);
    let mut form = Multipart::from_request(&shell, &mut body).await.map_err(|_| broken())?;
    let (mut kind, mut file) = (None, None);
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        match field.name().unwrap_or_default() {
            "asset_type" => kind = field.text().await.ok(),
            "file" => {
                let mut bytes = Vec::new();
                let most = MOST_FORM + 1;
                field.into_async_read().take(most).read_to_end(&mut bytes).await.map_err(|_| broken())?;
                file = Some(bytes);
            }
            _ => {}
        }
    }
    let kind = kind.ok_or_else(|| Refusal::missing("asset_type"))?;
    let file = file.ok_or_else(|| Refusal::missing("file"))?;
    if u64::try_from(file.len()).unwrap_or(u64::MAX) > MOST_FORM {
        return Err(Refusal::parameter("The file is larger than 10 MB."));
    }
    Ok((kind, file))
}

fn read_call(simulator: &Simulator, request: &Request) -> Call {
    let path = request.uri().path();
    let mut parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let version = parts.first().and_then(|first| {
        let (major, minor) = first.strip_prefix('v')?.split_once('.')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit());
        (digits(major) && digits(minor)).then(|| format!("{major}.{minor}"))
    });
    if version.is_some() {
        parts.remove(0);
    }
    let query: HashMap<String, String> =
        if request.uri().query().is_some() { request.params().unwrap_or_default() } else { HashMap::new() };
    let given = request.header(header::AUTHORIZATION).and_then(|value| {
        let (kind, token) = value.split_once(' ')?;
        (kind.eq_ignore_ascii_case("bearer") || kind.eq_ignore_ascii_case("oauth"))
            .then(|| token.trim().to_owned())
    });
    let method = match request.method().as_str() {
        "GET" | "HEAD" => "get",
        "POST" => "post",
        "PUT" => "put",
        "DELETE" => "delete",
        _ => "patch",
    };
    Call {
        method,
        version,
        token: given.or_else(|| query.get("access_token").cloned()),
        query,
        path: parts,
        base: base(simulator, request),
    }
}

/// Where the caller reached us: the host it named and what stands before our own path.
fn base(simulator: &Simulator, request: &Request) -> String {
    if let Some(base) = &simulator.0.options.graph_base {
        return base.trim_end_matches('/').to_owned();
    }
    let whole = request.original_uri().path();
    let mounted = whole.strip_suffix(request.uri().path()).unwrap_or_default().trim_end_matches('/');
    format!("http://{}{mounted}", request.header(header::HOST).unwrap_or("127.0.0.1"))
}

/// The body as JSON, or as a form, both of which Graph takes.
async fn read_value(request: &mut Request) -> Result<Value, Refusal> {
    let form =
        request.content_type().is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let body = request.take_body().into_bytes_limit(MOST_JSON).await.map_err(|error| unread(&error))?;
    if form {
        let pairs: HashMap<String, String> = serde_urlencoded(&body);
        return Ok(Value::Object(
            pairs.into_iter().map(|(key, value)| (key, Value::String(value))).collect(),
        ));
    }
    Ok(serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// A form's pairs; the web framework's reader of queries does the decoding.
fn serde_urlencoded(body: &[u8]) -> HashMap<String, String> {
    let query = String::from_utf8_lossy(body);
    Request::builder().uri_str(format!("/?{query}")).finish().params().unwrap_or_default()
}

fn unread(error: &ReadBodyError) -> Refusal {
    match error {
        ReadBodyError::PayloadTooLarge => {
            Refusal { status: 413, ..Refusal::parameter("The request is too large.") }
        }
        _ => Refusal::parameter("The request body could not be read."),
    }
}

fn wrong_type(mime: &str) -> Refusal {
    Refusal::parameter(format!(
        "Param file must be a file with one of the following types: audio/aac, audio/mp4, audio/mpeg, audio/amr, \
         audio/ogg, application/msword, application/vnd.ms-excel, application/vnd.ms-powerpoint, \
         application/vnd.openxmlformats-officedocument.presentationml.presentation, \
         application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, \
         application/vnd.openxmlformats-officedocument.wordprocessingml.document, application/pdf, image/jpeg, \
         image/png, image/webp, text/plain, video/3gpp, video/mp4. Received file of type '{mime}'."
    ))
}

/// A file's bytes as the body of an answer.
pub(in super::super) fn body_of(content: Content) -> Body {
    match content {
        Content::Whole(bytes) => Body::from_bytes(bytes),
        Content::Reader(file) => Body::from_async_read(file),
    }
}

/// An answer that never comes: its body fails before the first byte is written, at which the server closes the
/// connection without having sent even the status. A handler that hangs instead would cost each caller its timeout.
fn cut() -> Response {
    let failing = stream::once(async {
        Err::<Vec<u8>, _>(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))
    });
    Response::builder().body(Body::from_bytes_stream(failing))
}
