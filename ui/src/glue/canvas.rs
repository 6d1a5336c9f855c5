//! The canvas in the browser: pointers, the wheel, the clipboard, and everything that is drawn past the virtual
//! document because it changes with every frame.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    AddEventListenerOptions, ClipboardEvent, Element, Event, HtmlElement, HtmlInputElement,
    HtmlTextAreaElement, KeyboardEvent, PointerEvent, ResizeObserver, WheelEvent,
};

use super::builder::{is_shown, post, with};
use super::listeners::on;
use super::{dom, keyboard};
use crate::builder::canvas::draw::{Draw, Step};
use crate::builder::canvas::{Hit, Msg as Canvas, Press};
use crate::builder::document::{Item, Source};
use crate::builder::geometry::{Camera, Point};
use crate::builder::{Msg, keys};

/// Milliseconds after the last turn of the wheel until the canvas is at rest.
const REST: u32 = 140;
/// Narrower than this there is no editing; `ui/styles/80-builder.css` has the same width.
const NARROW: &str = "(max-width: 760px)";

thread_local! {
    /// Pointers that are down, with where they are in the window.
    static DOWN: RefCell<HashMap<i32, Point>> = RefCell::default();
    /// Where the pointer is, when it moved since the last frame.
    static AT: Cell<Point> = const { Cell::new(Point::new(0.0, 0.0)) };
    static FRAME: Cell<bool> = const { Cell::new(false) };
    /// Counts turns of the wheel: only the last one brings rest.
    static TURNS: Cell<u32> = const { Cell::new(0) };
    static CAMERA: Cell<Option<Camera>> = const { Cell::new(None) };
}

pub fn install(root: &HtmlElement) {
    let (window, document) = (dom::window(), dom::document());
    on(root, "pointerdown", |event| {
        if let Some(event) = event.dyn_ref::<PointerEvent>() {
            pressed(event);
        }
    });
    on(&window, "pointermove", |event| {
        if let Some(event) = event.dyn_ref::<PointerEvent>() {
            moved(event);
        }
    });
    on(&window, "pointerup", |event| released(&event, false));
    on(&window, "pointercancel", |event| released(&event, true));
    on(root, "focusin", |event| focused(&event));
    on(&document, "keydown", |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            key(event);
        }
    });
    for name in ["copy", "cut"] {
        on(&document, name, move |event| copy(&event, name == "cut"));
    }
    on(&document, "paste", |event| paste(&event));
    on(&window, "beforeunload", |event| {
        // On another page, too: what was left unsaved goes with this one.
        if with(|model| model.has_unsaved()).unwrap_or(false) {
            event.prevent_default();
        }
    });
    wheel(root);
    let resized = Closure::<dyn FnMut()>::new(measure);
    if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
        observer.observe(root);
    }
    // For the life of the page, as the editor itself.
    resized.forget();
}

/// Tells the editor how large its canvas is.
pub fn measure() {
    let narrow = dom::window().match_media(NARROW).ok().flatten().is_some_and(|query| query.matches());
    if with(|model| model.narrow != narrow).unwrap_or(false) {
        post(Msg::Narrow(narrow));
    }
    let Some(canvas) = dom::by_id("canvas") else { return };
    let (w, h) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    if w > 0.0 && with(|model| model.window != (w, h)).unwrap_or(false) {
        post(Msg::Canvas(Canvas::Window(w, h)));
    }
}

fn wheel(root: &HtmlElement) {
    let listener = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        let Some(wheel) = event.dyn_ref::<WheelEvent>() else { return };
        if closest(&event, "#canvas").is_none() {
            return;
        }
        event.prevent_default();
        // Lines and pages are turned into pixels as browsers do it themselves.
        let unit = match wheel.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => 16.0,
            WheelEvent::DOM_DELTA_PAGE => 400.0,
            _ => 1.0,
        };
        let (mut dx, mut dy) = (wheel.delta_x() * unit, wheel.delta_y() * unit);
        if wheel.shift_key() && dx == 0.0 {
            std::mem::swap(&mut dx, &mut dy);
        }
        let at = on_canvas(f64::from(wheel.client_x()), f64::from(wheel.client_y()));
        let zooms = wheel.ctrl_key() || wheel.meta_key();
        look(|camera| {
            if zooms {
                camera.zoomed((-dy.clamp(-120.0, 120.0) * 0.006).exp(), at)
            } else {
                camera.panned(-dx, -dy)
            }
        });
    });
    let options = AddEventListenerOptions::new();
    options.set_passive(false);
    let _ = root.add_event_listener_with_callback_and_add_event_listener_options(
        "wheel",
        listener.as_ref().unchecked_ref(),
        &options,
    );
    listener.forget();
}

