# Pages besides the inbox.

sign-in-title = Sign in

setup-title = Welcome to Beseda
setup-lead = Three short steps, and the first bot can answer. Which language do you speak?
setup-steps = Steps
setup-step-language = Language
setup-step-owner = Owner
setup-step-business = Business
setup-owner-title = Who is the owner?
setup-business-title = What is your business called?
setup-finish = Finish
setup-token = Setup code
setup-token-hint = The program printed an address when it started; the code stands in it after “token=”. `beseda setup-link` prints a new one.
setup-needs-token = The setup code is needed
setup-machine = Beseda { $version } · { $free } free for data
business-name = Name of the business
business-example = Lotus Clinic
password-hint = At least 10 characters. A few words in a row are easy to remember.
needed = Needed
needs-email = An e-mail address looks like anna@example.com
needs-longer-password = Too short: at least 10 characters

start-title = First steps
start-lead = At the end of this list a bot answers your customers.
start-done = Done
start-account = Your account
start-account-words = You are signed in as { $name }.
start-number = Connect a number
start-number-words = Begin with the built-in phone: it behaves like WhatsApp and costs nothing. A real number can come later.
start-simulator = Use the built-in phone
start-real-number = Connect a real number
start-connected = { $name } is connected
start-hello = Say hello
start-hello-words = Write to the number as a customer would. The conversation appears in the inbox at once.
start-phone = Say hello on the phone
start-real = Your own number
start-real-words = When you have seen how it works, connect the number your customers know. It is checked before anything is kept.
start-real-go-on = Finish connecting
start-inbox = To the inbox

customers = Customers
customers-search = Name, number or tag
customers-none = No customers yet
customers-none-words = Whoever writes to your number becomes a customer by themselves.
customer-conversations = Conversations

bots = Bots
bots-lead = They answer first and hand over to people.
bots-none = No bots yet
bots-none-words = A bot answers what is asked every day and hands the rest to you.
bots-state = State
bots-version = Version
bots-draft = Draft
bots-running = Running now
bots-switch = On
bots-switch-label = { $name } answers
bots-answers = Answers
bots-off = Off
bots-conversations = { $count ->
    [0] none
    [one] { $count } conversation
   *[other] { $count } conversations
}

account-lead = What only you see and decide.
profile = Profile
look = Look and language
password-current = Present password
password-new = New password
password-change = Change the password
password-changed = The password is changed; other devices are signed out
sessions = Where you are signed in
session-this = This device
session-about = { $ip } · { $time }
session-end = Sign out
session-ended = Signed out there

bot-new = New bot
bot-new-name = New bot
bot-new-hello = Hello! How can I help?
bot-edit = Open the flow
bot-menu = { $name }: more
bot-deleted = { $name } is deleted
builder-failed = The editor could not be loaded. Perhaps the connection broke, or the program was updated meanwhile.
builder-reload = Load the page again
