// uWebSockets.js: publish() to a topic for all, send() to one; limits as they come.
"use strict";

const uws = require(process.argv[2]);

const EVERYBODY = "******";
const members = new Map();
const text = (message) => Buffer.from(message).toString("latin1");

const app = uws
  .App()
  .ws("/*", {
    compression: uws.DISABLED,
    idleTimeout: 0,
    message(connection, message) {
      if (connection.isKnown) return passOn(text(message.slice(0, 6)), message.slice(6));
      connection.isKnown = true;
      const first = text(message);
      if (first !== "pub") {
        members.set(first.slice(4), connection);
        connection.subscribe("all");
      }
      connection.send("ok");
    },
  })
  .listen("127.0.0.1", 0, (socket) => console.log(uws.us_socket_local_port(socket)));

function passOn(target, message) {
  if (target === EVERYBODY) app.publish("all", message, false);
  else members.get(target).send(message, false);
}
