// What a page gains from scripts: see a password, copy, print, meet the error summary. Nothing depends on it.

for (const summary of document.querySelectorAll("[data-focus]")) {
  summary.tabIndex = -1;
  summary.focus();
}

for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? button.dataset.hide : button.dataset.show;
    button.setAttribute("aria-label", visible ? button.dataset.hideLabel : button.dataset.showLabel);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  // A password shown must not be remembered by the browser as ordinary text.
  input.form?.addEventListener("submit", () => show(false));
}

for (const block of document.querySelectorAll("[data-scripted]")) block.hidden = false;

for (const button of document.querySelectorAll("[data-copy]")) {
  const words = [...button.childNodes];
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const lines = [...source.querySelectorAll("li")].map((item) => item.innerText.trim());
    await navigator.clipboard.writeText(lines.length ? lines.join("\n") : source.innerText.trim());
    button.textContent = button.dataset.copied;
    button.setAttribute("aria-live", "polite");
    setTimeout(() => { button.replaceChildren(...words); }, 3000);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
