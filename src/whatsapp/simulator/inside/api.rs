//! The controls of one business's simulated numbers over HTTP.

use beseda_wire::forms::NativeForm;
use beseda_wire::page::Page;
use beseda_wire::simulator::{
    SimAct, SimChat, SimCustomer, SimCustomerChange, SimEdit, SimFault, SimFile, SimMessage, SimSample,
    SimSend, SimTemplateChange, SimWebhook,
};
use poem::http::header;
use poem::{Body, Request};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, Response};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::super::acts::ActError;
use super::super::book::Refused;
use super::super::control::api::{MESSAGES, PATIENCE};
use super::super::faults::BadOrder;
use super::super::files::FileError;
use super::super::graph::api::body_of;
use super::super::samples;
use super::super::state::Simulator;
use super::{HistoryOf, OwnerOf};
use crate::http::caller::BusinessCaller;
use crate::http::json::{Created, Json, NoContent};
use crate::http::kinds;
use crate::http::lifecycle::Lifecycle;
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::store::Blobs;
use crate::whatsapp::mime;

pub struct SimulatorApi {
    pub simulator: Simulator,
    pub owner_of: OwnerOf,
    pub history_of: HistoryOf,
    pub lifecycle: Lifecycle,
}

#[OpenApi(tag = "Tag::Simulator")]
impl SimulatorApi {
    /// Lists the customers who know a number.
    #[oai(path = "/simulator/numbers/:number/customers", method = "get")]
    async fn customers(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
    ) -> Result<Json<Page<SimCustomer>>, Problem> {
        self.admit(&caller, &number)?;
        Ok(Json(Page { items: self.simulator.customers_of(&number)?, next: None }))
    }

    /// Adds a customer who knows a number, or changes the one with this phone.
    #[oai(path = "/simulator/numbers/:number/customers", method = "post")]
    async fn add_customer(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        customer: Json<SimCustomer>,
    ) -> Result<Created<SimCustomer>, Problem> {
        self.admit(&caller, &number)?;
        Ok(Created(self.simulator.add_customer_of(&number, &customer.0)?))
    }

    /// Changes a customer: the name, the username, the phone, whether they hide it or have blocked the business.
    #[oai(path = "/simulator/numbers/:number/customers/:customer", method = "patch")]
    async fn change_customer(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        customer: Path<String>,
        change: Json<SimCustomerChange>,
    ) -> Result<Json<SimCustomer>, Problem> {
        self.admit(&caller, &number)?;
        Ok(Json(self.simulator.change_customer_of(&number, &customer, change.0)?))
    }

    /// Reads a customer's chat with a number.
    ///
    /// With `after` it waits up to 25 seconds until the chat has another revision than that. `limit` is for the newest
    /// messages, 100 when absent. What was said before the program started is there too: the last messages of it.
    #[oai(path = "/simulator/numbers/:number/chats/:customer", method = "get")]
    async fn chat(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        customer: Path<String>,
        after: Query<Option<u64>>,
        limit: Query<Option<u16>>,
    ) -> Result<Json<SimChat>, Problem> {
        self.admit(&caller, &number)?;
        if !self.simulator.is_recalled(&number, &customer)? {
            let before = (self.history_of)(&caller.business, &number, &customer)?;
            self.simulator.recall(&number, &customer, &before)?;
        }
        let mut chat = match after.0 {
            Some(after) => tokio::select! {
                chat = self.simulator.wait_chat(&number, &customer, after, PATIENCE) => chat?,
                // It waits for what comes next, and must not hold up the end.
                () = self.lifecycle.stopping() => return Err(Problem::unavailable(1)),
            },
            None => self.simulator.chat(&number, &customer)?,
        };
        let older = chat.messages.len().saturating_sub(limit.0.map_or(MESSAGES, usize::from));
        chat.messages.drain(..older);
        Ok(Json(chat))
    }

    /// Has a customer say something.
    #[oai(path = "/simulator/numbers/:number/chats/:customer/messages", method = "post")]
    async fn say(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        customer: Path<String>,
        said: Json<SimSend>,
    ) -> Result<Created<SimMessage>, Problem> {
        self.admit(&caller, &number)?;
        Ok(Created(self.simulator.say(&number, &customer, &said.0)?))
    }

