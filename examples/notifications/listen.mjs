// Print what happens, with nothing but Node 22 or newer: node listen.mjs TOKEN [URL]
const [token, url = "ws://127.0.0.1:8080/websocket/"] = process.argv.slice(2);

const PING_MS = 45_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const BAD_TOKEN = [4, 6, 14];

let failures = 0;
let asked; // from where on we have asked for more
let last; // the place in the stream, for servers that can resume

let socket;
const say = (event, data) => socket.send(JSON.stringify({ event, data }));

function connect() {
  socket = new WebSocket(url);
  let ping;
  let isIn = false;

  socket.onopen = () => say("auth", { token, resume: last ?? true });

  socket.onmessage = ({ data }) => {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return; // what makes no sense is skipped
    }
    if (message.event === "hello") {
      isIn = true;
      failures = 0;
      ping = setInterval(() => say("ping", {}), PING_MS);
      if (message.data.recovered === false) console.error("Some notifications are lost.");
      if (message.data.epoch && !message.data.recovered) last = place(message.data);
    } else if (message.event === "notify") {
      if (message.epoch && !isNext(message)) return;
      console.log(JSON.stringify(message.data));
    } else if (message.event === "error") {
      console.error(`error ${message.data?.code}: ${message.data?.message}`);
      if (!isIn && BAD_TOKEN.includes(message.data?.code)) process.exit(1);
    }
  };

  // 1006 says nothing about the token: only an error does.
  socket.onclose = () => {
    clearInterval(ping);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS);
    setTimeout(connect, pause * (0.5 + Math.random() / 2));
  };
  socket.onerror = () => {}; // `onclose` follows
}

// Whether it is what comes after the last one; what we were too slow for is asked for once more.
function isNext({ epoch, offset, missed = 0 }) {
  if (last?.epoch === epoch && missed && asked !== last.offset) {
    asked = last.offset;
    say("resume", last);
    return false;
  }
  if (last?.epoch === epoch && offset !== last.offset + missed + 1) return false;
  last = { epoch, offset };
  return true;
}

const place = ({ epoch, offset }) => ({ epoch, offset });

connect();
