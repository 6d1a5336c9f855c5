# Редактор сценариев.

bots-back = К списку ботов
try = Проба
publish = Опубликовать
undo-step = Отменить
redo-step = Вернуть
tidy = Разложить
find = Найти в сценарии
find-count = { $count ->
    [0] ничего
    [one] { $count } место
    [few] { $count } места
    [many] { $count } мест
   *[other] { $count } места
}
mistakes = { $count ->
    [one] { $count } ошибка
    [few] { $count } ошибки
    [many] { $count } ошибок
   *[other] { $count } ошибки
}
others-here = Здесь же: { $names }
somebody = Кто-то

state-draft = Черновик
state-changed = Опубликована v{ $version }, есть правки
state-published = Опубликована v{ $version }
state-saving = Сохраняется…
state-saved = Сохранено
state-not-saved = Не сохранено
state-reading = Только просмотр

publish-lead = Новые разговоры пойдут по этому сценарию.
publish-lead-running = { $count ->
    [one] Новые разговоры пойдут по этому сценарию. Сейчас идёт { $count } разговор.
    [few] Новые разговоры пойдут по этому сценарию. Сейчас идут { $count } разговора.
    [many] Новые разговоры пойдут по этому сценарию. Сейчас идут { $count } разговоров.
   *[other] Новые разговоры пойдут по этому сценарию. Сейчас идут { $count } разговора.
}
publish-note = Что нового (для тех, кто потом посмотрит версии)
publish-warnings = { $count ->
    [one] У проверки { $count } замечание; публикации оно не мешает.
    [few] У проверки { $count } замечания; публикации они не мешают.
    [many] У проверки { $count } замечаний; публикации они не мешают.
   *[other] У проверки { $count } замечания; публикации они не мешают.
}
publish-mistakes = Сначала исправьте ошибки: на них разговоры оборвутся.
published-as = Теперь отвечает версия { $version }

changed-by = { $name } меняет сценарий; здесь и те правки, и ваши
changed-elsewhere = Сценарий изменили в другом месте; здесь и те правки, и ваши
clash-title = { $name } и вы изменили одно и то же
clash = Изменили двое
clash-words = Ничего не будет затёрто, пока вы не решите; остальное объединится само.
clash-theirs = Взять вариант: { $name }
clash-mine = Оставить моё
clash-all-theirs = Взять всё: { $name }
clash-all-mine = Оставить всё моё
dispute-mine = У вас
dispute-mine-when = на этой странице, не сохранено
dispute-nothing = ничего
dispute-whole = Целиком
dispute-place = Где стоит
dispute-place-mine = где поставили вы
dispute-place-theirs = где стоит у другого
clash-copy = Моё — отдельным ботом
clash-field = поле «{ $name }» сценария
copied-as = Сохранено как «{ $name }»
left-unsaved = В боте «{ $name }» сохранено не всё. Откройте его снова, прежде чем закрыть страницу.
publish-overtaken = Не опубликовано: { $name } тем временем меняет сценарий. Посмотрите и опубликуйте ещё раз.
publish-overtaken-elsewhere = Не опубликовано: сценарий тем временем изменили в другом месте. Посмотрите и опубликуйте ещё раз.
publish-disputed = Вы и кто-то ещё изменили одно и то же. Закройте это окно и сначала решите, чьё оставить.
unsaved-later = Сервер не отвечает. Ваши правки остались на этой странице и сохранятся, как только он ответит; не закрывайте её.
unsaved-gone = Этого бота удалили, или вы больше не в этой компании. То, что вы видите, осталось только на этой странице.
reading = Этого бота можно посмотреть и опробовать. Чтобы менять его, нужна роль администратора или владельца.
unsaved-forbidden = Ваша роль не позволяет менять ботов. Попросите владельца или сохраните правки файлом.
unsaved-refused = Сервер не принял правки. Они остались на этой странице.
unsaved-file = Сохранить файлом

