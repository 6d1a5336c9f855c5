# The page of customers.

customers-search = Имя, номер или тег
customers-none = Клиентов пока нет
customers-none-words = Каждый, кто напишет на ваш номер, сам станет клиентом.
customer-conversations = Диалоги
