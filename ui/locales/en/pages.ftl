# Sign-in, setup and invitation, and what stands around every page: their names, the bar about a number that has stopped.

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
setup-token-hint = The program printed an address when it started; the code stands in it after “token=”, and the whole address will do as well. The command “beseda setup-link” prints a new one.
setup-needs-token = The setup code is needed
setup-machine = Beseda { $version } · { $free } free for data
business-name = Name of the business
business-example = Lotus Clinic
password-hint = At least 10 characters. A few words in a row are easy to remember.
needed = Needed
needs-email = An e-mail address looks like anna@example.com
needs-longer-password = Too short: at least 10 characters
needs-shorter-password = Too long for a password
needs-plain-name = One line of letters and digits
too-long = Too long: at most { $longest } letters
wrong-password = This is not your password

start-title = First steps

customers = Customers

bots = Bots

builder-failed = The editor could not be loaded. Perhaps the connection broke, or the program was updated meanwhile.
builder-reload = Load the page again

business = Business
connections = Connections
journal = Journal
numbers = Numbers
number = Number
connect-title = Connect a WhatsApp number
number-stopped-words = Meta refused to go on with this number's access. Messages wait here and go out once it works again.
people = People
role-owner = owner
role-admin = admin
role-operator = operator
role-viewer = viewer
invitation = Invitation
invitation-title = { $name } invites you
invitation-lead = { $inviter } invites you to { $name } as { $role }.
invitation-accept = Make the account and go in
invitation-has-account = There is an account with { $email }. Sign in, and you can join with one press.
invitation-as = You are signed in as { $name } ({ $email }).
invitation-join = Join
invitation-joined = You belong to { $name } now
needs-better-password = Too easy to guess: many people use it, or it is close to your name or e-mail. Choose another.
alarm-stopped = { $name } has stopped: nothing is sent.
alarm-more = { $count ->
    [one] Another number has stopped, too.
   *[other] { $count } other numbers have stopped, too.
}
alarm-look = Put it right
alarm-warned = { $name }: messages have failed.
alarm-more-warned = { $count ->
    [one] There is another warning.
   *[other] There are { $count } more warnings.
}
alarm-see = Look
phone-title = Phone
results = Results
