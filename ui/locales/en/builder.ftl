# The flow editor.

bots-back = Back to the bots
try = Try
publish = Publish
undo-step = Undo
redo-step = Redo
tidy = Tidy up
find = Find in the flow
find-count = { $count ->
    [0] nothing
    [one] { $count } place
   *[other] { $count } places
}
mistakes = { $count ->
    [one] { $count } mistake
   *[other] { $count } mistakes
}
others-here = Here too: { $names }
somebody = Somebody

state-draft = Draft
state-changed = Published v{ $version }, changed since
state-published = Published v{ $version }
state-saving = Saving…
state-saved = Saved
state-not-saved = Not saved
state-reading = View only

publish-lead = New conversations start with this flow.
publish-lead-running = { $count ->
    [one] New conversations begin with this flow. { $count } conversation is under way.
   *[other] New conversations begin with this flow. { $count } conversations are under way.
}
publish-note = What is new (for those who look at the versions later)
publish-warnings = { $count ->
    [one] The checker has { $count } remark; it does not stand in the way.
   *[other] The checker has { $count } remarks; they do not stand in the way.
}
publish-mistakes = Mistakes stand in the way: conversations would break at them.
published-as = Version { $version } answers now

changed-by = { $name } changed the flow; both changes are here
changed-elsewhere = The flow was changed elsewhere; both changes are here
clash-title = { $name } changed the same as you
clash = Changed by two people
clash-words = Nothing is overwritten until you decide; everything else is brought together.
clash-theirs = Take that of { $name }
clash-mine = Keep mine
clash-all-theirs = Take all that of { $name }
clash-all-mine = Keep all of mine
dispute-mine = Yours
dispute-mine-when = on this page, not saved
dispute-nothing = nothing
dispute-whole = All of it
dispute-place = Where it stands
dispute-place-mine = where you put it
dispute-place-theirs = where they put it
clash-copy = Keep mine as another bot
clash-field = the flow’s “{ $name }”
copied-as = Kept as “{ $name }”
left-unsaved = Not everything in “{ $name }” is saved. Open the bot again before you close this page.
publish-overtaken = Not published: { $name } changed the flow meanwhile. Look at it, then publish again.
publish-overtaken-elsewhere = Not published: the flow was changed elsewhere meanwhile. Look at it, then publish again.
publish-disputed = You and somebody else changed the same. Close this and decide first.
unsaved-later = The server was not reached. Your changes are kept on this page and saved as soon as it answers; do not close the page.
unsaved-gone = This bot was deleted, or you left its business. What you see is on this page alone.
reading = You can look at this bot and try it. Changing it needs the role of an admin or of the owner.
unsaved-forbidden = Your role does not allow changing bots. Ask the owner, or save your changes as a file.
unsaved-refused = The server did not take the changes. They are kept on this page.
unsaved-file = Save as a file

canvas = Flow of { $name }
canvas-keys = Arrows go from block to block, Enter opens the form, A adds a block, C connects. A question mark lists all keys.
canvas-keys-reading = Arrows go from block to block, Enter opens the form, T tries the flow. A question mark lists all keys.
flow-about = { $groups } groups with { $blocks } blocks.
flow-empty = Nothing is here yet
flow-empty-words = Drag a block out of the list on the left, or press A and write its name.
flow-unreadable = The flow cannot be read as it is.
flow = The flow
flow-hint = Select something on the canvas to edit it. Drag the background to move around, hold Shift to select with a box, Ctrl and the wheel zoom.
group = Group
group-untitled = Untitled
group-number = Group { $number }
group-label = Group { $name }, { $count ->
    [one] { $count } block
   *[other] { $count } blocks
}
group-about = { $count ->
    [one] { $count } block
   *[other] { $count } blocks
} run one after another.
group-empty = Drop a block here
start-here = Start here
is-start = Conversations start here.
edge = Line
edges = Lines
edge-elsewhere = Lead elsewhere
edge-go = Go there
leads-to = Leads to { $name }
note = Note
note-empty = A note for the team
chosen-count = { $count ->
    [one] { $count } thing
   *[other] { $count } things
}
chosen-hint = Drag one of them to move all. Ctrl C copies them, Ctrl D duplicates, Delete removes.
place-none = Nowhere yet
bot-none = No other bot
bot-unpublished = { $name } (not published yet)
bot-unknown = A bot that is not here ({ $id })
bot-since = { $name } (since { $time })
person-nobody = Nobody
person-anybody = Anybody who may answer
person-kept = Whoever has the conversation
person-unknown = Nobody here is called “{ $name }”
person-written = As a variable says
place-gone = something that is gone

