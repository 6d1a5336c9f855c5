//! Ready bots for real trades, in English and Russian: to be looked at, taken over and changed. What an owner changes
//! first – names, prices, addresses – stands among a flow's variables.
//!
//! Both languages of a bot are one flow: the same groups, blocks and lines, only the words differ.

use serde::Serialize;

use crate::catalogue::Feature;
use crate::load::LoadError;
use crate::model::{Flow, Language};

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Words {
    pub en: &'static str,
    pub ru: &'static str,
}

/// Whom a bot is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trade {
    /// Clinics, doctors.
    Health,
    /// Restaurants, cafés.
    Food,
    /// Shops with a delivery.
    Shop,
    /// Schools and courses.
    Education,
    /// Estate agencies.
    Property,
    /// Support of customers.
    Service,
    /// Any trade: what it learns of its customers.
    Marketing,
    /// Concerts, meetings, evenings.
    Events,
    /// Parcels and couriers.
    Logistics,
    /// People wanted.
    Hiring,
    /// Salons.
    Beauty,
    /// Hotels.
    Travel,
    /// Money that is owed.
    Finance,
    /// Garages.
    Auto,
}

/// A bot of the gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReadyBot {
    /// Its name among the others, and the id in its flow.
    pub id: &'static str,
    pub trade: Trade,
    pub title: Words,
    pub description: Words,
    /// The parts of the product that it cannot do without. What is switched off in it does not count.
    pub features: &'static [Feature],
    /// The business's own fields that it reads and writes: to be made before it is switched on.
    pub fields: &'static [&'static str],
    /// Its flow as JSON.
    #[serde(skip)]
    pub flow: Words,
}

impl Words {
    pub fn of(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ru => self.ru,
        }
    }
}

impl ReadyBot {
    /// Its flow in a language.
    pub fn load(&self, language: Language) -> Result<Flow, LoadError> {
        Flow::from_json(self.flow.of(language))
    }
}

/// All of them, in the order in which they are shown.
pub fn all() -> &'static [ReadyBot] {
    BOTS
}

/// The bot of this id.
pub fn find(id: &str) -> Option<&'static ReadyBot> {
    BOTS.iter().find(|bot| bot.id == id)
}

/// The flow of a bot in both languages, from its folder.
macro_rules! flow {
    ($id:literal) => {
        Words {
            en: include_str!(concat!("../gallery/", $id, "/en.json")),
            ru: include_str!(concat!("../gallery/", $id, "/ru.json")),
        }
    };
}

/// Tags and fields of the customer are all that these bots need.
const CUSTOMERS: &[Feature] = &[Feature::Customers];

