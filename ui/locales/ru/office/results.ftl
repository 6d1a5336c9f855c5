# Что вышло из сценария бота.

results-of = { $bot }: результаты
results-lead = Куда клиенты доходят в этом сценарии и где останавливаются.
results-period = Период
results-all-time = За всё время
results-days =
    { $count ->
        [one] Последний { $count } день
        [few] Последние { $count } дня
        [many] Последние { $count } дней
       *[other] Последние { $count } дня
    }
results-all-versions = Все
results-started = Начали
results-live = Идут сейчас
results-finished = Прошли до конца
results-handed-over = Переданы человеку
results-dropped = Замолчали
results-failed = Не удались
results-now = Где они сейчас
results-median = Медиана времени до конца
results-median-of = у прошедших до конца
results-share = { $percent } %
results-share-little = меньше 1 %
results-answered-of = { $percent } · ответили: { $count }
results-seconds = { $count } с
results-funnel = Воронка
results-as-table = Таблицей
results-as-drawing = Диаграммой
results-blocks = Блоки сценария
results-block = Блок
results-entered = Пришли
results-answered = Ответили
results-refused = Не подошло
results-waiting = Стоят здесь
results-median-answer = Обычное время до ответа
results-ports = Выходы
results-runs = Прохождения клиентов
results-state = Прохождения
results-all = Все
results-going-on = Идут
results-search = Искать в ответах и именах
results-columns = Столбцы
results-columns-words = Ответы в таблице
results-columns-all = Все
results-columns-no = Ни одного
results-columns-unchosen = В файлах есть все ответы, пока вы не выберете здесь.
results-columns-chosen =
    { $count ->
        [one] В файлах — { $count } отмеченный ответ.
        [few] В файлах — { $count } отмеченных ответа.
        [many] В файлах — { $count } отмеченных ответов.
       *[other] В файлах — { $count } отмеченных ответа.
    }
results-columns-none = Ответов в файлах нет: только кто пришёл, когда и чем кончилось.
results-csv = CSV
results-xlsx = Excel
results-more = Показать ещё
results-none = Здесь пока никого
results-none-words = Как только клиент начнёт этот сценарий, он появится здесь. Другие условия могут показать больше.

run = Прохождение
run-started = Начато
run-ended = Закончено
run-outcome = Итог
run-live = Идёт
run-waits-answer = Ждёт ответа
run-waits-person = Ждёт человека
run-waits-pause = Пауза
run-waits-call = Ждёт другой сервис
run-end-finished = Пройдено до конца
run-end-handed-over = Передано человеку
run-end-no-answer = Замолчал: нет подходящего ответа
run-end-timed-out = Замолчал: нет ответа вовремя
run-end-failed = Не удалось
run-end-broken = Не удалось: ошибка в сценарии
run-end-replaced = Начат другой сценарий
run-end-reset = Завершено командой
run-cause-too-many-blocks = Слишком много блоков на одно слово клиента: сценарий ходит по кругу
run-cause-too-many-messages = Слишком много сообщений на одно слово клиента
run-cause-too-many-expressions = Слишком много выражений на одно слово клиента
run-cause-text-too-long = Текст вышел длиннее любого сообщения
run-cause-variables-too-large = В переменных накопилось больше, чем может хранить разговор
run-cause-too-many-effects = Слишком много действий на одно слово клиента
run-cause-too-deep = Слишком много вложенных сценариев и циклов
run-cause-too-long-alone = Слишком долго шёл без единого слова клиента
run-cause-too-much-unsent = Слишком много сообщений ждало отправки
run-cause-no-start = Начинать было не с чего
run-cause-unknown-block = Блок, которого эта версия не знает
run-cause-dangling-edge = Линия вела к тому, чего нет
run-cause-block-removed = Блока, на котором он стоял, больше нет
run-cause-other-flow = Бот стал другим сценарием
run-cause-version-removed = Версии, по которой он шёл, больше нет
run-cause-no-bot = Запускал другого бота, которого нет или который не опубликован
run-cause-call-failed = Не удался вызов другого сервиса
run-cause-answer-too-large = Ответ другого сервиса слишком велик
run-cause-ai-tokens = Израсходовано всё, что отведено языковой модели
run-cause-expression-failed = У текста или выражения нет результата
run-cause-bad-value = Значение не подошло блоку
run-steps = Шаг за шагом
run-cut = Прохождение длиннее; показано только его начало.
run-move = Перевести…
run-move-title = Куда перевести клиента { $name }?
run-move-to = Блок
run-move-words = Блок скажет своё, как если бы клиент сам пришёл сюда.
run-moved = Переведено
run-reset = Завершить
run-reset-title = Завершить прохождение клиента { $name }?
run-reset-silent = Бот больше ничего не скажет и не услышит ответ, которого ждёт.
run-reset-kept = Уже данные ответы останутся в результатах.
run-reset-anew = Следующее сообщение может начать сценарий заново.
run-reset-done = Прохождение завершено

step-began = Начало
step-moved = Перенесено командой
step-moved-by = { $name }: перенос на другой шаг
step-entered = Дошёл до «{ $block }»
run-answered = Ответил на «{ $block }»: { $text }
run-refused = Ответ на «{ $block }» не подошёл
step-left = Вышел из «{ $block }» через { $port }
run-way-failed = «не понято, не удалось»
run-way-timeout = «не ответил вовремя»
run-way-else = «иначе»
run-block-gone = Блок, которого больше нет ({ $id })
run-block-elsewhere = Блок другого бота ({ $id })
step-inside = Вошёл в бота «{ $flow }»
step-back = Вернулся в сценарий
run-asked = «{ $block }» обратился наружу: { $text }
step-note = В «{ $block }»: { $text }
run-left-out = В «{ $block }» пропущен адрес { $text }: он пришёл со стороны и не разрешён
step-paused = Оставлено людям
step-resumed = Беседа возвращена боту
step-ended = Конец
step-ended-by = { $name }: завершено