    /// Has a customer edit a message.
    #[oai(path = "/simulator/numbers/:number/chats/:customer/edits", method = "post")]
    async fn edit(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        customer: Path<String>,
        edit: Json<SimEdit>,
    ) -> Result<NoContent, Problem> {
        self.admit(&caller, &number)?;
        self.simulator.edit(&number, &customer, &edit.0)?;
        Ok(NoContent)
    }

    /// Has a customer do something in the chat besides writing.
    #[oai(path = "/simulator/numbers/:number/chats/:customer/acts", method = "post")]
    async fn act(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        customer: Path<String>,
        act: Json<SimAct>,
    ) -> Result<NoContent, Problem> {
        self.admit(&caller, &number)?;
        self.simulator.act(&number, &customer, &act.0)?;
        Ok(NoContent)
    }

    /// Puts a file on the customers' phones.
    ///
    /// The body is the file itself, its Content-Type the file's. Give the answer's `id` as `provider_id` when a customer
    /// shall send it.
    #[oai(path = "/simulator/numbers/:number/files", method = "post")]
    async fn upload(
        &self,
        caller: BusinessCaller,
        request: &Request,
        number: Path<String>,
        name: Query<Option<String>>,
        body: Binary<Body>,
    ) -> Result<Created<SimFile>, Problem> {
        self.admit(&caller, &number)?;
        let mime = request.content_type().unwrap_or("application/octet-stream");
        let bytes = body.0.into_bytes_stream();
        Ok(Created(self.simulator.take_file(Some(&number), mime, name.0, bytes).await?))
    }

    /// Reads a file that a number or one of its customers has sent.
    ///
    /// What was sent before the program started is read by its SHA-256.
    #[oai(path = "/simulator/numbers/:number/files/:file", method = "get")]
    async fn file(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        file: Path<String>,
    ) -> Result<Response<Binary<Body>>, Problem> {
        self.admit(&caller, &number)?;
        let (mime, size, bytes) = match self.simulator.file_at(&number, &file) {
            Ok(file) => {
                let bytes = file.open().await.map_err(|_| FileError::Missing)?;
                (file.mime.clone(), file.size, body_of(bytes))
            }
            Err(FileError::Missing) => kept_file(&caller.business.blobs, &file).await?,
            Err(error) => return Err(error.into()),
        };
        Ok(Response::new(Binary(bytes))
            .header(header::CONTENT_TYPE, mime)
            .header(header::CONTENT_LENGTH, size)
            // An id never comes to mean another file.
            .header(header::CACHE_CONTROL, "private, max-age=86400, immutable"))
    }

    /// Reads a form as the customer's phone shows it.
    #[oai(path = "/simulator/numbers/:number/forms/:form", method = "get")]
    async fn form(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        form: Path<String>,
    ) -> Result<Json<NativeForm>, Problem> {
        self.admit(&caller, &number)?;
        let form = self.simulator.shown_form(&number, &form)?;
        form.map(Json).ok_or_else(|| Problem::not_found("form"))
    }

    /// Lists the samples: files for customers who have nothing at hand.
    #[oai(path = "/simulator/samples", method = "get")]
    async fn samples(&self, _caller: BusinessCaller) -> Json<Page<SimSample>> {
        let sample = |name: String| SimSample { mime: samples::mime(&name).to_owned(), name };
        Json(Page { items: samples::names().into_iter().map(sample).collect(), next: None })
    }

    /// Puts a sample on the customers' phones.
    #[oai(path = "/simulator/numbers/:number/samples/:name", method = "post")]
    async fn take_sample(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        name: Path<String>,
    ) -> Result<Created<SimFile>, Problem> {
        self.admit(&caller, &number)?;
        Ok(Created(self.simulator.sample(Some(&number), &name).await?))
    }

    /// Gives a template of a number's account another state.
    #[oai(path = "/simulator/numbers/:number/templates/:template", method = "put")]
    async fn set_template(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        template: Path<String>,
        change: Json<SimTemplateChange>,
    ) -> Result<NoContent, Problem> {
        self.admit(&caller, &number)?;
        self.simulator.set_template(&number, &template, &change.0)?;
        Ok(NoContent)
    }