/// Moves the camera at once, and lets the page follow when it rests.
fn look(change: impl FnOnce(Camera) -> Camera) {
    let step = with(|model| {
        model.camera = change(model.camera);
        let mut step = Step { draws: vec![], repaint: model.needs_paint() };
        model.draw_camera(&mut step.draws);
        step
    });
    moving(true);
    follow(step);
    let turn = TURNS.get().wrapping_add(1);
    TURNS.set(turn);
    dom::after(REST, move || {
        if TURNS.get() == turn {
            post(Msg::Canvas(Canvas::Rest));
        }
    });
}

/// While it moves, the canvas is a picture that is shifted; at rest it is drawn sharp.
fn moving(is: bool) {
    if let Some(canvas) = dom::by_id("canvas") {
        let _ = canvas.toggle_attribute_with_force("data-moving", is);
    }
}

fn pressed(event: &PointerEvent) {
    let press = DOWN.with_borrow_mut(|down| {
        down.insert(event.pointer_id(), window_point(event));
        down.len()
    });
    if press > 1 {
        // A second finger: the two move the canvas.
        post(Msg::Canvas(Canvas::Cancel));
        return;
    }
    let Some(hit) = hit(event) else { return };
    if event.button() > 1 {
        return;
    }
    let at = on_canvas(f64::from(event.client_x()), f64::from(event.client_y()));
    AT.set(at);
    post(Msg::Canvas(Canvas::Down(Press {
        hit,
        at,
        shift: event.shift_key(),
        command: event.ctrl_key() || event.meta_key(),
        pans: event.button() == 1,
    })));
}

/// What lies under the pointer; nothing where the editor has nothing to do with it.
fn hit(event: &PointerEvent) -> Option<Hit> {
    if let Some(map) = closest(event, "#minimap") {
        centre(&map, event);
        return None;
    }
    if let Some(offer) = closest(event, ".palette-item") {
        return Some(Hit::Entry(offer.id().strip_prefix("p-")?.to_owned()));
    }
    closest(event, "#canvas")?;
    if let Some(corner) = closest(event, "[data-corner]") {
        return corner.get_attribute("data-corner").map(Hit::Corner);
    }
    if let Some(dot) = closest(event, ".port-dot") {
        if let Some(trigger) = dot.get_attribute("data-trigger") {
            return Some(Hit::Port(Source::Trigger(trigger)));
        }
        let block = dot.get_attribute("data-block")?;
        return Some(Hit::Port(Source::Port { block, port: dot.get_attribute("data-port") }));
    }
    let item = closest(event, ".edge, .block, .group, .starter, .sticky");
    Some(item.and_then(|item| Item::of_dom_id(&item.id())).map_or(Hit::Canvas, Hit::Item))
}

/// The minimap was pressed: what lies there comes into the middle.
fn centre(map: &Element, event: &PointerEvent) {
    let numbers: Vec<f64> = map
        .get_attribute("viewBox")
        .unwrap_or_default()
        .split(' ')
        .filter_map(|number| number.parse().ok())
        .collect();
    let [x, y, w, h] = numbers.as_slice() else { return };
    let rect = map.get_bounding_client_rect();
    let part = |at: i32, start: f64, size: f64| (f64::from(at) - start) / size.max(1.0);
    let point = Point::new(
        x + part(event.client_x(), rect.left(), rect.width()) * w,
        y + part(event.client_y(), rect.top(), rect.height()) * h,
    );
    post(Msg::Canvas(Canvas::Centre(point)));
}

