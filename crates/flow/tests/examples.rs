//! The example flows: without a finding, and talked to from beginning to end in both languages.

mod driver;

use beseda_flow::{Code, Compiled, Flow, Incoming, Situation, check, winner};
use driver::check_flow;

const APPOINTMENT_EN: &str = include_str!("../examples/appointment.en.json");
const APPOINTMENT_RU: &str = include_str!("../examples/appointment.ru.json");
const SHOP_EN: &str = include_str!("../examples/shop.en.json");
const SHOP_RU: &str = include_str!("../examples/shop.ru.json");

#[test]
fn the_checker_finds_nothing() {
    for json in [APPOINTMENT_EN, APPOINTMENT_RU, SHOP_EN, SHOP_RU] {
        let flow = Flow::from_json(json).unwrap();
        // That a list is shown for more than three answers is good to know, and meant.
        let found = check(&flow).into_iter().filter(|finding| finding.code != Code::ListForMany);
        assert_eq!(found.collect::<Vec<_>>(), [], "{}", flow.name);
        let written: serde_json::Value = serde_json::to_value(&flow).unwrap();
        assert!(
            written == serde_json::from_str::<serde_json::Value>(json).unwrap(),
            "{} is written differently",
            flow.name
        );
    }
}

/// Both languages are one flow: the same places, only the words differ.
#[test]
fn the_languages_have_the_same_blocks() {
    for (en, ru) in [(APPOINTMENT_EN, APPOINTMENT_RU), (SHOP_EN, SHOP_RU)] {
        let shape = |json: &str| {
            let flow = Flow::from_json(json).unwrap();
            let blocks = |group: &beseda_flow::Group| {
                group
                    .blocks
                    .iter()
                    .map(|block| (block.id.clone(), block.kind().to_owned()))
                    .collect::<Vec<_>>()
            };
            (flow.groups.iter().map(blocks).collect::<Vec<_>>(), flow.edges)
        };
        assert_eq!(shape(en), shape(ru));
    }
}

#[test]
fn two_bots_share_a_number() {
    let flows: Vec<_> = [APPOINTMENT_RU, SHOP_RU]
        .map(|json| Compiled::new(&Flow::from_json(json).unwrap(), 1))
        .into_iter()
        .collect();
    let wins = |text: &str, first_message: bool, busy: bool| {
        let found =
            winner(&flows, Incoming { text, ..Incoming::default() }, Situation { first_message, busy });
        found
            .map(|winner| format!("{}/{}", flows[winner.flow].id(), winner.trigger.unwrap_or_default()))
            .unwrap_or_default()
    };
    assert_eq!(wins("Здравствуйте, хочу записаться на стрижку", false, false), "appointment/words");
    assert_eq!(wins("Где мой заказ???", true, false), "shop/where");
    assert_eq!(wins("Добрый день", true, false), "appointment/first");
    assert_eq!(wins("Добрый день", false, false), "shop/any");
    assert_eq!(wins("Оператор!", false, true), "appointment/person");
    assert_eq!(wins("хочу записаться", false, true), "");
}

#[test]
fn an_appointment_in_english() {
    check_flow(
        APPOINTMENT_EN,
        "C: Hi, can I book something?
         B: Hello, Анна! This is Lavender Beauty Studio. 🌿 / I can book a visit for you – it takes about a minute.
         B: What would you like to book? [Haircut] [Manicure] [Skin care]
         C: Manicure
         *: service = Manicure
         *: price = £42
         B: A manicure with gel polish takes an hour and a half and costs £42. Removing the old polish is included.
         B: What name shall I put the booking under?
         C: A
         B: Just your first name is enough.
         C: Anna
         *: name = Anna
         B: Shall we call +79161234567 if anything changes? [Yes, this number] [Another number]
         C: [Another number]
         *: same_phone = Another number
         B: Which number may we call, with the country code?
         C: 12
         B: That does not look like a phone number. Please send it with the country code, for example +44 20 7946 0958.
         C: 020 7946 0958
         *: phone = +442079460958
         B: Which day suits you, Anna? You can write “tomorrow” or a date such as 25 March.
         C: 1 March 2030
         B: I can book from today up to two months ahead. Please write the date like this: 25 March.
         C: tomorrow
         *: date = 2026-11-23
         B: And what time of day? {Choose a time: Morning – 10 to 12 | Afternoon – 12 to 17 | Evening – 17 to 21}
         C: [Afternoon]
         *: time = in the afternoon
         B: Let me check: /  / • Manicure, £42 / • 23 November 2026, in the afternoon / • Anna, +442079460958 /  / Is everything right? [Yes, book it] [Another day] [Start again]
         C: [Another day]
         *: confirmed = false
         B: Which day suits you, Anna? You can write “tomorrow” or a date such as 25 March.
         C: 25.12
         *: date = 2026-12-25
         B: And what time of day? {Choose a time: Morning – 10 to 12 | Afternoon – 12 to 17 | Evening – 17 to 21}
         C: evening
         *: time = in the evening
         B: Let me check: /  / • Manicure, £42 / • 25 December 2026, in the evening / • Anna, +442079460958 /  / Is everything right? [Yes, book it] [Another day] [Start again]
         C: yes
         *: confirmed = true
         B: Thank you, Anna! I have passed it on: our administrator will confirm the exact time here within half an hour. 💚
         *: handed over: Booking: Manicure (£42), 25 December 2026, in the evening. Anna, +442079460958. Please confirm the time.
         *: ended handed_over",
    );
}