    /// Sends a webhook of whatever kind, signed as the others are.
    #[oai(path = "/simulator/numbers/:number/webhooks", method = "post")]
    async fn send_webhook(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        webhook: Json<SimWebhook>,
    ) -> Result<NoContent, Problem> {
        self.admit(&caller, &number)?;
        self.simulator.send_webhook_of(&number, &webhook.0)?;
        Ok(NoContent)
    }

    /// Lists the faults that are ordered for a number and have not happened yet.
    #[oai(path = "/simulator/numbers/:number/faults", method = "get")]
    async fn faults(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
    ) -> Result<Json<Page<SimFault>>, Problem> {
        self.admit(&caller, &number)?;
        Ok(Json(Page { items: self.simulator.faults_of(&number), next: None }))
    }

    /// Orders a fault for a number.
    ///
    /// Without `times` and `probability` it happens once.
    #[oai(path = "/simulator/numbers/:number/faults", method = "post")]
    async fn order_fault(
        &self,
        caller: BusinessCaller,
        number: Path<String>,
        fault: Json<SimFault>,
    ) -> Result<NoContent, Problem> {
        self.admit(&caller, &number)?;
        self.simulator.order(SimFault { phone_number_id: Some(number.0), ..fault.0 })?;
        Ok(NoContent)
    }

    /// Takes the faults of a number back.
    #[oai(path = "/simulator/numbers/:number/faults", method = "delete")]
    async fn clear_faults(&self, caller: BusinessCaller, number: Path<String>) -> Result<NoContent, Problem> {
        self.admit(&caller, &number)?;
        self.simulator.clear_faults_of(&number);
        Ok(NoContent)
    }
}

impl SimulatorApi {
    /// A number of another business is not there, as everywhere.
    fn admit(&self, caller: &BusinessCaller, number: &str) -> Result<(), Problem> {
        let own = (self.owner_of)(number) == Some(caller.business.id);
        if own { Ok(()) } else { Err(Problem::not_found("number")) }
    }
}

/// A file of the business's own: its type, which its beginning tells, its bytes and how many they are.
async fn kept_file(blobs: &Blobs, hash: &str) -> Result<(String, u64, Body), Problem> {
    let missing = || Problem::from(FileError::Missing);
    let path = hash.parse().ok().and_then(|hash| blobs.path(&hash)).ok_or_else(missing)?;
    let mut file = tokio::fs::File::open(path).await.map_err(|_| missing())?;
    let mut head = Vec::with_capacity(mime::HEAD);
    let looked = async {
        (&mut file).take(mime::HEAD as u64).read_to_end(&mut head).await?;
        file.rewind().await?;
        Ok::<_, std::io::Error>(file.metadata().await?.len())
    };
    let size = looked.await.map_err(FileError::Disk)?;
    let mime = mime::of(&head).unwrap_or("application/octet-stream").to_owned();
    Ok((mime, size, Body::from_async_read(file)))
}

fn refused(error: impl std::fmt::Display) -> Problem {
    Problem::of(kinds::SIMULATOR_REFUSED).detail(format!("The simulator says: {error}."))
}

impl From<Refused> for Problem {
    fn from(error: Refused) -> Self {
        match error {
            Refused::NoNumber(_) => Self::not_found("number"),
            Refused::NoCustomer(_) => Self::not_found("customer"),
            Refused::Taken(_) => Self::conflict(format!("The simulator says: {error}.")),
            error => refused(error),
        }
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Nobody(error) => error.into(),
            error => refused(error),
        }
    }
}

impl From<BadOrder> for Problem {
    fn from(error: BadOrder) -> Self {
        refused(error)
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Missing => Self::not_found("file"),
            FileError::Nobody(error) => error.into(),
            FileError::Cut => Self::of(kinds::UNREADABLE).detail("The body ended early."),
            FileError::Empty => Self::of(kinds::UNREADABLE).detail("The file is empty."),
            FileError::TooLarge(most) => Self::too_large(most),
            FileError::Kind(_) => Self::of(kinds::MEDIA_TYPE).detail(format!("{error}.")),
            FileError::Disk(error) => Self::internal(&error),
        }
    }
}
