# What starts a bot: words that the app and the flow editor share.

trigger-keyword = Keywords
trigger-first-message = First message
trigger-any-message = Any message
trigger-payload = Button payload
trigger-referral = Ad or post
trigger-link = Link with a start word
trigger-new-customer = New customer
trigger-tag-added = Tag added
trigger-field-changed = Field changed
trigger-deal-moved = Deal moved
trigger-schedule = Schedule
trigger-api = API call

day-1 = Mon
day-2 = Tue
day-3 = Wed
day-4 = Thu
day-5 = Fri
day-6 = Sat
day-7 = Sun
every-day = every day
days-of-month = on day { $days } of the month

# Which trigger wins, and why.
winner-rule-title = Which trigger wins
winner-rule = When a message fits several triggers, of all bots that are switched on, the one with the greatest priority answers. Of the same priority the more particular one does: a button, an ad that it names, the word of a link, then words – “is” before “begins with”, “pattern” and “contains” – then any ad, the first message and a new customer alike, any message. Then the longer word, then the older bot, then the trigger that stands earlier. A new customer’s triggers are asked with their first message, beside all others, and not again after it. While a customer talks with a bot, only triggers that work anywhere are asked. Where a bot waits for more messages before it begins, each of them is asked, and the strongest match of any of them decides; of equals, the one of the earlier message.
lost-by-priority = greater priority ({ $priority })
lost-by-ground = more particular
lost-by-keyword = the longer word
lost-by-order = the older bot, or earlier in the bot
ahead-bot = Bot “{ $name }”
