# Новый бот: пустой, из галереи, из файла.

bot-empty = Начать с пустого
bot-empty-about = Одно приветствие, остальное — как вам нужно.
bot-import-about = Бот, сохранённый здесь или выгруженный из Typebot. До создания вы увидите, что станет с каждым блоком.
bot-gallery = Готовые боты
bot-gallery-about = Законченные диалоги для разных дел. Нажмите на бота — он откроется в редакторе: посмотрите и поправьте. Пока вы его не опубликуете, он никому не отвечает.
bot-export = Сохранить в файл
bot-file-too-large = { $name } больше 10 МБ: таких ботов не бывает.

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