fn moved(event: &PointerEvent) {
    let now = window_point(event);
    let before = DOWN.with_borrow_mut(|down| {
        let before = down.clone();
        match down.get_mut(&event.pointer_id()) {
            Some(at) => *at = now,
            None => return HashMap::new(),
        }
        before
    });
    match before.len() {
        0 => {}
        1 => {
            AT.set(on_canvas(f64::from(event.client_x()), f64::from(event.client_y())));
            ask_frame();
        }
        _ => pinch(&before),
    }
}

/// Two fingers: their middle moves the canvas, their distance zooms it.
fn pinch(before: &HashMap<i32, Point>) {
    let now = DOWN.with_borrow(Clone::clone);
    let pair = |points: &HashMap<i32, Point>| {
        let mut ids: Vec<i32> = points.keys().copied().collect();
        ids.sort_unstable();
        Some((*points.get(ids.first()?)?, *points.get(ids.get(1)?)?))
    };
    let (Some((a0, b0)), Some((a1, b1))) = (pair(before), pair(&now)) else { return };
    let middle = |a: Point, b: Point| on_canvas(f64::midpoint(a.x, b.x), f64::midpoint(a.y, b.y));
    let (from, to) = (middle(a0, b0), middle(a1, b1));
    let factor = a1.distance(b1) / a0.distance(b0).max(1.0);
    look(|camera| camera.panned(to.x - from.x, to.y - from.y).zoomed(factor, to));
}

fn released(event: &Event, cancelled: bool) {
    let Some(pointer) = event.dyn_ref::<PointerEvent>() else { return };
    let (was, left) = DOWN.with_borrow_mut(|down| {
        let was = down.remove(&pointer.pointer_id()).is_some();
        (was, down.len())
    });
    if !was || left > 0 {
        return;
    }
    // The last move may still wait for its frame.
    frame();
    post(Msg::Canvas(if cancelled { Canvas::Cancel } else { Canvas::Up }));
}

fn ask_frame() {
    if FRAME.replace(true) {
        return;
    }
    let run = Closure::once_into_js(|_: f64| {
        if FRAME.get() {
            frame();
        }
    });
    let _ = dom::window().request_animation_frame(run.unchecked_ref());
}

/// One step of what the pointer does.
fn frame() {
    FRAME.set(false);
    if DOWN.with_borrow(HashMap::is_empty) {
        return;
    }
    let at = AT.get();
    let step = with(|model| {
        let mut step = model.drag(at);
        let edge = model.scroll_at_edge(at);
        let scrolls = !edge.draws.is_empty();
        step.draws.extend(edge.draws);
        step.repaint |= edge.repaint;
        (step, scrolls)
    });
    let Some((step, scrolls)) = step else { return };
    if step.draws.iter().any(|draw| matches!(draw, Draw::Camera(_))) {
        moving(true);
    }
    follow(Some(step));
    if scrolls {
        ask_frame();
    }
}

fn follow(step: Option<Step>) {
    let Some(step) = step else { return };
    draw(&step.draws);
    if step.repaint {
        post(Msg::Canvas(Canvas::Rest));
    }
}

/// Sets everything as it stands. After each paint.
pub fn draw_all() {
    if let Some(draws) = with(|model| model.still()) {
        if DOWN.with_borrow(HashMap::is_empty) {
            moving(false);
        }
        draw(&draws);
    }
}

