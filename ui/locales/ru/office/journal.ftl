# Журнал вебхуков.

journal-lead = Всё, что сообщал WhatsApp, и что с этим стало.
journal-search = Текст, номер или вид
journal-outcomes = Исходы
journal-all = Все
journal-held = { $count ->
    [one] { $count } новый вебхук
    [few] { $count } новых вебхука
   *[many] { $count } новых вебхуков
}
journal-none = Пока ничего не приходило
journal-none-words = Как только WhatsApp сообщит о сообщении, здесь появится запись о том, что с ним стало.
journal-nothing-words = Под этот фильтр ничего не подходит. Буквы ищутся во всём содержимом.
journal-show-all = Показать все
journal-no-number = Номер не назван
journal-entry = Вебхук { $number }
journal-received = Получен
journal-what = Что в нём
journal-number = Номер
journal-processed = Обработан
journal-size = Размер
journal-replayed = Повторы
journal-replayed-at = Последний повтор
journal-replays = { $count ->
    [one] повторён { $count } раз
    [few] повторён { $count } раза
   *[many] повторён { $count } раз
}
journal-replay = Обработать снова
journal-replaying = Обрабатываем снова…
journal-replay-done = Обработан снова.
journal-conversation = Открыть диалог
journal-body = Как пришло
journal-body-cut = Здесь только начало. Копируется всё целиком.
journal-refused = { $count ->
    [one] { $name }: отклонён { $count } вебхук
    [few] { $name }: отклонено { $count } вебхука
   *[many] { $name }: отклонено { $count } вебхуков
}
journal-refused-words = Подпись была неверной, поэтому от них ничего не сохранено. Скорее всего, введённый здесь секрет — не от того приложения Meta. Счёт начинается заново, когда номер подключают ещё раз или когда неделю не было ни одного.
journal-nameless = { $count ->
    [one] Отклонён { $count } вебхук, где нет ни одного вашего номера
    [few] Отклонено { $count } вебхука, где нет ни одного вашего номера
   *[many] Отклонено { $count } вебхуков, где нет ни одного вашего номера
}
journal-nameless-words = Они пришли на адрес приложения и не подписаны ни одним известным здесь секретом, поэтому от них ничего не сохранено и чьи они — неизвестно. Скорее всего, номер вашего приложения здесь ещё не подключён или секрет приложения введён неверно. Счёт начинается заново, когда неделю не было ни одного.
journal-to-number = Проверить секрет

outcome-pending = Ждёт
outcome-processed = Обработан
outcome-duplicate = Повтор
outcome-unknown = Не понят
outcome-unreadable = Не прочитан
outcome-failed = Сбой

webhook-pending-words = Он надёжно сохранён и ждёт своей очереди. Если это длится дольше нескольких секунд, посмотрите в лог программы.
webhook-processed-words = Всё понято и лежит на своём месте.
webhook-duplicate-words = WhatsApp уже сообщал об этом. Считается первый раз, дважды ничего не сделано.
webhook-unknown-words = Часть осталась непонятой. Остальное на своём месте.
webhook-unreadable-words = Его не удалось прочитать.
webhook-failed-words = Часть не удалось сохранить.

reason-number-not-connected = Речь о номере, который здесь не подключён. Подключите номер и нажмите «Обработать снова» — сообщение придёт.
reason-foreign-status = Это статус сообщения, отправленного не отсюда: возможно, другой программой с того же номера. Делать ничего не нужно.
reason-target-missing = Это правка или реакция на сообщение, которого здесь нет: например, оно было до подключения номера. Делать ничего не нужно.
reason-group-message = Это сообщение из группы. Группы пока не поддерживаются.
reason-no-sender = Неизвестно, кто написал: нет ни телефона, ни ID пользователя, ни имени, и это не ответ на сообщение, которое здесь есть. Поэтому у него нет диалога; текст приведён ниже.
reason-empty = В нём ничего нет: WhatsApp прислал пустую оболочку без новостей. Делать ничего не нужно.
reason-not-understood = WhatsApp прислал то, чего эта версия не знает. Всё сохранено: после обновления попробуйте «Обработать снова».
reason-unreadable = Подпись Meta верна, но прочитать не удалось. В подробностях ниже сказано, где обрывается; сообщите тому, кто следит за программой.
reason-failed = Часть не удалось сохранить. Нажмите «Обработать снова»; если не поможет, причина в подробностях ниже.

replayed-pending = Ждёт своей очереди.
replayed-processed = Теперь всё на своём месте.
replayed-duplicate = Всё это здесь уже было, ничего не задвоилось.
replayed-unknown = Часть по-прежнему непонятна.
replayed-unreadable = Прочитать по-прежнему не удалось.
replayed-failed = Снова сбой. Причина в подробностях.

hook-none = Ничего читаемого
hook-message = Сообщение ({ $kind })
hook-echo = Из приложения ({ $kind })
hook-status = Статус ({ $kind })
hook-field = Уведомление ({ $kind })
hook-message-text = Сообщение
hook-message-image = Фото
hook-message-video = Видео
hook-message-audio = Голосовое
hook-message-document = Документ
hook-message-sticker = Стикер
hook-message-location = Геопозиция
hook-message-contacts = Контакт
hook-message-interactive = Нажатие
hook-message-button = Нажатие в шаблоне
hook-message-reaction = Реакция
hook-message-order = Заказ
hook-message-edit = Сообщение изменено
hook-message-revoke = Сообщение удалено
hook-message-unsupported = Неподдерживаемое сообщение
hook-status-sent = Отправлено
hook-status-delivered = Доставлено
hook-status-read = Прочитано
hook-status-played = Прослушано
hook-status-failed = Не доставлено
hook-preference-stop = Отказ от рекламы
hook-preference-resume = Согласие на рекламу
