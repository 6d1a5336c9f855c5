# The journal of webhooks.

journal-lead = Everything WhatsApp told this program, and what became of it.
journal-search = Text, number or kind
journal-outcomes = Outcomes
journal-all = All
journal-held = { $count ->
    [one] { $count } new webhook
   *[other] { $count } new webhooks
}
journal-none = Nothing has come yet
journal-none-words = As soon as WhatsApp tells of a message, it stands here with what became of it.
journal-nothing-words = No webhook fits the filter. Letters are looked for in the whole content.
journal-show-all = Show all
journal-no-number = No number named
journal-entry = Webhook { $number }
journal-received = Received
journal-what = What it holds
journal-number = Number
journal-processed = Processed
journal-size = Size
journal-replayed = Replayed
journal-replayed-at = Last replay
journal-replays = { $count ->
    [one] replayed once
   *[other] replayed { $count } times
}
journal-replay = Replay
journal-replaying = Processing it again…
journal-replay-done = Replayed.
journal-conversation = Open the conversation
journal-body = As it came
journal-body-cut = This is only the beginning. Copying takes all of it.
journal-refused = { $count ->
    [one] { $count } webhook for { $name } was refused
   *[other] { $count } webhooks for { $name } were refused
}
journal-refused-words = Their signature was wrong, so nothing of them was kept. Most likely the app secret entered here is not that of the app at Meta. Counted anew when the number is connected again, or when none came for a week.
journal-nameless = { $count ->
    [one] { $count } webhook that named none of your numbers was refused
   *[other] { $count } webhooks that named none of your numbers were refused
}
journal-nameless-words = They came to the app's callback address, signed with no app secret that is known here, so nothing of them was kept and nobody can say whose they were. Most likely a number of your app is not connected here yet, or the app's secret was entered wrong. Counted anew when none came for a week.
journal-to-number = Check the secret

outcome-pending = Waiting
outcome-processed = Processed
outcome-duplicate = Duplicate
outcome-unknown = Unknown
outcome-unreadable = Unreadable
outcome-failed = Failed

webhook-pending-words = It is kept safely and waits for its turn. If that lasts for more than a few seconds, look at the program's log.
webhook-processed-words = All of it was understood and is in its place.
webhook-duplicate-words = WhatsApp had told this before. The first time counted; nothing was done twice.
webhook-unknown-words = A part of it was not understood. The rest is in its place.
webhook-unreadable-words = It could not be read.
webhook-failed-words = A part of it could not be kept.

reason-number-not-connected = It speaks of a number that is not connected here. Connect the number and press Replay, and it will arrive.
reason-foreign-status = It tells how far a message got that was not sent from here: perhaps by another program on the same number. Nothing has to be done.
reason-target-missing = It changes or answers a message that is not here, such as one from before the number was connected. Nothing has to be done.
reason-group-message = It is a message of a group. Groups are not supported yet.
reason-no-sender = It does not say who wrote: there is no phone, no user ID and no username, and it answers no message that is here. So it has no conversation; its text is below.
reason-empty = It holds nothing: WhatsApp sent a frame without any news in it. Nothing has to be done.
reason-not-understood = WhatsApp sent something this version does not know. It is kept: after an update, Replay may understand it.
reason-unreadable = It is signed by Meta and still cannot be read. The details below say where it breaks off; please report it to whoever looks after the program.
reason-failed = A part of it could not be kept. Press Replay; if it fails again, the details below say why.

replayed-pending = It waits for its turn.
replayed-processed = Everything in it is in its place now.
replayed-duplicate = Everything in it was here already; nothing was doubled.
replayed-unknown = A part of it is still not understood.
replayed-unreadable = It still cannot be read.
replayed-failed = It failed again. The details say why.

hook-none = Nothing readable
hook-message = Message ({ $kind })
hook-echo = From the app ({ $kind })
hook-status = Status ({ $kind })
hook-field = Notice ({ $kind })
hook-message-text = Message
hook-message-image = Photo
hook-message-video = Video
hook-message-audio = Voice message
hook-message-document = Document
hook-message-sticker = Sticker
hook-message-location = Location
hook-message-contacts = Contact
hook-message-interactive = Tap
hook-message-button = Tap on a template
hook-message-reaction = Reaction
hook-message-order = Order
hook-message-edit = Edited message
hook-message-revoke = Deleted message
hook-message-unsupported = Unsupported message
hook-status-sent = Sent
hook-status-delivered = Delivered
hook-status-read = Read
hook-status-played = Played
hook-status-failed = Not delivered
hook-preference-stop = No more marketing
hook-preference-resume = Marketing again
