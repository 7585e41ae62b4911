// Node's `ws`: connects, says who it is, and prints what it is told and how it ends.
// Arguments: the address of the gateway, and a token. Each line on stdout is a JSON object.
import WebSocket from "ws";

const [url, token] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
const socket = new WebSocket(url);

socket.on("open", () => socket.send(JSON.stringify({ event: "auth", data: { token } })));
socket.on("message", (text) => say({ told: JSON.parse(text) }));
socket.on("unexpected-response", (_, answer) => say({ status: answer.statusCode }));
socket.on("error", (error) => say({ error: error.code ?? error.message }));
socket.on("close", (code) => say({ closed: code }));
process.stdin.on("end", () => socket.close(1000)).resume();
