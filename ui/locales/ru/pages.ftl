# Вход, настройка и приглашение и то, что вокруг каждой страницы: их названия, полоса об остановившемся номере.

sign-in-title = Вход

setup-title = Добро пожаловать в Беседу
setup-lead = Три коротких шага, и первый бот сможет отвечать. На каком языке вам удобнее?
setup-steps = Шаги
setup-step-language = Язык
setup-step-owner = Владелец
setup-step-business = Компания
setup-owner-title = Кто владелец?
setup-business-title = Как называется ваша компания?
setup-finish = Готово
setup-token = Код настройки
setup-token-hint = При запуске программа напечатала адрес; код стоит в нём после «token=», подойдёт и адрес целиком. Новый печатает команда «beseda setup-link».
setup-needs-token = Нужен код настройки
setup-machine = Беседа { $version } · для данных свободно { $free }
business-name = Название компании
business-example = Клиника «Лотос»
password-hint = Не короче 10 знаков. Несколько слов подряд легко запомнить.
needed = Заполните это поле
needs-email = Адрес выглядит так: anna@example.com
needs-longer-password = Слишком коротко: нужно не меньше 10 знаков
needs-shorter-password = Для пароля слишком длинно
needs-plain-name = Одна строка из букв и цифр
too-long = Слишком длинно: не больше { $longest } знаков
wrong-password = Это не ваш пароль

start-title = Первые шаги

customers = Клиенты

bots = Боты

builder-failed = Редактор не загрузился. Возможно, пропала связь или программу успели обновить.
builder-reload = Загрузить страницу заново

business = Бизнес
connections = Подключения
journal = Журнал
numbers = Номера
number = Номер
connect-title = Подключение номера WhatsApp
number-stopped-words = Meta закрыла этому номеру доступ. Сообщения ждут здесь и уйдут, когда он снова заработает.
people = Сотрудники
role-owner = владелец
role-admin = администратор
role-operator = оператор
role-viewer = наблюдатель
invitation = Приглашение
invitation-title = Вас приглашает { $name }
invitation-lead = { $inviter } приглашает вас в компанию { $name }. Роль: { $role }.
invitation-accept = Создать учётную запись и войти
invitation-has-account = Учётная запись с адресом { $email } уже есть. Войдите, и присоединиться можно будет одним нажатием.
invitation-as = Вы вошли как { $name } ({ $email }).
invitation-join = Присоединиться
invitation-joined = Теперь вы в компании { $name }
needs-better-password = Его легко угадать: таким пользуются многие, или он похож на ваше имя или адрес. Придумайте другой.
alarm-stopped = { $name }: номер остановлен, ничего не отправляется.
alarm-more = { $count ->
    [one] Остановлен и ещё { $count } номер.
    [few] Остановлены и ещё { $count } номера.
   *[many] Остановлены и ещё { $count } номеров.
}
alarm-look = Исправить
alarm-warned = { $name }: есть неотправленные сообщения.
alarm-more-warned = { $count ->
    [one] И ещё { $count } предупреждение.
    [few] И ещё { $count } предупреждения.
   *[many] И ещё { $count } предупреждений.
}
alarm-see = Посмотреть
phone-title = Телефон
results = Результаты