zoom = Zoom
zoom-in = Zoom in
zoom-out = Zoom out
zoom-one = Actual size
zoom-fit = Fit to screen

palette-blocks = Blocks
palette-find = Find a block
family-trigger = Triggers
family-say = Say
family-ask = Ask
family-logic = Logic
family-crm = Customers and team
family-integration = Other services
family-other = On the canvas

panel = Panel
tab-block = Block
tab-test = Try
tab-problems = Check
more-fields = More settings
own-words = The bot's own words
own-words-about = What the bot says by itself. Write here how your bot should say it; an empty field leaves what stands in it.
block-on = Enabled (off: skipped)
block-unknown = This kind of block is of a newer version. It is kept as it is.
trigger-on = Enabled
answer-in = answer in
add = Add
one-a-line = One a line.
json-hint = JSON; taken over when you leave the field.
json-unreadable = This is no JSON yet; it was not taken over.
number-whole = A whole number from { $least } to { $most }. It was not taken over.
number-any = A number from { $least } to { $most }. It was not taken over.
unit = Unit
unit-seconds = seconds
unit-minutes = minutes
unit-hours = hours
unit-days = days
unit-written = variable
seconds-written = How many seconds: a text with variables, such as {"{{"}minutes * 60{"}}"}.
seconds-count = { $count } s
minutes-count = { $count } min
hours-count = { $count } h
days-count = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
remove-number = Remove { $number }
move-up = Move { $number } up
move-down = Move { $number } down
names = Variables
names-find = Find a variable
names-count = { $count ->
    [one] { $count } variable; arrows and Enter choose
   *[other] { $count } variables; arrows and Enter choose
}
names-flow = Of this flow
names-contact = Of the customer
names-run = Of this conversation
name-of-flow = declared by the flow
name-contact-name = the customer’s name
name-contact-phone = phone number
name-contact-email = e-mail address
name-contact-tags = list of tags
name-contact-field = the customer’s field “{ $name }”
name-message = what the customer wrote to begin
name-payload = what a pressed button carries
name-files = files the customer sent to begin
name-location = the place the customer sent to begin
name-referral = the ad the customer came by
name-now = date and time now
name-today = today’s date
insert-into = Insert a variable into “{ $name }”
format = Formatting of “{ $name }”
format-bold = Bold
format-italic = Italic
format-strike = Strikethrough
format-mono = Monospace

option-add = Add an answer
option-more = Description, stored value, condition
option-description = Description in a list
option-value = What is stored (else the title)
option-more-menu = Description, payload, condition
option-payload = Button payload
option-payload-hint = A tap starts the bot that begins with this button payload, and does not follow the line from here.
option-when = Offer only if…
option-when-remove = Always offer answer { $number }
option-long = { $length } of { $limit } characters: WhatsApp would not show it so
options-buttons = Up to three short answers are shown as buttons.
options-numbered = Shown as numbers below the question; customers write one or several.
options-list = More than three, or with descriptions: shown as a list.
branch-add = Add a branch
branch-title = Title of branch { $number }
branch-hint = The first branch that holds is taken; without one, “otherwise”.
join = How the tests are joined
join-and = all of these
join-or = one of these
test-add = Test
test-group-add = Group of tests
condition-first = The first that holds
keyword-add = Add a keyword
keyword-number = Keyword { $number }
keyword-how = How keyword { $number } is compared
match-contains = contains
match-is = is
match-starts = begins with
match-regex = pattern

connect-from = Connect: { $name }
connect-which = Which way out?
connect-which-hint = A way out of this block
connect-to = Where does it lead?
connect-to-hint = A group, a block, or a new one
connect-next = What comes next?
connect-next-hint = Kind of block
connect-new = new
connect-nothing = Nowhere: remove the line

