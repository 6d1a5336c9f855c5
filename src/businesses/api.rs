//! A person's businesses, and the people of a business.

use std::sync::Arc;

use beseda_wire::accounts::InvitationToken;
use beseda_wire::businesses::{
    BusinessSettings, Invitation, Member, Membership, NewBusiness, NewInvitation, UpdateMember,
};
use beseda_wire::ids::{BusinessId, InvitationId, UserId};
use beseda_wire::page::Page;
use beseda_wire::time::Time;
use futures_util::future::BoxFuture;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::invitations::{self, InvitationError};
use super::members::{self, MembersError};
use super::service::{self, BusinessError};
use super::store;
use crate::clock::Clock;
use crate::crypto::{OpaqueToken, Random, TokenHash};
use crate::http::caller::{BusinessCaller, PersonCaller};
use crate::http::json::{Created, Json, NoContent};
use crate::http::kinds;
use crate::http::problem::Problem;
use crate::http::public_url::PublicUrl;
use crate::http::tags::Tag;
use crate::store::{Stores, Tx};

/// Tells those who act for a business that it goes by something else now; done when they do.
pub type Changed = Arc<dyn Fn(BusinessId) -> BoxFuture<'static, ()> + Send + Sync>;

pub struct BusinessesApi {
    pub stores: Arc<Stores>,
    pub clock: Clock,
    pub random: Random,
    /// Businesses that one person may own.
    pub most: usize,
    pub public_url: PublicUrl,
    pub changed: Changed,
}

#[OpenApi(tag = "Tag::Businesses")]
impl BusinessesApi {
    /// Lists your businesses, with your role in each.
    #[oai(path = "/businesses", method = "get")]
    async fn list(&self, caller: PersonCaller) -> Result<Json<Page<Membership>>, Problem> {
        let items = store::memberships(&self.stores.platform().view()?, caller.user_id)?;
        Ok(Json(Page { items, next: None }))
    }

    /// Makes a business.
    ///
    /// You become its owner. One person owns at most as many as `limits.businesses_per_person` says.
    #[oai(path = "/businesses", method = "post")]
    async fn create(
        &self,
        caller: PersonCaller,
        new: Json<NewBusiness>,
    ) -> Result<Created<Membership>, Problem> {
        let (user, most, now) = (caller.user_id, self.most, self.now());
        let write = move |tx: &mut Tx<'_>| service::create_another(tx, &new.0, user, most, now);
        Ok(Created(self.stores.platform().write(write).await?))
    }

    /// Joins the business that an invitation is for.
    ///
    /// With the account you are signed in to, whichever e-mail the invitation was made for.
    #[oai(path = "/businesses/join", method = "post")]
    async fn join(
        &self,
        caller: PersonCaller,
        shown: Json<InvitationToken>,
    ) -> Result<Json<Membership>, Problem> {
        let (user, actor, now) = (caller.user_id, caller.actor(), self.now());
        let token = TokenHash::of(&shown.0.token);
        let write = move |tx: &mut Tx<'_>| invitations::join(tx, token, user, &actor, now);
        Ok(Json(self.stores.platform().write(write).await?))
    }

    /// Reads what the business goes by.
    #[oai(path = "/business", method = "get")]
    async fn read(&self, caller: BusinessCaller) -> Result<Json<BusinessSettings>, Problem> {
        let business = store::get(&self.stores.platform().view()?, caller.business.id)?;
        Ok(Json(business.ok_or_else(|| Problem::not_found("business"))?.settings()))
    }

    /// Saves what the business goes by.
    ///
    /// All of it, with the revision it was made from: when somebody else saved meanwhile, the answer is a conflict and
    /// nothing is overwritten. Bots go by it from then on.
    #[oai(path = "/business", method = "put")]
    async fn save(
        &self,
        caller: BusinessCaller,
        settings: Json<BusinessSettings>,
    ) -> Result<Json<BusinessSettings>, Problem> {
        let (id, actor, now) = (caller.business.id, caller.actor(), self.now());
        let write = move |tx: &mut Tx<'_>| service::save(tx, id, &settings.0, &actor, now);
        let business = self.stores.platform().write(write).await?;
        (self.changed)(id).await;
        Ok(Json(business.settings()))
    }

    /// Lists the people of the business.
    ///
    /// The strongest roles first.
    #[oai(path = "/members", method = "get")]
    async fn members(&self, caller: BusinessCaller) -> Result<Json<Page<Member>>, Problem> {
        let items = members::list(&self.stores.platform().view()?, caller.business.id)?;
        Ok(Json(Page { items, next: None }))
    }

