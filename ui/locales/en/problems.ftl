# What went wrong, by the problem's stable name; and why a message was not sent, by the reason's.

problem-offline = The server was not reached. Check the connection and try again.
problem-unreadable = The server's answer makes no sense to this page. Reload the page; if that does not help, tell whoever runs the server.
problem-unauthorized = Your sign-in has ended. Please sign in again.
problem-sign-in-failed = E-mail address and password do not belong together. Look at the keyboard's language and Caps Lock, then try again.
problem-setup-link-expired = This setup address is used or too old. `beseda setup-link` prints a new one.
problem-forbidden = Your role in this business does not allow this. The owner can change it.
problem-not-found = It is not there any more, or never was.
problem-method-not-allowed = The server cannot do this. It may be older than this page: reload it.
problem-invalid = Something is not filled in right. Look at the marked fields.
problem-bad-cursor = The list changed meanwhile. Reload it.
problem-bad-request = The server did not understand the request. Reload the page and try again.
problem-conflict = Somebody changed this meanwhile. Reload it and try again.
problem-idempotency-in-progress = This is being done already. Wait a second.
problem-idempotency-unknown = Whether this was done is not known. Look whether it is there before you do it again.
problem-idempotency-key-reused = This was asked for before with another content. Reload the page and try again.
problem-too-large = This is too large for WhatsApp or for this server.
problem-media-type = This kind of file is not taken.
problem-too-many-requests = Too much at once. Wait a moment and try again.
problem-internal = Something went wrong on the server. Trying again may help; the technical details say where the log tells more.
problem-unavailable = The server is busy or starting. Try again in a moment.
problem-setup-needed = This server waits for its first owner. Open the setup address that it printed.

failure-unknown = WhatsApp did not take this message. The technical details say why.
failure-window-closed = The 24-hour window was closed. The customer has to write first.
failure-undeliverable = WhatsApp could not deliver it. The customer may have no WhatsApp on this number, or an old version.
failure-rate-limited = Too many messages at once. It is sent more slowly; try again in a minute.
failure-pair-rate = Too many messages to this customer at once. Try again in a minute.
failure-spam-limited = WhatsApp limits this number because of complaints. Write less and only to those who expect it.
failure-token-invalid = The number's access token no longer works. An owner has to enter a new one in Settings, Numbers.
failure-permission-missing = The number's access token may not send messages. An owner has to grant it in Meta's settings.
failure-account-locked = Meta has locked this account. Its business page says why.
failure-payment-problem = Meta wants a valid way to pay. An owner has to add it in Meta's settings.
failure-not-registered = The number is not registered with WhatsApp's Cloud API.
failure-not-on-test-list = A test number may write only to the numbers on its list in Meta's dashboard.
failure-customer-blocked = This customer has blocked your number.
failure-country-restricted = WhatsApp does not let your number write to this country.
failure-marketing-stopped = This customer does not want marketing messages.
failure-media-refused = WhatsApp did not take the file: wrong kind or too large.
failure-media-download-failed = WhatsApp could not fetch the file.
failure-meta-unavailable = WhatsApp is not available at the moment. Try again later.
failure-policy-violation = WhatsApp's rules do not allow this message.
failure-template-missing = This template does not exist or is not approved in this language.
failure-template-paused = Meta has paused this template because of complaints.
failure-to-oneself = A number cannot write to itself.

problem-checks-failed = Meta does not accept these credentials. Check them once more.
