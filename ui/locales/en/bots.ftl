# A new bot: empty, out of the gallery, from a file.

bot-empty = Begin empty
bot-empty-about = One greeting, and everything else as you like it.
bot-import-about = A bot saved here, or exported from Typebot. You see what becomes of every block before anything is made.
bot-gallery = Ready bots
bot-gallery-about = Complete conversations for a trade. Press one and it opens in the editor, to be looked at and changed; it answers nobody until you publish it.
bot-export = Save as a file
bot-file-too-large = { $name } is larger than 10 MB; no bot is.

trade = Trade
trade-all = All trades
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
