# The draft on a real phone.
trial = On my phone
trial-title = Try on my phone
trial-lead = Your phone talks to this draft as it is now, over your real number. Everybody else talks to what is published. It is over with the conversation.
trial-phone = Your phone
trial-phone-hint = Only this phone may begin. Left empty, whoever sends the word first may.
trial-number = Number
trial-make = Make a code
trial-scan = Scan this with the phone, or send the word to { $number }:
trial-send = Send this word to { $number }:
trial-from = Only from { $phone }.
trial-code = Code that opens WhatsApp with the word already written
trial-link = Open WhatsApp on this device
trial-until = The word may be sent until { $time }, once.
trial-running = The draft is being tried on a phone now. What is said stands in the inbox.
trial-ended = The last trial is over.
trial-expired = Nobody sent the last word in time.
trial-stop = Stop the trial
