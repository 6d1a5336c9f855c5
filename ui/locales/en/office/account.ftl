# One's own account.

account-lead = Your profile, password and devices.
profile = Profile
look = Look and language
password-current = Current password
password-new = New password
password-change = Change the password
password-changed = The password is changed; other devices are signed out
sessions = Where you are signed in
session-this = This device
session-about = { $ip } · { $time }
session-end = Sign out
session-ended = Signed out there
