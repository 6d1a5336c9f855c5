# Прошлые разговоры на черновике.
replay = Повтор
replay-title = Прошлые разговоры на этом черновике
replay-lead = То, что писали клиенты, проигрывается на черновике и остальных ваших ботах прямо на этой странице. Ничего не отправляется и никуда не обращается: внешние сервисы отвечают так, как ответили тогда.
replay-count = Сколько
replay-period = Начались
replay-all-days = Когда угодно
replay-days = { $count ->
    [one] за { $count } день
    [few] за { $count } дня
   *[many] за { $count } дней
}
replay-run = Проиграть
replay-going = { $count ->
    [0] Прошлые разговоры проигрываются…
    [one] Прошлые разговоры проигрываются: пока { $count }…
    [few] Прошлые разговоры проигрываются: пока { $count }…
   *[many] Прошлые разговоры проигрываются: пока { $count }…
}
replay-none = У этого бота ещё нет прошлых разговоров.
replay-failed = Прошлые разговоры не удалось проиграть.
replay-sum-same = { $count ->
    [one] На этом черновике проигран { $count } прошлый разговор: ответы прежние.
    [few] На этом черновике проиграны { $count } прошлых разговора: ответы прежние.
   *[many] На этом черновике проиграно { $count } прошлых разговоров: ответы прежние.
}
replay-sum = { $count ->
    [one] На этом черновике проигран { $count } прошлый разговор.
    [few] На этом черновике проиграны { $count } прошлых разговора.
   *[many] На этом черновике проиграно { $count } прошлых разговоров.
}
replay-sum-none = Насколько известно, ответы прежние.
replay-sum-different = { $count ->
    [one] Иначе отвечен { $count }.
    [few] Иначе отвечены { $count }.
   *[many] Иначе отвечены { $count }.
}
replay-untouched = { $count ->
    [one] Проигран и { $count } разговор других ботов: черновик в нём не участвует.
    [few] Проиграны и { $count } разговора других ботов: черновик в них не участвует.
   *[many] Проиграно и { $count } разговоров других ботов: черновик в них не участвует.
}
replay-unknown = { $count ->
    [one] { $count } проигран лишь частью: черновик спрашивает то, чего тогда никто не спрашивал.
    [few] { $count } проиграны лишь частью: черновик спрашивает то, чего тогда никто не спрашивал.
   *[many] { $count } проиграно лишь частью: черновик спрашивает то, чего тогда никто не спрашивал.
}
replay-in-part = Проиграны частью
replay-unknown-hint = Откройте любой и скажите, что ответил бы сервис: пойдут дальше все, кто там остановился.
replay-not-covered = Проигрываются только разговоры, в которых отвечал бот: сообщений, на которые тогда не ответил ни один бот, среди них нет.
replay-not-covered-events = Этот черновик начинается и по событиям ({ $what }). Если такое событие тогда ничего не запустило – его не ждал ни один бот или клиенту нельзя было писать, – оно нигде не записано: что ответил бы черновик, здесь не видно.
replay-given = { $count ->
    [one] { $count } ответ сервиса задан вами.
    [few] { $count } ответа сервисов заданы вами.
   *[many] { $count } ответов сервисов задано вами.
}
replay-forget = Забыть их
replay-answer = Что пришло бы в ответ?
replay-answer-also = { $count ->
    [one] Здесь остановился ещё { $count } разговор, он тоже пойдёт дальше.
    [few] Здесь остановились ещё { $count } разговора, они тоже пойдут дальше.
   *[many] Здесь остановилось ещё { $count } разговоров, они тоже пойдут дальше.
}
replay-answer-body = Ответ: JSON или текст
replay-answer-words = Что сказала бы модель
replay-answer-fields = Что нашла бы модель, в JSON: имена и значения
replay-answer-use = Дальше с этим ответом
replay-answer-skip = Пропустить: пустой ответ
replay-answer-failed = Как если бы не удалось
replay-answer-yes = Да
replay-answer-no = Нет
replay-answer-sent = Как если бы отправлено
replay-stale = Черновик с тех пор изменился. Проиграйте снова, чтобы увидеть, что он делает теперь.
replay-different = Отвечены иначе
replay-show = Показать какие
replay-back = Все разговоры
replay-somebody = Клиент
replay-then = Тогда (версия { $version })
replay-then-other = Тогда ({ $name })
replay-now = Теперь (черновик)
replay-first = Первое отличие
replay-after = Дальше клиент мог бы написать что-то другое.
replay-nothing = Больше ничего
replay-nothing-written = Не записано
replay-same = Как прежде
replay-line-unknown = Дальше неизвестно
replay-to-block = К блоку: { $block }
replay-person = От сотрудника: { $text }
replay-handed-over = Передано человеку
replay-silent = Никто не отвечает
replay-other-bot = Отвечает другой бот: { $name }
replay-this-bot = Отвечает этот бот
replay-field = Поле «{ $field }»: { $value }
replay-field-emptied = Поле «{ $field }» очищено
replay-tag-added = Добавлена метка «{ $tag }»
replay-tag-removed = Снята метка «{ $tag }»
replay-subscribed = Подписка оформлена { $topic }
replay-unsubscribed = Подписка отменена { $topic }
replay-assigned = Назначен сотрудник: { $name }
replay-assigned-nobody = Ни на кого не назначено
replay-given-answer = С вашим ответом ({ $call })
replay-given-failed = Как если бы не удалось ({ $call })
replay-unknown-call = Неизвестно, что пришло бы в ответ ({ $call })
replay-file = Файл
replay-place = Место
replay-form = Форма
replay-other = Что-то другое
replay-ended-finished = Разговор окончен
replay-ended-handed-over = Конец: дальше человек
replay-ended-no-answer = Конец: ни один ответ не подошёл
replay-ended-timed-out = Конец: время вышло
replay-ended-failed = Конец: внешний сервис не ответил
replay-ended-broken = Конец: ошибка в сценарии
replay-differs-silent = Никто не отвечает
replay-differs-other-bot = Отвечает другой бот
replay-differs-record = Другая запись в карточке клиента
replay-differs-text = Другой текст
replay-differs-choices = Другие варианты
replay-differs-kind = Другой вид сообщения
replay-differs-block = Другой блок
replay-differs-hand-over = Передача человеку
replay-differs-end = Другой конец
replay-differs-more = Сказано больше
replay-differs-less = Сказано меньше
replay-gap-beginning = Что начало этот разговор, не записано: решают условия запуска черновика.
replay-gap-customer = Карточка клиента взята такой, какая она сейчас.
replay-gap-calls = Ответ внешнего сервиса не сохранён.
replay-gap-blocks = Какой блок что сказал, не записано: блоки не сравниваются.
replay-gap-record = Что тогда записано в карточку клиента, неизвестно: не сравнивается.
replay-gap-cut = Разговор очень длинный: последняя часть опущена.
