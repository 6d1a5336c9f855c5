# The draft on a real phone.
phone-trial = On my phone
phone-trial-title = Try on my phone
phone-trial-lead = Your phone talks to this draft as it is now, over your real number. Everybody else talks to what is published. It is over with the conversation.
phone-trial-phone = Your phone
phone-trial-phone-hint = Only this phone may begin. Left empty, whoever sends the word first may.
phone-trial-number = Number
phone-trial-make = Make a code
phone-trial-scan = Scan this with the phone, or send the word to { $number }:
phone-trial-send = Send this word to { $number }:
phone-trial-from = Only from { $phone }.
phone-trial-code = Code that opens WhatsApp with the word already written
phone-trial-link = Open WhatsApp on this device
phone-trial-until = The word may be sent until { $time }, once.
phone-trial-running = The draft is being tried on a phone now. What is said stands in the inbox.
phone-trial-ended = The last trial is over.
phone-trial-expired = Nobody sent the last word in time.
phone-trial-stop = Stop the trial
