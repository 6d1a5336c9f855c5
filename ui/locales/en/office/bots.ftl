# A new bot: empty, out of the gallery, from a file.

bot-empty = Start from scratch
bot-empty-about = One greeting, and everything else as you like it.
bot-import-about = A bot saved here, or exported from Typebot. You see what becomes of every block before anything is made.
bot-gallery = Ready-made bots
bot-gallery-about = Complete conversations for many industries. Press one and it opens in the editor, to be looked at and changed; it answers nobody until you publish it.
bot-export = Save as a file

trade = Industry
trade-all = All industries
trade-health = Health
trade-food = Restaurants
trade-shop = Shops
trade-education = Education
trade-property = Property
trade-service = Support
trade-marketing = Marketing
trade-events = Events
trade-logistics = Delivery
trade-hiring = Hiring
trade-beauty = Beauty
trade-travel = Travel
trade-finance = Finance
trade-auto = Cars

winner = Which bot answers?
winner-text = A customer writes
winner-try = Try it
winner-first = It is the customer’s first message
winner-nobody = No bot answers this: it waits in the inbox for a person.
winner-others = It would have fitted these, too:
winner-triggers = All triggers, and what comes before them
winner-bot = Bot
winner-trigger = Trigger
winner-priority = Priority
winner-before = What comes before it
winner-nothing-before = Nothing
lost-for-priority = its priority is lower ({ $priority })
lost-for-ground = it is less particular
lost-for-keyword = its word is shorter
lost-for-order = the bot is newer, or it stands later
ground-tap = A button
ground-ad = An ad that it names
ground-any-ad = Any ad
ground-is = The message is
ground-starts = The message begins with
ground-regex = The message fits the pattern
ground-contains = The message contains
ground-event = An event

bots-lead = They answer first and hand over to people.
bots-look = They answer first and hand over to people. An owner or an admin can change them.
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
bot-new = New bot
bot-new-name = New bot
bot-new-hello = Hello! How can I help?
bot-edit = Open the flow
bot-menu = { $name }: more
bot-deleted = { $name } is deleted
bot-delete-title = Delete { $name }?
bot-delete-running = { $count ->
    [one] { $count } conversation that it leads now ends, and stays in the inbox.
   *[other] { $count } conversations that it leads now end, and stay in the inbox.
}
bot-delete-goes = Its flow, its versions and its results go, and cannot be brought back.
bot-delete-stays = What it and its customers said stays in the inbox.
