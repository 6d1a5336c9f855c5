//! The controls over HTTP. Mounted under `/simulator`; whoever mounts it decides who may call it.

use std::time::Duration;

use beseda_wire::simulator::{
    SimAccepted, SimAct, SimCallback, SimChat, SimCounters, SimCrowd, SimCrowdReport, SimCustomer,
    SimCustomerChange, SimEdit, SimFault, SimFile, SimMessage, SimNumber, SimRegister, SimRules, SimSend,
    SimTemplateChange, SimVerified, SimWebhook,
};
use poem::error::{NotFoundError, ResponseError};
use poem::http::{StatusCode, header};
use poem::web::{Data, Json, Path, Query};
use poem::{Body, Endpoint, EndpointExt, Response, Route, delete, get, handler, post, put};
use serde::Deserialize;
use serde_json::json;

use super::super::acts::ActError;
use super::super::book::Refused;
use super::super::faults::BadOrder;
use super::super::files::FileError;
use super::super::graph::api::body_of;
use super::super::samples;
use super::super::state::Simulator;

/// How long a look at a chat waits for a change.
pub(in super::super) const PATIENCE: Duration = Duration::from_secs(25);

impl Simulator {
    /// The controls.
    pub fn control_routes(&self) -> impl Endpoint<Output = Response> + 'static + use<> {
        Route::new()
            .at("/numbers", get(numbers).post(register))
            .at("/numbers/:number", delete(forget_number))
            .at("/numbers/:number/callback", put(set_callback))
            .at("/numbers/:number/verify", post(verify))
            .at("/numbers/:number/customers", get(customers_of).post(add_customer_of))
            .at("/numbers/:number/customers/:customer", poem::patch(change_customer_of))
            .at("/numbers/:number/templates/:template", put(set_template))
            .at("/numbers/:number/faults", get(faults_of).post(order_of).delete(clear_faults_of))
            .at("/numbers/:number/webhooks", post(send_webhook))
            .at("/numbers/:number/chats/:customer", get(chat))
            .at("/numbers/:number/chats/:customer/messages", post(say))
            .at("/numbers/:number/chats/:customer/edits", post(edit))
            .at("/numbers/:number/chats/:customer/acts", post(act))
            .at("/customers", get(customers).post(add_customer))
            .at("/customers/:customer", poem::patch(change_customer))
            .at("/files", post(upload))
            .at("/files/:file", get(file))
            .at("/samples", get(sample_names))
            .at("/samples/:name", get(sample).post(take_sample))
            .at("/faults", get(faults).post(order).delete(clear_faults))
            .at("/rules", get(rules).patch(set_rules))
            .at("/counters", get(counters))
            .at("/accepted", get(accepted))
            .at("/crowd", post(crowd))
            .at("/reset", post(reset))
            .data(self.clone())
            .map_to_response()
    }
}

/// An error that is told as problem+json, whoever found it: the framework says its own in plain text.
pub(in super::super) fn told(error: poem::Error) -> Response {
    let (status, text) = (error.status(), error.to_string());
    if error.is::<Problem>() {
        return error.into_response();
    }
    let missing = error.is::<NotFoundError>();
    problem(status, if missing { "There is nothing at this address." } else { &text })
}

fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    });
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/problem+json")
        .body(body.to_string())
}