#[test]
fn an_appointment_in_russian() {
    check_flow(
        APPOINTMENT_RU,
        "C: Хочу записаться
         B: Здравствуйте, Анна! Это студия красоты «Лаванда». 🌿 / Помогу записаться – это займёт около минуты.
         B: На что вас записать? [Стрижка] [Маникюр] [Уход за лицом]
         C: [Стрижка]
         *: service = Стрижка
         *: price = 2 400 ₽
         B: Стрижка с мытьём и укладкой занимает около часа и стоит 2 400 ₽.
         B: На чьё имя записать?
         C: Анна
         *: name = Анна
         B: Если что-то изменится, звонить на +79161234567? [Да, на этот] [На другой]
         C: 1
         *: same_phone = Да, на этот
         *: phone = +79161234567
         B: Анна, какой день вам удобен? Можно написать «завтра» или дату, например 25.03.
         C: послезавтра
         *: date = 2026-11-24
         B: В какое время дня? {Выбрать время: Утром – с 10 до 12 | Днём – с 12 до 17 | Вечером – с 17 до 21}
         C: [Утром]
         *: time = утром
         B: Проверим: /  / • Стрижка, 2 400 ₽ / • 24 ноября 2026, утром / • Анна, +79161234567 /  / Всё верно? [Да, записать] [Другой день] [Начать сначала]
         C: [Да, записать]
         *: confirmed = true
         B: Спасибо, Анна! Всё передал: администратор подтвердит точное время здесь в течение получаса. 💚
         *: handed over: Запись: Стрижка (2 400 ₽), 24 ноября 2026, утром. Анна, +79161234567. Подтвердите время.
         *: ended handed_over",
    );
}

#[test]
fn an_appointment_left_alone() {
    check_flow(
        APPOINTMENT_RU,
        "C: Привет
         B: Здравствуйте, Анна! Это студия красоты «Лаванда». 🌿 / Помогу записаться – это займёт около минуты.
         B: На что вас записать? [Стрижка] [Маникюр] [Уход за лицом]
         C: [Уход за лицом]
         *: service = Уход за лицом
         *: price = 3 500 ₽
         B: Уход начинается с небольшой консультации косметолога, занимает около часа и стоит 3 500 ₽.
         B: На чьё имя записать?
         C: (silence)
         B: Не торопитесь. Когда будет удобно, напишите «запись» – и продолжим. 🌿
         *: ended timed_out: нет ответа",
    );
}

#[test]
fn an_appointment_that_does_not_work_out() {
    check_flow(
        APPOINTMENT_EN,
        "C: Hello
         B: Hello, Анна! This is Lavender Beauty Studio. 🌿 / I can book a visit for you – it takes about a minute.
         B: What would you like to book? [Haircut] [Manicure] [Skin care]
         C: what?
         B: Please tap one of the buttons, or just write the name of the service. [Haircut] [Manicure] [Skin care]
         C: (photo)
         B: Please tap one of the buttons, or just write the name of the service. [Haircut] [Manicure] [Skin care]
         C: a massage
         B: Let me call our administrator – a person will answer you here shortly.
         *: handed over: The bot could not finish the booking. Known so far: –
         *: ended handed_over",
    );
}

