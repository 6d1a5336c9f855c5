# Бот из файла: что станет с каждым блоком.

import-lead = Бот, сохранённый здесь или выгруженный из Typebot.
import-none = Файл не выбран
import-none-words = Выберите файл бота в формате JSON или перетащите его сюда. Бот появится только после того, как вы увидите, что из него выйдет.
import-pick = Выбрать файл
import-pick-other = Другой файл
import-no-json = { $name } — не JSON. Выгрузите бота ещё раз и выберите файл, который кончается на .json.
import-no-bot = В файле { $name } нет бота. Подходят файлы Беседы и Typebot.
import-make = Создать бота
import-blocks = { $count ->
    [one] В файле { $count } блок.
    [few] В файле { $count } блока.
    [many] В файле { $count } блоков.
   *[other] В файле { $count } блока.
} Пока ничего не сохранено.
import-missing = Бот запускает других ботов, они лежат в своих файлах. Загрузите и их: без них эти запуски не сработают.
import-missing-files = { $count ->
    [one] Здесь нет { $count } файла бота: выберите его заново в его блоке перед публикацией.
    [few] Здесь нет { $count } файлов бота: выберите их заново в их блоках перед публикацией.
    [many] Здесь нет { $count } файлов бота: выберите их заново в их блоках перед публикацией.
   *[other] Здесь нет { $count } файлов бота: выберите их заново в их блоках перед публикацией.
}
import-filter = Показать только
import-report = Что станет с каждым блоком
import-show-all = Показать все ({ $count })

import-imported = Как было
import-adapted = Переделано
import-needs-key = Нужно что-то от вас
import-unsupported = Не получится
import-imported-about = Эти блоки делают здесь то же, что и там.
import-adapted-about = Эти блоки работают иначе — посмотрите, что изменилось.
import-needs-key-about = Эти блоки выключены, пока вы не дадите им то, чего в файлах не бывает: ключ или подключение.
import-unsupported-about = Эти блоки стоят в сценарии заметками. Диалоги идут мимо них.