fn draw(draws: &[Draw]) {
    for one in draws {
        match one {
            Draw::Camera(camera) => camera_to(*camera),
            Draw::Pixel(length) => style("world", "--pixel", &format!("{length:.3}")),
            Draw::Place { id, x, y } => style(id, "transform", &format!("translate({x}px, {y}px)")),
            Draw::Size { id, w, h } => {
                style(id, "width", &format!("{w}px"));
                style(id, "height", &format!("{h}px"));
            }
            Draw::Curve { id, path } => {
                let Some(edge) = dom::by_id(&Item::Edge(id.clone()).dom_id()) else { continue };
                let lines = edge.children();
                for index in 0..lines.length() {
                    if let Some(line) = lines.item(index) {
                        let _ = line.set_attribute("d", path);
                    }
                }
            }
            Draw::Wire(path) => {
                if let Some(wire) = dom::by_id("wire") {
                    let _ = match path {
                        Some(path) => wire.set_attribute("d", path),
                        None => wire.remove_attribute("d"),
                    };
                }
            }
            Draw::Band(rect) => {
                hide("band", rect.is_none());
                if let Some(rect) = rect {
                    style("band", "transform", &format!("translate({}px, {}px)", rect.x, rect.y));
                    style("band", "width", &format!("{}px", rect.w));
                    style("band", "height", &format!("{}px", rect.h));
                }
            }
            Draw::Slot(slot) => {
                hide("slot", slot.is_none());
                if let Some((x, y, w)) = slot {
                    style("slot", "transform", &format!("translate({x}px, {y}px)"));
                    style("slot", "width", &format!("{w}px"));
                }
            }
            Draw::Ghost(ghost) => ghost_to(ghost.as_ref()),
            Draw::Over(id) => over(id.as_deref()),
            Draw::Seen(rect) => {
                if let Some(seen) = dom::by_id("map-seen") {
                    for (name, value) in [("x", rect.x), ("y", rect.y), ("width", rect.w), ("height", rect.h)]
                    {
                        let _ = seen.set_attribute(name, &format!("{value:.0}"));
                    }
                }
            }
        }
    }
}

fn camera_to(camera: Camera) {
    CAMERA.set(Some(camera));
    let Camera { x, y, zoom } = camera;
    style("world", "transform", &format!("translate({x}px, {y}px) scale({zoom})"));
    // The dots of the ground move along; below a certain size they would only be noise.
    let step = 24.0 * zoom;
    let step = if step < 12.0 { step * 4.0 } else { step };
    style("canvas", "background-position", &format!("{x}px {y}px"));
    style("canvas", "background-size", &format!("{step}px {step}px"));
}

/// What is carried: a copy of its element, beside the canvas's own things.
fn ghost_to(ghost: Option<&(String, Point)>) {
    let Some(element) = dom::by_id("ghost") else { return };
    let carried = element.get_attribute("data-of").unwrap_or_default();
    let Some((id, at)) = ghost else {
        if !carried.is_empty() {
            element.set_inner_html("");
            let _ = element.remove_attribute("data-of");
            hide("ghost", true);
            lifted(&carried, false);
        }
        return;
    };
    if carried != *id {
        element.set_inner_html("");
        let copy = dom::by_id(id).and_then(|original| original.clone_node_with_deep(true).ok());
        if let Some(copy) = copy {
            if let Some(copy) = copy.dyn_ref::<Element>() {
                let _ = copy.remove_attribute("id");
                let _ = copy.remove_attribute("tabindex");
            }
            let _ = element.append_child(&copy);
        }
        let _ = element.set_attribute("data-of", id);
        hide("ghost", false);
        lifted(id, true);
    }
    let camera = CAMERA.get().unwrap_or_default();
    let Point { x, y } = camera.to_screen(*at);
    style("ghost", "transform", &format!("translate({x}px, {y}px) scale({})", camera.zoom));
}

/// What was lifted stays where it is, pale, until it is let go.
fn lifted(id: &str, is: bool) {
    if let Some(element) = dom::by_id(id) {
        let _ = element.toggle_attribute_with_force("data-lifted", is);
    }
}

fn over(id: Option<&str>) {
    let before = dom::document().query_selector("[data-over]").ok().flatten();
    if before.as_ref().map(Element::id).as_deref() == id {
        return;
    }
    if let Some(before) = before {
        let _ = before.remove_attribute("data-over");
    }
    if let Some(element) = id.and_then(dom::by_id) {
        let _ = element.set_attribute("data-over", "");
    }
}

fn style(id: &str, name: &str, value: &str) {
    if let Some(element) = dom::by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.style().set_property(name, value);
    }
}

