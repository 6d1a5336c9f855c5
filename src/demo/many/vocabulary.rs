//! Words as a language has them: few that are everywhere, many that are nearly nowhere.

use super::super::Language;
use super::super::chance::Chance;

/// Words of the tail. With those of the head about as many as the messages of one business have.
const TAIL: usize = 20_000;

const EN: &str = "\
    the to you i a and is for it of in we can on have that your please thank hello what be at my with \
    time if are this not will do me yes no today tomorrow when how price order book appointment monday \
    friday morning evening address delivery payment card invoice discount open closed cancel change \
    photo number name call back help sorry great good fine much cost free available waiting arrived late \
    early doctor visit room table size colour stock return refund exchange receipt track parcel courier \
    street floor door code email form sign contract offer gift birthday family child school course \
    lesson ticket flight hotel car repair service warranty";
const RU: &str = "\
    и в на не я вы с что это а по к за как можно здравствуйте спасибо да нет пожалуйста у мне вам на до \
    когда сколько сегодня завтра время цена заказ запись записаться понедельник пятница утро вечер адрес \
    доставка оплата карта счёт скидка открыто закрыто отменить перенести фото номер имя позвоните \
    помогите извините хорошо отлично стоит бесплатно есть жду приехал опоздаю врач визит кабинет размер \
    цвет наличие возврат обмен чек посылка курьер улица этаж дверь код почта анкета договор подарок день \
    семья ребёнок школа курс урок билет рейс гостиница машина ремонт гарантия услуга";

pub struct Vocabulary {
    words: Vec<String>,
    zipf: Zipf,
}

impl Vocabulary {
    pub fn new(language: Language) -> Self {
        let (head, consonants, vowels) = match language {
            Language::En => {
                (EN, "b br d f g gr h k l m n p r s st t tr v w", "a e i o u ai ea oo an er in or")
            }
            Language::Ru => {
                (RU, "б бр в г гр д ж з к л м н п р с ст т тр х", "а е и о у я ой ен ан ер ин ор")
            }
        };
        let consonants: Vec<&str> = consonants.split(' ').collect();
        let vowels: Vec<&str> = vowels.split(' ').collect();
        let kinds = consonants.len() * vowels.len();
        let syllable = |number: usize| {
            format!("{}{}", consonants[number % consonants.len()], vowels[number / consonants.len()])
        };
        let mut words: Vec<String> = head.split(' ').map(ToOwned::to_owned).collect();
        // A number with so many digits of syllables: each word is another. The factor keeps neighbours apart, and is
        // coprime to the number of words of three syllables.
        words.extend((0..TAIL).map(|rank| {
            let number = rank * 7_919 % (kinds * kinds * kinds);
            let (first, second, third) = (number % kinds, number / kinds % kinds, number / kinds / kinds);
            format!("{}{}{}", syllable(first), syllable(second), syllable(third))
        }));
        let zipf = Zipf::new(words.len());
        Self { words, zipf }
    }

    /// Appends so many words as a sentence.
    pub fn say(&self, count: usize, chance: &mut Chance) -> String {
        let mut text = String::with_capacity(count * 7);
        for place in 0..count {
            if place > 0 {
                text.push(' ');
            }
            text.push_str(&self.words[self.zipf.draw(chance)]);
        }
        if chance.percent(70) {
            text.push(if chance.percent(25) { '?' } else { '.' });
        }
        text
    }

    #[cfg(test)]
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

/// Draws places of which the n-th is as likely as 1/n.
pub struct Zipf(Vec<u64>);

impl Zipf {
    pub fn new(count: usize) -> Self {
        let mut sum = 0;
        let weight = |place: u64| 1_000_000_000_000 / (place + 1);
        Self(
            (0..count as u64)
                .map(|place| {
                    sum += weight(place);
                    sum
                })
                .collect(),
        )
    }

    pub fn draw(&self, chance: &mut Chance) -> usize {
        let total = self.0.last().copied().unwrap_or_default();
        let drawn = u64::try_from((u128::from(chance.next()) * u128::from(total)) >> 64).unwrap_or_default();
        self.0.partition_point(|sum| *sum <= drawn).min(self.0.len().saturating_sub(1))
    }
}
