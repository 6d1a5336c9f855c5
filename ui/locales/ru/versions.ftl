# Версии бота.

versions = Версии
versions-back = Ко всем версиям
versions-none = Пока ничего не опубликовано
versions-none-words = Каждая публикация становится версией: её можно посмотреть и вернуть.
versions-draft = Черновик
version-name = Версия { $number }
version-answering = отвечает
version-running = { $count ->
    [one] { $count } диалог
    [few] { $count } диалога
    [many] { $count } диалогов
   *[other] { $count } диалога
}
version-about = { $name } · { $time }
version-compare = Сравнить
version-return = Вернуть эту версию
version-return-to = Вернуть версию { $version }
version-return-lead = { $count ->
    [0] Новые диалоги пойдут по ней. Черновик останется как есть.
    [one] Новые диалоги пойдут по ней. Сейчас идёт { $count } диалог по другой версии. Черновик останется как есть.
    [few] Новые диалоги пойдут по ней. Сейчас идут { $count } диалога по другим версиям. Черновик останется как есть.
    [many] Новые диалоги пойдут по ней. Сейчас идут { $count } диалогов по другим версиям. Черновик останется как есть.
   *[other] Новые диалоги пойдут по ней. Сейчас идут { $count } диалога по другим версиям. Черновик останется как есть.
}
version-return-do = Вернуть
version-returned = Снова отвечает версия { $version }

compare-with = С чем сравнить
compare-same = Различий нет.
compare-found = Различия
compare-added = добавлено
compare-removed = убрано
compare-changed = изменено
compare-group = Группа «{ $name }»
compare-line = Линия: { $name }
compare-leads = Ведёт к
compare-order = Порядок
compare-moved = { $count ->
    [one] { $count } объект стоит на холсте в другом месте.
    [few] { $count } объекта стоят на холсте в другом месте.
    [many] { $count } объектов стоят на холсте в другом месте.
   *[other] { $count } объекта стоят на холсте в другом месте.
}
value-yes = да
value-no = нет
value-empty = (пусто)

moving = Кто сейчас посреди диалога
moving-finish = Закончит по своей версии
moving-finish-about = Для них ничего не меняется; следующий диалог пойдёт по этой версии.
moving-move = Перейдёт на эту версию
moving-move-about = В ближайшей безопасной точке: на блоке, который ждёт ответа в обеих версиях. Прежние ответы сохранятся.
version-take = Взять в черновик
version-taken = В черновике теперь версия { $version }
version-returned-by = Снова отвечает: { $name }, { $time }
version-returned-moving = Снова отвечает, и кто был посреди диалога, переходит на неё: { $name }, { $time }
