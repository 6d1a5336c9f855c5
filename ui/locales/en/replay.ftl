# Past conversations against the draft.
replay = Replay
replay-title = Past conversations against this draft
replay-lead = What customers wrote is played to the draft and your other bots, here in the page. Nothing is sent and nothing outside is called: services answer as they answered then.
replay-count = How many
replay-period = Begun
replay-all-days = At any time
replay-days = { $count ->
    [one] today
   *[other] in the last { $count } days
}
replay-run = Play
replay-going = { $count ->
    [0] Playing past conversations…
    [one] Playing past conversations: { $count } so far…
   *[other] Playing past conversations: { $count } so far…
}
replay-none = There are no past conversations of this bot yet.
replay-failed = Past conversations could not be played.
replay-sum-same = { $count ->
    [one] { $count } past conversation was played to this draft: it is answered as before.
   *[other] { $count } past conversations were played to this draft: all are answered as before.
}
replay-sum = { $count ->
    [one] { $count } past conversation was played to this draft.
   *[other] { $count } past conversations were played to this draft.
}
replay-sum-none = None of them is answered differently as far as it is known.
replay-sum-different = { $count ->
    [one] { $count } is answered differently.
   *[other] { $count } are answered differently.
}
replay-untouched = { $count ->
    [one] { $count } conversation of other bots was played too: the draft has no part in it.
   *[other] { $count } conversations of other bots were played too: the draft has no part in them.
}
replay-unknown = { $count ->
    [one] { $count } could be played only in part: the draft asks something that nobody was asked then.
   *[other] { $count } could be played only in part: the draft asks something that nobody was asked then.
}
replay-in-part = Played in part
replay-unknown-hint = Open one and say what the service would have answered: all that stopped there go on.
replay-not-covered = Only conversations that a bot answered are played: messages that no bot answered then are not among them.
replay-not-covered-events = This draft begins by events, too ({ $what }). Where one happened and began nothing then, because no bot waited for it or the customer could not be spoken to, that is not on record: what the draft would have said is not shown.
replay-given = { $count ->
    [one] { $count } answer of a service is your own.
   *[other] { $count } answers of services are your own.
}
replay-forget = Forget them
replay-answer = What would have come back?
replay-answer-also = { $count ->
    [one] { $count } more conversation stopped here and goes on with it.
   *[other] { $count } more conversations stopped here and go on with it.
}
replay-answer-body = The answer, as JSON or text
replay-answer-words = What the model would say
replay-answer-fields = What the model would find, as JSON: names and values
replay-answer-use = Go on with this answer
replay-answer-skip = Skip it: nothing came back
replay-answer-failed = As if it failed
replay-answer-yes = Yes
replay-answer-no = No
replay-answer-sent = As if it was sent
replay-stale = The draft changed since. Play again to see what it does now.
replay-different = Answered differently
replay-show = Show which
replay-back = All of them
replay-somebody = A customer
replay-then = Then (version { $version })
replay-then-other = Then ({ $name })
replay-now = Now (this draft)
replay-first = First difference
replay-after = From there on the customer might have written something else.
replay-nothing = Nothing more
replay-nothing-written = Not written
replay-same = As before
replay-line-unknown = Not known from here on
replay-to-block = Go to the block: { $block }
replay-person = From the team: { $text }
replay-handed-over = Handed over to a person
replay-silent = Nobody answers
replay-other-bot = Another bot answers: { $name }
replay-this-bot = This bot answers
replay-field = Field “{ $field }”: { $value }
replay-field-emptied = Field “{ $field }” is emptied
replay-tag-added = Tag “{ $tag }” is added
replay-tag-removed = Tag “{ $tag }” is removed
replay-subscribed = Subscribed { $topic }
replay-unsubscribed = Unsubscribed { $topic }
replay-assigned = Assigned to { $name }
replay-assigned-nobody = Assigned to nobody
replay-given-answer = With your answer ({ $call })
replay-given-failed = As if it failed ({ $call })
replay-unknown-call = Not known what this would come back with ({ $call })
replay-file = A file
replay-place = A place
replay-form = A form
replay-other = Something else
replay-ended-finished = The conversation ends
replay-ended-handed-over = Ends with a person
replay-ended-no-answer = Ends: no answer fitted
replay-ended-timed-out = Ends: the time is over
replay-ended-failed = Ends: something outside failed
replay-ended-broken = Ends: the flow is at fault
replay-differs-silent = Nobody answers
replay-differs-other-bot = Another bot answers
replay-differs-record = Another entry in the customer’s record
replay-differs-text = Another text
replay-differs-choices = Other choices
replay-differs-kind = Another kind of message
replay-differs-block = Another block
replay-differs-hand-over = Hand-over
replay-differs-end = Another end
replay-differs-more = More is said
replay-differs-less = Less is said
replay-gap-beginning = What began this conversation was not written down: the draft’s triggers decide.
replay-gap-customer = The customer’s record is taken as it is now.
replay-gap-calls = What a service answered was not kept.
replay-gap-blocks = Which block said what was not written down: blocks are not compared.
replay-gap-record = What was written to the customer’s record then is not known: it is not compared.
replay-gap-cut = The conversation is very long: its newest part is left out.