/// Why a control did nothing, as problem+json.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("{0}")]
    Refused(#[from] Refused),
    #[error("{0}")]
    Act(#[from] ActError),
    #[error("{0}")]
    Order(#[from] BadOrder),
    #[error("{0}")]
    File(#[from] FileError),
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(Refused::NoNumber(_) | Refused::NoCustomer(_))
            | Self::Act(ActError::Nobody(Refused::NoNumber(_) | Refused::NoCustomer(_)))
            | Self::File(FileError::Missing) => StatusCode::NOT_FOUND,
            Self::File(FileError::Disk(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Refused(Refused::Taken(_)) => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn as_response(&self) -> Response {
        problem(self.status(), &self.to_string())
    }
}

type Answer<T> = Result<Json<T>, Problem>;

#[handler]
fn numbers(Data(simulator): Data<&Simulator>) -> Json<Vec<SimNumber>> {
    Json(simulator.numbers())
}

#[handler]
fn register(Data(simulator): Data<&Simulator>, Json(request): Json<SimRegister>) -> Answer<SimNumber> {
    Ok(Json(simulator.register(request)?))
}

#[handler]
fn forget_number(
    Data(simulator): Data<&Simulator>,
    Path(number): Path<String>,
) -> Result<StatusCode, Problem> {
    simulator.forget_number(&number)?;
    Ok(StatusCode::NO_CONTENT)
}

#[handler]
fn set_callback(
    Data(simulator): Data<&Simulator>,
    Path(number): Path<String>,
    Json(callback): Json<SimCallback>,
) -> Result<StatusCode, Problem> {
    simulator.set_callback(&number, &callback.callback_url)?;
    Ok(StatusCode::NO_CONTENT)
}

#[handler]
async fn verify(Data(simulator): Data<&Simulator>, Path(number): Path<String>) -> Answer<SimVerified> {
    Ok(Json(simulator.verify_callback(&number).await?))
}

#[derive(Deserialize)]
struct Look {
    /// Wait until the chat is no longer at this revision.
    after: Option<u64>,
    /// The newest messages at most.
    limit: Option<usize>,
}

/// How many messages a look at a chat gives when it does not say.
pub(in super::super) const MESSAGES: usize = 100;

#[handler]
async fn chat(
    Data(simulator): Data<&Simulator>,
    Path((number, customer)): Path<(String, String)>,
    Query(Look { after, limit }): Query<Look>,
) -> Answer<SimChat> {
    let mut chat = match after {
        Some(after) => simulator.wait_chat(&number, &customer, after, PATIENCE).await?,
        None => simulator.chat(&number, &customer)?,
    };
    let older = chat.messages.len().saturating_sub(limit.unwrap_or(MESSAGES));
    chat.messages.drain(..older);
    Ok(Json(chat))
}

#[handler]
fn say(
    Data(simulator): Data<&Simulator>,
    Path((number, customer)): Path<(String, String)>,
    Json(send): Json<SimSend>,
) -> Answer<SimMessage> {
    Ok(Json(simulator.say(&number, &customer, &send)?))
}

#[handler]
fn edit(
    Data(simulator): Data<&Simulator>,
    Path((number, customer)): Path<(String, String)>,
    Json(edit): Json<SimEdit>,
) -> Result<StatusCode, Problem> {
    simulator.edit(&number, &customer, &edit)?;
    Ok(StatusCode::NO_CONTENT)
}

#[handler]
fn act(
    Data(simulator): Data<&Simulator>,
    Path((number, customer)): Path<(String, String)>,
    Json(act): Json<SimAct>,
) -> Result<StatusCode, Problem> {
    simulator.act(&number, &customer, &act)?;
    Ok(StatusCode::NO_CONTENT)
}

#[handler]
fn customers(Data(simulator): Data<&Simulator>) -> Json<Vec<SimCustomer>> {
    Json(simulator.customers())
}

#[handler]
fn add_customer(Data(simulator): Data<&Simulator>, Json(customer): Json<SimCustomer>) -> Answer<SimCustomer> {
    Ok(Json(simulator.add_customer(&customer)?))
}

#[handler]
fn change_customer(
    Data(simulator): Data<&Simulator>,
    Path(customer): Path<String>,
    Json(change): Json<SimCustomerChange>,
) -> Answer<SimCustomer> {
    Ok(Json(simulator.change_customer(&customer, change)?))
}

#[handler]
fn customers_of(Data(simulator): Data<&Simulator>, Path(number): Path<String>) -> Answer<Vec<SimCustomer>> {
    Ok(Json(simulator.customers_of(&number)?))
}

#[handler]
fn add_customer_of(
    Data(simulator): Data<&Simulator>,
    Path(number): Path<String>,
    Json(customer): Json<SimCustomer>,
) -> Answer<SimCustomer> {
    Ok(Json(simulator.add_customer_of(&number, &customer)?))
}

#[handler]
fn change_customer_of(
    Data(simulator): Data<&Simulator>,
    Path((number, customer)): Path<(String, String)>,
    Json(change): Json<SimCustomerChange>,
) -> Answer<SimCustomer> {
    Ok(Json(simulator.change_customer_of(&number, &customer, change)?))
}

#[handler]
fn set_template(
    Data(simulator): Data<&Simulator>,
    Path((number, template)): Path<(String, String)>,
    Json(change): Json<SimTemplateChange>,
) -> Result<StatusCode, Problem> {
    simulator.set_template(&number, &template, &change)?;
    Ok(StatusCode::NO_CONTENT)
}

#[handler]
fn send_webhook(
    Data(simulator): Data<&Simulator>,
    Path(number): Path<String>,
    Json(webhook): Json<SimWebhook>,
) -> Result<StatusCode, Problem> {
    simulator.send_webhook_of(&number, &webhook)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

/// Puts a file on the customers' phones: its bytes are the body, its kind the content type.
#[handler]
async fn upload(
    Data(simulator): Data<&Simulator>,
    Query(Named { name }): Query<Named>,
    request: &poem::Request,
    body: Body,
) -> Answer<SimFile> {
    let mime = request.content_type().unwrap_or("application/octet-stream").to_owned();
    Ok(Json(simulator.take_file(None, &mime, name, body.into_bytes_stream()).await?))
}

#[handler]
async fn file(Data(simulator): Data<&Simulator>, Path(id): Path<String>) -> Result<Response, Problem> {
    let file = simulator.file(&id).ok_or(FileError::Missing)?;
    let bytes = file.open().await.map_err(|_| FileError::Missing)?;
    Ok(Response::builder()
        .content_type(&file.mime)
        .header(header::CONTENT_LENGTH, file.size)
        .header(header::CACHE_CONTROL, "private, max-age=86400, immutable")
        .header("x-content-type-options", "nosniff")
        .body(body_of(bytes)))
}

#[handler]
fn sample_names() -> Json<Vec<String>> {
    Json(samples::names())
}

#[handler]
fn sample(Path(name): Path<String>) -> Result<Response, Problem> {
    let bytes = samples::read(&name).ok_or(FileError::Missing)?;
    Ok(Response::builder().content_type(samples::mime(&name)).body(bytes.into_owned()))
}

#[handler]
async fn take_sample(Data(simulator): Data<&Simulator>, Path(name): Path<String>) -> Answer<SimFile> {
    Ok(Json(simulator.sample(None, &name).await?))
}

#[handler]
fn faults(Data(simulator): Data<&Simulator>) -> Json<Vec<SimFault>> {
    Json(simulator.faults())
}

#[handler]
fn order(Data(simulator): Data<&Simulator>, Json(fault): Json<SimFault>) -> Result<StatusCode, Problem> {
    simulator.order(fault)?;
    Ok(StatusCode::NO_CONTENT)
}

#[handler]
fn clear_faults(Data(simulator): Data<&Simulator>) -> StatusCode {
    simulator.clear_faults();
    StatusCode::NO_CONTENT
}

#[handler]
fn faults_of(Data(simulator): Data<&Simulator>, Path(number): Path<String>) -> Json<Vec<SimFault>> {
    Json(simulator.faults_of(&number))
}

/// Orders a fault for this number alone.
#[handler]
fn order_of(
    Data(simulator): Data<&Simulator>,
    Path(number): Path<String>,
    Json(fault): Json<SimFault>,
) -> Result<StatusCode, Problem> {
    simulator.order(SimFault { phone_number_id: Some(number), ..fault })?;
    Ok(StatusCode::NO_CONTENT)
}

#[handler]
fn clear_faults_of(Data(simulator): Data<&Simulator>, Path(number): Path<String>) -> StatusCode {
    simulator.clear_faults_of(&number);
    StatusCode::NO_CONTENT
}

#[handler]
fn rules(Data(simulator): Data<&Simulator>) -> Json<SimRules> {
    Json(simulator.current_rules())
}

#[handler]
fn set_rules(Data(simulator): Data<&Simulator>, Json(change): Json<SimRules>) -> Json<SimRules> {
    Json(simulator.set_rules(&change))
}

#[handler]
fn counters(Data(simulator): Data<&Simulator>) -> Json<SimCounters> {
    Json(simulator.counters())
}

#[derive(Deserialize)]
struct Callback {
    callback_data: String,
}

#[handler]
fn accepted(
    Data(simulator): Data<&Simulator>,
    Query(Callback { callback_data }): Query<Callback>,
) -> Json<SimAccepted> {
    Json(SimAccepted { count: simulator.accepted_with(&callback_data) })
}

/// Lets many customers talk, and answers when they are done.
#[handler]
async fn crowd(Data(simulator): Data<&Simulator>, Json(crowd): Json<SimCrowd>) -> Answer<SimCrowdReport> {
    Ok(Json(simulator.crowd(&crowd).await?))
}

#[handler]
fn reset(Data(simulator): Data<&Simulator>) -> StatusCode {
    simulator.reset();
    StatusCode::NO_CONTENT
}
