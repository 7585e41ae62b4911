"""A bot with a webxdc app: it sends the game, and keeps the table of the best."""

import io
import zipfile
from collections.abc import Iterable

from vestnik.bot import Bot, Message, WebxdcUpdate

bot = Bot()

PAGE = """<!DOCTYPE html>
<meta name="viewport" content="width=device-width">
<script src="webxdc.js"></script>
<button id="go" style="font-size: 4em">0</button>
<p id="best"></p>
<script>
  let score = 0
  const go = document.getElementById("go")
  const best = document.getElementById("best")
  go.onclick = () => { go.textContent = ++score }
  addEventListener("blur", () => score && window.webxdc.sendUpdate(
    {payload: {name: window.webxdc.selfName, score}}, ""))
  window.webxdc.setUpdateListener(({payload}) => {
    if (payload.best) best.textContent = "Best: " + payload.best.join(", ")
  })
</script>
"""


def game() -> bytes:
    """Put the app together: a webxdc is a zip file with a page in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.toml", 'name = "Tap!"\n')
        archive.writestr("index.html", PAGE)
    return file.getvalue()


@bot.command("play", description="Sends the game.")
async def play(message: Message) -> None:
    await message.chat.send_webxdc(game(), "tap.xdc", "Tap as often as you can!")


@bot.on_webxdc_update()
async def keep_score(update: WebxdcUpdate) -> None:
    table = best(one.payload for one in await update.webxdc.updates())
    await update.webxdc.send_update({"best": table}, summary=table[0], info=f"🏆 {table[0]}")


def best(payloads: Iterable[object]) -> list[str]:
    """Rank the players by the most that each of them has reached."""
    scores: dict[str, int] = {}
    for payload in payloads:
        match payload:
            case {"name": str(name), "score": int(score)}:
                scores[name] = max(score, scores.get(name, 0))
    ranked = sorted(scores.items(), key=lambda player: -player[1])
    return [f"{name} {score}" for name, score in ranked[:3]] or ["nobody"]


if __name__ == "__main__":
    bot.run()
