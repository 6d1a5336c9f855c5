//! Making a business.

use beseda_wire::businesses::{Membership, NewBusiness, Role};
use beseda_wire::ids::{BusinessId, UserId};
use beseda_wire::time::Time;
use jiff::tz::TimeZone;

use super::{Business, store};
use crate::ids;
use crate::store::{StoreError, Tx};

/// Letters of a business's name at most.
const NAME: usize = 120;

#[derive(Debug, thiserror::Error)]
pub enum BusinessError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{pointer}: {detail}")]
    Invalid { pointer: &'static str, detail: &'static str },
}

/// Makes a business whose owner is `user`.
pub fn create(
    tx: &mut Tx<'_>,
    new: &NewBusiness,
    user: UserId,
    now: Time,
) -> Result<Membership, BusinessError> {
    if let Some((pointer, detail)) = faults(new).into_iter().next() {
        return Err(BusinessError::Invalid { pointer, detail });
    }
    let business = Business {
        id: BusinessId::from_uuid(ids::fresh(now)),
        name: new.name.trim().to_owned(),
        time_zone: new.time_zone.clone(),
        locale: new.locale.clone(),
        created_at: now,
    };
    store::put(tx, &business)?;
    store::add_member(tx, business.id, user, Role::Owner, now)?;
    Ok(business.membership(Role::Owner))
}

/// Everything that is wrong with a new business: the field's pointer, and what is allowed.
pub fn faults(new: &NewBusiness) -> Vec<(&'static str, &'static str)> {
    let mut faults = Vec::new();
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > NAME {
        faults.push(("/name", "must have 1 to 120 characters"));
    }
    if TimeZone::get(&new.time_zone).is_err() {
        faults.push(("/time_zone", "must be an IANA name such as Europe/Moscow"));
    }
    if !["en", "ru"].contains(&new.locale.as_str()) {
        faults.push(("/locale", "must be `en` or `ru`"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_needs_a_name_a_time_zone_and_a_language() {
        let told = |name: &str, time_zone: &str, locale: &str| -> Vec<&str> {
            let new = NewBusiness { name: name.into(), time_zone: time_zone.into(), locale: locale.into() };
            faults(&new).into_iter().map(|(pointer, _)| pointer).collect()
        };
        assert_eq!(told("Flowers", "Europe/Moscow", "ru"), [""; 0]);
        assert_eq!(told(" ", "Mars/Olympus", "de"), ["/name", "/time_zone", "/locale"]);
        assert_eq!(told(&"x".repeat(121), "", ""), ["/name", "/time_zone", "/locale"]);
    }
}
