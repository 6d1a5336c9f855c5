//! HTTP: the server, the guard, and what the domains' `api.rs` files stand on. It knows no domain; only
//! `routes.rs` lists them.
//!
//! # How an `api.rs` looks
//!
//! Who may call is not written here but in `operations.rs`, one line for each operation:
//!
//! ```ignore
//! get("/customers", "list_customers", Who::Business(Role::Viewer)),
//! post("/customers", "create_customer", Who::Business(Role::Operator)).creating(),
//! ```
//!
//! A handler asks one question per line: what is asked, one call of the domain, the answer.
//!
//! ```ignore
//! pub struct CustomersApi { pub customers: Customers, pub clock: Clock }
//!
//! #[OpenApi(tag = "Tag::Customers")]
//! impl CustomersApi {
//!     /// Lists customers.
//!     ///
//!     /// The newest first.
//!     #[oai(path = "/customers", method = "get")]
//!     async fn list(
//!         &self, caller: BusinessCaller, list: List, limit: Query<Option<u32>>, cursor: Query<Option<String>>,
//!     ) -> Result<Json<Page<Customer>>, Problem>
//!     {
//!         let paging = Paging::read::<CustomerId>(list, limit.0, cursor.0.as_deref())?;
//!         let rows = self.customers.page(&caller.business.store.view()?, paging.after, paging.rows())?;
//!         Ok(paging.page(rows, |customer| (customer.id, customer.wire())))
//!     }
//!
//!     /// Adds a customer.
//!     #[oai(path = "/customers", method = "post")]
//!     async fn create(&self, caller: BusinessCaller, new: Json<NewCustomer>) -> Result<Created<Customer>, Problem> {
//!         let customer = self.customers.create(&caller.business, caller.actor(), new.0, self.clock.now()).await?;
//!         Ok(Created(customer))
//!     }
//! }
//!
//! impl From<CustomersError> for Problem {
//!     fn from(error: CustomersError) -> Self {
//!         match error {
//!             CustomersError::NotFound => Problem::not_found("customer"),
//!             CustomersError::PhoneTaken => Problem::conflict("Another customer has this phone number."),
//!             CustomersError::Store(error) => error.into(),
//!         }
//!     }
//! }
//! ```
//!
//! [`PersonCaller`](caller::PersonCaller), [`BusinessCaller`](caller::BusinessCaller), [`Client`](client_ip::Client) and
//! [`List`](paging::List) add nothing to the document. Errors are always [`Problem`](problem::Problem)s.

pub mod assets;
pub mod caller;
pub mod client_ip;
pub mod download;
pub mod edge;
pub mod gate;
pub mod guard;
pub mod headers;
pub mod health;
pub mod idempotency;
pub mod json;
pub mod kinds;
pub mod lifecycle;
pub mod limits;
pub mod live;
pub mod methods;
pub mod metrics;
pub mod openapi;
pub mod operations;
pub mod paging;
pub mod problem;
pub mod program;
pub mod public_url;
pub mod routes;
pub mod schema;
pub mod server;
pub mod shortcut;
pub mod tags;
mod unparsed;

#[cfg(test)]
pub(crate) mod tests;
