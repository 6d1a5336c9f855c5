# The inbox: conversations, messages, the customer beside them.

inbox = Inbox
conversations = Conversations
conversation = Conversation
conversations-search = Name or number
views = Views
view-mine = Mine
view-waiting = Waiting
view-open = Open
view-all = All
view-closed = Closed
held = { $count ->
    [one] { $count } new conversation
   *[other] { $count } new conversations
}
unread-count = { $count ->
    [one] { $count } unread
   *[other] { $count } unread
}
waits = Waits { $time }
window-closes-in = { $time } left to answer
is-closed = Closed
yours = Yours
you-said = You: { $text }

mine-none = Nothing is assigned to you
mine-none-words = Conversations you take over or are given appear here.
waiting-none = Nobody is waiting
waiting-none-words = Every customer has an answer. Well done.
closed-none = Nothing is closed yet
closed-none-words = Conversations you close rest here and open again when the customer writes.
open-none = No conversations yet
open-none-words = They appear here as soon as somebody writes to your number.

thread-none = Choose a conversation
thread-none-words = J and K move through the list, ? shows all shortcuts.
thread-empty = Nothing was said here yet
messages = Messages
earlier = Earlier messages
back-to-list = Back to the list
viewers = Also looking: { $names }
bot-answers = { $name } answers
customer = Customer
customer-toggle = Show or hide the customer
take-over = Take over
give-back = Give to bot
close-conversation = Close
reopen = Reopen
close-or-reopen = Close or reopen
taken-over-now = The conversation is yours now
given-back-now = The bot answers again
closed-now = Closed

window-title = Time left to answer: WhatsApp lets a business write freely for 24 hours after the customer's newest message
window-closed = Window closed
window-closed-title = The 24-hour window is closed
window-never-title = This customer has not written yet
window-closed-words = WhatsApp lets a business write freely for 24 hours after the customer's newest message. As soon as the customer writes again, you can answer here.

composer-label = Answer
composer-placeholder = Write an answer
composer-bot = The bot is talking here. Your answer takes the conversation over.
composer-looks-on = You can read here, but not answer: your role only looks on. An owner or an admin can change it.
composer-enter = sends
composer-split = Too long for one message: it will be sent as several
attach = Attach files
file-not-sent = Do not send { $name }
quote = Answer this message
quote-drop = Do not quote
quote-earlier = An earlier message
uploading = Sending the file

edited = edited
forwarded = Forwarded
revoked = The customer deleted this message
reactions = Reactions: { $emoji }
referral = Came from an advertisement
taps = What the customer can tap
template-named = Template “{ $name }”
form-filled = Form filled in
order-items = { $count ->
    [one] Order: { $count } product
   *[other] Order: { $count } products
}
other-words = WhatsApp sent something this version does not show yet ({ $kind }).
note-by = { $name } · a note, the customer does not see it
picture = Picture
picture-large = Show large: { $name }
play-video = Play the video ({ $size })
download-file = Download { $name }

media-image = Photo
media-video = Video
media-audio = Voice message
media-document = Document
media-sticker = Sticker
media-loading = Loading
media-failed = The file could not be fetched
kind-location = Location
kind-contacts = Contact
kind-order = Order
kind-form = Form
kind-template = Template
kind-event = Event
kind-other = Unknown kind of message
kind-reaction = Reacted { $emoji }
kind-reaction-gone = Took the reaction back

event-somebody = Somebody
event-bot-started = { $name } began to answer
event-bot-ended = { $name } finished
event-handed-over = { $name } handed the conversation to people
event-taken-over = { $name } took over
event-bot-paused = The bot has fallen silent: the customer answers as quickly or as often as another bot does. If it is a person, give the conversation back
event-given-back = { $name } gave the conversation back to the bot
event-opened = Conversation opened
event-closed = { $name } closed the conversation
event-assigned = Assigned to { $name }
event-unassigned = { $name } assigned the conversation to nobody
event-run-ended = { $name } ended what the bot was doing here
event-run-moved = { $name } had the bot go on at another step
event-number-changed = The customer changed their number

status-queued = On its way
status-sent = Sent
status-delivered = Delivered
status-read = Read
status-played = Played
status-failed = Not sent

pane-leads = Answers
pane-nobody = Nobody yet
pane-waits = Waits for
pane-window = Left to answer
pane-window-over = Nothing: the customer has to write first
about-customer = About the customer
contact = Contact
phone-hidden = The number is hidden by WhatsApp
customer-rename = Change the name
customer-since = Known since
last-seen = Last wrote
username = Username
bsuid = WhatsApp id
tag-add = Add tag
tag-remove = Remove the tag { $name }
tag-removed = Tag “{ $name }” removed
field-add = Add a field
known-field-name = Field
known-field-value = Value
field-edit = Change { $name }
field-remove = Remove the field { $name }
field-removed = Field “{ $name }” removed

# What WhatsApp tells of a customer beside their messages, by its stable name.
system-call-incoming = The customer calls
system-call-outgoing = The customer is called
system-call-missed = Missed call
system-call-unanswered = The customer did not take the call
system-request-welcome = The customer opened the chat for the first time
system-user-changed-number = The customer has a new number
system-user-changed-user-id = WhatsApp gave the customer a new user ID

marketing = Marketing
marketing-none = Wants no marketing
marketing-words = Templates of the category “marketing” are sent to them.
reach = WhatsApp
reach-lost = Cannot reach them since { $day }
marketing-capped = WhatsApp takes no more marketing for them until { $time }.
marketing-since = Since { $day }. Marketing templates are not sent.
