# One's own account.

account-lead = Профиль, пароль и устройства.
profile = Профиль
look = Вид и язык
password-current = Текущий пароль
password-new = Новый пароль
password-change = Сменить пароль
password-changed = Пароль изменён, на других устройствах вы вышли
sessions = Где вы вошли
session-this = Это устройство
session-about = { $ip } · { $time }
session-end = Выйти
session-ended = Там вы вышли
