// Passkeys: at the door (data-passkey) and on the account page (data-passkey-new). Hidden where the browser has none.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const ids = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

function askedFor({ publicKey }) {
  const asked = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
  if (asked.allowCredentials) asked.allowCredentials = ids(asked.allowCredentials);
  if (asked.excludeCredentials) asked.excludeCredentials = ids(asked.excludeCredentials);
  return { publicKey: asked };
}
function said(key) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (key.response[name]) response[name] = text(key.response[name]);
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response,
    clientExtensionResults: key.getClientExtensionResults(),
  };
}
async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  const found = await answer.json();
  if (!answer.ok && found.to) location.assign(found.to);
  if (!answer.ok) throw new Error("asked");
  return askedFor(found);
}
async function send(place, address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": place.dataset.csrf },
    body: JSON.stringify(body),
  });
  const found = await answer.json();
  if (answer.ok) return found;
  say(place, found.says);
  return null;
}
function say(place, words) {
  const line = place.querySelector("[role=status]");
  line.textContent = words || line.dataset.failed;
}
function hang(name, step) {
  for (const place of document.querySelectorAll(`[${name}]`)) {
    if (!window.PublicKeyCredential) continue;
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => step(place).catch(() => say(place)));
  }
}
hang("data-passkey", async (place) => {
  const address = place.dataset.passkey;
  const key = await navigator.credentials.get(await ask(address));
  const found = await send(place, address, said(key));
  if (found) location.assign(found.to);
});
hang("data-passkey-new", async (place) => {
  const address = place.dataset.passkeyNew;
  const key = await navigator.credentials.create(await ask(address));
  const found = await send(place, address, { name: place.querySelector("input").value, answer: said(key) });
  if (!found) return;
  if (!found.codes.length) return location.assign(found.to);
  const list = place.querySelector("[data-codes]");
  list.hidden = false;
  list.querySelector("ul").replaceChildren(
    ...found.codes.map((code) => Object.assign(document.createElement("li"), { textContent: code })),
  );
  place.querySelector("[data-making]").hidden = true;
});