preview = As it will look on WhatsApp
preview-empty = Write something, and you see it here as the customer will.
preview-silent = This block says nothing of its own.
preview-template = Template “{ $name }”
templates-loading = Asking WhatsApp for your templates…
templates-failed = WhatsApp did not tell all of your templates: what is written here is not checked against them.
template-none = Choose a template
template-place = Place { $name }
template-place-like = Place { $name } (as “{ $example }”)
template-header-file = File above the text
template-button-url = “{ $title }”: end of the address
template-button-code = “{ $title }”: the code
template-button-payload = “{ $title }”: button payload
template-payloads = Payloads of the buttons
template-is-utility = Utility: about what the customer has ordered or asked for.
template-is-authentication = Authentication: a code to sign in with.
template-is-marketing = Marketing: not sent to customers who want none.

problems-none = No problems found.

narrow-edit = Edit
narrow-look = Look at everything
paste-off = { $count ->
    [one] This comes from elsewhere: { $count } block that reaches outside is off until you allow it.
   *[other] This comes from elsewhere: { $count } blocks that reach outside are off until you allow them.
}
paste-addresses = { $count ->
    [one] { $count } address that came with it is off: customers are not sent it until you allow it.
   *[other] { $count } addresses that came with it are off: customers are not sent them until you allow them.
}
allow-address = Allow the address
allow-block = Allow the block
allow-addresses = { $count ->
    [one] Allow { $count } of them
   *[other] Allow all { $count } that came from elsewhere
}
paste-secrets = Secrets that stood in it were left out; in their places stands: { $names }. Fill them in under Connections.
paste-painted = A key that stood in a text was painted over.
paste-nothing = The clipboard holds no part of a flow

test-chat = Conversation with the draft
test-restart = From the start
test-from-here = From what is chosen
test-again = Start over
test-stale = The flow changed since this began.
test-say-something = Write as a customer would: the words that start the flow.
test-nobody-answers = No trigger of this flow answers that. “From the start” begins without one.
test-unreadable = The flow cannot be run as it is; see “Check”.
test-write = Write as the customer
test-photo = A photo
test-voice = A voice message
test-place = A place
test-place-name = Old Town
test-name = Elena
test-customer = Customer
test-customer-nameless = without a name
test-customer-name = Name
test-customer-phone = Phone
test-customer-email = E-mail
test-customer-tags = Tags
test-customer-tags-like = vip, wholesale
test-customer-met = Earlier conversations
test-customer-first = First message ever
test-customer-known = Has written before
test-customer-ask = Ask me
test-customer-open = Working hours
test-customer-open-yes = The business is open
test-customer-open-no = The business is closed
test-customer-online = Team
test-customer-online-yes = Somebody is online
test-customer-online-no = Nobody is online
test-customer-fields = Fields
test-customer-hint = Counts at once, in a conversation under way too, and stays for the next try. Nothing is stored.
test-customer-reset = As at first
test-waits = Waits for { $time }
test-clock-zone = By the business’s clock
test-clock = Clock
test-real-time = Real time
test-skip = Skip
test-gathers = Waits for more messages
test-nothing-more = Answer now
test-skipped = Time passes
test-answer = What comes back
test-return = Answer so
test-fail = It fails
test-form = Answers of the form, as JSON
test-form-send = Send the form
test-form-sent = Form filled in
test-form-unreadable = The answers are not one JSON object.
test-ignored = The bot does not listen now
test-ai-answer = An answer of the language model
test-variables = Variables
test-no-variables = None yet.
test-steps = { $count ->
    [one] { $count } step
   *[other] { $count } steps
}
yes = Yes
no = No
step-answered = answer: { $value }
step-refused = not understood ({ $count })
step-in = into { $name }
step-left-out = leaves out an address that is not allowed
step-asked = asks outside and waits
call-http = Calls { $what }
call-incoming = Waits for somebody to call the run’s address
call-email = Sends an e-mail: { $what }
call-ai = Asks the language model
call-fields = Reads the customer’s fields
call-open = Is it working time?
call-online = Is somebody there?
call-other = Asks something outside
effect-hand-over = A person is called
effect-hand-over-note = A person is called: { $note }
effect-tag = Tag added: { $tag }
effect-untag = Tag removed: { $tag }
effect-assign = Assigned to { $to }
effect-deal = Deal made: { $title }
effect-stage = Deal moved to { $stage }
effect-task = Task made: { $title }
effect-subscribe = Subscribed
effect-unsubscribe = Unsubscribed
effect-note = Note for the team: { $text }
effect-typing = typing…
effect-ended = The conversation is over
effect-ended-as = The conversation is over: { $outcome }
effect-error = Something is broken here: { $what }
broken-no-start = there is nothing to start with
broken-unknown-kind = this version does not know “{ $name }”
broken-dangling-edge = a line or a jump leads to something that is gone
broken-missing-block = the block at which the conversation waits is gone
broken-other-flow = the conversation belongs to another bot
broken-template = a text or an expression has no result: { $message }
broken-pattern = a pattern cannot be read ({ $message })
broken-no-options = a choice without answers
broken-no-flow = the bot that is to run here is not there, or is not published (“{ $name }”)
broken-call = something outside failed ({ $message })
broken-too-large = what came back is too large to keep ({ $size })
broken-bad-value = “{ $field }” holds nothing that fits
broken-read-only-field = bots do not write “{ $field }”
broken-address-off = Left out: the address { $address }, which came from elsewhere and nobody has allowed
broken-ai-tokens = the conversation has used up what the language model may cost
broken-unknown = this page is older than the problem; load it anew
test-loading = Loading the bots that this one runs…
step-elsewhere = a block of the other bot

