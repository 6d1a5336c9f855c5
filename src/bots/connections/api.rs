//! Connections over the API. What is secret goes in and never comes out.

use std::sync::Arc;

use beseda_wire::connections::{Connection as WireConnection, SaveConnection};
use beseda_wire::page::Page;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::{Sealing, fault, is_name, remove, save};
use crate::bots::store;
use crate::clock::Clock;
use crate::crypto::{KeyRing, Random};
use crate::http::caller::BusinessCaller;
use crate::http::json::{Json, NoContent};
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::store::{StoreError, Tx};

pub struct ConnectionsApi {
    pub clock: Clock,
    pub keys: Arc<KeyRing>,
    pub random: Random,
}

#[OpenApi(tag = "Tag::Bots")]
impl ConnectionsApi {
    /// Lists what bots reach outside: secrets, language models, mail servers.
    ///
    /// Without what is secret of them.
    #[oai(path = "/connections", method = "get")]
    async fn list(&self, caller: BusinessCaller) -> Result<Json<Page<WireConnection>>, Problem> {
        let all = store::connections(&caller.business.store.view()?)?;
        let items = all.into_iter().map(|(name, connection)| connection.wire(name)).collect();
        Ok(Json(Page { items, next: None }))
    }

    /// Makes or changes a connection.
    ///
    /// A secret that is not given stays as it is, unless it would go to another server than before. The name is what flows say: letters, digits and `_`.
    #[oai(path = "/connections/:name", method = "put")]
    async fn save(
        &self,
        caller: BusinessCaller,
        name: Path<String>,
        connection: Json<SaveConnection>,
    ) -> Result<Json<WireConnection>, Problem> {
        let name = name.0;
        if !is_name(&name) {
            let must = "must have letters, digits and _, not begin with a digit, and have at most 64";
            return Err(Problem::invalid_field("/name", must));
        }
        let before = store::connection(&caller.business.store.view()?, &name)?;
        if let Some(fault) = fault(&connection.0, before.as_ref()) {
            return Err(Problem::invalid_field(format!("/{}", fault.field), fault.must));
        }
        let (keys, random) = (Arc::clone(&self.keys), self.random.clone());
        let (business, actor, now) = (caller.business.id, caller.actor(), self.clock.now().into());
        let write = move |tx: &mut Tx<'_>| {
            let sealing = Sealing { keys: &keys, random: &random, business };
            let saved = save(tx, &name, &connection.0, &sealing, &actor, now)?;
            Ok::<_, StoreError>(saved.wire(name.clone()))
        };
        Ok(Json(caller.business.store.write(write).await?))
    }

    /// Removes a connection.
    ///
    /// Flows that name it take their way for what failed.
    #[oai(path = "/connections/:name", method = "delete")]
    async fn delete(&self, caller: BusinessCaller, name: Path<String>) -> Result<NoContent, Problem> {
        let (name, actor, now) = (name.0, caller.actor(), self.clock.now().into());
        let removed = caller.business.store.write(move |tx| remove(tx, &name, &actor, now)).await?;
        if removed { Ok(NoContent) } else { Err(Problem::not_found("connection")) }
    }
}