canvas = Сценарий: { $name }
canvas-keys = Стрелки ведут от блока к блоку, Enter открывает форму, A добавляет блок, C соединяет. Вопросительный знак покажет все клавиши.
canvas-keys-reading = Стрелки ведут от блока к блоку, Enter открывает форму, T запускает пробу. Вопросительный знак покажет все клавиши.
flow-about = Групп: { $groups }, блоков: { $blocks }.
flow-empty = Здесь пока пусто
flow-empty-words = Перетащите блок из списка слева или нажмите A и напишите его название.
flow-unreadable = Сценарий в таком виде не читается.
flow = Сценарий
flow-hint = Выберите что-нибудь на холсте, чтобы изменить. Тяните фон, чтобы двигаться; с Shift выделяет рамка; Ctrl и колесо приближают.
group = Группа
group-untitled = Без названия
group-number = Группа { $number }
group-label = Группа { $name }, { $count ->
    [one] { $count } блок
    [few] { $count } блока
    [many] { $count } блоков
   *[other] { $count } блока
}
group-about = { $count ->
    [one] { $count } блок
    [few] { $count } блока идут
    [many] { $count } блоков идут
   *[other] { $count } блока идут
} по порядку.
group-empty = Перетащите сюда блок
start-here = Начинать здесь
is-start = Разговоры начинаются здесь.
edge = Линия
edges = Линии
edge-elsewhere = Вести в другое место
edge-go = Перейти туда
leads-to = Ведёт: { $name }
note = Заметка
note-empty = Заметка для команды
chosen-count = { $count ->
    [one] Выделен { $count }
    [few] Выделено { $count }
    [many] Выделено { $count }
   *[other] Выделено { $count }
}
chosen-hint = Потяните одно — сдвинется всё. Ctrl C копирует, Ctrl D делает копию рядом, Delete удаляет.
place-none = Пока никуда
bot-none = Без другого бота
bot-unpublished = { $name } (ещё не опубликован)
bot-unknown = Бот, которого здесь нет ({ $id })
bot-since = { $name } (с { $time })
person-nobody = Никто
person-anybody = Любой, кто может отвечать
person-kept = За кем диалог сейчас
person-unknown = Здесь нет никого с именем или адресом «{ $name }»
person-written = Как скажет переменная
place-gone = то, чего уже нет

zoom = Масштаб
zoom-in = Приблизить
zoom-out = Отдалить
zoom-one = Масштаб 100 %
zoom-fit = Показать всё

palette-blocks = Блоки
palette-find = Найти блок
family-trigger = Запуск
family-say = Сказать
family-ask = Спросить
family-logic = Логика
family-crm = Клиенты и команда
family-integration = Другие сервисы
family-other = На холсте

panel = Панель
tab-block = Блок
tab-test = Проба
tab-problems = Проверка
more-fields = Ещё настройки
own-words = Собственные слова бота
own-words-about = Это бот говорит сам. Напишите, как это должен говорить ваш; пустое поле оставляет то, что в нём показано.
block-on = Включён (выключен — пропускается)
block-unknown = Такие блоки умеет более новая версия. Он сохранён как есть.
trigger-on = Включён
answer-in = ответ в
add = Добавить
one-a-line = По одному в строке.
json-hint = JSON; принимается, когда вы выходите из поля.
json-unreadable = Это ещё не JSON; изменение не принято.
number-whole = Нужно целое число от { $least } до { $most }. Изменение не принято.
number-any = Нужно число от { $least } до { $most }. Изменение не принято.
unit = Единица
unit-seconds = секунд
unit-minutes = минут
unit-hours = часов
unit-days = дней
unit-written = переменная
seconds-written = Сколько секунд: текст с переменными, например {"{{"}minutes * 60{"}}"}.
seconds-count = { $count } с
minutes-count = { $count } мин
hours-count = { $count } ч
days-count = { $count ->
    [one] { $count } день
    [few] { $count } дня
    [many] { $count } дней
   *[other] { $count } дня
}
remove-number = Убрать { $number }
move-up = Поднять { $number }
move-down = Опустить { $number }
names = Переменные
names-find = Найти переменную
names-count = { $count ->
    [one] { $count } переменная; выбирают стрелки и Enter
    [few] { $count } переменные; выбирают стрелки и Enter
    [many] { $count } переменных; выбирают стрелки и Enter
   *[other] { $count } переменных; выбирают стрелки и Enter
}
names-flow = Этого сценария
names-contact = О клиенте
names-run = Этого разговора
name-of-flow = объявлена в сценарии
name-contact-name = имя клиента
name-contact-phone = номер телефона
name-contact-email = адрес почты
name-contact-tags = список тегов
name-contact-field = поле клиента «{ $name }»
name-message = с чего клиент начал разговор
name-payload = что несёт нажатая кнопка
name-files = файлы, с которых клиент начал
name-location = место, которое клиент прислал в начале
name-referral = реклама, по которой клиент пришёл
name-now = дата и время сейчас
name-today = сегодняшняя дата
insert-into = Вставить переменную в «{ $name }»
format = Оформление: «{ $name }»
format-bold = Жирный
format-italic = Курсив
format-strike = Зачёркнутый
format-mono = Моноширинный

