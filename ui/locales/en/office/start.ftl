# The checklist of a new business.

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
start-bot = Let a bot answer
start-bot-words = Take one of the ready bots or build your own, and switch it on. Then write on the phone again.
start-bot-narrow = On a phone you can take a ready bot, publish it, switch it and see its results. To change what it says, open this page on a larger screen.
start-bot-new = Make a bot
start-bots = To the bots
start-real = Your own number
start-real-words = When you have seen how it works, connect the number your customers know. It is checked before anything is kept.
start-real-go-on = Finish connecting
start-inbox = To the inbox
