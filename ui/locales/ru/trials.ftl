# Проба запроса, файлы блоков, ссылки триггеров.

trial = Проверить запрос
trial-hint = Запрос отправляется по-настоящему, с секретами: сервис сделает то, о чём его просят.
trial-values = Вместо значений клиента
trial-send = Отправить пробный запрос
trial-failed = Ответ не пришёл: { $why }
trial-status = Статус { $status }
trial-well = Сервис ответил.
trial-elsewhere = Сервис указывает на другой адрес; запросы за ним не идут.
trial-not-well = Бот пойдёт по пути для неудачи.
trial-pick = Выберите значение, чтобы сохранить его в переменной.
trial-no-body = У ответа нет тела. Выберите заголовок, чтобы сохранить его в переменной.
trial-body = Ответ
trial-keep = Сохранить { $path } в переменной
trial-kept = { $path } сохраняется в { $name }
trial-more = Не показано значений: { $count }

file-choose = Выбрать файл
file-other = Другой файл
file-remove = Убрать файл
file-takes = Или перетащите сюда. { $allowed }, не больше { $limit }
file-takes-sticker = Или перетащите сюда. WebP, не больше { $still }, движущийся – { $moving }
file-or-address = Или его адрес в интернете
file-sending = Отправляется { $name }
file-other-kind = «{ $name }» WhatsApp здесь не примет. Можно: { $allowed }.
file-too-large = «{ $name }» занимает { $size }. Можно не больше { $limit }.
file-not-stored = «{ $name }» не удалось сохранить.
file-gone = Этого файла здесь нет: бот перенесён из другого места. Выберите файл заново.

ahead = Что сработает раньше
ahead-none = Ни один триггер других включённых ботов не сработает раньше этого.
ahead-own = Этот бот
start-link = Ссылка и QR-код
start-link-no-word = Напишите слово, и здесь появится ссылка.
start-link-no-number = Подключите номер WhatsApp, и здесь появится ссылка.
start-link-number = Номер
start-link-picture = QR-код: { $link }
start-link-copy = Скопировать ссылку
start-link-save = Скачать SVG
link-copied = Ссылка скопирована
