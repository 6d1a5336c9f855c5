# The people of a business, invitations, and the bar about a number that has stopped.

people = People
people-lead = Who works here, and what each may do.
people-me = { $name } (you)
people-role = Role
people-role-of = Role of { $name }
people-role-given = { $name } is { $role } now
people-invite = Invite somebody
people-make-link = Make the address
people-member-already = This person belongs to the business already.
people-invited = Invited
people-invited-about = by { $name } · until { $time }
people-withdraw = Withdraw
people-withdrawn = The invitation is withdrawn
people-link-title = Send this address
people-link-words = Give it to { $email }, in a message or however you like. It works once and for 7 days, and is shown only now.
people-remove = Remove
people-remove-title = Remove { $name }?
people-remove-access = They are out at once, on every device.
people-remove-invitations = Invitations that they made are withdrawn.
people-remove-stays = What they have written to customers stays.
people-removed = Removed

role-owner = owner
role-admin = admin
role-operator = operator
role-viewer = viewer
role-owner-about = May do everything, also make owners and let numbers go.
role-admin-about = Connects numbers, makes bots and invites people, but no owners.
role-operator-about = Answers customers and changes what is known of them.
role-viewer-about = Sees everything and changes nothing.

invitation = Invitation
invitation-title = { $name } invites you
invitation-lead = { $inviter } invites you to { $name } as { $role }.
invitation-accept = Make the account and go in
invitation-has-account = There is an account with { $email }. Sign in, and you can join with one press.
invitation-as = You are signed in as { $name } ({ $email }).
invitation-join = Join
invitation-joined = You belong to { $name } now
needs-better-password = At least 10 characters, and not one that everybody uses

alarm-stopped = { $name } has stopped: nothing is sent.
alarm-more = { $count ->
    [one] Another number has stopped, too.
   *[other] { $count } other numbers have stopped, too.
}
alarm-look = Put it right
