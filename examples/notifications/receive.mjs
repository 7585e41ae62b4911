// Take webhooks, with nothing but Node: VESTNIK_TOKEN=... node receive.mjs [PORT]
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const port = Number(process.argv[2] ?? 8081);
const token = process.env.VESTNIK_TOKEN;
if (!token) throw new Error("Set VESTNIK_TOKEN to the token of the webhook.");

const MOST_BYTES = 256 * 1024;
const digest = (text) => createHash("sha256").update(text).digest();
const isOurs = (given) => timingSafeEqual(digest(given ?? ""), digest(token));

const server = createServer(async (request, response) => {
  const answer = (status) => response.writeHead(status).end();
  if (request.method !== "POST") return answer(405);
  if (!request.headers["content-type"]?.startsWith("application/json")) return answer(415);
  if (!isOurs(request.headers["x-boticord-token"])) return answer(401);
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) return answer(413);
    chunks.push(chunk);
  }
  let notification;
  try {
    notification = JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return answer(400);
  }
  answer(200); // first the answer, then the work
  handle(notification);
});

function handle({ type, payload, affected, user }) {
  console.log(JSON.stringify({ type, payload, affected, user }));
}

server.listen(port, () => console.error(`Listening on port ${server.address().port}.`));