import-change-empty = Внутри ничего нет: блок оставлен выключенным.
import-change-to-be-chosen = Ещё не выбрано, куда он ведёт: выберите до публикации.
import-change-off-until-allowed = Блок обращается наружу, поэтому выключен, пока вы не разрешите.
import-change-off-until-allowed-named = Блок обращается к { $address }, поэтому выключен, пока вы не разрешите.
import-change-call-off = Блок ждёт вызова извне; он выключен, пока вы не разрешите.
import-change-mail-off = Письма на { $address } не уйдут, пока вы не разрешите: блок выключен.
import-change-address-off = Адрес { $address } выключен, пока вы не разрешите: клиентам он не уходит.
import-change-secret-left-out = Секрет не перенесён: на его месте стоит •••.
import-change-secret-left-out-named = Секрет не перенесён: создайте секрет «{ $name }» в настройках.
import-change-formatting-lost = Такого оформления в WhatsApp нет; слова сохранены.
import-change-inline-code-left-out = Код внутри текста убран.
import-change-as-link = Такой файл WhatsApp не показывает: он отправляется ссылкой.
import-change-address-below = Адрес, куда вела картинка, стоит под ней отдельным блоком.
import-change-link-button = Адрес открывается кнопкой «{ $title }».
import-change-list = { $count ->
    [one] { $count } вариант показан списком.
    [few] { $count } варианта показаны списком.
    [many] { $count } вариантов показаны списком.
   *[other] { $count } варианта показаны списком.
}
import-change-paged-list = { $count ->
    [one] { $count } вариант показан списком по страницам.
    [few] { $count } варианта показаны списком по страницам.
    [many] { $count } вариантов показаны списком по страницам.
   *[other] { $count } варианта показаны списком по страницам.
}
import-change-numbered-text = Названия до { $longest } знаков не помещаются на кнопку ({ $limit }): это нумерованный текст.
import-change-numbered-answers = Несколько вариантов выбирают, написав их номера.
import-change-numbered-title = Вариант без названия назван своим номером.
import-change-pictures-before = { $count ->
    [one] { $count } картинка отправляется перед вопросом.
    [few] { $count } картинки отправляются перед вопросом.
    [many] { $count } картинок отправляются перед вопросом.
   *[other] { $count } картинки отправляются перед вопросом.
}
import-change-pictures-left-out = Картинки вариантов убраны.
import-change-value-left-out = В значении варианта переменные: вместо него сохраняется название.
import-change-field-left-out = Выбранное сохраняется, но без поля «{ $field }».
import-change-ways-left-out = { $count ->
    [one] { $count } выход из варианта, известного только в диалоге, ведёт туда же, куда остальные.
    [few] { $count } выхода из вариантов, известных только в диалоге, стали одним.
    [many] { $count } выходов из вариантов, известных только в диалоге, стали одним.
   *[other] { $count } выхода из вариантов, известных только в диалоге, стали одним.
}
import-change-placeholder-as-text = Вопросом стало то, что стояло в пустом поле: «{ $text }».
import-change-several-questions = { $count ->
    [one] { $count } вопрос задаётся отдельно.
    [few] { $count } вопроса задаются по очереди.
    [many] { $count } вопросов задаются по очереди.
   *[other] { $count } вопроса задаются по очереди.
}
import-change-format-left-out = Дата и время пишутся по-нашему, а не как «{ $format }».
import-change-number-style-left-out = Число остаётся просто числом: «{ $format }» при нём не показывается.
import-change-step-left-out = Шаг { $value } не проверяется.
import-change-file-kinds-widened = Здесь различаются только картинки, видео, аудио и документы: вместо { $value } принимается любой такой файл.
import-change-option-left-out = Одна настройка не перенесена.
import-change-option-left-out-named = Настройка «{ $name }» не перенесена.
import-change-tools-left-out = { $count ->
    [one] Модель здесь не вызывает инструментов: { $count } сохранён заметкой рядом.
    [few] Модель здесь не вызывает инструментов: { $count } сохранены заметками рядом.
    [many] Модель здесь не вызывает инструментов: { $count } сохранены заметками рядом.
   *[other] Модель здесь не вызывает инструментов: { $count } сохранены заметками рядом.
}
import-change-bound-left-out = Граница «{ $value }» — не число и убрана.
import-change-attachments-left-out = Файлы и голосовые ответом на этот вопрос не считаются.
import-change-text-skips = Кто вместо файла пишет текст, идёт дальше без файла.
import-change-constant = Здесь это всегда одно и то же: «{ $value }».
import-change-random-id = Вместо него — другой случайный номер.
import-change-date-form = Дата или время пишутся иначе.
import-change-operator-assumed = Как сравнивать «{ $variable }», не сказано: принято «равно».
import-change-ends-here = Выход, который никуда не вёл, завершает диалог.
import-change-unknown-variable = Переменной ({ $id }) нет в файле.
import-change-command-word = Клиент вызывает это словом «{ $word }»; прерванный диалог не продолжается.
import-change-after-answers = { $count ->
    [one] Запускает свою часть после каждого подходящего ответа, у { $count } вопроса: это делает маленькая группа на его пути.
    [few] Запускает свою часть после каждого подходящего ответа, у { $count } вопросов: это делают маленькие группы на их путях.
   *[many] Запускает свою часть после каждого подходящего ответа, у { $count } вопросов: это делают маленькие группы на их путях.
}
import-change-after-refusals = { $count ->
    [one] Запускает свою часть после каждого неподходящего ответа, у { $count } вопроса: затем вопрос задаётся снова.
    [few] Запускает свою часть после каждого неподходящего ответа, у { $count } вопросов: затем вопрос задаётся снова.
   *[many] Запускает свою часть после каждого неподходящего ответа, у { $count } вопросов: затем вопрос задаётся снова.
}
import-change-start-left-out = Как бот начинает, здесь не выразить: его начинает любое сообщение.
import-change-other-bot = Запускает другого бота ({ $bot }), его тоже нужно загрузить.
import-change-from-beginning = Другой бот идёт с начала, а не с «{ $group }».
import-change-path-left-out = Часть ответа не сохраняется: { $path }
import-change-all-variables = Отправляются все переменные.
import-change-html-as-text = Было оформлено как веб-страница: отправляется текстом.
import-change-attachment-left-out = Вложение убрано.
import-change-messages-joined = То, что модели говорили в нескольких сообщениях, сказано в одном.
import-change-plain-request = { $service } вызывается обычным запросом.
import-change-other-address = Вызывается по другому адресу, он в переменной «{ $variable }».
import-change-edge-left-out = Линия, которая ниоткуда не начиналась, убрана.
import-change-leads-round = Отсюда блоки ходят по кругу, ничего не дожидаясь, пока часть из них выключена или осталась заметками: разрешите или исправьте их до публикации.
import-change-may-lead-round = Отсюда блоки могут ходить по кругу, ничего не спрашивая, пока это позволяет условие.
import-change-runs-itself = Часть запускает саму себя внутри себя: не больше { $most } раз, затем разговор заканчивается.
import-change-typing-of-bot = «Печатает…» перед каждым сообщением стало настройкой бота.
import-change-summary-off = Итог разговора от языковой модели выключен, пока вы не разрешите.

