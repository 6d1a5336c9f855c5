//! Signing in, and one's own account.

use super::{at, examples, ids, some};
use crate::accounts::{
    AcceptInvitation, ChangePassword, InvitationShown, InvitationToken, Login, Session, Setup, SetupState,
    SetupToken, SignedIn, UpdateUser, User,
};
use crate::businesses::{Membership, Role};

const SETUP: &str = "q7ZbN2xWcY0sVt5LhR8dKfJ3mPgT1uEa";
const INVITATION: &str = "pX3vY1kQe8ZsTn6LwRb0Uc9GdHf2JmAo4Ki7WqEtVxM";

examples! {
    User: User {
        id: ids::ANNA,
        email: "anna@example.com".to_owned(),
        name: "Anna Petrova".to_owned(),
        locale: "en".to_owned(),
    };

    Login: Login { email: "anna@example.com".to_owned(), password: "a long green bicycle".to_owned() };

    SignedIn: SignedIn {
        access_token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTkyZjNhMSJ9.c2lnbmF0dXJl".to_owned(),
        expires_at: at(15),
        user: User::example(),
        businesses: vec![Membership::example()],
    };

    Session: Session {
        id: ids::SIGN_IN,
        device: "Firefox, Linux".to_owned(),
        ip: "203.0.113.7".to_owned(),
        created_at: at(-2880),
        last_used_at: at(0),
        current: true,
    };

    ChangePassword: ChangePassword {
        current: "a long green bicycle".to_owned(),
        new: "a longer yellow bicycle".to_owned(),
    };

    UpdateUser: UpdateUser { name: some("Anna Petrova"), locale: some("ru") };

    InvitationToken: InvitationToken { token: INVITATION.to_owned() };

    InvitationShown: InvitationShown {
        business_name: "Peony Flowers".to_owned(),
        email: "boris@example.com".to_owned(),
        role: Role::Operator,
        invited_by: "Anna Petrova".to_owned(),
        expires_at: at(10_080),
        has_account: false,
    };

    AcceptInvitation: AcceptInvitation {
        token: INVITATION.to_owned(),
        name: "Boris Lang".to_owned(),
        password: "seven quiet lanterns".to_owned(),
        locale: "en".to_owned(),
    };

    SetupState: SetupState { needed: true, free_mb: 18_432, version: env!("CARGO_PKG_VERSION").to_owned() };

    SetupToken: SetupToken { token: SETUP.to_owned() };

    Setup: Setup {
        token: SETUP.to_owned(),
        email: "anna@example.com".to_owned(),
        password: "a long green bicycle".to_owned(),
        name: "Anna Petrova".to_owned(),
        business_name: "Peony Flowers".to_owned(),
        locale: "en".to_owned(),
        time_zone: "Europe/London".to_owned(),
    };
}
