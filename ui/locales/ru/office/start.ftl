# The checklist of a new business.

start-lead = В конце этого списка вашим клиентам отвечает бот.
start-done = Сделано
start-account = Ваш аккаунт
start-account-words = Вы вошли как { $name }.
start-number = Подключите номер
start-number-words = Начните со встроенного телефона: он ведёт себя как WhatsApp и ничего не стоит. Настоящий номер можно подключить позже.
start-simulator = Взять встроенный телефон
start-real-number = Подключить настоящий номер
start-connected = { $name }: номер подключён
start-hello = Поздоровайтесь
start-hello-words = Напишите на номер, как написал бы клиент. Диалог сразу появится в списке.
start-phone = Написать с телефона
start-bot = Пусть отвечает бот
start-bot-words = Возьмите готового бота или соберите своего и включите его. Потом снова напишите с телефона.
start-bot-new = Создать бота
start-bots = К ботам
start-real = Свой номер
start-real-words = Когда увидите, как всё работает, подключите номер, который знают ваши клиенты. До сохранения всё проверяется.
start-real-go-on = Закончить подключение
start-inbox = К диалогам
