# Остальные страницы.

sign-in-title = Вход

setup-title = Добро пожаловать в Беседу
setup-lead = Три коротких шага, и первый бот сможет отвечать. На каком языке вам удобнее?
setup-steps = Шаги
setup-step-language = Язык
setup-step-owner = Владелец
setup-step-business = Компания
setup-owner-title = Кто владелец?
setup-business-title = Как называется ваша компания?
setup-finish = Готово
setup-token = Код настройки
setup-token-hint = При запуске программа напечатала адрес; код стоит в нём после «token=». Новый печатает `beseda setup-link`.
setup-needs-token = Нужен код настройки
setup-machine = Беседа { $version } · для данных свободно { $free }
business-name = Название компании
business-example = Клиника «Лотос»
password-hint = Не короче 10 знаков. Несколько слов подряд легко запомнить.
needed = Заполните это поле
needs-email = Адрес выглядит так: anna@example.com
needs-longer-password = Слишком коротко: нужно не меньше 10 знаков

start-title = Первые шаги
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
start-real = Свой номер
start-real-words = Когда увидите, как всё работает, подключите номер, который знают ваши клиенты. До сохранения всё проверяется.
start-real-go-on = Закончить подключение
start-inbox = К диалогам

customers = Клиенты
customers-search = Имя, номер или тег
customers-none = Клиентов пока нет
customers-none-words = Каждый, кто напишет на ваш номер, сам станет клиентом.
customer-conversations = Диалоги

bots = Боты
bots-lead = Отвечают первыми и передают диалоги людям.
bots-none = Ботов пока нет
bots-none-words = Бот отвечает на то, что спрашивают каждый день, а остальное передаёт вам.
bots-state = Состояние
bots-version = Версия
bots-draft = Черновик
bots-running = Сейчас ведёт
bots-switch = Включён
bots-switch-label = { $name } отвечает
bots-answers = Отвечает
bots-off = Выключен
bots-conversations = { $count ->
    [0] ничего
    [one] { $count } диалог
    [few] { $count } диалога
   *[many] { $count } диалогов
}

account-lead = То, что видите и решаете только вы.
profile = Профиль
look = Вид и язык
password-current = Нынешний пароль
password-new = Новый пароль
password-change = Сменить пароль
password-changed = Пароль изменён, на других устройствах вы вышли
sessions = Где вы вошли
session-this = Это устройство
session-about = { $ip } · { $time }
session-end = Выйти
session-ended = Там вы вышли

bot-new = Новый бот
bot-new-name = Новый бот
bot-new-hello = Здравствуйте! Чем помочь?
bot-edit = Открыть сценарий
bot-menu = { $name }: ещё
bot-deleted = Бот «{ $name }» удалён
builder-failed = Редактор не загрузился. Возможно, пропала связь или программу успели обновить.
builder-reload = Загрузить страницу заново
