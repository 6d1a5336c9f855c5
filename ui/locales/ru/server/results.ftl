# Заголовки таблицы прохождений; её пишет сервер, а остальные слова он берёт со страницы результатов.

table-started = Начато ({ $zone })
table-ended = Закончено ({ $zone })
table-customer = Клиент
table-phone = Телефон
table-state = Состояние
table-cause = Что пошло не так
table-outcome = Итог
table-block = Блок
table-version = Версия
table-run = ID прохождения
table-customer-id = ID клиента
table-yes = да
table-no = нет
