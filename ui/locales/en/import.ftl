# A bot of a file: what becomes of every block.

import-lead = A bot that was saved here, or exported from Typebot.
import-none = No file yet
import-none-words = Choose the JSON file of a bot, or drop it here. Nothing is made before you have seen what it becomes.
import-pick = Choose a file
import-pick-other = Another file
import-no-json = { $name } is no JSON file. Export the bot again, and choose the file that ends in .json.
import-no-bot = There is no bot in { $name }. Files of Beseda and of Typebot can be read.
import-make = Make the bot
import-blocks = { $count ->
    [one] { $count } block is in the file.
   *[other] { $count } blocks are in the file.
} Nothing is stored yet.
import-missing = The bot runs others that are in files of their own. Import them too; until then these runs fail:
import-missing-files = { $count ->
    [one] One file of the bot is not here: choose it again in its block before you publish.
   *[other] { $count } files of the bot are not here: choose them again in their blocks before you publish.
}
import-filter = Show only
import-report = What becomes of each block
import-show-all = Show all { $count }

import-imported = As it was
import-adapted = Adapted
import-needs-key = Needs something of yours
import-unsupported = Not possible
import-imported-about = These blocks do here what they did there.
import-adapted-about = These blocks do their work in another way; look at what has changed.
import-needs-key-about = These blocks are switched off until you give them what no file carries: a key, a connection.
import-unsupported-about = These blocks stand in the flow as notes. Conversations go past them.

import-change-empty = There is nothing in it: it is kept, switched off.
import-change-to-be-chosen = It is not chosen yet where it leads: choose it before you publish.
import-change-off-until-allowed = It reaches outside, so it is off until you allow it.
import-change-off-until-allowed-named = It reaches { $address }, so it is off until you allow it.
import-change-call-off = The block waits for a call from outside; it is off until you allow it.
import-change-mail-off = Letters to { $address } are not sent until you allow it: the block is off.
import-change-address-off = { $address } is off until you allow it: customers are not sent it.
import-change-secret-left-out = Something secret was left out: ••• stands in its place.
import-change-secret-left-out-named = Something secret was left out; make the secret “{ $name }” in the settings.
import-change-formatting-lost = WhatsApp has no such formatting; the words are kept.
import-change-inline-code-left-out = Code inside the text is left out.
import-change-as-link = WhatsApp does not show such a file: it is sent as a link.
import-change-address-below = What the picture leads to stands below it, in a block of its own.
import-change-link-button = The address is a button that opens it: “{ $title }”.
import-change-list = { $count ->
    [one] Its { $count } option is shown as a list.
   *[other] Its { $count } options are shown as a list.
}
import-change-paged-list = { $count ->
    [one] Its { $count } option is shown as a list in pages.
   *[other] Its { $count } options are shown as a list in pages.
}
import-change-numbered-text = Titles of up to { $longest } characters fit on no button ({ $limit }): they are a numbered text.
import-change-numbered-answers = Several options are chosen by writing their numbers.
import-change-numbered-title = An option without a title is called by its number.
import-change-pictures-before = { $count ->
    [one] { $count } picture is sent before the question.
   *[other] { $count } pictures are sent before the question.
}
import-change-pictures-left-out = The pictures of the options are left out.
import-change-value-left-out = An option's value holds variables: its title is kept instead.
import-change-field-left-out = What was chosen is kept, but not its “{ $field }”.
import-change-ways-left-out = { $count ->
    [one] { $count } way out of an option that is only known in a conversation leads where the others do.
   *[other] { $count } ways out of options that are only known in a conversation are one.
}
import-change-placeholder-as-text = The question is what stood in the empty field: “{ $text }”.
import-change-several-questions = { $count ->
    [one] { $count } question is asked by itself.
   *[other] { $count } questions are asked one after another.
}
import-change-format-left-out = Dates or times are written in our way, not as “{ $format }”.
import-change-number-style-left-out = A number is only a number: “{ $format }” is not shown with it.
import-change-step-left-out = Numbers are not held to steps of { $value }.
import-change-file-kinds-widened = Only the sort of a file counts here (picture, video, audio, document): instead of { $value } any of its sort is taken.
import-change-option-left-out = An option is left out.
import-change-option-left-out-named = The option “{ $name }” is left out.
import-change-tools-left-out = { $count ->
    [one] The model calls no tools here: { $count } is kept as a note beside.
   *[other] The model calls no tools here: { $count } are kept as notes beside.
}
import-change-bound-left-out = The limit “{ $value }” is no number and is left out.
import-change-attachments-left-out = Files and voice messages are no answer to this question.
import-change-text-skips = Whoever writes a text instead of sending a file goes on without one.
import-change-constant = Here it is always the same: “{ $value }”.
import-change-random-id = Another random id stands for it.
import-change-date-form = A date or time is written in another way.
import-change-operator-assumed = The comparison of “{ $variable }” did not say how: taken for “equal”.
import-change-ends-here = A way out that led nowhere ends the conversation.
import-change-unknown-variable = A variable ({ $id }) is not in the file.
import-change-command-word = The customer calls it by writing “{ $word }”; what it interrupts does not go on.
import-change-after-answers = { $count ->
    [one] It runs its part after each answer that fits, at { $count } question: a small group on its way does so.
   *[other] It runs its part after each answer that fits, at { $count } questions: small groups on their ways do so.
}
import-change-after-refusals = { $count ->
    [one] It runs its part after each answer that does not fit, at { $count } question: then the question is asked again.
   *[other] It runs its part after each answer that does not fit, at { $count } questions: then the question is asked again.
}
import-change-start-left-out = How the bot starts cannot be said here: any message starts it.
import-change-other-bot = It runs another bot ({ $bot }), which has to be imported too.
import-change-from-beginning = The other bot begins at its beginning, not at “{ $group }”.
import-change-path-left-out = A part of the answer is not kept: { $path }
import-change-all-variables = All variables are sent.
import-change-html-as-text = It was formatted as a web page: it is sent as text.
import-change-attachment-left-out = An attachment is left out.
import-change-messages-joined = What the model was told in several messages is told in one.
import-change-plain-request = { $service } is called by an ordinary request.
import-change-other-address = It is called at another address, which stands in the variable “{ $variable }”.
import-change-edge-left-out = A line that began nowhere is left out.
import-change-leads-round = From here blocks lead round without waiting for anything, as long as some of them are off or mere notes: allow or mend them before you publish.
import-change-may-lead-round = From here blocks may lead round without asking anything, for as long as a condition lets them.
import-change-runs-itself = The part runs itself within itself: { $most } times at most, then the conversation ends.
import-change-typing-of-bot = “Typing…” before each message became a setting of the bot.
import-change-summary-off = The summary by a language model is switched off until you allow it.