static BOTS: &[ReadyBot] = &[
    ReadyBot {
        id: "clinic",
        trade: Trade::Health,
        title: Words { en: "Clinic booking", ru: "Запись в клинику" },
        description: Words {
            en: "Books a patient with a doctor or for tests, tells prices and the way, and hands the request to reception – at once in working hours, in the morning otherwise.",
            ru: "Записывает к врачу или на анализы, называет цены, показывает дорогу и передаёт заявку в регистратуру: в рабочие часы сразу, ночью – к открытию.",
        },
        features: CUSTOMERS,
        fields: &["patient", "birth_date", "next_visit"],
        flow: flow!("clinic"),
    },
    ReadyBot {
        id: "restaurant",
        trade: Trade::Food,
        title: Words { en: "Restaurant tables", ru: "Ресторан: столики" },
        description: Words {
            en: "Takes a table for a day and an hour, sends the menu, and calls the manager for a big party.",
            ru: "Бронирует стол на день и час, присылает меню, а большую компанию передаёт менеджеру.",
        },
        features: CUSTOMERS,
        fields: &["next_visit"],
        flow: flow!("restaurant"),
    },
    ReadyBot {
        id: "shop_cart",
        trade: Trade::Shop,
        title: Words { en: "Shop with a cart", ru: "Магазин с корзиной" },
        description: Words {
            en: "Shows the catalogue, collects a cart, counts the total with delivery and hands the order over.",
            ru: "Показывает каталог, собирает корзину, считает сумму с доставкой и передаёт заказ.",
        },
        features: CUSTOMERS,
        fields: &["delivery_address", "last_order_total", "left_cart"],
        flow: flow!("shop_cart"),
    },
    ReadyBot {
        id: "courses",
        trade: Trade::Education,
        title: Words { en: "Online courses", ru: "Онлайн-курсы" },
        description: Words {
            en: "Tests the level, sends a free lesson, comes back in an hour and makes one of two offers.",
            ru: "Проверяет уровень, отправляет бесплатный урок, через час возвращается и делает одно из двух предложений.",
        },
        features: CUSTOMERS,
        fields: &["language_level", "learning_goal"],
        flow: flow!("courses"),
    },
    ReadyBot {
        id: "real_estate",
        trade: Trade::Property,
        title: Words { en: "Estate agency", ru: "Агентство недвижимости" },
        description: Words {
            en: "Asks what to buy, rent or sell, where and for how much, and agrees on a viewing.",
            ru: "Узнаёт, что купить, снять или продать, где и за сколько, и договаривается о просмотре.",
        },
        features: CUSTOMERS,
        fields: &["budget", "deal_kind"],
        flow: flow!("real_estate"),
    },
    ReadyBot {
        id: "support",
        trade: Trade::Service,
        title: Words { en: "Support desk", ru: "Служба поддержки" },
        description: Words {
            en: "Gives first aid, collects the details with a picture, passes them on by the hours and asks for a mark afterwards.",
            ru: "Даёт первый совет, собирает подробности и снимок, передаёт по графику работы, а после просит оценку.",
        },
        features: CUSTOMERS,
        fields: &["contract", "support_mark"],
        flow: flow!("support"),
    },
    ReadyBot {
        id: "feedback_nps",
        trade: Trade::Marketing,
        title: Words { en: "Feedback with NPS", ru: "Отзывы и NPS" },
        description: Words {
            en: "Asks for a mark from 0 to 10: the happy are asked for a review, the unhappy reach the director.",
            ru: "Спрашивает оценку от 0 до 10: довольных просит об отзыве, недовольных соединяет с директором.",
        },
        features: CUSTOMERS,
        fields: &["nps", "nps_date", "nps_comment"],
        flow: flow!("feedback_nps"),
    },
    ReadyBot {
        id: "lead",
        trade: Trade::Marketing,
        title: Words { en: "Lead qualifying", ru: "Квалификация заявок" },
        description: Words {
            en: "Asks about task, budget and dates, counts points and brings hot leads to the manager at once.",
            ru: "Узнаёт задачу, бюджет и сроки, считает баллы и горячие заявки сразу отдаёт менеджеру.",
        },
        features: CUSTOMERS,
        fields: &["lead_points", "lead_need", "lead_task"],
        flow: flow!("lead"),
    },
    ReadyBot {
        id: "event",
        trade: Trade::Events,
        title: Words { en: "Event registration", ru: "Регистрация на мероприятие" },
        description: Words {
            en: "Registers a party by name, asks about food, tells the programme and takes cancellations.",
            ru: "Записывает компанию поимённо, спрашивает про еду, показывает программу и принимает отказы.",
        },
        features: CUSTOMERS,
        fields: &["event", "event_guests"],
        flow: flow!("event"),
    },
    ReadyBot {
        id: "delivery",
        trade: Trade::Logistics,
        title: Words { en: "Delivery status", ru: "Статус доставки" },
        description: Words {
            en: "Finds a parcel by its number, moves the day or the address, takes claims with photos. The request to your own system is switched off until you fill in its address.",
            ru: "Находит посылку по номеру, меняет день и адрес, принимает претензии с фото. Запрос в вашу систему выключен, пока вы не впишете её адрес.",
        },
        features: CUSTOMERS,
        fields: &["last_order"],
        flow: flow!("delivery"),
    },
    ReadyBot {
        id: "loyalty",
        trade: Trade::Marketing,
        title: Words { en: "Loyalty club", ru: "Клуб лояльности" },
        description: Words {
            en: "Takes customers into the club with their birthday and consent, gives a welcome gift, lets them leave.",
            ru: "Принимает в клуб: имя, день рождения, согласие на письма, подарок за вступление – и отпускает по первой просьбе.",
        },
        features: CUSTOMERS,
        fields: &["birthday", "favourite", "member_since", "welcome_gift", "points"],
        flow: flow!("loyalty"),
    },
    ReadyBot {
        id: "recruitment",
        trade: Trade::Hiring,
        title: Words { en: "Recruitment", ru: "Подбор персонала" },
        description: Words {
            en: "Asks applicants about the job, experience and shifts, takes a CV and agrees on an interview.",
            ru: "Расспрашивает соискателя, принимает резюме и договаривается о собеседовании.",
        },
        features: CUSTOMERS,
        fields: &["job", "experience_years", "interview"],
        flow: flow!("recruitment"),
    },
    ReadyBot {
        id: "salon",
        trade: Trade::Beauty,
        title: Words { en: "Beauty salon", ru: "Салон красоты" },
        description: Words {
            en: "Books one or several services with the sum and a stylist, and takes word of being late.",
            ru: "Записывает на одну или несколько услуг к мастеру, считает сумму и принимает весточки об опоздании.",
        },
        features: CUSTOMERS,
        fields: &["next_visit", "master"],
        flow: flow!("salon"),
    },
    ReadyBot {
        id: "hotel",
        trade: Trade::Travel,
        title: Words { en: "Hotel", ru: "Отель" },
        description: Words {
            en: "Books a room for the dates, counts the nights and serves guests who live in already.",
            ru: "Бронирует номер на даты, считает ночи и помогает тем, кто уже живёт в отеле.",
        },
        features: CUSTOMERS,
        fields: &["check_in", "check_out"],
        flow: flow!("hotel"),
    },
    ReadyBot {
        id: "debt_reminder",
        trade: Trade::Finance,
        title: Words { en: "Payment reminder", ru: "Напоминание о долге" },
        description: Words {
            en: "Reminds who gets the tag “debtor” – put in your approved template and switch that block on – and answers: pay, paid already, later, in parts, a mistake. After the promised day it reminds again.",
            ru: "Напоминает тем, кто получил тег «должник» (впишите свой одобренный шаблон и включите этот блок), и отвечает: оплатить, уже оплачено, позже, частями, ошибка. После обещанного дня напомнит снова.",
        },
        features: CUSTOMERS,
        fields: &["promised_payment", "debt"],
        flow: flow!("debt_reminder"),
    },
    ReadyBot {
        id: "car_service",
        trade: Trade::Auto,
        title: Words { en: "Car service", ru: "Автосервис" },
        description: Words {
            en: "Listens to the complaint with photos and sound, books a visit or sends a tow truck to the spot.",
            ru: "Выслушивает жалобу с фото и звуком, записывает на ремонт или отправляет эвакуатор.",
        },
        features: CUSTOMERS,
        fields: &["car", "number_plate", "next_visit"],
        flow: flow!("car_service"),
    },
];
