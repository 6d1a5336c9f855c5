# The heads of a table of customers' runs; the server writes it, and takes the rest of its words from the results page.

table-started = Started ({ $zone })
table-ended = Ended ({ $zone })
table-customer = Customer
table-phone = Phone
table-state = State
table-cause = What went wrong
table-outcome = Outcome
table-block = Block
table-version = Version
table-run = Run ID
table-customer-id = Customer ID
table-yes = yes
table-no = no
