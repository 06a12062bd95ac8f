// Shows a notice on the lock screen and opens its page. It keeps nothing and reads no page.
self.addEventListener("push", (event) => {
  const { title, link } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { data: link, tag: link }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});
