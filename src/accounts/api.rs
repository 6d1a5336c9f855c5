//! Setup, signing in and one's own account, over HTTP.
//!
//! The refresh token travels in a cookie that scripts cannot read and other sites cannot send. Its name holds a short
//! name of the installation, because browsers keep cookies by host and not by port: two programs on one machine would
//! otherwise sign each other's people out.

use std::sync::Arc;

use beseda_wire::accounts::{
    AcceptInvitation, ChangePassword, InvitationShown, InvitationToken, Login, Session, Setup, SetupState,
    SetupToken, SignedIn, UpdateUser, User,
};
use beseda_wire::ids::SessionId;
use beseda_wire::page::Page;
use beseda_wire::time::Time;
use poem::Request;
use poem::http::{HeaderValue, header};
use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};

use super::service::fault;
use super::{Accounts, AccountsError, Businesses, Device, Granted, Person};
use crate::clock::Clock;
use crate::crypto::Secret;
use crate::http::caller::PersonCaller;
use crate::http::client_ip::Client;
use crate::http::guard::bearer;
use crate::http::health;
use crate::http::json::{Json, NoContent};
use crate::http::kinds;
use crate::http::problem::Problem;
use crate::http::tags::Tag;
use crate::store::Stores;

pub struct AccountsApi {
    pub accounts: Accounts,
    pub businesses: Arc<dyn Businesses>,
    pub stores: Arc<Stores>,
    pub clock: Clock,
}

/// A sign-in that worked: the access token in the body, the refresh token in a cookie.
#[derive(ApiResponse)]
enum Welcome {
    /// Signed in.
    #[oai(status = 200)]
    SignedIn(Json<SignedIn>, #[oai(header = "Set-Cookie")] String),
}

/// Signed out: nothing to say, and the cookie goes.
#[derive(ApiResponse)]
enum Goodbye {
    /// Signed out.
    #[oai(status = 204)]
    SignedOut(#[oai(header = "Set-Cookie")] String),
}

/// The cookie goes to no other address, so that it is not part of every request.
const COOKIE_PATH: &str = "/api/v1/auth";

#[OpenApi]
impl AccountsApi {
    /// Says whether this program waits for its first owner.
    ///
    /// The free space is told only while it does.
    #[oai(path = "/setup", method = "get", tag = "Tag::Setup")]
    async fn setup_state(&self) -> Json<SetupState> {
        let needed = !self.accounts.is_set_up();
        // An unknown size is shown as none: the wizard then warns, which is the safer mistake.
        let free = if needed { health::free_bytes(self.stores.dir()).unwrap_or_default() } else { 0 };
        Json(SetupState { needed, free_mb: free >> 20, version: env!("CARGO_PKG_VERSION").to_owned() })
    }

    /// Says whether a setup address still works.
    ///
    /// It is not used up. Asked before the form is filled in, which would be in vain.
    #[oai(path = "/setup/token", method = "post", tag = "Tag::Setup")]
    async fn check_setup_token(&self, shown: Json<SetupToken>) -> Result<NoContent, Problem> {
        self.accounts.check_setup_token(&shown.0.token, self.now()).await?;
        Ok(NoContent)
    }

    /// Makes the first owner and the first business.
    ///
    /// The token is the one of the setup address that the program printed. It works once.
    #[oai(path = "/setup", method = "post", tag = "Tag::Setup")]
    async fn set_up(
        &self,
        request: &Request,
        client: Client,
        setup: Json<Setup>,
    ) -> Result<Welcome, Problem> {
        let (device, now) = (device(request, &client), self.now());
        let businesses = Arc::clone(&self.businesses);
        let granted = self.accounts.set_up(setup.0, &device, businesses, now).await?;
        self.welcome(&granted, &client, now)
    }

    /// Signs in.
    ///
    /// A wrong password and an unknown e-mail are answered alike. After some failures the next try has to wait.
    #[oai(path = "/auth/login", method = "post", tag = "Tag::Auth")]
    async fn login(&self, request: &Request, client: Client, login: Json<Login>) -> Result<Welcome, Problem> {
        let Json(Login { email, password }) = login;
        let (device, now) = (device(request, &client), self.now());
        let granted = self.accounts.sign_in(&email, Secret::new(password), &device, now).await?;
        self.welcome(&granted, &client, now)
    }

