// Keeps the page of a sign-in with another device up to date: where it stands in words, and a picture that changes.

const page = document.querySelector("[data-handover]");
const EVERY = 2000;
const RUNNING = ["waiting", "opened", "approved"];

const show = ({ state, words, matching, picture }) => {
  const status = page.querySelector("[role=status]");
  if (status.textContent !== words) status.textContent = words;  // Said once, not each time.
  page.querySelector("[data-matching]").textContent = matching;
  if (picture) page.querySelector("[data-picture]").innerHTML = picture;
  for (const part of page.querySelectorAll("[data-shown]")) part.hidden = part.dataset.shown !== state;
  page.dataset.state = state;
};

const ask = async () => {
  const answer = await fetch(page.dataset.handover, { headers: { Accept: "application/json" } });
  const found = await answer.json();
  if (!RUNNING.includes(found.state)) return location.reload();
  show(found);
  if (found.state === "approved") return document.getElementById("handover-approved").submit();
  setTimeout(keepAsking, EVERY);
};

// The network may be away for a while; the picture is then too old, and nothing else happens.
const keepAsking = () => ask().catch(() => setTimeout(keepAsking, 2 * EVERY));

if (page && !("live" in page.dataset)) location.replace("?live");
else if (page?.dataset.state === "approved") document.getElementById("handover-approved").submit();
else if (page) setTimeout(keepAsking, EVERY);
