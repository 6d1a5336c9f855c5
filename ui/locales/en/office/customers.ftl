# The page of customers.

customers-search = Name, number or tag
customers-none = No customers yet
customers-none-words = Whoever writes to your number becomes a customer by themselves.
customer-conversations = Conversations
