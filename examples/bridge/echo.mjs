// Echo what people write, and answer /time: VESTNIK_TOKEN=... node echo.mjs (Node 22 or newer)
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const { VESTNIK_URL = "http://127.0.0.1:8080", VESTNIK_TOKEN: token } = process.env;
const file = process.env.VESTNIK_PLACE ?? `${process.argv[1]}.place`;
const BAD_TOKEN = [4, 6, 14], TRY_AGAIN = [-32002, -32003];
let pause = 1_000, asked, place = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : true;

// The place is kept only after the answer: killed in between, we answer again, which sends once.
function keep(epoch, offset) {
  place = { epoch, offset };
  writeFileSync(`${file}.new`, JSON.stringify(place));
  renameSync(`${file}.new`, file);
}

function connect() {
  const socket = new WebSocket(`${VESTNIK_URL.replace(/^http/, "ws")}/websocket/`);
  const say = (event, data = {}) => socket.send(JSON.stringify({ event, data }));
  const answers = new Map();
  let turn = Promise.resolve(), ping, silence;

  async function take({ data, epoch, offset, missed }) {
    if (socket.readyState !== WebSocket.OPEN) return; // it comes again on the next connection
    // What we were too slow for is asked for once more.
    if (missed && asked !== place.offset) return (asked = place.offset), socket.close();
    const { kind, message } = data.payload ?? {};
    if (kind === "IncomingMsg" && message?.text && !message.isBot && !message.isInfo) {
      const text = message.text === "/time" ? new Date().toISOString() : message.text;
      say("rpc", { jsonrpc: "2.0", id: offset, method: "answer", params: { messageId: message.id, text } });
      const { error } = await new Promise((then) => answers.set(offset, then));
      if (TRY_AGAIN.includes(error?.code)) return socket.close();
      console.log(`message ${message.id}: ${error?.message ?? "answered"}`);
    }
    keep(epoch, offset);
  }

  socket.onopen = () => say("auth", { token, resume: place });
  socket.onmessage = ({ data: text }) => {
    const { event, data, ...position } = JSON.parse(text);
    clearTimeout(silence), (silence = setTimeout(() => socket.close(), 60_000));
    if (event === "notify") turn = turn.then(() => take({ data, ...position }));
    else if (event === "rpc") answers.get(data.id)?.(data);
    else if (event === "hello") {
      [pause, ping] = [1_000, setInterval(say, 25_000, "ping")];
      if (data.recovered === false) console.error("Some messages are lost.");
      if (!data.recovered) keep(data.epoch, data.offset);
    } else if (event === "error") {
      console.error(`error ${data.code}: ${data.message}`);
      BAD_TOKEN.includes(data.code) ? process.exit(1) : socket.close();
    }
  };
  socket.onclose = () => {
    clearInterval(ping), clearTimeout(silence);
    setTimeout(connect, (pause = Math.min(2 * pause, 30_000)) * Math.random());
  };
}

process.on("SIGTERM", () => process.exit(0)); // at any moment: nothing is lost by it
connect();