option-add = Добавить ответ
option-more = Описание, что запомнить, условие
option-description = Описание в списке
option-value = Что запомнить (иначе — название)
option-more-menu = Описание, метка, условие
option-payload = Метка кнопки
option-payload-hint = Нажатие запустит бота с этой меткой кнопки, а не поведёт по линии отсюда.
option-when = Предлагать, только если…
option-when-remove = Предлагать ответ { $number } всегда
option-long = { $length } из { $limit } знаков: WhatsApp так не покажет
options-buttons = До трёх коротких ответов показываются кнопками.
options-numbered = Показываются номерами под вопросом; клиент пишет один или несколько.
options-list = Больше трёх или с описаниями: показываются списком.
branch-add = Добавить ветку
branch-title = Название ветки { $number }
branch-hint = Берётся первая ветка, чьи условия верны; если таких нет — «иначе».
join = Как соединены условия
join-and = всё сразу
join-or = хотя бы одно
test-add = Условие
test-group-add = Группа условий
condition-first = Первое верное
keyword-add = Добавить слово
keyword-number = Слово { $number }
keyword-how = Как сравнивать слово { $number }
match-contains = содержит
match-is = ровно
match-starts = начинается
match-regex = шаблон

connect-from = Соединить: { $name }
connect-which = Какой выход?
connect-which-hint = Выход этого блока
connect-to = Куда он ведёт?
connect-to-hint = Группа, блок или новый блок
connect-next = Что дальше?
connect-next-hint = Вид блока
connect-new = новый
connect-nothing = Никуда: убрать линию

preview = Так это будет выглядеть в WhatsApp
preview-empty = Напишите что-нибудь — и увидите это так, как увидит клиент.
preview-silent = Сам по себе этот блок ничего не говорит.
preview-template = Шаблон «{ $name }»
templates-loading = Спрашиваем у WhatsApp ваши шаблоны…
templates-failed = WhatsApp назвал не все ваши шаблоны: написанное здесь по ним не проверяется.
template-none = Выберите шаблон
template-place = Место { $name }
template-place-like = Место { $name } (например, «{ $example }»)
template-header-file = Файл над текстом
template-button-url = «{ $title }»: конец адреса
template-button-code = «{ $title }»: код
template-button-payload = «{ $title }»: метка кнопки
template-payloads = Метки кнопок
template-is-utility = Служебный: о том, что клиент заказал или о чём просил.
template-is-authentication = Подтверждение входа: код для входа.
template-is-marketing = Рекламный: не отправляется тем, кто отказался от рекламы.

problems-none = Замечаний нет.

narrow-edit = Изменить
narrow-look = Показать всё
paste-off = { $count ->
    [one] Это пришло со стороны: { $count } блок с внешними вызовами выключен, пока вы не разрешите.
    [few] Это пришло со стороны: { $count } блока с внешними вызовами выключены, пока вы не разрешите.
    [many] Это пришло со стороны: { $count } блоков с внешними вызовами выключены, пока вы не разрешите.
   *[other] Это пришло со стороны: { $count } блока с внешними вызовами выключены, пока вы не разрешите.
}
paste-addresses = { $count ->
    [one] { $count } адрес из вставленного выключен: клиентам он не уйдёт, пока вы не разрешите.
    [few] { $count } адреса из вставленного выключены: клиентам они не уйдут, пока вы не разрешите.
    [many] { $count } адресов из вставленного выключены: клиентам они не уйдут, пока вы не разрешите.
   *[other] { $count } адреса из вставленного выключены: клиентам они не уйдут, пока вы не разрешите.
}
allow-address = Разрешить адрес
allow-block = Разрешить блок
allow-addresses = { $count ->
    [one] Разрешить пришедшее со стороны: { $count }
    [few] Разрешить всё пришедшее со стороны: { $count }
    [many] Разрешить всё пришедшее со стороны: { $count }
   *[other] Разрешить всё пришедшее со стороны: { $count }
}
paste-secrets = Секреты, которые в этом были, убраны; на их месте: { $names }. Заполните их в разделе «Подключения».
paste-painted = Ключ, который был в тексте, закрашен.
paste-nothing = В буфере обмена нет частей сценария

