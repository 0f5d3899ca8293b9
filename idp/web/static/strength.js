// Says while somebody types a new password how hard it is to guess. Without it, the page after a refusal says so.

const PAUSE = 500;
const LONGEST = 1024;

for (const block of document.querySelectorAll("[data-strength]")) {
  const input = document.getElementById(block.dataset.strength);
  const meter = block.querySelector("meter");
  const words = block.querySelector("p");
  let waiting = 0;
  let asked = 0;

  const show = ({ score = 0, words: said = "" } = {}) => {
    meter.hidden = !said;
    meter.value = score;
    words.textContent = said;
  };

  const measure = async () => {
    const ask = ++asked;
    const password = input.value;
    if (!password || password.length > LONGEST) return show();
    const token = input.form.elements.csrf_token.value;
    const body = new URLSearchParams({ csrf_token: token, kind: block.dataset.kind, password });
    const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
    const answer = await fetch("/password-strength", { method: "POST", body, headers }).catch(() => null);
    const reading = answer?.ok ? await answer.json() : undefined;
    if (ask === asked) show(reading); // Otherwise somebody typed on.
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(measure, PAUSE);
  });
}
