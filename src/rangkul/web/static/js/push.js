// "Daftarkan peramban ini": asks the browser for a push address and hands it to the house. Hidden where there is no push.
const button = document.querySelector("[data-push]");
const words = document.getElementById("push-kata");
if (button && "serviceWorker" in navigator && "PushManager" in window) {
  button.hidden = false;
  button.addEventListener("click", () => subscribe().catch(() => say("failed")));
}
async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") return say("denied");
  const worker = await navigator.serviceWorker.register(button.dataset.worker);
  await ready(worker);
  const given = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: button.dataset.push });
  const { endpoint, keys } = given.toJSON();
  const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
  const answer = await fetch(button.dataset.to, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": button.dataset.csrf },
  });
  if (answer.ok) return say("done");
  words.textContent = answer.status === 422 ? await answer.text() : words.dataset.failed;
}
/** The worker's scope is its own folder, so that navigator.serviceWorker.ready would wait for ever. */
function ready(worker) {
  const coming = worker.installing || worker.waiting;
  if (worker.active || !coming) return Promise.resolve();
  return new Promise((done) => coming.addEventListener("statechange", () => coming.state === "activated" && done()));
}
function say(what) {
  words.textContent = words.dataset[what];
}
