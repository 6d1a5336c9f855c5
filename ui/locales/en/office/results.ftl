# What came of a bot's flow.

results-of = { $bot }: results
results-lead = How far customers get in this flow, and where they stop.
results-period = Period
results-all-time = All time
results-days =
    { $count ->
        [one] The last day
       *[other] The last { $count } days
    }
results-all-versions = All
results-started = Started
results-live = In progress
results-finished = Completed
results-handed-over = Handed over
results-dropped = Dropped off
results-median = Median time
results-share = { $percent } %
results-answered-of = { $percent } · { $count } answered
results-seconds = { $count } s
results-funnel = Funnel
results-as-table = As a table
results-as-drawing = As a chart
results-blocks = The blocks of the flow
results-block = Block
results-entered = Entered
results-answered = Answered
results-refused = Did not fit
results-waiting = Waiting here
results-median-answer = Median time to answer
results-ports = Ways out
results-runs = Customers' runs
results-state = Runs
results-all = All
results-going-on = In progress
results-search = Search in answers and names
results-columns = Columns
results-columns-words = Answers in the table
results-columns-all = All
results-columns-no = None
results-columns-unchosen = The files hold every answer, until you choose here.
results-columns-chosen =
    { $count ->
        [one] The files hold this { $count } answer.
       *[other] The files hold these { $count } answers.
    }
results-columns-none = The files hold no answers: only who came, when, and how it ended.
results-csv = CSV
results-xlsx = Excel
results-more = Show more
results-none = Nobody here yet
results-none-words = As soon as a customer begins this flow, it is here. Other filters may show more.

run = Run
run-started = Started
run-ended = Ended
run-outcome = Outcome
run-live = In progress
run-waits-answer = Waits for an answer
run-waits-person = Waits for a person
run-waits-pause = Pauses
run-waits-call = Waits for another service
run-end-finished = Finished
run-end-handed-over = Handed over
run-end-no-answer = No fitting answer
run-end-timed-out = Timed out
run-end-failed = A service failed
run-end-broken = Error in the flow
run-end-replaced = Began another flow
run-end-reset = Ended by the team
run-cause-too-many-blocks = It went by too many blocks after one word of the customer: it goes round
run-cause-too-many-messages = Too many messages after one word of the customer
run-cause-too-many-expressions = Too many expressions after one word of the customer
run-cause-text-too-long = A text came out longer than any message
run-cause-variables-too-large = Its variables held more than a conversation may keep
run-cause-too-many-effects = It did too much after one word of the customer
run-cause-too-deep = Too many sub-flows and loops within one another
run-cause-too-long-alone = It went on too long without a word of the customer
run-cause-too-much-unsent = Too many of its messages waited to be sent
run-cause-no-start = There was nothing to begin with
run-cause-unknown-block = A block of a kind that this version does not know
run-cause-dangling-edge = A line led to something that was not there
run-cause-block-removed = The block at which it stood was no longer there
run-cause-other-flow = The bot had become a different flow
run-cause-version-removed = The version that it went by was no longer there
run-cause-no-bot = It ran another bot that was not there or not published
run-cause-call-failed = A call to another service failed
run-cause-answer-too-large = What another service answered was too large
run-cause-ai-tokens = It had used up what language models may cost
run-cause-bad-value = A value was not what the block needs
run-steps = Step by step
run-cut = The run is longer; only its beginning is shown.
run-move = Move to…
run-move-title = Where does { $name } go on?
run-move-to = Block
run-move-words = The block says what it says, as if the customer had come there.
run-moved = Moved
run-reset = End the run
run-reset-title = End the run of { $name }?
run-reset-silent = The bot says nothing more and does not hear the answer it waits for.
run-reset-kept = What was answered so far stays in the results.
run-reset-anew = The next message may begin a flow anew.
run-reset-done = The run is ended

step-began = Began
step-moved = Moved by the team
step-entered = Came to “{ $block }”
step-answered = Answered “{ $block }”: { $text }
step-refused = The answer to “{ $block }” did not fit
step-left = Left “{ $block }” by { $port }
run-way-failed = “not understood, failed”
run-way-timeout = “no answer in time”
run-way-else = “otherwise”
run-block-gone = A block that is gone ({ $id })
run-block-elsewhere = A block of another bot ({ $id })
step-inside = Went into the bot “{ $flow }”
step-back = Came back to the flow
step-asked = “{ $block }” asked outside: { $text }
step-note = At “{ $block }”: { $text }
step-left-out = At “{ $block }” the address { $text } was left out: it came from elsewhere and nobody has allowed it
step-paused = Left to people
step-resumed = Given back to the bot
step-ended = Ended