test-chat = Разговор с черновиком
test-restart = С начала
test-from-here = С выбранного
test-again = Начать заново
test-stale = Сценарий изменился с начала пробы.
test-say-something = Напишите, как написал бы клиент: слова, с которых начинается сценарий.
test-nobody-answers = Ни один запуск этого сценария на такое не отвечает. «С начала» начнёт без него.
test-unreadable = В таком виде сценарий не запустить; см. «Проверка».
test-write = Напишите за клиента
test-photo = Фото
test-voice = Голосовое
test-place = Место
test-place-name = Старый город
test-name = Елена
test-customer = Клиент
test-customer-nameless = без имени
test-customer-name = Имя
test-customer-phone = Телефон
test-customer-email = Почта
test-customer-tags = Теги
test-customer-tags-like = vip, опт
test-customer-met = Прежние разговоры
test-customer-first = Пишет впервые
test-customer-known = Уже писал раньше
test-customer-ask = Спросить меня
test-customer-open = Рабочее время
test-customer-open-yes = Компания открыта
test-customer-open-no = Компания закрыта
test-customer-online = Команда
test-customer-online-yes = Кто-то в сети
test-customer-online-no = Никого нет в сети
test-customer-fields = Поля
test-customer-hint = Действует сразу, в том числе в начатом разговоре, и остаётся для следующей пробы. Ничего не сохраняется.
test-customer-reset = Как было
test-waits = Ждёт { $time }
test-clock-zone = По часам бизнеса
test-clock = Часы
test-real-time = Настоящее время
test-skip = Пропустить
test-gathers = Ждёт ещё сообщений
test-nothing-more = Ответить сейчас
test-skipped = Время прошло
test-answer = Что придёт в ответ
test-return = Ответить так
test-fail = Не удалось
test-form = Ответы формы в виде JSON
test-form-send = Отправить форму
test-form-sent = Форма заполнена
test-form-unreadable = Ответы — не один объект JSON.
test-ignored = Сейчас бот не слушает
test-ai-answer = Ответ языковой модели
test-variables = Переменные
test-no-variables = Пока нет.
test-steps = { $count ->
    [one] { $count } шаг
    [few] { $count } шага
    [many] { $count } шагов
   *[other] { $count } шага
}
yes = Да
no = Нет
step-answered = ответ: { $value }
step-refused = не понято ({ $count })
step-in = внутрь: { $name }
step-left-out = пропускает неразрешённый адрес
step-asked = спрашивает снаружи и ждёт
call-http = Запрос { $what }
call-incoming = Ждёт обращения по адресу разговора
call-email = Письмо: { $what }
call-ai = Спрашивает языковую модель
call-fields = Читает поля клиента
call-open = Сейчас рабочее время?
call-online = Есть кто-нибудь на месте?
call-other = Спрашивает снаружи
effect-hand-over = Позван человек
effect-hand-over-note = Позван человек: { $note }
effect-tag = Тег: { $tag }
effect-untag = Тег снят: { $tag }
effect-assign = Назначено: { $to }
effect-deal = Создана сделка: { $title }
effect-stage = Сделка переведена: { $stage }
effect-task = Создана задача: { $title }
effect-subscribe = Подписка оформлена
effect-unsubscribe = Подписка снята
effect-note = Заметка для команды: { $text }
effect-typing = печатает…
effect-ended = Разговор окончен
effect-ended-as = Разговор окончен: { $outcome }
effect-error = Здесь что-то сломано: { $what }
broken-no-start = не с чего начать
broken-unknown-kind = эта версия не знает «{ $name }»
broken-dangling-edge = линия или переход ведёт к тому, чего уже нет
broken-missing-block = блока, на котором ждёт разговор, уже нет
broken-other-flow = разговор принадлежит другому боту
broken-template = у текста или выражения нет результата: { $message }
broken-pattern = шаблон не читается ({ $message })
broken-no-options = выбор без вариантов ответа
broken-no-flow = бота, который должен работать здесь, нет или он не опубликован («{ $name }»)
broken-call = внешний вызов не удался ({ $message })
broken-too-large = вернулось больше, чем можно сохранить ({ $size })
broken-bad-value = в «{ $field }» неподходящее значение
broken-read-only-field = «{ $field }» боты не записывают
broken-address-off = Пропущен адрес { $address }: он пришёл со стороны и не разрешён
broken-ai-tokens = разговор израсходовал всё, что отведено языковой модели
broken-unknown = страница старше этой ошибки; загрузите её заново
test-loading = Загружаем ботов, которых запускает этот…
step-elsewhere = блок другого бота

