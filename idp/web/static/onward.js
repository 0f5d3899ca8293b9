// Goes on as soon as every service has been told, or when that takes too long. Nothing depends on it: without scripts
// the page goes on a little later, and there is a link.
const LONGEST = 5000;

const told = new Promise((done) => {
  if (document.readyState === "complete") done();
  else addEventListener("load", done, { once: true });
});
await Promise.race([told, new Promise((done) => setTimeout(done, LONGEST))]);
location.assign(document.getElementById("logged-out-onward").href);
