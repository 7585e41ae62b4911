// The smallest bot: VESTNIK_TOKEN=... node hello.mjs (Node 22 or newer)
const socket = new WebSocket("ws://127.0.0.1:8080/websocket/");
const say = (event, data) => socket.send(JSON.stringify({ event, data }));

socket.onopen = () => say("auth", { token: process.env.VESTNIK_TOKEN });
socket.onmessage = ({ data: text }) => {
  const { event, data } = JSON.parse(text);
  if (event === "hello") console.log("connected");
  if (event === "error") console.log(data.message);
  const message = data.payload?.message;
  if (event !== "notify" || !message?.text || message.isBot || message.isInfo) return;
  console.log(`${message.sender.name}: ${message.text}`);
  const params = { messageId: message.id, text: message.text.toUpperCase() };
  say("rpc", { jsonrpc: "2.0", id: message.id, method: "answer", params });
};