flow-key-go = From block to block
flow-key-shift = Move what is selected
flow-key-lift = Move a block within its group
flow-key-several = Select several, one after another
flow-key-carry = Move blocks into the group beside theirs, or into one of their own
flow-key-size = Make a note larger or smaller
flow-key-form = Open the form
flow-key-palette = Add a block
flow-key-connect = Connect, or lead elsewhere
flow-key-test = Try the draft
flow-key-next = To the next finding
flow-key-publish = Publish
flow-key-tidy = Tidy up
flow-key-fit = Fit to screen
flow-key-zoom = Zoom in, zoom out
flow-key-one = Actual size
flow-key-undo = Undo
flow-key-redo = Redo
flow-key-clipboard = Copy, cut, paste (other bots too)
flow-key-duplicate = Duplicate
flow-key-find = Find in the flow
flow-key-all = Select everything
flow-key-save = Save now
flow-key-bold = Make bold what is selected in a text
flow-key-italic = The same in italics
flow-key-strike = The same struck through
flow-key-mono = The same in monospace
flow-key-disable = Switch a block off or on
flow-key-delete = Delete
flow-key-escape = Close, deselect

canvas-results-came = { $count } entered
canvas-results-answered = { $count } answered
canvas-results-dropped = { $count } dropped off
canvas-results-median = an answer usually takes { $time }
canvas-results-show = Show results on the canvas
canvas-results-all = All results

expressions = What expressions can do
expressions-lead = In texts an expression stands between {"{{"} and {"}}"}; in an expression field it stands by itself. What has no result ends the conversation with the bot, and the customer waits for a person.
expressions-sample = In the examples: { $values }.
connection-first = The first one ({ $name })
connection-none = There is none yet
connection-gone = { $name } (not in the settings)
connection-settings = Connections in the settings

api-call = How it is called
api-call-words = A program sends this for a customer. “event” is what the bot is told, as the variable event. The token is that of somebody who is signed in.
call-customer-id = CUSTOMER_ID
own-address = The address that is called
own-address-words = Each conversation has an address of its own ({ $address }). Hand it to your service as {"{{callback}}"}, for example in an HTTP request before this block. Whoever calls it lets the conversation go on.
copy-address = Copy address
copy-example = Copy example
text-copied = Copied

problems-mistakes = Mistakes: { $count }
problems-remarks = Remarks: { $count }
problems-hints = Good to know: { $count }
publish-taken = This bot will take messages of other bots
publish-taken-of = “{ $bot }”: what its trigger “{ $theirs }” waits for goes to “{ $ours }” of this bot. Give one of them another priority, or more particular words.
publish-taken-all = “{ $bot }”: all that its trigger “{ $theirs }” waits for goes to “{ $ours }” of this bot. Give one of them another priority.