#[test]
fn questions_to_the_shop_in_english() {
    check_flow(
        SHOP_EN,
        "C: good morning
         B: Good to see you, Анна! You are writing to Slow Morning Coffee. ☕
         B: What can I help you with? {Topics: Delivery – Times, prices, pick-up | Payment – Cards, instalments, invoices | Returns – What can be returned, and how | My order – Where it is now | Wholesale – Prices from 20 pieces | Talk to a person – Daily from 9 to 21}
         C: [Delivery]
         *: topic = Delivery
         B: We deliver across the country in 2 to 4 working days for £3.90, and free of charge from £40. / In the city you can pick your order up the same day: 12 Mill Lane, 10 to 20.
         B: Is there anything else I can help with? [Another question] [Send me offers] [No, thank you]
         C: [Another question]
         *: anything_else = Another question
         B: What can I help you with? {Topics: Delivery – Times, prices, pick-up | Payment – Cards, instalments, invoices | Returns – What can be returned, and how | My order – Where it is now | Wholesale – Prices from 20 pieces | Talk to a person – Daily from 9 to 21}
         C: wholesale
         *: topic = Wholesale
         B: How many packs do you need a month, roughly?
         C: 10
         *: pieces = 10
         B: Wholesale prices begin at 20 packs. For 10 the code FRIENDS gives you 10% off in the shop. 🙌
         B: Is there anything else I can help with? [Another question] [Send me offers] [No, thank you]
         C: [Another question]
         *: anything_else = Another question
         B: What can I help you with? {Topics: Delivery – Times, prices, pick-up | Payment – Cards, instalments, invoices | Returns – What can be returned, and how | My order – Where it is now | Wholesale – Prices from 20 pieces | Talk to a person – Daily from 9 to 21}
         C: 5
         *: topic = Wholesale
         B: How many packs do you need a month, roughly?
         C: 120
         *: pieces = 120
         *: discount = 30
         B: For 120 packs we take 30% off. Where may I e-mail the price list?
         C: anna at example
         B: That does not look like an e-mail address. Please check it, for example anna@example.com.
         C: anna@example.com
         *: email = anna@example.com
         B: Thank you! The price list is on its way to anna@example.com, and our manager will write to you here today.
         *: handed over: Wholesale: 120 packs a month, 30% off, anna@example.com. Send the price list.
         *: ended handed_over",
    );
}

#[test]
fn questions_to_the_shop_in_russian() {
    check_flow(
        SHOP_RU,
        "C: Где мой заказ?
         B: Какой номер у заказа? Он есть в подтверждении, пять цифр, например 48213.
         C: не помню
         B: В номере заказа пять цифр, например 48213. Посмотрите, пожалуйста, ещё раз.
         C: № 48213
         *: order_number = № 48213
         B: Спасибо! Попросил коллегу посмотреть заказ № 48213 – ответ придёт сюда.
         *: handed over: Где заказ № 48213?
         *: ended handed_over",
    );
    check_flow(
        SHOP_RU,
        "C: добрый день
         B: Рады вас видеть, Анна! Вы пишете в магазин кофе «Медленное утро». ☕
         B: Чем помочь? {Темы: Доставка – Сроки, цены, самовывоз | Оплата – Карты, рассрочка, счёт для фирм | Возврат и обмен – Что можно вернуть и как | Мой заказ – Где он сейчас | Оптом – Цены от 20 штук | Поговорить с человеком – Каждый день с 9 до 21}
         C: возврат и обмен
         *: topic = Возврат и обмен
         B: Невскрытую пачку можно вернуть в течение 30 дней без объяснений. Если кофе не пришёлся по вкусу – скажите: подберём другой и обменяем бесплатно.
         B: Могу ещё чем-нибудь помочь? [Другой вопрос] [Присылайте акции] [Нет, спасибо]
         C: [Присылайте акции]
         *: anything_else = Присылайте акции
         B: С удовольствием – раз в месяц, не чаще. Какая у вас почта?
         C: anna@example.com
         *: email = anna@example.com
         B: Спасибо, записал: anna@example.com. Хорошего вам кофе! ☕
         *: handed over: Хочет получать акции: anna@example.com. Последняя тема: Возврат и обмен.
         *: ended handed_over",
    );
}
