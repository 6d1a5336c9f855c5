//! On a telephone: nothing is wider than the screen, and whatever is touched is as large as a finger.

use crate::shots::PAGES;
use crate::support::browser::{Browser, Look, Theme};
use crate::support::program::{Launch, Program};

/// What is too small to be touched, or wider than the screen. A target reaches as far as a touch beside its middle still
/// finds it: what a label or a pseudo-element adds counts. Links within a sentence are as high as its lines.
const TOO_SMALL: &str = r"(() => {
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`the page is ${wide} wide`);
  const targets = 'a[href], button, input, select, textarea, summary, [role=option], [role=switch]';
  for (const target of document.querySelectorAll(`body :is(${targets})`)) {
    const inline = getComputedStyle(target).display === 'inline' && target.tagName === 'A';
    if (inline || target.disabled || target.type === 'hidden' || !target.checkVisibility({ visibilityProperty: true })) continue;
    if (target.closest('#canvas, .unseen, [inert]') || target.matches('.skip, .unseen')) continue;
    target.scrollIntoView({ block: 'center', inline: 'center' });
    const box = target.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const label = target.labels?.[0];
    const touches = (dx, dy) => {
      const under = document.elementFromPoint(x + dx, y + dy);
      return under && (target.contains(under) || under.contains(target) && under.closest('label, a, button') || label?.contains(under));
    };
    if (!touches(0, 0)) continue;
    const reach = (dx, dy) => { let n = 0; while (n < 20 && touches(dx * (n + 1), dy * (n + 1))) n += 1; return n; };
    const [w, h] = [reach(-1, 0) + reach(1, 0), reach(0, -1) + reach(0, 1)];
    if (w < 37 || h < 37) {
      const name = target.getAttribute('aria-label') || target.textContent.trim() || target.id || target.name;
      found.push(`${target.tagName.toLowerCase()}.${target.className} “${name.slice(0, 40)}” ${w + 1}×${h + 1} of ${Math.round(box.width)}×${Math.round(box.height)}`);
    }
  }
  return found;
})()";

async fn assert_for_fingers(browser: &Browser, page: &str, findings: &mut Vec<String>) {
    browser.at_rest().await;
    let found = browser.value_of(TOO_SMALL).await;
    let found = found.as_array().cloned().unwrap_or_default();
    findings.extend(found.iter().map(|one| format!("{page}: {}", one.as_str().unwrap_or_default())));
}

#[tokio::test]
async fn a_finger_finds_everything() {
    let program = Launch::demo().argument("--lang").argument("ru").start().await;
    let fresh = Launch::serve().start().await;
    let look = Look { width: 390, height: 844, theme: Theme::Light, language: "ru".to_owned() };
    let mut findings = vec![];
    let browser = Browser::open(&look).await;
    browser.goto(fresh.setup_url.as_deref().expect("a setup address")).await;
    browser.find("main h1").await;
    assert_for_fingers(&browser, "setup", &mut findings).await;
    browser.goto(&program.address("/sign-in")).await;
    browser.find("#email").await;
    assert_for_fingers(&browser, "sign-in", &mut findings).await;
    browser.sign_in(&program).await;
    for (page, path) in PAGES {
        browser.goto(&program.address(path)).await;
        browser.find("main").await;
        assert_for_fingers(&browser, page, &mut findings).await;
    }
    inside(&browser, &program, &mut findings).await;
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// What is behind the first of each list.
async fn inside(browser: &Browser, program: &Program, findings: &mut Vec<String>) {
    for (page, path, first, there) in [
        ("thread", "/inbox/all", "main a[href^='/inbox/all/']", ".composer"),
        ("customer", "/customers", ".customer-row", ".detail .facts"),
        ("webhook", "/settings/journal", ".webhook", "pre"),
        ("number", "/settings/numbers", ".number-row", "h1"),
        ("new bot", "/bots", ".page-head .button.primary", ".gallery-card"),
        ("flow", "/bots", ".bot-name", "#canvas .block"),
    ] {
        browser.goto(&program.address(path)).await;
        browser.click(first).await;
        browser.find(there).await;
        assert_for_fingers(browser, page, findings).await;
    }
    forms(browser, findings).await;
    let address = browser.address().await;
    browser.goto(&format!("{}/results", address.split('?').next().unwrap_or_default())).await;
    browser.find(".results-runs tbody a").await;
    assert_for_fingers(browser, "results", findings).await;
    browser.click(".results-runs tbody a").await;
    browser.find(".run-lines").await;
    assert_for_fingers(browser, "run", findings).await;
}

/// The forms of what a flow is made of, and that they change it.
async fn forms(browser: &Browser, findings: &mut Vec<String>) {
    let address = browser.address().await;
    let address = address.split('?').next().unwrap_or_default();
    for (kind, chosen) in [("trigger", ".starter"), ("block", ".block")] {
        let id = browser.value_of(&format!("document.querySelector('#canvas {chosen}').id")).await;
        browser.goto(&format!("{address}?at={}", id.as_str().expect("an id"))).await;
        browser.click("#flow-form-open").await;
        browser.find(".flow-sheet.whole .flow-form").await;
        assert_for_fingers(browser, &format!("the form of a {kind}"), findings).await;
        browser.shot(&format!("flow-form-{kind}-390")).await;
        browser.click(".flow-sheet [aria-label='Закрыть']").await;
    }
    browser.click("#flow-form-open").await;
    browser.fill(".flow-sheet textarea", "Мы переехали").await;
    browser.see("Сохранено").await;
    browser.click(".flow-sheet [aria-label='Закрыть']").await;
    browser
        .until(
            "the new words on the canvas",
            "document.querySelector('#canvas').innerText.includes('Мы переехали')",
        )
        .await;
    browser.click(".flow-top [aria-label='Отменить']").await;
    browser
        .until("the old words", "!document.querySelector('#canvas').innerText.includes('Мы переехали')")
        .await;
    browser.click(".flow-sheet [aria-label='Закрыть']").await;
    browser.click("#flow-settings").await;
    browser.find(".flow-sheet.whole .flow-form").await;
    assert_for_fingers(browser, "the form of a flow", findings).await;
    browser.shot("flow-form-390").await;
    browser.click(".flow-sheet [aria-label='Закрыть']").await;
}