fn hide(id: &str, hidden: bool) {
    if let Some(element) = dom::by_id(id) {
        let _ = element.toggle_attribute_with_force("hidden", hidden);
    }
}

fn focused(event: &Event) {
    // A pointer chooses by itself; here it is the keyboard or a screen reader.
    if !DOWN.with_borrow(HashMap::is_empty) || closest(event, "#canvas").is_none() {
        return;
    }
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(item) = element.and_then(|element| Item::of_dom_id(&element.id())) {
        post(Msg::Canvas(Canvas::Focused(item)));
    }
}

fn key(event: &KeyboardEvent) {
    if !is_shown() || event.is_composing() || event.default_prevented() {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within = |selector: &str| target.as_ref().and_then(|target| target.closest(selector).ok().flatten());
    let on_body = target.as_ref().is_some_and(|target| target.tag_name() == "BODY");
    if !on_body && within(".builder-root").is_none() {
        return;
    }
    let mut key = keyboard::read(event);
    // A field of the form in which nothing was typed since the last step has nothing of its own to take back.
    if key.in_field && key.command && key.code == "KeyZ" && within(".flow-form").is_some() {
        let is_typing = with(|model| model.history.is_typing()).unwrap_or(true);
        key.in_field = is_typing || !target.as_ref().is_some_and(is_as_drawn);
    }
    // Buttons are pressed by Enter.
    if key.key == "enter" && within("button, summary, a, select").is_some() {
        return;
    }
    let on_canvas = on_body || within("#canvas").is_some();
    let by = match key.code.as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => 0,
    };
    if let Some(palette) = within(".flow-palette").filter(|_| by != 0 && !key.command && !key.alt) {
        if keyboard::step(&palette, ".palette-item", by) {
            event.prevent_default();
        }
        return;
    }
    // The bars have no letters of their own; Escape leads from them to the canvas.
    let on_bar = key.key != "Escape" && !key.in_field && within(".flow-top, .flow-zoom").is_some();
    let Some(msg) = keys::pressed(&key, on_canvas || on_bar) else { return };
    // From beside the canvas Escape leads back to it.
    let idle = matches!(msg, Msg::Pressed(keys::Action::Escape, false))
        && !with(|model| model.has_something_open()).unwrap_or(false);
    if !idle {
        event.prevent_default();
        post(msg);
    }
}

/// Whether a field shows what the flow holds: some hand over what is typed only when they are left.
fn is_as_drawn(field: &Element) -> bool {
    let value = field
        .dyn_ref::<HtmlTextAreaElement>()
        .map(HtmlTextAreaElement::value)
        .or_else(|| field.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value));
    value.is_none_or(|value| value == field.get_attribute("value").unwrap_or_default())
}

/// Whether copying and pasting is about the flow, and not about some text.
fn is_about_flow(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let elsewhere = target.is_some_and(|target| {
        keyboard::is_field(&target)
            || (target.tag_name() != "BODY" && !matches!(target.closest(".builder-root"), Ok(Some(_))))
    });
    is_shown() && !elsewhere
}

fn copy(event: &Event, cut: bool) {
    let selected =
        dom::window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    if selected || !is_about_flow(event) {
        return;
    }
    let Some(text) = with(|model| model.copied()).flatten() else { return };
    let Some(data) = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data) else {
        return;
    };
    if data.set_data("text/plain", &text).is_ok() {
        event.prevent_default();
        if cut {
            post(Msg::Cut);
        }
    }
}

fn paste(event: &Event) {
    if !is_about_flow(event) {
        return;
    }
    let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
    let text = data.and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
    if !text.is_empty() {
        event.prevent_default();
        post(Msg::Paste(text));
    }
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(selector).ok().flatten()
}

fn window_point(event: &PointerEvent) -> Point {
    Point::new(f64::from(event.client_x()), f64::from(event.client_y()))
}

/// A point of the window, from the canvas's corner.
fn on_canvas(x: f64, y: f64) -> Point {
    let Some(canvas) = dom::by_id("canvas") else { return Point::new(x, y) };
    let rect = canvas.get_bounding_client_rect();
    Point::new(x - rect.left(), y - rect.top())
}