    /// Gives somebody another role.
    ///
    /// An admin neither makes owners nor changes them. At least one owner stays.
    #[oai(path = "/members/:id", method = "patch")]
    async fn update_member(
        &self,
        caller: BusinessCaller,
        id: Path<UserId>,
        change: Json<UpdateMember>,
    ) -> Result<Json<Member>, Problem> {
        let (business, by, actor, now) = (caller.business.id, caller.user_id, caller.actor(), self.now());
        let write =
            move |tx: &mut Tx<'_>| members::change_role(tx, business, (by, &actor), id.0, change.0.role, now);
        Ok(Json(self.stores.platform().write(write).await?))
    }

    /// Removes somebody from the business.
    ///
    /// At once: their next request in it is refused, and their open screens end. Their account stays, and so does what
    /// they have written. Invitations that they made are withdrawn.
    #[oai(path = "/members/:id", method = "delete")]
    async fn remove_member(&self, caller: BusinessCaller, id: Path<UserId>) -> Result<NoContent, Problem> {
        let (business, by, actor, now) = (caller.business.id, caller.user_id, caller.actor(), self.now());
        let write = move |tx: &mut Tx<'_>| members::remove(tx, business, (by, &actor), id.0, now);
        self.stores.platform().write(write).await?;
        Ok(NoContent)
    }

    /// Lists the invitations that nobody has accepted yet.
    #[oai(path = "/invitations", method = "get")]
    async fn invitations(&self, caller: BusinessCaller) -> Result<Json<Page<Invitation>>, Problem> {
        let view = self.stores.platform().view()?;
        let found = invitations::list(&view, caller.business.id, self.now())?;
        let items = found.iter().map(|invitation| invitation.shown(None)).collect();
        Ok(Json(Page { items, next: None }))
    }

    /// Invites somebody.
    ///
    /// The answer has the address to give to them; nothing is sent. It works once and for 7 days, and is told this once.
    /// A new invitation replaces the one before for the same e-mail. An admin invites no owners.
    #[oai(path = "/invitations", method = "post")]
    async fn invite(
        &self,
        caller: BusinessCaller,
        new: Json<NewInvitation>,
    ) -> Result<Created<Invitation>, Problem> {
        let OpaqueToken { text, hash } = OpaqueToken::generate(&self.random);
        let (business, by, name, now) = (caller.business.id, caller.user_id, caller.name.clone(), self.now());
        let write = move |tx: &mut Tx<'_>| invitations::invite(tx, business, (by, &name), &new.0, hash, now);
        let invitation = self.stores.platform().write(write).await?;
        let link = self.public_url.address(&format!("/invitation?token={}", text.expose()));
        Ok(Created(invitation.shown(Some(link))))
    }

    /// Withdraws an invitation.
    #[oai(path = "/invitations/:id", method = "delete")]
    async fn withdraw(&self, caller: BusinessCaller, id: Path<InvitationId>) -> Result<NoContent, Problem> {
        let (business, by) = (caller.business.id, caller.user_id);
        let write = move |tx: &mut Tx<'_>| invitations::withdraw(tx, business, by, id.0);
        self.stores.platform().write(write).await?;
        Ok(NoContent)
    }
}

impl BusinessesApi {
    fn now(&self) -> Time {
        self.clock.now().into()
    }
}

impl From<BusinessError> for Problem {
    fn from(error: BusinessError) -> Self {
        match error {
            BusinessError::Store(error) => error.into(),
            BusinessError::Invalid(errors) => Self::invalid(errors),
            BusinessError::Missing => Self::not_found("business"),
            BusinessError::Overtaken(revision) => Self::conflict(format!(
                "Somebody saved meanwhile; revision {revision} is there. Read it, and save again."
            )),
            BusinessError::TooMany(most) => Self::conflict(format!(
                "You own {most} businesses, and one person may own no more here (limits.businesses_per_person)."
            )),
        }
    }
}

impl From<MembersError> for Problem {
    fn from(error: MembersError) -> Self {
        match error {
            MembersError::Store(error) => error.into(),
            MembersError::NoMember => Self::not_found("member"),
            MembersError::ForOwners => Self::forbidden("Only an owner makes, changes or removes owners."),
            MembersError::LastOwner => {
                Self::conflict("A business has at least one owner; make another first.")
            }
        }
    }
}

impl From<InvitationError> for Problem {
    fn from(error: InvitationError) -> Self {
        match error {
            InvitationError::Store(error) => error.into(),
            InvitationError::Invalid(errors) => Self::invalid(errors),
            InvitationError::ForOwners => Self::forbidden("Only an owner invites owners."),
            InvitationError::MemberAlready => Self::conflict("This person belongs to the business already."),
            InvitationError::TooMany => Self::conflict(format!("{error}; withdraw some first.")),
            InvitationError::Missing => Self::not_found("invitation"),
            InvitationError::Over => Self::of(kinds::INVITATION_OVER),
        }
    }
}
