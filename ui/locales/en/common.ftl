# What many pages share: the shell, times, sizes, small words.

app-name = Beseda
loading = Loading
skip-to-content = Skip to the content
places = Places
settings-short = Settings
start-short = Start
settings = Settings
language = Language
theme = Theme
theme-light = Light
theme-dark = Dark
theme-system = System
account = Account
sign-in = Sign in
sign-out = Sign out
connected = Live: changes appear by themselves
not-connected = Not live at the moment
connection-lost = The connection is gone. You can go on; everything catches up when it is back.
offline = You are offline. What you write is kept and can be sent when you are back.
unreachable = The server does not answer
no-such-place = There is nothing at this address
no-such-place-words = The link may be old, or a letter got lost on the way.
go-to-inbox = To the inbox
no-business = You do not belong to a business yet
no-business-words = Ask the owner of a business to invite you by your e-mail address.

close = Close
cancel = Cancel
save = Save
saved = Saved
back = Back
next = Next
send = Send
undo = Undo
copy = Copy
copied = Copied
discard = Discard
try-again = Try again
technical-details = Technical details
never = Never
name = Name
email = E-mail
phone = Phone
password = Password
you = You
your-name = Your name
nothing-found = Nothing found
nothing-found-words = Try a part of the name, or the last digits of the number.
search-clear = Clear the search
of = { $part } of { $whole }

shortcuts = Keyboard shortcuts
shortcut-palette = Command palette
shortcut-help = This list
shortcut-escape = Close what is on top
shortcut-inbox = Inbox
shortcut-customers = Customers
shortcut-bots = Bots
shortcut-phone = Phone
shortcut-settings = Settings
shortcut-journal = Journal of webhooks
shortcut-search = Search the list
shortcut-next = Next in the list
shortcut-previous = Previous in the list
shortcut-reply = Write an answer
shortcut-take-over = Take over from the bot
shortcut-give-back = Give back to the bot
shortcut-close = Close or reopen

palette = Command palette
palette-short = Search
palette-placeholder = Where to, or what to do?
palette-go = Go to
palette-do = Do
palette-conversation = This conversation
palette-found = Conversations
palette-business = Switch to { $name }
palette-theme = Theme: { $name }
palette-language = Language: { $name }

time-today = Today
time-yesterday = Yesterday
time-just-now = just now
time-minutes-ago = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
time-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
time-hours-minutes = { $hours } h { $minutes } min
time-hours = { $hours } h
time-minutes = { $minutes } min
time-under-minute = under a minute
time-zone = Time zone

size-b = { $number } B
size-kb = { $number } KB
size-mb = { $number } MB
size-gb = { $number } GB

more = More
bot = Bot
start = Start
delete = Delete
duplicate = Duplicate
copy-of = { $name } (copy)
send-location = Send location
bot-import = Bot from a file
native-form-back = Back
native-form-choose = Choose…
native-form-optional = { $label } (optional)
native-form-required = This is needed.
native-form-wrong = This does not look right.
native-form-length = Too short or too long.
native-form-count = Too few or too many.
native-form-server = What comes next is for a server of yours (an endpoint) to say, and it is not asked from here. Fill this form in on a real phone.
