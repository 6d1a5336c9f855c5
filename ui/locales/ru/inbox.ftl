# Диалоги: список, сообщения, клиент рядом.

inbox = Диалоги
conversations = Диалоги
conversation = Диалог
conversations-search = Имя или номер
views = Подборки
view-mine = Мои
view-waiting = Ждут
view-open = Открытые
view-all = Все
view-closed = Закрытые
held = { $count ->
    [one] { $count } новый диалог
    [few] { $count } новых диалога
   *[many] { $count } новых диалогов
}
unread-count = { $count ->
    [one] { $count } непрочитанное
    [few] { $count } непрочитанных
   *[many] { $count } непрочитанных
}
waits = Ждёт { $time }
window-closes-in = На ответ { $time }
is-closed = Закрыт
yours = Ваш
you-said = Вы: { $text }

mine-none = За вами ничего не закреплено
mine-none-words = Здесь появятся диалоги, которые вы возьмёте или которые вам передадут.
waiting-none = Никто не ждёт
waiting-none-words = Всем ответили. Отличная работа.
closed-none = Пока ничего не закрыто
closed-none-words = Здесь лежат закрытые диалоги. Они откроются снова, когда клиент напишет.
open-none = Диалогов пока нет
open-none-words = Они появятся здесь, как только кто-нибудь напишет на ваш номер.

thread-none = Выберите диалог
thread-none-words = J и K листают список, ? показывает все клавиши.
thread-empty = Здесь ещё ничего не сказано
messages = Сообщения
earlier = Более ранние сообщения
back-to-list = К списку
viewers = Тоже смотрят: { $names }
bot-answers = Отвечает { $name }
customer = Клиент
customer-toggle = Показать или скрыть клиента
take-over = Взять себе
give-back = Вернуть боту
close-conversation = Закрыть
reopen = Открыть снова
close-or-reopen = Закрыть или открыть снова
taken-over-now = Теперь диалог ваш
given-back-now = Снова отвечает бот
closed-now = Диалог закрыт

window-title = Сколько осталось на ответ: WhatsApp разрешает свободно писать клиенту 24 часа после его последнего сообщения
window-closed = Окно закрыто
window-closed-title = 24-часовое окно закрыто
window-never-title = Этот клиент ещё не писал
window-closed-words = WhatsApp разрешает свободно писать клиенту 24 часа после его последнего сообщения. Как только клиент напишет снова, здесь можно будет ответить.

composer-label = Ответ
composer-placeholder = Напишите ответ
composer-bot = Здесь говорит бот. Если ответите, диалог станет вашим.
composer-looks-on = Здесь можно читать, но не отвечать: ваша роль только для просмотра. Её может изменить владелец или администратор.
composer-enter = отправляет
composer-split = Для одного сообщения длинно: уйдёт несколькими
attach = Прикрепить файлы
file-not-sent = Не отправлять { $name }
quote = Ответить на это сообщение
quote-drop = Не цитировать
quote-earlier = Более раннее сообщение
uploading = Отправляем файл

edited = изменено
forwarded = Переслано
revoked = Клиент удалил это сообщение
reactions = Реакции: { $emoji }
referral = Клиент пришёл по рекламе
taps = Что может нажать клиент
template-named = Шаблон «{ $name }»
form-filled = Форма заполнена
order-items = { $count ->
    [one] Заказ: { $count } товар
    [few] Заказ: { $count } товара
   *[many] Заказ: { $count } товаров
}
other-words = WhatsApp прислал то, чего эта версия ещё не умеет показывать ({ $kind }).
note-by = { $name } · заметка, клиент её не видит
picture = Изображение
picture-large = Показать крупно: { $name }
play-video = Смотреть видео ({ $size })
download-file = Скачать { $name }

media-image = Фото
media-video = Видео
media-audio = Голосовое сообщение
media-document = Документ
media-sticker = Стикер
media-loading = Загружаем
media-failed = Файл не удалось получить
kind-location = Геопозиция
kind-contacts = Контакт
kind-order = Заказ
kind-form = Форма
kind-template = Шаблон
kind-event = Событие
kind-other = Неизвестный вид сообщения
kind-reaction = Реакция { $emoji }
kind-reaction-gone = Реакция снята

event-somebody = Кто-то
event-bot-started = { $name }: бот начал отвечать
event-bot-ended = { $name }: бот закончил
event-handed-over = { $name }: бот передал диалог людям
event-taken-over = { $name } теперь ведёт диалог
event-bot-paused = Бот замолчал: клиент отвечает так быстро или так часто, как другой бот. Если это человек, верните диалог боту
event-given-back = { $name }: диалог возвращён боту
event-opened = Диалог открыт
event-closed = { $name }: диалог закрыт
event-assigned = Диалог закреплён: { $name }
event-unassigned = { $name }: диалог больше ни за кем не закреплён
event-run-ended = { $name }: работа бота здесь завершена
event-run-moved = { $name }: бот переведён на другой шаг
event-number-changed = Клиент сменил номер

status-queued = Отправляется
status-sent = Отправлено
status-delivered = Доставлено
status-read = Прочитано
status-played = Прослушано
status-failed = Не отправлено

pane-leads = Отвечает
pane-nobody = Пока никто
pane-waits = Ждёт уже
pane-window = На ответ осталось
pane-window-over = Нисколько: сначала должен написать клиент
about-customer = О клиенте
contact = Контакты
phone-hidden = WhatsApp скрывает номер
customer-rename = Изменить имя
customer-since = Первое обращение
last-seen = Последнее сообщение
username = Имя пользователя
bsuid = ID в WhatsApp
tag-add = Тег
tag-remove = Убрать тег { $name }
tag-removed = Тег «{ $name }» убран
field-add = Добавить поле
known-field-name = Поле
known-field-value = Значение
field-edit = Изменить: { $name }
field-remove = Убрать поле { $name }
field-removed = Поле «{ $name }» убрано

# Что WhatsApp сообщает о клиенте помимо сообщений, по стабильному имени.
system-call-incoming = Клиент звонит
system-call-outgoing = Звонок клиенту
system-call-missed = Пропущенный звонок
system-call-unanswered = Клиент не ответил на звонок
system-request-welcome = Клиент впервые открыл чат
system-user-changed-number = У клиента новый номер
system-user-changed-user-id = WhatsApp присвоил клиенту новый ID пользователя

marketing = Реклама
marketing-none = Отказ от рекламы
marketing-words = Клиенту можно отправлять рекламные шаблоны.
reach = WhatsApp
reach-lost = Не доставляет сообщения с { $day }
marketing-capped = WhatsApp не пропустит рекламу этому клиенту до { $time }.
marketing-since = С { $day }. Рекламные шаблоны не отправляются.