    /// Gives a new access token for the cookie of a sign-in.
    ///
    /// The cookie changes each time. One that was used up is taken for stolen, and ends its sign-in.
    #[oai(path = "/auth/refresh", method = "post", tag = "Tag::Auth")]
    async fn refresh(&self, request: &Request, client: Client) -> Result<Welcome, Problem> {
        let Some(token) = self.cookie(request) else { return Err(Problem::unauthorized()) };
        let (device, now) = (device(request, &client), self.now());
        match self.accounts.refresh(&token, &device, now).await {
            Ok(granted) => self.welcome(&granted, &client, now),
            Err(error) => {
                let over = matches!(error, AccountsError::SignInOver);
                let problem = Problem::from(error);
                // A cookie that is good for nothing any more is not to be sent for ever.
                Err(if over { self.without_cookie(problem, &client) } else { problem })
            }
        }
    }

    /// Signs out on this device.
    ///
    /// Ends the sign-in of the cookie, and the one of the access token where the request has one.
    #[oai(path = "/auth/logout", method = "post", tag = "Tag::Auth")]
    async fn logout(&self, request: &Request, client: Client) -> Result<Goodbye, Problem> {
        let now = self.now();
        if let Some(token) = self.cookie(request) {
            self.accounts.sign_out(&token, now).await?;
        }
        if let Ok(token) = bearer(request) {
            self.accounts.sign_out_by_access(token, now).await?;
        }
        Ok(Goodbye::SignedOut(self.set_cookie("", 0, client.https)))
    }

    /// Lists the devices on which you are signed in.
    ///
    /// The one used last comes first.
    #[oai(path = "/auth/sessions", method = "get", tag = "Tag::Auth")]
    async fn sessions(&self, caller: PersonCaller) -> Result<Json<Page<Session>>, Problem> {
        let items = self.accounts.sign_ins(&person(caller), self.now())?;
        Ok(Json(Page { items, next: None }))
    }

    /// Signs one of your devices out.
    ///
    /// At once: its next request is refused.
    #[oai(path = "/auth/sessions/:id", method = "delete", tag = "Tag::Auth")]
    async fn revoke(&self, caller: PersonCaller, id: Path<SessionId>) -> Result<NoContent, Problem> {
        match self.accounts.revoke(&person(caller), id.0, self.now()).await {
            Err(AccountsError::NotFound) => Err(Problem::not_found("sign-in")),
            done => Ok(done.map(|()| NoContent)?),
        }
    }

    /// Changes your password.
    ///
    /// Every other device is signed out.
    #[oai(path = "/auth/password", method = "post", tag = "Tag::Auth")]
    async fn change_password(
        &self,
        caller: PersonCaller,
        request: &Request,
        client: Client,
        change: Json<ChangePassword>,
    ) -> Result<NoContent, Problem> {
        let Json(ChangePassword { current, new }) = change;
        let (current, new) = (Secret::new(current), Secret::new(new));
        let device = device(request, &client);
        match self.accounts.change_password(&person(caller), current, new, &device, self.now()).await {
            // The caller is signed in, so this is no 401: a field of the form is wrong.
            Err(AccountsError::WrongCredentials) => {
                Err(Problem::invalid([fault("/current", "is not your password")]))
            }
            done => Ok(done.map(|()| NoContent)?),
        }
    }

    /// Says whom an invitation is for, and to which business.
    ///
    /// The token is the one of its address.
    #[oai(path = "/auth/invitation", method = "post", tag = "Tag::Auth")]
    async fn invitation(&self, shown: Json<InvitationToken>) -> Result<Json<InvitationShown>, Problem> {
        Ok(Json(self.accounts.invitation(&shown.0.token, &*self.businesses, self.now())?))
    }

