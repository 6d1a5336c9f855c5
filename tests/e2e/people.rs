//! The people of a business, in two browsers: the owner's, and that of somebody who is invited.

use crate::support::browser::{Browser, Look};
use crate::support::program::Launch;
use crate::support::world::{EMAIL, PASSWORD, set_up};

#[tokio::test]
async fn somebody_is_invited_joins_gets_a_role_and_is_removed() {
    let program = Launch::serve().start().await;
    set_up(&program).await;
    let owner = Browser::open(&Look::default()).await;
    owner.sign_in_as(&program, EMAIL, PASSWORD).await;
    owner.goto(&program.address("/settings/people")).await;
    owner.press("Invite somebody").await;
    owner.fill("#invite-email", "boris").await;
    owner.press("Create the link").await;
    owner.find("#invite-email[aria-invalid=true]").await;
    owner.fill("#invite-email", "boris@example.com").await;
    owner.at_rest().await;
    owner.assert_accessible("the form of an invitation").await;
    owner.press("Create the link").await;
    let link = owner.text(".invitation-link code").await;
    owner.at_rest().await;
    owner.assert_accessible("the address of an invitation").await;
    owner.press("Close").await;
    owner.see("boris@example.com").await;

    let guest = Browser::open(&Look { width: 390, height: 844, ..Look::default() }).await;
    guest.goto(&link).await;
    guest.see("Lotus invites you").await;
    guest.at_rest().await;
    guest.assert_accessible("an invitation").await;
    guest.fill("#name", "Boris").await;
    guest.fill("#password", "short").await;
    guest.press("Make the account and go in").await;
    guest.find("#password[aria-invalid=true]").await;
    guest.fill("#password", "seven quiet lanterns").await;
    guest.press("Make the account and go in").await;
    guest.find(".rail").await;
    guest.goto(&program.address("/settings/people")).await;
    guest.see("Boris (you)").await;
    assert_eq!(guest.count("select").await, 0, "an operator changes nobody's role");

    owner.reload().await;
    owner.see("Boris").await;
    owner
        .value_of(
            "(() => { const role = document.querySelector('.people select'); role.value = 'admin'; \
             role.dispatchEvent(new Event('input', { bubbles: true })); })()",
        )
        .await;
    owner.see("Boris is admin now").await;
    guest.reload().await;
    guest.see("Invite somebody").await;

    owner.press("Remove").await;
    owner.find("#remove").await;
    owner.at_rest().await;
    owner.assert_accessible("the question before somebody is removed").await;
    owner.click("[role=dialog] .danger").await;
    owner.see("Removed").await;
    guest.goto(&program.address("/inbox/open")).await;
    guest.see("You do not belong to a business yet").await;

    // The address has been used.
    guest.goto(&link).await;
    guest.see("This invitation is used, withdrawn or too old. Ask for a new one.").await;
    program.stop();
}
