//! Businesses and their people.

use super::{at, examples, ids, some};
use crate::businesses::{
    BusinessSettings, DateHours, DayHours, Invitation, Member, Membership, NewBusiness, NewInvitation, Role,
    TimeRange, UpdateMember, WorkingHours,
};

fn range(from: &str, to: &str) -> TimeRange {
    TimeRange { from: from.to_owned(), to: to.to_owned() }
}

examples! {
    Membership: Membership {
        id: ids::SHOP,
        name: "Peony Flowers".to_owned(),
        role: Role::Owner,
        time_zone: "Europe/London".to_owned(),
        locale: "en".to_owned(),
    };

    BusinessSettings: BusinessSettings {
        name: "Peony Flowers".to_owned(),
        time_zone: "Europe/London".to_owned(),
        locale: "en".to_owned(),
        hours: Some(WorkingHours {
            week: vec![
                DayHours { day: 1, ranges: vec![range("09:00", "13:00"), range("14:00", "18:00")] },
                DayHours { day: 6, ranges: vec![range("10:00", "16:00")] },
            ],
            dates: vec![DateHours { date: "2026-12-25".to_owned(), ranges: vec![], note: some("Christmas") }],
        }),
        revision: 4,
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