    /// Makes the account for an invitation, and signs it in.
    ///
    /// For somebody who has no account here. With one, sign in and join: `POST /businesses/join`.
    #[oai(path = "/auth/invitation/accept", method = "post", tag = "Tag::Auth")]
    async fn accept_invitation(
        &self,
        request: &Request,
        client: Client,
        accept: Json<AcceptInvitation>,
    ) -> Result<Welcome, Problem> {
        let (device, now) = (device(request, &client), self.now());
        let businesses = Arc::clone(&self.businesses);
        let granted = self.accounts.accept(accept.0, &device, businesses, now).await?;
        self.welcome(&granted, &client, now)
    }

    /// Returns your profile.
    #[oai(path = "/users/me", method = "get", tag = "Tag::Users")]
    async fn me(&self, caller: PersonCaller) -> Result<Json<User>, Problem> {
        Ok(Json(self.accounts.user(caller.user_id)?.shown()))
    }

    /// Changes your profile.
    #[oai(path = "/users/me", method = "patch", tag = "Tag::Users")]
    async fn update_me(&self, caller: PersonCaller, change: Json<UpdateUser>) -> Result<Json<User>, Problem> {
        Ok(Json(self.accounts.update(&person(caller), change.0, self.now()).await?.shown()))
    }
}

impl AccountsApi {
    fn now(&self) -> Time {
        self.clock.now().into()
    }

    fn welcome(&self, granted: &Granted, client: &Client, now: Time) -> Result<Welcome, Problem> {
        let seconds = granted.refresh_expires_at.millis_since(now) / 1_000;
        let cookie = self.set_cookie(granted.refresh.expose(), seconds, client.https);
        Ok(Welcome::SignedIn(Json(self.accounts.welcome(granted, &*self.businesses)?), cookie))
    }

    fn without_cookie(&self, problem: Problem, client: &Client) -> Problem {
        match HeaderValue::from_str(&self.set_cookie("", 0, client.https)) {
            Ok(cookie) => problem.header(header::SET_COOKIE, cookie),
            Err(_) => problem,
        }
    }

    fn cookie_name(&self) -> String {
        format!("beseda-{}", self.accounts.installation())
    }

    /// `Secure` only where the browser came by TLS: elsewhere it would not send the cookie back.
    fn set_cookie(&self, value: &str, seconds: i64, https: bool) -> String {
        let secure = if https { "; Secure" } else { "" };
        let name = self.cookie_name();
        format!("{name}={value}; Path={COOKIE_PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
    }

    fn cookie(&self, request: &Request) -> Option<Secret> {
        let name = self.cookie_name();
        request
            .headers()
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, value)| *found == name && !value.is_empty())
            .map(|(_, value)| Secret::new(value))
    }
}

fn device(request: &Request, client: &Client) -> Device {
    let agent = request.header(header::USER_AGENT).unwrap_or_default();
    // Longer ones tell no more; what is read of them is kept short in any case.
    Device { agent: agent.chars().take(512).collect(), ip: client.ip, network: client.key() }
}

fn person(caller: PersonCaller) -> Person {
    Person {
        user: caller.user_id,
        name: caller.name,
        locale: caller.locale,
        session: caller.session_id,
        expires_at: caller.expires_at,
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::WrongCredentials => Self::of(kinds::SIGN_IN_FAILED),
            AccountsError::Wait(wait) => {
                Self::too_many(wait.seconds).detail("There were too many wrong passwords.")
            }
            AccountsError::Busy => Self::unavailable(1),
            AccountsError::SignInOver => Self::unauthorized().detail("The sign-in has ended."),
            AccountsError::NotFound => Self::not_found("account"),
            AccountsError::EmailTaken => Self::conflict("Someone has this e-mail already."),
            AccountsError::Invalid(faults) => Self::invalid(faults),
            AccountsError::SetUpAlready | AccountsError::SetupToken => Self::of(kinds::SETUP_LINK_EXPIRED),
            AccountsError::InvitationOver => Self::of(kinds::INVITATION_OVER),
            AccountsError::MemberAlready => Self::conflict("This person belongs to the business already."),
            AccountsError::Password(_) => Self::internal(&error),
            AccountsError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
