//! Businesses and their people.

use super::{at, examples, ids, some};
use crate::businesses::{Invitation, Member, Membership, NewBusiness, NewInvitation, Role, UpdateMember};

examples! {
    Membership: Membership {
        id: ids::SHOP,
        name: "Peony Flowers".to_owned(),
        role: Role::Owner,
        time_zone: "Europe/London".to_owned(),
        locale: "en".to_owned(),
    };

    Member: Member {
        id: ids::BORIS,
        name: "Boris Lang".to_owned(),
        email: "boris@example.com".to_owned(),
        role: Role::Operator,
        joined_at: at(-1440),
    };

    UpdateMember: UpdateMember { role: Role::Admin };

    Invitation: Invitation {
        id: ids::INVITATION,
        email: "boris@example.com".to_owned(),
        role: Role::Operator,
        invited_by: "Anna Petrova".to_owned(),
        created_at: at(0),
        expires_at: at(10_080),
        link: some("https://chat.example.com/invitation?token=pX3vY1kQe8ZsTn6LwRb0Uc9GdHf2JmAo4Ki7WqEtVxM"),
    };

    NewInvitation: NewInvitation { email: "boris@example.com".to_owned(), role: Role::Operator };

    NewBusiness: NewBusiness {
        name: "Peony Flowers".to_owned(),
        time_zone: "Europe/London".to_owned(),
        locale: "en".to_owned(),
    };
}
