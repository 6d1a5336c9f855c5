# Люди компании и приглашения.

people-lead = Кто здесь работает и что кому можно.
people-me = { $name } (это вы)
people-role = Роль
people-role-of = Роль: { $name }
people-role-given = { $name }: роль теперь «{ $role }»
people-invite = Пригласить
people-make-link = Создать ссылку
people-member-already = Этот человек уже в компании.
people-invited = Приглашены
people-invited-about = пригласил(а) { $name } · до { $time }
people-withdraw = Отозвать
people-withdrawn = Приглашение отозвано
people-link-title = Отправьте эту ссылку
people-link-words = Передайте её тому, чей адрес { $email }, — сообщением или как удобно. Она сработает один раз в течение 7 дней, и увидеть её можно только сейчас.
people-remove = Убрать
people-remove-title = Убрать из компании: { $name }?
people-remove-access = Доступ закроется сразу, на всех устройствах.
people-remove-invitations = Отправленные этим человеком приглашения будут отозваны.
people-remove-stays = То, что он писал клиентам, останется.
people-removed = Доступ закрыт

role-owner-about = Может всё, в том числе назначать владельцев и отключать номера.
role-admin-about = Подключает номера, создаёт ботов и приглашает людей, но не владельцев.
role-operator-about = Отвечает клиентам и меняет сведения о них.
role-viewer-about = Видит всё и ничего не меняет.
