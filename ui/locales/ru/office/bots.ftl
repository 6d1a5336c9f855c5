# Новый бот: пустой, из галереи, из файла.

bot-empty = Начать с нуля
bot-empty-about = Одно приветствие, остальное — как вам нужно.
bot-import-about = Бот, сохранённый здесь или выгруженный из Typebot. До создания вы увидите, что станет с каждым блоком.
bot-gallery = Готовые боты
bot-gallery-about = Законченные диалоги для разных дел. Нажмите на бота — он откроется в редакторе: посмотрите и поправьте. Пока вы его не опубликуете, он никому не отвечает.
bot-export = Сохранить в файл

trade = Отрасль
trade-all = Все отрасли
trade-health = Медицина
trade-food = Рестораны
trade-shop = Магазины
trade-education = Обучение
trade-property = Недвижимость
trade-service = Поддержка
trade-marketing = Маркетинг
trade-events = Мероприятия
trade-logistics = Доставка
trade-hiring = Подбор людей
trade-beauty = Красота
trade-travel = Гостиницы
trade-finance = Финансы
trade-auto = Автосервис

winner = Какой бот ответит?
winner-text = Клиент пишет
winner-try = Проверить
winner-first = Это первое сообщение клиента
winner-nobody = На это не ответит ни один бот: сообщение будет ждать человека во входящих.
winner-others = Подошло бы и этим:
winner-triggers = Все триггеры и то, что сработает раньше
winner-bot = Бот
winner-trigger = Триггер
winner-priority = Приоритет
winner-before = Что сработает раньше
winner-nothing-before = Ничего
lost-for-priority = приоритет ниже ({ $priority })
lost-for-ground = менее точный
lost-for-keyword = слово короче
lost-for-order = бот новее или триггер стоит позже
ground-tap = Кнопка
ground-ad = Названное объявление
ground-any-ad = Любое объявление
ground-is = Сообщение равно
ground-starts = Сообщение начинается с
ground-regex = Сообщение подходит под шаблон
ground-contains = В сообщении есть
ground-event = Событие

bots-lead = Отвечают первыми и передают диалоги людям.
bots-look = Отвечают первыми и передают диалоги людям. Менять их может владелец или администратор.
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
bot-new = Новый бот
bot-new-name = Новый бот
bot-new-hello = Здравствуйте! Чем помочь?
bot-edit = Открыть сценарий
bot-menu = { $name }: ещё
bot-deleted = Бот «{ $name }» удалён
bot-delete-title = Удалить бота «{ $name }»?
bot-delete-running = { $count ->
    [one] { $count } диалог, который он ведёт сейчас, закончится и останется во входящих.
    [few] { $count } диалога, которые он ведёт сейчас, закончатся и останутся во входящих.
   *[many] { $count } диалогов, которые он ведёт сейчас, закончатся и останутся во входящих.
}
bot-delete-goes = Его сценарий, версии и результаты исчезнут, вернуть их нельзя.
bot-delete-stays = Переписка с клиентами останется во входящих.
