// Passkeys: Web Authentication Level 3, https://www.w3.org/TR/webauthn-3/. A form marked data-passkey="create" or
// "get" carries its options; the credential goes back in its hidden field, by an ordinary form post.

const available = window.PublicKeyCredential
  && PublicKeyCredential.parseCreationOptionsFromJSON
  && PublicKeyCredential.parseRequestOptionsFromJSON;

let waiting = new AbortController();

// The one request at a time that a browser allows: a new one ends the one that waits in the username field.
async function ask(form, mediation) {
  waiting.abort();
  waiting = new AbortController();
  const options = JSON.parse(form.dataset.options);
  const request = { mediation, signal: waiting.signal };
  if (form.dataset.passkey === "create") {
    request.publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create(request);
  }
  request.publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get(request);
}

function send(form, credential) {
  form.elements.credential.value = JSON.stringify(credential.toJSON());
  if (!("quiet" in form.dataset)) form.submit();
  else return tell(form);
}

// Made beside a password: the page stays, and outlives it if the reader has gone on meanwhile.
async function tell(form) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
  if (answer.ok) form.querySelector("[data-message]").textContent = form.dataset.saved;
}

function reason(form, error) {
  if (error.name === "InvalidStateError") return form.dataset.exists;
  if (error.name === "NotAllowedError" || error.name === "AbortError") return form.dataset.cancelled;
  return form.dataset.failed;
}

async function onSubmit(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("button");
  const message = form.querySelector("[data-message]");
  message.textContent = "";
  button.setAttribute("aria-busy", "true");
  try {
    send(form, await ask(form));
  } catch (error) {
    message.textContent = reason(form, error);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// Offers that ask nothing: passkeys in the username field's suggestions, or one made right after a password.
async function offer(form) {
  const can = await PublicKeyCredential.getClientCapabilities?.() ?? {};
  if (!can[form.dataset.passkey === "get" ? "conditionalGet" : "conditionalCreate"]) return;
  try {
    await send(form, await ask(form, "conditional"));
  } catch {
    // Not taken up: the button is still there.
  }
}

function prepare(form) {
  for (const note of form.querySelectorAll("[data-unavailable]")) note.hidden = true;
  const button = form.querySelector("button");
  if (button) button.hidden = false;
  form.addEventListener("submit", onSubmit);
  if ("conditional" in form.dataset) offer(form);
}

// Tell the device's password manager what we know: data-passkey-signal names a static method of PublicKeyCredential.
function signal(element) {
  PublicKeyCredential[element.dataset.passkeySignal]?.(JSON.parse(element.dataset.options)).catch(() => {});
}

if (available) {
  document.querySelectorAll("form[data-passkey]").forEach(prepare);
  document.querySelectorAll("[data-passkey-signal]").forEach(signal);
}
