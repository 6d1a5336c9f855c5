# То, что нужно многим страницам: оболочка, время, размеры, короткие слова.

app-name = Беседа
loading = Загружаем
skip-to-content = К содержимому
places = Разделы
settings-short = Опции
start-short = Старт
settings = Настройки
language = Язык
theme = Тема
theme-light = Светлая
theme-dark = Тёмная
theme-system = Системная
account = Аккаунт
sign-in = Войти
sign-out = Выйти
connected = На связи: изменения появляются сами
not-connected = Сейчас связи нет
connection-lost = Связь прервалась. Можно продолжать: всё догонит, когда она вернётся.
offline = Нет интернета. Написанное сохраняется, его можно будет отправить, когда связь вернётся.
unreachable = Сервер не отвечает
no-such-place = По этому адресу ничего нет
no-such-place-words = Возможно, ссылка устарела или в ней потерялась буква.
go-to-inbox = К диалогам
no-business = Вы пока не состоите ни в одной компании
no-business-words = Попросите владельца компании пригласить вас по адресу электронной почты.

close = Закрыть
cancel = Отмена
save = Сохранить
saved = Сохранено
back = Назад
next = Дальше
send = Отправить
undo = Вернуть
copy = Скопировать
copied = Скопировано
discard = Удалить
try-again = Повторить
technical-details = Технические подробности
never = Никогда
name = Название
email = Эл. почта
phone = Телефон
password = Пароль
you = Вы
your-name = Ваше имя
nothing-found = Ничего не нашлось
nothing-found-words = Попробуйте часть имени или последние цифры номера.
search-clear = Сбросить поиск
of = { $part } из { $whole }

shortcuts = Клавиши
shortcut-palette = Палитра команд
shortcut-help = Этот список
shortcut-escape = Закрыть то, что сверху
shortcut-inbox = Диалоги
shortcut-customers = Клиенты
shortcut-bots = Боты
shortcut-phone = Телефон
shortcut-settings = Настройки
shortcut-journal = Журнал вебхуков
shortcut-search = Искать в списке
shortcut-next = Следующий в списке
shortcut-previous = Предыдущий в списке
shortcut-reply = Написать ответ
shortcut-take-over = Взять диалог у бота
shortcut-give-back = Вернуть диалог боту
shortcut-close = Закрыть или открыть снова

palette = Палитра команд
palette-short = Поиск
palette-placeholder = Куда перейти или что сделать?
palette-go = Перейти
palette-do = Сделать
palette-conversation = Этот диалог
palette-found = Диалоги
palette-business = Переключиться на «{ $name }»
palette-theme = Тема: { $name }
palette-language = Язык: { $name }

time-today = Сегодня
time-yesterday = Вчера
time-just-now = только что
time-minutes-ago = { $count ->
    [one] { $count } минуту назад
    [few] { $count } минуты назад
   *[many] { $count } минут назад
}
time-days = { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[many] { $days } дней
}
time-hours-minutes = { $hours } ч { $minutes } мин
time-hours = { $hours } ч
time-minutes = { $minutes } мин
time-under-minute = меньше минуты
time-zone = Часовой пояс

size-b = { $number } Б
size-kb = { $number } КБ
size-mb = { $number } МБ
size-gb = { $number } ГБ

more = Ещё
bot = Бот
start = Начало
delete = Удалить
duplicate = Сделать копию
copy-of = { $name } (копия)
send-location = Отправить геопозицию
bot-import = Бот из файла
native-form-back = Назад
native-form-choose = Выберите…
native-form-optional = { $label } (необязательно)
native-form-required = Это нужно заполнить.
native-form-wrong = Похоже, здесь ошибка.
native-form-length = Слишком коротко или слишком длинно.
native-form-count = Выбрано слишком мало или слишком много.
native-form-server = Что будет дальше, решает ваш сервер (endpoint), а отсюда его не спросить: эту форму можно заполнить только на настоящем телефоне.
