// Speaks before a session ends, keeps it if somebody is there, and says so when it has ended. The server knows how long
// it lasts: another window may have used it. Without this, the page says how long a session may rest.

const LOOKS = [60, 30, 10, 0]; // Seconds left at which an open dialog says anew how long.
const RETRY = 10; // Seconds, while nobody answers.
const KEPT = "session-kept";
const KEPT_FOR = 30 * 60 * 1000;
const SECRET = ["password", "file", "hidden", "submit", "button"];

const dialog = document.getElementById("session-time");
const [title, words, choice, over, stay] = ["title", "words", "choice", "over"].map((part) =>
  document.getElementById(`session-time-${part}`)).concat(document.getElementById("session-stay"));
const warning = Number(dialog.dataset.warning);
let timer = 0;
let due = 0;
let dismissed = false;

function wake(seconds) {
  clearTimeout(timer);
  due = Date.now() + seconds * 1000;
  timer = setTimeout(look, seconds * 1000);
}

async function ask(path, options) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  const answer = await fetch(path, { headers, ...options }).catch(() => null);
  return answer?.ok ? answer.json().catch(() => null) : null;
}

async function look() {
  const time = await ask("/session");
  if (time) show(time);
  else wake(RETRY);
}

function show(time) {
  if (time.seconds <= 0 || time.whose !== dialog.dataset.whose) return end();
  const speaks = time.seconds <= warning;
  if (speaks) {
    words.textContent = time.words;
    stay.hidden = !time.extendable;
    if (!dialog.open && !dismissed) dialog.showModal();
  } else if (dialog.open) dialog.close();
  const next = speaks ? LOOKS.find((seconds) => seconds < time.seconds) : warning;
  return wake(time.seconds - next);
}

async function extend(event) {
  event.preventDefault();
  if (stay.hidden) {
    dismissed = true;
    return dialog.close();
  }
  const time = await ask("/session/extend", { method: "POST", body: new URLSearchParams(new FormData(stay.form)) });
  if (time) return show(time);
  words.textContent = words.dataset.failed;
  return wake(RETRY);
}

// What the page showed is nobody's to read any more; what was typed waits, in this window only, for the same person.
function end() {
  clearTimeout(timer);
  keep();
  document.querySelector("main").hidden = true;
  title.textContent = title.dataset.over;
  words.textContent = words.dataset.over;
  document.title = title.textContent;
  choice.hidden = true;
  over.hidden = false;
  if (!dialog.open) dialog.showModal();
  over.querySelector("a").focus();
}

const typed = (form) => [...form.elements].filter((field) =>
  field.id && !SECRET.includes(field.type) && field.autocomplete !== "one-time-code");
const isBox = (field) => ["checkbox", "radio"].includes(field.type);

function keep() {
  const forms = [...document.querySelectorAll("form[data-keep]")].map((form) => [form.action,
    typed(form).map((field) => [field.id, isBox(field) ? field.checked : field.value])]);
  if (!forms.length) return;
  sessionStorage.setItem(KEPT, JSON.stringify({ forms, whose: dialog.dataset.whose, until: Date.now() + KEPT_FOR }));
  setTimeout(() => sessionStorage.removeItem(KEPT), KEPT_FOR);
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  if (!kept || kept.whose !== dialog.dataset.whose || kept.until < Date.now()) return;
  const forms = new Map(kept.forms);
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const values = new Map(forms.get(form.action));
    for (const field of typed(form).filter((one) => values.has(one.id))) {
      if (isBox(field)) field.checked = values.get(field.id);
      else field.value = values.get(field.id);
    }
    if (values.size) document.getElementById(KEPT).hidden = false;
  }
}

document.getElementById("session-rest").hidden = true;
restore();
wake(Math.max(0, Number(dialog.dataset.seconds) - warning));
stay.form.addEventListener("submit", extend);
dialog.addEventListener("cancel", (event) => (over.hidden ? extend(event) : event.preventDefault()));
// A device that slept comes back late.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && over.hidden && (dialog.open || Date.now() >= due)) look();
});