import-needs = Чего в файлах не бывает
import-needs-about = Задайте это в «Настройки», «Подключения». До тех пор блоки, которые этого ждут, выключены.
import-addresses = Выключенные адреса
import-addresses-about = Они не уйдут клиентам, и на них ничего не уйдёт, пока кто-нибудь не проверит и не разрешит их: в блоке или на вкладке «Проверка».
import-told = Адреса внутри текстов
import-told-about = Клиенты получат их как есть. Посмотрите, ваши ли они.
import-told-variable = начальное значение переменной «{ $name }»
import-told-words = собственные слова бота
import-listed-more = И ещё { $count }: все названы в строках ниже.
import-needs-at = Где: { $places }.
import-needs-at-more = Где: { $places } и ещё { $count }.
import-row-needs = Ждёт: { $what }.
import-mail-server = почтовый сервер
import-typing = Настройка «печатает…»
import-need-model = Подключение к языковой модели ({ $provider })
import-need-model-named = Подключение к языковой модели ({ $provider }, { $model })
import-need-mail = Почтовый сервер
import-need-secret = Секрет «{ $name }»

import-reason-unknown-kind = Такие блоки здесь неизвестны.
import-reason-not-on-whatsapp = В WhatsApp такого нет.
import-reason-other-service = Это сервис другой программы.
import-reason-action = Такого действия здесь нет: { $action }
import-reason-code = Это код на языке программирования.
import-reason-request-not-in-file = В файле есть только название запроса. Соберите его заново блоком «HTTP-запрос».
import-reason-method = Запросы { $method } здесь не отправляются.
import-reason-pattern = Шаблон { $pattern } не перенести: сравнение никогда не выполняется.
import-reason-event = Это событие здесь ничего не запускает.
import-reason-too-large = Это больше, чем помещается в блок: { $message }

import-refused = Из этого файла бота не сделать. Ничего не создано.
import-refused-of = { $kind } в «{ $group }»
import-at-file = Файл в целом
import-at-groups = Группа { $number }
import-at-blocks = Блок { $number }
import-at-edges = Линия { $number }
import-at-variables = Переменная { $number }
import-at-events = Событие { $number }
import-at-settings = Настройки бота
import-at-triggers = Запуск { $number }
import-at-notes = Заметка { $number }
import-fault-too-large = Слишком большой: принимается не больше { $most } МБ.
import-fault-syntax = Это не JSON: строка { $line }, символ { $column }.
import-fault-newer = Его записала более новая версия Беседы. Сначала обновите эту.
import-fault-version = Версия { $version } формата Typebot неизвестна.
import-fault-missing = Здесь должно что-то стоять, но пусто.
import-fault-missing-field = Здесь не хватает поля «{ $name }».
import-fault-needs-text = Здесь должен быть текст.
import-fault-needs-list = Здесь должен быть список.
import-fault-needs-object = Здесь должна быть запись с полями.
import-fault-needs-flag = Здесь должно быть «да» или «нет» (true или false).
import-fault-needs-number = Здесь должно быть число.
import-fault-needs-number-or-text = Здесь должно быть число или текст.
import-fault-needs-whole = Здесь должно быть целое число от { $least } до { $most }.
import-fault-other-kind = Здесь должно быть значение другого вида.
import-fault-unknown-word = «{ $value }» здесь неизвестно. Возможно: { $allowed }.
import-fault-no-group = Ведёт в группу «{ $id }», которой в файле нет.
import-fault-no-block = Ведёт в блок «{ $id }», которого в файле нет.
import-fault-no-trigger = Начинается с триггера «{ $id }», которого в файле нет.
import-fault-no-edge = Называет линию «{ $id }», которой в файле нет.
import-fault-no-port = У блока нет выхода «{ $id }».
import-fault-leads-round = Блоки ходят по кругу, нигде не дожидаясь ответа: { $blocks }.
import-fault-duplicate = ID «{ $id }» здесь второй раз: непонятно, о ком из двух речь.
import-fault-too-many = Их { $found }, а принимается не больше { $most }.
import-fault-too-long = Слишком длинно: принимается не больше { $most } знаков.
import-fault-too-deep = Условия вложены слишком глубоко: принимается не больше { $most } уровней.
import-fault-nested = Списки и записи вложены друг в друга слишком глубоко: принимается не больше { $most } уровней.
import-fault-only = Здесь может быть только { $only }.
import-fault-not-between = Здесь должно быть число от { $least } до { $most }.
import-fault-id = ID состоит из 1–{ $most } латинских букв, цифр, «-» или «_».
bot-file-too-large = { $name } больше 10 МБ: таких ботов не бывает.