import-needs = What no file carries
import-needs-about = Give it in Settings, Connections. Until then the blocks that wait for it are switched off.
import-addresses = Addresses that are switched off
import-addresses-about = Customers are not sent these, and nothing is sent to them, before somebody has looked at them and allowed them: in the block, or under “Check”.
import-told = Addresses within texts
import-told-about = Customers are sent these as they stand. Look whether they are yours.
import-told-variable = the variable “{ $name }” as it is at the beginning
import-told-words = the bot’s own words
import-listed-more = { $count } more; the rows below say them all.
import-needs-at = In: { $places }.
import-needs-at-more = In: { $places } and { $count } more.
import-row-needs = Waits for: { $what }.
import-mail-server = a mail server
import-typing = The setting “typing…”
import-need-model = A connection to a language model ({ $provider })
import-need-model-named = A connection to a language model ({ $provider }, { $model })
import-need-mail = A mail server
import-need-secret = The secret “{ $name }”

import-reason-unknown-kind = This kind of block is not known here.
import-reason-not-on-whatsapp = There is no such thing on WhatsApp.
import-reason-other-service = It belongs to another program's service.
import-reason-action = What it does is not possible here: { $action }
import-reason-code = It is code of a programming language.
import-reason-request-not-in-file = The file names the request but does not hold it. Build it anew with the block “HTTP request”.
import-reason-method = Requests by { $method } are not made here.
import-reason-pattern = The pattern { $pattern } cannot be taken over: the comparison never holds.
import-reason-event = This event starts nothing here.
import-reason-too-large = It is more than a block may hold: { $message }

import-refused = This file cannot become a bot. Nothing was made.
import-refused-of = { $kind } in “{ $group }”
import-at-file = The file as a whole
import-at-groups = Group { $number }
import-at-blocks = Block { $number }
import-at-edges = Line { $number }
import-at-variables = Variable { $number }
import-at-events = Event { $number }
import-at-settings = The bot’s settings
import-at-triggers = Trigger { $number }
import-at-notes = Note { $number }
import-fault-too-large = It is too large: at most { $most } MB are taken.
import-fault-syntax = It is no JSON: line { $line }, character { $column }.
import-fault-newer = A newer version of Beseda wrote it. Update this one first.
import-fault-version = Version { $version } of Typebot’s format is not known.
import-fault-missing = Something must stand here, and nothing does.
import-fault-missing-field = The field “{ $name }” is missing here.
import-fault-needs-text = A text belongs here.
import-fault-needs-list = A list belongs here.
import-fault-needs-object = A record with named fields belongs here.
import-fault-needs-flag = Yes or no belongs here (true or false).
import-fault-needs-number = A number belongs here.
import-fault-needs-number-or-text = A number or a text belongs here.
import-fault-needs-whole = A whole number from { $least } to { $most } belongs here.
import-fault-other-kind = Something of another kind belongs here.
import-fault-unknown-word = “{ $value }” is not known here. Possible are: { $allowed }.
import-fault-no-group = It leads to the group “{ $id }”, which is not in the file.
import-fault-no-block = It leads to the block “{ $id }”, which is not in the file.
import-fault-no-trigger = It begins at the trigger “{ $id }”, which is not in the file.
import-fault-no-edge = It names the line “{ $id }”, which is not in the file.
import-fault-no-port = The block has no way out “{ $id }”.
import-fault-leads-round = The blocks lead round and round without ever waiting for an answer: { $blocks }.
import-fault-duplicate = The id “{ $id }” stands here twice: nobody knows which of the two is meant.
import-fault-too-many = There are { $found }; at most { $most } are taken.
import-fault-too-long = It is too long: at most { $most } characters are taken.
import-fault-too-deep = Conditions lie too deep in one another: at most { $most } levels are taken.
import-fault-nested = Lists and records lie too deep in one another: at most { $most } levels are taken.
import-fault-only = Only { $only } is allowed here.
import-fault-not-between = A number from { $least } to { $most } belongs here.
import-fault-id = An ID has 1 to { $most } Latin letters, digits, “-” or “_”.
bot-file-too-large = { $name } is larger than 10 MB; no bot is.