flow-key-go = От блока к блоку
flow-key-shift = Сдвинуть выбранное
flow-key-lift = Сдвинуть блок внутри группы
flow-key-several = Выделить несколько подряд
flow-key-carry = Перенести блоки в соседнюю группу или в отдельную
flow-key-size = Изменить размер заметки
flow-key-form = Открыть форму
flow-key-palette = Добавить блок
flow-key-connect = Соединить или вести в другое место
flow-key-test = Попробовать черновик
flow-key-next = К следующему замечанию
flow-key-publish = Опубликовать
flow-key-tidy = Разложить
flow-key-fit = Показать всё
flow-key-zoom = Приблизить, отдалить
flow-key-one = Масштаб 100 %
flow-key-undo = Отменить
flow-key-redo = Вернуть
flow-key-clipboard = Копировать, вырезать, вставить (и в другого бота)
flow-key-duplicate = Сделать копию
flow-key-find = Найти в сценарии
flow-key-all = Выделить всё
flow-key-save = Сохранить сейчас
flow-key-bold = Сделать жирным выделенное в тексте
flow-key-italic = Так же курсивом
flow-key-strike = Так же зачеркнуть
flow-key-mono = Так же моноширинным
flow-key-disable = Выключить или включить блок
flow-key-delete = Удалить
flow-key-escape = Закрыть, отпустить

canvas-results-came = пришли: { $count }
canvas-results-answered = ответили: { $count }
canvas-results-dropped = остановились здесь: { $count }
canvas-results-median = обычно отвечают за { $time }
canvas-results-show = Показать результаты на схеме
canvas-results-all = Все результаты

expressions = Что умеют выражения
expressions-lead = В тексте выражение стоит между {"{{"} и {"}}"}, в поле выражения — само по себе. Если результата нет, разговор с ботом кончается и клиент ждёт человека.
expressions-sample = В примерах: { $values }.
connection-first = Первое из них ({ $name })
connection-none = Пока нет ни одного
connection-gone = { $name } (нет в настройках)
connection-settings = Подключения в настройках

api-call = Как его вызывают
api-call-words = Программа отправляет это для клиента. «event» — то, что бот узнаёт в переменной event. Токен — того, кто вошёл в систему.
call-customer-id = ID_КЛИЕНТА
own-address = Адрес, который вызывают
own-address-words = У каждого разговора свой адрес ({ $address }). Передайте его своему сервису как {"{{callback}}"}, например HTTP-запросом перед этим блоком. Кто его вызовет, тот продолжит разговор.
copy-address = Скопировать адрес
copy-example = Скопировать пример
text-copied = Скопировано

problems-mistakes = Ошибки: { $count }
problems-remarks = Замечания: { $count }
problems-hints = Полезно знать: { $count }
publish-taken = Этот бот будет забирать сообщения у других ботов
publish-taken-of = «{ $bot }»: то, чего ждёт его запуск «{ $theirs }», достанется запуску «{ $ours }» этого бота. Дайте одному из них другой приоритет или более точные слова.
publish-taken-all = «{ $bot }»: всё, чего ждёт его запуск «{ $theirs }», достанется запуску «{ $ours }» этого бота. Дайте одному из них другой приоритет.
