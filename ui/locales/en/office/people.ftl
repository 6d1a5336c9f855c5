# The people of a business and invitations.

people-lead = Who works here, and what each may do.
people-me = { $name } (you)
people-role = Role
people-role-of = Role of { $name }
people-role-given = { $name } is { $role } now
people-invite = Invite somebody
people-make-link = Create the link
people-member-already = This person belongs to the business already.
people-invited = Invited
people-invited-about = by { $name } · until { $time }
people-withdraw = Withdraw
people-withdrawn = The invitation is withdrawn
people-link-title = Send this link
people-link-words = Give it to { $email }, in a message or however you like. It works once and for 7 days, and is shown only now.
people-remove = Remove
people-remove-title = Remove { $name }?
people-remove-access = They are out at once, on every device.
people-remove-invitations = Invitations that they made are withdrawn.
people-remove-stays = What they have written to customers stays.
people-removed = Removed

role-owner-about = May do everything, also make owners and let numbers go.
role-admin-about = Connects numbers, makes bots and invites people, but no owners.
role-operator-about = Answers customers and changes what is known of them.
role-viewer-about = Sees everything and changes nothing.
